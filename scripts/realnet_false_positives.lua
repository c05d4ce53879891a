-- How often do the tests of the main study find what is not there? The networks of a finished run are compared with EEG
-- that holds nothing but noise, study after study: expected are 5 % with a significant cluster and 2.5 % with an interval
-- above zero.
local inference, similarity, study = require 'realnet.inference', require 'realnet.similarity', require 'realnet.study'
local simulator = require 'brain.data.simulator'

local run = experiment.start {name = 'realnet_false_positives', about = 'The tests of realnet.lua on EEG without any response.',
  options = {
    networks = experiment.optional('path', 'folder of a finished run of realnet.lua'),
    studies = {200, 'how many studies to simulate'},
    samples = {200, 'bootstrap samples'},
  }}
local opt = run.options
if not opt.networks then error('--networks: expected the folder of a finished run of realnet.lua', 0) end
local results = file.load(opt.networks .. '/results.h5')
local base, aligned = results.rdms.base, results.rdms.aligned  -- [areas, pairs], [subjects, seeds, areas, pairs]
local n = math.floor((1 + math.sqrt(1 + 8 * base:size(-1))) / 2 + 0.5)
run:plan {{'studies', note = ('%d of %d subjects and %d pictures'):format(opt.studies, #aligned, n), seconds = opt.studies * 2}}
if run.dry then return end

-- 1 - Pearson RDMs [times, pairs] of one trial of noise for each picture.
local times
local function noise(subject, seed)
  local trials = simulator.subject(seed, subject, 0.0, 1.0, 0.0):trials(torch.zeros(n, 17, 100), 1, seed)
  times = times or study.times((torch.arange(100, {dtype = 'float64'}) - 20) / 100)
  return rsa.rdm(trials:squeeze(1):index_select(2, times.place):permute {2, 0, 1}):vectors()
end

local networks, before = {}, {}
for s = 1, #aligned do networks[s], before[s] = aligned[s - 1], base:unsqueeze(0) end
local jobs = {}
for k = 1, opt.studies do
  jobs[k] = {('study-%04d'):format(k), function()
    local seed, similar, plain, window = run.seed * 100003 + k, {}, {}, {}
    for s = 1, #networks do
      local eeg = noise(s, seed)
      similar[s], plain[s] = similarity.agreement(networks[s], eeg), similarity.agreement(before[s], eeg)
      window[s] = eeg:index_select(0, times.window):mean(0)
    end
    local tested = stats.cluster_permutation(torch.stack(similar), torch.stack(plain), {seed = seed})
    local significant = false
    for _, cluster in ipairs(tested.clusters) do significant = significant or cluster.significant end
    local gain = inference.gains({networks, before}, torch.stack(window), n, {samples = opt.samples, seed = seed})(1, 2)
    return {cluster = significant, above = gain.low > 0, below = gain.high < 0}
  end}
end
local found = run:steps(jobs)

local rates = {}
for _, name in ipairs {'cluster', 'above', 'below'} do
  local hits = {}
  for k, each in ipairs(found) do hits[k] = each[name] and 1 or 0 end
  run:save(name, torch.tensor(hits))
  rates[name] = ('%.3f'):format(torch.tensor(hits):double():mean():item())
end
run:finish {headline = ('of %d studies a share of %s has a significant cluster, of %s an interval above zero, of %s one below'):format(
  opt.studies, rates.cluster, rates.above, rates.below), text = {'Nominal are .05 for clusters and .025 for each side of the interval.'}}
