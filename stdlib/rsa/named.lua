-- Models by name, for what compares them with data.
local model = require 'brain.rsa.model'
local rdms = require 'brain.rsa.rdms'

-- Names, RDMs and fits of the models: RDMs (each one is a model), or a table name -> RDMs or a model to be fitted, whose
-- candidates are its RDMs. The names are sorted, and the RDMs have the conditions of the data in their order.
return function(models, data, owner)
  if type(models) ~= 'table' or getmetatable(models) then
    local all = rdms.aligned(data, rdms.of(models, owner .. ': models'), owner)
    local names, list = {}, {}
    for i = 1, #all do names[i], list[i] = ('model %d'):format(i - 1), all:select{i - 1} end
    return names, list, {}
  end
  local names, list, fits = {}, {}, {}
  for name in pairs(models) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for i, name in ipairs(names) do
    local given = models[name]
    if model.is(given) then given, fits[i] = given.rdms, given end
    list[i] = rdms.aligned(data, rdms.of(given, ("%s: models: '%s'"):format(owner, name)), owner)
  end
  if #names == 0 then error(owner .. ': models: expected at least one', 0) end
  return names, list, fits
end
