-- Statistics against SciPy's figures (1.17), enumeration, closed forms and simulation.
local test = require 'brain.test'
local torch = require 'brain.torch'
local stats = require 'brain.stats'
local native = require 'brain.stats.native'
local json = dofile 'tests/bindings/json.lua'

local function tensor(list) return torch.tensor(list, {dtype = 'float64'}) end

local a = {0.3, -1.2, 2.5, 0.8, 1.9, -0.4, 3.1, 0.2}
local b = {1.1, 0.4, -0.6, 2.2, 0.9, -1.5}
local c = {0.1, 0.5, 1.2, -0.3, 0.7, 0.2, 1.0, 0.9}

test.case('t-tests', function()
  local function is(result, t, p, df)
    test.close(result.t, t, {rtol = 1e-12})
    test.close(result.p, p, {rtol = 1e-11})
    test.close(result.df, df, {rtol = 1e-12})
  end
  is(stats.ttest(a, {mean = 0.5}), 0.7637626158259736, 0.4699636420584195, 7)
  is(stats.ttest(a, b), 0.6455566251822001, 0.5311513920234134, 11.578799641658367)
  is(stats.ttest(a, b, {equal_variance = true}), 0.6335141566780275, 0.5382853991584476, 12)
  is(stats.ttest(a, c, {paired = true}), 0.8006721558301112, 0.44963807359277613, 7)
  is(stats.ttest(a, c, {paired = true, tail = 'greater'}), 0.8006721558301112, 0.22481903679638807, 7)
  local many = stats.ttest(torch.stack({tensor(a), tensor(c)}, 1))
  test.equal(many.p.shape, torch.zeros(2).shape)
  test.close(many.t[0]:item(), stats.ttest(a).t, {rtol = 1e-13})
  test.raises(function() stats.ttest({1}) end, 'ttest: a: expected at least 2 samples')
  test.raises(function() stats.ttest(a, b, {paired = true}) end, 'expected equal shapes, got {8} and {6}')
  test.raises(function() stats.ttest(a, {tial = 'two'}) end, "unknown option 'tial', did you mean 'tail'?")
end)

test.case('signed ranks', function()
  local function is(result, w, p)
    test.equal(result.statistic, w)
    test.close(result.p, p, {rtol = 1e-12})
  end
  is(stats.wilcoxon(a), 8.0, 0.1953125)
  is(stats.wilcoxon(a, c), 12.0, 0.4609375)
  is(stats.wilcoxon(a, {tail = 'greater'}), 28.0, 0.09765625)
  is(stats.wilcoxon(a, {tail = 'less'}), 28.0, 0.92578125)
  local tied = {1, 2, 2, -1, 3, 0, -2, 4, 5, 5}
  is(stats.wilcoxon(tied), 5.5, 0.04290120601140134)
  is(stats.wilcoxon(tied, {tail = 'greater'}), 39.5, 0.02145060300570067)
  test.raises(function() stats.wilcoxon{0, 0, 0} end, 'every difference is 0')
end)

test.case('many tests', function()
  local p = {0.01, 0.04, 0.03, 0.005, 0.5, 0.02}
  test.close(stats.fdr(p), tensor{0.03, 0.048, 0.045, 0.03, 0.5, 0.04})
  test.close(stats.fdr(p, {method = 'by'}), tensor{0.0735, 0.1176, 0.11025, 0.0735, 1, 0.098})
  test.close(stats.holm(p), tensor{0.05, 0.09, 0.09, 0.03, 0.5, 0.08})
  test.equal(stats.fdr(tensor(p):view(2, 3)).shape, torch.zeros(2, 3).shape)
  test.raises(function() stats.fdr{0.1, 0 / 0} end, 'fdr: p holds NaN')
end)

test.case('intervals and reliability', function()
  local low, high = stats.fisher_ci(0.5392159734089685, 8)  -- scipy.stats.pearsonr(a, c).confidence_interval()
  test.close(low, -0.26685353118295635, {rtol = 1e-12})
  test.close(high, 0.9013877776037548, {rtol = 1e-12})
  local lows = stats.fisher_ci(tensor{0.5392159734089685, 0}, 8)
  test.close(lows[0]:item(), low, {rtol = 1e-12})
  test.close(stats.spearman_brown(0.5), 2 / 3, {rtol = 1e-15})
  test.close(stats.spearman_brown(0.5, 4), 0.8, {rtol = 1e-15})
  test.close(stats.rank{3, 1, 1}, tensor{3, 1.5, 1.5})
  test.raises(function() stats.fisher_ci(0.5, 3) end, 'expected more than 3 samples, got 3')
end)

test.case('permutation of signs is exact where all fit, and equals the count', function()
  local result = stats.permutation(a, {permutations = 256})
  test.equal(result.exact, true)
  local reached = 0
  local sum = 0
  for _, v in ipairs(a) do sum = sum + v end
  for flip = 0, 255 do
    local s = 0
    for i, v in ipairs(a) do s = s + (flip >> (i - 1) & 1 == 1 and -v or v) end
    if math.abs(s) >= math.abs(sum) - 1e-12 then reached = reached + 1 end
  end
  test.equal(result.p, reached / 256)
  test.close(result.observed, sum / 8, {rtol = 1e-14})
  local two = stats.permutation(a, b, {permutations = 400, seed = 3})
  test.equal(two.p, stats.permutation(a, b, {permutations = 400, seed = 3}).p)
  test.close(two.p, stats.ttest(a, b).p, {atol = 0.08})  -- 400 permutations: three standard errors
  test.equal(stats.permutation(c, a, {paired = true, tail = 'less'}).exact, true)
end)

test.case('bootstrap', function()
  local x = tensor(a)
  local result = stats.bootstrap(x, {samples = 2000, seed = 1})
  test.close(result.estimate, x:mean():item())
  -- the standard error of a mean is sd / sqrt(n) with the population's divisor; 2000 draws know it to 2 %
  test.close(result.standard_error, (x:var(0, {correction = 0}) / 8):sqrt():item(), {rtol = 0.06})
  test.truthy(result.low < result.estimate and result.estimate < result.high)
  local by_function = stats.bootstrap(function(drawn) return x:index_select(0, drawn):mean() end, {n = 8, samples = 2000, seed = 1})
  test.equal(by_function.low, result.low)
  local both = stats.bootstrap(torch.stack({x, x + 1, x * 2}, 1), {second = 1, samples = 50, statistic = function(t) return t:max() end})
  test.truthy(both.high <= 6.2)
  local curves = stats.bootstrap(torch.stack({x, x + 1}, 1), {samples = 50})
  test.close(curves.high[1]:item() - curves.high[0]:item(), 1, {rtol = 1e-12})
  test.raises(function() stats.bootstrap(x, {samples = 0}) end, 'samples: expected an integer of at least 1, got 0')
  test.raises(function() stats.bootstrap(print) end, 'bootstrap: expected n')
end)

local wave = dofile 'tests/wave.lua'

local golden = test.shared 'data/realnet/golden/realnet_golden.json'
if golden then
  test.case('clusters, t and smoothing of the golden study', function()
    local expected = json(golden).cluster_10x60
    local x, y = wave(600, 901, 1):view(10, 60), wave(600, 902, 1):view(10, 60)
    x:narrow(1, 20, 15):add_(0.9)
    x:narrow(1, 45, 3):sub_(1.2)
    for _, variant in ipairs {'neurora', 'signflip'} do
      local result = stats.cluster_permutation(x, y, {variant = variant, permutations = 1024})
      test.close(result.t:narrow(0, 0, 5), tensor(expected.t_first), {rtol = 1e-10})
      local found = {}
      for _, cluster in ipairs(result.clusters) do
        if cluster.last > cluster.first then found[#found + 1] = cluster end
      end
      test.equal(#found, #expected.clusters_sign_start_end_mass)
      for i, wanted in ipairs(expected.clusters_sign_start_end_mass) do
        test.equal({found[i].first, found[i].last}, {wanted[2], wanted[3]})
        test.close(found[i].mass, wanted[4], {rtol = 1e-10})
      end
      test.equal(result.exact, variant == 'signflip')
      test.truthy(found[1].significant and result.mask[25]:item())
      test.truthy(not result.mask[0]:item())
    end
    local p = stats.ttest(x, y, {paired = true}).p
    test.close(p:narrow(0, 0, 5), tensor(expected.p_first), {rtol = 1e-10})
    local smooth = require('brain.rsa').smooth(x.T, 5):select(1, 0)
    test.close(smooth:narrow(0, 0, 5), tensor(expected.smooth5_row0_first), {rtol = 1e-10})
    test.close(smooth:narrow(0, 57, 3), tensor(expected.smooth5_row0_last), {rtol = 1e-10})
  end)
end

test.case('the cluster test rejects true nulls no more often than it says', function()
  -- 200 studies of 8 subjects, 3 series and 25 times of smooth noise; all 256 flips. The count of studies with any
  -- cluster at p <= 0.05 is binomial with a probability of at most 0.05: two-sided limits at 0.1 %.
  torch.manual_seed(5)
  local rejected = 0
  for _ = 1, 200 do
    local noise = torch.randn({8, 3, 29}, {dtype = 'float64'})
    local smooth = noise:unfold(2, 5, 1):mean(3)
    local result = stats.cluster_permutation(smooth, {permutations = 256})
    for _, cluster in ipairs(result.clusters) do
      if cluster.significant then
        rejected = rejected + 1
        break
      end
    end
  end
  test.truthy(1 - native.binomial_at_most(rejected - 1, 200, 0.05) > 0.0005, ('%d of 200'):format(rejected))
  test.truthy(native.binomial_at_most(rejected, 200, 12 / 256) > 0.0005, ('%d of 200'):format(rejected))
end)

test.case('cluster tests: shapes and what is refused', function()
  torch.manual_seed(1)
  local x = torch.randn(12, 2, 9) + 2
  local result = stats.cluster_permutation(x, {permutations = 100, seed = 4})
  test.equal({#result.clusters, result.exact, result.permutations}, {2, false, 100})
  test.close(result.clusters[1].p, 1 / 101, {rtol = 1e-14})
  test.equal(result.mask.shape, torch.zeros(2, 9).shape)
  test.raises(function() stats.cluster_permutation(torch.zeros(3)) end, 'expected (subjects, times) or (subjects, series, times), got {3}')
  test.raises(function() stats.cluster_permutation(x, x, {variant = 'naive'}) end, 'expected signflip or neurora')
  test.raises(function() stats.cluster_permutation(x, {tail = 'both'}) end, 'tail: expected two, greater or less')
  test.raises(function() stats.cluster_permutation(x, {threshold = 2}) end, 'threshold: expected a p between 0 and 1')
end)

test.case('error consistency', function()
  local x, y = {1, 1, 0, 0, 1}, {1, 0, 0, 0, 1}
  -- accuracies .6 and .4: expected .24 + .24; observed 4 / 5
  test.close(stats.error_consistency(x, y), (0.8 - 0.48) / 0.52, {rtol = 1e-14})
  local both = stats.error_consistency(tensor{x, y})
  test.close(both[{0, 1}]:item(), (0.8 - 0.48) / 0.52, {rtol = 1e-14})
  test.close(both[{1, 1}]:item(), 1, {rtol = 1e-14})
  test.close(stats.error_consistency({true, false}, {false, true}), -1, {rtol = 1e-14})
  test.raises(function() stats.error_consistency({1, 2}, {0, 1}) end, 'expected right (1) and wrong (0)')
  test.raises(function() stats.error_consistency({1, 0}, {0, 1, 1}) end, 'expected the same trials')
end)

local ceilings = test.shared 'data/realnet/golden/geirhos_ceilings.json'
if ceilings then
  test.case('the 17 error-consistency ceilings of model-vs-human', function()
    local golden_ceilings, sets = json(ceilings), 0
    for _, set in ipairs(data.model_vs_human(test.shared 'data/realnet/model_vs_human', {pictures = false})) do
      local expected = golden_ceilings[set.name]
      local ceiling, what = stats.error_consistency_ceiling(set.trials, {exclude = set.exclude})
      test.close(ceiling, expected.ceiling, {rtol = 1e-12}, set.name)
      test.equal(what.subjects, expected.n_subjects, set.name)
      sets = sets + 1
    end
    test.equal(sets, 17)
  end)
end

test.case('trial tables', function()
  local trials = require 'brain.data.trials'
  local path = os.tmpname()
  local file = io.open(path, 'wb')
  file:write('subj,rt,imagename\r\ns1,0.5,"a, ""b"".png"\r\ns2,,c.png\r\n')
  file:close()
  test.equal(trials(path), {subj = {'s1', 's2'}, rt = {'0.5', ''}, imagename = {'a, "b".png', 'c.png'}})
  test.equal(#trials{path, path}.subj, 4)
  file = io.open(path, 'wb')
  file:write('a,b\n1\n')
  file:close()
  test.raises(function() trials(path) end, 'line 2: expected 2 fields, found 1')
  os.remove(path)
  test.raises(function() trials(path) end, 'trials: ')
  test.raises(function() stats.error_consistency_ceiling{subj = {}} end, "no column 'condition'")
end)

test.case('least squares: t-tests, analysis of variance, interactions', function()
  local frame = require 'brain.frame'
  local group, score = {}, {}
  for _, v in ipairs(a) do group[#group + 1], score[#score + 1] = 'a', v end
  for _, v in ipairs(b) do group[#group + 1], score[#score + 1] = 'b', v end
  local data = frame.new{{'group', group}, {'score', score}}
  local fit, t = stats.ols(data, 'score ~ group'), stats.ttest(a, b, {equal_variance = true})
  local row = fit.coefficients:row(1)
  test.equal(row.term, 'group[b]')
  test.close(row.t, -t.t, {rtol = 1e-11})
  test.close(row.p, t.p, {rtol = 1e-11})
  test.close(fit:test('group').p, t.p, {rtol = 1e-10})
  test.close(fit:contrast{['group[b]'] = -2}.estimate, 2 * t.mean, {rtol = 1e-11})
  -- one-way analysis of variance of three groups, by sums of squares
  for _, v in ipairs(c) do group[#group + 1], score[#score + 1] = 'c', v end
  data = frame.new{{'group', group}, {'score', score}, {'x', torch.arange(22):double():square()}}
  local three = stats.ols(data, 'score ~ group')
  local all, within, between = tensor(score), 0, 0
  for _, part in ipairs{tensor(a), tensor(b), tensor(c)} do
    within = within + (part - part:mean()):square():sum():item()
    between = between + part.shape[1] * (part:mean() - all:mean()):square():item()
  end
  test.close(three:test('group').f, between / 2 / (within / 19), {rtol = 1e-10})
  test.equal(three:test('group').df, {2, 19})
  test.close(three.r2, between / (between + within), {rtol = 1e-11})
  local difference = three:contrast{['group[b]'] = 1, ['group[c]'] = -1}
  test.close(difference.estimate, tensor(b):mean():item() - tensor(c):mean():item(), {rtol = 1e-10})
  test.truthy(difference.low < difference.estimate and difference.estimate < difference.high)
  -- every group its own line: the interaction holds the differences of slopes
  local lines = stats.ols(data, 'score ~ group * x')
  test.equal(lines.names, {'(intercept)', 'group[b]', 'group[c]', 'x', 'group[b]:x', 'group[c]:x'})
  local of_c = stats.ols(data:where{group = 'c'}, 'score ~ x')
  test.close(lines:contrast{x = 1, ['group[c]:x'] = 1}.estimate, of_c.beta[1]:item(), {rtol = 1e-8})
  test.truthy(tostring(lines):find('score ~ group * x: 22 rows', 1, true))
  test.raises(function() stats.ols(data, 'score ~ grup') end, "no column 'grup'")
  test.raises(function() stats.ols(data, 'score') end, "formula: expected 'y ~ a + b'")
  test.raises(function() stats.ols(data, 'group ~ x') end, "expected numbers in column 'group', got text")
  test.raises(function() stats.ols({y = {1, 2, 3, 5}, u = {1, 2, 3, 5}, v = {2, 4, 6, 10}}, 'y ~ u + v') end, "'v' follows from the terms before it")
  test.raises(function() three:contrast{['group[d]'] = 1} end, "no coefficient 'group[d]'")
  test.raises(function() three:test 'x' end, "no term 'x'; there are group")
end)

test.case('lines with breaks, reliability', function()
  local x = torch.arange(20):double()
  local fit = stats.breakpoints(x, 3 + x - 2 * (x - 7):clamp{min = 0} + 4 * (x - 13):clamp{min = 0}, {breaks = 2})
  test.equal(fit.breaks, {7, 13})
  test.close(tensor(fit.slopes), tensor{1, -1, 3}, {rtol = 1e-9})
  test.raises(function() stats.breakpoints(x, x, {breaks = 9}) end, 'breaks: expected 1 to 3, got 9')
  test.close(stats.bonferroni{0.01, 0.6}, tensor{0.02, 1})
  torch.manual_seed(2)
  local signal = torch.randn({80, 1, 6}, {dtype = 'float64'}) * 2
  local trials = signal + torch.randn({80, 4, 6}, {dtype = 'float64'})
  local ratio, ceiling = stats.ncsnr(trials)
  test.close(ratio:mean():item(), 2, {rtol = 0.1})
  test.close(ceiling, ratio:square() / (ratio:square() + 0.25), {rtol = 1e-12})
  local gsn = stats.gsn(trials, {simulations = 20, seed = 1})
  test.equal(gsn.ceiling, stats.gsn(trials, {simulations = 20, seed = 1}).ceiling)
  test.truthy(gsn.ceiling > 0.8 and gsn.ceiling < 1 and gsn.reliability > 0.6)
  test.equal(stats.gsn(trials, {variant = '2022', simulations = 0}).ceiling, nil)
  test.raises(function() stats.gsn(trials, {variant = 'old'}) end, "variant: expected biconvex (2024) or nearest (2022), got 'old'")
  local scores = torch.randn({12, 1}, {dtype = 'float64'}) + 0.5 * torch.randn({12, 3}, {dtype = 'float64'})
  local stable = stats.rank_stability(scores, {permutations = 200})
  local ranks = torch.corrcoef(stats.rank(scores.T:contiguous()))
  test.close(stable.mean, (ranks[{0, 1}] + ranks[{0, 2}] + ranks[{1, 2}]):item() / 3, {rtol = 1e-11})
  test.truthy(stable.p < 0.02)
  test.truthy(stats.rank_stability(torch.randn(12, 3), {permutations = 100, seed = 1}).p > 0.02)
end)

local deepnsd = test.shared 'data/conwell/deepnsd'
if deepnsd then
  test.case('published effects of architecture, and the rank where scores break', function()
    local frame = require 'brain.frame'
    local scores = frame.read(deepnsd .. '/Figure2.csv')
    -- metric, transformers less convolutional networks and its standard error, as lm gives them
    for metric, published in pairs{crsa = {-0.04074844, 0.00612264}, wrsa = {-0.00988008, 0.00283238}} do
      local fit = stats.ols(scores:where{metric = metric}, 'score ~ contrast + subj_id', {factors = {'subj_id'}})
      local row = fit.coefficients:row(1)
      test.equal({row.term, fit.n}, {'contrast[Transformer]', 220})
      test.close(row.estimate, published[1], {atol = 1e-8, rtol = 0})
      test.close(row.standard_error, published[2], {atol = 1e-8, rtol = 0})
    end
    local summary = frame.read(deepnsd .. '/results_summary.csv')
    for metric, breaks in pairs{wrsa = {124, 154}, crsa = {123, 150}} do
      local falling = summary:where{metric = metric}.score:sort{descending = true}
      test.equal(stats.breakpoints(torch.arange(1, 225), falling, {breaks = 2}).breaks, breaks)
    end
    local ceilings = frame.read(deepnsd .. '/noise_ceilings.csv')
    test.close(ceilings.value:mean():item(), 0.80028, {atol = 6e-6, rtol = 0})
  end)
end

test.case('partial least squares', function()
  local float64 = {dtype = 'float64'}
  torch.manual_seed(12)
  local x, y = torch.randn({30, 8}, float64), torch.randn({30, 3}, float64)
  local model = stats.pls(x, y, {components = 8})
  -- With every component it is least squares.
  local centred = x - x:mean(0, true)
  local w = torch.linalg.lstsq(centred, y - y:mean(0, true))
  test.close(model.coefficients, w, {rtol = 1e-9, atol = 1e-11})
  test.close(model:predict(x):mean(0), y:mean(0), {rtol = 1e-10, atol = 1e-12})
  local scores = model:scores(x)
  local products = scores.T:matmul(scores)
  test.close(products, torch.diag(products:diagonal()), {rtol = 0, atol = 1e-10})
  test.close(stats.pls(x * 7, y, {components = 2, scale = true}):predict(x * 7), stats.pls(x, y, {components = 2, scale = true}):predict(x),
    {rtol = 1e-9, atol = 1e-11})
  test.equal(stats.pls(x:float(), y:select(1, 0), {components = 2}):predict(x).shape[2], 1)
  test.raises(function() stats.pls(x, y, {components = 9}) end, 'components: expected 1 to 8 for 30 samples of 8 features, got 9')
  test.raises(function() stats.pls(x, y:narrow(0, 0, 29), {components = 2}) end, 'of the same samples')
  test.raises(function() stats.pls(x, torch.ones({30, 1}, float64), {components = 2}) end, 'y does not vary with x')
  test.raises(function() model:predict(x:narrow(1, 0, 7)) end, 'predict: x: expected [n, 8 features]')
end)

test.case('every function is described, and nothing else', function()
  local help = require 'brain.help'
  for name in pairs(stats) do test.truthy(help.find('stats.' .. name), name) end
  for _, name in ipairs(help.topics 'stats') do test.truthy(stats[name:match '%.(.*)'], name) end
end)
