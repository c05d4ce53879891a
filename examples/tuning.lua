-- Orientation tuning: fits a population of simulated V1 neurons by maximum likelihood, then reads the orientation of
-- held-out trials from their spikes. Teaches: simulation, autograd, a training loop in a scope, and a check of the answer.
local steps, neurons, trials = 400, 64, 4000
torch.manual_seed(1)

-- The truth: von Mises tuning curves, Poisson spikes. Orientation has period pi, hence the factor 2.
local function rates(theta, preferred, width, gain)
  local distance = torch.cos(2 * (theta['...,None'] - preferred))
  return torch.exp(gain) * torch.exp(torch.exp(width) * (distance - 1)) + 0.1
end
local truth = {preferred = torch.rand(neurons) * math.pi, width = torch.randn(neurons) * 0.3 + 0.7,
  gain = torch.randn(neurons) * 0.3 + 1.5}
local theta = torch.rand(trials) * math.pi
local spikes = torch.poisson(rates(theta, truth.preferred, truth.width, truth.gain))
local train, test = torch.arange(0, trials - 500), torch.arange(trials - 500, trials)

-- The fit: each neuron starts at the orientation its spikes point to; Adam on the Poisson likelihood.
local x, y = theta[train], spikes[train]
local start = torch.atan2(torch.sin(2 * x):matmul(y), torch.cos(2 * x):matmul(y)) / 2
local fit = {preferred = start, width = torch.zeros(neurons), gain = torch.ones(neurons)}
local moments = {}
for name, parameter in pairs(fit) do
  parameter:requires_grad_()
  moments[name] = {torch.zeros_like(parameter), torch.zeros_like(parameter)}
end

local function likelihood(theta, spikes, p)
  return nn.functional.poisson_nll_loss(rates(theta, p.preferred, p.width, p.gain), spikes, {log_input = false})
end

for step = 1, steps do
  torch.scope(function()                                    -- temporaries are freed at the end of each step
    local loss = likelihood(x, y, fit)
    loss:backward()
    if step % 100 == 0 then print(('step %3d  loss %.4f'):format(step, loss:item())) end
    local _ <close> = torch.no_grad()
    for name, parameter in pairs(fit) do
      local g, m, v = parameter.grad, moments[name][1], moments[name][2]
      m:mul_(0.9):add_(g, {alpha = 0.1})
      v:mul_(0.99):addcmul_(g, g, {value = 0.01})
      parameter:sub_(0.05 * (m / (1 - 0.9 ^ step)) / ((v / (1 - 0.99 ^ step)):sqrt() + 1e-8))
      parameter.grad = nil
    end
  end)
end

-- How near: preferred orientations, and decoding of trials the fit has not seen.
local function angular_error(a, b) return torch.atan2(torch.sin(2 * (a - b)), torch.cos(2 * (a - b))):abs() / 2 end
local degrees = 180 / math.pi
local _ <close> = torch.no_grad()
print(('preferred orientation: median error %.1f degrees'):format(
  angular_error(fit.preferred, truth.preferred):median():item() * degrees))

local grid = torch.linspace(0, math.pi, 181)['0:180']
local expected = rates(grid, fit.preferred, fit.width, fit.gain)            -- [orientation, neuron]
local log_likelihood = spikes[test]:matmul(expected:log().T) - expected:sum(1)
local decoded = grid[log_likelihood:argmax(1)]
print(('decoding of %d held-out trials: median error %.1f degrees (chance 45)'):format(
  #test, angular_error(decoded, theta[test]):median():item() * degrees))
