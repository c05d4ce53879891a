-- The standard layers against PyTorch: what they start from, give and differentiate; then their constructors in Lua.
local test = require 'brain.test'
local torch = require 'brain.torch'
local nn = require 'brain.nn'
local golden = dofile 'tests/bindings/golden.lua'
local expect = dofile 'tests/bindings/expect.lua'

local names = setmetatable({nn = nn}, {__index = golden.names})

for _, entry in ipairs(dofile 'tests/data/layer_golden.lua') do
  test.case(entry.code, function()
    torch.manual_seed(0)
    local layer = assert(load('return ' .. entry.code, '=' .. entry.code, 't', names))()
    test.equal(tostring(layer), entry.text)
    expect.same_order(layer:state_dict(), entry.state, 'state')

    local x = entry.rows and names.whole(1, entry.shape, entry.rows) or names.sample(1, entry.shape):requires_grad_()
    local before = x:detach():clone()
    torch.manual_seed(1)
    local y = layer(x)
    expect.tensor(y, entry.train, 'training')
    local loss = (y * names.sample(2, y.shape)):sum()
    loss:backward()
    if entry.input_gradient then expect.tensor(x.grad, entry.input_gradient, 'gradient of the input') end
    local gradients = {}
    for name, parameter in pairs(layer:named_parameters()) do gradients[name] = parameter.grad end
    expect.same_names(gradients, entry.gradients, 'gradients')
    local state = layer:state_dict()
    for _, buffer in ipairs(entry.buffers or {}) do
      expect.summary(state[buffer[1]], buffer[2], buffer[1] .. ' after a batch')
    end

    local copy = layer:clone():eval()
    test.truthy(layer:is_training() and not copy:is_training(), 'a clone has its own mode')
    expect.tensor(copy(x), entry.eval or entry.train, 'evaluation of a clone')
    torch.no_grad(function()
      for _, parameter in ipairs(copy:parameters()) do parameter:fill_(7) end
    end)
    expect.tensor(layer:eval()(x), entry.eval or entry.train, 'evaluation after the clone has changed')
    test.truthy(torch.equal(x:detach(), before), 'the input is not written to')
  end)
end

local raises = test.raises

test.case('arguments by position, by name and both', function()
  local text = 'Conv2d(3, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)'
  test.equal(tostring(nn.Conv2d(3, 4, 3, 2, 1, 1, 1, false)), text)
  test.equal(tostring(nn.Conv2d(3, 4, 3, 2, {padding = 1, bias = false})), text)
  local all = {in_channels = 3, out_channels = 4, kernel_size = {3, 3}, stride = 2, padding = 1, bias = false}
  test.equal(tostring(nn.Conv2d(all)), text)
  test.equal(tostring(nn.Conv2d(3, 4, 3, nil, 1)), 'Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))')
  test.equal(tostring(nn.ReLU(true)), 'ReLU()')
  test.equal(tostring(nn.Identity(54, {unused = 0.1})), 'Identity()')
  test.equal(tostring(nn.Permute{0, 2, 1}), 'Permute()')
  test.equal(tostring(nn.StochasticDepth(0.2, 'row')), 'StochasticDepth(p=0.2, mode=row)')
  test.equal(tostring(nn.AdaptiveAvgPool2d{torch.null, 7}), 'AdaptiveAvgPool2d(output_size=(None, 7))')
end)

test.case('wrong arguments are named in one line', function()
  raises(function() nn.Conv2d(3, 4, 3, {strides = 2}) end, "nn.Conv2d: unknown option 'strides', did you mean 'stride'?")
  raises(function() nn.Linear(3) end, "nn.Linear: missing argument 'out_features'")
  raises(function() nn.Linear(3, 4, true, 1) end,
    'nn.Linear: takes 3 positional arguments (in_features, out_features, bias), got 4')
  raises(function() nn.Linear(3, 4, {out_features = 4}) end, 'nn.Linear: out_features is given twice')
  raises(function() nn.Linear(3, 'x') end, "nn.Linear: out_features: expected integer, got string 'x'")
  raises(function() nn.Conv2d(3, 4, {1, 2, 3}) end, 'nn.Conv2d: kernel_size: expected integer or list of 2, got table')
  raises(function() nn.Conv2d(3, 4, 3, {padding = 'full'}) end, "padding: expected integers, 'same' or 'valid', found 'full'")
  raises(function() nn.Conv2d(3, 4, 3, {groups = 2}) end, 'Conv2d: expected groups that divide 3 and 4 channels, found 2')
  raises(function() nn.GELU 'fast' end, "GELU: approximate: expected 'none' or 'tanh', found 'fast'")
  raises(function() nn.Dropout(2) end, 'Dropout: p: expected a probability, found 2')
  raises(function() nn.Sequential{relu = nn.ReLU()} end, 'nn.Sequential: named layers need an order')
  raises(function() nn.Sequential{nn.ReLU(), 3} end, 'nn.Sequential: layer: expected layer, got integer 3')
end)

test.case('inputs of a wrong shape are named in one line', function()
  raises(function() nn.Conv2d(3, 4, 3)(torch.ones(1, 4, 8, 8)) end,
    'Conv2d: expected input [N, 3, H, W], found [1, 4, 8, 8]')
  raises(function() nn.Linear(3, 4)(torch.ones(2, 5)) end, 'Linear: expected input [..., 3], found [2, 5]')
  raises(function() nn.BatchNorm2d(3)(torch.ones(2, 3)) end, 'BatchNorm2d: expected input [N, 3, H, W], found [2, 3]')
  raises(function() nn.LayerNorm{2, 3}(torch.ones(2, 4)) end, 'LayerNorm: expected input [..., 2, 3], found [2, 4]')
  raises(function() nn.ModuleList{nn.ReLU()}(torch.ones(1)) end, 'ModuleList: only holds layers')
end)

test.case('containers take layers in a row, in a list, or with names', function()
  local a, b = nn.Linear(2, 2), nn.ReLU()
  local x = torch.ones(1, 2)
  test.equal(nn.Sequential(a, b)(x), nn.Sequential{a, b}(x))
  local named = nn.Sequential{{'fc', a}, {'act', b}}
  test.truthy(named.fc == a and named:get 'act' == b, 'children by name')
  test.equal(tostring(named), 'Sequential(\n  (fc): Linear(in_features=2, out_features=2, bias=True)\n  (act): ReLU()\n)')
  local list = nn.ModuleList{a, b}
  test.equal(list:count_parameters(), 6)
  test.truthy(list:get '1' == b, 'children by number')
end)
