-- The parts of scripts/rsa92.lua on a study of one's own: pictures, responses of regions, categories.
local test = require 'brain.test'
local torch = require 'brain.torch'

package.path = 'scripts/?.lua;' .. package.path
local root = '../shared/data'
local trial = test.shared 'data/weights/mobilenet_v1_0.25_128_imagenet.safetensors'
if not trial or not test.has 'pictures' then return test.leave_out 'it needs trained networks and pictures' end

local networks, layers, alignment = require 'rsa92.networks', require 'rsa92.layers', require 'rsa92.alignment'

-- 12 pictures of discs in three categories, and responses of 4 subjects that follow the category and a colour.
local function discs()
  torch.manual_seed(0)
  local images, categories, animacy = torch.full({12, 64, 64, 3}, 128, {dtype = 'uint8'}), {}, {}
  local responses = torch.randn({4, 12, 40}, {dtype = 'float64'})
  local axis = torch.arange(64):double() - 32
  local distance = (axis:view(-1, 1) ^ 2 + axis:view(1, -1) ^ 2):sqrt()
  for i = 0, 11 do
    local kind = i // 4
    local disc = distance:lt(10 + 7 * kind + i % 4)
    for c = 0, 2 do images[{i, ':', ':', c}][disc] = 40 + 60 * ((i + c) % 3) end
    categories[i + 1], animacy[i + 1] = ({'small', 'medium', 'large'})[kind + 1], kind == 0 and 'animate' or 'inanimate'
    responses[{':', i}] = responses[{':', i}] + 3 * torch.randn({40}, {dtype = 'float64'}) * (kind + 1)
  end
  return data.rdm_study {images = images, responses = {LOC = responses}, groups = {categories = categories, animacy = animacy}}
end

test.case('layers are compared with any study', function()
  local study = discs()
  local entry = networks.find('coral/mobilenet_v1_0.25_128', root)
  local seen = layers.rdms({entry}, study, 'cpu', root)
  test.equal({#seen.rdms, seen.layer[1], seen.network[16]}, {16, 'conv1_relu', 'MobileNetV1 x 0.25'})
  local compared = layers.compare(seen, study, study:confounds(), {samples = 10, seed = 0})
  test.equal({#compared, compared[1].set, table.concat(compared[1].confounds.names, ' ')}, {1, 'LOC', 'pixels silhouette animacy categories'})
  for i = 0, 15 do
    local expected = rsa.compare(seen.rdms[i], study.rdms.LOC)
    test.close(compared[1].raw[{i, 0}]:item(), expected:mean():item(), {rtol = 1e-10})
    test.close(compared[1].to_mean[i]:item(), rsa.compare(seen.rdms[i], study.rdms.LOC:mean()):item(), {rtol = 1e-10})
  end
end)

test.case('halves, folds, and alignment that leaves its fold out', function()
  local study = discs()
  local half = alignment.halves(study, 'LOC', 0)
  test.equal({#half.learn, #half.test}, {2, 2})
  local together = torch.cat {half.learn:vectors(), half.test:vectors()}
  test.close(together:sum(0), study.rdms.LOC:vectors():sum(0), {rtol = 1e-12})
  local splits = alignment.splits(study, 3, 0)
  local seen = {}
  for _, fold in ipairs(splits[1].folds) do
    for _, picture in ipairs(fold) do seen[#seen + 1] = picture end
  end
  table.sort(seen)
  test.equal(seen, torch.arange(12):tolist())
  test.equal(splits[2].folds, {{0, 1, 2, 3, 4, 5, 6, 7}, {0, 1, 2, 3, 8, 9, 10, 11}, {4, 5, 6, 7, 8, 9, 10, 11}})

  local entry, opt = networks.find('coral/mobilenet_v1_0.25_128', root), {steps = 2, rate = 1e-3, data = root}
  local fold, target = splits[1].folds[1], half.learn:mean()
  local tuned = alignment.tune(entry, study, target, {fold}, opt, 'cpu')
  test.equal(tuned.rdms.shape, torch.zeros(5, 1, 66).shape)
  local alone = layers.rdms({entry}, study, 'cpu', root)
  for i, name in ipairs(alone.layer) do
    if name == entry.aligned then test.close(tuned.rdms[{0, 0}], alone.rdms[i - 1], {rtol = 1e-4, atol = 1e-6}) end
  end
  -- What is left out does not matter to training: other dissimilarities there give the same network.
  local other, left_out = target:matrices()[0]:clone(), torch.tensor(fold)
  other[left_out] = 0.5
  other:index_fill_(1, left_out, 0.5)
  other:fill_diagonal_(0)
  test.close(alignment.tune(entry, study, rsa.rdms((other + other.T) / 2), {fold}, opt, 'cpu').rdms, tuned.rdms, {rtol = 1e-9})
  local inside = {}
  for i = 0, 11 do
    if not left_out:eq(i):any():item() then inside[#inside + 1] = i end
  end
  local function agreement(k) return rsa.compare(rsa.rdms(tuned.rdms[{k, 0}]):subset(inside), target:subset(inside), {method = 'pearson'}):item() end
  test.truthy(agreement(4) > agreement(0), 'the loss falls')
end)
