-- models: networks by name, and what their layers compute for many pictures.
local native = require 'brain.models.native'
local core = require 'brain.core'
local nearest = require('brain.native').nearest

local models = {create = native.create, list = native.list, transform = native.transform, from_jax = native.from_jax,
  attack = require('brain.blame').wrap(require 'brain.models.attack'), decide = require('brain.blame').wrap(require 'brain.models.decide')}

local known = {'layers', 'pool', 'project', 'batch', 'precision', 'out', 'optimize'}

local function check_options(options)
  if type(options) ~= 'table' then error('extract: expected a table of options with layers, got ' .. type(options), 3) end
  for name in pairs(options) do
    local found = false
    for _, option in ipairs(known) do found = found or name == option end
    if not found then
      local near = nearest(tostring(name), known)
      error(("extract: unknown option '%s'%s"):format(tostring(name),
        near and (", did you mean '%s'?"):format(near) or ''), 3)
    end
  end
  local layers = options.layers
  if type(layers) == 'string' then layers = {layers} end
  if type(layers) ~= 'table' or #layers == 0 then
    error('extract: layers: expected a pattern or a list of patterns, got ' .. type(options.layers), 3)
  end
  if options.project ~= nil then
    error('extract: project: there is no random projection yet; reduce with pool, or project what extract returns', 3)
  end
  if math.type(options.batch or 64) ~= 'integer' or (options.batch or 64) < 1 then
    error('extract: batch: expected a positive integer, got ' .. tostring(options.batch), 3)
  end
  return layers
end

-- What a layer gives, [n, ...], as it is kept. A class token comes first among tokens; features without positions, [n, d],
-- stay as they are.
local pools = {
  none = function(x) return x end,
  cls = function(x) return x:dim() == 3 and x:select(1, 0) or x end,
  mean = function(x) return x:dim() == 3 and x:mean(1) or x end,
  spatial_mean = function(x) return x:dim() == 4 and x:mean {2, 3} or x end,
}

local function pool_of(pool)
  if pool == nil then return pools.none end
  if type(pool) == 'function' then
    return function(x, name)
      local pooled = pool(x, name)
      if not torch.is_tensor(pooled) then
        error(('extract: pool: expected the function to return a Tensor, got %s'):format(type(pooled)), 0)
      end
      return pooled
    end
  end
  if pools[pool] then return pools[pool] end
  error(("extract: pool: expected none, cls, mean, spatial_mean or a function, got '%s'"):format(tostring(pool)), 3)
end

local function has_rows(images)
  local kind = type(images)
  if kind ~= 'table' and kind ~= 'userdata' then return false end
  local ok, rows = pcall(function() return images.rows end)
  return ok and rows ~= nil
end

-- The pictures of a batch: the batch itself, or its column image.
local function pictures_of(batch)
  if torch.is_tensor(batch) then return batch end
  local image = type(batch) == 'table' and batch.image or nil
  if torch.is_tensor(image) then return image end
  error(('extract: images: expected batches of Tensors or tables with a Tensor image, got %s'):format(type(batch)), 0)
end

-- A function that gives one batch after another, and the number of pictures where that is known.
local function batches_of(images, size)
  local at = 0
  local function by_index(count, rows)
    return function()
      if at >= count then return nil end
      local first = at
      at = math.min(count, at + size)
      return rows(first, at - first)
    end, count
  end
  if torch.is_tensor(images) then
    if images:dim() ~= 4 then
      error(('extract: images: expected [n, 3, height, width], found %s'):format(images.shape), 0)
    end
    return by_index(#images, function(first, n) return images:narrow(0, first, n) end)
  elseif has_rows(images) then
    return by_index(#images, function(first, n) return images:rows(torch.arange(first, first + n)) end)
  elseif type(images) == 'function' or (getmetatable(images) or {}).__call then
    return images
  elseif type(images) == 'table' and #images > 0 then
    local count = 0
    for _, batch in ipairs(images) do count = count + #pictures_of(batch) end
    return function()
      at = at + 1
      return images[at]
    end, count
  end
  error(('extract: images: expected a Tensor, a list of batches, an iterator or a data set, got %s'):format(type(images)), 0)
end

-- Rows of features that come batch by batch: one tensor of the whole size where that is known, else a list.
local function store(total)
  local self, names, kept, filled = {}, {}, {}, 0
  function self.add(features)
    local rows
    for _, feature in ipairs(features) do
      local name, x = feature[1], feature[2]
      rows = #x
      if not kept[name] then
        local shape = {total or rows, table.unpack(x.shape, 2)}
        names[#names + 1] = name
        kept[name] = total and torch.empty(shape, {dtype = 'float32', device = x.device}) or {}
      end
      if total then
        if filled + rows > total then
          error(('extract: images: expected %d in all, found at least %d'):format(total, filled + rows), 0)
        end
        kept[name]:narrow(0, filled, rows):copy_(x)
      else
        kept[name][#kept[name] + 1] = x:float():clone()
      end
    end
    filled = filled + rows
    return rows
  end
  function self.result()
    if filled == 0 then error('extract: images: there are none', 0) end
    if total and filled < total then error(('extract: images: expected %d, found %d'):format(total, filled), 0) end
    for name, parts in pairs(kept) do
      if not total then kept[name] = torch.cat(parts, 0) end
    end
    return require 'brain.ordered'(kept, names)
  end
  return self
end

local function device_of(model)
  local first = model:parameters()[1]
  return first and first.device or 'cpu'
end

-- The network that runs: a copy made fast for evaluation, or the model itself where a copy would differ.
local function runner(model, x, wanted)
  if wanted == false then return model end
  local ok, fast = pcall(model.optimize_for_evaluation, model, x:narrow(0, 0, 1))
  if not ok and tostring(fast):find 'interrupted' then error(fast, 0) end
  return ok and fast or model
end

local function run(model, layers, images, options, pool)
  local next_batch, total = batches_of(images, options.batch or 64)
  local features <const>, progress <close> = store(total), core.progress('extract', total or 0, 'images')
  local device, precision = device_of(model), options.precision or 'float32'
  local network

  local function capture(x)
    network = network or runner(model, x, options.optimize)
    local _ <close> = torch.no_grad()
    if precision == 'float32' then return network:capture(x, layers) end
    local _ <close> = torch.autocast {device_type = device:match '^%a+', dtype = precision}
    return network:capture(x, layers)
  end

  -- What each layer gives for a batch; all else made on the way is freed.
  local function features_of(batch)
    local x, list = pictures_of(batch):to(device), {}
    if not x:is_floating_point() then
      error(('extract: images: expected floating point, as models.transform makes them, found %s'):format(x.dtype), 0)
    end
    for name, value in pairs(capture(x)) do
      if value:dim() == 0 or #value ~= #x then
        error(("extract: '%s': expected a row per picture, found %s for %d"):format(name, value.shape, #x), 0)
      end
      local _ <close> = torch.no_grad()
      list[#list + 1] = {name, pool(value, name)}
    end
    return list
  end

  for batch in next_batch do
    progress:advance(features.add(torch.scope(function() return features_of(batch) end)))
  end
  return features.result()
end

-- models.extract(model, images, {layers, pool, batch, precision, out, optimize}) -> table layer -> Tensor [n, ...]
function models.extract(model, images, options)
  local layers = check_options(options)
  local pool = pool_of(options.pool)
  local training = model:is_training()
  local restore <close> = setmetatable({}, {__close = function() model:train(training) end})
  model:eval()
  local ok, features = pcall(run, model, layers, images, options, pool)
  if not ok then error(type(features) == 'string' and features:gsub('^brain/models%.lua:%d+: ', '') or features, 2) end
  if not options.out then return features end
  local file = require 'brain.file'
  file.save(options.out, features)
  return file.open and file.open(options.out) or options.out
end

return models
