-- What results of RSA say of themselves: corrected tests, differences, pictures.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa, stats = require 'brain.rsa', require 'brain.stats'

local float64 = {dtype = 'float64'}

local function study()
  torch.manual_seed(0)
  local truth = torch.rand({1, 190}, float64)
  return torch.cat({truth, truth + 0.5 * torch.rand({1, 190}, float64), torch.rand({1, 190}, float64)}, 0),
    truth + 0.5 * torch.rand({6, 190}, float64)
end

test.case('tests are corrected for how many they are; differences have intervals', function()
  local models, subjects = study()
  for _, interval in ipairs{'percentile', 'dual'} do
    local e = rsa.evaluate({right = models[0], near = models[1], wrong = models[2]}, subjects, {samples = 100, interval = interval})
    local plain, zero = e:tests()
    local corrected, zero_corrected = e:tests{correct = 'holm'}
    local expected = stats.holm(torch.stack{plain[{0, 1}], plain[{0, 2}], plain[{1, 2}]})
    test.close(torch.stack{corrected[{0, 1}], corrected[{0, 2}], corrected[{1, 2}]}, expected, {rtol = 1e-14})
    test.equal(corrected, corrected.T:contiguous())
    test.equal(corrected[{1, 1}]:item(), 1.0)
    test.close(zero_corrected, stats.holm(zero), {rtol = 1e-14})
    local d, back = e:difference('right', 'wrong'), e:difference('wrong', 'right')
    test.close(d.estimate, (e.mean[1] - e.mean[2]):item(), {rtol = 1e-12})  -- near, right, wrong
    test.close(d.low, -back.high, {rtol = 1e-9, atol = 1e-12})
    test.truthy(d.low < d.estimate and d.estimate < d.high and d.low > 0)
    test.close(d.p, plain[{1, 2}]:item(), {rtol = 1e-14})
    test.raises(function() e:difference('right', 'left') end, "difference: no model 'left'")
    test.raises(function() e:tests{correct = 'sidak'} end, "correct: expected none, fdr, holm or bonferroni, got 'sidak'")
    test.truthy(e:summary():find('right  ', 1, true) and e:summary():find('  p ', 1, true))
  end
end)

if pcall(function() return require('brain.plot').bars end) then
  test.case('results draw themselves', function()
    local models, subjects = study()
    local named = {right = models[0], near = models[1], wrong = models[2]}
    local csv = rsa.evaluate(named, subjects, {samples = 60}):plot{sort = true}:csv()
    test.truthy(csv:find('noise ceiling', 1, true) and csv:find('differ', 1, true) and csv:find('subjects', 1, true), csv)
    test.truthy(not rsa.evaluate(named, subjects, {samples = 60, target = 'mean'}):plot():csv():find('noise ceiling', 1, true))
    -- More models than can be joined two by two: only with the best.
    local many = {}
    for i = 1, 9 do many['model ' .. i] = i * 0.2 * models[0] + torch.rand({190}, float64) end
    local plenty = rsa.evaluate(many, subjects, {samples = 60}):plot{title = 'nine'}
    local _, lines = plenty:csv():gsub('differ', '')
    test.truthy(lines <= 2 * 15, lines)
    local groups = {}
    for i = 1, 20 do groups[i] = i % 2 == 0 and 'even' or 'odd' end
    local all = rsa.rdms(subjects)
    test.truthy(#all:select{0}:plot{groups = groups}:png() > 1000 and #all:plot{groups = groups, percentile = true, columns = 3}:svg() > 1000)
    local figure, found = rsa.model_map({models = rsa.rdms(models), subjects = all, pixels = torch.rand(190)},
      {groups = {'m', 'm', 'm', 'p', 's', 's', 's', 's', 's', 's'}})
    test.truthy(#figure:svg() > 1000)
    test.equal({found.points.shape, found.dissimilarity[{4, 4}]:item()}, {torch.zeros(10, 2).shape, 0.0})
    local one = rsa.compare(models[0], subjects[2])[{0, 0}]:item()
    test.close(found.dissimilarity[{0, 6}]:item(), 1 - one, {rtol = 1e-12})
    test.raises(function() rsa.model_map(models[0]) end, 'expected at least 3 RDMs, got 1')
    test.raises(function() rsa.model_map(models, {names = {'a'}}) end, 'names: expected a list of 3')
    test.raises(function() all:plot{groups = {'a'}} end, 'plot: groups: expected a list of 20 names')
    test.raises(function() all:plot{titles = {'a'}} end, 'plot: titles: expected a list of 6')
    test.raises(function() rsa.rdms(torch.rand(25, 3)):plot() end, 'plot: expected at most 24 RDMs, got 25')
    local plot = require 'brain.plot'
    test.raises(function() plot.bars{values = {1, 2}, brackets = {{1, 3}}} end, 'brackets[1]: expected two different places from 1 to 2')
  end)
end
