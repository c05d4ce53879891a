-- Gradients against central differences in float64, through the binding.
local test = require 'brain.test'
local torch = require 'brain.torch'
local golden = dofile 'tests/bindings/golden.lua'

local sample = golden.names.sample

local function leaf(seed, shape)
  return sample(seed, shape, 'float64'):requires_grad_(true)
end

-- d f / d inputs[which], by f(x + step) and f(x - step) for every element.
local function numeric_gradient(f, inputs, which)
  local step, values = 1e-6, {}
  local copies = {}
  for i, input in ipairs(inputs) do copies[i] = input:detach():clone() end
  local flat = copies[which]:view{-1}
  for i = 0, flat:numel() - 1 do
    local element = flat:select(0, i)
    local original = element:item()
    element:fill_(original + step)
    local above = f(table.unpack(copies)):item()
    element:fill_(original - step)
    local below = f(table.unpack(copies)):item()
    element:fill_(original)
    values[i + 1] = (above - below) / (2 * step)
  end
  return torch.tensor(values, {dtype = 'float64'}):view(inputs[which].shape)
end

-- A weighted sum, so that every output element has a gradient of its own.
local function weighted(y)
  return (y * sample(99, y.shape, 'float64')):sum()
end

local cases = {
  {'mul and add', function(a, b) return a * b + a end, {2, 3}, {2, 3}},
  {'div', function(a, b) return a / (b * b + 1) end, {2, 3}, {3}},
  {'pow', function(a) return (a * a + 0.5):pow(1.7) end, {4}},
  {'matmul', function(a, b) return a:matmul(b) end, {2, 3}, {3, 4}},
  {'bmm', torch.bmm, {2, 2, 3}, {2, 3, 2}},
  {'linear', torch.linear, {2, 3}, {4, 3}, {4}},
  {'conv2d', function(x, w, b) return torch.conv2d(x, w, b, {stride = {2, 1}, padding = 1}) end,
    {1, 2, 4, 4}, {3, 2, 3, 3}, {3}},
  {'softmax', function(a) return a:softmax(1) end, {2, 4}},
  {'log_softmax', function(a) return a:log_softmax(-1) end, {2, 4}},
  {'layer_norm', function(x, w, b) return torch.layer_norm(x, {4}, w, b) end, {2, 4}, {4}, {4}},
  {'gelu', function(a) return torch.gelu(a, {approximate = 'tanh'}) end, {5}},
  {'logsumexp', function(a) return a:logsumexp({0, 1}) end, {2, 3}},
  {'cat and select', function(a, b) return torch.cat({a, b}, 1):select(1, 2) * 2 end, {2, 2}, {2, 2}},
  {'index_select', function(a) return a:index_select(0, torch.tensor{2, 0, 2}) end, {3, 2}},
  {'max', function(a) return (a:max(1)) end, {2, 5}},
  {'sort', function(a) return (a:sort(1, true)) end, {2, 4}},
  {'cumsum', function(a) return a:cumsum(1) end, {2, 4}},
  {'std', function(a) return a:std(1, {correction = 1}) end, {2, 4}},
  {'linalg.inv', function(a) return torch.linalg.inv(a:matmul(a:t()) + torch.eye(3,
    {dtype = 'float64'})) end, {3, 3}},
  {'scaled_dot_product_attention', torch.scaled_dot_product_attention, {1, 2, 3, 4}, {1, 2, 3, 4},
    {1, 2, 3, 4}},
  {'bilinear resize', function(a) return torch.upsample_bilinear2d(a, {4, 5}, false) end, {1, 1, 2, 3}},
}

for _, entry in ipairs(cases) do
  local name, operator = entry[1], entry[2]
  test.case('gradient of ' .. name, function()
    local inputs = {}
    for i = 3, #entry do inputs[i - 2] = leaf(i, entry[i]) end
    local function f(...) return weighted(operator(...)) end
    local gradients = {torch.grad(f(table.unpack(inputs)), inputs)}
    test.equal(#gradients, #inputs, 'one gradient per input')
    for i = 1, #inputs do
      test.close(gradients[i], numeric_gradient(f, inputs, i), {rtol = 1e-5, atol = 1e-7},
        name .. ', input ' .. i - 1)
    end
  end)
end
