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

-- Human against human: kappa for every pair of observers and condition on the trials both saw, averaged over
-- pairs, then conditions. trials: columns subj, condition, category, object_response, imagename (data.trials reads them).
function agreement.ceiling(trials, options)
  local o = read_options('error_consistency_ceiling', options, {exclude = {}})
  local excluded = {}
  for _, condition in ipairs(o.exclude) do excluded[tostring(condition)] = true end
  for _, name in ipairs {'subj', 'condition', 'category', 'object_response', 'imagename'} do
    if not trials[name] then error(("error_consistency_ceiling: trials have no column '%s'"):format(name), 0) end
  end
  local right, subjects, conditions = {}, {}, {}  -- right[condition][subject][trial] = 0 or 1
  for i, subject in ipairs(trials.subj) do
    local condition = trials.condition[i]
    if not excluded[condition] then
      if not right[condition] then right[condition], conditions[#conditions + 1] = {}, condition end
      if not subjects[subject] then subjects[subject], subjects[#subjects + 1] = true, subject end
      local of = right[condition][subject] or {}
      right[condition][subject] = of
      local correct = trials.object_response[i] == trials.category[i]
      of[trials.category[i] .. '\0' .. image_of(trials.imagename[i])] = correct and 1 or 0
    end
  end
  if #subjects < 2 then
    error(('error_consistency_ceiling: expected at least 2 observers, got %d'):format(#subjects), 0)
  end
  table.sort(conditions)
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

return agreement
