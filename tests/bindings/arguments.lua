-- Seeded arguments for operators, made from their schemas: likely valid ones, and hostile mutations of valid
-- ones. An argument list is a table with n, as table.pack makes it; its last element may be an options table.
local torch = require 'brain.torch'

local arguments = {}

-- The shape and dtype that the tensors of one call share.
local families = {
  {shape = {2, 3}}, {shape = {3, 3}, definite = true}, {shape = {2, 3, 4, 4}}, {shape = {5}}, {shape = {}},
  {shape = {2, 3}, dtype = 'int64'}, {shape = {2, 3}, dtype = 'bool'}, {shape = {3, 3}, dtype = 'complex64'},
  {shape = {3, 4, 5}}, {shape = {2, 3, 4, 4, 4}}, {shape = {4}, dtype = 'int64'},
  {shape = {2, 3, 3}, dtype = 'float64', definite = true}, {shape = {2, 3}, layout = 'sparse_coo'},
  {shape = {2, 3}, layout = 'sparse_csr'}, {shape = {4, 4}, layout = 'sparse_bsr'}, {shape = {2, 3}, quantized = true},
}
arguments.families = #families

-- Makes what follows depend on the text alone.
function arguments.seed(text)
  local hash = 1469598103934665603
  for i = 1, #text do hash = (hash ~ text:byte(i)) * 1099511628211 end
  math.randomseed(hash, 0)
  torch.manual_seed(hash & 0x7fffffff)
end

local function pick(list) return list[math.random(#list)] end
local function chance(p) return math.random() < p end

local function family_tensor(family, shape)
  local dtype, t = family.dtype or 'float32', nil
  shape = shape or family.shape
  if dtype == 'int64' then return torch.randint(1, 4, shape) end
  if dtype == 'bool' then return torch.randint(0, 2, shape):to('bool') end
  t = torch.rand(shape, {dtype = dtype}) * 0.8 + 0.1
  if family.definite then t = t:matmul(t.mT) + torch.eye(shape[#shape], {dtype = dtype}) end
  if family.quantized then return torch.quantize_per_tensor(t, 0.1, 1, 'quint8') end
  if family.layout == 'sparse_coo' then return t:to_sparse() end
  if family.layout == 'sparse_csr' then return t:to_sparse_csr() end
  if family.layout == 'sparse_bsr' then return t:to_sparse_bsr({2, 2}) end
  return t
end

local integer_tensors = {index = true, indices = true, offsets = true, lengths = true, repeats = true, target = true}
local boolean_tensors = {mask = true, condition = true, where = true}
local one_element = {value = true, tensor_value = true, scale = true, zero_point = true}

local function tensor(name, family)
  if boolean_tensors[name] then return torch.randint(0, 2, family.shape):to('bool') end
  if integer_tensors[name] then return torch.randint(0, 2, chance(0.5) and #family.shape > 0 and {2} or family.shape) end
  if one_element[name] then return torch.tensor(1.0) end
  return family_tensor(family)
end

local strings = {
  reduce = {'sum', 'prod', 'mean', 'amax', 'amin'}, mode = {'constant', 'reflect', 'reduced', 'r'},
  rounding_mode = {'floor', 'trunc'}, indexing = {'ij', 'xy'}, UPLO = {'L', 'U'}, approximate = {'none', 'tanh'},
  equation = {'ij->ji', '...->...'}, ord = {'fro', 'nuc'}, norm = {'backward', 'ortho', 'forward'},
  side = {'left', 'right'}, padding = {'valid', 'same'}, interpolation = {'linear', 'lower'}, driver = {'gelsd'},
}

local function is_dim(name) return name:find '^dim' or name == 'axis' or name == 'axis0' or name:find '_dim$' end

local function integer(name, family)
  local nd = math.max(#family.shape, 1)
  if is_dim(name) then return chance(0.5) and 0 or math.random(-nd, nd - 1) end
  if name == 'self_size' or name == 'num_classes' then return 5 end
  return pick {1, 2, 0, 3, 1}
end

local function integers(argument, family)
  local name, nd = argument.name, #family.shape
  if name:find 'size' or name == 'shape' then
    if name == 'output_size' or name == 'kernel_size' then
      local list = {}
      for i = 1, math.max(argument.broadcast, 1) do list[i] = 2 end
      return list
    end
    return {table.unpack(family.shape)}
  end
  if name == 'dim' or name == 'dims' or name == 'axes' then
    if name == 'dims' and chance(0.5) then
      local list = {}
      for i = 1, nd do list[i] = nd - i end
      return list
    end
    return nd == 0 and {} or pick {{0}, {nd - 1}, {-1, nd > 1 and 0 or nil}}
  end
  if name == 'stride' and argument.broadcast == 0 then
    local list, step = {}, 1
    for i = nd, 1, -1 do list[i], step = step, step * family.shape[i] end
    return list
  end
  if argument.broadcast > 1 then
    local list = {}
    for i = 1, argument.broadcast do list[i] = name == 'padding' and 0 or 1 end
    return list
  end
  return pick {{1}, {1, 1}, {0}, {2, 2}}
end

-- A value that fits the argument's kind; nil where Lua cannot make one.
local function value(argument, family)
  local kind, name = argument.kind, argument.name
  if kind == 'Tensor' then return tensor(name, family) end
  if kind == 'Tensor[]' then return {family_tensor(family), family_tensor(family)} end
  if kind == 'Tensor?[]' then return {torch.tensor({0, 1})} end
  if kind == 'Scalar' then return pick {1, 0.5, 2, 1} end
  if kind == 'int' then return integer(name, family) end
  if kind == 'float' then return pick {0.5, 1.0, 0.25} end
  if kind == 'boolean' then return chance(0.5) end
  if kind == 'string' then return pick(strings[name] or {'mean', 'none'}) end
  if kind == 'dtype' then return pick {'float32', 'float64', family.dtype or 'float32'} end
  if kind == 'layout' then return 'strided' end
  if kind == 'memory_format' then return pick {'contiguous_format', 'preserve_format'} end
  if kind == 'device' then return 'cpu' end
  if kind == 'Generator' then return torch.Generator() end
  if kind == 'Scalar[]' then return {1, 2} end
  if kind == 'int[]' then return integers(argument, family) end
  if kind == 'float[]' then return argument.broadcast > 0 and 0.5 or {0.5, 1.5} end
  if kind == 'boolean[]' then
    local list = {}
    for i = 1, math.max(argument.broadcast, 1) do list[i] = true end
    return list
  end
end

-- Arguments for the overload: the required ones at even odds of success, the others by chance. Try n takes
-- family n.
function arguments.valid(overload, try)
  local family = families[(try - 1) % #families + 1]
  local extra = (try - 1) // #families % 3 * 0.3
  local list, options, count = {n = 0}, {}, 0
  local gap = false
  for _, argument in ipairs(overload.arguments) do
    if not argument.out and (argument.required or chance(extra)) then
      local made = value(argument, family)
      if argument.keyword_only or gap then
        options[argument.name] = made
        if made ~= nil then count = count + 1 end
      else
        list.n = list.n + 1
        list[list.n] = made
      end
    elseif not argument.out then
      gap = true
    end
  end
  if count > 0 then
    list.n = list.n + 1
    list[list.n] = options
  end
  return list
end

-- Every argument given, each of the right kind: what the matcher must take whatever the kernel says.
function arguments.full(overload)
  local family, list, options = families[1], {n = 0}, {}
  for _, argument in ipairs(overload.arguments) do
    if argument.keyword_only then
      options[argument.name] = value(argument, family)
    else
      list.n = list.n + 1
      list[list.n] = value(argument, family)
    end
  end
  if next(options) then
    list.n = list.n + 1
    list[list.n] = options
  end
  return list
end

local function show_tensor(t)
  if not pcall(function() return t.shape end) then return 'nested tensor' end
  local text = ('%s%s'):format(t.dtype, t.shape)
  if t.layout ~= 'strided' then text = text .. ' ' .. t.layout end
  if t.device ~= 'cpu' then text = text .. ' ' .. t.device end
  if t.requires_grad then text = text .. ' grad' end
  if t.layout == 'strided' and t.device == 'cpu' and t:numel() <= 6 then
    text = text .. '=' .. tostring(t:reshape(-1)):gsub('%s+', ' ')
  end
  return text
end

local function show(item)
  if torch.is_tensor(item) then return show_tensor(item) end
  if type(item) == 'string' then return ('%q'):format(item) end
  if type(item) ~= 'table' then return tostring(item) end
  local parts = {}
  for k, v in next, item do
    if #parts > 40 then parts[#parts + 1] = '...' break end
    parts[#parts + 1] = (type(k) == 'number' and '' or tostring(k) .. '=') .. show(v)
  end
  return '{' .. table.concat(parts, ', ') .. '}'
end

-- One line for a replay.
function arguments.show(list)
  local parts = {}
  for i = 1, list.n do parts[i] = show(list[i]) end
  return table.concat(parts, '; ')
end

return arguments
