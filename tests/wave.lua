-- The generator of the golden numbers of the shared data: n numbers within +-amplitude, as a float64 Tensor.
return function(n, seed, amplitude)
  local values, mask = {}, 0xffffffff
  for k = 0, n - 1 do
    local h = (k + seed * 0x9E3779B9) & mask
    h = h ~ h >> 16
    h = h * 0x7feb352d & mask
    h = h ~ h >> 15
    h = h * 0x846ca68b & mask
    h = h ~ h >> 16
    values[k + 1] = ((h >> 8) / 8388608 - 1) * amplitude
  end
  return torch.tensor(values, {dtype = 'float64'})
end
