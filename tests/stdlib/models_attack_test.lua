-- models.attack on a linear model, where the worst change is known, and on a network, where steps are repeated by hand.
local test = require 'brain.test'

local function linear()
  torch.manual_seed(3)
  local net = nn.Sequential {nn.Flatten(), nn.Linear(3 * 4 * 4, 2)}
  return net, net:state_dict()['1.weight']
end

local mean, std = {0.4, 0.5, 0.6}, {0.2, 0.25, 0.3}
local function channels(list) return torch.tensor(list):view(1, 3, 1, 1) end
local function pixels(x) return x * channels(std) + channels(mean) end
local function pictures(n, side) return (torch.rand(n, 3, side, side) * 0.8 + 0.1 - channels(mean)) / channels(std) end

-- With two classes the gradient of the cross-entropy is a positive number times the other row minus the own.
local function worst(weight, labels)
  return (weight[1 - labels] - weight[labels]):view(-1, 3, 4, 4):sign()
end

test.case('fgsm and pgd reach the closed form of a linear model', function()
  local net, weight = linear()
  local x, labels = pictures(6, 4), torch.tensor {0, 1, 1, 0, 1, 0}
  local how = {epsilon = {0, 0.02, 0.05}, mean = mean, std = std}
  for _, method in ipairs {'fgsm', 'pgd'} do
    how.method = method
    for i, changed in ipairs(models.attack(net, x, labels, how)) do
      -- float32: one rounding of values up to 3 in normalised units
      test.close(pixels(changed), pixels(x) + how.epsilon[i] * worst(weight, labels), {atol = 5e-7, rtol = 0}, method)
    end
  end
  test.equal(weight.grad, nil)
end)

test.case('changes stay within epsilon and the pixels', function()
  local net = models.create('akamaster/resnet20', {seed = 1})
  local x, labels = (torch.rand(4, 3, 32, 32) - channels(mean)) / channels(std), torch.tensor {1, 2, 3, 4}
  for _, method in ipairs {'fgsm', 'pgd'} do
    local changed = models.attack(net, x, labels, {epsilon = 8 / 255, method = method, steps = 3, mean = mean, std = std})
    test.truthy((pixels(changed) - pixels(x)):abs():max():item() <= 8 / 255 + 1e-6, method)
    test.truthy(pixels(changed):min():item() >= -1e-6 and pixels(changed):max():item() <= 1 + 1e-6, method)
    local function loss(t) return torch.no_grad(function() return losses.cross_entropy(net:eval()(t), labels):item() end) end
    test.truthy(loss(changed) > loss(x), method)
    net:train()
  end
  test.truthy(net:is_training())
end)

test.case('two steps of pgd are two steps along the sign of the gradient', function()
  local net = models.create('akamaster/resnet20', {seed = 1}):eval()
  local x, labels = torch.rand(2, 3, 32, 32) * 0.5 + 0.25, torch.tensor {1, 2}
  local y = x
  for _ = 1, 2 do
    local input = y:clone():requires_grad_()
    y = (y + 0.005 * torch.grad(losses.cross_entropy(net(input), labels), input):sign()):detach()
  end
  local found = models.attack(net, x, labels, {epsilon = 0.01, method = 'pgd', steps = 2, step = 0.005, random = false})
  test.close(found, y, {atol = 2e-7, rtol = 0})
  local one, other = {epsilon = 0.01, method = 'pgd', steps = 1, seed = 1}, {epsilon = 0.01, method = 'pgd', steps = 1, seed = 2}
  test.equal(models.attack(net, x, labels, one), models.attack(net, x, labels, one))
  test.truthy(not torch.equal(models.attack(net, x, labels, one), models.attack(net, x, labels, other)))
end)

test.case('what is refused', function()
  local net = linear()
  local x, labels = pictures(2, 4), torch.tensor {0, 1}
  test.raises(function() models.attack(net, x[0], labels) end, 'images: expected floating point [n, channels, height, width], got float32 {3, 4, 4}')
  test.raises(function() models.attack(net, x, torch.tensor {0}) end, 'labels: expected int64 [2], got int64 {1}')
  test.raises(function() models.attack(net, x, labels, {epsilon = -1}) end, 'epsilon: expected a number of at least 0')
  test.raises(function() models.attack(net, x, labels, {method = 'cw'}) end, "expected fgsm or pgd, got 'cw'")
  test.raises(function() models.attack(net, x, labels, {std = {1, 2}}) end, 'std: expected a number, or one for each of 3 channels, got 2')
  test.raises(function() models.attack(net, x, labels, {eps = 1}) end, "unknown option 'eps'; options are epsilon")
end)
