-- Hostile arguments: mutations of valid ones. Everything draws from math.random, so arguments.seed decides it
-- all.
local torch = require 'brain.torch'

local hostile = {}

local function pick(list) return list[math.random(#list)] end
local function chance(p) return math.random() < p end

local integers = {-1, 0, 1, 2, -2, 3, 7, 100, -100, 65536, 1 << 20, 1 << 28, 2 ^ 31 | 0, (2 ^ 31 | 0) - 1, -(2 ^ 31 | 0), 1 << 32, 1 << 40,
  1 << 62, math.maxinteger, math.maxinteger - 1, math.mininteger, math.mininteger + 1}
local floats = {0 / 0, 1 / 0, -1 / 0, 0.0, -0.0, -1.5, 1e308, -1e308, 1e-320, 1e10, 2.5, 1.0}
local strings = {'', 'sum', 'nonsense', 'cuda', 'cuda:99', 'meta', 'cpu', 'float32', 'float64', 'complex64', 'bool', 'int8',
  'int64', 'quint8', 'sparse_coo', 'strided', 'sparse_csr', 'channels_last', 'none', 'mean', 'a\0b', ('x'):rep(1000)}
local dtypes = {'float16', 'bfloat16', 'float32', 'float64', 'complex64', 'complex128', 'bool', 'uint8', 'int8', 'int16',
  'int32', 'int64'}
local layouts = {'to_sparse', 'to_sparse_csr', 'to_sparse_csc'}

-- Each gives a tensor that is something else than t in one respect; one that fails for this t leaves it as it
-- is.
local tensors = {
  function(t) return t:to(pick(dtypes)) end,
  function(t) return t:to(pick(dtypes)) end,
  function() return torch.empty(pick {{0}, {0, 3}, {2, 0}, {1, 0, 2}, {0, 0}, {0, 1 << 40}, {2, 3, 0, 4}}) end,
  function() return torch.empty({0}, {dtype = 'int64'}) end,
  function() return torch.tensor(pick {1.0, -1.0, 0 / 0}) end,
  function() return torch.tensor(pick {0, 1, -1, 1 << 40}) end,
  function(t) return t:select(0, 0) end,
  function(t) return t:unsqueeze(pick {0, -1}) end,
  function(t) return t:mul(pick {-1, 0, 1e30, 1000, 0 / 0, 1 / 0}) end,
  function(t) return torch.full(t.shape, pick(integers)) end,
  function(t) return torch.full(t.shape, pick {-1, 0, 1, 2, 5}) end,
  function(t) return torch.full(t.shape, pick(floats)) end,
  function(t) return torch.full(t.shape, pick(integers)):to('int32') end,
  function(t) return t:numel() < 1 << 20 and torch.ones(1):expand(t.shape) end,
  function(t) return t:transpose(0, 1) end,
  function(t) return t:slice(pick {0, -1}, pick {0, 1}, nil, pick {1, 2}) end,
  function(t) return t:unsqueeze(0):expand({3, table.unpack(t.shape)}) end,
  function(t) return t[pick(layouts)](t) end,
  function(t) return t:to('meta') end,
  function() return torch.empty({1 << 11, 1 << 11, 1 << 11}, {device = 'meta'}) end,
  function(t) return t:detach():clone():requires_grad_(true) end,
  function(t) return t:detach():clone():requires_grad_(true) end,
  function(t) return torch.quantize_per_tensor(t, 0.1, 1, 'quint8') end,
  function(t) return t:to('complex64'):conj() end,
  function(t) return t:to('complex64'):conj():imag() end,
  function() return torch.ones(3):as_strided({3, 3}, {1, 0}) end,
  function() return torch.ones({1, 1, 1, 1, 1, 1, 1, 1, 2}) end,
  function() return torch.zeros({1, 2, 2}, {dtype = 'bool'}) end,
  function() return torch.rand({100, 100}) end,
  function(t) return torch.cat({t, t}) end,
}

-- The tensor with one element that is out of every range; what an index or a length must be checked for.
local function poisoned(t)
  local made = t:clone()
  made:view(-1)[math.random(0, t:numel() - 1)] = pick(integers)
  return made
end

-- The tensor made long, so that what is read or written out of bounds is far from it.
local function enlarged(t)
  local times = {}
  for i = 1, t:dim() do times[i] = 1 end
  times[math.random(#times)] = 1 << 14
  return t:numel() < 1000 and t['repeat'](t, times)
end

local function change(t)
  local fn = pick(tensors)
  if chance(0.4) and not t:is_floating_point() then fn = poisoned elseif chance(0.08) then fn = enlarged end
  local ok, made = pcall(fn, t)
  return ok and torch.is_tensor(made) and made or t
end

local mutate

local function mutate_list(list, seen)
  local copy = {table.unpack(list)}
  local how = math.random(7)
  if how == 1 then return {} end
  if how == 2 then copy[#copy] = nil
  elseif how == 3 then copy[#copy + 1] = copy[1]
  elseif how == 4 and #copy > 0 then
    for i = #copy + 1, pick {10, 100} do copy[i] = copy[(i - 1) % #list + 1] end
  elseif #copy > 0 then
    local i = math.random(#copy)
    copy[i] = mutate(copy[i], seen)
  end
  return copy
end

-- Another value of the same kind, which the matcher mostly takes and the kernel may not expect.
function mutate(value, seen)
  if torch.is_tensor(value) then
    if #seen > 0 and chance(0.15) then return pick(seen) end
    local made = change(value)
    return chance(0.2) and change(made) or made
  end
  local kind = math.type(value) or type(value)
  if kind == 'integer' then return chance(0.1) and pick(floats) or pick(integers) end
  if kind == 'float' then return chance(0.1) and pick(integers) or pick(floats) end
  if kind == 'boolean' then return not value end
  if kind == 'string' then return pick(strings) end
  if kind == 'table' then return mutate_list(value, seen) end
  return value
end

local function named_value(argument, seen)
  local kind = argument.kind
  if kind == 'Tensor' then return mutate(seen[1] or torch.rand(2, 3), seen) end
  if kind == 'int' or kind == 'Scalar' then return pick(integers) end
  if kind == 'float' then return pick(floats) end
  if kind == 'boolean' then return chance(0.5) end
  if kind == 'int[]' then return pick {{}, {pick(integers)}, {1, 1}, {0, pick(integers)}, {1, 1, 1}, {2, 2}} end
  if kind == 'float[]' then return {pick(floats), pick(floats)} end
  if kind == 'Scalar[]' then return {pick(integers), pick(floats)} end
  if kind == 'Tensor[]' then return {pick(seen) or torch.ones(2), torch.rand(2, 3)} end
  if kind == 'dtype' then return pick(dtypes) end
  if kind == 'device' then return pick {'cpu', 'meta', 'cuda'} end
  if kind == 'layout' then return pick {'strided', 'sparse_coo', 'sparse_csr', 'mkldnn'} end
  if kind == 'memory_format' then return pick {'contiguous_format', 'preserve_format', 'channels_last', 'channels_last_3d'} end
  if kind == 'string' then return pick(strings) end
end

-- What an out= option may be given: an input, an empty tensor, one of another dtype, one that overlaps
-- itself.
local function out_value(argument, seen)
  local made = #seen > 0 and chance(0.4) and pick(seen) or pick {torch.empty(0), torch.rand(2, 3), torch.empty({0}, {dtype = 'int64'}),
    torch.ones(1):expand({2, 3}), torch.empty({2, 3}, {device = 'meta'}), torch.rand(3, 2).mT, torch.rand(3, 3)}
  return argument.kind == 'Tensor[]' and {made, made} or made
end

local function is_options(value) return type(value) == 'table' and type(next(value)) == 'string' end

-- The list with one to three arguments mutated, named ones added, and sometimes out= where `out` (an
-- overload) is given.
function hostile.arguments(list, overload, out)
  local seen, positional, options = {}, {n = 0}, {}
  for i = 1, list.n do
    if torch.is_tensor(list[i]) then seen[#seen + 1] = list[i] end
    if i == list.n and is_options(list[i]) then
      for name, value in next, list[i] do options[name] = value end
    else
      positional.n = i
      positional[i] = list[i]
    end
  end
  if positional.n > 0 then
    for _ = 1, math.random(0, math.min(3, positional.n)) do
      local i = math.random(positional.n)
      positional[i] = mutate(positional[i], seen)
    end
  end
  for place, argument in ipairs(overload.arguments) do
    if place > positional.n and chance(argument.required and 0.7 or 0.25) and options[argument.name] == nil then
      options[argument.name] = named_value(argument, seen)
    end
  end
  for _, name in ipairs {'dtype', 'layout', 'device', 'pin_memory'} do
    if chance(0.5) then options[name] = nil end
  end
  if out and chance(0.25) then
    local outs = {}
    for _, argument in ipairs(out.arguments) do
      if argument.out then outs[#outs + 1] = out_value(argument, seen) end
    end
    options.out = #outs == 1 and outs[1] or outs
    options.dtype, options.device, options.layout, options.pin_memory = nil, nil, nil, nil
  end
  if next(options) then
    positional.n = positional.n + 1
    positional[positional.n] = options
  end
  return positional
end

local wrong = {
  function() return 'text' end, function() return nil end, function() return {} end, function() return print end,
  function() return {{1, 2}, {'x'}} end, function() return {unknown_option = 1} end, function() return io.stdout end,
  function() return torch.null end, function() return {1, nil, 3} end, function() return coroutine.create(print) end,
  function() return true end, function() return {dtype = 'float33'} end, function() return {[1.5] = 2} end,
  function() return torch.Generator() end, function() return {1, name = 2} end, function() return 2.5 end,
  function() return {out = 3} end, function() return {out = {}} end, function() return setmetatable({}, {__index = error}) end,
}

-- The list with one to all arguments of a type that the operator does not take; sometimes too few or too
-- many.
function hostile.wrong_types(list)
  local made = {n = list.n, table.unpack(list, 1, list.n)}
  local how = math.random(6)
  if how == 1 then
    made.n = made.n + math.random(3)
    for i = list.n + 1, made.n do made[i] = pick(wrong)() end
  elseif how == 2 then
    made.n = math.random(0, made.n)
  else
    for i = 1, made.n do
      if how == 3 or chance(1 / made.n) then made[i] = pick(wrong)() end
    end
  end
  return made
end

-- The list with arguments that no overload has room for.
function hostile.too_many(list)
  local made = {n = list.n + 40, table.unpack(list, 1, list.n)}
  for i = list.n + 1, made.n do made[i] = i end
  return made
end

return hostile
