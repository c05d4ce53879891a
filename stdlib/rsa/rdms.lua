-- RDMs: k dissimilarity matrices over the same n conditions, kept as condensed vectors (the upper triangle row by row,
-- pairs (0, 1), (0, 2), ...), float64.
--
-- r.n conditions, r.labels (a list, or nil), #r matrices. Methods return new objects.
local native = require 'brain.rsa.native'
local is_tensor = require('brain.native').is_tensor
local public = require('brain.blame').wrap
local average_ranks = require('brain.stats.native').average_ranks

local RDMs = {}
local meta = {__index = RDMs, __name = 'RDMs'}

local rdms = {}

local function made(condensed, labels)
  return setmetatable({condensed = condensed, n = native.conditions_of(condensed.shape[2]), labels = labels}, meta)
end

-- An RDMs object from one, or from a Tensor [pairs], [k, pairs], [n, n] or [k, n, n]. `name` stands in errors.
function rdms.of(value, name, labels)
  if getmetatable(value) == meta then return value end
  if not is_tensor(value) then
    error(('%s: expected RDMs or a Tensor of them, got %s'):format(name, type(value)), 0)
  end
  local object = made(native.condensed(value, name), labels)
  if labels and #labels ~= object.n then
    error(('%s: labels: expected %d, one for each condition, got %d'):format(name, object.n, #labels), 0)
  end
  return object
end

function RDMs:vectors() return self.condensed end

-- [k, n, n], zeros on the diagonal.
function RDMs:matrices() return native.square(self.condensed) end

-- The mean over the matrices; pairs that are NaN in some are averaged over the others.
function RDMs:mean() return made(self.condensed:nanmean(0, true), self.labels) end

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
  return made(native.subset(self.condensed, places), labels)
end

-- Some of the matrices, 0-based.
function RDMs:select(list)
  return made(self.condensed:index_select(0, torch.tensor(list, {dtype = 'int64'})), self.labels)
end

-- Writes rsatoolbox's HDF5 file of RDMs (.h5); labels become the pattern descriptor 'conditions'.
function RDMs:save(path, options) require('brain.rsa.save').rdms(self, path, options) end

function meta:__len() return self.condensed.shape[1] end
function meta:__tostring() return ('RDMs [%d of %d conditions]'):format(#self, self.n) end

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
