-- models.extract, weights by path, and copies that run faster.
local test = require 'brain.test'
local help = require 'brain.help'

local function network(name)
  return models.create(name or 'akamaster/resnet20', {seed = 1}):eval()
end

local function captured(net, x, layers)
  return torch.no_grad(function() return net:capture(x, layers) end)
end

local function near(a, b, label)
  test.equal(a.shape, b.shape, label)
  test.truthy(((a - b):norm() / b:norm()):item() < 2e-6, label)
end

test.case('every function of models is described', function()
  local described = {}
  for _, name in ipairs(help.topics 'models') do described[name] = true end
  for name in pairs(models) do test.truthy(described['models.' .. name], 'models.' .. name) end
end)

test.case('extract gives what capture gives, however pictures come', function()
  local net, x = network(), torch.randn(7, 3, 32, 32)
  local layers = {'layer2', 'layer3.0.relu#1', 'avgpool'}
  local expected = captured(net, x, layers)
  local parts = {x['0:3'], x['3:7']}
  local at = 0
  local dataset = {rows = function(_, indices) return {image = x:index_select(0, indices)} end}
  setmetatable(dataset, {__len = function() return 7 end})
  local sources = {tensor = x, list = parts, dataset = dataset,
    iterator = function()
      at = at + 1
      return parts[at]
    end}
  for kind, images in pairs(sources) do
    local found = models.extract(net, images, {layers = layers, batch = 3})
    local names = {}
    for name, value in pairs(found) do
      names[#names + 1] = name
      near(value, expected[name], kind .. ' ' .. name)
      test.equal(value.dtype, 'float32')
      test.truthy(not value.requires_grad)
    end
    test.equal(#names, 3)
  end
  near(models.extract(net, x, {layers = 'layer2', optimize = false}).layer2, expected.layer2, 'as it is')
end)

test.case('pooling keeps a row per picture', function()
  local net, x = network(), torch.randn(4, 3, 32, 32)
  local whole = captured(net, x, {'layer1'}).layer1
  near(models.extract(net, x, {layers = 'layer1', pool = 'spatial_mean'}).layer1, whole:mean({2, 3}))
  near(models.extract(net, x, {layers = 'layer1', pool = function(y) return y:flatten(1):narrow(1, 5, 2) end}).layer1,
    whole:flatten(1):narrow(1, 5, 2))
  local vit = network 'smmk47/vit_cifar10'
  local layer = 'transformer.layers.2'
  local tokens = captured(vit, x, {layer})[layer]
  near(models.extract(vit, x, {layers = layer, pool = 'cls'})[layer], tokens:select(1, 0))
  near(models.extract(vit, x, {layers = layer, pool = 'mean'})[layer], tokens:mean(1))
  local half = models.extract(net, x, {layers = 'layer1', precision = 'bfloat16'}).layer1
  test.equal(half.dtype, 'float32')
  test.truthy(((half - whole):norm() / whole:norm()):item() < 0.05)
end)

test.case('extract writes a file and leaves the model as it was', function()
  local path = os.tmpname() .. '.safetensors'
  local net, x = network():train(), torch.randn(3, 3, 32, 32)
  models.extract(net, x, {layers = {'layer1', 'avgpool'}, out = path})
  test.truthy(net:is_training())
  local saved = file.load(path)
  os.remove(path)
  test.equal(saved.avgpool.shape, {3, 64, 1, 1})
  near(saved.layer1, captured(net:eval(), x, {'layer1'}).layer1)
end)

test.case('a hook of the model runs in extract', function()
  local net, x = network(), torch.randn(2, 3, 32, 32)
  local hooks = net:on('layer1', function(_, y) return y * 0 end)
  test.equal(models.extract(net, x, {layers = 'layer1'}).layer1:abs():sum():item(), 0.0)
  hooks:remove()
end)

test.case('what extract does not take is one line', function()
  local net, x = network(), torch.randn(2, 3, 32, 32)
  test.raises(function() models.extract(net, x, {layer = 'fc'}) end, "unknown option 'layer', did you mean 'layers'?")
  test.raises(function() models.extract(net, x, {}) end, 'layers: expected a pattern or a list of patterns, got nil')
  test.raises(function() models.extract(net, x[0], {layers = 'layer1'}) end, 'expected [n, 3, height, width]')
  test.raises(function() models.extract(net, x:to 'uint8', {layers = 'layer1'}) end, 'expected floating point')
  test.raises(function() models.extract(net, x, {layers = 'layer9'}) end, "no layer matches 'layer9'")
  test.raises(function() models.extract(net, x, {layers = 'layer1', pool = 'max'}) end, "or a function, got 'max'")
  test.raises(function() models.extract(net, 'folder', {layers = 'layer1'}) end, 'or a data set, got string')
  test.raises(function() models.extract(net, x, {layers = 'layer1', project = 100}) end, 'no random projection yet')
  test.raises(function() models.extract(net, x, {layers = 'layer1', pool = function() end}) end, 'to return a Tensor, got nil')
end)

test.case('a copy for evaluation gives what the network gives', function()
  local net = models.create('resnet18', {seed = 1})
  local x = torch.randn(2, 3, 64, 64)
  test.raises(function() net:optimize_for_evaluation(x) end, 'call eval first')
  net:eval()
  local fast = net:optimize_for_evaluation(x)
  torch.no_grad(function()
    near(fast(x), net(x))
    near(fast:capture(x, {'layer1.0.bn1'})['layer1.0.bn1'], net:capture(x, {'layer1.0.bn1'})['layer1.0.bn1'])
  end)
  test.equal(fast.conv1.weight.requires_grad, false)
  test.equal(net.conv1.weight.requires_grad, true)
end)

test.case('weights come from a checkpoint by path', function()
  local path = test.shared 'data/weights/resnet20-12fca82f.th'
  if not path then return end
  local net = models.create('akamaster/resnet20', {weights = path}):eval()
  local other = models.create('akamaster/resnet20', {weights = (path:gsub('resnet20.*', 'resnet20_cifar10.safetensors'))})
  for name, value in pairs(net:state_dict()) do
    if not name:find 'num_batches' then test.equal(value, other:state_dict()[name], name) end
  end
  test.raises(function() models.create('resnet18', {weights = path}) end, 'does not fit torchvision/resnet18')
  test.raises(function() models.create('resnet18', {weights = 'none.pth'}) end, 'none.pth: cannot open')
end)

test.case('preprocessing says colours, sizes and scale', function()
  local caffe = models.transform 'songhan/squeezenet1_0'
  test.equal({caffe.colour, caffe.resize, caffe.crop}, {'bgr', {256, 256}, 227})
  test.close(caffe.mean[1] * 255, 104.0)
  test.close(caffe.std[1] * 255, 1.0)
  test.equal(models.transform('akamaster/resnet20').crop, 32)
end)

test.case('variables of JAX by the names of PyTorch', function()
  local state = models.from_jax{['MixerBlock_2/token_mixing/Dense_0/kernel'] = torch.arange(6):reshape(2, 3):float(),
    ['stem/kernel'] = torch.arange(24):reshape(2, 2, 3, 2):float()}
  test.equal(state['blocks.2.mlp_tokens.fc1.weight']:tolist(), {{0.0, 3.0}, {1.0, 4.0}, {2.0, 5.0}})
  test.equal(state['stem.proj.weight'][{1, 2, 0, 1}]:item(), 11.0)
  test.raises(function() models.from_jax{weight = torch.ones(2)} end, 'expected variables of a Vision Transformer')
end)
