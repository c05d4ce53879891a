-- Planning: conditions on which models disagree, power; and RDMs across times.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'
local stats = require 'brain.stats'
local dual = require 'brain.rsa.dual'

local float64 = {dtype = 'float64'}

test.case('the conditions on which models disagree: the best of all choices', function()
  torch.manual_seed(0)
  local shared = torch.randn({9, 6}, float64)
  local models = {}
  for i, name in ipairs{'a', 'b', 'c'} do models[name] = rsa.rdm(shared + (0.5 + 0.2 * i) * torch.randn({9, 6}, float64)) end
  local all = torch.cat({models.a:vectors(), models.b:vectors(), models.c:vectors()}, 0)
  local function agreement(places)
    local some = rsa.rdms(all):subset(places)
    local m = rsa.compare(some, some, {method = 'pearson'})
    return ((m[{0, 1}] + m[{0, 2}] + m[{1, 2}]) / 3):item()
  end
  local least, best = 2, nil
  for bits = 0, 511 do
    local places = {}
    for k = 0, 8 do if bits >> k & 1 == 1 then places[#places + 1] = k end end
    if #places == 5 then
      local value = agreement(places)
      if value < least then least, best = value, places end
    end
  end
  local r = rsa.discriminate(models, nil, {n = 5, method = 'pearson', starts = 12})
  test.equal(r.places:tolist(), best)
  test.close(r.agreement, least, {rtol = 1e-10})
  test.close(r.pool_agreement, agreement{0, 1, 2, 3, 4, 5, 6, 7, 8}, {rtol = 1e-10})
  test.truthy(r.random.low >= r.agreement and r.random.low < r.random.mean and r.random.mean < r.random.high)
  test.equal(r.names, {'a', 'b', 'c'})
  test.equal(rsa.discriminate(models, nil, {n = 9, method = 'pearson'}).agreement, r.pool_agreement)

  -- functions of a pool, labels, ranks
  local pictures = torch.randn({30, 12}, float64)
  local mixing = torch.randn({12, 5}, float64)
  local from = {plain = function(x) return x end, mixed = function(x) return x:matmul(mixing):view(30, 5, 1) end}
  local s = rsa.discriminate(from, pictures, {n = 8})
  local by_rdms = {plain = rsa.rdm(pictures), mixed = rsa.rdm(pictures:matmul(mixing))}
  local words = {}
  for i = 1, 30 do words[i] = 'picture ' .. i end
  local t = rsa.discriminate(by_rdms, words, {n = 8})
  test.equal(t.places, s.places)
  test.equal(t.labels[1], words[t.places[0]:item() + 1])
  test.truthy(s.agreement < s.random.low - 0.1, s.agreement)
  local function refused(words_of_error, ...)
    local arguments = {...}
    test.raises(function() rsa.discriminate(table.unpack(arguments, 1, 3)) end, words_of_error)
  end
  refused('expected at least 2, got 1', {a = models.a}, nil, {n = 4})
  refused('n: expected 3 to 9 conditions, got 10', models, nil, {n = 10})
  refused('n: expected 3 to 9', models, nil, {})
  refused('expected a pool', from, nil, {n = 4})
  refused('expected 9 labels', models, {'x'}, {n = 4})
  refused("does not vary", {a = models.a, b = torch.ones({36}, float64)}, nil, {n = 4})
  refused("expected RDMs of the same conditions", {a = models.a, b = rsa.rdm(torch.randn(8, 4))}, nil, {n = 4})
end)

test.case('components of variance are those the three bootstraps came from', function()
  -- Variances of bootstraps of s subjects and c conditions, as expected of components.
  local s, c, of = 8, 20, {subjects = 0.3, conditions = 2, both = 1.5}
  local function tensor(value) return torch.tensor({{value, 0}, {0, 0}}, float64) end
  local subjects = (of.subjects / s + of.both / (s * c)) * (s - 1) / s
  local conditions = (of.conditions / c + of.both / (s * c)) * (c - 1) / c
  local both = subjects + conditions + of.both / (s * c) * (s - 1) / s * (c - 1) / c
  local got = dual.components(tensor(both), tensor(subjects), tensor(conditions), 2, s, c)
  for name, value in pairs(of) do test.close(got[name][{0, 1}]:item(), value, {rtol = 1e-10}, name) end
  local variance = got.subjects / s + got.conditions / c + got.both / (s * c)
  test.close(variance[{0, 1}]:item(), dual.corrected(tensor(both), tensor(subjects), tensor(conditions), s, c)[{0, 0}]:item(),
    {rtol = 1e-10})
end)

test.case('the power of larger studies', function()
  local function study(seed, subjects, n)
    torch.manual_seed(seed)
    local shared, each = torch.randn({n, 15}, float64), {}
    for i = 1, subjects do each[i] = rsa.rdm(shared + 1.5 * torch.randn({n, 15}, float64)):vectors() end
    local near, far = shared + 0.7 * torch.randn({n, 15}, float64), shared + 1.2 * torch.randn({n, 15}, float64)
    return {near = rsa.rdm(near), far = rsa.rdm(far)}, torch.cat(each, 0)
  end
  local predicted, evaluated, differences = 0, 0, {}
  local function evaluation(seed, subjects, n)
    local models, rdms = study(seed, subjects, n)
    return rsa.evaluate(models, rdms, {method = 'pearson', interval = 'dual', samples = 150, seed = seed})
  end
  for seed = 1, 25 do
    torch.scope(function()
      local e = evaluation(seed, 8, 24)
      predicted = predicted + stats.power(e, {subjects = 16, conditions = 24}).standard_error[0]:item() ^ 2 / 25
      evaluated = evaluated + evaluation(seed, 16, 24).difference_variance[{0, 1}]:item() / 25
      -- at its own size the study has its own variance
      local own = stats.power(e, {subjects = {8}, conditions = {24}})
      test.close(own.standard_error[0]:item() ^ 2, e.difference_variance[{0, 1}]:item(), {rtol = 1e-9})
    end)
  end
  for seed = 101, 180 do
    torch.scope(function()
      local models, rdms = study(seed, 16, 24)
      local r = rsa.compare(torch.cat({models.near:vectors(), models.far:vectors()}, 0), rdms, {method = 'pearson'})
      differences[#differences + 1] = (r[0]:mean() - r[1]:mean()):item()
    end)
  end
  -- What is predicted of twice the subjects is what they show (means of 25 variances, each known to a third); and it is
  -- not below how 80 such studies differ, whose variance is known to 16 %.
  test.truthy(predicted > 0.7 * evaluated and predicted < 1.5 * evaluated, predicted / evaluated)
  test.truthy(predicted > 0.8 * torch.tensor(differences, float64):var():item(), predicted)

  local e = evaluation(1, 8, 24)
  local frame, needed = stats.power(e)
  test.equal(#frame.power, 9)
  test.equal(frame.subjects:narrow(0, 0, 3):tolist(), {8, 16, 32})
  test.truthy(frame.power[8]:item() > frame.power[0]:item())
  -- the least number of subjects has enough power, one fewer has not
  for i = 0, #needed.subjects - 1 do
    local s, c = needed.subjects[i]:item(), math.tointeger(needed.conditions[i]:item())
    if s == s and s > 2 then
      s = math.tointeger(s)
      local around = stats.power(e, {subjects = {s - 1, s}, conditions = c}).power
      test.truthy(around[0]:item() < 0.8 and around[1]:item() >= 0.8)
    end
  end
  test.raises(function() stats.power({}) end, "interval = 'dual'")
  test.raises(function() stats.power(e, {models = {'near', 'fra'}}) end, "no model 'fra'")
  test.raises(function() stats.power(e, {subjects = {1}}) end, 'at least 2, got 1')
  test.raises(function() stats.power(e, {alpha = 2}) end, 'alpha: expected a number between 0 and 1')
end)

test.case('RDMs across times', function()
  torch.manual_seed(3)
  local x = torch.randn({2, 6, 10, 5}, float64)
  local r = rsa.cross_temporal(x)
  test.equal(r.shape, {2, 5, 5})
  test.close(r[1]:diagonal(), torch.ones({5}, float64), {rtol = 1e-12})
  local movie = rsa.movie(x[1])
  test.equal(r[1], rsa.compare(movie, movie))
  local y = torch.randn({2, 6, 7, 3}, float64)
  local between = rsa.cross_temporal(x, {y = y, method = 'pearson', distance = 'euclidean'})
  test.equal(between.shape, {2, 5, 3})
  test.close(between[{0, 4, 2}], rsa.compare(rsa.rdm(x[0]:select(2, 4), {distance = 'euclidean'}),
    rsa.rdm(y[0]:select(2, 2), {distance = 'euclidean'}), {method = 'pearson'})[{0, 0}], {rtol = 1e-12})
  test.close(rsa.cross_temporal(x[0], {times = {0, 4}}), r[0][{{0, 4}}]:index_select(1, torch.tensor{0, 4}), {rtol = 1e-12})
  test.raises(function() rsa.cross_temporal(x, {y = y[0]}) end, 'expected the subjects of x')
  test.raises(function() rsa.cross_temporal(x[0][0]) end, 'expected [conditions, features, times]')
end)
