-- Seconds per small call: what the binding costs on top of the library.
local recipe = require 'brain.bench.recipe'

local function repeated(calls, fn)
  return {calls = calls, run = function() for _ = 1, calls do fn() end end}
end

-- Entry k of the state dict of Sequential(Linear(64,128), ReLU, Linear(128,10)), as the peers fill it.
local function mlp()
  local w1 = recipe.normal(1000, {128, 64}) * math.sqrt(2 / 64)
  local w2 = recipe.normal(1002, {10, 128}) * math.sqrt(2 / 128)
  return {w1 = w1, b1 = torch.zeros(128), w2 = w2, b2 = torch.zeros(10)}
end

return function(measure)
  local a, b = recipe.normal(1, {2, 2}), recipe.normal(2, {2, 2})
  local m = recipe.normal(1, {16, 16})
  local linear, relu = torch.linear, torch.relu
  measure('lua_call', repeated(300000, function() end))
  measure('add_2x2', repeated(100000, function() return a:add(b) end))
  measure('plus_2x2', repeated(100000, function() return a + b end))
  measure('add_number_2x2', repeated(100000, function() return a:add(2) end))
  measure('add_inplace_2x2', repeated(100000, function() return a:add_(b) end))
  measure('sum_dim_16x16', repeated(100000, function() return m:sum(1) end))
  measure('sum_16x16', repeated(100000, function() return m:sum() end))
  measure('view_16x16', repeated(100000, function() return m:view(4, 64) end))
  measure('index_row', repeated(100000, function() return m[3] end))
  measure('index_slice', repeated(100000, function() return m['1:3'] end))
  measure('index_column', repeated(100000, function() return m['1:3, 2'] end))
  measure('index_item', repeated(100000, function() return m[{3, 4}]:item() end))
  measure('size', repeated(100000, function() return m:size(0) end))

  local p, x = mlp(), recipe.normal(3, {8, 64})
  local function forward() return linear(relu(linear(x, p.w1, p.b1)), p.w2, p.b2) end
  measure('mlp_forward_inference', repeated(20000, function()
    local _ <close> = torch.inference_mode()
    return forward()
  end))
  for _, parameter in pairs(p) do parameter:requires_grad_() end
  measure('mlp_forward_grad', repeated(20000, forward))

  local parameters = {p.w1, p.b1, p.w2, p.b2}
  local means, squares, steps = {}, {}, {}
  for i, parameter in ipairs(parameters) do
    means[i], squares[i], steps[i] = torch.zeros_like(parameter), torch.zeros_like(parameter), torch.tensor(0.0)
  end
  local step_all = torch.ops.aten._fused_adamw_.default
  local options = {lr = 1e-4, beta1 = 0.9, beta2 = 0.999, weight_decay = 0.01, eps = 1e-8, amsgrad = false, maximize = false}
  local loss
  local function step()
    for i = 1, 4 do parameters[i].grad = nil end
    loss = forward():square():mean()
    loss:backward()
    local _ <close> = torch.no_grad()
    local gradients = {p.w1.grad, p.b1.grad, p.w2.grad, p.b2.grad}
    for i = 1, 4 do steps[i]:add_(1) end
    step_all(parameters, gradients, means, squares, {}, steps, options)
  end
  local run = repeated(2000, step)
  run.check = function() return {loss = loss:item()} end
  measure('mlp_train_step_adamw', run)
end
