-- Models whose RDM is chosen or mixed from several: rsa.choice, rsa.weighted, rsa.interpolated.
local native = require 'brain.rsa.models'
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'

local Model = {}
local meta = {__index = Model, __name = 'Model'}

local model = {}

local function made(owner, given, fields)
  fields.rdms = rdms.of(given, owner)
  if #fields.rdms < 2 then error(('%s: expected at least 2 RDMs, got %d'):format(owner, #fields.rdms), 0) end
  return setmetatable(fields, meta)
end

function meta:__tostring() return ('Model (%s of %d RDMs)'):format(self.kind, #self.rdms) end

function model.choice(given) return made('choice', given, {kind = 'select'}) end
function model.interpolated(given) return made('interpolated', given, {kind = 'interpolate'}) end
function model.weighted(given, options)
  local o = read_options('weighted', options, {nonnegative = false, ridge = 0})
  if type(o.ridge) ~= 'number' or o.ridge < 0 then
    error(('weighted: ridge: expected a number of at least 0, got %s'):format(tostring(o.ridge)), 0)
  end
  return made('weighted', given, {kind = 'weighted', nonnegative = o.nonnegative, ridge = o.ridge})
end

function model.is(value) return getmetatable(value) == meta end

-- What the native functions take of a model whose RDMs begin at place `first` among all.
function model.spec(value, first)
  return {first = first, count = #value.rdms, kind = value.kind, nonnegative = value.nonnegative, ridge = value.ridge}
end

function model.fit_weights(given, data, options)
  local o = read_options('fit_weights', options, {method = 'pearson'})
  if not model.is(given) then
    error('fit_weights: expected a model (rsa.choice, rsa.weighted, rsa.interpolated)', 0)
  end
  data = rdms.of(data, 'fit_weights: rdms')
  local basis = rdms.aligned(data, given.rdms, 'fit_weights')
  return native.fit({model.spec(given, 0)}, basis.condensed, data.condensed, o.method)[1]
end

return model
