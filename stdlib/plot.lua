-- plot: figures as a paper takes them, drawn natively on Cairo.
if not package.loaded['brain.plot.native'] then
  return setmetatable({}, {
    __index = function(_, name)
      error(('plot.%s: this brainlua was built without Cairo (BRAIN_MINIMAL)'):format(tostring(name)), 2)
    end,
  })
end

local bars, scatter, grid = require 'brain.plot.bars', require 'brain.plot.scatter', require 'brain.plot.grid'

return {
  lines = require 'brain.plot.lines',
  bars = bars.bars,
  histogram = bars.histogram,
  rdm = require 'brain.plot.rdm',
  scatter = scatter.scatter,
  mds = scatter.mds,
  image_grid = grid.image_grid,
  grid = grid.grid,
}
