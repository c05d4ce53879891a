-- Do two observers err on the same trials? Geirhos, Meding and Wichmann, "Beyond accuracy: quantifying trial-by-trial
-- behaviour of CNNs and humans by measuring error consistency", NeurIPS 2020.
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'

local agreement = {}

local function correctness(x, name)
  if type(x) == 'table' and not is_tensor(x) then
    local list = {}
    for i, value in ipairs(x) do list[i] = type(value) == 'boolean' and (value and 1 or 0) or value end
    x = torch.tensor(list, {dtype = 'float64'})
  end
  if not is_tensor(x) then
    error(('error_consistency: %s: expected a Tensor or list of right (1) and wrong (0), got %s'):format(name,
      type(x)), 0)
  end
  x = x:double()
  if not (x:eq(0) | x:eq(1)):all():item() then
    error(('error_consistency: %s: expected right (1) and wrong (0) for each trial'):format(name), 0)
  end
  return x
end

-- Cohen's kappa of being right: (observed - expected) / (1 - expected), where expected = p q + (1 - p) (1 - q) for
-- accuracies p, q. a, b [trials] -> a number; a [k, trials], b [m, trials] -> [k, m].
function agreement.error_consistency(a, b)
  a = correctness(a, 'a')
  b = b == nil and a or correctness(b, 'b')
  local x, y = a.ndim == 1 and a:unsqueeze(0) or a, b.ndim == 1 and b:unsqueeze(0) or b
  if x.ndim ~= 2 or y.ndim ~= 2 or x.shape[2] ~= y.shape[2] or x.shape[2] == 0 then
    error(('error_consistency: expected the same trials, got %s and %s'):format(tostring(a.shape),
      tostring(b.shape)), 0)
  end
  local trials = x.shape[2]
  local observed = (x:matmul(y.T) + (1 - x):matmul((1 - y).T)) / trials
  local p, q = x:mean(1):unsqueeze(1), y:mean(1):unsqueeze(0)
  local expected = p * q + (1 - p) * (1 - q)
  local kappa = (observed - expected) / (1 - expected)
  if a.ndim == 1 and b.ndim == 1 then return kappa:item() end
  return kappa
end

-- What follows the number of the trial and the tags of experiment and session in an image's name
-- (0001_ske_s01_0_boat_00_boat-0068): the trials of two observers are matched by category and image.
local function image_of(name) return name:match '^[^_]*_[^_]*_[^_]*_(.*)$' or name end

-- The trials of data.trials by condition and observer: right[condition][observer][image] = 0 or 1, the observers in the
-- order of their appearance, the conditions in alphabetical order without those excluded.
local function by_condition(owner, trials, exclude)
  local excluded = {}
  for _, condition in ipairs(exclude) do excluded[tostring(condition)] = true end
  for _, name in ipairs {'subj', 'condition', 'category', 'object_response', 'imagename'} do
    if not trials[name] then error(("%s: trials have no column '%s'"):format(owner, name), 0) end
  end
  local right, subjects, conditions = {}, {}, {}
  for i, subject in ipairs(trials.subj) do
    local condition = trials.condition[i]
    if not excluded[condition] then
      if not right[condition] then right[condition], conditions[#conditions + 1] = {}, condition end
      if not subjects[subject] then subjects[subject], subjects[#subjects + 1] = true, subject end
      local of = right[condition][subject] or {}
      right[condition][subject] = of
      of[trials.category[i] .. '\0' .. image_of(trials.imagename[i])] = trials.object_response[i] == trials.category[i] and 1 or 0
    end
  end
  table.sort(conditions)
  return right, subjects, conditions
end

-- Human against human: kappa for every pair of observers and condition on the trials both saw, averaged over
-- pairs, then conditions. trials: columns subj, condition, category, object_response, imagename (data.trials reads them).
function agreement.ceiling(trials, options)
  local o = read_options('error_consistency_ceiling', options, {exclude = {}})
  local right, subjects, conditions = by_condition('error_consistency_ceiling', trials, o.exclude)
  if #subjects < 2 then
    error(('error_consistency_ceiling: expected at least 2 observers, got %d'):format(#subjects), 0)
  end
  local sum = 0
  for _, condition in ipairs(conditions) do
    local total, pairs_seen = 0, 0
    for i = 1, #subjects do
      for j = i + 1, #subjects do
        local a, b, both = {}, {}, right[condition][subjects[j]] or {}
        for trial, value in pairs(right[condition][subjects[i]] or {}) do
          if both[trial] then a[#a + 1], b[#b + 1] = value, both[trial] end
        end
        if #a > 0 then
          total, pairs_seen = total + agreement.error_consistency(a, b), pairs_seen + 1
        end
      end
    end
    sum = sum + total / pairs_seen
  end
  return math.abs(sum / #conditions), {subjects = #subjects, conditions = conditions}
end

-- Models against humans, as Brain-Score does: kappa of each model with every observer and condition on the pictures that
-- the observer saw, averaged over conditions, then observers. right: [models, pictures] or [pictures], 1 where the decision
-- was the picture's category; decided: a table with the columns category and imagename, a row per picture.
function agreement.score(right, decided, trials, options)
  local owner = 'error_consistency_score'
  local o = read_options(owner, options, {exclude = {}})
  right = correctness(right, 'right')
  local models = right.ndim == 1 and right:unsqueeze(0) or right
  if type(decided) ~= 'table' or type(decided.imagename) ~= 'table' or type(decided.category) ~= 'table' then
    error(owner .. ': decided: expected a table of the lists category and imagename', 0)
  end
  if models.ndim ~= 2 or #decided.imagename ~= models.shape[2] then
    error(('%s: right: expected [models, %d] for the pictures named, got %s'):format(owner, #decided.imagename, right.shape), 0)
  end
  local place = {}
  for i, name in ipairs(decided.imagename) do place[decided.category[i] .. '\0' .. image_of(name)] = i - 1 end
  local of, subjects, conditions = by_condition(owner, trials, o.exclude)
  local sum, observers, missing = torch.zeros({#models}, {dtype = 'float64'}), 0, 0
  for _, subject in ipairs(subjects) do
    local total, seen = 0, 0
    for _, condition in ipairs(conditions) do
      local places, human = {}, {}
      for trial, value in pairs(of[condition][subject] or {}) do
        if place[trial] then places[#places + 1], human[#human + 1] = place[trial], value else missing = missing + 1 end
      end
      if #places > 0 then
        local kappa = agreement.error_consistency(models:index_select(1, torch.tensor(places)), torch.tensor(human):unsqueeze(0))
        total, seen = total + kappa:select(1, 0), seen + 1
      end
    end
    if seen > 0 then sum, observers = sum + total / seen, observers + 1 end
  end
  if observers == 0 then error(owner .. ': none of the pictures named is one that an observer saw', 0) end
  local raw = (sum / observers):abs()
  if right.ndim == 1 then raw = raw[0]:item() end
  return raw, {subjects = observers, conditions = conditions, missing = missing}
end

-- Decisions on pictures whose shape and texture are of different categories (cue conflict; Geirhos et al., ICLR 2019): the
-- share of shape among decisions that are one of both, for each observer in order of appearance. The texture's category
-- ends the picture's name, "..._bird2-clock3.png"; pictures in which both are the same are left out.
function agreement.shape_bias(trials)
  local counts, order = {}, {}
  for i, subject in ipairs(trials.subj) do
    local texture, shape, answer = trials.imagename[i]:match '%-(%a+)%d*%.?%a*$', trials.category[i], trials.object_response[i]
    if not texture then
      error(("shape_bias: expected names of pictures such as 'bird2-clock3.png', found '%s'"):format(trials.imagename[i]), 0)
    end
    if not counts[subject] then counts[subject], order[#order + 1] = {shape = 0, both = 0}, subject end
    if texture ~= shape and (answer == shape or answer == texture) then
      local of = counts[subject]
      of.shape, of.both = of.shape + (answer == shape and 1 or 0), of.both + 1
    end
  end
  local bias = {}
  for s, subject in ipairs(order) do bias[s] = counts[subject].shape / counts[subject].both end
  return torch.tensor(bias, {dtype = 'float64'}), order
end

return agreement
