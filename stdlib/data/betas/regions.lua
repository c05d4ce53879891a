-- Regions from masks and atlases over a space: name -> boolean [units].
local fail = require('brain.data.betas.files').fail
local file = require 'brain.file'
local is_tensor = require('brain.native').is_tensor

local regions = {}

-- Lines of a number and a name, as in FreeSurfer's tables ("5 Left-Hippocampus 0 0 0 0") and NSD's .ctab.
local function from_lines(path)
  local opened, message = io.open(path, 'rb')
  if not opened then fail('roi_names: ', message) end
  local text = opened:read(1 << 20) or ''
  opened:close()
  local names = {}
  for line in text:gmatch '[^\r\n]+' do
    local number, name = line:match '^%s*(%d+)%s+(%S+)'
    if number then names[tonumber(number)] = name end
  end
  return names
end

-- Names by number: a table, a .ctab or text file of numbers and names, or a .tsv or .csv with the columns index and name.
local function names_of(given)
  if type(given) == 'table' and not is_tensor(given) then return given end
  if type(given) ~= 'string' then fail('roi_names: expected a table from numbers to names, or a path, got ', type(given)) end
  if not given:lower():find '%.[ct]sv$' then
    local names = from_lines(given)
    if next(names) == nil then fail('roi_names: ', given, ': expected lines of a number and a name') end
    return names
  end
  local columns = file.load(given)
  if not is_tensor(columns.index) or type(columns.name) ~= 'table' then
    fail('roi_names: ', given, ': expected the columns index (numbers) and name')
  end
  local names = {}
  for i, number in ipairs(columns.index:tolist()) do names[number] = columns.name[i] end
  return names
end

-- The numbers of a map as regions by their names, or as 'key number'; a map of one number is the region `key`.
local function split(flat, names, key, into)
  local numbers = torch.unique(flat[flat:ne(0)]):tolist()
  if #numbers > 2000 then fail('rois: ', key, (': expected whole numbers that name regions, found %d different values'):format(#numbers)) end
  for _, number in ipairs(numbers) do
    local whole = math.tointeger(number)
    if not whole then fail('rois: ', key, ': expected whole numbers that name regions, found ', tostring(number)) end
    local name = names and names[whole] or not names and (#numbers == 1 and key or ('%s %d'):format(key, whole))
    if name then
      local inside = flat:eq(number)
      into[name] = into[name] and torch.logical_or(into[name], inside) or inside
    end
  end
end

-- given: one map (see the space's map), or a table of them by name. Numbers without a name in roi_names or in the file's own
-- names are no region.
function regions.read(space, given, roi_names)
  local found = space.own_regions and space:own_regions() or {}
  if not given then return found end
  local names = roi_names and names_of(roi_names)
  local one = type(given) == 'string' or is_tensor(given) or space.kind == 'surface' and (given.lh or given.rh)
  local maps, keys = one and {roi = given} or given, {}
  if type(maps) ~= 'table' then fail('rois: expected a path or a table of paths by name, got ', type(maps)) end
  for key in pairs(maps) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    if type(key) ~= 'string' then fail('rois: expected a table of paths by name, found a list') end
    local flat, own = space:map(maps[key], 'rois: ' .. key)
    split(flat, names or own, key, found)
  end
  return found
end

return regions
