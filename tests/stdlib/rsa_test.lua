-- RDMs, their comparison and evaluation, from Lua. What they mean pair by pair is tested in tests/runtime.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'

local float64 = {dtype = 'float64'}
local function tensor(list) return torch.tensor(list, float64) end

test.case('RDMs: forms, subsets, means', function()
  torch.manual_seed(0)
  local x = torch.randn(6, 40)
  local r = rsa.rdm(x, {labels = {'a', 'b', 'c', 'd', 'e', 'f'}})
  test.equal({r.n, #r, tostring(r)}, {6, 1, 'RDMs [1 of 6 conditions]'})
  local expected = 1 - torch.corrcoef(x:double())
  test.close(r:matrices()[0]:fill_diagonal_(0), expected:fill_diagonal_(0), {rtol = 1e-11})
  test.equal(rsa.rdms(r:matrices()):vectors(), r:vectors())
  test.close(r:subset{4, 0}:vectors(), expected[{4, 0}]:view(1, 1), {rtol = 1e-11})
  test.equal(r:subset{'e', 'a'}:vectors(), r:subset{4, 0}:vectors())
  test.equal(r:subset{'e', 'a'}.labels, {'e', 'a'})
  local many = rsa.rdm(torch.randn(3, 6, 10), {distance = 'euclidean'})
  test.equal({#many, many:mean().n, #many:mean(), #many:select{0, 2}}, {3, 6, 1, 2})
  test.close(many:mean():vectors(), many:vectors():mean(0, true))
  test.close(rsa.rdms(tensor{{1, 5, 5}}):rank():vectors(), tensor{{1, 2.5, 2.5}})
  test.raises(function() rsa.rdm(x, {distance = 'corelation'}) end, "got 'corelation'")
  test.raises(function() rsa.rdm(x, {distanc = 'cosine'}) end, "unknown option 'distanc', did you mean 'distance'?")
  test.raises(function() r:subset{'g'} end, "no condition 'g'")
  test.raises(function() rsa.rdms(torch.randn(2, 11)) end, 'expected n (n - 1) / 2 pairs, got 11')
  test.raises(function() rsa.rdms('x') end, 'rdms: expected RDMs or a Tensor of them, got string')
end)

test.case('labelled RDMs are aligned, different sets refused', function()
  torch.manual_seed(1)
  local x = torch.randn(5, 30)
  local order = torch.tensor{3, 0, 4, 1, 2}
  local a = rsa.rdm(x, {labels = {'v', 'w', 'x', 'y', 'z'}})
  local b = rsa.rdm(x:index_select(0, order), {labels = {'y', 'v', 'z', 'w', 'x'}})
  test.close(rsa.compare(a, b)[{0, 0}]:item(), 1, {rtol = 1e-12})
  test.truthy(rsa.compare(a:vectors(), b:vectors())[{0, 0}]:item() < 0.999)
  local other = rsa.rdm(x, {labels = {'v', 'w', 'x', 'y', 'q'}})
  test.raises(function() rsa.compare(a, other) end, "condition 'z' is in one set of RDMs and not in the other")
  test.raises(function() rsa.compare(a, torch.randn(3, 6)) end, 'expected RDMs of the same conditions, got 5 and 4')
end)

test.case("mne-rsa's figures", function()
  -- mne_rsa/tests/test_rsa.py: vectors of 4 and 3 numbers there; here 3 pairs
  test.close(rsa.compare(tensor{1, 2, 3}, tensor{1, 3, 3}, {method = 'tau-a'})[{0, 0}]:item(), 2 / 3, {rtol = 1e-14})
  test.raises(function() rsa.compare(tensor{1, 2, 3}, tensor{1, 3, 3}, {method = 'partial'}) end, 'partial: expected control')
  test.raises(function() rsa.compare(tensor{1, 2, 3}, tensor{1, 3, 3}, {control = tensor{1, 2, 2}}) end, "expected method 'partial'")
end)

local rwsize = test.shared 'data/realnet/rwsize_rdms'
if rwsize then
  test.case('CORnet-S on the 200 THINGS-EEG2 images: dissimilarities and Spearman between areas and models', function()
    local file = require 'brain.file'
    local function rdms(names)
      local list = {}
      for i, name in ipairs(names) do list[i] = rsa.rdms(file.load(('%s/%s.npy'):format(rwsize, name))):vectors() end
      return torch.cat(list, 0)
    end
    local areas = rdms{'cornet_layer1', 'cornet_layer2', 'cornet_layer3', 'cornet_layer4', 'cornet_layer5'}
    test.close(areas:mean(1), tensor{0.648, 0.787, 0.791, 0.960, 0.962}, {atol = 5e-4, rtol = 0})  -- as reported
    local exact = {rtol = 0, atol = 5.1e-7}  -- six decimals are known
    local between = rsa.compare(areas, areas)
    for pair, expected in pairs {['0 1'] = 0.522473, ['0 2'] = 0.372629, ['0 3'] = 0.153763, ['0 4'] = 0.073206,
      ['1 2'] = 0.542985, ['1 3'] = 0.183859, ['2 3'] = 0.478392, ['2 4'] = 0.245777, ['3 4'] = 0.756254} do
      local i, j = pair:match '(%d) (%d)'
      test.close(between[{math.tointeger(i), math.tointeger(j)}]:item(), expected, exact, pair)
    end
    test.close(rsa.compare(rdms{'LowLevelRDM', 'RealWorldSizeRDM', 'w2v'}, areas), tensor{
      {0.447007, 0.130404, 0.102029, 0.088565, 0.098509},
      {0.009826, -0.019534, -0.025354, 0.172811, 0.269760},
      {0.036540, -0.021882, 0.086924, 0.239752, 0.293870}}, exact)
    local clip = test.shared 'data/realnet/nice_clip/clip_feature_maps_test.npy'
    local features = file.load(clip):squeeze(1)
    test.close(rsa.compare(rsa.rdm(features), areas), tensor{{0.092067, -0.022635, 0.115261, 0.231239, 0.325237}}, exact)
  end)
end

test.case('noise ceilings', function()
  torch.manual_seed(2)
  local shared = torch.rand({1, 45}, float64)
  local subjects = shared + 0.4 * torch.rand({6, 45}, float64)
  local lower, upper = rsa.noise_ceiling(subjects)
  test.truthy(lower < upper and upper <= 1)
  local r, sum = rsa.rdms(subjects):rank():vectors(), 0
  for s = 0, 5 do
    local others = r:sum(0) - r[s]
    sum = sum + rsa.compare(others, subjects[s])[{0, 0}]:item()
  end
  test.close(lower, sum / 6, {rtol = 1e-12})
  test.raises(function() rsa.noise_ceiling(subjects, {method = 'partial'}) end, 'noise_ceiling: method: expected pearson')
  test.raises(function() rsa.noise_ceiling(shared) end, 'expected the RDMs of at least 2 subjects, got 1')
end)

test.case('evaluation: point estimates, intervals, partial, choice of a layer', function()
  torch.manual_seed(3)
  local truth, pixels = torch.rand({1, 780}, float64), torch.rand({1, 780}, float64)
  local subjects = truth + pixels + 0.7 * torch.rand({8, 780}, float64)
  local models = torch.cat({truth, torch.rand({1, 780}, float64), pixels}, 0)
  local result = rsa.evaluate(models, subjects, {samples = 200, control = pixels, seed = 4})
  test.close(result.mean, rsa.compare(models, subjects):mean(1), {rtol = 1e-12})
  test.close(result.per_subject, rsa.compare(models, subjects), {rtol = 1e-12})
  test.close(result.partial.mean[0]:item(), rsa.compare(truth, subjects, {method = 'partial-spearman', control = pixels}):mean():item(), {rtol = 1e-10})
  test.truthy(result.partial.mean[0]:item() > result.mean[0]:item())
  test.truthy(result.partial.mean[2]:isnan():item())
  local lower, upper = rsa.noise_ceiling(subjects)
  test.close(result.ceiling, tensor{lower, upper}, {rtol = 1e-12})
  test.truthy((result.interval:select(1, 0):lt(result.mean) & result.interval:select(1, 1):gt(result.mean)):all():item())
  local summary = result:table()
  test.equal(summary.model, {'model 0', 'model 1', 'model 2'})
  test.close(summary.mean, result.mean, {rtol = 1e-14})
  test.close(summary.partial_high[0]:item(), result.partial.interval[{0, 1}]:item(), {rtol = 1e-14})
  test.truthy(summary.p[0]:item() < 0.01)
  local again = rsa.evaluate(models, subjects, {samples = 200, seed = 4})
  test.equal(again.draws, result.draws)
  local narrow = rsa.evaluate(models, subjects, {samples = 200, over = 'subjects'})
  local function width(r) return (r.interval[{0, 1}] - r.interval[{0, 0}]):item() end
  test.truthy(width(narrow) < width(result))
  local differences, above_zero = result:tests()
  test.truthy(differences[{0, 1}]:item() < 0.02 and above_zero[0]:item() < 0.01 and differences[{1, 1}]:item() == 1)
  test.truthy(result:summary():find('spearman, 200 samples over subjects and conditions', 1, true))

  local layers = torch.cat({torch.rand({2, 780}, float64), truth}, 0)
  local nested = rsa.evaluate({net = layers, noise = torch.rand({3, 780}, float64)}, subjects, {samples = 100, select = 'nested'})
  test.equal(nested.names, {'net', 'noise'})
  test.truthy((nested.chosen:select(1, 0):eq(2):double():mean():item()) > 0.95)
  test.truthy(nested.mean[0]:item() > 0.3 and math.abs(nested.mean[1]:item()) < 0.15)
  test.raises(function() rsa.evaluate({net = layers}, subjects) end, "'net' has 3 RDMs; select = 'nested'")
  test.raises(function() rsa.evaluate(models, truth) end, 'one subject cannot be resampled')
  test.raises(function() rsa.evaluate(models, subjects, {samples = 0}) end, 'samples: expected an integer of at least 1, got 0')
  test.raises(function() rsa.evaluate(models, subjects, {over = 'all'}) end, 'expected both, subjects or conditions')
end)

test.case('models compared with the mean RDM of the subjects', function()
  torch.manual_seed(13)
  local truth = torch.rand({1, 190}, float64)
  local subjects, models = truth + torch.rand({5, 190}, float64), torch.cat({truth, torch.rand({1, 190}, float64)}, 0)
  for _, method in ipairs{'spearman', 'pearson'} do
    local result = rsa.evaluate(models, subjects, {method = method, samples = 30, target = 'mean'})
    test.close(result.mean, rsa.compare(models, subjects:mean(0, true), {method = method}):squeeze(1), {rtol = 1e-12})
    test.truthy(result.ceiling:isnan():all():item())
    local resample = require('brain.stats.native').resample
    local drawn, people = resample(0, 14, 20, 20):tolist(), resample(0, 15, 5, 5)
    local mean = rsa.rdms(subjects:index_select(0, people):mean(0, true)):subset(drawn)
    test.close(result.draws[6], rsa.compare(rsa.rdms(models):subset(drawn), mean, {method = method}):squeeze(1), {rtol = 1e-11})
  end
  test.truthy(tostring(rsa.evaluate(models, subjects, {samples = 40, target = 'mean', interval = 'dual'})):find('corrected variance', 1, true))
  test.raises(function() rsa.evaluate(models, subjects, {target = 'median'}) end, "target: expected subjects or mean, got 'median'")
end)

test.case('areas under curves', function()
  test.close(rsa.auc({0, 2, 4}, {0, 1, 3}), 7, {rtol = 1e-14})
  test.close(rsa.auc(tensor{{1, 1}, {0, 2}}, {0, 0.5}), tensor{0.5, 0.5}, {rtol = 1e-14})
  test.raises(function() rsa.auc({1, 2, 3}, {0, 1}) end, 'as many times as the curve has points, at least 2, got {2} and {3}')
end)

test.case('evaluation of models that were fitted without the conditions they are compared on', function()
  torch.manual_seed(6)
  local subjects, control = torch.rand({5, 66}, float64), torch.rand({1, 66}, float64)  -- 12 conditions
  local fitted = subjects:mean(0, true) + 0.3 * torch.rand({3, 66}, float64)
  local fixed = torch.rand({1, 66}, float64)
  local folds = {{0, 1, 2, 3, 4, 5}, {4, 5, 6, 7, 8, 9}, {11, 10, 9, 8, 2}}
  local result = rsa.evaluate_folds({fitted = fitted, fixed = fixed}, subjects, {folds = folds, samples = 50, seed = 3, control = control})
  local data, models, by_fold = rsa.rdms(subjects), {fitted, fixed}, torch.zeros({2, 3}, float64)
  for m, rdms in ipairs(models) do
    for f, fold in ipairs(folds) do
      local model = rsa.rdms(rdms[math.min(f, #rdms) - 1]):subset(fold)
      by_fold[{m - 1, f - 1}] = rsa.compare(model, data:subset(fold)):mean()
      local partial = rsa.compare(model, data:subset(fold), {method = 'partial-spearman', control = rsa.rdms(control):subset(fold)}):mean()
      test.close(result.partial.per_fold[{m - 1, f - 1}]:item(), partial:item(), {rtol = 1e-9})
    end
  end
  test.close(result.per_fold, by_fold, {rtol = 1e-12})
  test.close(result.mean, by_fold:mean(1), {rtol = 1e-12})
  -- A draw: the drawn conditions of each fold, again and again as drawn (pairs of copies are NaN, so left out).
  local resample, draw = require('brain.stats.native').resample, 7
  local conditions, people = resample(3, 2 * draw, 12, 12):tolist(), resample(3, 2 * draw + 1, 5, 5)
  local similarity, counted = 0, 0
  for f, fold in ipairs(folds) do
    local drawn, inside = {}, {}
    for _, c in ipairs(fold) do inside[c] = true end
    for _, c in ipairs(conditions) do if inside[c] then drawn[#drawn + 1] = c end end
    local r = rsa.compare(rsa.rdms(fitted[f - 1]):subset(drawn), rsa.rdms(subjects[people]):subset(drawn)):mean():item()
    if r == r then similarity, counted = similarity + r, counted + 1 end
  end
  test.close(result.draws[{draw - 1, 0}]:item(), similarity / counted, {rtol = 1e-9})
  -- One fold of everything is no cross-validation at all.
  local every = {}
  for i = 0, 11 do every[i + 1] = i end
  local plain, whole = rsa.evaluate(fixed, subjects, {samples = 20}), rsa.evaluate_folds({model = fixed}, subjects, {samples = 20, folds = {every}})
  for _, name in ipairs {'mean', 'draws', 'interval', 'ceiling', 'per_subject'} do test.close(whole[name], plain[name], {rtol = 1e-12}, name) end
  local function raises(options, text) test.raises(function() rsa.evaluate_folds({fitted = fitted}, subjects, options) end, text) end
  raises({folds = {{0, 1, 2}, {3, 4, 5}}}, "'fitted': expected one RDM for each of 2 folds, or one, got 3")
  raises({folds = {{0, 1, 2}, {3, 4, 5}, {6, 7, 12}}}, 'condition')
  raises({}, 'folds: expected a list of folds')
  raises({folds = folds, over = 'all'}, 'expected both, subjects or conditions')
  test.raises(function() rsa.evaluate_folds(fixed, subjects, {folds = folds}) end, 'models: expected a table name -> RDMs')
end)

test.case('RDMs of pixels, outlines and categories', function()
  local pictures = torch.full({3, 8, 8, 3}, 255, {dtype = 'uint8'})
  pictures[{0, '0:4', '2:6'}] = 10
  pictures[{1, '0:4', '2:6'}] = 200  -- the same outline, other pixels
  pictures[{2, '4:8', '1:7'}] = 10
  local outlines = rsa.silhouette(pictures):vectors()[0]
  test.close(outlines[0]:item(), 0, {atol = 1e-12})
  local a, b = torch.zeros({8, 8}, float64), torch.zeros({8, 8}, float64)
  a['0:4, 2:6'], b['4:8, 1:7'] = torch.ones({4, 4}, float64), torch.ones({4, 6}, float64)
  test.close(outlines[1]:item(), 1 - torch.corrcoef(torch.stack {a:view(-1), b:view(-1)})[{0, 1}]:item(), {rtol = 1e-12})
  test.close(rsa.pixels(pictures):vectors(), rsa.rdm(pictures:flatten(1):double()):vectors(), {rtol = 1e-6})
  test.equal(rsa.silhouette(pictures, {background = {255, 255, 255}, tolerance = 54}):vectors()[0], outlines)
  test.raises(function() rsa.silhouette(pictures, {tolerance = 55}) end, 'nothing stands out in picture 1')
  test.equal(rsa.categorical({'cat', 'dog', 'cat'}):vectors()[0]:tolist(), {1.0, 0.0, 1.0})
  test.equal(rsa.categorical(torch.tensor {3, 3, 5}, {labels = {'a', 'b', 'c'}}):subset {'c', 'a'}:vectors()[0]:tolist(), {1.0})
  test.raises(function() rsa.pixels(pictures:float()) end, 'pixels: images: expected a uint8 Tensor [n, height, width, channels], got float32')
  test.raises(function() rsa.categorical {} end, 'expected the category of at least 2 conditions')
end)

test.case('decoding RDMs', function()
  torch.manual_seed(5)
  local trials = torch.randn(4, 20, 6, 8)
  trials[2]:narrow(2, 3, 4):add_(1.5)
  local accuracy = rsa.decoding_rdm(trials, {repeats = 2, smooth = 1, seed = 7})
  test.equal(accuracy.shape, torch.zeros(8, 6).shape)
  test.equal(accuracy.dtype, torch.zeros(1, float64).dtype)
  local hit = accuracy:narrow(0, 3, 4)
  test.truthy(hit:select(1, 1):mean():item() > 0.9 and math.abs(hit:select(1, 0):mean():item() - 0.5) < 0.25)
  test.equal(rsa.decoding_rdm(trials, {repeats = 2, smooth = 1, seed = 7}), accuracy)
  test.close(rsa.smooth(accuracy, 5), rsa.decoding_rdm(trials, {repeats = 2, seed = 7}))
  test.equal(#rsa.rdms(accuracy), 8)
  test.raises(function() rsa.decoding_rdm(trials, {average = 6}) end, 'got 3 (20 repetitions in groups of 6) for 4 folds')
  test.raises(function() rsa.decoding_rdm(trials, {classifier = 'knn'}) end, 'classifier: expected svm or lda')
end)

test.case('distances of trials: conditions, folds, noise, a function', function()
  torch.manual_seed(6)
  local x = torch.randn({24, 5}, float64)
  local conditions, folds = {}, {}
  for row = 0, 23 do conditions[row + 1], folds[row + 1] = ({'dog', 'ant', 'cat'})[row % 3 + 1], row // 6 end
  local r = rsa.rdm(x, {distance = 'sqeuclidean', conditions = conditions})
  test.equal(r.labels, {'ant', 'cat', 'dog'})
  local means = x:view(8, 3, 5):mean(0)
  test.close(r:vectors()[{0, 1}]:item(), (means[1] - means[0]):square():sum():item(), {rtol = 1e-10})  -- ant, dog
  local noise = rsa.noise_precision(x, {conditions = conditions, estimator = 'ledoit_wolf'})
  local cross = rsa.rdm(x, {distance = 'crossnobis', conditions = conditions, folds = torch.tensor(folds), noise = noise})
  local runs = x:view(4, 2, 3, 5):mean(1)
  local balanced = rsa.rdm(runs, {distance = 'crossnobis', noise = noise})
  test.close(balanced:vectors()[{0, 0}]:item(), cross:vectors()[{0, 1}]:item(), {rtol = 1e-9})  -- dog and ant
  local each, info = rsa.noise_covariance(x, {conditions = conditions, runs = folds, estimator = 'diagonal'})
  test.equal({each.shape[1], #info.degrees, info.degrees[1]}, {4, 4, 3})
  local precisions = {}
  for run = 1, 4 do precisions[run] = torch.linalg.inv(each[run - 1]) end
  test.close(rsa.rdm(runs, {distance = 'crossnobis', noise = precisions}):vectors(),
    rsa.rdm(runs, {distance = 'crossnobis', noise = torch.stack(precisions)}):vectors(), {rtol = 1e-12})
  local holed = torch.randn({4, 9}, float64)
  local whole = rsa.rdm(holed:narrow(1, 1, 8)):vectors()
  holed:select(1, 0):fill_(0 / 0)
  test.close(rsa.rdm(holed, {missing = 'pairwise'}):vectors(), whole, {rtol = 1e-11})
  test.raises(function() rsa.rdm(holed, {missing = 'drop'}) end, "missing: expected 'pairwise'")
  local movie = rsa.movie(torch.stack({x, x * 2, x + 1}, 2), {distance = 'crossnobis', conditions = conditions, folds = folds, noise = noise, times = {0, 1}})
  test.equal({#movie, movie.labels}, {2, {'ant', 'cat', 'dog'}})
  test.close(movie:vectors(), torch.cat({cross:vectors(), 4 * cross:vectors()}, 0), {rtol = 1e-9})
  test.equal(#rsa.movie(torch.randn(4, 5, 6)), 6)
  test.raises(function() rsa.movie(torch.randn(4, 5, 6), {times = {6}}) end, 'times: expected 0 to 5, got 6')
  test.raises(function() rsa.movie(x) end, 'expected x [conditions, features, times], got {24, 5}')
  local counts = x:abs():mul(10):floor()
  test.equal(rsa.rdm(counts, {distance = 'poisson_cv', conditions = conditions, folds = folds}).n, 3)
  test.close(rsa.rdm(means, {distance = function(a, b) return (a - b):abs():sum() end}):vectors(),
    rsa.rdm(means, {distance = 'manhattan'}):vectors(), {rtol = 1e-12})
  test.raises(function() rsa.rdm(x, {distance = 'crossnobis', conditions = conditions}) end, 'crossnobis: expected folds, the fold (run) of each row')
  test.raises(function() rsa.rdm(x, {distance = 'crossnobis'}) end, 'expected x [folds, conditions, features], or [rows, features] with conditions and folds, got {24, 5}')
  test.raises(function() rsa.rdm(x, {noise = noise}) end, "noise: expected distance 'mahalanobis' or 'crossnobis'")
  test.raises(function() rsa.rdm(x, {folds = folds}) end, "folds: expected distance 'crossnobis' or 'poisson_cv'")
  test.raises(function() rsa.rdm(x, {conditions = {'a'}}) end, 'conditions: expected one for each of 24 rows, got 1')
  test.raises(function() rsa.noise_precision(x:narrow(0, 0, 4), {estimator = 'full'}) end, 'not positive definite')
end)

test.case('whitened, partial and regression comparison', function()
  torch.manual_seed(7)
  local a, b = torch.rand({2, 45}, float64), torch.rand({3, 45}, float64)
  local plain = rsa.compare(a, b, {method = 'cosine_cov'})
  test.close(rsa.compare(a, b, {method = 'cosine_cov', sigma = torch.eye(10, float64) * 3}), plain, {rtol = 1e-11})
  test.equal(rsa.compare(a, b, {method = 'bures'}).shape, plain.shape)
  local partial = rsa.compare(a, b, {method = 'partial'})
  test.close(partial[{0, 1}]:item(), rsa.compare(a[0], b[1], {method = 'partial', control = torch.stack{b[0], b[2]}}):item(), {rtol = 1e-11})
  local mixture = 0.5 * b[0] + 2 * b[2] + 7
  test.close(rsa.compare(mixture, b, {method = 'regression'}), tensor{{0.5, 0, 2}}, {rtol = 1e-10, atol = 1e-11})
  test.raises(function() rsa.compare(a, torch.stack{b[0], b[0]}, {method = 'regression'}) end, 'none is constant or a mixture of the others')
  test.raises(function() rsa.compare(a, b, {method = 'spearmen'}) end, "got 'spearmen'")
end)

test.case('representations without RDMs, and points of RDMs', function()
  torch.manual_seed(8)
  local x, y = torch.randn(30, 2, 3), torch.randn(30, 4)
  test.close(rsa.cka(x, x * 2), 1, {rtol = 1e-9})
  test.truthy(rsa.cka(x, y, {unbiased = true}) < rsa.cka(x, y))
  test.truthy(rsa.cka(x, y, {kernel = 'rbf', batch = 10}) < 1)
  test.close(rsa.procrustes(x, x * 2), 0, {atol = 1e-6})
  test.truthy(rsa.procrustes(x, y, {metric = 'euclidean'}) > 1)
  test.equal(rsa.cca(x, y).shape[1], 4)
  local points = torch.randn({7, 2}, float64)
  local r = rsa.rdm(points, {distance = 'euclidean', labels = {'a', 'b', 'c', 'd', 'e', 'f', 'g'}})
  for _, method in ipairs{'classical', 'smacof'} do
    local found = rsa.mds(r, {method = method, tolerance = 1e-12, iterations = 5000})
    test.close(rsa.rdm(found.points, {distance = 'euclidean'}):vectors(), r:vectors(), {rtol = 1e-4, atol = 1e-4})
    test.equal(found.labels, r.labels)
  end
  test.close(rsa.effective_dimensionality(torch.eye(5, float64)), 4, {rtol = 1e-12})
  test.raises(function() rsa.mds(torch.rand(2, 10)) end, 'expected one RDM, got 2')
  test.raises(function() rsa.cka(x, y, {kernel = 'cubic'}) end, "kernel: expected linear or rbf, got 'cubic'")
  test.raises(function() rsa.procrustes(x, y, {metric = 'chord'}) end, "expected angular or euclidean, got 'chord'")
end)

local deepnsd = test.shared 'data/conwell/deepnsd'
if deepnsd then
  test.case('the published map of models, and effective dimensionality', function()
    local frame, file = require 'brain.frame', require 'brain.file'
    local published, pairs_of = frame.read(deepnsd .. '/Figure6B.csv'), frame.read(deepnsd .. '/model_uber_rsa.csv')
    for _, metric in ipairs{'crsa', 'wrsa'} do
      local place, n, v1, v2 = {}, 0, {}, {}
      for _, row in published:where{metric = metric:upper()}:each() do
        if not place[row.model_string] then
          place[row.model_string], n = n, n + 1
          v1[n], v2[n] = row.V1, row.V2
        end
      end
      local matrix = torch.zeros({n, n}, float64)
      local rows, columns, values = {}, {}, {}
      for _, row in pairs_of:where{metric = metric}:each() do
        local i, j = place[row.var1], place[row.var2]
        if i and j and i ~= j then
          rows[#rows + 1], columns[#columns + 1], values[#values + 1] = i, j, 1 - row.correlation
        end
      end
      local i, j, d = torch.tensor(rows), torch.tensor(columns), tensor(values)
      matrix:index_put_({i, j}, d)
      matrix:index_put_({j, i}, d)
      local points = rsa.mds(matrix).points
      test.close(points:abs(), torch.stack({tensor(v1), tensor(v2)}, 1):abs(), {rtol = 0, atol = 1e-12})
    end
    local fixture = test.shared 'data/conwell/fixtures/effdim.h5'
    if not fixture then return end
    test.close(rsa.effective_dimensionality(file.load(fixture, {key = 'X'})), 5.898260284960627, {rtol = 1e-12})
  end)
end

test.case('variances of three bootstraps', function()
  local dual = require 'brain.rsa.dual'
  local golden = test.shared 'data/peers/golden/golden_rsatoolbox.h5'
  if golden then
    local file = require 'brain.file'
    local function read(name) return file.load(golden, {key = 'extract_variances/' .. name}) end
    local v = read 'V'
    local variances, df = dual.variances(v[0], v[1], v[2], 4, 8, 92)
    test.close(variances.models, read 'model', {rtol = 1e-12})
    test.close(variances.ceilings, read 'nc', {rtol = 1e-12})
    test.equal({df.models.shape, df.ceilings.shape}, {variances.models.shape, variances.ceilings.shape})
    test.close(variances.differences[torch.ones(4, 4):triu(1):bool()], read 'diff', {rtol = 1e-12})
  end
  test.truthy((dual.corrected(tensor{-1}, tensor{-2}, tensor{-2}, 8, 92)):isnan():item())
  -- A variance of one factor alone has its degrees of freedom; of equal parts of both, as Satterthwaite has it.
  test.close(dual.degrees(tensor{2, 0, 1}, tensor{0, 2, 1}, tensor{2, 2, 2}, 8, 92), tensor{7, 91, 4 / (1 / 7 + 1 / 91)}, {rtol = 1e-12})
  -- Repeats that share a part of variance 4 and add 1 each: the part is what is left.
  torch.manual_seed(9)
  local shared, own = torch.randn({4000, 1, 1}, float64) * 2, torch.randn({4000, 3, 1}, float64)
  test.close(dual.covariance(shared + own):item(), 4, {rtol = 0.08})
  test.raises(function() dual.covariance(torch.full({5, 2, 2}, 0 / 0, float64), 'evaluate') end, 'evaluate: only 0 draws had enough different conditions')
end)

local peers = test.shared 'data/peers/golden/golden_rsatoolbox.h5'
if peers then
  test.case("rsatoolbox's tests over subjects", function()
    local file, stats = require 'brain.file', require 'brain.stats'
    local function read(name) return file.load(peers, {key = name}) end
    local models, subjects = read 'compare92/in/models', read 'compare92/in/brain'
    for _, method in ipairs{'corr', 'rho-a'} do
      local function golden(name) return read('eval_fixed92/' .. method .. '/' .. name) end
      local each = rsa.compare(models, subjects, {method = method}).T  -- [subjects, models]
      test.close(stats.ttest(each, {tail = 'greater'}).p, golden 'p_zero', {rtol = 1e-8})
      test.close(stats.ttest(each - rsa.noise_ceiling(subjects, {method = method})).p, golden 'p_noise', {rtol = 1e-8})
      local pairs_p = stats.ttest(each:unsqueeze(2) - each:unsqueeze(1)).p
      test.close(pairs_p:fill_diagonal_(1), golden 'p_pairwise', {rtol = 1e-8})
    end
  end)
end

test.case('fitted models are evaluated on what they were not fitted to', function()
  torch.manual_seed(10)
  local parts = torch.rand({3, 190}, float64)
  local subjects = parts[0] + 0.5 * parts[1] + torch.rand({6, 190}, float64)
  local models = {mixed = rsa.weighted(parts), positive = rsa.weighted(parts, {nonnegative = true}), layers = rsa.choice(parts),
    between = rsa.interpolated(parts), overfitted = rsa.weighted(torch.rand({40, 190}, float64)), fixed = parts[0]}
  local options = {method = 'pearson', crossvalidate = {repeats = 2}, samples = 300, seed = 1}
  local result = rsa.evaluate(models, subjects, options)
  local at = {}
  for i, name in ipairs(result.names) do at[name] = i - 1 end
  local function mean(name) return result.mean[at[name]]:item() end
  test.truthy(mean 'mixed' > mean 'fixed' and math.abs(mean 'layers' - mean 'fixed') < 0.05)
  test.truthy(math.abs(mean 'between' - mean 'mixed') < 0.05 and mean 'overfitted' < 0.15)
  test.equal({result.df.shape[1], result.variance.shape[1], result.difference_variance.shape[2]}, {6, 6, 6})
  local least = rsa.evaluate({a = models.mixed}, subjects, {method = 'pearson', crossvalidate = true, samples = 40, df = 'least'})
  test.equal(least.df:tolist(), {5.0})
  test.raises(function() rsa.evaluate(models, subjects, {df = 'all'}) end, "df: expected satterthwaite or least, got 'all'")
  local threads = torch.get_num_threads()
  torch.set_num_threads(threads == 1 and 2 or 1)
  local again = rsa.evaluate(models, subjects, options)
  torch.set_num_threads(threads)
  test.close(again.draws:nan_to_num(0), result.draws:nan_to_num(0), {rtol = 1e-11, atol = 1e-13})
  local pairs_p, zero_p, ceiling_p = result:tests()
  test.truthy(zero_p[at.mixed]:item() < 0.01 and pairs_p[{at.mixed, at.overfitted}]:item() < 0.05)
  test.equal(ceiling_p.shape[1], 6)
  test.truthy(result:summary():find('95% intervals of the corrected variance', 1, true))
  test.close(result:table().standard_error, result.variance:sqrt(), {rtol = 1e-14})
  test.close(result:table().p_ceiling, ceiling_p, {rtol = 1e-14})
  test.truthy(tostring(rsa.evaluate(models, subjects, {method = 'pearson', crossvalidate = true, samples = 8, seed = 1}))
    :find('8 samples are too few to tell the variance', 1, true))
  local few = rsa.evaluate({a = models.mixed}, subjects:narrow(0, 0, 3), {method = 'cosine', crossvalidate = true, samples = 40})
  test.equal({select('#', few:tests()), few.mean.shape[1], #few.warnings}, {3, 1, 1})
  test.equal((select(3, few:tests())), nil)
  local w = rsa.fit_weights(models.mixed, subjects)
  test.close(w:norm():item(), 1, {rtol = 1e-12})
  test.truthy(w[0]:item() > w[1]:item() and w[1]:item() > math.abs(w[2]:item()))
  test.raises(function() rsa.evaluate({a = rsa.weighted(parts)}, subjects, {method = 'pearson'}) end, 'always wins: crossvalidate = true')
  test.raises(function() rsa.evaluate(models, subjects, {crossvalidate = true}) end, 'expected pearson, cosine, corr_cov or cosine_cov')
  test.raises(function() rsa.evaluate(models, subjects, {method = 'pearson', crossvalidate = {fold = 2}}) end, "unknown option 'fold'")
  test.raises(function() rsa.evaluate(models, subjects, {method = 'pearson', crossvalidate = {conditions = 9}}) end, 'at least 3 conditions and 1 subject in each fold')
  test.raises(function() rsa.evaluate(models, subjects, {method = 'bures'}) end, 'crossvalidate = true')
  test.raises(function() rsa.evaluate(parts, subjects, {method = 'bures'}) end, 'need every pair, and conditions drawn twice have none')
  test.raises(function() rsa.weighted(parts, {ridge = -1}) end, 'ridge: expected a number of at least 0, got -1')
  test.raises(function() rsa.choice(parts[0]) end, 'choice: expected at least 2 RDMs, got 1')
end)

test.case('the corrected interval, of every method that can be resampled', function()
  torch.manual_seed(11)
  local truth = torch.rand({1, 190}, float64)
  local subjects, models = truth + 0.6 * torch.rand({4, 190}, float64), torch.cat({truth, torch.rand({1, 190}, float64)}, 0)
  for _, method in ipairs{'spearman', 'rho-a', 'tau-a', 'pearson', 'cosine', 'corr_cov', 'cosine_cov'} do
    local result = rsa.evaluate(models, subjects, {method = method, interval = 'dual', samples = 40})
    test.close(result.mean, rsa.compare(models, subjects, {method = method}):mean(1), {rtol = 1e-9}, method)
    local wide = result.draws:var(0)
    test.truthy((result.variance:le(wide + 1e-9)):all():item(), method)
    test.truthy((result.interval:select(1, 0):lt(result.mean)):all():item(), method)
    test.equal(result.warnings, {'4 subjects are too few to resample: intervals over them are too narrow'})
  end
  test.raises(function() rsa.evaluate(models, subjects, {interval = 'normal'}) end, "expected percentile or dual, got 'normal'")
  test.raises(function() rsa.evaluate(models, subjects, {interval = 'dual', over = 'subjects'}) end, 'resample both factors')
end)

test.case('every function is described, and nothing else', function()
  local help = require 'brain.help'
  for name in pairs(rsa) do test.truthy(help.find('rsa.' .. name), name) end
  for _, name in ipairs(help.topics 'rsa') do test.truthy(rsa[name:match '%.(.*)'], name) end
end)
