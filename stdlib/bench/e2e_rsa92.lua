-- A whole study: 92 pictures through SqueezeNet, five layers' RDMs, Spearman with 15 subjects, ceilings, 1000 bootstrap samples of
-- subjects and pictures. Reads ../shared/data (or --data).
local rsa = require 'brain.rsa'

local layers = {'features.0', 'features.3', 'features.5', 'features.8', 'features.12'}

local function plain(ordered)
  local list = {}
  for name, value in pairs(ordered) do list[name] = value end
  return list
end

return function(measure, settings)
  local root = settings.data or '../shared/data'
  local pictures, weights = root .. '/rsa92/rsa92.h5', root .. '/weights/squeezenet1_0_deepcomp_imagenet.safetensors'
  for _, path in ipairs{pictures, weights} do
    local handle = io.open(path, 'rb')
    if not handle then
      io.stderr:write(('brainlua bench: e2e_rsa92: no %s\n'):format(path))
      return
    end
    handle:close()
  end
  local result, part
  measure('brainlua_N1000', {cold = true, run = function()
    part = {}
    local native, before = require 'brain.native', nil
    local function stage(name, f)
      before = native.cpu_seconds()
      local value = f()
      part['part_s:' .. name] = native.cpu_seconds() - before
      return value
    end
    local study = stage('images', function() return data.rsa92(pictures) end)
    local named = stage('features_and_rdms', function()
      local net = models.create('songhan/squeezenet1_0', {weights = weights}):eval()
      return rsa.model_rdms(net, study:column('songhan/squeezenet1_0', {size = 227}), {layers = layers, batch = 4,
        memory = '160MB'})
    end)
    result = stage('evaluate', function() return rsa.evaluate(plain(named), study.rdms['Cichy IT'], {samples = 1000}) end)
  end, check = function()
    for i, name in ipairs(result.names) do part['rho:' .. name] = result.mean[i - 1]:item() end
    part.ceil_low, part.ceil_up = result.ceiling[0]:item(), result.ceiling[1]:item()
    part.sd0 = result.draws:select(1, 0):std():item()
    return part
  end})
end
