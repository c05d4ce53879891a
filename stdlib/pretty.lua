-- Values as the prompt shows them: `pretty(value, {width=, colour=})` -> text.
--
-- Tables are read raw, on one line where they fit, otherwise indented; depth, entries and strings are cut.
-- A tensor gets a line with its shape, dtype and device, and above 1,000 elements its range as well.
local native = require 'brain.native'
local lexer = require 'brain.lexer'

local max_depth = 4        -- tables within tables
local max_entries = 30     -- per table
local max_total = 500      -- per value
local max_string = 500     -- bytes of a string
local large = 1000         -- elements from which a tensor is summarised, as PyTorch prints

local show  -- the recursive printer, defined last

local escapes = {['\n'] = '\\n', ['\t'] = '\\t', ['\r'] = '\\r', ['\\'] = '\\\\', ['"'] = '\\"'}

-- A Lua string literal; UTF-8 stays readable, other bytes are escaped, what is cut is counted.
local function quote(s)
  local note = ''
  if #s > max_string then
    local cut = max_string
    while cut > 0 and s:byte(cut + 1) & 0xC0 == 0x80 do cut = cut - 1 end
    note = (' ... %d more bytes'):format(#s - cut)
    s = s:sub(1, cut)
  end
  local function hexadecimal(c) return ('\\x%02X'):format(c:byte()) end
  local text = s:gsub('[%c\\"]', function(c) return escapes[c] or hexadecimal(c) end)
  if not utf8.len(text) then text = text:gsub('[\x80-\xFF]', hexadecimal) end
  return '"' .. text .. '"' .. note
end

local function dims(t)
  local sizes = {}
  for i, size in ipairs(t.shape) do sizes[i] = tostring(size) end
  return #sizes > 0 and table.concat(sizes, ' x ') or 'scalar'
end

-- "[2 x 3 float32 cpu]" of a tensor.
local function tensor_line(t)
  local dtype = tostring(t.dtype):gsub('^torch%.', '')
  local gradient = t.requires_grad and ' requires_grad' or ''
  return ('[%s %s %s%s]'):format(dims(t), dtype, tostring(t.device), gradient)
end

-- Range, mean and NaN count. Half precision is averaged in float32, integers and booleans in float64.
local function statistics(t)
  t = t:detach()
  local dtype = tostring(t.dtype)
  if not dtype:find 'float' then
    local low, high = t:min():item(), t:max():item()
    return ('min %s  max %s  mean %.6g'):format(low, high, t:to('float64'):mean():item())
  end
  local missing = t:isnan():sum():item()
  if missing == t:numel() then return 'all NaN' end
  local present = missing > 0 and t:masked_select(t:isnan():logical_not()) or t
  if dtype:find 'float16' then present = present:to 'float32' end
  return ('min %.6g  max %.6g  mean %.6g  NaN %d')
      :format(present:min():item(), present:max():item(), present:mean():item(), missing)
end

local function tensor_text(t, state)
  local line = tensor_line(t)
  if t:numel() > large then
    local ok, numbers = pcall(statistics, t)  -- complex, sparse, quantized and meta tensors have no range
    if ok then line = line .. '  ' .. numbers end
  end
  return tostring(t) .. '\n' .. (state.colour and '\27[2m' .. line .. '\27[0m' or line)
end

local operator_namespaces = {linalg = true, fft = true, special = true}

-- Where an operator is found in Lua: 'linalg_norm' is torch.linalg.norm.
local function operator_path(name)
  local space, rest = name:match '^(%a+)_(.+)$'
  return 'torch.' .. (operator_namespaces[space] and space .. '.' .. rest or name)
end

-- Name under which a loaded module holds this function.
local function function_name(f)
  local operator = native.operator_name(f)
  if operator then return operator_path(operator) end
  for module, members in pairs(package.loaded) do
    if type(members) == 'table' and type(module) == 'string' then
      for key, value in next, members do
        if rawequal(value, f) and type(key) == 'string' then
          local short = module:gsub('^brain%.', '')
          return short == '_G' and key or short .. '.' .. key
        end
      end
    end
  end
end

local function function_text(f)
  local name = function_name(f)
  if name then return 'function ' .. name end
  local info = debug.getinfo(f, 'S')
  if info.what == 'C' then return 'function (native)' end
  return ('function <%s:%d>'):format(info.short_src, info.linedefined)
end

local function key_text(key, state)
  if type(key) == 'string' then
    if key:find '^[%a_][%w_]*$' and not lexer.keywords[key] then return key end
    return '[' .. quote(key) .. ']'
  end
  if type(key) == 'table' then return '[table]' end
  return '[' .. show(key, state, max_depth) .. ']'
end

local rank = {number = 1, string = 2, boolean = 3}

local function key_order(a, b)
  local ra, rb = rank[type(a)] or 4, rank[type(b)] or 4
  if ra ~= rb then return ra < rb end
  if ra <= 2 then return a < b end
  return tostring(a) < tostring(b)
end

-- Texts of the entries: the list part without keys, then the other keys in order.
local function entries(t, state, depth)
  local texts, listed, keys = {}, rawlen(t), {}
  local function add(text)
    state.left = state.left - 1
    texts[#texts + 1] = text
  end
  for i = 1, math.min(listed, max_entries) do
    if state.left <= 0 then break end
    add(show(rawget(t, i), state, depth + 1))
  end
  for key in next, t do
    if not (math.type(key) == 'integer' and key >= 1 and key <= listed) then keys[#keys + 1] = key end
  end
  if #texts == listed then
    table.sort(keys, key_order)
    for _, key in ipairs(keys) do
      if #texts >= max_entries or state.left <= 0 then break end
      add(key_text(key, state) .. ' = ' .. show(rawget(t, key), state, depth + 1))
    end
  end
  local more = listed + #keys - #texts
  if more > 0 then texts[#texts + 1] = ('... %d more'):format(more) end
  return texts
end

local function table_text(t, state, depth)
  local meta = debug.getmetatable(t)
  local name = meta and rawget(meta, '__name')
  local prefix = type(name) == 'string' and name .. ' ' or ''
  if state.path[t] then return prefix .. '<cycle>' end
  if next(t) == nil then return prefix .. '{}' end
  if depth >= max_depth then return prefix .. '{...}' end
  state.path[t] = true
  local texts = entries(t, state, depth)
  state.path[t] = nil
  local line = prefix .. '{' .. table.concat(texts, ', ') .. '}'
  if #line + 2 * depth <= state.width and not line:find '\n' then return line end
  local indent = ('  '):rep(depth + 1)
  return prefix .. '{\n' .. indent .. table.concat(texts, ',\n' .. indent) .. '\n' .. ('  '):rep(depth) .. '}'
end

local function object_text(value, depth)
  local ok, text = pcall(tostring, value)
  if not ok then return ('<%s whose __tostring failed: %s>'):format(type(value), tostring(text)) end
  return (text:gsub('\n', '\n' .. ('  '):rep(depth)))
end

function show(value, state, depth)
  local kind = type(value)
  if kind == 'string' then return quote(value) end
  if kind == 'function' then return function_text(value) end
  if native.is_tensor(value) then
    return depth == 0 and tensor_text(value, state) or 'tensor ' .. tensor_line(value)
  end
  local meta = debug.getmetatable(value)
  if kind ~= 'table' or (meta and rawget(meta, '__tostring')) then return object_text(value, depth) end
  return table_text(value, state, depth)
end

local function pretty(_, value, options)
  options = options or {}
  local state = {width = options.width or 80, colour = options.colour, path = {}, left = max_total}
  return show(value, state, 0)
end

return setmetatable({
  tensor_line = tensor_line, function_text = function_text, operator_path = operator_path,
}, {__call = pretty})
