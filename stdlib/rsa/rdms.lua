-- RDMs: k dissimilarity matrices over the same n conditions, kept as condensed vectors (the upper triangle row by row,
-- pairs (0, 1), (0, 2), ...), float64.
--
-- r.n conditions, r.labels (a list, or nil), #r matrices, r.crossvalidated where distances multiply independent folds. Methods
-- return new objects.
local native = require 'brain.rsa.native'
local is_tensor = require('brain.native').is_tensor
local public = require('brain.blame').wrap
local average_ranks = require('brain.stats.native').average_ranks

local RDMs = {}
local meta = {__index = RDMs, __name = 'RDMs'}

local rdms = {}

local function made(condensed, labels, crossvalidated)
  return setmetatable({condensed = condensed, n = native.conditions_of(condensed.shape[2]), labels = labels,
    crossvalidated = crossvalidated}, meta)
end

-- RDMs of all conditions of a list of RDMs with labels, in the order in which they first come: one row for each of theirs, NaN
-- where it does not have the pair.
function rdms.union(list, owner)
  local labels, place, rows, crossvalidated = {}, {}, 0, nil
  for i, r in ipairs(list) do
    local function fail(text, ...) error(('%s: RDMs %d of %d: ' .. text):format(owner, i, #list, ...), 0) end
    if getmetatable(r) ~= meta then fail('expected RDMs, got %s', is_tensor(r) and 'a Tensor, which has no labels' or type(r)) end
    if not r.labels then fail 'expected labels of conditions, which say what the others share' end
    if i > 1 and (r.crossvalidated or false) ~= crossvalidated then
      fail 'expected all to be cross-validated distances or none'
    end
    crossvalidated, rows = r.crossvalidated or false, rows + #r
    local own = {}
    for _, label in ipairs(r.labels) do
      if own[label] then fail("label '%s' is there twice", tostring(label)) end
      own[label] = true
      if not place[label] then labels[#labels + 1], place[label] = label, #labels end
    end
  end
  local n, first = #labels, 0
  local all = torch.full({rows, n * (n - 1) // 2}, 0 / 0, {dtype = 'float64'})
  for _, r in ipairs(list) do
    local places = {}
    for i, label in ipairs(r.labels) do places[i] = place[label] end
    local own, upper = torch.tensor(places, {dtype = 'int64'}), torch.triu_indices(r.n, r.n, 1)
    local a, b = own[upper[0]], own[upper[1]]
    local i, j = torch.minimum(a, b), torch.maximum(a, b)
    local pairs_of = i * n - (i * (i + 1)):floor_divide(2) + j - i - 1
    all:narrow(0, first, #r):index_copy_(1, pairs_of, r.condensed:cpu())
    first = first + #r
  end
  return made(all, labels, crossvalidated or nil)
end

-- An RDMs object from one, from a Tensor [pairs], [k, pairs], [n, n] or [k, n, n], or from a list of RDMs with labels (their
-- union). `name` stands in errors.
function rdms.of(value, name, labels, crossvalidated)
  if getmetatable(value) == meta then return value end
  if type(value) == 'table' and not getmetatable(value) and #value > 0 then return rdms.union(value, name) end
  if not is_tensor(value) then
    error(('%s: expected RDMs or a Tensor of them, got %s'):format(name, type(value)), 0)
  end
  local object = made(native.condensed(value, name), labels, crossvalidated)
  if labels and #labels ~= object.n then
    error(('%s: labels: expected %d, one for each condition, got %d'):format(name, object.n, #labels), 0)
  end
  return object
end

function RDMs:vectors() return self.condensed end

-- [k, n, n], zeros on the diagonal.
function RDMs:matrices() return native.square(self.condensed) end

-- The mean over the matrices; pairs that are NaN in some are averaged over the others.
function RDMs:mean() return made(self.condensed:nanmean(0, true), self.labels, self.crossvalidated) end

-- Square roots: distances of squared ones.
function RDMs:sqrt()
  if self.crossvalidated then
    error('sqrt: cross-validated distances have no square root: they are unbiased because they fall below 0 as often as above '
      .. 'where there is no difference', 0)
  end
  if self.condensed:lt(0):any():item() then error('sqrt: expected dissimilarities of at least 0', 0) end
  return made(self.condensed:sqrt(), self.labels)
end

-- Every matrix by the ranks of its entries, ties by their mean rank.
function RDMs:rank() return made(average_ranks(self.condensed), self.labels) end

local function places_of(object, conditions)
  if type(conditions) ~= 'table' then
    error(('subset: expected a list of conditions, got %s'):format(is_tensor(conditions) and 'a Tensor'
      or type(conditions)), 0)
  end
  local place, places = {}, {}
  for i, label in ipairs(object.labels or {}) do place[label] = i - 1 end
  for i, condition in ipairs(conditions) do
    if math.type(condition) == 'integer' and not place[condition] then
      places[i] = condition
    else
      places[i] = place[condition] or
        error(("subset: no condition '%s'%s"):format(tostring(condition),
          object.labels and '' or '; these RDMs have no labels'), 0)
    end
  end
  return places
end

-- The 0-based numbers of conditions given as such or by label.
function RDMs:places(conditions) return places_of(self, conditions) end

-- The RDMs of some conditions, in the order given: 0-based numbers or labels. A condition given twice has no
-- dissimilarity to itself: NaN.
function RDMs:subset(conditions)
  local places, labels = places_of(self, conditions), self.labels and {}
  if #places < 2 then error(('subset: expected at least 2 conditions, got %d'):format(#places), 0) end
  for i, place in ipairs(labels and places or {}) do labels[i] = self.labels[place + 1] end
  return made(native.subset(self.condensed, places), labels, self.crossvalidated)
end

-- Some of the matrices, 0-based.
function RDMs:select(list)
  return made(self.condensed:index_select(0, torch.tensor(list, {dtype = 'int64'})), self.labels, self.crossvalidated)
end

-- One RDM as coloured cells, several as panels side by side under one range of colours. groups: a name for each condition,
-- which are shown group by group; titles: one for each panel.
function RDMs:plot(options)
  local plot, read_options = require 'brain.plot', require 'brain.options'
  local o = read_options('plot', options, {groups = false, titles = false, percentile = false, columns = 4, width = false,
    map = 'viridis', colour_bar = 'Dissimilarity', labels = false})
  local count, order, groups = #self, nil, o.groups or nil
  if count > 24 then error(('plot: expected at most 24 RDMs, got %d; :select some, or take their :mean()'):format(count), 0) end
  if o.titles and (type(o.titles) ~= 'table' or #o.titles ~= count) then
    error(('plot: titles: expected a list of %d'):format(count), 0)
  end
  if groups then  -- conditions of a group beside one another, groups in the order in which they first come
    if type(groups) ~= 'table' or #groups ~= self.n then
      error(('plot: groups: expected a list of %d names, one for each condition'):format(self.n), 0)
    end
    local first, list = {}, {}
    for i, name in ipairs(groups) do first[name], list[i] = first[name] or i, i - 1 end
    table.sort(list, function(a, b)
      local x, y = first[groups[a + 1]], first[groups[b + 1]]
      return x ~= y and x < y or x == y and a < b
    end)
    order = list
  end
  local all = o.percentile and self:rank() or self
  local finite = all.condensed[all.condensed:isfinite()]
  local limits = not o.percentile and #finite > 0 and {finite:min():item(), finite:max():item()} or nil
  if limits and limits[1] == limits[2] then limits = nil end
  local bar = count > 2 and o.colour_bar and '' or o.colour_bar  -- in every panel, so that all are of one size
  local function panel(k)
    return plot.rdm{matrix = self.condensed[k], title = o.titles and o.titles[k + 1] or nil, groups = groups, order = order,
      percentile = o.percentile, limits = limits, map = o.map, colour_bar = bar, labels = o.labels and self.labels or nil,
      width = count == 1 and (o.width or 'single') or nil}
  end
  if count == 1 then return panel(0) end
  local rows, columns = {}, math.min(o.columns, count)
  for k = 0, count - 1 do
    local r = k // columns + 1
    rows[r] = rows[r] or {}
    rows[r][#rows[r] + 1] = panel(k)
  end
  rows.width = o.width or (columns > 2 and 'double' or 'single')
  return plot.grid(rows)
end

-- Writes rsatoolbox's HDF5 file of RDMs (.h5); labels become the pattern descriptor 'conditions'.
function RDMs:save(path, options) require('brain.rsa.save').rdms(self, path, options) end

function meta:__len() return self.condensed.shape[1] end
function meta:__tostring() return ('RDMs [%d of %d conditions]'):format(#self, self.n) end

-- Whether rows differ in which pairs are NaN.
function rdms.pairs_differ(r) return native.pairs_differ(r.condensed) end

-- Which conditions each row has a pair of, bool [k, n].
function rdms.seen(r)
  local seen, upper = torch.zeros({#r, r.n}, {dtype = 'bool'}), torch.triu_indices(r.n, r.n, 1)
  for k = 0, #r - 1 do
    local present = r.condensed[k]:isnan():logical_not():cpu()
    for side = 0, 1 do seen[k]:index_fill_(0, upper[side][present], true) end
  end
  return seen
end

-- The rows in sets that have the same pairs: a list of Tensors [rows, pairs].
function rdms.by_pairs(r)
  local missing, sets, example = r.condensed:isnan(), {}, {}
  for k = 0, #r - 1 do
    local at
    for i, other in ipairs(example) do at = at or missing[k]:equal(missing[other]) and i end
    if not at then at, example[#example + 1], sets[#sets + 1] = #sets + 1, k, {} end
    table.insert(sets[at], k)
  end
  for i, rows in ipairs(sets) do sets[i] = r.condensed:index_select(0, torch.tensor(rows, {dtype = 'int64'})) end
  return sets
end

-- b with its conditions in the order of a; refuses different sets. Without labels on both sides only numbers count.
function rdms.aligned(a, b, owner)
  if a.n ~= b.n then
    error(('%s: expected RDMs of the same conditions, got %d and %d'):format(owner, a.n, b.n), 0)
  end
  if not (a.labels and b.labels) then return b end
  local place, same = {}, true
  for i, label in ipairs(b.labels) do place[label] = i end
  for i, label in ipairs(a.labels) do
    if not place[label] then
      error(("%s: condition '%s' is in one set of RDMs and not in the other"):format(owner, tostring(label)), 0)
    end
    same = same and place[label] == i
  end
  return same and b or b:subset(a.labels)
end

for name, method in pairs(RDMs) do RDMs[name] = public(method) end

return rdms
