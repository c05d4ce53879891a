-- plot.bars (groups of bars with errors, one dot per subject and a noise ceiling) and plot.histogram.
local figure = require 'brain.plot.figure'
local is_tensor = require('brain.native').is_tensor
local torch = require 'brain.torch'

local bars = {}

local span = 0.8  -- of the distance between groups that its bars take

-- Spread evenly within -0.5 ... 0.5 in an order that puts neighbours apart: multiples of the golden ratio.
local function jitter(k) return (k * 0.6180339887498949) % 1 - 0.5 end

-- Lines above the bars that join two places each, narrow ones below wide ones, as low as they do not touch.
local function add_brackets(owner, handle, brackets, n, values, high, points, ceiling)
  if brackets == nil or #brackets == 0 then return end
  local tops = torch.maximum(values, high or values)
  local top, bottom = tops:nan_to_num(0):max():item(), values:nan_to_num(0):min():item()
  if ceiling then top = math.max(top, ceiling:max():item()) end
  if points then
    local seen = points:nan_to_num(0)
    top, bottom = math.max(top, seen:max():item()), math.min(bottom, seen:min():item())
  end
  local list = {}
  for i, pair in ipairs(brackets) do
    local a, b = math.tointeger(pair[1]), math.tointeger(pair[2])
    if not (a and b) or math.min(a, b) < 1 or math.max(a, b) > n or a == b then
      figure.fail(owner, 'brackets[%d]: expected two different places from 1 to %d', i, n)
    end
    list[i] = {math.min(a, b), math.max(a, b)}
  end
  table.sort(list, function(a, b)
    if a[2] - a[1] ~= b[2] - b[1] then return a[2] - a[1] < b[2] - b[1] end
    return a[1] < b[1]
  end)
  local step, rows = (top - math.min(bottom, 0)) * 0.045, {}
  for _, pair in ipairs(list) do
    local row = 1
    local function taken()
      for _, other in ipairs(rows[row] or {}) do
        if pair[1] <= other[2] and other[1] <= pair[2] then return true end
      end
    end
    while taken() do row = row + 1 end
    rows[row] = rows[row] or {}
    table.insert(rows[row], pair)
    local y = top + step * (row + 0.3)
    handle:add('curve', {series = 'differ', colour = '#1a1a1a', x = {pair[1] - 0.94, pair[2] - 1.06}, y = {y, y}, width = 0.7,
      legend = false})
  end
end

bars.bars = figure.kind('plot.bars', function(options)
  local owner = 'plot.bars'
  figure.check_options(owner, options, {'values', 'errors', 'points', 'ceiling', 'brackets', 'labels', 'groups', 'colours',
    'hline'})
  local values = figure.tensor(owner, 'values', options.values)
  local labels, groups, colours = options.labels, options.groups, options.colours
  local single = values.ndim == 1
  if single then  -- one bar a group; its names stand below
    values = values:unsqueeze(1)
    groups, labels = groups or labels, groups and labels or nil
  end
  if values.ndim ~= 2 then figure.fail(owner, 'values: expected [groups, bars] or [bars], got shape %s', values.shape) end
  local n, m = values.shape[1], values.shape[2]
  figure.check_list(owner, 'groups', groups, n)
  figure.check_list(owner, 'labels', labels, m)
  if type(colours) == 'table' then figure.check_list(owner, 'colours', colours, single and n or m) end
  local errors, points = options.errors, options.points and figure.tensor(owner, 'points', options.points)
  if single then
    if is_tensor(errors) then errors = errors:unsqueeze(1)
    elseif type(errors) == 'table' and not is_tensor(errors) then
      local low, high = figure.bounds(owner, 'errors', errors, values:squeeze(1))
      errors = {low = low:unsqueeze(1), high = high:unsqueeze(1)}
    end
    if points and points.ndim == 2 then points = points:unsqueeze(1) end
  end
  local low, high = figure.bounds(owner, 'errors', errors, values)
  if points and (points.ndim ~= 3 or points.shape[1] ~= n or points.shape[2] ~= m) then
    figure.fail(owner, 'points: expected %s, got shape %s', single and ('[%d, subjects]'):format(n) or
      ('[%d, %d, subjects]'):format(n, m), points.shape)
  end
  local names = {}
  for i = 1, n do names[i] = groups and tostring(groups[i]) or tostring(i) end
  local handle, width, height = figure.new(owner, options, {xnames = names})
  if options.ceiling then
    local floor, top = figure.ceiling(owner, options.ceiling, n)
    local function band(from, to, i)
      handle:add('curve', {series = 'noise ceiling', colour = '#dcdcdc', x = {from, to}, low = floor[i]:expand(2),
        high = top[i]:expand(2)})
    end
    if floor:eq(floor[0]):all():item() and top:eq(top[0]):all():item() then band(-0.5, n - 0.5, 0)
    else
      for i = 0, n - 1 do band(i - 0.45, i + 0.45, i) end
    end
  end
  figure.add_rules(handle, owner, options)
  local step = span / m
  local places = torch.arange(0, n, {dtype = 'float64'})
  for k = 1, m do
    local x = places + (k - (m + 1) / 2) * step
    local colour = single and type(colours) == 'table' and colours or figure.colour(colours, k)
    local series = labels and labels[k]
    handle:add('bars', {series = series, colours = colour, x = x, y = values:select(1, k - 1), low = low and low:select(1, k - 1),
      high = high and high:select(1, k - 1), width = step * (m > 1 and 0.92 or 0.85), names = names})
    local subjects = points and points.shape[3] or 0
    for i = 1, n do
      local px, py, of_group = {}, {}, {}
      for s = 1, subjects do
        px[s] = i - 1 + (k - (m + 1) / 2) * step + jitter(s) * step * 0.6
        py[s] = points[{i - 1, k - 1, s - 1}]:item()
        of_group[s] = names[i]
      end
      if subjects > 0 then
        handle:add('points', {series = (series and series .. ' ' or '') .. 'subjects', colours = '#1a1a1a', x = px, y = py,
          opacity = 0.45, radius = 1.2, legend = false, names = of_group})
      end
    end
  end
  add_brackets(owner, handle, options.brackets, n, values, high, points,
    options.ceiling and select(2, figure.ceiling(owner, options.ceiling, n)))
  return figure.wrap(handle, width, height, 'bars')
end)

-- Edges of equal bins over all values: the asked number, else by Freedman and Diaconis (1981), 5 to 60.
local function edges_of(owner, bins, values)
  if bins ~= nil and type(bins) ~= 'number' then
    local edges = figure.vector(owner, 'bins', bins)
    if #edges < 2 or edges['1:']:le(edges[':-1']):any():item() then
      figure.fail(owner, 'bins: expected a number, or at least two rising edges')
    end
    return edges
  end
  local low, high = values:min():item(), values:max():item()
  if low == high then low, high = low - 0.5, high + 0.5 end
  local count = bins
  if not count then
    local quartiles = torch.quantile(values, torch.tensor({0.25, 0.75}, {dtype = 'float64'}))
    local width = 2 * (quartiles[1] - quartiles[0]):item() * (#values) ^ (-1 / 3)
    count = math.max(5, math.min(60, math.ceil((high - low) / math.max(width, (high - low) / 60))))
  end
  if math.type(count) ~= 'integer' and count ~= math.floor(count) or count < 1 or count > 10000 then
    figure.fail(owner, 'bins: expected 1 to 10000, got %s', tostring(count))
  end
  return torch.linspace(low, high, math.floor(count) + 1, {dtype = 'float64'})
end

bars.histogram = figure.kind('plot.histogram', function(options)
  local owner = 'plot.histogram'
  figure.check_options(owner, options, {'values', 'bins', 'density', 'labels', 'colours', 'vline', 'hline'})
  local given, list = options.values, {}
  local several = type(given) == 'table' and not is_tensor(given) and (is_tensor(given[1]) or type(given[1]) == 'table')
  for i, values in ipairs(several and given or {given}) do
    local v = figure.vector(owner, several and ('values[%d]'):format(i) or 'values', is_tensor(values) and values:flatten() or values)
    list[i] = v[torch.isfinite(v)]
    if #list[i] == 0 then figure.fail(owner, 'values: expected at least one finite number, got none') end
  end
  figure.check_list(owner, 'labels', options.labels, #list)
  local edges = edges_of(owner, options.bins, torch.cat(list))
  local low, high = edges[':-1'], edges['1:']
  local y_label = options.ylabel or (options.density and 'Density' or 'Count')
  local handle, width, height = figure.new(owner, options, {ylabel = y_label})
  for i, values in ipairs(list) do
    local inside = values[values:ge(edges[0]) & values:le(edges[-1])]
    local bin = (torch.searchsorted(edges, inside, {right = true}) - 1):clamp(0, #low - 1)  -- the last bin has its right edge
    local counts = torch.bincount(bin, {minlength = #low}):double()
    if options.density then counts = counts / (#values * (high - low)) end
    local colour = figure.colour(options.colours, i)
    handle:add('histogram', {series = options.labels and options.labels[i], colour = colour, edges = edges, counts = counts,
      opacity = #list > 1 and 0.55 or 1})
  end
  figure.add_rules(handle, owner, options)
  return figure.wrap(handle, width, height, 'histogram')
end)

return bars
