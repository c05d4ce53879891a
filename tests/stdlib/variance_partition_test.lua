-- What models explain alone and in common, against plain least squares.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa, stats = require 'brain.rsa', require 'brain.stats'
local resample = require('brain.stats.native').resample

local float64 = {dtype = 'float64'}
local function tensor(list) return torch.tensor(list, float64) end

local function z(x) return (x - x:mean(-1, true)) / x:std{dim = {-1}, correction = 0, keepdim = true} end

-- R^2 of y [pairs] on rows x [k, pairs], and the correlation of y with what rows leave of another.
local function fitted(x, y) return x.T:matmul((torch.linalg.lstsq(x.T, y:unsqueeze(1)))):squeeze(1) end
local function r2(x, y) return (fitted(x, y):square():sum() / y:square():sum()):item() end
local function semipartial(model, others, y)
  local left = model - fitted(others, model)
  return (left:dot(y) / (left:norm() * y:norm())):item()
end

-- The seven parts of three models in order, their sum, and the semi-partial correlations, of one subject.
local function slow(models, y, method)
  local kept = y:isnan():logical_not()
  models, y = models:index_select(1, kept:nonzero():squeeze(1)), y[kept]
  if method == 'spearman' then models, y = stats.rank(models), stats.rank(y) end
  models, y = z(models), z(y)
  local function r(...) return r2(models:index_select(0, torch.tensor{...}), y) end
  local a, b, c, ab, ac, bc, abc = r(0), r(1), r(2), r(0, 1), r(0, 2), r(1, 2), r(0, 1, 2)
  local function left(i, ...) return semipartial(models[i], models:index_select(0, torch.tensor{...}), y) end
  return tensor{abc - bc, abc - ac, abc - ab, ac + bc - c - abc, ab + bc - b - abc, ab + ac - a - abc,
    a + b + c - ab - ac - bc + abc}, abc, tensor{left(0, 1, 2), left(1, 0, 2), left(2, 0, 1)}
end

local function study()
  torch.manual_seed(0)
  local a, b = torch.rand({1, 66}, float64), torch.rand({1, 66}, float64)  -- 12 conditions
  local c = a + b + torch.rand({1, 66}, float64)
  return torch.cat({a, b, c}, 0), a - 0.3 * b + 0.5 * c + torch.rand({6, 66}, float64)
end

test.case('parts of three models are those of plain least squares, in the study and in draws', function()
  local models, data = study()
  local exact = {rtol = 0, atol = 1e-10}  -- normal equations of correlations against QR: some 1e-13
  for _, method in ipairs{'pearson', 'spearman'} do
    local result = rsa.variance_partition(models, data, {method = method, samples = 30, seed = 5})
    local mean, total, correlation = torch.zeros({7}, float64), 0, torch.zeros({3}, float64)
    for s = 0, 5 do
      local parts, all, left = slow(models, data[s], method)
      test.close(result.per_subject:select(1, s), parts, exact, method)
      test.close(result.total_per_subject[s]:item(), all, exact)
      test.close(result.semipartial_per_subject:select(1, s), left, exact)
      mean, total, correlation = mean + parts / 6, total + all / 6, correlation + left / 6
    end
    test.close(result.variances, mean, exact)
    test.close(result.total, total, exact)
    test.close(result.variances:sum():item(), result.total, exact)
    test.close(result.semipartial, correlation, exact)
    test.close(result.semipartial:square():le(mean:narrow(0, 0, 3) + 1e-12):all():item() and 1 or 0, 1)
    for _, draw in ipairs{3, 17} do
      local conditions, people = resample(5, 2 * draw, 12, 12):tolist(), resample(5, 2 * draw + 1, 6, 6):tolist()
      local drawn_models, drawn_data = rsa.rdms(models):subset(conditions):vectors(), rsa.rdms(data):subset(conditions):vectors()
      mean, total, correlation = torch.zeros({7}, float64), 0, torch.zeros({3}, float64)
      for _, s in ipairs(people) do
        local parts, all, left = slow(drawn_models, drawn_data[s], method)
        mean, total, correlation = mean + parts / 6, total + all / 6, correlation + left / 6
      end
      test.close(result.draws[draw - 1], mean, exact, method)
      test.close(result.total_draws[draw - 1]:item(), total, exact)
      test.close(result.semipartial_draws[draw - 1], correlation, exact)
    end
    test.close(result.draws:sum(1), result.total_draws, exact)
    -- The draws are those of rsa.evaluate: one model's correlation is its evaluation.
    local e = rsa.evaluate(models, data, {method = method, samples = 30, seed = 5})
    test.close(result.ceiling, e.ceiling:square(), {rtol = 1e-12})
    test.close(result.p, (result.semipartial_draws:le(0):sum(0):double() + 1) / 31, {rtol = 1e-12})
    local tail = tensor{0.025, 0.975}
    test.close(result.intervals, result.draws:quantile(tail, 0).T, {rtol = 1e-12})
    test.close(result.total_interval, result.total_draws:quantile(tail), {rtol = 1e-12})
    local dual, stats_native = rsa.variance_partition(models, data, {method = method, samples = 30, seed = 5, interval = 'dual'}),
      require 'brain.stats.native'
    local variances = {result.semipartial_draws:var(0)}
    for _, over in ipairs{'subjects', 'conditions'} do
      local alone = rsa.variance_partition(models, data, {method = method, samples = 30, seed = 5, over = over})
      test.close(alone.variances, result.variances, {rtol = 1e-12})
      test.equal({alone.draws.shape, alone.semipartial_interval.shape}, {result.draws.shape, result.semipartial_interval.shape})
      variances[#variances + 1] = alone.semipartial_draws:var(0)
    end
    -- The three bootstraps by themselves give the corrected variance, and t of it.
    local variance, df = require('brain.rsa.dual').corrected(variances[1], variances[2], variances[3], 6, 12)
    test.close(dual.variance, variance, {rtol = 1e-9})
    test.close(dual.p, stats_native.student_t_above(dual.semipartial / variance:sqrt(), df), {rtol = 1e-8})
    test.close(dual.semipartial_interval:mean(1), dual.semipartial, {rtol = 1e-9, atol = 1e-12})
    test.close((dual.semipartial_interval[{0, 1}] - dual.semipartial[0]):item(),
      stats_native.student_t_quantile(0.025, df[0]:item()) * variance[0]:sqrt():item(), {rtol = 1e-8})
    test.equal(dual.draws, result.draws)
    test.truthy(dual:summary():find('semi-partial ones of the corrected variance', 1, true))
  end
end)

test.case('pairs that subjects do not have count nowhere', function()
  local models, data = study()
  local missing = data:clone()
  missing:narrow(1, 3, 5):fill_(0 / 0)
  local result = rsa.variance_partition(models, missing, {samples = 20})
  for s = 0, 5 do
    local parts = slow(models, missing[s], 'spearman')
    test.close(result.per_subject:select(1, s), parts, {rtol = 0, atol = 1e-10})
  end
  missing[{0, 10}] = 0 / 0
  test.raises(function() rsa.variance_partition(models, missing) end, 'expected subjects with the same pairs of conditions')
end)

test.case('orthogonal models, labels, what is partialled out, tables', function()
  -- Two models without correlation have nothing in common: their squared correlations.
  torch.manual_seed(1)
  local basis = torch.linalg.qr(torch.cat({torch.ones({45, 1}, float64), torch.randn({45, 4}, float64)}, 1)).T
  local a, b, noise = basis[1], basis[2], basis[3]
  local data = torch.stack{3 * a - 4 * b + 12 * noise, 3 * a + 4 * b, 3 * a + 4 * b, -3 * a, 5 * b}
  local result = rsa.variance_partition({a = a, b = b}, data, {method = 'pearson', samples = 20})
  test.close(result.per_subject, tensor{{9 / 169, 9 / 25, 9 / 25, 1, 0}, {16 / 169, 16 / 25, 16 / 25, 0, 1}, {0, 0, 0, 0, 0}},
    {rtol = 0, atol = 1e-14})
  test.close(result.semipartial_per_subject, tensor{{3 / 13, 3 / 5, 3 / 5, -1, 0}, {-4 / 13, 4 / 5, 4 / 5, 0, 1}},
    {rtol = 0, atol = 1e-14})
  local names, kinds = {}, {}
  for k, part in ipairs(result.parts) do names[k], kinds[k] = part.name, part.kind end
  test.equal({names, kinds, result.parts[3].models}, {{'a', 'b', 'a & b'}, {'unique', 'unique', 'common'}, {'a', 'b'}})
  local t = result:table()
  test.equal({t.part, t.kind}, {names, kinds})
  test.close(t.variance, result.variances, {rtol = 1e-14})
  test.close(t.share:sum():item(), 1, {rtol = 1e-12})
  test.truthy(t.p[2]:isnan():item() and t.semipartial[0]:item() == result.semipartial[0]:item())
  local summary = result:summary()
  test.truthy(summary:find('all together', 1, true) and summary:find('squared noise ceiling', 1, true)
    and summary:find('unique a', 1, true) and summary:find('common a & b', 1, true) and summary:find('semi-partial', 1, true), summary)

  -- Conditions by their labels.
  local x, y, z_ = torch.randn({8, 5}, float64), torch.randn({8, 5}, float64), torch.randn({8, 6, 5}, float64)
  local labels, back = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}, {'h', 'g', 'f', 'e', 'd', 'c', 'b', 'a'}
  local subjects = {}
  for s = 0, 5 do subjects[s + 1] = rsa.rdm(x + y + z_:select(1, s)):vectors() end
  subjects = rsa.rdms(torch.cat(subjects, 0), {labels = labels})
  local straight = rsa.variance_partition({x = rsa.rdm(x, {labels = labels}), y = rsa.rdm(y, {labels = labels})}, subjects, {samples = 9})
  local turned = rsa.variance_partition({x = rsa.rdm(x:flip{0}, {labels = back}), y = rsa.rdm(y, {labels = labels})}, subjects, {samples = 9})
  test.close(turned.draws, straight.draws, {rtol = 1e-10})
  -- A control: the variance that it leaves, in which R^2 of both is the partial one.
  local control = torch.rand({1, 28}, float64)
  local partial = rsa.variance_partition({x = rsa.rdm(x), y = rsa.rdm(y)}, subjects, {method = 'pearson', samples = 9, control = control})
  test.truthy(partial.ceiling:isnan():all():item() and partial:summary():find('variance that control leaves', 1, true))
  local c = z(control)
  local function left(v) v = z(v); return z(v - fitted(c, v)) end
  local rows = torch.stack{left(rsa.rdm(x):vectors()[0]), left(rsa.rdm(y):vectors()[0])}
  for s = 0, 5 do
    test.close(partial.total_per_subject[s]:item(), r2(rows, left(subjects:vectors()[s])), {rtol = 0, atol = 1e-10})
  end
  -- Models that become one in a draw share what they explain: parts stay finite, and sum to the total.
  local same = rsa.categorical{1, 1, 1, 1, 2, 2, 2, 2}
  local nearly = rsa.categorical{1, 1, 1, 1, 2, 2, 2, 3}
  local merged = rsa.variance_partition({same = same, nearly = nearly}, subjects, {method = 'pearson', samples = 60})
  local finite = merged.total_draws:isnan():logical_not()
  test.close(merged.draws[finite]:sum(1), merged.total_draws[finite], {rtol = 0, atol = 1e-12})
  local alike = merged.semipartial_draws:eq(0):all(1)
  test.truthy(alike:sum():item() > 3 and merged.draws[alike]:select(1, 2):gt(0):any():item())
  if package.loaded['brain.plot.native'] then
    local csv = straight:plot():csv()
    test.truthy(csv:find('x & y', 1, true) and csv:find('noise ceiling', 1, true) and csv:find('subjects', 1, true), csv)
    local six = rsa.variance_partition(torch.rand({6, 28}, float64), subjects, {samples = 9})
    test.equal({#six.parts, six.parts[63].name}, {63, 'model 0 & model 1 & model 2 & model 3 & model 4 & model 5'})
    test.close(six.variances:sum():item(), six.total, {rtol = 1e-9})
    local _, bars = six:plot{most = 8, points = false}:csv():gsub('model', '')
    test.truthy(bars >= 8, bars)
  end
end)

test.case('what is refused', function()
  local models, data = study()
  local function refused(words, m, d, options) test.raises(function() rsa.variance_partition(m, d or data, options) end, words) end
  refused('models: expected 2 to 6, got 1', {a = models[0]})
  refused('models: expected 2 to 6, got 7', torch.rand(7, 66))
  refused("models: 'b' is constant", {a = models[0], b = torch.ones(66)})
  refused("models: 'a' is constant or follows from control", {a = models[0], b = models[1]}, data, {control = models[0]})
  refused("models: 'a', 'b' are the same, or mixtures of one another", {a = models[0], b = models[0] * 2 + 1, c = models[1]})
  refused("models: 'a', 'b', 'c' are the same, or mixtures", {a = models[0], b = models[1], c = models[0] + models[1]}, data, {method = 'pearson'})
  refused("'a': expected one RDM, got 2", {a = models:narrow(0, 0, 2), b = models[2]})
  refused('expected RDMs of the same conditions', {a = torch.rand(45), b = torch.rand(45)})
  refused("condition 'd' is in one set of RDMs and not in the other", {a = rsa.rdms(torch.rand(6), {labels = {'a', 'b', 'c', 'e'}}),
    b = rsa.rdms(torch.rand(6))}, rsa.rdms(torch.rand(5, 6), {labels = {'a', 'b', 'c', 'd'}}))
  refused("interval: expected percentile or dual, got 't'", models, data, {interval = 't'})
  refused("interval = 'dual' resamples both factors", models, data, {interval = 'dual', over = 'subjects'})
  refused("method: expected pearson or spearman, got 'cosine'", models, data, {method = 'cosine'})
  refused('one subject cannot be resampled', models, data:narrow(0, 0, 1))
  refused("over: expected both, subjects or conditions, got 'all'", models, data, {over = 'all'})
  refused('rdms: number 1 is constant', models, torch.stack{data[0], torch.ones({66}, float64)})
  refused("unknown option 'sample', did you mean 'samples'?", models, data, {sample = 3})
  refused('samples: expected an integer of at least 1', models, data, {samples = 0})
  test.equal(rsa.variance_partition(models, data:narrow(0, 0, 3), {samples = 9}).warnings,
    {'3 subjects are too few to resample: intervals over them are too narrow'})
  test.equal(rsa.variance_partition(models, data:narrow(0, 0, 1), {samples = 9, over = 'conditions'}).warnings, {})
end)

test.case('a model of nothing is seldom found', function()
  local found, corrected = 0, 0
  for study = 1, 200 do
    found = found + torch.scope(function()
      local generator = torch.Generator():manual_seed(study)
      local function normal(...) return torch.randn({...}, {dtype = 'float64', generator = generator}) end
      local models = normal(2, 66)
      local data = models:narrow(0, 0, 1) + 2 * normal(20, 66)
      local p = rsa.variance_partition(models, data, {method = 'pearson', over = 'subjects', samples = 400, seed = study}).p
      return p[1]:item() < 0.05 and 1 or 0
    end)
  end
  -- Of 200 draws of probability .05, fewer than 3 or more than 19 come less than once in 200 times each.
  test.truthy(found >= 3 and found <= 19, found)
  -- Subjects who share patterns, over both factors with the corrected variance.
  for study = 1, 200 do
    corrected = corrected + torch.scope(function()
      local generator = torch.Generator():manual_seed(study)
      local function normal(...) return torch.randn({...}, {dtype = 'float64', generator = generator}) end
      local function rdm(x) return rsa.rdm(x, {distance = 'sqeuclidean_mean'}):vectors() end
      local shared, each = normal(40, 20), {}
      for s = 1, 10 do each[s] = rdm(shared * (0.5 * normal(1, 20)):exp() + 1.2 * normal(40, 20)) end
      local models = torch.cat({rdm(shared + normal(40, 20)), rdm(normal(40, 20))}, 0)
      local v = rsa.variance_partition(models, torch.cat(each, 0), {method = 'pearson', interval = 'dual', samples = 100, seed = study})
      return v.p[1]:item() < 0.05 and 1 or 0
    end)
  end
  test.truthy(corrected >= 3 and corrected <= 19, corrected)
end)
