-- Subjects who saw different conditions: their union, and what evaluates it.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'

local float64 = {dtype = 'float64'}

local function named(from, to)
  local labels = {}
  for i = from, to do labels[#labels + 1] = 'picture' .. i end
  return labels
end

-- Three subjects of 14 conditions out of 24, 7 of them shared by two, and a model that all share something with.
local function study()
  torch.manual_seed(4)
  local truth, list = torch.randn({24, 6}, float64), {}
  for s = 0, 2 do
    list[s + 1] = rsa.rdm(truth:narrow(0, 5 * s, 14) + 0.5 * torch.randn({14, 6}, float64), {labels = named(5 * s, 5 * s + 13)})
  end
  return list, rsa.rdm(truth, {labels = named(0, 23)}), rsa.rdm(torch.randn({24, 6}, float64), {labels = named(0, 23)})
end

test.case('a union holds every pair of each, in the order of the first labels', function()
  local a = rsa.rdms(torch.tensor({{1, 2, 3}, {4, 5, 6}}, float64), {labels = {'x', 'y', 'z'}})
  local b = rsa.rdms(torch.tensor({7, 8, 9}, float64), {labels = {'z', 'w', 'x'}})  -- z w, z x, w x
  local u = rsa.union{a, b}
  test.equal({u.n, #u, u.labels}, {4, 3, {'x', 'y', 'z', 'w'}})
  local nan = 0 / 0
  test.equal(u:vectors():nan_to_num(-1), torch.tensor({{1, 2, nan, 3, nan, nan}, {4, 5, nan, 6, nan, nan},
    {nan, 8, 9, nan, nan, 7}}, float64):nan_to_num(-1))  -- x y, x z, x w, y z, y w, z w
  test.equal(u:select{2}:subset{'z', 'w', 'x'}:vectors(), b:vectors())
  test.equal(u:mean():vectors()[0]:nan_to_num(-1), torch.tensor({2.5, 5, 9, 4.5, -1, 7}, float64))
  test.equal(rsa.union{b}:vectors(), b:vectors())
  test.equal(rsa.compare({a}, a), rsa.compare(a, a))
  local function refused(list, words) test.raises(function() rsa.union(list) end, words) end
  refused({}, 'union: expected a list of RDMs with labels')
  refused(a, 'union: expected a list of RDMs with labels')
  refused({a, b:vectors()}, 'union: RDMs 2 of 2: expected RDMs, got a Tensor, which has no labels')
  refused({rsa.rdms(b:vectors()), a}, 'RDMs 1 of 2: expected labels of conditions')
  refused({a, rsa.rdms(b:vectors(), {labels = {'x', 'w', 'x'}})}, "RDMs 2 of 2: label 'x' is there twice")
  refused({a, rsa.rdm(torch.randn(2, 3, 4), {distance = 'crossnobis', labels = {'x', 'y', 'v'}})},
    'RDMs 2 of 2: expected all to be cross-validated distances or none')
  test.raises(function() rsa.noise_ceiling{a, 3} end, 'noise_ceiling: RDMs 2 of 2: expected RDMs, got number')
end)

test.case('models are compared with each subject on the pairs it has', function()
  local list, truth, noise = study()
  local models = {truth = truth, noise = noise}
  for _, method in ipairs{'spearman', 'pearson', 'cosine', 'tau-a', 'tau-b', 'rho-a'} do
    local result = rsa.evaluate(models, list, {method = method, samples = 30})
    for s, r in ipairs(list) do
      local alone = rsa.evaluate({truth = truth:subset(r.labels), noise = noise:subset(r.labels)}, r,
        {method = method, samples = 2, over = 'conditions'})
      test.close(result.per_subject:select(1, s - 1), alone.mean, {rtol = 1e-12}, method)
    end
    test.close(result.mean, result.per_subject:mean(1), {rtol = 1e-12}, method)
    local lower, upper = rsa.noise_ceiling(list, {method = method})
    test.close(result.ceiling, torch.tensor({lower, upper}, float64), {rtol = 1e-12}, method)
    test.truthy(lower < upper and upper <= 1 and lower > 0, method)
    test.truthy(result.mean[1]:item() > result.mean[0]:item(), method)
  end
  local result = rsa.evaluate(models, list, {samples = 40, interval = 'dual', method = 'pearson', control = rsa.rdm(torch.randn({24, 6}, float64))})
  test.equal({result.pairs:tolist(), result.pairs_differ}, {{91, 91, 91}, true})
  test.truthy(result:summary():find('; every subject on its own pairs, 91 to 91; noise ceiling', 1, true))
  test.equal(result.warnings, {'3 subjects are too few to resample: intervals over them are too narrow'})
  test.truthy(result.partial.mean[1]:item() > 0.3 and result.partial.ceiling:isnan():all():item())
  test.truthy((result.interval:select(1, 0):lt(result.mean)):all():item())
  local stats = require 'brain.stats'
  test.raises(function() stats.power(result) end, 'power: expected subjects with the same conditions')
  local threads = torch.get_num_threads()
  torch.set_num_threads(threads == 1 and 2 or 1)
  local again = rsa.evaluate(models, list, {samples = 40, method = 'spearman'})
  torch.set_num_threads(threads)
  test.equal(rsa.evaluate(models, list, {samples = 40, method = 'spearman'}).draws, again.draws)
  local mean = rsa.evaluate(models, list, {samples = 20, target = 'mean'})
  local union = rsa.union(list)
  test.close(mean.mean[1]:item(), rsa.compare(truth, union:mean())[{0, 0}]:item(), {rtol = 1e-12})
  test.truthy(union:mean():vectors():isnan():any():item())
  local nested = rsa.evaluate({net = rsa.rdms(torch.cat({noise:vectors(), truth:vectors()}, 0), {labels = truth.labels})}, list,
    {samples = 40, select = 'nested'})
  test.truthy(nested.chosen:eq(1):double():mean():item() > 0.8)
end)

test.case('missing pairs: what is said of them, and what is refused', function()
  local list, truth, noise = study()
  local few = rsa.rdm(torch.randn({4, 6}, float64), {labels = named(0, 3)})
  local holed = truth:select{0}
  holed.condensed = holed.condensed:clone()
  holed.condensed[{0, 5}] = 0 / 0
  local flat = rsa.categorical({1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, {labels = truth.labels})
  local result = rsa.evaluate({flat = flat, holed = holed}, {few, list[1], list[2], list[3]}, {samples = 20, over = 'conditions'})
  test.equal(result.warnings, {'1 pairs are NaN in a model or control and left out for all',
    '1 of 4 subjects have fewer than 10 conditions: what is known of each is little',
    "'flat' is compared with 1 of 4 subjects: the others have fewer than 3 pairs, or it or they do not vary over them"})
  test.equal(result.pairs:tolist(), {6, 90, 91, 91})
  local function refused(f, words) test.raises(f, words) end
  refused(function() rsa.evaluate(truth, list, {method = 'cosine_cov'}) end, 'whiten by all pairs, and subjects have different ones')
  refused(function() rsa.evaluate({m = rsa.weighted(rsa.union{truth, noise})}, list, {method = 'pearson', crossvalidate = true}) end,
    'crossvalidate: expected subjects with the same pairs of conditions')
  refused(function() rsa.fit_weights(rsa.weighted(rsa.union{truth, noise}), list) end, 'need subjects with the same pairs')
  refused(function() rsa.evaluate_folds({m = truth}, list, {folds = {{0, 1, 2, 3}}}) end,
    'evaluate_folds: expected subjects with the same pairs')
  refused(function() rsa.evaluate(truth:subset(list[1].labels), list) end, 'expected RDMs of the same conditions, got 24 and 14')
end)

test.case('labels are dealt out anew where subjects saw different conditions', function()
  local list, truth, noise = study()
  local models = {truth = truth, noise = noise}
  for _, permute in ipairs{'conditions', 'seen'} do
    local r = rsa.permutation(models, list, {permutations = 99, permute = permute, seed = 2})
    test.close(r.observed, rsa.evaluate(models, list, {samples = 2}).mean, {rtol = 1e-12})
    test.close(r.p[1]:item(), 0.01, {rtol = 1e-12})
    test.truthy(r.p[0]:item() > 0.02)
  end
  -- By hand: a permuted model on each subject's own pairs.
  local order = require('brain.stats.native').permutation(2, 7, 24):tolist()
  local moved, sum = rsa.rdms(truth:subset(order):vectors(), {labels = truth.labels}), 0
  for _, r in ipairs(list) do sum = sum + rsa.compare(moved:subset(r.labels), r)[{0, 0}]:item() end
  test.close(rsa.permutation(models, list, {permutations = 9, seed = 2}).null[{6, 1}]:item(), sum / 3, {rtol = 1e-12})
  -- p is uniform under the null: of 100 studies no more than 11 are below .05.
  local below = 0
  for k = 1, 100 do
    below = below + torch.scope(function()
      local subjects = {}
      for s = 0, 2 do subjects[s + 1] = rsa.rdm(torch.randn({8, 5}, float64), {labels = named(4 * s, 4 * s + 7)}) end
      local model = rsa.rdm(torch.randn({16, 5}, float64), {labels = named(0, 15)})
      return rsa.permutation(model, subjects, {permutations = 39, seed = k}).p[0]:item() <= 0.05 and 1 or 0
    end)
  end
  test.truthy(below <= 11, below)
  local spread = {}
  for i, from in ipairs{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20} do spread[i] = truth:subset(named(from, from + 3)) end
  test.raises(function() rsa.permutation(models, spread, {permute = 'seen'}) end, 'at least 4 conditions that the same subjects have')
  local flat = rsa.rdms(torch.ones({1, 276}, float64), {labels = truth.labels})
  test.raises(function() rsa.permutation({flat = flat}, list) end, "'flat': its similarity is not defined")
end)
