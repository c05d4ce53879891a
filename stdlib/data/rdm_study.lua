-- data.rdm_study: pictures together with what brains, behaviour and models make of them, as RDMs over these pictures. The
-- record that comparisons of networks with brains take, whatever it was made from.
local images = require 'brain.data.images'
local is_tensor = require('brain.native').is_tensor
local ordered = require 'brain.ordered'
local rdms = require 'brain.rsa.rdms'
local read_options = require 'brain.options'
local confounds = require 'brain.rsa.confounds'
local rdm_of = require('brain.rsa.distance').rdm

local Study = {__name = 'RDM study'}
Study.__index = Study

local function fail(...) error(('rdm_study: ' .. table.concat {...}), 0) end

local function sorted(t, name)
  if type(t) ~= 'table' or is_tensor(t) then fail(name, ': expected a table of them by name, got ', is_tensor(t) and 'a Tensor' or type(t)) end
  local names = {}
  for key in pairs(t) do names[#names + 1] = key end
  if not getmetatable(t) then table.sort(names) end  -- an ordered table keeps its order
  return names
end

local function check_list(list, n, name)
  if type(list) ~= 'table' or is_tensor(list) or #list ~= n then
    fail(name, (': expected a list of %d, one for each picture, got %s'):format(n,
      type(list) == 'table' and not is_tensor(list) and #list or type(list)))
  end
end

-- RDMs of responses [pictures, units], [subjects, pictures, units] (NaN: a unit without a measurement), or a list by subject.
local function of_responses(responses, name, n, distance)
  local list = is_tensor(responses) and (responses.ndim == 3 and responses:unbind(0) or {responses}) or responses
  if type(list) ~= 'table' or #list == 0 then fail(name, ': expected responses [pictures, units] or [subjects, pictures, units]') end
  local all = {}
  for s, x in ipairs(list) do
    if not is_tensor(x) or x.ndim ~= 2 or #x ~= n then
      fail(name, (': expected responses (%d pictures, units) of a subject, found %s'):format(n, is_tensor(x) and tostring(x.shape) or type(x)))
    end
    local measured = x:isnan():any(0):logical_not()
    all[s] = rdm_of(x[{':', measured}], {distance = distance}).condensed[0]
  end
  return torch.stack(all)
end

local function add_all(self, into, given, name, make)
  for _, key in ipairs(sorted(given, name)) do
    if into.known[key] then fail(name, ": '", key, "' comes twice") end
    local set = rdms.of(make(given[key], ("%s '%s'"):format(name, key)), ("rdm_study: %s: '%s'"):format(name, key))
    if set.n ~= self.n then
      fail(name, (": '%s': expected RDMs of %d pictures, found %d"):format(key, self.n, set.n))
    end
    into.known[key] = set.labels and set or rdms.of(set.condensed, name, self.labels)
    into.names[#into.names + 1] = key
  end
end

-- images: uint8 [n, h, w, 3], a folder, or a list of files.
local function pictures_of(given)
  if is_tensor(given) then
    if given.dtype ~= 'uint8' or given.ndim ~= 4 or given:size(3) ~= 3 then
      fail('images: expected uint8 (pictures, height, width, 3), found ', tostring(given.dtype), ' ', tostring(given.shape))
    end
    return given, #given
  end
  local files = type(given) == 'string' and (images.image_files(given)) or given
  if type(files) ~= 'table' or #files == 0 then fail('images: expected uint8 (pictures, height, width, 3), a folder or a list of files') end
  return files, #files
end

-- rdm_study{images =, labels =, groups =, rdms =, responses =, models =, distance =} -> study; help 'data.rdm_study'.
local function rdm_study(given)
  local o = read_options('rdm_study', given, {images = read_options.none, labels = false, groups = {}, rdms = {}, responses = {},
    models = {}, distance = 'correlation'})
  local self = setmetatable({}, Study)
  self.images, self.n = pictures_of(o.images)
  self.labels = o.labels
  if not self.labels then
    self.labels = {}
    for i = 1, self.n do self.labels[i] = ('picture %d'):format(i - 1) end
  end
  check_list(self.labels, self.n, 'labels')
  local seen = {}
  for i, label in ipairs(self.labels) do
    if seen[label] then fail(("labels: '%s' names pictures %d and %d"):format(label, seen[label] - 1, i - 1)) end
    seen[label] = i
  end
  local measured, models, groups = {known = {}, names = {}}, {known = {}, names = {}}, {known = {}, names = {}}
  add_all(self, measured, o.rdms, 'rdms', function(set) return set end)
  add_all(self, measured, o.responses, 'responses', function(x, name) return of_responses(x, name, self.n, o.distance) end)
  add_all(self, models, o.models, 'models', function(set) return set end)
  for _, key in ipairs(sorted(o.groups, 'groups')) do
    check_list(o.groups[key], self.n, ("groups: '%s'"):format(key))
    groups.known[key] = o.groups[key]
    groups.names[#groups.names + 1] = key
  end
  if #measured.names == 0 then fail('rdms: expected at least one set of measured RDMs or responses') end
  self.rdms, self.models = ordered(measured.known, measured.names), ordered(models.known, models.names)
  self.groups = ordered(groups.known, groups.names)
  return self
end

-- Whether the four corners of every picture have one colour: objects cut out, not scenes.
local function are_cut_out(pictures)
  local corner = pictures:select(1, 0):select(1, 0)
  for _, at in ipairs {{0, -1}, {-1, 0}, {-1, -1}} do
    if not torch.equal(pictures:select(1, at[1]):select(1, at[2]), corner) then return false end
  end
  return true
end

-- What pictures share besides objects' identity: name -> RDMs of their pixels and their outlines (of pictures in a Tensor;
-- outlines where objects are cut out), and of each grouping.
function Study:confounds()
  local found, names = {}, {}
  local function add(name, set)
    found[name], names[#names + 1] = set, name
  end
  if is_tensor(self.images) then
    add('pixels', confounds.pixels(self.images, {labels = self.labels}))
    if are_cut_out(self.images) then add('silhouette', confounds.silhouette(self.images, {labels = self.labels})) end
  end
  for name, of in pairs(self.groups) do add(name, confounds.categorical(of, {labels = self.labels})) end
  return ordered(found, names)
end

-- The pictures as a network of the registry takes them, squashed to its input's size: a column of float32 [3, h, w].
function Study:column(network, options)
  local o = read_options('column', options, {size = false, interpolation = 'bilinear'})
  local how = require('brain.models').transform(network)
  local side = o.size or how.crop or 224
  how.resize, how.crop, how.interpolation = {side, side}, nil, o.interpolation
  return images.image_column(self.images, {transform = how})
end

function Study:__tostring() return ('RDM study (%d pictures)'):format(self.n) end

return rdm_study
