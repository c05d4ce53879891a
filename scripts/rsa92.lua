-- Do networks that were trained on photographs see 92 objects as human and monkey cortex do, layer by layer, beyond pixels,
-- outlines and categories? And does tuning one to some people's cortex bring it closer to other people's, to other data
-- and to another species, for kinds of objects that it was not tuned on?
local networks, layers = require 'rsa92.networks', require 'rsa92.layers'
local alignment, report = require 'rsa92.alignment', require 'rsa92.report'

local run = experiment.start {name = 'rsa92', about = 'Trained networks compared with human and monkey cortex, and aligned with it.',
  options = {
    data = {'../shared/data', 'folder with rsa92/rsa92.h5 and the checkpoints in weights/ and weights_pypi/'},
    networks = {{'all'}, 'networks to compare, by their names in brainlua models; all: those whose checkpoints are there'},
    align = {'coral/mobilenet_v2_1.0_224', 'the network that is aligned; none'},
    set = {'Cichy IT', 'the measurements it is aligned with'},
    steps = {10, 'steps of alignment'},
    rate = {1e-4, 'their size (Adam)'},
    folds = {3, 'parts of the random split of pictures'},
    samples = {300, 'bootstrap samples of subjects and pictures'},
  }}
local opt = run.options
local chosen = networks.chosen(opt.networks, opt.data)
run:plan(report.plan(opt, chosen))
if run.dry then return end

-- 92 pictures with RDMs by subject, and RDMs of what pictures share besides: pixels, outlines, categories, animacy.
local study = data.rsa92(run:input(opt.data .. '/rsa92/rsa92.h5'))
local confounds = study:confounds()
for _, entry in ipairs(chosen) do run:input(opt.data .. '/' .. entry.file) end

-- RDMs (1 - Pearson) of every layer, and how they agree with each set of measurements (Spearman).
local seen = run:step('layers', function() return layers.rdms(chosen, study, run.device, opt.data) end)
local compared = run:step('compare', function() return layers.compare(seen, study, confounds, opt) end)

-- The last layers of one network learn the mean RDM of half of the subjects, or that of the categories alone; both are
-- tested on the other subjects and other data, on pictures of which nothing was learned.
local aligned
if opt.align ~= 'none' then
  local entry, half = networks.find(opt.align, opt.data), alignment.halves(study, opt.set, run.seed)
  local targets = {{'brain', half.learn:mean()}, {'categories', alignment.of_categories(confounds)}}
  run:input(opt.data .. '/' .. entry.file)
  local alone = run:step('layers/' .. entry.name, function() return layers.rdms({entry}, study, run.device, opt.data) end)
  aligned = {entry = entry, sets = alignment.sets(study, opt.set, half), best = alignment.best_layer(alone, half), splits = {}}
  for i, split in ipairs(alignment.splits(study, opt.folds, run.seed)) do
    split.tuned = {}
    for _, target in ipairs(targets) do
      split.tuned[target[1]] = run:step(('align/%s/%s'):format(split.name, target[1]), function()
        return alignment.tune(entry, study, target[2], split.folds, opt, run.device)
      end)
    end
    split.outcome = run:step('outcome/' .. split.name, function()
      return alignment.outcome(split.tuned, split.folds, aligned.best, aligned.sets, confounds, opt)
    end)
    aligned.splits[i] = split
  end
end

report.save(run, seen, compared, aligned)
report.figures(run, study, seen, compared, aligned, opt)
run:finish(report.words(seen, compared, aligned, opt))
