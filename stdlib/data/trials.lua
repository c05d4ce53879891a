-- trials(path or list of paths) -> table of columns, one list of texts for each, from CSV files with a header line: the
-- layout of Brain-Score's and model-vs-human's trial tables. Files are joined in their order and must have equal headers.
local native = require 'brain.native'

-- The fields of a line; quoted ones may hold commas and doubled quotes.
local function fields(line, path, number)
  local list, at = {}, 1
  repeat
    local text, stop
    if line:sub(at, at) == '"' then
      text, stop = '', at
      repeat
        local from, to = stop + 1, line:find('"', stop + 1, true)
        if not to then error(('%s: line %d: a quote is not closed'):format(path, number), 0) end
        text, stop = text .. line:sub(from, to - 1), to + 1
        local again = line:sub(stop, stop) == '"'
        if again then text = text .. '"' end
      until not again
    else
      stop = line:find(',', at, true) or #line + 1
      text = line:sub(at, stop - 1)
    end
    list[#list + 1] = text
    at = stop + 1
  until stop > #line
  return list
end

local function read(path, columns, names)
  local file, message = io.open(path, 'rb')
  if not file then error('trials: ' .. message, 0) end
  local text = file:read('a'):gsub('^\xEF\xBB\xBF', '')
  file:close()
  local number, header = 0, nil
  for line in text:gmatch '([^\r\n]+)' do
    number = number + 1
    local list = fields(line, path, number)
    if not header then
      header = list
      for i, name in ipairs(header) do
        if names[1] == nil then columns[name] = {} end
        if names[1] ~= nil and names[i] ~= name then
          error(("%s: expected the columns of the first file, '%s', found '%s'"):format(path, tostring(names[i]), name), 0)
        end
      end
      if names[1] == nil then table.move(header, 1, #header, 1, names) end
    else
      if #list ~= #names then
        error(('%s: line %d: expected %d fields, found %d'):format(path, number, #names, #list), 0)
      end
      for i, name in ipairs(names) do
        local column = columns[name]
        column[#column + 1] = list[i]
      end
    end
  end
  if not header then error(path .. ': expected a header line, found an empty file', 0) end
end

return function(paths)
  if type(paths) == 'string' then paths = {paths} end
  if type(paths) ~= 'table' or native.is_tensor(paths) or #paths == 0 then
    error('trials: expected a path or a list of paths, got ' .. type(paths), 2)
  end
  local columns, names = {}, {}
  for _, path in ipairs(paths) do
    local ok, message = pcall(read, path, columns, names)
    if not ok then error(message, 2) end
  end
  return columns
end
