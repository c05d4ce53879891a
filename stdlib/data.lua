-- Readers of public data sets, one module each.
local data = {}
data.kamitani = require 'brain.data.kamitani'
return data
