-- plot.lines: curves over one axis, with bands, a noise ceiling and marks of significance.
local figure = require 'brain.plot.figure'
local is_tensor = require('brain.native').is_tensor

local owner = 'plot.lines'
local own = {'x', 'y', 'labels', 'colours', 'band', 'marks', 'ceiling', 'vline', 'hline'}
local of_series = {'y', 'label', 'colour', 'band', 'dashed', 'width'}

-- The series as a list of {y = 1-D tensor, label, colour, low, high, dashed, width}.
local function series_of(options)
  local y = options.y
  local is_list = type(y) == 'table' and not is_tensor(y) and type(y[1]) == 'table' and y[1].y ~= nil
  local list = {}
  if is_list then
    for i, entry in ipairs(y) do
      local place = ('y[%d]'):format(i)
      if type(entry) ~= 'table' then figure.fail(owner, '%s: expected {y =, label =, ...}', place) end
      figure.check_options(('%s: %s'):format(owner, place), entry, of_series, true)
      local values = figure.vector(owner, place .. '.y', entry.y)
      local low, high = figure.bounds(owner, place .. '.band', entry.band, values)
      list[i] = {y = values, label = entry.label, colour = entry.colour, low = low, high = high, dashed = entry.dashed,
        width = entry.width}
    end
  else
    local values = figure.tensor(owner, 'y', y)
    if values.ndim == 1 then values = values:unsqueeze(0) end
    if values.ndim ~= 2 then figure.fail(owner, 'y: expected [series, n] or [n], got shape %s', values.shape) end
    local band = options.band
    if is_tensor(band) and band.ndim == 1 then band = band:unsqueeze(0) end
    local low, high = figure.bounds(owner, 'band', band, values)
    for i = 1, #values do
      list[i] = {y = values[i - 1], low = low and low[i - 1], high = high and high[i - 1]}
    end
  end
  for _, name in ipairs {'labels', 'colours'} do
    if type(options[name]) ~= 'string' then figure.check_list(owner, name, options[name], #list) end
  end
  for i, series in ipairs(list) do
    series.label = series.label or options.labels and options.labels[i]
    series.colour = series.colour or figure.colour(options.colours, i)
  end
  return list
end

-- Stretches of a boolean [series, n] as {series, from, to}.
local function runs(mask, x, count)
  if mask.ndim == 1 then mask = mask:unsqueeze(0) end
  if mask.shape[1] ~= count or mask.shape[2] ~= #x then
    figure.fail(owner, 'marks: expected shape [%d, %d], as y, got %s', count, #x, mask.shape)
  end
  local marks, places = {}, x:tolist()
  for i, row in ipairs(mask:bool():tolist()) do
    local from
    for k = 1, #places + 1 do
      if row[k] and not from then from = k end
      if not row[k] and from then
        marks[#marks + 1] = {series = i, from = places[from], to = places[k - 1]}
        from = nil
      end
    end
  end
  return marks
end

local function add_marks(handle, marks, x, series)
  if is_tensor(marks) then marks = runs(marks, x, #series) end
  if type(marks) ~= 'table' then figure.fail(owner, 'marks: expected a list or a Tensor of booleans, got %s', type(marks)) end
  local rows, places = {}, {}
  for i, entry in ipairs(marks) do
    local where = ('marks[%d]'):format(i)
    if type(entry) ~= 'table' then figure.fail(owner, '%s: expected {series, from, to}, got %s', where, type(entry)) end
    local name, from, to = entry.series or entry.colour or entry[1], entry.from or entry[2], entry.to or entry[3]
    if type(from) ~= 'number' or type(to) ~= 'number' then
      figure.fail(owner, '%s: expected {series, from, to} with numbers from and to', where)
    end
    local found
    for k, s in ipairs(series) do
      if k == name or s.label == name then found = k end
    end
    if not found and not entry.colour then
      figure.fail(owner, "%s: expected a series' place or label, got %s", where, tostring(name))
    end
    rows[i] = {key = found or name, place = found or #series + i, from = from, to = to,
      colour = entry.colour or series[found].colour, label = found and series[found].label or tostring(name)}
    places[rows[i].key] = math.min(places[rows[i].key] or math.huge, rows[i].place)
  end
  local order = {}
  for key in pairs(places) do order[#order + 1] = key end
  table.sort(order, function(a, b) return places[a] < places[b] end)
  local line = {}
  for i, key in ipairs(order) do line[key] = i - 1 end
  for _, row in ipairs(rows) do
    handle:add('significance', {series = row.label, colour = row.colour, from = row.from, to = row.to, row = line[row.key]})
  end
end

return figure.kind(owner, function(options)
  figure.check_options(owner, options, own)
  local series = series_of(options)
  local n = #series[1].y
  local x = options.x and figure.vector(owner, 'x', options.x)
  for i, s in ipairs(series) do
    if #s.y ~= (x and #x or n) then
      figure.fail(owner, 'y%s: expected %d values, as %s, got %d', #series > 1 and ('[%d]'):format(i) or '', x and #x or n,
        x and 'x' or 'the first', #s.y)
    end
  end
  x = x or require('brain.torch').arange(0, n, {dtype = 'float64'})
  local handle, width, height = figure.new(owner, options)
  if options.ceiling then
    local low, high = figure.ceiling(owner, options.ceiling, #x)
    handle:add('curve', {series = 'noise ceiling', colour = '#dcdcdc', x = x, low = low, high = high})
  end
  figure.add_rules(handle, owner, options)
  for _, s in ipairs(series) do
    handle:add('curve', {series = s.label, colour = s.colour, x = x, y = s.y, low = s.low, high = s.high, dashed = s.dashed,
      width = s.width})
  end
  if options.marks then add_marks(handle, options.marks, x, series) end
  return figure.wrap(handle, width, height, 'lines')
end)
