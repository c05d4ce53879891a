-- rsa.permutation: similarity of RDMs against conditions whose labels are dealt out anew.
local native = require 'brain.rsa.native'
local draw = require('brain.stats.native').permutation
local read_options = require 'brain.options'
local named = require 'brain.rsa.named'
local rdms = require 'brain.rsa.rdms'
local similarity = require 'brain.rsa.similarity'

-- Conditions in sets that the same rows have: lists of 0-based numbers.
local function seen_alike(data)
  local sets, of = {}, {}
  for condition, rows in ipairs(rdms.seen(data).T:long():tolist()) do
    local key = table.concat(rows, ' ')
    if not of[key] then of[key], sets[#sets + 1] = {}, key end
    table.insert(of[key], condition - 1)
  end
  local most = 0
  for i, key in ipairs(sets) do
    sets[i] = of[key]
    most = math.max(most, #of[key])
  end
  if most < 4 then
    error("permutation: permute = 'seen': expected at least 4 conditions that the same subjects have, to be dealt out anew among "
      .. ('them, got %d'):format(most), 0)
  end
  return sets
end

return function(models, data, options)
  local o = read_options('permutation', options, {method = 'spearman', permute = 'conditions', permutations = 1000,
    tail = 'greater', seed = 0})
  if o.permute == 'cells' then
    error("permutation: permute: the cells of an RDM are not independent (each condition is in n - 1 of them), and to permute them "
      .. "finds too much: permute = 'conditions'", 0)
  end
  if o.permute ~= 'conditions' and o.permute ~= 'seen' then
    error(("permutation: permute: expected conditions or seen, got '%s'"):format(tostring(o.permute)), 0)
  end
  if o.tail ~= 'greater' and o.tail ~= 'two' then
    error(("permutation: tail: expected greater or two, got '%s'"):format(tostring(o.tail)), 0)
  end
  read_options.at_least_one('permutation', 'permutations', o.permutations)
  data = rdms.of(data, 'permutation: rdms')
  local names, list = named(models, data, 'permutation')
  local parts = {}
  for i, one in ipairs(list) do
    if #one ~= 1 then error(("permutation: models: '%s': expected one RDM, got %d"):format(names[i], #one), 0) end
    parts[i] = one.condensed
  end
  local all = torch.cat(parts, 0)
  local n = data.n
  if n < 4 then error(('permutation: expected at least 4 conditions, got %d: fewer can hardly be dealt out anew'):format(n), 0) end
  local sets = rdms.pairs_differ(data) and rdms.by_pairs(data)
  local function mean(candidates)
    if not sets then return similarity.compare(candidates, data.condensed, o.method):mean(1) end
    local each = {}
    for i, set in ipairs(sets) do each[i] = similarity.compare(candidates, set, o.method) end
    return torch.cat(each, 1):nanmean(1)
  end
  local observed, rows = mean(all), {}
  for i, name in ipairs(names) do
    if observed[i - 1]:isnan():item() then
      error(("permutation: models: '%s': its similarity is not defined: too few pairs, or it or the data do not vary over them")
        :format(name), 0)
    end
  end
  local alike = o.permute == 'seen' and seen_alike(data)
  -- Labels change places among all conditions, or within each set that the same subjects have.
  local function dealt(k)
    local order = draw(o.seed, k, n):tolist()
    if not alike then return order end
    local at, result = {}, {}
    for place, condition in ipairs(order) do at[condition] = place end
    for _, set in ipairs(alike) do
      local moved = table.move(set, 1, #set, 1, {})
      table.sort(moved, function(a, b) return at[a] < at[b] end)
      for i, condition in ipairs(set) do result[condition + 1] = moved[i] end
    end
    return result
  end
  for k = 1, o.permutations do
    rows[k] = torch.scope(function() return mean(native.subset(all, dealt(k))) end)
  end
  local null = torch.stack(rows):nan_to_num(math.huge)  -- what is not defined counts against the model
  local function size(x) return o.tail == 'two' and x:abs() or x end
  local function p_of(reference) return (size(reference):ge(size(observed)):sum(0):double() + 1) / (o.permutations + 1) end
  return {observed = observed, p = p_of(null), p_corrected = p_of(size(null):amax(1):unsqueeze(1)), null = null, names = names,
    permutations = o.permutations}
end
