-- plot.grid (figures beside and below each other) and plot.image_grid.
local figure = require 'brain.plot.figure'
local native = require 'brain.plot.native'
local is_tensor = require('brain.native').is_tensor
local picture = require('brain.plot.scatter').picture

local grid = {}

local shared = {x = {true, false}, y = {false, true}, both = {true, true}}

local function letters_of(owner, wanted, count)
  if not wanted then return nil end
  if type(wanted) == 'table' then
    figure.check_list(owner, 'letters', wanted, count)
    return wanted
  end
  local first = wanted == true and 'a' or wanted
  if first ~= 'a' and first ~= 'A' then
    figure.fail(owner, "letters: expected true, 'a', 'A' or a list, got %s", tostring(wanted))
  end
  local letters = {}
  for i = 1, count do letters[i] = string.char(first:byte() + (i - 1) % 26) end
  return letters
end

-- The rows come as the list part: {{a, b}, {c}, letters = true}.
grid.grid = figure.kind('plot.grid', function(given)
  local owner = 'plot.grid'
  if type(given) ~= 'table' then figure.fail(owner, 'expected {{figure, ...}, ...}, got %s', type(given)) end
  local options, rows, count = {}, {}, 0
  for name, value in pairs(given) do
    if type(name) == 'string' then options[name] = value end
  end
  figure.check_options(owner, options, {'width', 'height', 'heights', 'font', 'family', 'letters', 'share'}, true)
  for r, row in ipairs(given) do
    if figure.is(row) then row = {row} end
    if type(row) ~= 'table' or #row == 0 then figure.fail(owner, 'row %d: expected a list of figures', r) end
    rows[r] = {}
    for c, cell in ipairs(row) do
      if not figure.is(cell) then figure.fail(owner, 'row %d: expected figures, got %s', r, type(cell)) end
      rows[r][c], count = cell.native, count + 1
    end
  end
  if #rows == 0 then figure.fail(owner, 'expected at least one row of figures, got none') end
  if options.share ~= nil and not shared[options.share] then
    figure.fail(owner, "share: expected 'x', 'y' or 'both', got %s", tostring(options.share))
  end
  local width = figure.width(owner, options.width or 'double')
  local heights, total = {}, 0  -- a figure keeps its shape at the width of its cell
  for r, row in ipairs(rows) do
    heights[r] = 0
    for _, cell in ipairs(given[r].native and {given[r]} or given[r]) do
      heights[r] = math.max(heights[r], cell.height * math.min(1.1, width / #row / cell.width))
    end
    total = total + heights[r]
  end
  figure.check_list(owner, 'heights', options.heights, #rows)
  local share = shared[options.share] or {}
  local height = options.height or total
  local handle = native.grid(rows, {width = width, height = height, heights = options.heights or heights, font = options.font,
    family = options.family, letters = letters_of(owner, options.letters, count), share_x = share[1], share_y = share[2]})
  return figure.wrap(handle, width, height, 'grid')
end)

grid.image_grid = figure.kind('plot.image_grid', function(options)
  local owner = 'plot.image_grid'
  figure.check_options(owner, options, {'images', 'labels', 'columns', 'colours'})
  local images = options.images
  if not is_tensor(images) and type(images) ~= 'table' then
    figure.fail(owner, 'images: expected a list of uint8 Tensors [h, w, 3], got %s', type(images))
  end
  local n = #images
  if n == 0 then figure.fail(owner, 'images: expected at least one, got none') end
  figure.check_list(owner, 'labels', options.labels, n)
  figure.check_list(owner, 'colours', options.colours, n)
  local columns = options.columns or math.ceil(math.sqrt(n))
  if math.type(columns) ~= 'integer' or columns < 1 then figure.fail(owner, 'columns: expected a whole number from 1') end
  local rows = math.ceil(n / columns)
  local tallest = 0
  for i = 0, n - 1 do
    local image = picture(images, i)
    if not is_tensor(image) or image.ndim < 2 then
      figure.fail(owner, 'images[%d]: expected a uint8 Tensor [h, w, 3], got %s', i + 1, is_tensor(image) and
        tostring(image.shape) or type(image))
    end
    tallest = math.max(tallest, image.shape[1] / image.shape[2])
  end
  local width = figure.width(owner, options.width)
  local caption = options.labels and (options.font or 7) * 1.75 / 72 * 25.4 or 0
  local with_height = {}
  for name, value in pairs(options) do with_height[name] = value end
  with_height.height = options.height or rows * (width / columns * tallest + caption) + (options.title and 5 or 0)
  local handle, _, height = figure.new(owner, with_height, {xvisible = false, yvisible = false, legend = 'none',
    xlim = {-0.5, columns - 0.5}, ylim = {-rows + 0.5, 0.5}})
  for i = 0, n - 1 do
    handle:add('picture', {image = picture(images, i), x = i % columns, y = -(i // columns), width = 0.94, height = 0.94,
      caption = options.labels and tostring(options.labels[i + 1]), frame = options.colours and options.colours[i + 1]})
  end
  return figure.wrap(handle, width, height, 'image_grid')
end)

return grid
