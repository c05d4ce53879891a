-- backward, torch.grad, hooks, functions with gradients of their own, and the guards.
local test = require 'brain.test'
local torch = require 'brain.torch'

local equal, raises = test.equal, test.raises

local function leaf(data) return torch.tensor(data, {dtype = 'float64', requires_grad = true}) end

test.case('backward fills and adds to grad', function()
  local x = leaf{1.0, 2.0}
  torch.sum(x * x):backward()
  equal(x.grad:tolist(), {2.0, 4.0})
  torch.sum(3 * x):backward()
  equal(x.grad:tolist(), {5.0, 7.0}, 'accumulated')
  x.grad:zero_()
  torch.mul(x, x):backward(torch.tensor({1.0, 10.0}, {dtype = 'float64'}))
  equal(x.grad:tolist(), {2.0, 40.0}, 'a gradient given')
  x.grad = nil
  torch.mul(x, x):backward{gradient = torch.ones({2}, {dtype = 'float64'})}
  equal(x.grad:tolist(), {2.0, 4.0}, 'by name')
end)

test.case('a graph serves once unless it is retained', function()
  local x = leaf{1.0, 2.0}
  local y = torch.sum(x * x)
  y:backward{retain_graph = true}
  y:backward()
  equal(x.grad:tolist(), {4.0, 8.0})
  raises(function() y:backward() end, 'backward through the graph a second time')
end)

test.case('backward into chosen inputs', function()
  local x, y = leaf{1.0}, leaf{3.0}
  torch.sum(x * y):backward{inputs = {x}}
  equal({x.grad:tolist(), y.grad}, {{3.0}})
  torch.sum(x * y):backward{inputs = y}
  equal(y.grad:tolist(), {1.0})
end)

test.case('second derivatives', function()
  local x = leaf{1.0, 2.0}
  local first = torch.grad(torch.sum(x ^ 3), x, {create_graph = true})
  equal(first:tolist(), {3.0, 12.0})
  equal(torch.grad(first:sum(), x):tolist(), {6.0, 12.0})
  equal(x.grad, nil, 'torch.grad leaves grad alone')
  torch.sum(x ^ 3):backward{create_graph = true}
  equal(torch.grad(x.grad:sum(), x):tolist(), {6.0, 12.0}, 'through grad')
  x.grad = nil
end)

test.case('torch.grad gives one value per input', function()
  local x, y = leaf{1.0, 2.0}, leaf{3.0}
  equal(torch.grad(torch.sum(x * x), x):tolist(), {2.0, 4.0}, 'a tensor')
  local gx, gy = torch.grad({torch.sum(x * x), y * 2}, {x, y})
  equal({gx:tolist(), gy:tolist()}, {{2.0, 4.0}, {2.0}}, 'lists')
  equal(select('#', torch.grad(torch.sum(x), {x, y}, {allow_unused = true})), 2)
  equal(select(2, torch.grad(torch.sum(x), {x, y}, {allow_unused = true})), nil, 'unused')
  local weights = torch.tensor({1.0, 10.0}, {dtype = 'float64'})
  equal(torch.grad(x * x, x, {grad_outputs = weights}):tolist(), {2.0, 40.0}, 'grad_outputs')
  equal(torch.grad({torch.sum(x * x), x * 3}, x, {grad_outputs = {torch.null, weights}}):tolist(),
    {5.0, 34.0}, 'with a hole')
  local z = torch.sum(x * x)
  torch.grad(z, x, {retain_graph = true})
  equal(torch.grad(z, x):tolist(), {2.0, 4.0}, 'retain_graph')
end)

test.case('what autograd cannot do is told', function()
  local x = leaf{1.0, 2.0}
  raises(function() torch.mul(x, 2):backward() end, 'grad can be implicitly created only for scalar outputs')
  raises(function() torch.ones(1):backward() end, 'does not require grad')
  raises(function() torch.mul(x, 2):backward(3) end,
    'backward: options: expected table of named options, got integer 3')
  raises(function() torch.mul(x, 2):backward{retian_graph = true} end, "did you mean 'retain_graph'?")
  raises(function() torch.sum(x):backward{create_graph = 1} end, 'create_graph: expected boolean')
  raises(function() torch.grad(3, x) end, 'grad: outputs: expected Tensor or list of Tensors, got integer 3')
  raises(function() torch.grad(torch.sum(x)) end,
    'grad: inputs: expected Tensor or list of Tensors, got nothing')
  raises(function() torch.grad(torch.sum(x), {x, 3}) end, 'grad: inputs[2]: expected Tensor, got integer 3')
  raises(function() torch.grad(torch.sum(x), leaf{1.0}) end, 'have been used in the graph. Set allow_unused')
  raises(function() torch.grad(torch.sum(x), torch.ones(2)) end, 'does not require grad')
  raises(function() torch.grad(x * 1, x, {grad_outputs = torch.ones(3)}) end,
    'expected shape compatible with [2]')
  raises(function() torch.grad(torch.sum(x), x, {unused = true}) end, "grad: unknown option 'unused'")
end)

test.case('a hook sees the gradient and may replace it', function()
  local x = leaf{1.0, 2.0}
  local seen
  local hook = x:register_hook(function(gradient) seen = gradient:tolist() end)
  torch.sum(x * x):backward()
  equal({seen, x.grad:tolist()}, {{2.0, 4.0}, {2.0, 4.0}}, 'seen, unchanged')
  hook:remove()
  hook:remove()
  seen, x.grad = nil, nil
  local double = x:register_hook(function(gradient) return gradient * 2 end)
  torch.sum(x * x):backward()
  equal({seen, x.grad:tolist()}, {[2] = {4.0, 8.0}}, 'removed; replaced')
  double:remove()
  x.grad = nil
  local y = x * x
  y:register_hook(function(gradient) return gradient * 10 end)
  y:sum():backward()
  equal(x.grad:tolist(), {20.0, 40.0}, 'inside the graph')
end)

test.case('an error inside a hook is the error of backward', function()
  local x = leaf{1.0}
  local hook = x:register_hook(function() error 'boom' end)
  raises(function() torch.sum(x * x):backward() end, 'boom')
  hook:remove()
  hook = x:register_hook(function() error {message = 'a value'} end)
  raises(function() torch.sum(x * x):backward() end, 'a value')
  hook:remove()
  hook = x:register_hook(function() return 3 end)
  raises(function() torch.sum(x * x):backward() end,
    'register_hook: the hook must return a Tensor or nothing, got integer 3')
  hook:remove()
  hook = x:register_hook(function() return torch.ones({5}, {dtype = 'float64'}) end)
  raises(function() torch.sum(x * x):backward() end, 'changed the size')
  hook:remove()
  equal(x.grad, nil)
  torch.sum(x * x):backward()
  equal(x.grad:tolist(), {2.0}, 'usable afterwards')
  raises(function() x:register_hook(3) end, 'register_hook: hook: expected function, got integer 3')
  raises(function() torch.ones(1):register_hook(print) end, "doesn't require gradient")
end)

test.case('hooks nest and run in coroutines', function()
  local x, y = leaf{3.0}, leaf{2.0}
  x:register_hook(function(gradient)
    return gradient + torch.grad(torch.enable_grad(function() return y * y end), y)
  end)
  local run = coroutine.wrap(function()
    torch.sum(x * x):backward()
    coroutine.yield(x.grad:item())
    x.grad = nil
    x:register_hook(function() error 'boom' end)
    return pcall(function() torch.sum(x * x):backward() end)
  end)
  equal(run(), 10.0)
  local ok, message = run()
  equal({ok, message:match 'boom'}, {false, 'boom'})
end)

-- Two inputs, two outputs: a * b and exp(a).
local product_and_exp = torch.custom {
  forward = function(context, a, b)
    context.a, context.b, context.scale, context.result = a, b, 2, a:exp()
    return a * b * 2, context.result
  end,
  backward = function(context, first, second)
    return first * context.b * context.scale + second * context.result, first * context.a * context.scale
  end,
}

test.case('a custom function has the gradient it is given', function()
  local a, b = leaf{0.5, -1.0}, leaf{2.0, 3.0}
  local function loss(p, q)
    local first, second = product_and_exp(p, q)
    return torch.sum(first * first + second * 3)
  end
  local ga, gb = torch.grad(loss(a, b), {a, b})
  for n, pair in ipairs {{a, ga}, {b, gb}} do
    for i = 0, 1 do
      local step = torch.zeros({2}, {dtype = 'float64'})
      step[i] = 1e-6
      local up = n == 1 and loss(a + step, b) or loss(a, b + step)
      local down = n == 1 and loss(a - step, b) or loss(a, b - step)
      test.close(pair[2][i]:item(), (up:item() - down:item()) / 2e-6, {rtol = 1e-7})
    end
  end
end)

test.case('a custom function is differentiable twice, also through saved outputs', function()
  local a, b = leaf{0.5}, leaf{2.0}
  local _, result = product_and_exp(a, b)
  local first = torch.grad(result, a, {create_graph = true})
  test.close(torch.grad(first, a):item(), math.exp(0.5), {rtol = 1e-12})
end)

test.case('unused results and inputs of a custom function', function()
  local a, b = leaf{0.5}, leaf{2.0}
  local first = product_and_exp(a, b)
  first:backward()
  equal({a.grad:item(), b.grad:item()}, {4.0, 1.0}, 'the other gradient is zero')
  local ignore = torch.custom{forward = function(_, x, y) return x + y end,
    backward = function(_, g) return nil, g end}
  a.grad, b.grad = nil, nil
  ignore(a, b):backward()
  equal({a.grad and a.grad:item() or 0.0, b.grad:item()}, {0.0, 1.0}, 'nil is no gradient')
  equal(ignore(torch.ones(1), torch.ones(1)).requires_grad, false, 'nothing to differentiate')
  local same = torch.custom{forward = function(_, x) return x end, backward = function(_, g) return g * 5 end}
  equal(torch.grad(same(a), a):item(), 5.0, 'an input as output')
end)

test.case('a tensor saved by a custom function may not change', function()
  local a, b = leaf{0.5}, leaf{2.0}
  local first, result = product_and_exp(a, b)
  torch.no_grad(function() result:add_(1) end)
  raises(function() torch.sum(first + result):backward() end, 'modified by an inplace operation')
end)

test.case('errors of custom functions', function()
  local x = leaf{1.0, 2.0}
  local function made(forward, backward)
    return torch.custom{forward = forward, backward = backward or function(_, g) return g end}
  end
  local function once(_, a) return a * 1 end
  raises(function() torch.custom{forward = once} end,
    'custom: missing backward: expected function(context, gradients...)')
  raises(function() torch.custom{forward = once, backward = 3} end,
    'custom: backward: expected function, got integer 3')
  raises(function() torch.custom{forward = once, backward = once, x = 1} end, "custom: unknown option 'x'")
  raises(function() made(once)(3) end, 'custom: input 1: expected Tensor, got integer 3')
  raises(function() made(function() return 3 end)(x) end,
    'custom: forward must return Tensors, got integer 3')
  raises(function() made(function() end)(x) end, 'custom: forward must return Tensors, got nothing')
  raises(function() made(function() error 'in forward' end)(x) end, 'in forward')
  raises(function() made(once, function() error 'in backward' end)(x):sum():backward() end, 'in backward')
  raises(function() made(once, function(_, g) return g, g end)(x):sum():backward() end,
    'at most 1 gradients, got 2')
  raises(function() made(once, function() return 3 end)(x):sum():backward() end,
    'must return Tensors or nil, got integer 3')
  raises(function() made(once, function() return torch.ones(7) end)(x):sum():backward() end,
    'gradient 1: expected shape [2], got [7]')
  torch.sum(x * x):backward()
  equal(x.grad:tolist(), {2.0, 4.0}, 'usable afterwards')
end)

-- What holds now: gradients, inference mode.
local function state() return {torch.is_grad_enabled(), torch.is_inference_mode_enabled()} end

test.case('no_grad, enable_grad and inference_mode hold for a function', function()
  local x = leaf{1.0}
  equal({torch.no_grad(function(a, b) return (x * a).requires_grad, b end, 2, 'passed')}, {false, 'passed'})
  equal(torch.no_grad(state), {false, false})
  equal(torch.no_grad(function() return torch.enable_grad(state) end), {true, false}, 'nested')
  equal(torch.inference_mode(state), {false, true})
  equal(state(), {true, false}, 'restored')
  local made = torch.inference_mode(function() return x * 2 end)
  raises(function() return made * x end, 'Inference tensors cannot be saved for backward')
end)

test.case('no_grad and its kin hold for a block', function()
  do
    local _ <close> = torch.no_grad()
    equal(state(), {false, false})
    do
      local _ <close> = torch.enable_grad()
      equal(state(), {true, false})
      local _ <close> = torch.inference_mode()
      equal(state(), {false, true})
    end
    equal(state(), {false, false})
  end
  equal(state(), {true, false})
  torch.set_grad_enabled(false)
  local off = state()
  torch.set_grad_enabled(true)
  equal(off, {false, false})
end)

test.case('guards are restored after errors', function()
  for _, guard in ipairs {torch.no_grad, torch.inference_mode, torch.scope} do
    raises(function() guard(function() error 'inside' end) end, 'inside')
    raises(function()
      local _ <close> = guard()
      error 'in the block'
    end, 'in the block')
    equal(state(), {true, false})
  end
  raises(function() torch.no_grad(3) end, 'no_grad: function: expected function, got integer 3')
  equal(state(), {true, false})
  local guard = torch.no_grad()
  guard:close()
  equal(state(), {true, false}, 'closed by hand')
end)

test.case('autocast gives bfloat16 out of products and is off afterwards', function()
  local a = torch.ones(2, 2)
  local function product() return a:mm(a).dtype end
  equal(torch.autocast({device_type = 'cpu', dtype = 'bfloat16'}, product), 'bfloat16')
  equal({torch.autocast(product), product()}, {'bfloat16', 'float32'})
  equal(torch.autocast({dtype = 'float16'}, product), 'float16')
  do
    local _ <close> = torch.autocast{device_type = 'cpu'}
    equal({product(), torch.autocast({enabled = false}, product), product()},
      {'bfloat16', 'float32', 'bfloat16'})
  end
  raises(function() torch.autocast({}, function() error 'inside' end) end, 'inside')
  equal(product(), 'float32')
  raises(function() torch.autocast{dtype = 'float64'} end,
    "autocast: dtype: expected 'bfloat16' or 'float16', got 'float64'")
  raises(function() torch.autocast{device = 'cpu'} end,
    "autocast: unknown option 'device'; options are device_type")
end)
