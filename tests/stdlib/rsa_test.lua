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

test.case('every function is described, and nothing else', function()
  local help = require 'brain.help'
  for name in pairs(rsa) do test.truthy(help.find('rsa.' .. name), name) end
  for _, name in ipairs(help.topics 'rsa') do test.truthy(rsa[name:match '%.(.*)'], name) end
end)
