-- Losses against PyTorch's numbers, and their gradients against central differences. What they mean pair by
-- pair is tested in tests/runtime.
local test = require 'brain.test'
local torch = require 'brain.torch'
local losses = require 'brain.losses'
local help = require 'brain.help'
local training = dofile 'tests/bindings/training.lua'
local json, golden, wide, tensor = training.json, training.golden, training.wide, training.tensor

local tolerance = {rtol = 1e-12, atol = 1e-14}

for _, case in ipairs(golden.losses) do
  test.case(case.call, function()
    local names = setmetatable({
      z = wide(20, {6, 5}), t = torch.tensor{0, 3, 4, 1, 1, 2}, soft = wide(21, {6, 5}):softmax(1),
      w = 1 + wide(22, {5}) / 4, a = wide(23, {6, 8}), c = wide(24, {6, 8}), few = wide(25, {4, 6}),
      rdm_target = wide(26, {6}),
    }, {__index = losses})
    local first = names[case.call:match '%((%w+)']:requires_grad_(true)
    local value = load('return ' .. case.call, case.call, 't', names)()
    local gradient = torch.grad(value, first)
    test.close(value:item(), case.value, tolerance)
    test.close(gradient:flatten(), tensor(case.gradient), tolerance)
  end)
end

local shared = test.shared 'data/golden_models/train/losses.json'
if shared then
  local data = json(shared)
  local function leaf(name, shape) return tensor(data[name]):view(shape):requires_grad_(true) end

  -- {function of the inputs, inputs}: the gradient is that of the sum, by every input
  local cases = {
    cross_entropy = {function(z) return losses.cross_entropy(z, torch.tensor(data.t)) end, 'z'},
    cross_entropy_smooth = {function(z)
      return losses.cross_entropy(z, torch.tensor(data.t), {label_smoothing = 0.1})
    end, 'z'},
    cross_entropy_weight = {function(z)
      return losses.cross_entropy(z, torch.tensor(data.t), {weight = tensor(data.w)})
    end, 'z'},
    cross_entropy_weight_smooth = {function(z)
      return losses.cross_entropy(z, torch.tensor(data.t), {weight = tensor(data.w), label_smoothing = 0.1})
    end, 'z'},
    cross_entropy_ignore = {function(z)
      local t = torch.tensor(data.t)
      t[2] = -100
      return losses.cross_entropy(z, t)
    end, 'z'},
    cross_entropy_soft = {function(z) return losses.cross_entropy(z, tensor(data.soft):view{6, 5}) end, 'z'},
    cross_entropy_soft_smooth = {function(z)
      return losses.cross_entropy(z, tensor(data.soft):view{6, 5}, {label_smoothing = 0.2})
    end, 'z'},
    cross_entropy_sum = {function(z)
      return losses.cross_entropy(z, torch.tensor(data.t), {reduction = 'sum'})
    end, 'z'},
    cross_entropy_none = {function(z)
      return losses.cross_entropy(z, torch.tensor(data.t), {reduction = 'none'})
    end, 'z'},
    mse = {losses.mse, 'a', 'c'},
    mse_sum = {function(a, c) return losses.mse(a, c, {reduction = 'sum'}) end, 'a', 'c'},
    smooth_l1 = {losses.smooth_l1, 'a', 'c'},
    smooth_l1_beta = {function(a, c) return losses.smooth_l1(a, c, {beta = 0.3}) end, 'a', 'c'},
    clip_loss = {losses.clip_contrastive, 'a', 'c'},
  }
  local shapes = {z = {6, 5}, a = {6, 8}, c = {6, 8}}
  for name, case in pairs(cases) do
    test.case('golden value and gradient of ' .. name, function()
      local inputs = {}
      for i = 2, #case do inputs[i - 1] = leaf(case[i], shapes[case[i]]) end
      local value, expected = case[1](table.unpack(inputs)), data.results[name]
      test.close(value, tensor(expected.value), tolerance, name)
      local gradients = {torch.grad(value:sum(), inputs)}
      for i, gradient in ipairs(gradients) do
        test.close(gradient:flatten(), tensor(expected.grads[i]), tolerance, name .. ', input ' .. i)
      end
    end)
  end
end

local hashed = dofile 'tests/wave.lua'
local function wave(count, seed, amplitude, shape) return hashed(count, seed, amplitude):view(shape) end

local realnet = test.shared 'data/realnet/golden/realnet_golden.json'
if realnet then
  test.case('golden generation loss of ReAlnet', function()
    local expected = json(realnet).gen_loss_16x340
    local prediction = wave(16 * 340, 801, 1.0, {16, 340})
    local target = wave(16 * 340, 802, 1.2, {16, 340}) + 0.4 * prediction
    for _, correlation in ipairs{'pearson', 'spearman'} do
      local total, mse, contrast = losses.realnet_generation(prediction, target, {correlation = correlation})
      test.close(mse:item(), expected.mse, tolerance)
      test.close(contrast:item(), expected['contrast_' .. correlation], tolerance, correlation)
      test.close(total:item(), mse:item() + contrast:item(), tolerance)
    end
  end)

  test.case('golden task losses of ReAlnet', function()
    local expected = json(realnet).task_loss_16x1000
    local logits, teacher = wave(16000, 803, 4.0, {16, 1000}), wave(16000, 804, 4.0, {16, 1000})
    test.close(losses.cross_entropy(logits, teacher:argmax(1)):item(), expected.ce_hard_argmax, tolerance)
    test.close(losses.cross_entropy(logits, teacher):item(), expected.ce_raw_logits_as_probs, tolerance)
    test.close(losses.cross_entropy(logits, teacher:softmax(1)):item(), expected.ce_softmax_teacher, tolerance)
    test.close(losses.mse(logits, teacher):item(), expected.mse, tolerance)
  end)
end

-- d f / d inputs[which] by f(x + step) and f(x - step).
local function numeric_gradient(f, inputs, which)
  local step, values, copies = 1e-6, {}, {}
  for i, input in ipairs(inputs) do copies[i] = input:detach():clone() end
  local elements = copies[which]:view{-1}
  for i = 0, elements:numel() - 1 do
    local element = elements:select(0, i)
    local original = element:item()
    element:fill_(original + step)
    local above = f(table.unpack(copies))
    element:fill_(original - step)
    local below = f(table.unpack(copies))
    values[i + 1] = (above:item() - below:item()) / (2 * step)
    element:fill_(original)
  end
  return tensor(values):view(inputs[which].shape)
end

local ids, triplets = {4, 9, 4, 2}, {{0, 1, 2}, {3, 2, 0}, {1, 1, 3}}
local differentiable = {
  {'cross_entropy, smoothing', function(z)
    return losses.cross_entropy(z, torch.tensor{1, 0, 2}, {label_smoothing = 0.1})
  end, {3, 4}},
  {'pearson', losses.pearson, {5, 3}, {5, 3}},
  {'noise_normalised_correlation', function(a, b)
    return losses.noise_normalised_correlation(a, b, tensor{0.3, 0, 0.8})
  end, {5, 3}, {5, 3}},
  {'noise_normalised_correlation, squared', function(a, b)
    return losses.noise_normalised_correlation(a, b, tensor{0.3, 0, 0.8}, {squared = true})
  end, {5, 3}, {5, 3}},
  {'clip_contrastive, a scale that learns', function(a, b, s)
    return losses.clip_contrastive(a, b, {scale = s:exp()})
  end, {4, 3}, {4, 3}, {}},
  {'clip_contrastive, ids', function(a, b)
    return losses.clip_contrastive(a, b, {scale = 5, ids = torch.tensor(ids)})
  end, {4, 3}, {4, 3}},
  {'clip_contrastive, masked ids', function(a, b)
    return losses.clip_contrastive(a, b, {scale = 5, ids = torch.tensor(ids), duplicates = 'mask'})
  end, {4, 3}, {4, 3}},
  {'realnet_generation', losses.realnet_generation, {4, 5}, {4, 5}},
  {'triplet_odd_one_out', function(a)
    return losses.triplet_odd_one_out(a, torch.tensor(triplets))
  end, {4, 3}},
  {'triplet_odd_one_out, cosine', function(a)
    return losses.triplet_odd_one_out(a, torch.tensor(triplets), {similarity = 'cosine', temperature = 0.3})
  end, {4, 3}},
  {'cka', losses.cka, {5, 3}, {5, 4}},
  {'cka, more columns', losses.cka, {4, 6}, {4, 5}},
  {'cka, unbiased', function(a, b) return losses.cka(a, b + a, {unbiased = true}) end, {6, 4}, {6, 4}},
  {'clip_hba', function(a, b, t) return losses.clip_hba(a, b, t, {scale = 10}) end, {3, 4}, {2, 4}, {3, 2}},
  {'clip_hba, pairs', function(a, b, t)
    return losses.clip_hba(a, b, t, {scale = 10, pairs = true})
  end, {3, 4}, {4, 4}, {3, 2}},
}
for _, distance in ipairs{'correlation', 'cosine', 'euclidean', 'sqeuclidean'} do
  for _, compare in ipairs{'pearson', 'cosine', 'mse'} do
    differentiable[#differentiable + 1] = {('rdm, %s, %s'):format(distance, compare), function(a, target)
      return losses.rdm(a, target, {distance = distance, compare = compare})
    end, {4, 5}, {6}}
  end
end

for _, entry in ipairs(differentiable) do
  test.case('gradient of ' .. entry[1], function()
    local inputs, f = {}, entry[2]
    for i = 3, #entry do inputs[i - 2] = wide(50 + i, entry[i]):requires_grad_(true) end
    local value = f(table.unpack(inputs))
    local gradients = {torch.grad(value, inputs)}
    for i = 1, #inputs do
      test.close(gradients[i], numeric_gradient(f, inputs, i), {rtol = 1e-5, atol = 1e-7}, 'input ' .. i)
    end
  end)
end

test.case('the contrast is left out of the gradient where it should be', function()
  local a, b = wide(1, {4, 6}):requires_grad_(true), wide(2, {4, 6})
  local only_mse = torch.grad(losses.mse(a, b), a)
  for _, options in ipairs{{detach_contrast = true}, {correlation = 'spearman'}} do
    test.equal(torch.grad((losses.realnet_generation(a, b, options)), a), only_mse)
  end
  test.truthy(not torch.equal(torch.grad((losses.realnet_generation(a, b)), a), only_mse))
end)

test.case('a constant voxel has no gradient instead of NaN', function()
  local a = torch.ones({4, 2}, {dtype = 'float64', requires_grad = true})
  test.equal(torch.grad(losses.pearson(a, wide(3, {4, 2})), a), torch.zeros({4, 2}, {dtype = 'float64'}))
end)

test.case('float32 stays float32 and learnable scales get gradients', function()
  local a, b, scale = wide(1, {4, 3}):float(), wide(2, {4, 3}):float(), torch.tensor(2.0, {requires_grad = true})
  local loss = losses.clip_contrastive(a, b, {scale = scale:exp()})
  test.equal(loss.dtype, 'float32')
  test.equal(losses.clip_contrastive(a, b, {scale = 3}).dtype, 'float32')
  loss:backward()
  test.truthy(scale.grad:item() ~= 0)
end)

test.case('errors say what was expected', function()
  local a, b = wide(1, {4, 3}), wide(2, {4, 2})
  test.raises(function() losses.mse(a, b) end, 'mse: expected a target of shape [4, 3], got [4, 2]')
  test.raises(function() losses.mse(a) end, 'mse: target: expected Tensor, got nothing')
  test.raises(function() losses.mse(a, a, {reductio = 'sum'}) end, "mse: unknown option 'reductio'")
  test.raises(function() losses.mse(a, a, {reduction = 'max'}) end,
    "mse: reduction: expected one of 'mean', 'sum', 'none', got 'max'")
  test.raises(function() losses.rdm(a, b) end, 'rdm: expected a target of shape [4, 4] or [6], got [4, 2]')
  test.raises(function() losses.rdm(a, a, {distance = 'manhattan'}) end,
    "rdm: distance: expected one of 'correlation', 'cosine', 'euclidean', 'sqeuclidean', got 'manhattan'")
end)

test.case('every loss is described, and nothing else', function()
  for name in pairs(losses) do test.truthy(help.find('losses.' .. name), name) end
  for _, name in ipairs(help.topics 'losses') do test.truthy(losses[name:match '%.(.*)'], name) end
end)
