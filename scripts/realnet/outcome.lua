-- The numbers of the study, from what was kept of each subject and condition.
local areas, generation = require 'realnet.areas', require 'realnet.generation'
local inference, similarity = require 'realnet.inference', require 'realnet.similarity'

local function stacked(list) return torch.stack(list) end

-- kept: condition -> list by subject of what alignment.subject gives; eeg: list of [times, pairs]; before [areas, pairs].
-- recorded: list by subject of {test EEG [pictures, channels, times], its ceiling}; times: {shown, place, window}.
return function(kept, eeg, recorded, before, chosen, things, times, how)
  local out = {arms = {}, times = times.shown, areas = how.areas, n = #things.first.test.files}
  local subjects, control = #eeg, rsa.categorical(things.categories.test):vectors()
  local shown, base = {}, {}
  for s = 1, subjects do
    shown[s] = eeg[s]:index_select(0, times.place)
    base[s] = before:unsqueeze(0)
  end
  local window = stacked(shown):index_select(1, times.window):mean(1)  -- [subjects, pairs]
  local function agreement(rdms, partial)
    local all = {}
    for s = 1, subjects do all[s] = similarity.agreement(rdms[s], shown[s], partial) end
    return stacked(all)
  end
  out.base = {name = 'base', label = 'before', similarity = agreement(base), beyond = agreement(base, control)}
  local conditions = {base}
  for i, arm in ipairs(chosen) do
    local rdms = {}
    for s = 1, subjects do rdms[s] = kept[arm.name][s].rdms end
    conditions[i + 1] = rdms
  end
  local gain = inference.gains(conditions, window, out.n, how)
  for i, arm in ipairs(chosen) do
    local rdms, right = conditions[i + 1], {}
    for s = 1, subjects do right[s] = kept[arm.name][s].right end
    out.arms[i] = {name = arm.name, label = arm.label, note = arm.note, rdms = rdms, similarity = agreement(rdms),
      right = stacked(right), accuracy = inference.share(stacked(right), how), beyond = agreement(rdms, control),
      over_base = gain(i + 1, 1), below_aligned = i > 1 and gain(2, i + 1) or nil}
  end
  local aligned = out.arms[1]
  out.histories = kept.aligned
  out.clusters = {clusters = {}}  -- one subject has no ceiling, and no test across subjects
  if subjects > 1 then
    out.clusters = stats.cluster_permutation(aligned.similarity, out.base.similarity, {seed = how.seed})
    out.published = stats.cluster_permutation(aligned.similarity, out.base.similarity, {variant = 'neurora', seed = how.seed})
    out.beyond = stats.ttest((aligned.beyond - out.base.beyond):index_select(2, times.window):mean({1, 2}))
  end
  local lower, upper = {}, {}
  for t = 0, #times.place - 1 do
    local low, high = 0 / 0, 0 / 0
    if subjects > 1 then low, high = rsa.noise_ceiling(stacked(shown):select(1, t)) end
    lower[t + 1], upper[t + 1] = low, high
  end
  out.ceiling = {torch.tensor(lower, {dtype = 'float64'}), torch.tensor(upper, {dtype = 'float64'})}
  local r, best = {}, {}
  for s, each in ipairs(recorded) do
    r[s], best[s] = generation.correlation(kept.aligned[s].prediction:view(each.eeg.shape), each.eeg), each.ceiling
  end
  out.generation, out.split_half = stacked(r), stacked(best)
  out.waves = {recorded = recorded[1].eeg, predicted = kept.aligned[1].prediction:view(recorded[1].eeg.shape), r = r[1]}
  if subjects > 1 then
    out.personal, out.personal_test = inference.personal(aligned.rdms, window)
    out.latency = areas.latency(out.base, aligned, times.shown, how)
    out.improvement = areas.improvement(out.base, aligned, times.window, how)
    out.variability, out.slope = areas.variability(areas.distances(aligned.rdms), how)
  end
  out.eeg, out.before, out.after = window:mean(0), before, aligned.rdms[1][0]
  return out
end
