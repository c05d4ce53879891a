-- data: what is read, as data sets and records.
local images = require 'brain.data.images'

local data = {}

data.transform, data.image_column, data.image_files = images.transform, images.image_column, images.image_files

return data
