-- plot.scatter and plot.mds: points in two dimensions.
local figure = require 'brain.plot.figure'
local is_tensor = require('brain.native').is_tensor
local torch = require 'brain.torch'

local scatter = {}

-- One colour per point and the groups in order of appearance, each {name, colour, places}.
local function by_group(owner, groups, colours, n)
  if not groups then return {{colour = figure.colour(colours, 1)}} end
  if is_tensor(groups) then groups = groups:tolist() end
  figure.check_list(owner, 'groups', groups, n)
  local list, known = {}, {}
  for i, name in ipairs(groups) do
    local group = known[name]
    if not group then
      group = {name = tostring(name), places = {}}
      known[name] = group
      list[#list + 1] = group
      group.colour = figure.colour(colours, #list)
    end
    group.places[#group.places + 1] = i - 1
  end
  return list
end

local function picked(list, places)
  if not list or not places then return list end
  local result = {}
  for i, place in ipairs(places) do result[i] = tostring(list[place + 1]) end
  return result
end

local function add_points(handle, groups, x, y, options)
  for _, group in ipairs(groups) do
    local at = group.places and torch.tensor(group.places)
    handle:add('points', {series = group.name, colours = group.colour, x = at and x[at] or x, y = at and y[at] or y,
      radius = (options.size or 3.2) / 2, opacity = options.opacity, texts = picked(options.labels, group.places)})
  end
end

-- Least squares y = slope x + intercept and Pearson's r over pairs without NaN.
local function line_of(x, y)
  local finite = torch.isfinite(x) & torch.isfinite(y)
  x, y = x[finite], y[finite]
  if #x < 3 then figure.fail('plot.scatter', 'regression: expected at least 3 points, got %d', #x) end
  local dx, dy = x - x:mean(), y - y:mean()
  local xx, xy, yy = dx:dot(dx):item(), dx:dot(dy):item(), dy:dot(dy):item()
  if xx == 0 or yy == 0 then figure.fail('plot.scatter', 'regression: expected x and y that vary') end
  local slope = xy / xx
  return slope, y:mean():item() - slope * x:mean():item(), xy / math.sqrt(xx * yy), x:min():item(), x:max():item()
end

scatter.scatter = figure.kind('plot.scatter', function(options)
  local owner = 'plot.scatter'
  figure.check_options(owner, options, {'x', 'y', 'labels', 'groups', 'colours', 'size', 'opacity', 'regression', 'identity',
    'vline', 'hline'})
  local x = figure.vector(owner, 'x', options.x)
  local y = figure.vector(owner, 'y', options.y, #x)
  figure.check_list(owner, 'labels', options.labels, #x)
  local groups = by_group(owner, options.groups, options.colours, #x)
  local handle, width, height = figure.new(owner, options, {}, 0.9)
  figure.add_rules(handle, owner, options)
  if options.identity then
    local low = math.max(x:min():item(), y:min():item())
    local high = math.min(x:max():item(), y:max():item())
    low, high = options.xlim and options.xlim[1] or math.min(low, high), options.xlim and options.xlim[2] or math.max(low, high)
    handle:add('curve', {series = 'identity', colour = '#808080', x = {low, high}, y = {low, high}, dashed = true, width = 0.6,
      legend = false})
  end
  if options.regression then
    local slope, intercept, r, low, high = line_of(x, y)
    handle:add('curve', {series = 'regression', colour = '#333333', x = {low, high},
      y = {slope * low + intercept, slope * high + intercept}, legend = false})
    handle:add('note', {text = ('r = %.2f'):format(r):gsub('%-', '\u{2212}'), y = slope < 0 and 0.03 or nil})
  end
  add_points(handle, groups, x, y, options)
  return figure.wrap(handle, width, height, 'scatter')
end)

-- The i-th picture (from 0) of a list of Tensors [h, w, 3] or one Tensor [n, h, w, 3].
function scatter.picture(images, i)
  if is_tensor(images) then return images[i] end
  return images[i + 1]
end

scatter.mds = figure.kind('plot.mds', function(options)
  local owner = 'plot.mds'
  figure.check_options(owner, options, {'points', 'images', 'labels', 'groups', 'colours', 'size', 'opacity'})
  local points = figure.tensor(owner, 'points', options.points)
  if points.ndim ~= 2 or points.shape[2] ~= 2 then figure.fail(owner, 'points: expected [n, 2], got shape %s', points.shape) end
  local n, images = points.shape[1], options.images
  if images and #images ~= n then figure.fail(owner, 'images: expected %d, one a point, got %d', n, #images) end
  figure.check_list(owner, 'labels', options.labels, n)
  local groups = by_group(owner, options.groups, options.colours, n)
  local handle, width, height = figure.new(owner, options, {equal_units = true, xvisible = false, yvisible = false}, 0.9)
  local x, y = points:select(1, 0):contiguous(), points:select(1, 1):contiguous()
  if not images then
    add_points(handle, groups, x, y, options)
    return figure.wrap(handle, width, height, 'mds')
  end
  for _, group in ipairs(groups) do
    if group.name then handle:add('points', {series = group.name, colours = group.colour, x = {}, y = {}}) end  -- for the legend
    for _, i in ipairs(group.places or torch.arange(0, n):tolist()) do
      handle:add('picture', {image = scatter.picture(images, i), x = x[i]:item(), y = y[i]:item(), size = options.size or 16,
        frame = group.name and group.colour or nil, caption = options.labels and tostring(options.labels[i + 1]) or nil,
        series = group.name})
    end
  end
  return figure.wrap(handle, width, height, 'mds')
end)

return scatter
