-- Behaviour on distorted pictures (Geirhos et al., 2021): do networks and people err on the same ones, and do networks go
-- by shape or by texture where these conflict?
local alignment, inference, study = require 'realnet.alignment', require 'realnet.inference', require 'realnet.study'

local behaviour = {report = require('realnet.behaviour_report').consistency}

-- A measure: network -> what it decides, places in `names` of the 16 categories, int64 [pictures of all sets].
function behaviour.open(run, data_, how)
  local root = run.options.behaviour
  if root == '' or root == 'none' then return nil end
  local classes = data_.logits.test:size(1)
  if classes ~= 1000 then error(('--behaviour: expected a network of the 1000 classes of ImageNet, this one names %d'):format(classes), 0) end
  local sets, place = data.model_vs_human(run:input(root)), {}
  local _, _, names = models.decide(torch.zeros(1, 1000))
  for i, name in ipairs(names) do place[name] = i - 1 end
  for _, set in ipairs(sets) do
    set.column = study.column(set.files, run.options.backbone, how.input[2])
    set.ceiling = stats.error_consistency_ceiling(set.trials, {exclude = set.exclude})
    set.truth = {}
    for i, category in ipairs(set.decided.category) do
      set.truth[i] = place[category] or error(("%s: '%s' is none of the 16 categories"):format(set.files[i], category), 0)
    end
    set.truth = torch.tensor(set.truth)
  end
  return {sets = sets, names = names, of = function(net)
    local parts = {}
    for s, set in ipairs(sets) do
      local _, p = models.decide(alignment.logits(net, set.column, how.device))
      parts[s] = p:argmax(1)
    end
    return torch.cat(parts)
  end}
end

-- Share of shape in the decisions [networks, pictures]: [networks].
local function shape_bias(said, set, names)
  local trials = {subj = {}, category = {}, object_response = {}, imagename = {}}
  for s, places in ipairs(said:tolist()) do
    for i, place in ipairs(places) do
      table.insert(trials.subj, s)
      table.insert(trials.category, set.decided.category[i])
      table.insert(trials.object_response, names[place + 1])
      table.insert(trials.imagename, set.decided.imagename[i])
    end
  end
  return (stats.shape_bias(trials))
end

-- Of networks' decisions [networks, seeds, pictures]: error consistency with people and accuracy, [networks, sets] each,
-- seeds averaged; and shape bias [networks] where there is a set cue-conflict.
local function scored(values, measure)
  local shape, first, out = {values:size(0), values:size(1)}, 0, {consistency = {}, accuracy = {}}
  local flat = values:flatten(0, 1)
  for k, set in ipairs(measure.sets) do
    local said = flat:narrow(1, first, #set.files)
    local right = said:eq(set.truth):double()
    local raw = stats.error_consistency_score(right, set.decided, set.trials, {exclude = set.exclude})
    out.consistency[k], out.accuracy[k] = raw:view(shape):mean(1), right:mean(1):view(shape):mean(1)
    if set.name == 'cue-conflict' then out.shape_bias = shape_bias(said, set, measure.names):view(shape):mean(1) end
    first = first + #set.files
  end
  out.consistency, out.accuracy = torch.stack(out.consistency, 1), torch.stack(out.accuracy, 1)
  return out
end

-- share [networks]: of the ceiling, mean over sets. gain over the network before and lead of the aligned ones are in these
-- shares, intervals over resampled networks and sets.
function behaviour.outcome(base, arms, how, measure)
  local out = {base = scored(base.values, measure), arms = {}, sets = {}, ceiling = {}}
  for k, set in ipairs(measure.sets) do
    out.sets[k], out.ceiling[k] = set.name, set.ceiling
    if set.name == 'cue-conflict' then out.human_shape_bias = stats.shape_bias(set.trials) end
  end
  out.ceiling = torch.tensor(out.ceiling, {dtype = 'float64'})
  out.base.share = (out.base.consistency / out.ceiling):mean(1)
  local function more(a, b)
    local result = stats.bootstrap((a.consistency - b.consistency) / out.ceiling, {second = 1, samples = how.samples, seed = how.seed})
    return inference.interval(torch.tensor(result.estimate, {dtype = 'float64'}), result.draws)
  end
  for a, arm in ipairs(arms) do
    local found = scored(arm.values, measure)
    found.name, found.label, found.share = arm.name, arm.label, (found.consistency / out.ceiling):mean(1)
    found.gain, found.lead = more(found, out.base), a > 1 and more(out.arms[1], found) or nil
    out.arms[a] = found
  end
  return out
end

return behaviour
