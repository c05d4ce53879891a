-- Behaviour: logistic regression, decisions among 16 categories, error consistency of models, shape bias, i2n.
local test = require 'brain.test'
local stats = require 'brain.stats'

local function tensor(list) return torch.tensor(list, {dtype = 'float64'}) end

local wave = dofile 'tests/wave.lua'

test.case('logistic regression reaches the optimum of scikit-learn 1.9 (newton-cg, tol 1e-12)', function()
  local x, labels = wave(420, 11, 2):view(60, 7), torch.arange(60) % 3
  x[':, 0'] = x[':, 0'] + 0.7 * labels
  x[':, 1'] = x[':, 1'] - 1.1 * labels:eq(1):double()
  local model = stats.logistic(x, labels)
  local expected = tensor {{-0.5194966069844146, 0.041053190514512894, 0.4784434164699018},
    {0.26835393389725853, -0.5443606185436587, 0.2760066846463994}}
  test.close(model.weights['0:2'], expected, {rtol = 1e-7})
  test.close(model.intercept, tensor {0.482974302246729, -0.29237759275219294, -0.1905967094945358}, {rtol = 1e-7})
  test.close(model:predict(x['0:1'])[0], tensor {0.40715783530364125, 0.5383195108733477, 0.05452265382301106}, {rtol = 1e-7})
  local shrunk = stats.logistic(x, labels, {c = 1e-3})
  test.close(shrunk.weights[0], tensor {-0.007981911998103268, -0.0028504990373461247, 0.010832411035449395}, {rtol = 1e-7})
  -- the gradient of the objective is zero: features times errors against weights / c
  local errors = shrunk:predict(x) - nn.functional.one_hot(labels):double()
  test.close(x.T:matmul(errors), -shrunk.weights / 1e-3, {atol = 1e-6})
  test.close(errors:sum(0), torch.zeros(3, {dtype = 'float64'}), {atol = 1e-7})
  test.raises(function() stats.logistic(x, labels['1:']) end, 'labels: expected int64 [60]')
  test.raises(function() stats.logistic(x, labels, {c = 0}) end, 'c: expected a number above 0, got 0')
end)

test.case('decisions among 16 categories', function()
  torch.manual_seed(1)
  local logits = torch.randn(5, 1000) * 3
  logits[{3, 404}] = 30
  local decisions, probabilities, names = models.decide(logits)
  test.equal(probabilities.shape, torch.zeros(5, 16).shape)
  test.equal({names[1], names[16], decisions[4]}, {'airplane', 'truck', 'airplane'})
  local p = logits:double():softmax(1)
  test.close(probabilities[':, 1'], (p[':, 294'] + p[':, 295'] + p[':, 296'] + p[':, 297']) / 4)
  test.close(probabilities[':, 2'], (p[':, 444'] + p[':, 671']) / 2)
  for i, decision in ipairs(decisions) do
    test.equal(decision, names[probabilities[i - 1]:argmax():item() + 1])
  end
  local two = models.decide(torch.tensor {{0.0, 3, 1}, {2, 0, 0}}, {categories = {a = {0, 2}, b = {1}}})
  test.equal(two, {'b', 'a'})
  test.raises(function() models.decide(torch.zeros(2, 10)) end, "'airplane': expected places among the 10 classes, found 404")
  test.raises(function() models.decide(torch.zeros(10)) end, 'logits: expected floating point [n, classes]')
end)

test.case('the categories have the classes that are published', function()
  local hot = torch.full({1000, 1000}, -50.0)
  hot:fill_diagonal_(50)
  local decisions, p = models.decide(hot)
  local counts, first = {}, {}
  for i, decision in ipairs(decisions) do
    if p[i - 1]:max():item() > 1e-6 then
      counts[decision], first[decision] = (counts[decision] or 0) + 1, first[decision] or i - 1
    end
  end
  -- Geirhos et al. have 49 kinds of bird and 109 of dog
  test.equal({counts.airplane, counts.bear, counts.bicycle, counts.bird, counts.boat, counts.bottle, counts.car, counts.cat},
    {1, 4, 2, 49, 5, 7, 3, 6})
  test.equal({counts.chair, counts.clock, counts.dog, counts.elephant, counts.keyboard, counts.knife, counts.oven, counts.truck},
    {4, 3, 109, 2, 2, 1, 1, 8})
  local labels = test.shared 'data/weights/imagenet_labels.txt'
  if not labels then return end
  local names = {}
  for line in io.lines(labels) do names[#names + 1] = line:lower() end
  local known = {airplane = 'airliner', bear = 'brown bear', car = 'car', cat = 'tabby', clock = 'clock', elephant = 'elephant',
    keyboard = 'keyboard', knife = 'cleaver', oven = 'rotisserie', truck = 'truck|fire engine'}
  for category, word in pairs(known) do
    local name, found = names[first[category] + 1 + #names - 1000], false
    for part in word:gmatch '[^|]+' do found = found or name:find(part, 1, true) end
    test.truthy(found, category .. ': ' .. name)
  end
end)

-- Three observers and four pictures in two conditions; the second observer did not see all.
local trials = {
  subj = {'a', 'a', 'a', 'a', 'b', 'b', 'b'},
  condition = {'x', 'x', 'y', 'y', 'x', 'x', 'y'},
  category = {'cat', 'dog', 'cat', 'dog', 'cat', 'dog', 'dog'},
  object_response = {'cat', 'cat', 'dog', 'dog', 'dog', 'dog', 'dog'},
  imagename = {'1_e_s1_x_cat_00_k.png', '2_e_s1_x_dog_00_l.png', '3_e_s1_y_cat_00_k.png', '4_e_s1_y_dog_00_l.png',
    '5_e_s2_x_cat_00_k.png', '6_e_s2_x_dog_00_l.png', '7_e_s2_y_dog_00_m.png'},
}
local decided = {category = {'cat', 'dog', 'cat', 'dog'},
  imagename = {'1_e_dnn_x_cat_00_k.png', '2_e_dnn_x_dog_00_l.png', '3_e_dnn_y_cat_00_k.png', '4_e_dnn_y_dog_00_l.png'}}

test.case('error consistency of models with observers, by hand', function()
  local right = tensor {{1, 0, 1, 0}, {1, 0, 0, 1}}
  local raw, what = stats.error_consistency_score(right, decided, trials)
  -- first model: a: x is 1 0 against 1 0, kappa 1; y is 0 1 against 1 0, kappa -1: mean 0; b: x is 0 1: -1
  -- second: a: 1 and 1; b: x is 0 1 against 1 0: -1. Mean over a and b: -0.5 and 0, without sign.
  test.close(raw, tensor {0.5, 0})
  test.equal({what.subjects, what.missing, what.conditions}, {2, 1, {'x', 'y'}})
  test.close(stats.error_consistency_score({1, 0, 1, 0}, decided, trials, {exclude = {'y'}}), 0, {atol = 1e-15})
  test.raises(function() stats.error_consistency_score(right, {}, trials) end, 'decided: expected a table of the lists')
  test.raises(function() stats.error_consistency_score(right['..., :3'], decided, trials) end, 'right: expected [models, 4]')
  test.raises(function() stats.error_consistency_score(right, {category = {'a', 'a', 'a', 'a'}, imagename = decided.imagename}, trials) end,
    'none of the pictures named')
end)

local root = test.shared 'data/realnet/model_vs_human/raw-data'
if root then
  local function subject(set, number)
    return data.trials(('%s/%s/%s_subject-%02d_session_1.csv'):format(root, set, set, number))
  end

  test.case('one person as the model of the others: sketch', function()
    local one, others, columns = subject('sketch', 1), {}, nil
    for i = 2, 7 do
      others[i] = subject('sketch', i)
      columns = columns or {}
      for name, list in pairs(others[i]) do
        columns[name] = columns[name] or {}
        table.move(list, 1, #list, #columns[name] + 1, columns[name])
      end
    end
    local right = {}
    for i, answer in ipairs(one.object_response) do right[i] = answer == one.category[i] end
    local sum, pairs_seen = 0, 0
    for i = 2, 7 do  -- every trial of another against every own one
      local a, b = {}, {}
      for k, name in ipairs(others[i].imagename) do
        for j, own in ipairs(one.imagename) do
          if own:sub(-16) == name:sub(-16) and own:match '_%a+_%d%d_.*' == name:match '_%a+_%d%d_.*' then
            a[#a + 1], b[#b + 1] = right[j], others[i].object_response[k] == others[i].category[k]
          end
        end
      end
      test.equal(#a, #one.imagename)
      sum, pairs_seen = sum + stats.error_consistency(a, b), pairs_seen + 1
    end
    test.close(stats.error_consistency_score(right, one, columns), sum / pairs_seen, {rtol = 1e-12})
  end)

  test.case('the shape bias of ten people is as published', function()
    local paths = {}
    for i = 1, 10 do paths[i] = ('%s/cue-conflict/cue-conflict_subject-%02d_session_1.csv'):format(root, i) end
    local bias, names = stats.shape_bias(data.trials(paths))
    test.equal(#names, 10)
    -- .958 (.919 to .987), to the digits that are known
    test.close(bias:mean():item(), 0.958, {atol = 5e-4, rtol = 0})
    test.close(bias:min():item(), 0.919, {atol = 5e-4, rtol = 0})
    test.close(bias:max():item(), 0.987, {atol = 5e-4, rtol = 0})
  end)
end

test.case('shape bias by hand', function()
  local few = {subj = {'a', 'a', 'a', 'a', 'b'}, category = {'cat', 'cat', 'dog', 'cat', 'dog'},
    object_response = {'cat', 'dog', 'dog', 'oven', 'cat'},
    imagename = {'1_c_s_0_cat_0_cat1-dog2.png', 'cat4-dog1.png', 'dog1-dog2.png', 'cat2-dog1.png', 'dog1-cat2.png'}}
  local bias, names = stats.shape_bias(few)
  test.close(bias, tensor {0.5, 0})
  test.equal(names, {'a', 'b'})
  few.imagename[2] = 'x.png'
  test.raises(function() stats.shape_bias(few) end, "expected names of pictures such as 'bird2-clock3.png', found 'x.png'")
end)

-- Six images of three objects, with loops over everything.
local key = {images = {'i0', 'i1', 'i2', 'i3', 'i4', 'i5'}, objects = {'bear', 'car', 'dog'},
  truth = {'bear', 'bear', 'car', 'car', 'dog', 'dog'}}

local function slow_dprimes(rate)  -- rate(image, object), nil where there is none
  local d = {}
  for i = 1, 6 do
    d[i] = {}
    for o, object in ipairs(key.objects) do
      local sum, n = 0, 0
      for j = 1, 6 do
        if key.truth[j] == object then
          for t, taken in ipairs(key.objects) do
            if taken == key.truth[i] and rate(j, t) then sum, n = sum + rate(j, t), n + 1 end
          end
        end
      end
      local p = rate(i, o)
      d[i][o] = p and math.max(-5, math.min(5, (torch.special.ndtri(tensor(1 - p)) - torch.special.ndtri(tensor(sum / n))):item()))
    end
  end
  local result = torch.full({6, 3}, 0 / 0, {dtype = 'float64'})
  for i = 1, 6 do
    for o = 1, 3 do
      local sum, n = 0, 0
      for j = 1, 6 do
        if key.truth[j] == key.truth[i] and d[j][o] then sum, n = sum + d[j][o], n + 1 end
      end
      if d[i][o] then result[{i - 1, o - 1}] = d[i][o] - sum / n end
    end
  end
  return result
end

-- Trials drawn from probabilities by a fixed sequence.
local function drawn(p, count)
  local columns, u = {image_id = {}, sample_obj = {}, dist_obj = {}, choice = {}}, wave(count, 5, 0.5) + 0.5
  for k = 1, count do
    local i, skip = k % 6 + 1, k // 6 % 2 + 1
    local truth
    for o, object in ipairs(key.objects) do truth = object == key.truth[i] and o or truth end
    local other = (truth - 1 + skip) % 3 + 1
    local wrong = p[{i - 1, other - 1}] / (p[{i - 1, other - 1}] + p[{i - 1, truth - 1}])
    columns.image_id[k], columns.sample_obj[k], columns.dist_obj[k] = key.images[i], key.objects[truth], key.objects[other]
    columns.choice[k] = key.objects[u[k - 1]:item() < wrong:item() and other or truth]
  end
  return columns
end

test.case("i2n: d' of probabilities and of trials against loops", function()
  torch.manual_seed(2)
  local p = torch.rand(6, 3, {dtype = 'float64'}) + 0.1
  for i, truth in ipairs {0, 0, 1, 1, 2, 2} do p[{i - 1, truth}] = p[{i - 1, truth}] + 0.6 end
  p = p / p:sum(1, true)
  local truth = {1, 1, 2, 2, 3, 3}
  test.close(stats.i2n_dprimes(p, key), slow_dprimes(function(i, o)
    if o == truth[i] then return nil end
    return (p[{i - 1, o - 1}] / (p[{i - 1, o - 1}] + p[{i - 1, truth[i] - 1}])):item()
  end), {rtol = 1e-9})
  local few = drawn(p, 60)
  test.close(stats.i2n_dprimes(few, key), slow_dprimes(function(i, o)
    local chosen, offered = 0, 0
    for k, image in ipairs(few.image_id) do
      if image == key.images[i] then
        for _, column in ipairs {'sample_obj', 'dist_obj'} do offered = offered + (few[column][k] == key.objects[o] and 1 or 0) end
        chosen = chosen + (few.choice[k] == key.objects[o] and 1 or 0)
      end
    end
    return o ~= truth[i] and offered > 0 and chosen / offered or nil
  end), {rtol = 1e-9})
  -- with many trials the model that made them explains them, and the ceiling is near 1
  local many = drawn(p, 40000)
  local fit = stats.i2n(p, many, key)
  test.truthy(fit.raw > 0.97 and fit.ceiling > 0.95)
  test.close(fit.score, fit.raw / math.sqrt(fit.ceiling), {rtol = 1e-14})
  local wrong = stats.i2n(p:flip {0}:flip {1}, many, key)
  test.truthy(wrong.raw < fit.raw - 0.3)
  test.equal(stats.i2n(p, few, key, {seed = 3}), stats.i2n(p, few, key, {seed = 3}))
  few.choice[3] = 'boat'
  test.raises(function() stats.i2n(p, few, key) end, "trial 3: choice: 'boat' is none of the objects")
  few.choice = nil
  test.raises(function() stats.i2n(p, few, key) end, "trials have no column 'choice'")
  test.raises(function() stats.i2n(p['1:'], many, key) end, 'probabilities: expected [6 images, 3 objects], got {5, 3}')
end)
