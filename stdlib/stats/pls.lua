-- Partial least squares regression. The fit is native.
local native = require 'brain.linalg.native'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'

local Model = {}
local meta = {__index = Model, __name = 'partial least squares'}

function meta:__tostring()
  return ('partial least squares (%d components of %d features, %d targets)'):format(self.weights.shape[2],
    self.weights.shape[1], self.intercept.shape[1])
end

local function checked(self, x, owner)
  local p = self.weights.shape[1]
  if not is_tensor(x) or x.ndim ~= 2 or x.shape[2] ~= p then
    error(('%s: x: expected [n, %d features], got %s'):format(owner, p, is_tensor(x) and tostring(x.shape) or type(x)), 0)
  end
  return x:double()
end

-- Predictions [n, targets] for x [n, features].
function Model:predict(x) return checked(self, x, 'predict'):matmul(self.coefficients) + self.intercept end

-- Scores [n, components] of x [n, features].
function Model:scores(x)
  x = (checked(self, x, 'scores') - self.mean) / self.scale
  return x:matmul(self.rotations)
end

local function columns(x, name)
  if not is_tensor(x) then error(('pls: %s: expected a Tensor, got %s'):format(name, type(x)), 0) end
  return x.ndim == 1 and x:unsqueeze(1) or x
end

return function(x, y, options)
  local o = read_options('pls', options, {components = 25, scale = false})
  x, y = columns(x, 'x'), columns(y, 'y')
  local model = setmetatable(native.pls(x, y, o.components, o.scale), meta)
  model.mean, model.scale = x:double():mean(0), 1
  if o.scale then
    local spread = x:double():std(0)
    model.scale = spread:masked_fill(spread:eq(0), 1)
  end
  return model
end
