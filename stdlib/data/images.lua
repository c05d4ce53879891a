-- Pictures: preprocessing, columns of them, and the files of a folder.
local native = require 'brain.data.images.native'

local images = {transform = native.transform, image_files = native.image_files}

local units = {[''] = 1, K = 1e3, M = 1e6, G = 1e9, Ki = 2 ^ 10, Mi = 2 ^ 20, Gi = 2 ^ 30}

-- Bytes of 512000000, '512MB' or '1.5GiB'.
local function bytes_of(size)
  if type(size) ~= 'string' then return size end
  local number, unit = size:match '^(%d+%.?%d*) *([KMG]?i?)B?$'
  if not number or not units[unit] then
    error(("image_column: cache: expected bytes as a number or as '512MB', '2GiB', got '%s'"):format(size), 3)
  end
  return math.tointeger(math.floor(tonumber(number) * units[unit]))
end

function images.image_column(source, options)
  if type(options) ~= 'table' then return native.image_column(source, options) end
  local given = {}
  for name, value in pairs(options) do given[name] = value end
  given.cache = bytes_of(given.cache)
  if type(given.transform) == 'table' then given.transform = native.transform(given.transform) end
  return native.image_column(source, given)
end

return images
