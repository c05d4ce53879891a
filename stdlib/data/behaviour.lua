-- Judgements of similarity as RDMs: triplets with an odd one out, rated pairs, arrangements on a screen. Each reader takes a
-- file or a table of columns, one row for a judgement.
local file = require 'brain.file'
local is_frame = require('brain.frame').is_frame
local is_tensor = require('brain.native').is_tensor
local rdms = require 'brain.rsa.rdms'
local read_options = require 'brain.options'

local behaviour = {}

local function list_of(column) return is_tensor(column) and column:tolist() or column end

-- The columns of a table, and its name for messages.
local function table_of(source, owner)
  if type(source) == 'string' then
    local value = file.load(source)
    if is_tensor(value) or type(value) ~= 'table' then return value, source end
    return value, source
  end
  if is_tensor(source) or type(source) == 'table' and (is_frame(source) or #source == 0) then return source, owner end
  error(('%s: expected a path, a Tensor or a table of columns, got %s'):format(owner, type(source) == 'table' and 'a list' or type(source)), 0)
end

-- The first of the names that is a column; with `wanted` that column.
local function find(columns, names, wanted, where)
  if wanted then names = {wanted} end
  for _, name in ipairs(names) do
    if columns[name] then return columns[name] end
  end
  local found = {}
  for name in pairs(columns) do found[#found + 1] = name end
  table.sort(found)
  error(('%s: expected a column %s, found %s'):format(where, table.concat(names, ' or '), table.concat(found, ', ')), 0)
end

local function numbers_of(column, name, where)
  if not is_tensor(column) and type(column[1]) ~= 'number' then
    error(("%s: %s: expected numbers, found '%s'"):format(where, name, tostring(column[1])), 0)
  end
  return is_tensor(column) and column:double() or torch.tensor(column, {dtype = 'float64'})
end

-- Items, by name or number, as 0-based places: `images` are the names in order, or how many there are; else the different
-- ones in ascending order. numbers count from `base`.
local most = 50000  -- images, whose pairs take 10 GB

local Items = {}
Items.__index = Items

local function items_of(columns, o, where)
  local self = setmetatable({where = where, base = o.base, place = {}}, Items)
  for i, column in ipairs(columns) do
    if not is_tensor(column) and type(column[1]) == 'number' then columns[i] = torch.tensor(column, {dtype = 'float64'}) end
    if is_tensor(columns[i]) ~= is_tensor(columns[1]) then error(('%s: images: expected names or numbers, found both'):format(where), 0) end
  end
  local numbers = is_tensor(columns[1])
  local names = o.images
  if type(names) == 'table' then
    self.labels, self.n = {table.unpack(names)}, #names
  elseif names then
    read_options.at_least_one(where, 'images', names)
    self.n = names
  elseif numbers then
    self.n = math.tointeger(torch.stack(columns):max():item() - o.base + 1) or 0
  else
    local seen = {}
    self.labels = {}
    for _, column in ipairs(columns) do
      for _, item in ipairs(column) do
        if not seen[item] then
          seen[item] = true
          self.labels[#self.labels + 1] = item
        end
      end
    end
    table.sort(self.labels)
    self.n = #self.labels
  end
  if not numbers then
    if not self.labels then error(('%s: images: expected their names in order, as the table has names'):format(where), 0) end
    for i, name in ipairs(self.labels) do self.place[name] = i - 1 end
  end
  if self.n < 2 or self.n > most then
    error(('%s: expected 2 to %d images, found %d'):format(where, most, self.n), 0)
  end
  self.numbers = numbers
  return self
end

function Items:of(column)
  if self.numbers then
    if not is_tensor(column) then column = torch.tensor(column, {dtype = 'float64'}) end
    local places = column:long() - self.base
    local wrong = torch.logical_or(torch.logical_or(places:lt(0), places:ge(self.n)), column:ne(column:long())):nonzero()
    if #wrong > 0 then
      local row = wrong[{0, 0}]:item()
      local found = column[row]:item()
      error(('%s: row %d: %s is none of the %d images%s'):format(self.where, row + 1, math.tointeger(found) or found, self.n,
        found == self.n and self.base == 0 and '; base = 1 counts them from 1' or ''), 0)
    end
    return places
  end
  local places = {}
  for i, item in ipairs(column) do
    places[i] = self.place[item]
    if not places[i] then
      error(("%s: row %d: '%s' is none of the %d images"):format(self.where, i, tostring(item), self.n), 0)
    end
  end
  return torch.tensor(places, {dtype = 'int64'})
end

-- The place of each pair among the condensed vector of n items, 0-based.
local function pair(a, b, n)
  local low, high = torch.minimum(a, b), torch.maximum(a, b)
  return low * n - low * (low + 1) // 2 + high - low - 1
end

local function refuse_twins(a, b, where)
  local same = a:eq(b):nonzero()
  if #same > 0 then error(('%s: row %d: an image with itself'):format(where, same[{0, 0}]:item() + 1), 0) end
end

-- int64 [rows] of subjects (0-based) and how many; one subject where there is no such column.
local function subjects_of(columns, o, rows)
  local given = o.subject and find(columns, {o.subject}, nil, 'subject') or columns.subject or columns.subject_id
  given = given and list_of(given)
  if not given then return torch.zeros(rows, {dtype = 'int64'}), 1 end
  local order, place = {}, {}
  for _, subject in ipairs(given) do
    if not place[subject] then
      place[subject] = #order
      order[#order + 1] = subject
    end
  end
  local list = {}
  for i, subject in ipairs(given) do list[i] = place[subject] end
  return torch.tensor(list, {dtype = 'int64'}), #order, order
end

local common = {images = false, base = 0, subject = false}
local function options_of(owner, given, more)
  local defaults = {}
  for name, value in pairs(common) do defaults[name] = value end
  for name, value in pairs(more) do defaults[name] = value end
  local o = read_options(owner, given, defaults)
  if o.base ~= 0 and o.base ~= 1 then error(('%s: base: expected 0 or 1, got %s'):format(owner, tostring(o.base)), 0) end
  return o
end

local Triplets = {__name = 'triplets'}
Triplets.__index = Triplets

-- Rows (i, j, k) of which k is the odd one out, from three columns of images and a choice: 1, 2, 3 or the odd image.
local function ordered_choices(columns, o, where)
  local parts = {}
  for i = 1, 3 do
    parts[i] = find(columns, {'image' .. i, 'item' .. i, 'stimulus' .. i, 'stim' .. i}, o.items and o.items[i], where)
  end
  local choice = find(columns, {'choice', 'odd', 'odd_one_out'}, o.choice, where)
  local items = items_of(parts, o, where)
  for i = 1, 3 do parts[i] = items:of(parts[i]) end
  local odd
  if is_tensor(choice) or type(choice[1]) == 'number' then
    odd = is_tensor(choice) and choice:long() or torch.tensor(choice, {dtype = 'int64'})
    local wrong = torch.logical_or(odd:lt(1), odd:gt(3)):nonzero()
    if #wrong > 0 then
      local row = wrong[{0, 0}]:item()
      error(('%s: row %d: choice: expected 1, 2 or 3, or the odd image, found %d'):format(where, row + 1, odd[row]:item()), 0)
    end
    odd = odd - 1
  else
    local chosen = items:of(choice)
    odd = torch.full({#choice}, -1, {dtype = 'int64'})
    for i = 1, 3 do odd = torch.where(chosen:eq(parts[i]), torch.full_like(odd, i - 1), odd) end
    local wrong = odd:lt(0):nonzero()
    if #wrong > 0 then error(("%s: row %d: the odd image is none of the three"):format(where, wrong[{0, 0}]:item() + 1), 0) end
  end
  local shown = torch.stack(parts, 1)
  local others = torch.tensor({{1, 2}, {0, 2}, {0, 1}}, {dtype = 'int64'})[odd]
  return torch.cat({shown:gather(1, others), shown:gather(1, odd:unsqueeze(1))}, 1), items
end

-- triplets(source, {images, base, subject, items, choice}) -> triplets; help 'data.triplets'.
function behaviour.triplets(source, given)
  local o = options_of('triplets', given, {items = false, choice = false})
  local value, where = table_of(source, 'triplets')
  if type(value) == 'string' then  -- lines of three numbers
    local numbers, n = {}, 0
    for line in value:gmatch '[^\r\n]+' do
      local i, j, k = line:match '^%s*(%d+)[%s,;]+(%d+)[%s,;]+(%d+)%s*$'
      if not i then error(("%s: line %d: expected three numbers, found '%s'"):format(where, n // 3 + 1, line:sub(1, 30)), 0) end
      numbers[n + 1], numbers[n + 2], numbers[n + 3] = tonumber(i), tonumber(j), tonumber(k)
      n = n + 3
    end
    value = torch.tensor(numbers, {dtype = 'int64'}):reshape{-1, 3}
  end
  local self, items, columns = setmetatable({}, Triplets), nil, {}
  if is_tensor(value) then
    if value.ndim ~= 2 or value.shape[2] ~= 3 or #value == 0 then
      error(('%s: expected triplets [n, 3], the odd one out last, found %s'):format(where, tostring(value.shape)), 0)
    end
    local parts = {}
    for i = 1, 3 do parts[i] = value[{':', i - 1}]:long() end
    items = items_of({value:reshape(-1)}, o, where)
    items:of(value:reshape(-1))
    self.triplets = torch.stack(parts, 1) - o.base
  else
    columns = value
    self.triplets, items = ordered_choices(value, o, where)
  end
  local i, j, k = table.unpack(self.triplets:unbind(1))
  refuse_twins(i, j, where)
  refuse_twins(i, k, where)
  refuse_twins(j, k, where)
  self.labels, self.n = items.labels, items.n
  self.subject, self.subjects = subjects_of(columns, o, #self.triplets)
  return self
end

-- 1 - the share of triplets with both images in which the third was the odd one out; NaN for pairs never shown.
function Triplets:rdm(given)
  local o = read_options('rdm', given, {by = false})
  if o.by and o.by ~= 'subject' then error(("rdm: by: expected 'subject', got %s"):format(tostring(o.by)), 0) end
  local count = self.n * (self.n - 1) // 2
  local i, j, k = table.unpack(self.triplets:unbind(1))
  local groups = o.by and self.subjects or 1
  local first = o.by and self.subject * count or 0
  local function tally(places) return (torch.bincount(places, {minlength = groups * count})):double() end
  local together = tally(pair(i, j, self.n) + first)
  local shown = together + tally(pair(i, k, self.n) + first) + tally(pair(j, k, self.n) + first)
  return rdms.of((1 - together / shown):reshape{groups, count}, 'triplets', self.labels)
end

function Triplets:__len() return #self.triplets end
function Triplets:__tostring() return ('triplets [%d of %d images]'):format(#self.triplets, self.n) end

-- ratings(source, {images, base, subject, items, rating, scale, range}) -> RDMs, one for each subject.
function behaviour.ratings(source, given)
  local o = options_of('ratings', given, {items = false, rating = false, scale = 'similarity', range = false})
  if o.scale ~= 'similarity' and o.scale ~= 'dissimilarity' then
    error(("ratings: scale: expected 'similarity' or 'dissimilarity', got '%s'"):format(tostring(o.scale)), 0)
  end
  local columns, where = table_of(source, 'ratings')
  if is_tensor(columns) or type(columns) ~= 'table' then error(where .. ': expected a table of columns (.csv, .tsv)', 0) end
  local parts = {}
  for i = 1, 2 do parts[i] = find(columns, {'image' .. i, 'item' .. i, 'stimulus' .. i, 'stim' .. i}, o.items and o.items[i], where) end
  local rating = numbers_of(find(columns, {'rating', 'similarity', 'dissimilarity', 'response'}, o.rating, where), 'rating', where)
  local items = items_of(parts, o, where)
  local a, b = items:of(parts[1]), items:of(parts[2])
  refuse_twins(a, b, where)
  local subject, subjects, names = subjects_of(columns, o, #rating)
  local low, high = rating[rating:isfinite()]:min():item(), rating[rating:isfinite()]:max():item()
  if o.range then
    if low < o.range[1] or high > o.range[2] then
      error(('%s: expected ratings from %s to %s, found %s to %s'):format(where, o.range[1], o.range[2], low, high), 0)
    end
    low, high = o.range[1], o.range[2]
  end
  if o.scale == 'similarity' then rating = high - rating else rating = rating - low end
  local count = items.n * (items.n - 1) // 2
  local places = pair(a, b, items.n) + subject * count
  local measured = rating:isfinite()
  places, rating = places[measured], rating[measured]
  local sums = torch.zeros(subjects * count, {dtype = 'float64'}):index_add_(0, places, rating)
  local means = sums / torch.bincount(places, {minlength = subjects * count})
  return rdms.of(means:reshape{subjects, count}, 'ratings', items.labels), names
end

-- The dissimilarities of the pairs [count] from distances on the screen: pairs, trials int64 [m], distances [m].
local function weighted_average(pairs_of, trials, distances, count)
  local m = #distances
  local n_trials = trials:max():item() + 1
  local function by(index, values, size) return torch.zeros(size, {dtype = 'float64'}):index_add_(0, index, values) end
  local shown = by(pairs_of, torch.ones(m, {dtype = 'float64'}), count)
  local in_trial = by(trials, torch.ones(m, {dtype = 'float64'}), n_trials)
  local function rms(values) return (by(trials, values:square(), n_trials) / in_trial):sqrt() end
  local weights = distances:square()
  local evidence = by(pairs_of, weights, count)
  local own = rms(distances)
  local scale = torch.where(own:gt(0), 1 / own, torch.zeros_like(own))
  local estimate
  for _ = 1, 10000 do
    local new = by(pairs_of, weights * distances * scale[trials], count) / evidence
    new = torch.where(evidence:gt(0), new, torch.zeros_like(new))
    new = new / ((new:square():sum() / shown:gt(0):sum()):sqrt():clamp(1e-300))
    local change = estimate and (new - estimate):abs():max():item() or 1
    estimate = new
    if change < 1e-10 then break end
    scale = torch.where(own:gt(0), rms(estimate[pairs_of]) / own, torch.zeros_like(own))
  end
  return torch.where(shown:gt(0), estimate, torch.full_like(estimate, 0 / 0))
end

-- arrangements(source, {images, base, subject}) -> RDMs, one for each subject.
function behaviour.arrangements(source, given)
  local o = options_of('arrangements', given, {})
  local columns, where = table_of(source, 'arrangements')
  if is_tensor(columns) or type(columns) ~= 'table' then error(where .. ': expected a table of columns (.csv, .tsv)', 0) end
  local named = find(columns, {'image', 'item', 'stimulus', 'stim'}, nil, where)
  local items = items_of({named}, o, where)
  local place = items:of(named)
  local x = numbers_of(find(columns, {'x'}, nil, where), 'x', where)
  local y = numbers_of(find(columns, {'y'}, nil, where), 'y', where)
  if not torch.logical_and(x:isfinite(), y:isfinite()):all():item() then error(where .. ': x, y: expected numbers, found some missing', 0) end
  local trial = columns.trial and list_of(columns.trial)
  local subject, subjects, names = subjects_of(columns, o, #place)
  local count, all = items.n * (items.n - 1) // 2, {}
  for s = 0, subjects - 1 do
    local rows_of, order = {}, {}
    for i, one in ipairs(subject:tolist()) do
      if one == s then
        local key = trial and trial[i] or 1
        if not rows_of[key] then
          rows_of[key] = {}
          order[#order + 1] = key
        end
        table.insert(rows_of[key], i - 1)
      end
    end
    local pairs_of, trials, distances = {}, {}, {}
    for t, key in ipairs(order) do
      local rows = torch.tensor(rows_of[key], {dtype = 'int64'})
      local k = #rows
      if k < 2 then error(('%s: trial %s: expected at least two images, found %d'):format(where, tostring(key), k), 0) end
      local at = torch.triu_indices(k, k, 1)
      local first, second = rows[at[0]], rows[at[1]]
      local here, there = place[first], place[second]
      if here:eq(there):any():item() then error(('%s: trial %s: an image comes twice'):format(where, tostring(key)), 0) end
      pairs_of[t] = pair(here, there, items.n)
      trials[t] = torch.full({#first}, t - 1, {dtype = 'int64'})
      distances[t] = torch.hypot(x[first] - x[second], y[first] - y[second])
    end
    all[s + 1] = weighted_average(torch.cat(pairs_of), torch.cat(trials), torch.cat(distances), count)
  end
  return rdms.of(torch.stack(all), 'arrangements', items.labels), names
end

return behaviour
