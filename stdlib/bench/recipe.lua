-- The inputs of the peers' benchmark: a counter-based generator, so that both sides hold the same bits.
local recipe = {}

local function shift_right(z, n) return (z >> n) & ((1 << (64 - n)) - 1) end

-- 64-bit words seed:0 ... seed:n-1 as int64 (arithmetic wraps).
local function words(seed, n)
  local z = torch.arange(1, n + 1, {dtype = 'int64'}) * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03
  z = (z ~ shift_right(z, 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ shift_right(z, 27)) * 0x94D049BB133111EB
  return z ~ shift_right(z, 31)
end

local function numel(shape)
  local n = 1
  for _, size in ipairs(shape) do n = n * size end
  return n
end

-- The sum of a word's four 16-bit fields, centred.
local function sum_of_fields(w)
  return (w & 0xFFFF) + (shift_right(w, 16) & 0xFFFF) + (shift_right(w, 32) & 0xFFFF) + shift_right(w, 48) - 131070
end

-- Mean 0, variance 1: float32 (or another type) of the given shape; element i depends on (seed, i) only.
function recipe.normal(seed, shape, dtype)
  return torch.scope(function()
    return (sum_of_fields(words(seed, numel(shape))):double() / 37837.22723720648):view(shape):to(dtype or 'float32')
  end)
end

-- RDMs of 16 subjects and 10 models of 92 conditions (or other numbers): mean squared differences of patterns of `channels`
-- that share a part. [subjects, pairs], [models, pairs].
function recipe.rdm_set(channels, conditions, people, candidates)
  channels, conditions = channels or 30, conditions or 92
  local rsa = require 'brain.rsa'
  local shared, subjects, models = recipe.normal(10, {conditions, channels}, 'float64'), {}, {}
  local function rdm(scale, seed)
    local patterns = shared + scale * recipe.normal(seed, {conditions, channels}, 'float64')
    return rsa.rdm(patterns, {distance = 'sqeuclidean_mean'}):vectors()
  end
  for s = 0, (people or 16) - 1 do subjects[s + 1] = rdm(1, 110 + s) end
  for m = 0, (candidates or 10) - 1 do models[m + 1] = rdm(0.5 + 0.5 * m, 210 + m) end
  return torch.cat(subjects, 0), torch.cat(models, 0)
end

-- Features of two sizes with a part that all conditions share, float32: for size, x in recipe.features() do.
function recipe.features()
  local sizes, k = {{1000, 10000}, {200, 100352}}, 0
  return function()
    k = k + 1
    if not sizes[k] then return nil end
    local n, p = table.unpack(sizes[k])
    return ('%dx%d'):format(n, p), (recipe.normal(1, {n, p}, 'float64') + 0.5 * recipe.normal(2, {1, p}, 'float64')):float()
  end
end

-- What peers' lines hold of a result, to compare with.
function recipe.checks(x)
  local flat = x:flatten():double()
  return {first = flat[0]:item(), mean = flat:mean():item(), last = flat[-1]:item()}
end

-- In [0, 1): float64.
function recipe.uniform(seed, shape)
  return torch.scope(function() return (shift_right(words(seed, numel(shape)), 11):double() * 0x1p-53):view(shape) end)
end

-- 0 ... n-1: int64.
function recipe.integers(seed, shape, n) return (recipe.uniform(seed, shape) * n):floor():long() end

-- Weights of a network by formula: entry k of its state dict, counted from 0.
function recipe.fill(network)
  local k = 0
  torch.no_grad(function()
    for name, tensor in pairs(network:state_dict()) do
      local last = name:match '[^.]+$'
      if tensor:dim() >= 2 then
        local fan = tensor:numel() // tensor:size(0)
        local scale = name:find 'embedding' and 0.02 or math.sqrt(2 / fan)
        torch.scope(function() tensor:copy_(recipe.normal(1000 + k, tensor.shape):double() * scale) end)
      elseif tensor:is_floating_point() then
        tensor:fill_((last == 'running_var' or (last == 'weight' and tensor:dim() == 1)) and 1 or 0)
      end
      k = k + 1
    end
  end)
  return network
end

-- Picture k: coarse random colours, bilinear, with fine grain; a JPEG of it is as long as a photograph's. uint8 [375, 500, 3].
function recipe.image(k)
  local height, width = 375, 500
  return torch.scope(function()
    local y, x = torch.arange(height, {dtype = 'float64'}) * (11 / height), torch.arange(width, {dtype = 'float64'}) * (15 / width)
    local y0, x0 = y:long(), x:long()
    local fy, fx = (y - y0):unsqueeze(1), (x - x0):unsqueeze(0)
    local planes = {}
    for c = 0, 2 do
      local grid = recipe.uniform(5000 + 3 * k + c, {13, 17}) * 255
      local function row(i)
        local rows = grid:index_select(0, i)
        return rows:index_select(1, x0) * (1 - fx) + rows:index_select(1, x0 + 1) * fx
      end
      local grain = sum_of_fields(words(9000 + 3 * k + c, height * width)):double() * (1 / 37837.22723720648)
      local value = row(y0) * (1 - fy) + row(y0 + 1) * fy + grain:view(height, width) * 6
      planes[c + 1] = torch.floor(value + 0.5):clamp(0, 255):to 'uint8'
    end
    return torch.stack(planes, -1)
  end)
end

return recipe
