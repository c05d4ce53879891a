-- Compares Lua expressions with values from Python: files of {expression, expected, ...}, see
-- tests/data/golden.py.
local test = require 'brain.test'
local torch = require 'brain.torch'
local native = require 'brain.native'

local golden = {}

-- Integers in 0..65535 of the generator that the files were made with.
local function draws(seed, count)
  local state, list = 12345 + seed * 7919, {}
  for i = 1, count do
    state = (state * 1103515245 + 12345) & 0x7fffffff
    list[i] = state >> 15
  end
  return list
end

local function build(seed, shape, dtype, value)
  local count = 1
  for _, size in ipairs(shape) do count = count * size end
  local list = draws(seed, count)
  for i = 1, count do list[i] = value(list[i]) end
  return torch.tensor(list, {dtype = dtype}):view(shape)
end

-- What expressions may name besides torch: numbers in [-2, 2), integers in [0, high), a call after seeding.
golden.names = {
  torch = torch, inf = math.huge, nan = 0 / 0,
  sample = function(seed, shape, dtype)
    return build(seed, shape, dtype or 'float32', function(k) return (k - 32768) / 16384 end)
  end,
  whole = function(seed, shape, high, dtype)
    return build(seed, shape, dtype or 'int64', function(k) return k % high end)
  end,
  seeded = function(seed, call)
    torch.manual_seed(seed)
    return call()
  end,
}

local tolerances = {
  float32 = {1.3e-6, 1e-5}, complex64 = {1.3e-6, 1e-5}, float64 = {1e-7, 1e-7}, complex128 = {1e-7, 1e-7},
  bfloat16 = {1.6e-2, 1e-5}, float16 = {1e-3, 1e-5},
}

local special = {nan = 0 / 0, inf = math.huge, ['-inf'] = -math.huge}

local function close(a, b, rtol, atol)
  return a == b or (a ~= a and b ~= b) or math.abs(a - b) <= atol + rtol * math.abs(b)
end

local function elements(tensor)
  if tensor:is_complex() then tensor = torch.view_as_real(tensor:resolve_conj()) end
  tensor = tensor:detach():reshape{-1}
  if tensor:is_floating_point() then return tensor:to('float64'):tolist() end
  return tensor:to('int64'):tolist()
end

local function check_tensor(got, expected, label)
  local dtype, shape, text = expected:match '^(%w+) %[(.-)%] ?(.*)$'
  test.truthy(native.is_tensor(got), label .. ': expected a tensor, got ' .. tostring(got))
  test.equal(tostring(got.dtype):gsub('^torch%.', ''), dtype, label .. ': dtype')
  test.equal(table.concat(got.shape, ' '), shape, label .. ': shape')
  local values, i = elements(got), 0
  local rtol, atol = table.unpack(tolerances[dtype] or {0, 0})
  for word in text:gmatch '%S+' do
    i = i + 1
    local want = special[word] or tonumber(word)
    if not close(values[i], want, rtol, atol) then
      error(('%s: element %d is %s, expected %s'):format(label, i - 1, tostring(values[i]), word), 0)
    end
  end
  test.equal(#values, i, label .. ': number of values')
end

local function check_value(got, expected, label)
  if type(expected) == 'table' then
    test.equal(type(got), 'table', label .. ': a list of tensors')
    test.equal(#got, #expected, label .. ': length of the list')
    for i, item in ipairs(expected) do check_value(got[i], item, label) end
  elseif expected == 'nil' then
    test.equal(got, nil, label)
  elseif expected:match '^boolean ' then
    test.equal(tostring(got), expected:match ' (.*)$', label)
  elseif expected:match '^number ' then
    test.truthy(close(got, tonumber(expected:match ' (.*)$'), 1e-7, 1e-7),
      label .. ': ' .. tostring(got) .. ', expected ' .. expected)
  else
    check_tensor(got, expected, label)
  end
end

-- What older LibTorch versions lack: a word in the code of a case, and the operator behind it.
local newer = {lanczos = '_upsample_lanczos2d_aa', scaled_mm = '_scaled_mm_v2'}

local cpu_since = {scaled_mm = 2.13}  -- LibTorch 2.11 has the operator for GPUs alone

local function available(code)
  for word, version in pairs(cpu_since) do
    if code:find(word, 1, true) and tonumber(torch.version:match '^%d+%.%d+') < version then return false end
  end
  for word, operator in pairs(newer) do
    if code:find(word, 1, true) and not native.schemas(operator) then return false end
  end
  return true
end

-- One test case per entry of the file.
function golden.run(path, names)
  local environment = setmetatable(names or {}, {__index = golden.names})
  for _, entry in ipairs(dofile(path)) do
    local code = entry[1]
    test.case(code, function()
      if not available(code) then return end
      local results = table.pack(assert(load('return ' .. code, '=' .. code:sub(1, 50), 't', environment))())
      for i = 2, #entry do check_value(results[i - 1], entry[i], code) end
    end)
  end
end

return golden
