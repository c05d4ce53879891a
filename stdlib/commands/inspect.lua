-- brainlua inspect FILE: what is in it, one line per tensor or value.
local core = require 'brain.core'
local file = require 'brain.file'

local item_bytes = {bool = 1, int8 = 1, uint8 = 1, int16 = 2, uint16 = 2, int32 = 4, uint32 = 4, float16 = 2,
  bfloat16 = 2, float32 = 4, complex64 = 8, complex128 = 16, complex32 = 4}

local function bytes_of(t)
  return t:numel() * (item_bytes[t.dtype] or (t.dtype:find '^float8' and 1 or 8))
end

local function shape_text(t)
  local sizes = {}
  for i, size in ipairs(t.shape) do sizes[i] = tostring(size) end
  return #sizes > 0 and table.concat(sizes, ' x ') or 'scalar'
end

-- Text for a value that is no table: short, on one line; bytes that are no text as \xNN.
local function plain(value)
  if math.type(value) == 'float' then return (('%.6g'):format(value):gsub('^%-?%d+$', '%0.0')) end
  if type(value) ~= 'string' then return tostring(value) end
  local text = value
  if not utf8.len(text) then
    text = text:gsub('[%c\x80-\xff]', function(c) return ('\\x%02x'):format(c:byte()) end)
  elseif utf8.len(text) > 60 then
    text = text:sub(1, utf8.offset(text, 58) - 1) .. '...'
  end
  return ("'%s'"):format((text:gsub('%c', ' ')))
end

local function kind_of(value)
  return value == torch.null and 'null' or math.type(value) or type(value)
end

local function counted(n, what) return ('%d %s%s'):format(n, what, n == 1 and '' or 's') end

local function is_plain_list(value)
  if getmetatable(value) then return false end
  for _, item in ipairs(value) do
    if type(item) == 'table' or torch.is_tensor(item) then return false end
  end
  return #value > 0
end

-- Up to six items of a list, as many as make a line of 70 characters.
local function list_text(list)
  local first, width = {}, 0
  for i = 1, math.min(#list, 6) do
    local text = plain(list[i])
    width = width + (utf8.len(text) or #text) + 2
    if i > 1 and width > 70 then break end
    first[i] = text
  end
  return ('{%s%s}'):format(table.concat(first, ', '), #list > #first and ', ...' or '')
end

-- Appends {name, shape or value, dtype or type, bytes} for all below value; shared tables are listed once.
local function collect(rows, name, value, seen)
  if torch.is_tensor(value) then
    rows[#rows + 1] = {name, shape_text(value), value.dtype, core.bytes(bytes_of(value))}
    rows.tensors = rows.tensors + 1
    rows.elements = rows.elements + value:numel()
    rows.bytes = rows.bytes + bytes_of(value)
  elseif type(value) ~= 'table' then
    rows[#rows + 1] = {name, plain(value), kind_of(value), ''}
  elseif seen[value] then
    rows[#rows + 1] = {name, 'as ' .. seen[value], 'table', ''}
  elseif next(value) == nil then
    rows[#rows + 1] = {name, '{}', 'table', ''}
  elseif is_plain_list(value) then
    rows[#rows + 1] = {name, list_text(value), ('list of %d'):format(#value), ''}
  else
    seen[value] = name
    for key, item in pairs(value) do
      collect(rows, name == '' and tostring(key) or ('%s.%s'):format(name, key), item, seen)
    end
  end
end

local function print_table(rows)
  local widths = {0, 0, 0, 0}
  for _, row in ipairs(rows) do
    for i = 1, 3 do widths[i] = math.max(widths[i], utf8.len(row[i]) or #row[i]) end
  end
  for _, row in ipairs(rows) do
    local line = ''
    for i = 1, 4 do line = line .. row[i] .. (' '):rep(widths[i] - (utf8.len(row[i]) or #row[i]) + 2) end
    print((line:gsub(' +$', '')))
  end
end

local attribute_text
function attribute_text(value)
  if torch.is_tensor(value) and value:dim() == 2 and value:numel() <= 16 then  -- an affine
    local lines = {}
    for _, row in pairs(value) do lines[#lines + 1] = attribute_text(row) end
    return table.concat(lines, ' ')
  elseif torch.is_tensor(value) then
    local short = value:dim() == 1 and value:numel() <= 6 and not value:is_complex()
    return short and list_text(value:is_floating_point() and value:double():tolist() or value:tolist())
        or ('%s %s'):format(value.dtype, shape_text(value))
  elseif type(value) ~= 'table' then
    return plain(value)
  end
  return is_plain_list(value) and #value <= 6 and list_text(value) or 'table'
end

-- An HDF5 file as a table of its objects, and their attributes below it; no data are read.
local function inspect_hdf5(path)
  local h <close> = file.open(path)
  local rows, notes, sets, bytes = {}, {}, 0, 0
  for _, entry in ipairs(h:list()) do
    local is_set = entry.kind == 'dataset'
    if is_set then
      sets = sets + 1
      bytes = bytes + entry.bytes
    end
    local size = is_set and core.bytes(entry.bytes) or ''
    if is_set and entry.note ~= '' then size = ('%s (%s in the file: %s)'):format(size, core.bytes(entry.stored), entry.note)
    elseif entry.note ~= '' then size = entry.note end
    if entry.path ~= '' then rows[#rows + 1] = {entry.path, is_set and shape_text(entry) or '', entry.type, size} end
    if entry.type ~= 'link' and not entry.note:find '^as ' then
      for name, value in pairs(h:attributes('/' .. entry.path)) do
        notes[#notes + 1] = ('%s @%s = %s'):format('/' .. entry.path, name, attribute_text(value))
      end
    end
  end
  print(('%s: HDF5, %s, %s'):format(path, counted(sets, 'data set'), core.bytes(bytes)))
  print_table(rows)
  if #notes > 0 then print('attributes\n  ' .. table.concat(notes, '\n  ')) end
end

return function(arguments)
  local path = arguments[1]
  if not path or arguments[2] then
    io.stderr:write 'usage: brainlua inspect FILE\n'
    return 2
  end
  local ok, value, metadata = pcall(function()
    if file.format(path) == 'HDF5' then return inspect_hdf5(path) end
    return file.load(path, {allow_pickle = true, metadata = true})
  end)
  if not ok then
    io.stderr:write('brainlua inspect: ', (tostring(value):gsub('^[%w/_.]+:%d+: ', '')), '\n')
    return 1
  end
  if value == nil then return 0 end
  local format = file.format(path)
  if metadata and metadata.mode and torch.is_tensor(value) then  -- a picture
    print(('%s: %s image, %d x %d (width x height), mode %s'):format(path, format, metadata.width, metadata.height,
      metadata.mode))
    return 0
  end
  local rows = {tensors = 0, elements = 0, bytes = 0}
  collect(rows, '', value, {})
  print(('%s: %s, %s, %s, %s'):format(path, format, counted(rows.tensors, 'tensor'), counted(rows.elements, 'element'),
    core.bytes(rows.bytes)))
  for key, text in pairs(metadata or {}) do print(('metadata  %s = %s'):format(key, attribute_text(text))) end
  print_table(rows)
  return 0
end
