-- Multinomial logistic regression with an L2 penalty, to the optimum: the minimum over weights w and intercepts b of
--   c sum over samples of the cross-entropy + |w|^2 / 2,
-- scikit-learn's objective, by Newton's method with conjugate gradients (products with the Hessian are two GEMMs).
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'

local Logistic = {}
Logistic.__index = Logistic
Logistic.__name = 'logistic regression'

local function with_ones(x) return torch.cat({x, torch.ones({#x, 1}, {dtype = 'float64', device = x.device})}, 1) end

-- Probabilities [n, classes] for x [n, features].
function Logistic:predict(x) return with_ones(x:double()):matmul(torch.cat {self.weights, self.intercept:unsqueeze(0)}):softmax(1) end

-- Solves H v = g for the Newton step by conjugate gradients, to a residual of `tolerance` |g|.
local function conjugate_gradients(product, g, tolerance)
  local v, r = torch.zeros_like(g), g:clone()
  local p, rr = r:clone(), (r * r):sum():item()
  local target = tolerance ^ 2 * rr
  for _ = 1, 250 do
    if rr <= target then break end
    local hp = product(p)
    local curvature = (p * hp):sum():item()
    if curvature <= 0 then break end
    v:add_(p, {alpha = rr / curvature})
    r:sub_(hp, {alpha = rr / curvature})
    local next_rr = (r * r):sum():item()
    p = r + (next_rr / rr) * p
    rr = next_rr
  end
  return v
end

local function fit(x, hot, o)
  local penalty = torch.ones({x.shape[2], 1}, {dtype = 'float64', device = x.device}) / o.c
  penalty[-1] = 0  -- the intercept
  local w, xt = torch.zeros({x.shape[2], hot.shape[2]}, {dtype = 'float64', device = x.device}), x.T
  local function objective(at)
    local scores = x:matmul(at):log_softmax(1)
    return -(scores * hot):sum():item() + 0.5 * (penalty * at * at):sum():item(), scores
  end
  local value, scores = objective(w)
  local first
  for iteration = 1, o.iterations do
    local p = scores:exp()
    local gradient = xt:matmul(p - hot) + penalty * w
    local size = gradient:abs():max():item()
    first = first or size
    if size <= o.tolerance * math.max(first, 1) then return w, iteration - 1 end
    local step = torch.scope(function()
      return conjugate_gradients(function(v)
        local a = p * x:matmul(v)
        return xt:matmul(a - p * a:sum(1, true)) + penalty * v
      end, gradient, math.min(0.1, math.sqrt(size / first)))
    end)
    local slope, scale, next_value, next_scores = (gradient * step):sum():item(), 1, nil, nil
    repeat  -- Armijo's rule
      next_value, next_scores = objective(w - scale * step)
      if next_value <= value - 1e-4 * scale * slope then break end
      scale = scale / 2
    until scale < 1e-10
    if scale < 1e-10 then return w, iteration end  -- rounding: no step is better
    w = w - scale * step
    value, scores = next_value, next_scores
  end
  return w, o.iterations
end

return function(x, labels, options)
  local o = read_options('logistic', options, {c = 1, iterations = 100, tolerance = 1e-9})
  if not is_tensor(x) or x.ndim ~= 2 then
    error(('logistic: x: expected a Tensor [samples, features], got %s'):format(is_tensor(x) and tostring(x.shape) or type(x)), 0)
  end
  if not is_tensor(labels) or labels.dtype ~= 'int64' or labels.ndim ~= 1 or #labels ~= #x then
    error(('logistic: labels: expected int64 [%d], numbers of classes from 0, got %s'):format(#x,
      is_tensor(labels) and ('%s %s'):format(labels.dtype, labels.shape) or type(labels)), 0)
  end
  if type(o.c) ~= 'number' or not (o.c > 0) then error('logistic: c: expected a number above 0, got ' .. tostring(o.c), 0) end
  local hot = nn.functional.one_hot(labels):double()
  local w, iterations = fit(with_ones(x:detach():double()), hot, o)
  return setmetatable({weights = w[':-1'], intercept = w[-1], iterations = iterations}, Logistic)
end
