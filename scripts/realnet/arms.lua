-- The conditions: alignment, its controls and its variants, and what each is to predict.
local study = require 'realnet.study'

local arms = {}

local all = {
  {name = 'aligned', label = 'aligned with EEG'},
  {name = 'shuffled', label = 'EEG shuffled', note = 'over all pictures', targets = 'shuffled'},
  {name = 'shuffled_within', label = 'EEG shuffled within categories', targets = 'within'},
  {name = 'category', label = 'category labels', note = 'as the target instead of EEG', targets = 'category'},
  {name = 'read_out', label = 'read-out only', note = 'the trunk is frozen', freeze = 'trunk'},
  {name = 'task', label = 'task only', beta = 0},
  {name = 'across', label = 'all subjects', variant = true, note = 'one network for all, trained on their mean EEG', across = true},
  {name = 'no_mse', label = 'without MSE', variant = true, mse = 0},
  {name = 'no_contrast', label = 'without contrast', variant = true, contrast = 0},
  {name = 'beta_tenth', label = 'beta / 10', variant = true, beta_factor = 0.1},
  {name = 'beta_ten', label = 'beta x 10', variant = true, beta_factor = 10},
}

-- What --controls may name.
arms.names = {'all', 'none'}
for i = 2, #all do arms.names[i + 1] = all[i].name end

-- Alignment first, then the controls named, or all of them.
function arms.chosen(names)
  local wanted, chosen = {aligned = true}, {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, arm in ipairs(all) do
    if wanted.all or wanted[arm.name] then chosen[#chosen + 1] = arm end
  end
  return chosen
end

-- Of a list of conditions' results those that figures show beside one another: without the variants of alignment, whose
-- gains have a figure of their own.
function arms.drawn(list)
  local variant, kept = {}, {}
  for _, arm in ipairs(all) do variant[arm.name] = arm.variant end
  for _, arm in ipairs(list) do
    if not variant[arm.name] then kept[#kept + 1] = arm end
  end
  return kept
end

local function permutation(n, seed) return torch.randperm(n, {generator = torch.Generator():manual_seed(seed)}) end

-- An order in which each group keeps its places.
local function within(groups, seed)
  local members, order = {}, torch.zeros(#groups, {dtype = 'int64'})
  for i, group in ipairs(groups) do
    members[group] = members[group] or {}
    table.insert(members[group], i - 1)
  end
  for _, list in pairs(members) do
    local places = torch.tensor(list)
    order[places] = places[permutation(#list, seed)]
  end
  return order
end

-- Standardised membership of each category: [pictures, categories].
local function codes(categories)
  local hot = nn.functional.one_hot(study.numbered(categories)):float()
  return (hot - hot:mean()) / hot:std()
end

-- What an arm is to predict, [pictures, values], of the recorded eeg [pictures, channels, times].
function arms.targets(arm, eeg, categories, seed)
  local flat = eeg:flatten(1)
  if arm.targets == 'shuffled' then return flat[permutation(#flat, seed)] end
  if arm.targets == 'within' then return flat[within(categories, seed)] end
  if arm.targets == 'category' then return codes(categories) end
  return flat
end

return arms
