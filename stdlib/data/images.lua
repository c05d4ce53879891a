-- Pictures: preprocessing, columns of them, and the files of a folder.
local bytes = require 'brain.bytes'
local native = require 'brain.data.images.native'

local images = {transform = native.transform, image_files = native.image_files}

-- Bytes of 512000000, '512MB' or '1.5GiB'.
local function bytes_of(size)
  if type(size) ~= 'string' then return size end
  return bytes(size) or error(("image_column: cache: expected bytes as a number or as '512MB', '2GiB', got '%s'"):format(size), 3)
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
