-- The record that readers of responses return: trials [trials, units] with the label, run and session of each, and regions.
local is_tensor = require('brain.native').is_tensor
local numbered = require 'brain.places'
local read_options = require 'brain.options'

local Record = {__name = 'responses'}

-- `responses` is another name of `trials`.
function Record.__index(self, name)
  if name == 'responses' then return rawget(self, 'trials') end
  return Record[name]
end

local responses = {}

-- Makes a record of a table with trials and labels.
function responses.new(fields) return setmetatable(fields, Record) end

-- How often each trial's label came before: int64 [trials] from 0.
function responses.repeats(labels)
  local count, list = {}, {}
  for i, label in ipairs(labels) do
    list[i] = count[label] or 0
    count[label] = list[i] + 1
  end
  return torch.tensor(list, {dtype = 'int64'})
end

local function means(x, index, n)
  local sums = torch.zeros({n, x.shape[2]}, {dtype = x.dtype}):index_add_(0, index, x)
  return sums / torch.bincount(index, {minlength = n}):to(x.dtype):unsqueeze(1)
end

local function average(record, x)
  local index, order = numbered(record.labels)
  return means(x, index, #order), order
end

-- The columns of a region, by its name or by that without ROI_.
function responses.region(rois, name, owner)
  local places = rois[name] or rois['ROI_' .. tostring(name)]
  if places then return places end
  local names = {}
  for known in pairs(rois) do names[#names + 1] = known end
  table.sort(names)
  error(("%s: no region '%s', %s"):format(owner, name,
    #names == 0 and 'there are none: rois = names them' or 'expected one of ' .. table.concat(names, ', ')), 0)
end

-- Some regions only: their columns in ascending order, and the regions among them.
function responses.choose(rois, wanted, owner)
  local list, parts = type(wanted) == 'table' and wanted or {wanted}, {}
  for i, name in ipairs(list) do parts[i] = responses.region(rois, name, owner) end
  local kept = (torch.unique(torch.cat(parts)))
  local new = {}
  for name, places in pairs(rois) do
    local inside = places[torch.isin(places, kept)]
    if #inside > 0 then new[name] = torch.searchsorted(kept, inside) end
  end
  return kept, new
end

-- Responses of a region, averaged over the trials of each label: Tensor [labels, units], labels.
function Record:roi(name, options)
  local x = self.trials:index_select(1, responses.region(self.rois, name, self.path))
  if options and options.average == false then return x, self.labels end
  return average(self, x)
end

-- As roi, for all units.
function Record:average() return average(self, self.trials) end

-- ncsnr [units] and the share of the variance of averages that is signal [units], both float64 (Allen et al., A massive 7T
-- fMRI dataset to bridge cognitive neuroscience and artificial intelligence, Nature Neuroscience 2022): the noise variance is
-- the mean over repeated labels of the variance (n - 1) over trials, the signal variance that of all trials less the noise.
-- Averages are of `averaged` trials, or, as there, of the trials that each label has.
function Record:reliability(options)
  local o = read_options('reliability', options, {averaged = false})
  local index, order = numbered(self.labels)
  local counts = torch.bincount(index, {minlength = #order}):double()
  local repeated = counts:gt(1)
  if not repeated:any():item() then
    error(('%s: %d trials of %d labels: none is repeated, so that noise cannot be told from signal'):format(self.path,
      #self.labels, #order), 0)
  end
  if o.averaged then read_options.at_least_one('reliability', 'averaged', o.averaged) end
  local trials, units = self.trials.shape[1], self.trials.shape[2]
  local ratio = torch.zeros(units, {dtype = 'float64'})
  local width = math.max(1, (1 << 22) // trials)
  for from = 0, units - 1, width do  -- a few columns at a time in float64
    local x = self.trials:narrow(1, from, math.min(width, units - from)):double()
    local deviation = x - means(x, index, #order):index_select(0, index)
    local variances = torch.zeros({#order, x.shape[2]}, {dtype = 'float64'}):index_add_(0, index, deviation:square())
    local noise = (variances / (counts - 1):unsqueeze(1))[repeated]:mean(0)
    local signal = (x:var(0, {correction = 1}) - noise):clamp(0)
    ratio:narrow(0, from, x.shape[2]):copy_(torch.where(noise:gt(0), (signal / noise):sqrt(), torch.zeros_like(noise)))
  end
  local share = o.averaged and 1 / o.averaged or (1 / counts):mean():item()
  return ratio, ratio:square() / (ratio:square() + share)
end

-- Trials less the mean of their group, by its standard deviation (n - 1), each unit by itself, in place; a unit that does not
-- change within a group stays at 0. groups: int64 [trials].
function responses.standardise(trials, groups)
  for _, group in ipairs((torch.unique(groups)):tolist()) do
    local rows = groups:eq(group):nonzero():squeeze(1)
    local x = trials:index_select(0, rows)
    if #rows < 2 then error(('run %s has one trial: expected at least two to z-score within'):format(group), 0) end
    local spread = x:std(0, {correction = 1})
    spread = torch.where(spread:eq(0), torch.ones_like(spread), spread)
    trials:index_copy_(0, rows, (x - x:mean(0)) / spread)
  end
end

-- Values [units] or [n, units] over the whole space they were measured in, `outside` elsewhere: [x, y, z] or [x, y, z, n] of a
-- volume, {lh =, rh =} of surfaces, [grayordinates].
function Record:map(values, options)
  local o = read_options('map', options, {outside = 0})
  return self.space:unflatten(self:flat(values, o.outside))
end

-- The same with the places of the space along one axis.
function Record:flat(values, outside)
  if not self.space then error(('%s: says nothing of where its units are'):format(self.path), 0) end
  local units = self.trials.shape[2]
  if not is_tensor(values) or values.ndim < 1 or values.ndim > 2 or values:size(-1) ~= units then
    error(('map: expected values [%d] or [n, %d], one for each unit, got %s'):format(units, units,
      is_tensor(values) and tostring(values.shape) or type(values)), 0)
  end
  local rows = values:detach():double():reshape{-1, units}
  local all = torch.full({rows.shape[1], self.space.units}, outside or 0, {dtype = 'float64'}):index_copy_(1, self.places, rows)
  return values.ndim == 1 and all[0] or all
end

-- Writes such a map as a file like those the trials came from. Of surfaces the name has {hemi} where lh and rh go.
function Record:save(path, values, options)
  local o = read_options('save', options, {outside = 0})
  self.space:save(path, self:flat(values, o.outside))
end

function Record:__tostring()
  return ('responses [%d trials, %d units]'):format(self.trials.shape[1], self.trials.shape[2])
end

return responses
