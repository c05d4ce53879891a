-- scripts/realnet/fmri.lua on planted RDMs: 2 people, 5 regions, networks of 3 areas.
local test = require 'brain.test'
package.path = 'scripts/?.lua;' .. package.path
local fmri = require 'realnet.fmri'

local float64 = {dtype = 'float64'}
local how = {samples = 60, seed = 4}

local function planted()
  torch.manual_seed(1)
  local n, regions = 40, {}
  local truth = torch.rand(5, n * (n - 1) // 2, float64)
  for r = 1, 5 do regions[r] = truth[r - 1] + 0.3 * torch.rand(2, 780, float64) end
  return truth, {rdms = regions, areas = {'a', 'b', 'c'}, n = n}
end

test.case('agreement, the published test, and a gain that is there', function()
  local truth, measure = planted()
  local noise = torch.rand(1, 1, 3, 780, float64)
  local base = {name = 'base', label = 'before', values = noise}
  local networks = torch.rand(4, 2, 3, 780, float64)
  networks[':, :, 1'] = 0.3 * networks[':, :, 1'] + truth[2]  -- area b of every network is like region V3
  local arm = {name = 'aligned', label = 'aligned', values = networks}
  local out = fmri.outcome(base, {arm}, how, measure)
  -- seeds are averaged after the comparison
  local by_hand = 0
  for k = 0, 1 do by_hand = by_hand + rsa.compare(networks[{3, k}], measure.rdms[2])[{2, 1}]:item() / 2 end
  test.equal(out.arms[1].similarity.shape, torch.zeros(4, 2, 5, 3).shape)
  test.close(out.arms[1].similarity[{3, 1, 1, 2}]:item(), by_hand)
  local best = out.arms[1].similarity:select(1, 0):select(1, 2):amax(-1)
  local t = stats.ttest(best - rsa.compare(noise[{0, 0}], measure.rdms[3])[':, 0']:max():item())
  test.close(out.arms[1].published.p[{0, 2}]:item(), t.p, {rtol = 1e-9})
  local gain = out.arms[1].gain
  test.truthy(gain.low[2]:item() > 0.5, 'V3')
  for r, found in ipairs(gain.low:tolist()) do test.truthy(r == 3 or found < 0, r) end
  test.equal(out.ceiling.shape, torch.zeros(5, 2).shape)
end)

test.case('networks that are as before gain nothing', function()
  local _, measure = planted()
  local values = torch.rand(1, 1, 3, 780, float64)
  local same = {name = 'aligned', label = 'aligned', values = values:expand(3, 1, 3, 780)}
  local out = fmri.outcome({name = 'base', label = 'before', values = values}, {same}, how, measure)
  test.close(out.arms[1].gain.low, torch.zeros(5, float64), {atol = 1e-15})
  test.close(out.arms[1].gain.high, torch.zeros(5, float64), {atol = 1e-15})
end)
