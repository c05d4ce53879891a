-- The noise ceiling of one subject from halves of its trials.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'
local native = require 'brain.stats.native'

local float64 = {dtype = 'float64'}
local exact = {rtol = 1e-11}

local function brown(r) return 2 * r / (1 + r) end

-- Trials [rows, features] of three conditions with 4, 3 and 2 of them, mixed.
local function trials()
  torch.manual_seed(0)
  local names = {'dog', 'ant', 'dog', 'cat', 'dog', 'ant', 'cat', 'dog', 'ant', 'elk', 'elk', 'elk', 'elk'}
  return torch.randn({13, 6}, float64), names
end

-- Rows (from 0) of a condition, dealt by hand: the first half takes the first of a permutation.
local function dealt(names, condition, place, split, seed, count)
  local rows, first, second = {}, {}, {}
  for i, name in ipairs(names) do if name == condition then rows[#rows + 1] = i - 1 end end
  local take = (#rows + split % 2) // 2
  for k, at in ipairs(native.permutation(seed, (split - 1) * count + place, #rows):tolist()) do
    table.insert(k <= take and first or second, rows[at + 1])
  end
  return first, second
end

test.case('halves of given splits', function()
  local x, names = trials()
  local conditions = {'ant', 'cat', 'dog', 'elk'}
  for _, distance in ipairs{'correlation', 'sqeuclidean'} do
    for _, method in ipairs{'spearman', 'pearson', 'cosine'} do
      local halves = rsa.split_half(x, {conditions = names, distance = distance, method = method, splits = 3, seed = 4})
      local sum = 0
      for split = 1, 3 do
        local first, second = {}, {}
        for c, name in ipairs(conditions) do
          local a, b = dealt(names, name, c - 1, split, 4, 4)
          first[c], second[c] = x[{a}]:mean(0), x[{b}]:mean(0)
        end
        local a, b = rsa.rdm(torch.stack(first), {distance = distance}), rsa.rdm(torch.stack(second), {distance = distance})
        test.close(halves.first:vectors()[split - 1], a:vectors()[0], exact)
        test.close(halves.second:vectors()[split - 1], b:vectors()[0], exact)
        local r = rsa.compare(a, b, {method = method}):item()
        test.close(halves.correlations[split - 1]:item(), r, exact)
        sum = sum + r
      end
      test.close(halves.reliability, sum / 3, exact)
      test.close(halves.lower, math.max(brown(sum / 3), 0), {rtol = 1e-11, atol = 1e-13})
      test.close(halves.upper, math.sqrt(math.max(brown(sum / 3), 0)), {rtol = 1e-11, atol = 1e-13})
      test.equal({halves.splits, halves.method, halves.first.labels, halves.second.n}, {3, method, conditions, 4})
    end
  end
  test.truthy(rsa.split_half(x, {conditions = names}).warnings[1]:find('conditions have 2 to 4 trials', 1, true))
  -- [repetitions, conditions, features] is such a design, and odd numbers are dealt in turns.
  local balanced = torch.randn({5, 7, 4}, float64)
  local rows, of = balanced:flatten(0, 1), {}
  for i = 0, 34 do of[i + 1] = i % 7 end
  local a = rsa.split_half(balanced, {distance = 'euclidean', seed = 2, labels = {'a', 'b', 'c', 'd', 'e', 'f', 'g'}})
  local b = rsa.split_half(rows, {distance = 'euclidean', conditions = of, seed = 2})
  test.close(a.correlations, b.correlations, {rtol = 1e-14})
  test.equal({a.first.labels[7], b.first.labels[7]}, {'g', 6})
  test.equal(a.warnings, {})
  -- Two runs that disagree: what is large in one is small in the other.
  local opposite = torch.tensor({{0}, {1}, {9}, {0}, {9}, {1}}, float64)
  local none = rsa.split_half(opposite, {conditions = {1, 2, 3, 1, 2, 3}, folds = {1, 1, 1, 2, 2, 2}, distance = 'euclidean',
    method = 'pearson', splits = 2})
  test.close(none.reliability, -26 / 38, {rtol = 1e-12})
  test.equal({none.lower, none.upper}, {0.0, 0.0})
  test.truthy(none.warnings[1]:find('halves do not agree (mean correlation -0.684)', 1, true))
  test.truthy(tostring(none):find('halves correlate -0.684; noise ceiling 0.000 to 0.000\nWarning: ', 1, true), tostring(none))
end)

test.case('whole runs, cross-validated distances', function()
  torch.manual_seed(2)
  local runs = torch.randn({6, 5, 8}, float64)
  local noise = torch.rand({8}, float64) + 0.5
  local crossed = rsa.split_half(runs, {distance = 'crossnobis', noise = noise, method = 'pearson', splits = 2, seed = 3})
  local rows, of, folds = runs:flatten(0, 1), {}, {}
  for i = 0, 29 do of[i + 1], folds[i + 1] = i % 5, i // 5 end
  local listed = rsa.split_half(rows, {distance = 'crossnobis', noise = noise, conditions = of, folds = folds, method = 'pearson',
    splits = 2, seed = 3})
  test.close(crossed.correlations, listed.correlations, {rtol = 1e-12})
  for split = 1, 2 do
    local order = native.permutation(3, split - 1, 6)
    for half, r in ipairs{crossed.first, crossed.second} do
      test.close(r:vectors()[split - 1], rsa.rdm(runs:index_select(0, order:narrow(0, 3 * half - 3, 3)), {distance = 'crossnobis',
        noise = noise}):vectors()[0], {rtol = 1e-9, atol = 1e-12})
    end
  end
  test.raises(function() crossed.first:sqrt() end, 'cross-validated distances have no square root')
  local by_run = rsa.split_half(rows, {conditions = of, folds = folds, splits = 1, seed = 5})
  local order = native.permutation(5, 0, 6)
  test.close(by_run.second:vectors()[0], rsa.rdm(runs:index_select(0, order:narrow(0, 3, 3)):mean(0)):vectors()[0], exact)
end)

test.case('an evaluation of one subject has the ceiling of its halves', function()
  torch.manual_seed(3)
  local labels = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'}
  local truth = torch.randn({10, 12}, float64)
  local x = truth + torch.randn({6, 10, 12}, float64)
  local data = rsa.rdm(x:mean(0), {labels = labels})
  local models = {right = rsa.rdm(truth, {labels = labels}), wrong = rsa.rdm(torch.randn({10, 12}, float64), {labels = labels})}
  for _, method in ipairs{'spearman', 'pearson', 'cosine'} do
    local halves = rsa.split_half(x, {method = method, splits = 4, labels = labels})
    local e = rsa.evaluate(models, data, {method = method, over = 'conditions', samples = 25, seed = 6, halves = halves})
    test.close(e.ceiling, torch.tensor({halves.lower, halves.upper}, float64), exact)
    local plain = rsa.evaluate(models, data, {method = method, over = 'conditions', samples = 25, seed = 6})
    test.equal(e.draws, plain.draws)
    test.truthy(plain.ceiling:isnan():all():item())
    for _, draw in ipairs{2, 21} do
      local drawn, sum = native.resample(6, 2 * draw, 10, 10):tolist(), 0
      for k = 0, 3 do
        sum = sum + rsa.compare(halves.first:select{k}:subset(drawn), halves.second:select{k}:subset(drawn), {method = method}):item()
      end
      local lower = brown(math.max(sum / 4, 0))
      test.close(e.ceiling_draws[draw - 1], torch.tensor({lower, math.sqrt(lower)}, float64), {rtol = 1e-10})
    end
    test.close(e.ceiling_interval, e.ceiling_draws:quantile(torch.tensor({0.025, 0.975}, float64), 0).T, {rtol = 1e-12})
    test.truthy(e:summary():find(('; split-half noise ceiling %.3f to %.3f'):format(halves.lower, halves.upper), 1, true), e:summary())
    if package.loaded['brain.plot.native'] then test.truthy(e:plot():csv():find('noise ceiling', 1, true)) end
    -- Conditions in another order.
    local moved = rsa.evaluate(models, data:subset{'j', 'c', 'a', 'd', 'b', 'e', 'f', 'g', 'i', 'h'}, {method = method,
      over = 'conditions', samples = 2, halves = halves})
    test.close(moved.ceiling, e.ceiling, exact)
    local controlled = rsa.evaluate(models, data, {method = method ~= 'cosine' and method or 'pearson', over = 'conditions',
      samples = 3, control = torch.rand(45), halves = method ~= 'cosine' and halves or rsa.split_half(x, {method = 'pearson', labels = labels})})
    test.truthy(not controlled.ceiling:isnan():any():item() and controlled.partial.ceiling:isnan():all():item())
  end
  local halves = rsa.split_half(x, {labels = labels})
  local function refused(words, d, options) test.raises(function() rsa.evaluate(models, d, options) end, words) end
  refused('halves: expected one subject, got 2: several have the ceiling of one left out', rsa.rdms(torch.rand(2, 45), {labels = labels}),
    {halves = halves})
  refused("halves compared by the method of the models, got 'spearman' and 'pearson'", data, {over = 'conditions', method = 'pearson', halves = halves})
  refused("got 'spearman' and 'tau-a'", data, {over = 'conditions', method = 'tau-a', halves = halves})
  refused("condition 'j' is in one set of RDMs and not in the other", data, {over = 'conditions',
    halves = rsa.split_half(x, {labels = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'k'}})})
  refused('expected RDMs of the same conditions, got 10 and 9', data, {over = 'conditions', halves = rsa.split_half(x:narrow(1, 0, 9))})
  refused('halves: expected what rsa.split_half returns, got a Tensor', data, {over = 'conditions', halves = data:vectors()})
  refused('one subject cannot be resampled', data, {halves = halves})
end)

test.case('any number of threads gives the same', function()
  torch.manual_seed(4)
  local x, threads, found = torch.randn({5, 30, 40}, float64), torch.get_num_threads(), {}
  for count = 1, 2 do
    torch.set_num_threads(count)
    local halves = rsa.split_half(x, {seed = 1})
    found[count] = {halves, rsa.evaluate(torch.rand({2, 435}, {dtype = 'float64', generator = torch.Generator():manual_seed(1)}),
      rsa.rdm(x:mean(0)), {over = 'conditions', samples = 40, halves = halves})}
  end
  torch.set_num_threads(threads)
  test.close(found[1][1].correlations, found[2][1].correlations, {rtol = 1e-13, atol = 1e-14})
  test.close(found[1][2].ceiling_draws, found[2][2].ceiling_draws, {rtol = 1e-12, atol = 1e-13})
end)

test.case('what is refused', function()
  local x, names = trials()
  local function refused(words, ...) local a = {...} test.raises(function() rsa.split_half(table.unpack(a)) end, words) end
  refused("method: expected pearson, spearman or cosine, got 'tau-a': the step from halves to the whole", x, {conditions = names, method = 'tau-a'})
  refused('expected x [repetitions, conditions, features], or [rows, features] with conditions, got {13, 6}', x)
  refused('expected a Tensor, got table', {1, 2})
  refused("condition 'b': expected at least 2 trials, got 1", x:narrow(0, 0, 3), {conditions = {'a', 'b', 'a'}})
  refused('conditions: expected one for each of 13 rows, got 2', x, {conditions = {'a', 'b'}})
  refused('folds: expected x [rows, features] with them', torch.rand(4, 3, 5), {folds = {1, 2}})
  refused('crossnobis: expected folds, the fold (run) of each row', x, {conditions = names, distance = 'crossnobis'})
  refused('folds: expected at least 4, got 3', torch.rand(3, 4, 5), {distance = 'crossnobis'})
  refused('expected it in 1 folds of every half, so in every fold', x, {conditions = names, folds = {1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2}})
  refused("noise: expected distance 'mahalanobis' or 'crossnobis'", x, {conditions = names, noise = torch.ones(6)})
  refused('noise: expected one precision, got table', x, {conditions = names, noise = {1}})
  refused('splits: expected an integer of at least 1, got 0', x, {conditions = names, splits = 0})
  refused("unknown option 'split', did you mean 'splits'?", x, {split = 3})
  refused('an RDM of a half is constant', torch.ones(4, 3, 2), {distance = 'euclidean'})
  refused('labels: expected 3, one for each condition, got 1', torch.rand(4, 3, 6), {labels = {'a'}})
end)

-- 100 simulated measurements of 20 known patterns, 8 repetitions with as much noise as signal: the ceilings are on average
-- what the true RDM and a replication score, within 3 standard errors (.007 and .015).
test.case('ceilings are what the true RDM and a replication score', function()
  local rows = {}
  for study = 1, 100 do
    rows[study] = torch.scope(function()
      local generator = torch.Generator():manual_seed(study)
      local function normal(...) return torch.randn({...}, {dtype = 'float64', generator = generator}) end
      local truth = normal(20, 50)
      local x, again = truth + normal(8, 20, 50), truth + normal(8, 20, 50)
      local function rdm(patterns) return rsa.rdm(patterns, {distance = 'sqeuclidean'}) end
      local function r(a, b) return rsa.compare(a, b, {method = 'pearson'}):item() end
      local whole = rdm(x:mean(0))
      local halves = rsa.split_half(x, {distance = 'sqeuclidean', method = 'pearson', splits = 10, seed = study})
      return torch.tensor({halves.upper - r(whole, rdm(truth)), halves.lower - r(whole, rdm(again:mean(0)))}, float64)
    end)
  end
  local differences = torch.stack(rows)
  local mean, errors = differences:mean(0), differences:std(0) / 10
  test.truthy(errors[0]:item() < 0.0026 and errors[1]:item() < 0.0055, errors)
  test.truthy(mean:abs():lt(3 * errors):all():item(), mean)
end)
