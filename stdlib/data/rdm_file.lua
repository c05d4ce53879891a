-- data.rdm_file: RDMs from the files of other tools, by what they hold: rsatoolbox (HDF5, pickled dicts and objects), the
-- RSA toolbox for MATLAB, Net2Brain (.npz), and bare matrices or vectors (.npy, .npz, .h5, .mat, .txt, .csv) as NeuroRA,
-- MNE-RSA and others keep them.
local file = require 'brain.file'
local is_tensor = require('brain.native').is_tensor
local native = require 'brain.native'
local ordered = require 'brain.ordered'
local number_text = require 'brain.data.number_text'
local rdms = require 'brain.rsa.rdms'
local read_options = require 'brain.options'

local function fail(path, ...) error(path .. ': ' .. table.concat {...}, 0) end

local function names_of(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = tostring(name) end
  return names
end

-- Descriptors as lists: what HDF5 has as a tensor, or as a group "0", "1", ... where the values do not stack.
local function as_lists(descriptors, attributes)
  local lists, names = {}, {}
  for _, part in ipairs {descriptors or {}, attributes or {}} do
    for name, value in pairs(part) do
      if is_tensor(value) then value = value:tolist()
      elseif type(value) == 'table' and value['0'] ~= nil then
        local list = {}
        while value[tostring(#list)] ~= nil do list[#list + 1] = value[tostring(#list)] end
        value = list
      end
      lists[name], names[#names + 1] = value, name
    end
  end
  return ordered(lists, names)
end

local function distinct(list)
  local seen = {}
  for _, item in ipairs(list) do
    if type(item) == 'table' or seen[item] then return false end
    seen[item] = true
  end
  return #list > 0
end

-- The first descriptor that tells all conditions apart: texts before numbers, and never the mere index.
local function telling(descriptors)
  for _, kind in ipairs {'string', 'number'} do
    for name, list in pairs(descriptors) do
      if name ~= 'index' and type(list) == 'table' and type(list[1]) == kind and distinct(list) then return name end
    end
  end
end

-- What rsatoolbox keeps; `at` is the path of its attributes in HDF5.
local function of_rsatoolbox(value, attributes, at)
  local function attributes_of(name) return attributes and attributes[at .. name] end
  local function part(name) return as_lists(value[name], attributes_of('/' .. name)) end
  local own = attributes_of '' or attributes_of '/' or {}
  local measure = value.dissimilarity_measure or own.dissimilarity_measure
  return {values = value.dissimilarities, tool = 'rsatoolbox', measure = type(measure) == 'string' and measure or nil,
    descriptors = part 'descriptors', rdm_descriptors = part 'rdm_descriptors',
    pattern_descriptors = part 'pattern_descriptors'}
end

-- The structs RDM, name, color of the RSA toolbox for MATLAB, in any nesting of lists; nil when there are others.
local function of_structs(value, vectors, names)
  if type(value) ~= 'table' then return nil end
  local rdm = value.RDM
  if rdm then
    if not is_tensor(rdm) then return nil end
    vectors[#vectors + 1] = rdm.shape[1] == rdm.shape[2] and rdms.of(rdm, value.name or 'RDM').condensed[0] or rdm:flatten()
    names[#names + 1] = value.name or value.reprName or ('RDM %d'):format(#vectors)
    return true
  end
  for _, item in ipairs(value) do
    if not of_structs(item, vectors, names) then return nil end
  end
  return #value > 0
end

-- The one thing in a table that RDMs can be made of.
local function chosen(path, value, attributes, key)
  if is_tensor(value) then return {values = value} end
  if type(value) ~= 'table' then fail(path, 'expected RDMs, found a ', type(value)) end
  if value.class and type(value.state) == 'table' then value = value.state end  -- an RDMs object that was pickled
  if value.dissimilarities then return of_rsatoolbox(value, attributes, key and '/' .. key or '') end
  if is_tensor(value.rdm) then  -- Net2Brain
    return {values = value.rdm, tool = 'Net2Brain', layer = value.layer_name, labels = value.stimuli_name, meta = value.meta}
  end
  local vectors, names = {}, {}
  if of_structs(value, vectors, names) then
    return {values = torch.stack(vectors):double(), tool = 'RSA toolbox (MATLAB)', rdm_descriptors = {name = names}}
  end
  local found
  for name, item in pairs(value) do
    if is_tensor(item) or of_structs(item, {}, {}) then
      if found then
        fail(path, 'holds several arrays (', table.concat(names_of(value), ', '), '): key names the RDMs')
      end
      found = name
    end
  end
  if not found then fail(path, 'no RDMs among ', table.concat(names_of(value), ', ')) end
  return chosen(path, value[found])
end

local function with_matrices_last(path, values)
  local shape = values.shape
  if #shape == 0 then fail(path, 'expected RDMs, found a single number') end
  local square = #shape >= 2 and shape[#shape] == shape[#shape - 1]
  if #shape <= (square and 3 or 2) then return values, nil end
  local axes = {table.unpack(shape, 1, #shape - (square and 2 or 1))}
  return values:flatten(0, #axes - 1), axes
end

local function labels_of(path, content, wanted, n)
  if type(wanted) == 'table' then return wanted end
  local known = content.pattern_descriptors or {}
  if wanted then
    if known[wanted] then return known[wanted] end
    local near = native.nearest(wanted, names_of(known))
    fail(path, "labels: no pattern descriptor '", wanted, "'", near and (", did you mean '%s'?"):format(near) or
      ' among ' .. table.concat(names_of(known), ', '))
  end
  local name = telling(known)
  local labels = content.labels or name and known[name]
  return labels and #labels == n and distinct(labels) and labels or nil
end

-- Without key, NeuroRA's and others' HDF5 files of one data set; MATLAB files of one variable.
return function(path, options)
  local o = read_options('rdm_file', options, {key = false, labels = false})
  if type(path) ~= 'string' then error('rdm_file: path: expected a string, got ' .. type(path), 0) end
  local extension = path:lower():match '%.(%w+)$'
  local content
  if extension == 'txt' or extension == 'csv' or extension == 'tsv' then content = number_text(path)
  else
    local value, attributes = file.load(path, {key = o.key or nil, allow_pickle = true, metadata = true})
    content = chosen(path, value, file.format(path) == 'HDF5' and attributes or nil, o.key or nil)
  end
  if not is_tensor(content.values) then fail(path, 'expected RDMs, found a ', type(content.values)) end
  local values, axes = with_matrices_last(path, content.values)
  local set = rdms.of(values:double(), path)
  content.values, content.axes = nil, axes
  return rdms.of(set.condensed, path, labels_of(path, content, o.labels, set.n)), content
end
