-- Does what a network was trained on matter for how much it sees like a brain? One architecture, MobileNetV2, trained on the
-- thousand kinds of things of ImageNet or on birds alone, against the RDMs of 92 objects in human cortex and behaviour; and how
-- sure one may be, depending on what one generalises to.
local networks, layers = require 'rsa92.networks', require 'rsa92.layers'

local run = experiment.start {name = 'rsa92_diet', about = 'MobileNetV2 trained on ImageNet or on birds, against 92 objects in cortex.',
  options = {
    data = {'../shared/data', 'folder with rsa92/rsa92.h5 and the checkpoints in weights/'},
    samples = {2000, 'bootstrap samples'},
  }}
local opt = run.options
local diets = {{'ImageNet', 'coral/mobilenet_v2_1.0_224'}, {'birds', 'coral/mobilenet_v2_1.0_224_inat_bird'}}
run:plan {{'layers', seconds = 15}, {'compare', note = ('%d samples'):format(opt.samples), seconds = 0.01 * opt.samples}}
if run.dry then return end

local study = data.rsa92(run:input(opt.data .. '/rsa92/rsa92.h5'))
local seen = run:step('layers', function()
  local rdms = {}
  for _, diet in ipairs(diets) do
    local entry = networks.find(diet[2], opt.data)
    run:input(opt.data .. '/' .. entry.file)
    rdms[diet[1]] = layers.rdms({entry}, study, run.device, opt.data)
  end
  return rdms
end)

-- Of each network the layer that is most like the mean RDM of all subjects: chosen on what it is tested on, for both alike. So
-- neither similarity is that of a new study, and the intervals do not hold what choosing adds.
local rows = {set = {}, over = {}, difference = {}, low = {}, high = {}, p = {}, layer_imagenet = {}, layer_birds = {}}
local sets = {'Cichy IT', 'human IT', 'behaviour'}
rows = run:step('compare', function()
  for _, set in ipairs(sets) do
    local models, chosen = {}, {}
    for name, of in pairs(seen) do
      local best = rsa.compare(of.rdms, study.rdms[set]:mean()):view(-1):argmax():item()
      models[name], chosen[name] = of.rdms[best], of.layer[best + 1]
    end
    for _, over in ipairs {'both', 'subjects', 'conditions'} do
      local result = rsa.evaluate(models, study.rdms[set], {target = 'mean', over = over, samples = opt.samples, seed = run.seed})
      local d = result:difference('ImageNet', 'birds')
      for name, value in pairs {set = set, over = over, difference = d.estimate, low = d.low, high = d.high, p = d.p,
        layer_imagenet = chosen.ImageNet, layer_birds = chosen.birds} do table.insert(rows[name], value) end
    end
  end
  return rows
end)

local function numbers(list) return torch.tensor(list, {dtype = 'float64'}) end
local estimate, low, high = numbers(rows.difference):view(3, 3), numbers(rows.low):view(3, 3), numbers(rows.high):view(3, 3)
run:save('difference', torch.stack({estimate, low, high}, 2), {dims = {'set', 'over', 'number'},
  labels = {set = sets, over = {'both', 'subjects', 'conditions'}, number = {'estimate', 'low', 'high'}}})
run:figure('difference', plot.bars {values = estimate, errors = {low, high}, groups = sets,
  labels = {'subjects and pictures', 'subjects', 'pictures'}, hline = 0, ylabel = 'Similarity: ImageNet \u{2212} birds',
  legend = 'right', width = 120}, 'Difference of Spearman correlations with the mean RDM; 95 % intervals over what is resampled.')
local text, shown, open = {}, {}, {}
for i, set in ipairs(sets) do
  local function interval(k) return ('[%.3f, %.3f]'):format(low[{i - 1, k}]:item(), high[{i - 1, k}]:item()) end
  text[i] = ('%s: %+.3f, %s over subjects and pictures, %s over subjects alone.'):format(set, estimate[{i - 1, 0}]:item(),
    interval(0), interval(1))
  table.insert(low[{i - 1, 0}]:item() > 0 and shown or open, set)
end
run:finish {headline = ('Over other people and pictures, training on ImageNet rather than birds makes MobileNetV2 more like %s; not shown for %s.')
  :format(#shown > 0 and table.concat(shown, ' and ') or 'none of them', #open > 0 and table.concat(open, ' and ') or 'none of them'),
  text = text, table = frame.new {{'set', rows.set}, {'over', rows.over},
  {'difference', numbers(rows.difference)}, {'low', numbers(rows.low)}, {'high', numbers(rows.high)}, {'p', numbers(rows.p)},
  {'layer_imagenet', rows.layer_imagenet}, {'layer_birds', rows.layer_birds}}}
