-- rsa.model_map: RDMs as points that lie near each other where they are alike.
local read_options = require 'brain.options'
local is_tensor = require('brain.native').is_tensor
local rdms = require 'brain.rsa.rdms'
local similarity = require 'brain.rsa.similarity'
local representations = require 'brain.rsa.representations'

-- RDMs and a name for each.
local function named(given, names)
  if is_tensor(given) or getmetatable(given) then
    local all = rdms.of(given, 'model_map')
    if names and (type(names) ~= 'table' or #names ~= #all) then
      error(('model_map: names: expected a list of %d'):format(#all), 0)
    end
    return all, names
  end
  if type(given) ~= 'table' or next(given) == nil then error('model_map: expected RDMs, or a table name -> RDMs', 0) end
  local keys, parts, list, first = {}, {}, {}, nil
  for name in pairs(given) do keys[#keys + 1] = name end
  table.sort(keys)
  for _, name in ipairs(keys) do
    local set = rdms.of(given[name], ("model_map: '%s'"):format(tostring(name)))
    first = first or set
    parts[#parts + 1] = rdms.aligned(first, set, 'model_map').condensed
    for k = 1, #set do list[#list + 1] = #set == 1 and tostring(name) or ('%s %d'):format(name, k - 1) end
  end
  return rdms.of(torch.cat(parts, 0), 'model_map'), list
end

return function(given, options)
  local o = read_options('model_map', options, {names = false, groups = false, method = 'spearman', layout = 'smacof', seed = 0,
    width = 'single', size = 4})
  local all, names = named(given, o.names or nil)
  if #all < 3 then error(('model_map: expected at least 3 RDMs, got %d'):format(#all), 0) end
  local alike = similarity.compare(all.condensed, all.condensed, o.method)
  local dissimilarity = (1 - (alike + alike.T) / 2):clamp{min = 0}:fill_diagonal_(0)
  local points = representations.mds(dissimilarity, {method = o.layout, seed = o.seed}).points
  local figure = require('brain.plot').mds{points = points, labels = names, groups = o.groups or nil, size = o.size, width = o.width}
  return figure, {points = points, dissimilarity = dissimilarity}
end
