-- torch as scripts see it: the native module and the compositions the dispatcher does not have.
local torch = require 'brain.torch.native'

local function is_options(value)
  return type(value) == 'table' and #value == 0 and type(next(value)) == 'string'
end

-- The arguments without a trailing options table, and that table.
local function split_options(...)
  local arguments = table.pack(...)
  if arguments.n > 0 and is_options(arguments[arguments.n]) then
    local options = arguments[arguments.n]
    arguments[arguments.n] = nil
    arguments.n = arguments.n - 1
    return arguments, options
  end
  return arguments, {}
end

local function check_options(name, options, known)
  for key in pairs(options) do
    local found = false
    for _, allowed in ipairs(known) do found = found or allowed == key end
    if not found then
      local near = require('brain.native').nearest(tostring(key), known)
      error(("%s: unknown option '%s'%s"):format(name, tostring(key),
        near and (", did you mean '%s'?"):format(near) or ''), 3)
    end
  end
end

local aten = torch.ops.aten

-- torch.einsum('ij,jk->ik', a, b) or torch.einsum('ij,jk->ik', {a, b})
function torch.einsum(equation, first, ...)
  if torch.is_tensor(first) then return aten.einsum(equation, {first, ...}) end
  return aten.einsum(equation, first, ...)
end

-- torch.tensordot(a, b, n): the last n dimensions of a with the first n of b; or torch.tensordot(a, b, dims_a, dims_b)
function torch.tensordot(a, b, dims, other)
  if is_options(dims) then dims = dims.dims end
  if other ~= nil then return aten.tensordot(a, b, dims, other) end
  if type(dims) == 'table' then return aten.tensordot(a, b, dims[1], dims[2]) end
  local left, right = {}, {}
  for i = 1, dims or 2 do
    left[i] = a:dim() - (dims or 2) + i - 1
    right[i] = i - 1
  end
  return aten.tensordot(a, b, left, right)
end

-- torch.unique(t, sorted, return_inverse, return_counts, dim) or named -> values [, inverse] [, counts]
function torch.unique(t, ...)
  local arguments, options = split_options(...)
  check_options('unique', options, {'sorted', 'return_inverse', 'return_counts', 'dim'})
  local sorted = arguments[1]
  if sorted == nil then sorted = options.sorted end
  if sorted == nil then sorted = true end
  local inverse = arguments[2] or options.return_inverse or false
  local counts = arguments[3] or options.return_counts or false
  local dim = arguments[4] or options.dim
  local v, i, c
  if dim ~= nil then
    v, i, c = aten.unique_dim(t, dim, sorted, inverse, counts)
  else
    v, i, c = aten._unique2(t, sorted, inverse, counts)
  end
  if inverse and counts then return v, i, c end
  if inverse then return v, i end
  if counts then return v, c end
  return v
end

-- As torch.unique, of runs of equal values: (t, return_inverse, return_counts, dim) or named options.
function torch.unique_consecutive(t, ...)
  local arguments, options = split_options(...)
  check_options('unique_consecutive', options, {'return_inverse', 'return_counts', 'dim'})
  local inverse = arguments[1] or options.return_inverse or false
  local counts = arguments[2] or options.return_counts or false
  local v, i, c = aten.unique_consecutive(t, inverse, counts, arguments[3] or options.dim)
  if inverse and counts then return v, i, c end
  if inverse then return v, i end
  if counts then return v, c end
  return v
end

-- torch.stft(t, n_fft, ...) with PyTorch's default center = true.
function torch.stft(t, ...) return aten.stft.center(t, ...) end

-- torch.norm(t, p = 'fro', dim, keepdim): deprecated in PyTorch for linalg.norm, kept for scripts that use it
function torch.norm(t, ...)
  local arguments, options = split_options(...)
  check_options('norm', options, {'p', 'dim', 'keepdim', 'dtype'})
  local p = arguments[1] or options.p or 'fro'
  local dim = arguments[2] or options.dim
  local keepdim = arguments[3] or options.keepdim or false
  if p == 'fro' then return torch.linalg.vector_norm(t, 2, dim, keepdim, {dtype = options.dtype}) end
  if p == 'nuc' then return torch.linalg.matrix_norm(t, 'nuc', dim or {-2, -1}, keepdim, {dtype = options.dtype}) end
  return torch.linalg.vector_norm(t, p, dim, keepdim, {dtype = options.dtype})
end

-- A tensor as it is, anything else through torch.tensor.
function torch.as_tensor(data, options)
  if not torch.is_tensor(data) then return torch.tensor(data, options) end
  if not options then return data end
  check_options('as_tensor', options, {'dtype', 'device'})
  return data:to(options)
end

-- The shape several shapes (lists) broadcast to.
function torch.broadcast_shapes(...)
  local result = {}
  for n, shape in ipairs {...} do
    local offset = #result - #shape
    if offset < 0 then
      table.move(result, 1, #result, 1 - offset)
      for i = 1, -offset do result[i] = 1 end
      offset = 0
    end
    for i, size in ipairs(shape) do
      local have = result[offset + i]
      if have == 1 then
        result[offset + i] = size
      elseif size ~= 1 and size ~= have then
        error(('broadcast_shapes: shape %d has %d where %d is expected'):format(n, size, have), 2)
      end
    end
  end
  return setmetatable(result, getmetatable(torch.empty(0).shape))
end

-- Limits of float and integer types: {bits, eps, max, min, tiny} and {bits, max, min}.
function torch.finfo(dtype)
  local limits = {
    float64 = {64, 2.0 ^ -52, 0x1.fffffffffffffp+1023, 2.0 ^ -1022},
    float32 = {32, 2.0 ^ -23, 0x1.fffffep+127, 2.0 ^ -126},
    float16 = {16, 2.0 ^ -10, 65504.0, 2.0 ^ -14},
    bfloat16 = {16, 2.0 ^ -7, 0x1.fep+127, 2.0 ^ -126},
  }
  local l = limits[dtype or torch.get_default_dtype()]
  if not l then error(("finfo: expected a float dtype, got '%s'"):format(tostring(dtype)), 2) end
  return {bits = l[1], eps = l[2], max = l[3], min = -l[3], tiny = l[4], smallest_normal = l[4]}
end

function torch.iinfo(dtype)
  local limits = {int64 = {64, math.mininteger, math.maxinteger}, int32 = {32, -2 ^ 31 | 0, 2 ^ 31 - 1 | 0},
    int16 = {16, -32768, 32767}, int8 = {8, -128, 127}, uint8 = {8, 0, 255}}
  local l = limits[dtype]
  if not l then error(("iinfo: expected an integer dtype, got '%s'"):format(tostring(dtype)), 2) end
  return {bits = l[1], min = l[2], max = l[3]}
end

function torch.numel(t) return t:numel() end
function torch.typename(x) return torch.is_tensor(x) and 'torch.Tensor' or type(x) end

-- Flat indices to one index tensor per dimension.
function torch.unravel_index(indices, shape)
  local results, rest = {}, indices
  for i = #shape, 1, -1 do
    results[i] = torch.remainder(rest, shape[i])
    rest = rest // shape[i]
  end
  return table.unpack(results, 1, #shape)
end

-- Methods of tensors that are written in Lua.
local methods = {unique = torch.unique, unique_consecutive = torch.unique_consecutive, stft = torch.stft, norm = torch.norm}

-- t:new_tensor(data, {dtype, device, requires_grad}): of t's dtype and device unless told otherwise
function methods.new_tensor(t, data, options)
  local merged = {dtype = t.dtype, device = t.device}
  for name, value in pairs(options or {}) do merged[name] = value end
  return torch.tensor(data, merged)
end

function methods.polygamma(t, n) return torch.polygamma(n, t) end

-- t:apply_(fn): every element replaced by fn(element); slow, CPU only
function methods.apply_(t, fn)
  local values = t:flatten():tolist()
  for i, value in ipairs(values) do values[i] = fn(value) end
  return t:copy_(torch.tensor(values, {dtype = t.dtype}):view(t.shape))
end

for name, method in pairs(methods) do require('brain.native').set_method(name, method) end

return torch
