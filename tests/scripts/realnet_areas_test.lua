-- scripts/realnet/areas.lua and inference.lua on planted curves and distances.
local test = require 'brain.test'
package.path = 'scripts/?.lua;' .. package.path
local areas, inference = require 'realnet.areas', require 'realnet.inference'

local function tensor(list) return torch.tensor(list, {dtype = 'float64'}) end
local how = {samples = 400, seed = 3}

-- Agreement of 2 areas over -0.1 to 0.49 s: bumps at these times, the same for 5 subjects but for their height.
local times = torch.arange(-10, 50):double() / 100
local function bumps(at, scale)
  local curve = torch.exp(-((times:unsqueeze(0) - tensor(at):unsqueeze(1)) / 0.05) ^ 2)
  return {similarity = tensor {0.8, 0.9, 1, 1.1, 1.2}:view(5, 1, 1) * curve * scale}
end

test.case('peaks, their shift, and the improvement', function()
  local base, aligned = bumps({0.1, 0.2}, 0.1), bumps({0.12, 0.18}, 0.15)
  local latency = areas.latency(base, aligned, times, how)
  test.close(latency.base.estimate, tensor {0.1, 0.2})
  test.close(latency.aligned.low, tensor {0.12, 0.18})
  test.close(latency.shift.estimate, tensor {0.02, -0.02})
  test.close(latency.shift.high, tensor {0.02, -0.02})
  -- the same heights in every resample of subjects cancel, so the interval has no width
  local window = times:ge(0.05):logical_and(times:le(0.35)):nonzero():view(-1)
  local flat = areas.improvement({similarity = base.similarity}, {similarity = base.similarity * 1.5}, window, how)
  test.close(flat.estimate, tensor {0.5, 0.5})
  test.close(flat.low, tensor {0.5, 0.5})
  local negative = areas.improvement({similarity = -base.similarity}, base, window, how)
  test.truthy(negative.estimate:isnan():all():item())
end)

test.case('distances between subjects and their slope over areas', function()
  torch.manual_seed(1)
  local rdms = {}
  local common, own = torch.rand(1, 4, 45, {dtype = 'float64'}), {}
  for s = 1, 5 do
    own[s] = torch.rand(1, 4, 45, {dtype = 'float64'})
    rdms[s] = common + own[s] * torch.arange(4):view(1, 4, 1) * 0.4
  end
  local d = areas.distances(rdms)
  test.equal(d.shape, torch.zeros(4, 5, 5).shape)
  test.close(d[0], torch.zeros(5, 5, {dtype = 'float64'}), {atol = 1e-12})
  test.close(d[{2, 1, 3}]:item(), 1 - rsa.compare(rdms[2][{0, 2}], rdms[4][{0, 2}])[{0, 0}]:item())
  local mean, slope = areas.variability(d, how)
  test.close(mean[3]:item(), (d[3]:sum() / 20):item())
  -- least squares over 0 ... 3: (-1.5 y0 - 0.5 y1 + 0.5 y2 + 1.5 y3) / 5
  test.close(slope.estimate, ((1.5 * (mean[3] - mean[0]) + 0.5 * (mean[2] - mean[1])) / 5):item(), {rtol = 1e-10})
  test.truthy(slope.low > 0 and slope.low <= slope.estimate and slope.estimate <= slope.high and slope.p <= 0.02)
  -- distances that are equal in all areas have no slope
  local _, none = areas.variability(d[1]:unsqueeze(0):expand(4, 5, 5):clone(), how)
  test.close(none.low, 0, {atol = 1e-12})
  test.close(none.high, 0, {atol = 1e-12})
end)

test.case('gain over all areas is the mean of the gains of each', function()
  torch.manual_seed(2)
  local n, eeg, near, far = 12, torch.rand(3, 66, {dtype = 'float64'}), {}, {}
  for s = 1, 3 do
    far[s] = torch.rand(1, 2, 66, {dtype = 'float64'})
    near[s] = far[s] + eeg[s - 1] * tensor {0, 2}:view(1, 2, 1)
  end
  local gain = inference.gains({far, near}, eeg, n, how)(2, 1)
  test.close(gain.estimate, gain.areas.estimate:mean():item())
  test.close(gain.areas.estimate[0]:item(), 0)
  test.equal(gain.areas.p[0]:item(), 1)
  test.truthy(gain.areas.low[1]:item() > 0.3 and gain.low > 0.1 and gain.p == 1 / how.samples)
end)
