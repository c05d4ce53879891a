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

-- Mean 0, variance 1: float32 of the given shape; element i depends on (seed, i) only.
function recipe.normal(seed, shape)
  return torch.scope(function()
    local w = words(seed, numel(shape))
    local sum = (w & 0xFFFF) + (shift_right(w, 16) & 0xFFFF) + (shift_right(w, 32) & 0xFFFF) + shift_right(w, 48) - 131070
    return (sum:double() / 37837.22723720648):view(shape):float()
  end)
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

return recipe
