-- Networks by name, with a checkpoint from the field.
local test = require 'brain.test'

test.case('the registry lists and builds', function()
  test.equal(models.list 'torchvision/resnet18', {'torchvision/resnet18'})
  test.truthy(#models.list() > 40)
  local net = models.create('cornet/cornet_z', {seed = 0, outputs = 10}):eval()
  test.equal(torch.no_grad(function() return net(torch.zeros(1, 3, 64, 64)) end).shape, {1, 10})
  test.equal(models.transform('torchvision/resnet50').crop, 224)
  test.raises(function() models.create 'torchvision/resnet51' end, "did you mean 'torchvision/resnet5")
  test.raises(function() models.create('resnet18', {sed = 1}) end, "unknown option 'sed', did you mean 'seed'?")
end)

test.case('a tap reads, a replaced layer runs', function()
  local net = models.create('resnet18', {seed = 1}):eval()
  local x = torch.ones(1, 3, 64, 64)
  local seen = torch.no_grad(function() return net:capture(x, {'layer1', 'layer4.1.relu#1'}) end)
  test.equal(seen.layer1.shape, {1, 64, 16, 16})
  test.equal(seen['layer4.1.relu#1'].shape, {1, 512, 2, 2})
  net:replace('fc', nn.Identity())
  test.equal(torch.no_grad(function() return net(x) end).shape, {1, 512})
end)

test.case('real weights load straight from the file', function()
  local path = test.shared 'data/weights/squeezenet1_0_deepcomp_imagenet.safetensors'
  if not path then return end
  local net = models.create 'torchvision/squeezenet1_0':eval()
  net:load_state_dict(file.load(path))
  test.equal(net:count_parameters(), 1248424)
  test.equal(torch.no_grad(function() return net(torch.zeros(1, 3, 224, 224)) end).shape, {1, 1000})
end)

test.case('layers(x) lists every call of a run', function()
  local net = models.create('torchvision/alexnet', {seed = 0}):eval()
  local calls = net:layers(torch.rand(2, 3, 224, 224))
  test.equal(calls.columns, {'name', 'class', 'numbered', 'shape', 'parameters', 'duplicate_of'})
  local first = calls:row(0)
  test.equal({first.name, first.class, first.numbered, first.shape, first.parameters},
    {'features.0', 'Conv2d', 'Conv2d-1', '2 x 64 x 55 x 55', 23296})
  local numbered = calls:where(function(row) return row.numbered ~= '' end)
  test.equal(#numbered, 22)
  test.equal(#numbered:where {duplicate_of = ''}, 18)
end)
