-- nn.MultiheadAttention against PyTorch: initial numbers, outputs, weights and gradients under its masks and layouts.
local test = require 'brain.test'
local torch = require 'brain.torch'
local nn = require 'brain.nn'
local golden = dofile 'tests/bindings/golden.lua'
local expect = dofile 'tests/bindings/expect.lua'

local names = setmetatable({nn = nn, torch = torch}, {__index = golden.names})

for _, entry in ipairs(dofile 'tests/data/attention_golden.lua') do
  test.case(entry.code .. ', ' .. entry.call, function()
    torch.manual_seed(0)
    local layer = assert(load('return ' .. entry.code, '=' .. entry.code, 't', names))()
    expect.same_names(layer:state_dict(), entry.state, 'state')
    local inputs = {}
    for i, shape in ipairs(entry.shapes) do inputs[i] = golden.names.sample(i, shape):requires_grad_() end
    local q = inputs[1]
    local k = inputs[2] or q
    local environment = setmetatable({layer = layer, q = q, k = k, v = inputs[3] or k}, {__index = names})
    torch.manual_seed(1)
    local y, weights = assert(load('return ' .. entry.call, '=' .. entry.call, 't', environment))()
    expect.tensor(y, entry.output, 'output')
    if entry.weights then expect.tensor(weights, entry.weights, 'weights') else test.equal(weights, nil) end
    local loss = (y * golden.names.sample(5, y.shape)):sum()
    loss:backward()
    expect.tensor(q.grad, entry.query_gradient, 'gradient of the query')
    local gradients = {}
    for name, parameter in pairs(layer:named_parameters()) do gradients[name] = parameter.grad end
    expect.same_names(gradients, entry.gradients, 'gradients')
  end)
end

test.case('self-attention of one input, its softmax tapped', function()
  local layer = nn.MultiheadAttention(8, 2, {batch_first = true})
  local x = torch.randn(2, 3, 8)
  local y = layer(x)
  test.close((layer(x, x, x, nil, false)), y)
  local seen = layer:capture(x, {'softmax'}, {stop_early = false})
  test.equal(seen.softmax.shape, torch.zeros(2, 2, 3, 3).shape)
  test.raises(function() nn.MultiheadAttention(8, 2, {heads = 2}) end, "unknown option 'heads'")
end)
