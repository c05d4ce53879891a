-- plot.rdm: a dissimilarity matrix as coloured cells.
local figure = require 'brain.plot.figure'
local is_tensor = require('brain.native').is_tensor
local torch = require 'brain.torch'

local owner = 'plot.rdm'
local own = {'matrix', 'labels', 'groups', 'order', 'percentile', 'colour_bar', 'map', 'limits'}

-- [n, n] of a square matrix, or of n (n - 1) / 2 pairs in the order of its upper triangle, row by row.
local function square(matrix)
  local m = figure.tensor(owner, 'matrix', matrix)
  if m.ndim == 3 and m.shape[1] == 1 or m.ndim == 2 and m.shape[1] == 1 and m.shape[2] > 1 then m = m[0] end
  if m.ndim == 1 then
    local n = math.floor((1 + math.sqrt(1 + 8 * #m)) / 2 + 0.5)
    if n * (n - 1) // 2 ~= #m then
      figure.fail(owner, 'matrix: expected n (n - 1) / 2 pairs, got %d (nearest: %d for n = %d)', #m, n * (n - 1) // 2, n)
    end
    local full, upper = torch.zeros({n, n}, {dtype = 'float64'}), torch.triu_indices(n, n, 1)
    full:index_put_({upper[0], upper[1]}, m)
    return full + full.T
  end
  if m.ndim ~= 2 or m.shape[1] ~= m.shape[2] then
    figure.fail(owner, 'matrix: expected [n, n] or [pairs], got shape %s', m.shape)
  end
  if m.shape[1] < 2 then figure.fail(owner, 'matrix: expected at least two conditions, got %d', m.shape[1]) end
  return m
end

-- Average ranks of the finite values, from 0 to 100.
local function percentiles(v)
  local finite = v[torch.isfinite(v)]
  local sorted = finite:sort()
  local first, past = torch.searchsorted(sorted, v), torch.searchsorted(sorted, v, {right = true})
  local ranks = (first + past - 1):double() / 2 * (100 / math.max(#finite - 1, 1))
  return torch.where(torch.isfinite(v), ranks, torch.full_like(ranks, 0 / 0))
end

-- {name, from, to} in units of cells, from {{name, count}, ...} or one name per condition in the shown order.
local function stretches(groups, n)
  local list, at = {}, 0
  if type(groups[1]) == 'table' then
    for i, group in ipairs(groups) do
      local name, count = group[1], group[2]
      if type(name) ~= 'string' or math.type(count) ~= 'integer' or count < 1 then
        figure.fail(owner, 'groups[%d]: expected {name, count}', i)
      end
      list[i] = {name = name, from = at - 0.5, to = at + count - 0.5}
      at = at + count
    end
  else
    for i, name in ipairs(groups) do
      if i == 1 or name ~= groups[i - 1] then list[#list + 1] = {name = tostring(name), from = i - 1.5, to = i - 0.5} end
      list[#list].to = i - 0.5
      at = i
    end
  end
  if at ~= n then figure.fail(owner, 'groups: expected %d conditions in all, got %d', n, at) end
  return list
end

local function reordered(list, order)
  if not list or type(list[1]) == 'table' then return list end
  local result = {}
  for i, place in ipairs(order) do result[i] = list[place + 1] end
  return result
end

return figure.kind(owner, function(options)
  figure.check_options(owner, options, own)
  local m = square(options.matrix)
  local n = m.shape[1]
  local labels, groups = options.labels, options.groups
  figure.check_list(owner, 'labels', labels, n)
  if options.order ~= nil then
    local order = is_tensor(options.order) and options.order:long() or torch.tensor(options.order, {dtype = 'int64'})
    if not torch.equal(order:sort(), torch.arange(0, n)) then
      figure.fail(owner, 'order: expected each of 0 to %d once', n - 1)
    end
    m = m[order]:index_select(1, order)
    labels, groups = reordered(labels, order:tolist()), reordered(groups, order:tolist())
  end
  local off = ~torch.eye(n, {dtype = 'bool'})
  local symmetric = torch.equal(torch.nan_to_num(m), torch.nan_to_num(m.T))
  local pairs_of = symmetric and off:triu() or off
  local values = m[pairs_of]
  if not torch.isfinite(values):any():item() then figure.fail(owner, 'matrix: expected at least one finite value, got none') end
  if options.percentile then
    local ranks = torch.full_like(m, 0 / 0)
    ranks[pairs_of] = percentiles(values)
    if symmetric then ranks = torch.where(off:triu(), ranks, ranks.T) end
    m = ranks
  else
    m = m:masked_fill(~off, 0 / 0)  -- the diagonal says nothing and would stretch the colours
  end
  local finite = values[torch.isfinite(values)]
  local limits = options.limits or options.percentile and {0, 100} or {finite:min():item(), finite:max():item()}
  if limits[1] == limits[2] then limits = {limits[1] - 0.5, limits[2] + 0.5} end
  local names = {}
  for i = 1, n do names[i] = labels and tostring(labels[i]) or tostring(i - 1) end
  local handle, width, height = figure.new(owner, options, {xvisible = false, yvisible = false, square_cells = true, legend = 'none'})
  handle:add('heat', {rows = n, columns = n, values = m, map = options.map, limits = limits, pairs = symmetric, names = names,
    show_names = labels ~= nil})
  if options.colour_bar ~= false then
    handle:add('colour_bar', {map = options.map, limits = limits,
      label = options.colour_bar or (options.percentile and 'Dissimilarity (percentile)' or 'Dissimilarity')})
  end
  for _, group in ipairs(groups and stretches(groups, n) or {}) do handle:add('group', group) end
  if not options.height then height = handle:fit_height() end
  return figure.wrap(handle, width, height, 'rdm')
end)
