-- ReAlnet (Lu, Wang and Golomb, Communications Biology 2026): a network that recognises objects also learns to predict a
-- person's EEG. Does it become more like the brain on pictures that it has not seen, and more so than its controls?
local known, arms, study = require 'realnet.presets', require 'realnet.arms', require 'realnet.study'
local alignment, similarity = require 'realnet.alignment', require 'realnet.similarity'
local trunk, trainings = require 'realnet.trunk', require 'realnet.trainings'
local generation, outcome, report = require 'realnet.generation', require 'realnet.outcome', require 'realnet.report'
local measures = require 'realnet.measures'

local run = experiment.start {name = 'realnet', about = 'A network aligned with human EEG, compared with brains and controls.',
  options = {
    data = {'demo', 'a THINGS-EEG2 folder, or demo: a simulation'},
    subjects = {0, 'how many subjects; 0: all'},
    backbone = {'timm/tf_efficientnet_lite0', 'the network, by its name in brainlua models'},
    weights = {'auto', 'its checkpoint; auto: from the usual caches; none: untrained; categories: trained by the run to name the training categories'},
    width = {1.0, 'share of the channels of a cornet_s'},
    areas = {{}, 'four layers for V1, V2, V4 and IT; by default those of the backbone'},
    preset = {'demo', 'how it is trained', {'paper', 'notebook', 'script', 'demo'}},
    controls = {{'shuffled', 'category'}, 'control conditions', arms.names},
    seeds = {1, 'trainings per subject and condition'},
    rdm = {'svm', 'EEG dissimilarity', {'svm', 'lda', 'correlation', 'crossnobis'}},
    selection = {'validation', 'the epoch is chosen on held-out training concepts, or as published on the test set', {'validation', 'test'}},
    samples = {1000, 'bootstrap samples'},
    fmri = {'demo', 'a folder with fMRI of Shen et al. and its pictures; demo: simulated where the EEG is; none'},
    behaviour = {'none', 'a folder with pictures and trials of model-vs-human'},
    objectome = {'demo', 'a folder with images and trials of Rajalingham et al.; demo: simulated where the EEG is; none'},
    attacks = {{0.1, 0.3, 1}, 'largest changes of a pixel by an adversary, in 1/255; 0: none'},
    attack_steps = {0, 'steps of a second adversary, PGD; 0: FGSM alone'},
    size = {0, 'side of the pictures in pixels; 0: 224 as published, 48 in the demo'},
    concepts = {400, 'demo: training concepts'},
    pictures = {4, 'demo: pictures of each'},
    signal = {0.7, 'demo: strength of the EEG; 0: nothing to find'},
  }}
local opt, preset = run.options, known.presets[run.options.preset]
local size = opt.size > 0 and opt.size or opt.data == 'demo' and 48 or 224
local how = {areas = known.areas_of(opt), input = {3, size, size}, device = run.device, transform = models.transform(opt.backbone),
  seed = run.seed, seeds = opt.seeds, rdm = opt.rdm, samples = opt.samples, selection = opt.selection, carried = {}}
local chosen = arms.chosen(opt.controls)
run:plan(report.plan(opt, preset, chosen, size))
if run.dry then return end

-- Pictures and EEG. What the network says of each picture before alignment stays its task.
local things = study.open(run, size)
local pictures = {images = {}, logits = {}, categories = things.categories}
for _, part in ipairs {'train', 'test'} do pictures.images[part] = study.column(things.first[part].files, opt.backbone, size) end
local base, note = trunk(run, pictures.images.train, things)
pictures.base, pictures.things = base, things
for _, part in ipairs {'train', 'test'} do
  pictures.logits[part] = alignment.logits(base:to(run.device), pictures.images[part], run.device)
end
local before = similarity.areas(base, pictures.images.test, how.areas, run.device)
how.measures = measures.open(run, pictures, how)
local measured = measures.of(how.measures, base)

-- The EEG: dissimilarities of the test pictures over time, and the responses of 0 to 200 ms, which networks learn to predict.
local records, eeg, recorded, all_times = {}, {}, {}, nil
for s, subject in ipairs(things.subjects) do
  local record = things.read(subject, {trials = true, trials_window = {-0.12, 0.52}})
  all_times = record.test.times
  local within = all_times:ge(-1e-9):logical_and(all_times:lt(0.2 - 1e-9))
  recorded[s] = {eeg = record.test.eeg, ceiling = generation.ceiling(record.test.trials:index_select(3, within:nonzero():view(-1)))}
  eeg[s] = run:step(('sub-%02d/eeg'):format(subject), function() return similarity.eeg(record.test.trials, how) end)
  record.test.trials, records[s] = nil, record
end

-- One network per subject and condition.
local kept = trainings(run, base, chosen, records, pictures, preset, how)

-- Agreement of the areas with the EEG from -100 to 490 ms, what may be concluded of it, and the report.
local out = outcome(kept, eeg, recorded, before, chosen, things, study.times(all_times), how)
report.save(run, out)
report.figures(run, out, things)
local words = measures.report(run, how.measures, measured, kept, chosen, how)
if note then table.insert(words, 1, note) end
run:finish(report.words(out, opt, words))
