-- json(path): the value of a JSON file, for golden data. Arrays become lists, null becomes nil.
local function reader(text)
  local at = 1
  local value

  local function skip() at = text:find('[^%s,:]', at) end

  local function list(close, add)
    at = at + 1
    skip()
    while text:sub(at, at) ~= close do
      add()
      skip()
    end
    at = at + 1
  end

  local function text_at()
    local stop = at
    repeat stop = text:find('"', stop + 1, true) until text:sub(stop - 1, stop - 1) ~= '\\'
    local found = text:sub(at + 1, stop - 1)
    at = stop + 1
    return (found:gsub('\\(.)', '%1'))
  end

  function value()
    skip()
    local first, result = text:sub(at, at), {}
    if first == '"' then return text_at() end
    if first == '[' then
      list(']', function() result[#result + 1] = value() end)
      return result
    elseif first == '{' then
      list('}', function()
        local name = text_at()
        result[name] = value()
      end)
      return result
    end
    local word = text:match('^[%w+.-]+', at)
    at = at + #word
    if word == 'true' then return true elseif word == 'false' then return false end
    return tonumber(word)
  end

  return value()
end

return function(path)
  local file <close> = assert(io.open(path))
  return reader(file:read 'a')
end
