-- The inputs of the peers' benchmark: a counter-based generator, so that both sides hold the same bits.
local recipe = {}

local function mix(seed, i)
  local z = seed * 0xD1B54A32D192ED03 + (i + 1) * 0x9E3779B97F4A7C15
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

-- float32 tensor of the given shape; element i depends on (seed, i) only. Mean 0, variance 1.
function recipe.normal(seed, shape)
  local n = 1
  for _, size in ipairs(shape) do n = n * size end
  local values = {}
  for i = 0, n - 1 do
    local w = mix(seed, i)
    values[i + 1] = ((w & 0xFFFF) + ((w >> 16) & 0xFFFF) + ((w >> 32) & 0xFFFF) + (w >> 48) - 131070) / 37837.22723720648
  end
  return torch.tensor(values, {dtype = 'float64'}):view(shape):float()
end

return recipe
