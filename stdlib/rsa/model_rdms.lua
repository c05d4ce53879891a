-- rsa.model_rdms: an RDM for each layer of a network, with no more features in memory than asked: layers are taken in as many
-- passes over the pictures as that needs, and one that is too large by itself in parts.
local bytes = require 'brain.bytes'
local native = require 'brain.rsa.similarity'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local models = require 'brain.models'
local rdms = require 'brain.rsa.rdms'

local of_products = {correlation = true, cosine = true, euclidean = true, sqeuclidean = true, sqeuclidean_mean = true}

local function bytes_of(memory)
  if type(memory) == 'number' and memory > 0 then return memory end
  return bytes(tostring(memory)) or error(("model_rdms: memory: expected bytes, or as '256MB', got '%s'"):format(tostring(memory)), 0)
end

-- How many pictures there are, and the first.
local function pictures_of(images)
  if is_tensor(images) then return #images, images:narrow(0, 0, 1) end
  local known, rows = pcall(function() return images.rows end)
  if not known or not rows then
    error(('model_rdms: images: expected a Tensor [n, 3, height, width] or an image column, got %s'):format(type(images)), 0)
  end
  return #images, images:rows(torch.arange(0, 1))
end

-- Names and numbers of features of the layers, in the order in which they run.
local function sizes_of(model, first, o)
  return torch.scope(function()
    local names, sizes = {}, {}
    for name, x in pairs(models.extract(model, first, {layers = o.layers, pool = o.pool, precision = o.precision})) do
      names[#names + 1], sizes[#sizes + 1] = name, x:numel()
    end
    return {names = names, sizes = sizes}
  end)
end

return function(model, images, options)
  local o = read_options('model_rdms', options, {layers = read_options.none, distance = 'correlation', labels = false,
    memory = '256MB', batch = 32, pool = 'none', precision = 'float32'})
  if not of_products[o.distance] then
    error(("model_rdms: distance: expected correlation, cosine, euclidean, sqeuclidean or sqeuclidean_mean, got '%s'"):format(
      tostring(o.distance)), 0)
  end
  local limit = bytes_of(o.memory)
  local count, first = pictures_of(images)
  if count < 2 then error(('model_rdms: images: expected at least 2, got %d'):format(count), 0) end
  local found = sizes_of(model, first, o)
  local function extracted(layers, pool)
    return models.extract(model, images, {layers = layers, pool = pool, batch = o.batch, precision = o.precision})
  end
  local pooled = o.pool == 'none' and function(x) return x end or o.pool
  if type(pooled) ~= 'function' and o.pool ~= 'cls' and o.pool ~= 'mean' and o.pool ~= 'spatial_mean' then
    error(("model_rdms: pool: expected none, cls, mean, spatial_mean or a function, got '%s'"):format(tostring(o.pool)), 0)
  end
  local result = {}
  local function finish(name, gram, means, features)
    result[name] = rdms.of(native.rdm_of_products(o.distance, gram, means, features), 'model_rdms', o.labels or nil)
  end
  -- Layers that fit together.
  local place = 1
  while place <= #found.names do
    local together, bytes = {}, 0
    while place <= #found.names and (#together == 0 or bytes + 4 * count * found.sizes[place] <= limit) do
      together[#together + 1], bytes, place = found.names[place], bytes + 4 * count * found.sizes[place], place + 1
    end
    if bytes <= limit or type(pooled) == 'string' then  -- what is pooled by name is small
      local products = torch.scope(function()
        local features, list = extracted(together, o.pool), {}
        for i, name in ipairs(together) do list[i] = table.pack(native.rdm_products(features[name]:flatten(1), o.distance)) end
        return list
      end)
      for i, name in ipairs(together) do finish(name, table.unpack(products[i], 1, 3)) end
    else  -- one, by parts of its features
      local name, size, all = together[1], found.sizes[place - 1], {}
      local parts = math.ceil(size * 4 * count / limit)
      for part = 0, parts - 1 do
        local from, to = size * part // parts, size * (part + 1) // parts
        all = torch.scope(function()
          local x = extracted(together, function(x) return pooled(x, name):flatten(1):narrow(1, from, to - from) end)[name]
          return table.pack(native.rdm_products(x, o.distance, table.unpack(all, 1, 3)))
        end)
      end
      finish(name, table.unpack(all, 1, 3))
    end
  end
  return require 'brain.ordered'(result, found.names)
end
