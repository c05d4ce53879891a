-- rsa.permutation: similarity of RDMs against conditions whose labels are dealt out anew.
local native = require 'brain.rsa.native'
local draw = require('brain.stats.native').permutation
local read_options = require 'brain.options'
local named = require 'brain.rsa.named'
local rdms = require 'brain.rsa.rdms'
local similarity = require 'brain.rsa.similarity'

return function(models, data, options)
  local o = read_options('permutation', options, {method = 'spearman', permute = 'conditions', permutations = 1000,
    tail = 'greater', seed = 0})
  if o.permute == 'cells' then
    error("permutation: permute: the cells of an RDM are not independent (each condition is in n - 1 of them), and to permute them "
      .. "finds too much: permute = 'conditions'", 0)
  end
  if o.permute ~= 'conditions' then
    error(("permutation: permute: expected conditions, got '%s'"):format(tostring(o.permute)), 0)
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
  local function mean(candidates) return similarity.compare(candidates, data.condensed, o.method):mean(1) end
  local observed, rows = mean(all), {}
  for k = 1, o.permutations do
    rows[k] = torch.scope(function() return mean(native.subset(all, draw(o.seed, k, n):tolist())) end)
  end
  local null = torch.stack(rows)
  local function size(x) return o.tail == 'two' and x:abs() or x end
  local function p_of(reference) return (size(reference):ge(size(observed)):sum(0):double() + 1) / (o.permutations + 1) end
  return {observed = observed, p = p_of(null), p_corrected = p_of(size(null):amax(1):unsqueeze(1)), null = null, names = names,
    permutations = o.permutations}
end
