-- Every kind of figure, its files and its messages.
local test = require 'brain.test'
local help = require 'brain.help'

if not pcall(function() return plot.lines end) then  -- a build without Cairo says so
  test.case('without Cairo', function()
    test.raises(function() plot.lines{y = {1, 2}} end, 'plot.lines: this brainlua was built without Cairo (BRAIN_MINIMAL)')
  end)
  return
end

local function picture() return torch.arange(0, 48, {dtype = 'uint8'}):reshape(4, 4, 3) end

-- One figure of each kind; made inside cases, so that their tensors are counted.
local kinds = {
  lines = function()
    return plot.lines{x = {0, 10, 20}, y = torch.rand(2, 3), band = torch.full({2, 3}, 0.1), labels = {'V1', 'IT'},
      marks = {{'V1', 0, 10}, {series = 2, from = 10, to = 20}}, ceiling = {0.8, torch.tensor {0.9, 1, 0.9}}, vline = 5,
      hline = {0, 0.5}, xlabel = 'Time (ms)', ylabel = 'Similarity', title = 'Lines', xlim = {-5, 25}}
  end,
  bars = function()
    return plot.bars{values = {{1, 2}, {3, 4}, {2, 1}}, errors = torch.full({3, 2}, 0.2), points = torch.rand(3, 2, 5) * 4,
      ceiling = {low = {3, 4, 3}, high = {3.5, 4.5, 3.5}}, groups = {'V1', 'V4', 'LOC'}, labels = {'base', 'aligned'}}
  end,
  histogram = function() return plot.histogram{values = {torch.rand(50), torch.rand(60)}, labels = {'a', 'b'}, density = true} end,
  rdm = function() return plot.rdm{matrix = torch.rand(15), groups = {{'animals', 2}, {'tools', 4}}, percentile = true} end,
  scatter = function()
    return plot.scatter{x = {1, 2, 3, 4}, y = {2, 1, 4, 3}, regression = true, identity = true, groups = {'a', 'b', 'a', 'b'},
      labels = {'p', 'q', 'r', 's'}}
  end,
  mds = function()
    return plot.mds{points = {{0, 1}, {1, 0}, {2, 2}}, images = {picture(), picture(), picture()}, groups = {'a', 'a', 'b'}}
  end,
  image_grid = function() return plot.image_grid{images = torch.stack{picture(), picture()}, labels = {'one', 'two'}, columns = 2} end,
}

local function slurp(path)
  local file = assert(io.open(path, 'rb'))
  local bytes = file:read 'a'
  file:close()
  return bytes
end

-- fn(base): base is the start of file names that are removed afterwards.
local function with_files(fn)
  local base = os.tmpname()
  local ok, message = pcall(fn, base)
  for _, extension in ipairs {'', '.pdf', '.svg', '.png', '.csv'} do os.remove(base .. extension) end
  if not ok then error(message, 0) end
end

for kind, make in pairs(kinds) do
  test.case(kind .. ' in every format, with its numbers', function()
    with_files(function(base)
      local figure = make()
      test.equal(tostring(figure):match '^figure of [%d.]+ x [%d.]+ mm' ~= nil, true)
      for _, format in ipairs {'pdf', 'svg', 'png'} do figure:save(base .. '.' .. format, {dpi = 100}) end
      test.equal(slurp(base .. '.pdf'):sub(1, 5), '%PDF-')
      local png = slurp(base .. '.png')
      test.equal(png:sub(1, 8), '\137PNG\r\n\26\n')
      local width, height = string.unpack('>I4I4', png, 17)
      test.truthy(math.abs(width - figure.width / 25.4 * 100) <= 0.51, 'width in pixels')
      test.truthy(math.abs(height - figure.height / 25.4 * 100) <= 0.51, 'height in pixels')
      test.equal(png, figure:png{dpi = 100})
      local svg = figure:svg()
      test.equal(svg:sub(1, 4), '<svg')
      test.truthy(slurp(base .. '.svg'):find(svg, 1, true), 'the same SVG in the file')
      test.equal(slurp(base .. '.csv'), figure:csv())
      test.equal(figure:csv():match '^[^\n]*', 'panel,series,x,y,low,high')
    end)
  end)
end

test.case('four figures in three formats', function()
  local start = os.clock()
  for _, kind in ipairs {'lines', 'bars', 'rdm', 'mds'} do
    local figure = kinds[kind]()
    figure:png()
    figure:svg()
    figure:pdf()
  end
  print(('four figures in three formats: %.2f s of CPU'):format(os.clock() - start))
end)

test.case('the numbers of lines', function()
  local figure = plot.lines{x = {0, 1}, y = {{y = {1, 2}, label = 'a', band = {{0.5, 1}, {2, 3}}}, {y = {3, 4}, band = 1}}, title = 'T'}
  test.equal(figure:csv(), 'panel,series,x,y,low,high\nT,a,0,1,0.5,2\nT,a,1,2,1,3\nT,,0,3,2,4\nT,,1,4,3,5\n')
  local marked = plot.lines{y = {1, 2, 3, 4}, marks = torch.tensor({true, true, false, true})}
  test.truthy(marked:csv():find('1,1 significant,0,,,\n1,1 significant,1,,,\n1,1 significant,3,,,\n1,1 significant,3,,,\n', 1, true))
end)

test.case('the numbers of bars', function()
  local figure = plot.bars{values = {1, 2}, errors = {{0.5, 1}, {2, 3}}, labels = {'V1', 'IT'}, points = {{0}, {4}}}
  test.equal(figure:csv(), 'panel,series,x,y,low,high\n1,,V1,1,0.5,2\n1,,IT,2,1,3\n1,subjects,V1,0,,\n1,subjects,IT,4,,\n')
end)

test.case('the numbers of a histogram', function()
  local values = torch.tensor {0, 0.5, 1, 1, 2, 0 / 0}
  test.equal(plot.histogram{values = values, bins = {0, 1, 2}}:csv(),
    'panel,series,x,y,low,high\n1,,0.5,2,0,1\n1,,1.5,3,1,2\n')  -- the last bin has its right edge
  test.truthy(plot.histogram{values = values, bins = {0, 1, 3}, density = true}:csv():find('1,,2,0.3,1,3', 1, true))
  local counts = 0
  for y in plot.histogram{values = torch.randn(1000)}:csv():gmatch '\n1,,[^,]*,(%d+)' do counts = counts + tonumber(y) end
  test.equal(counts, 1000)
end)

test.case('the numbers of an RDM: pairs, order, percentiles', function()
  local condensed = plot.rdm{matrix = {1, 2, 4}, labels = {'a', 'b', 'c'}}
  test.equal(condensed:csv(), 'panel,series,x,y,low,high\n1,a,b,1,,\n1,a,c,2,,\n1,b,c,4,,\n')
  test.equal(plot.rdm{matrix = {{0, 1, 2}, {1, 0, 4}, {2, 4, 0}}, labels = {'a', 'b', 'c'}}:csv(), condensed:csv())
  test.equal(plot.rdm{matrix = {1, 2, 4}, labels = {'a', 'b', 'c'}, order = {2, 0, 1}}:csv(),
    'panel,series,x,y,low,high\n1,c,a,2,,\n1,c,b,4,,\n1,a,b,1,,\n')
  test.equal(plot.rdm{matrix = {7, 7, 9}, percentile = true}:csv(), 'panel,series,x,y,low,high\n1,0,1,25,,\n1,0,2,25,,\n1,1,2,100,,\n')
  local one_sided = plot.rdm{matrix = {{0, 1}, {2, 0}}}
  test.truthy(one_sided:csv():find('1,1,0,2,,', 1, true))
end)

test.case('a regression has the least-squares line', function()
  local csv = plot.scatter{x = {0, 1, 2, 3}, y = {1, 3, 5, 7}, regression = true}:csv()
  test.truthy(csv:find('regression,0,1,,\n1,regression,3,7,,', 1, true), csv)
end)

test.case('a grid has the panels of its rows, with letters', function()
  local lines, bars = kinds.lines(), kinds.bars()
  local grid = plot.grid{{lines, bars}, {lines}, letters = true, share = 'x'}
  test.equal(grid.width, 183)
  local seen = {}
  for panel in grid:csv():gmatch '\n(%a),' do seen[panel] = true end
  test.equal(seen, {a = true, b = true, c = true})
  test.truthy(#grid:png{dpi = 50} > 1000)
  test.raises(function() plot.grid{{grid}} end, 'plot.grid: expected a figure of one panel, got a grid')
  test.raises(function() plot.grid{{1}} end, 'plot.grid: row 1: expected figures, got number')
  test.raises(function() plot.grid{} end, 'plot.grid: expected at least one row of figures, got none')
  test.raises(function() plot.grid{{lines}, leters = true} end, "plot.grid: unknown option 'leters', did you mean 'letters'?")
end)

test.case('figures in one page share no id', function()
  local a, b = kinds.lines():svg(), kinds.bars():svg()
  local ids = {}
  for id in a:gmatch ' id="([^"]*)"' do ids[id] = true end
  test.truthy(next(ids))
  for id in b:gmatch ' id="([^"]*)"' do test.truthy(not ids[id], id) end
  for id in a:gmatch 'href="#([^"]*)"' do test.truthy(ids[id], id) end
end)

test.case('sizes', function()
  test.equal(plot.lines{y = {1, 2}, width = 'double'}.width, 183)
  test.equal(plot.lines{y = {1, 2}, width = 120, height = 40}.height, 40)
  test.raises(function() plot.lines{y = {1, 2}, width = 'triple'} end, "plot.lines: width: expected 'single', 'double' or a number of mm, got triple")
  test.raises(function() plot.lines{y = {1, 2}, width = 12, height = 10}:svg() end, 'leaves no room for a panel')
end)

test.case('saving says what is wrong, and leaves nothing', function()
  with_files(function(base)
    local figure = plot.lines{y = {1, 2}}
    test.raises(function() figure:save(base .. '.missing/x.pdf') end, '.missing/x.pdf: cannot write: No such file or directory')
    test.raises(function() figure:save(base .. '.jpg') end, '.jpg: expected a name that ends with .pdf, .svg or .png')
    test.raises(function() figure:save(base .. '.png', {dip = 3}) end, "save: unknown option 'dip', did you mean 'dpi'?")
    test.raises(function() figure:save(base .. '.png', {dpi = 1e9}) end, 'dpi: expected 20 to 2400')
    test.equal(io.open(base .. '.csv'), nil)
    figure:save(base .. '.png', {csv = false})
    test.equal(io.open(base .. '.csv'), nil)
  end)
end)

test.case('bad input is one line that names the option', function()
  local function refused(text, kind, options) test.raises(function() plot[kind](options) end, text) end
  refused("plot.lines: unknown option 'xlabl', did you mean 'xlabel'?", 'lines', {y = {1, 2}, xlabl = 't'})
  refused("plot.bars: unknown option 'erors', did you mean 'errors'?", 'bars', {values = {1}, erors = {1}})
  refused("plot.lines: y[1]: unknown option 'color', did you mean 'colour'?", 'lines', {y = {{y = {1, 2}, color = 'blue'}}})
  refused('plot.lines: y: expected 3 values, as x, got 2', 'lines', {x = {1, 2, 3}, y = {1, 2}})
  refused('plot.lines: y[2]: expected 2 values, as the first, got 3', 'lines', {y = {{y = {1, 2}}, {y = {1, 2, 3}}}})
  refused('plot.lines: band: expected shape', 'lines', {y = {1, 2}, band = {1, 2, 3}})
  refused('plot.lines: ceiling.low: expected 2 values, got 3', 'lines', {y = {1, 2}, ceiling = {{1, 2, 3}, 4}})
  refused('plot.lines: labels: expected 1, got 2', 'lines', {y = {1, 2}, labels = {'a', 'b'}})
  refused("plot.lines: marks[1]: expected a series' place or label, got V9", 'lines', {y = {1, 2}, marks = {{'V9', 0, 1}}})
  refused('plot.lines: y: expected Tensor or list of numbers, got nothing', 'lines', {})
  refused('plot.lines: expected a table of options, got Tensor', 'lines', torch.ones(2))
  refused("did you mean 'vermillion'?", 'lines', {y = {1, 2}, colours = {'vermilion'}})
  refused('plot.lines: xlim: expected low < high, got 2 and 1', 'lines', {y = {1, 2}, xlim = {2, 1}})
  refused("legend: expected one of 'auto'", 'lines', {y = {1, 2}, legend = 'somewhere'})
  refused('plot.bars: groups: expected 2, got 1', 'bars', {values = {{1}, {2}}, groups = {'a'}})
  refused('plot.bars: points: expected [2, 1, subjects]', 'bars', {values = {{1}, {2}}, points = torch.ones(2, 5)})
  refused('plot.rdm: matrix: expected n (n - 1) / 2 pairs, got 4', 'rdm', {matrix = {1, 2, 3, 4}})
  refused('plot.rdm: matrix: expected [n, n] or [pairs], got shape', 'rdm', {matrix = torch.ones(2, 3)})
  refused('plot.rdm: order: expected each of 0 to 2 once', 'rdm', {matrix = {1, 2, 3}, order = {0, 0, 1}})
  refused('plot.rdm: groups: expected 3 conditions in all, got 2', 'rdm', {matrix = {1, 2, 3}, groups = {{'a', 2}}})
  refused('plot.scatter: y: expected 2 values, got 3', 'scatter', {x = {1, 2}, y = {1, 2, 3}})
  refused('plot.scatter: regression: expected x and y that vary', 'scatter', {x = {1, 2, 3}, y = {1, 1, 1}, regression = true})
  refused('plot.mds: points: expected [n, 2], got shape', 'mds', {points = torch.ones(3, 3)})
  refused('plot.mds: images: expected 2, one a point, got 1', 'mds', {points = {{0, 1}, {1, 0}}, images = {picture()}})
  refused('image: expected a uint8 Tensor (height, width, 3), got Float [4, 4, 3]', 'image_grid', {images = {torch.ones(4, 4, 3)}})
  refused('plot.histogram: values: expected at least one finite number, got none', 'histogram', {values = {0 / 0}})
  refused('plot.histogram: bins: expected a number, or at least two rising edges', 'histogram', {values = {1}, bins = {2, 1}})
end)

test.case('values that are not finite leave gaps', function()
  for _, figure in ipairs{
    plot.lines{y = {1, 0 / 0, 3, 1 / 0}, band = 0.1}, plot.bars{values = {1, 0 / 0}, errors = {0.1, 0 / 0}},
    plot.rdm{matrix = {1, 0 / 0, 3}, percentile = true}, plot.scatter{x = {1, 2, 3, 4}, y = {0 / 0, 1, 3, 2}, regression = true},
    plot.lines{y = {0 / 0, 0 / 0}},
  } do test.truthy(#figure:png{dpi = 50} > 100) end
end)

test.case('every function is described', function()
  for name in pairs(plot) do test.truthy(help.find('plot.' .. name), name) end
  for _, name in ipairs(help.topics 'plot') do
    test.truthy(plot[name:match '%.(.*)'] or name == 'plot.figure', name)
  end
end)
