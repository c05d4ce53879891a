-- models.attack: pictures changed a little so that a network errs on them, its own gradient known.
--   fgsm  x + e sign(g), g the gradient of the cross-entropy at x (Goodfellow, Shlens and Szegedy, ICLR 2015)
--   pgd   from a random start within e of x, steps x' <- x' + step sign(g(x')), each brought back to within e of x
--         (Madry et al., ICLR 2018)
-- e and step are in units of pixels from 0 to 1, to which results are clipped: x = (pixel - mean) / std per channel.
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'

local function per_channel(value, name, images)
  local t = torch.tensor(type(value) == 'table' and value or {value})
  if t.ndim ~= 1 or (#t ~= 1 and #t ~= images:size(1)) then
    error(('attack: %s: expected a number, or one for each of %d channels, got %d'):format(name, images:size(1), #t), 0)
  end
  return t:view(1, -1, 1, 1):to(images.device, images.dtype)
end

-- Sign of the gradient of the summed cross-entropy at x.
local function direction(net, x, labels)
  local input = x:detach():clone():requires_grad_()
  local loss = losses.cross_entropy(net(input), labels, {reduction = 'sum'})
  return torch.grad(loss, input):sign()
end

local function attack(net, images, labels, o)
  local std = per_channel(o.std, 'std', images)
  local mean = per_channel(o.mean, 'mean', images)
  local low, high = -mean / std, (1 - mean) / std
  local function within(x, epsilon)  -- x, brought back to the pixels and to within epsilon of the pictures
    local reach = epsilon / std
    return torch.minimum(torch.maximum(torch.minimum(torch.maximum(x, images - reach), images + reach), low), high)
  end
  if o.method == 'fgsm' then
    local sign = direction(net, images, labels)
    return function(epsilon) return within(images + epsilon / std * sign, epsilon) end
  end
  return function(epsilon)
    local x, step = images, (o.step or 2.5 * epsilon / o.steps) / std
    if o.random then
      local start = torch.rand(images.shape, {generator = torch.Generator():manual_seed(o.seed), dtype = images.dtype})
      x = within(images + (2 * start - 1):to(images.device) * (epsilon / std), epsilon)
    end
    for _ = 1, o.steps do
      x = torch.scope(function() return within(x + step * direction(net, x, labels), epsilon) end)
    end
    return x
  end
end

local function check(net, images, labels, o)
  if not is_tensor(images) or images.ndim ~= 4 or not images:is_floating_point() then
    error(('attack: images: expected floating point [n, channels, height, width], got %s'):format(
      is_tensor(images) and ('%s %s'):format(images.dtype, images.shape) or type(images)), 0)
  end
  if not is_tensor(labels) or labels.dtype ~= 'int64' or labels.ndim ~= 1 or #labels ~= #images then
    error(('attack: labels: expected int64 [%d], got %s'):format(#images,
      is_tensor(labels) and ('%s %s'):format(labels.dtype, labels.shape) or type(labels)), 0)
  end
  if o.method ~= 'fgsm' and o.method ~= 'pgd' then
    error(("attack: method: expected fgsm or pgd, got '%s'"):format(tostring(o.method)), 0)
  end
  read_options.at_least_one('attack', 'steps', o.steps)
  local list = type(o.epsilon) == 'table' and o.epsilon or {o.epsilon}
  for _, epsilon in ipairs(list) do
    if type(epsilon) ~= 'number' or not (epsilon >= 0) then
      error(('attack: epsilon: expected a number of at least 0, or a list of them, got %s'):format(tostring(epsilon)), 0)
    end
  end
  return list
end

-- models.attack(net, images, labels, {epsilon, ...}) -> images, or a list of them for a list of epsilons.
return function(net, images, labels, options)
  local o = read_options('attack', options, {epsilon = 1 / 255, method = 'fgsm', steps = 10, step = false, mean = 0, std = 1,
    random = true, seed = 0})
  local list = check(net, images, labels, o)
  local restore <close> = setmetatable({training = net:is_training()}, {__close = function(t) net:train(t.training) end})
  net:eval()
  local changed, results = attack(net, images:detach(), labels, o), {}
  for i, epsilon in ipairs(list) do results[i] = changed(epsilon) end
  if type(o.epsilon) == 'table' then return results end
  return results[1]
end
