-- rsa.discriminate: the conditions on which models disagree most, to be shown in an experiment.
local is_tensor = require('brain.native').is_tensor
local draw = require('brain.stats.native').permutation
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'
local similarity = require 'brain.rsa.similarity'
local distance = require 'brain.rsa.distance'

local random_choices = 200

-- Names in order, and the RDM of each.
local function model_list(models, pool, o)
  if type(models) ~= 'table' or getmetatable(models) then
    error('discriminate: models: expected a table name -> RDMs, a network or a function of the pool', 0)
  end
  local names, list = {}, {}
  for name in pairs(models) do names[#names + 1] = tostring(name) end
  table.sort(names)
  if #names < 2 then error(('discriminate: models: expected at least 2, got %d'):format(#names), 0) end
  for i, name in ipairs(names) do
    local given, owner = models[name], ("discriminate: models: '%s'"):format(name)
    local callable = type(given) == 'function'
      or not is_tensor(given) and (getmetatable(given) or {}).__call ~= nil
    if callable then
      if pool == nil then error(owner .. ': expected a pool for the network or function to take', 0) end
      local features = torch.no_grad(function() return given(pool) end)
      if not is_tensor(features) or features.ndim < 2 then
        error(('%s: expected features [pictures, ...], got %s'):format(owner,
          is_tensor(features) and tostring(features.shape) or type(features)), 0)
      end
      given = distance.rdm(features:flatten(1), {distance = o.distance})
    end
    list[i] = rdms.of(given, owner)
    if #list[i] ~= 1 then error(('%s: expected one RDM, got %d'):format(owner, #list[i]), 0) end
    if i > 1 then list[i] = rdms.aligned(list[1], list[i], 'discriminate') end
  end
  return names, list
end

-- Mean correlation between models from sums over pairs of conditions: s[k] of x_k, q[k][l] of x_k x_l; Tensors of one
-- shape, or numbers in Tensors.
local function agreement(s, q, count, models)
  local total, pairs_of_models = 0, models * (models - 1) / 2
  local spread = {}
  for k = 1, models do spread[k] = (q[k][k] - s[k]:square() / count):clamp{min = 1e-12} end
  for k = 1, models do
    for l = k + 1, models do
      total = total + (q[k][l] - s[k] * s[l] / count) / (spread[k] * spread[l]):sqrt()
    end
  end
  return total / pairs_of_models
end

-- Exchanges members of `chosen` (a list of n places) until none lowers the agreement. x: list of [N, N] standardised
-- dissimilarities, 0 on the diagonal; products: x_k x_l.
local function exchange(x, products, chosen, pool)
  local models, n = #x, #chosen
  local inside, best = torch.zeros({pool}, {dtype = 'bool'}), nil
  local count = n * (n - 1) / 2
  inside:index_fill_(0, torch.tensor(chosen, {dtype = 'int64'}), true)
  while true do
    local value, out, into = torch.scope(function()
      local members, others = inside:nonzero():squeeze(1), inside:logical_not():nonzero():squeeze(1)
      -- The sum over pairs of the chosen, and what it becomes when a member (row) gives way to another (column).
      local function sums(matrix)
        local rows = matrix:index_select(0, members)
        local to = rows:sum(0)
        local now = to:index_select(0, members):sum() / 2
        return now, now - to:index_select(0, members):unsqueeze(1) + to:index_select(0, others):unsqueeze(0)
          - rows:index_select(1, others)
      end
      local s, q, now_s, now_q = {}, {}, {}, {}
      for k = 1, models do
        now_s[k], s[k] = sums(x[k])
        now_q[k], q[k] = {}, {}
        for l = k, models do now_q[k][l], q[k][l] = sums(products[k][l]) end
      end
      best = best or agreement(now_s, now_q, count, models):item()
      if others.shape[1] == 0 then return best end
      local swapped = agreement(s, q, count, models)
      local place = swapped:argmin():item()
      local row, column = place // others.shape[1], place % others.shape[1]
      return swapped[{row, column}]:item(), members[row]:item(), others[column]:item()
    end)
    if not out or not (value < best - 1e-10) then break end
    inside[out], inside[into], best = false, true, value
  end
  return best, inside:nonzero():squeeze(1)
end

local function first_of(order, n)
  local list = {}
  for i = 1, n do list[i] = order[i - 1]:item() end
  return list
end

-- Mean of the entries off the diagonal.
local function mean_between(matrix)
  local m = matrix.shape[1]
  return ((matrix:sum() - matrix:diagonal():sum()) / (m * (m - 1))):item()
end

return function(models, pool, options)
  local o = read_options('discriminate', options, {n = read_options.none, method = 'spearman', distance = 'correlation',
    starts = 4, seed = 0})
  if o.method ~= 'spearman' and o.method ~= 'pearson' then
    error(("discriminate: method: expected spearman or pearson, got '%s'"):format(tostring(o.method)), 0)
  end
  read_options.at_least_one('discriminate', 'starts', o.starts)
  local names, list = model_list(models, pool, o)
  local size = list[1].n
  local labels = type(pool) == 'table' and not is_tensor(pool) and not getmetatable(pool) and pool or list[1].labels
  if labels and #labels ~= size then
    error(('discriminate: pool: expected %d labels, one for each condition, got %d'):format(size, #labels), 0)
  end
  if math.type(o.n) ~= 'integer' or o.n < 3 or o.n > size then
    error(('discriminate: n: expected 3 to %d conditions, got %s'):format(size, tostring(o.n)), 0)
  end
  local x, products, all = {}, {}, {}
  for i, r in ipairs(list) do
    all[i] = r.condensed
    local values = o.method == 'spearman' and r:rank().condensed or r.condensed
    if values:isnan():any():item() then
      error(("discriminate: models: '%s': expected RDMs without missing pairs"):format(names[i]), 0)
    end
    local spread = values:std():item()
    if not (spread > 0) then error(("discriminate: models: '%s': the RDM does not vary"):format(names[i]), 0) end
    x[i] = rdms.of((values - values:mean()) / spread, 'discriminate'):matrices()[0]
  end
  for k = 1, #x do
    products[k] = {}
    for l = k, #x do products[k][l] = x[k] * x[l] end
  end
  all = torch.cat(all, 0)

  local best, places
  for start = 1, o.starts do
    local value, found = exchange(x, products, first_of(draw(o.seed, start, size), o.n), size)
    if not best or value < best - 1e-10 then best, places = value, found end
  end
  local everything = rdms.of(all, 'discriminate')
  local function similarity_of(chosen)
    local some = everything:subset(chosen).condensed
    return similarity.compare(some, some, o.method)
  end
  local random = {}
  for i = 1, random_choices do
    random[i] = mean_between(similarity_of(first_of(draw(o.seed, o.starts + i, size), o.n)))
  end
  random = torch.tensor(random, {dtype = 'float64'})
  local chosen, chosen_labels = places:tolist(), labels and {}
  for i, place in ipairs(labels and chosen or {}) do chosen_labels[i] = labels[place + 1] end
  local matrix = similarity_of(chosen)
  return {places = places, labels = chosen_labels, names = names, similarity = matrix, agreement = mean_between(matrix),
    pool_agreement = mean_between(similarity.compare(all, all, o.method)),
    random = {mean = random:nanmean():item(), low = random:nanquantile(0.025):item(), high = random:nanquantile(0.975):item()}}
end
