-- Cluster permutation tests over time and maps, and threshold-free cluster enhancement.
local native = require 'brain.stats.clusters.native'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local numbers = require('brain.stats.tests').numbers

local clusters = {}

-- a, or the differences a - b of paired samples, float64, of at least `axes` axes.
local function differences(a, b, owner, axes)
  a = numbers(a, owner, 'a')
  b = b and numbers(b, owner, 'b')
  if b and a.shape ~= b.shape then
    error(('%s: expected equal shapes, got %s and %s'):format(owner, tostring(a.shape), tostring(b.shape)), 0)
  end
  if a.ndim < axes then
    error(('%s: a: expected (subjects, ...) of at least %d axes, got %s'):format(owner, axes, tostring(a.shape)), 0)
  end
  return b and a - b or a
end

-- The points of x [subjects, ...] in the mask, as [subjects, points]; what puts values [points] back in their places.
local function masked(x, mask, owner)
  local inside = mask:ne(0)
  local count, whole = inside:sum():item(), x.ndim == mask.ndim + 1
  for axis = 1, mask.ndim do whole = whole and x.shape[axis + 1] == mask.shape[axis] end
  if not whole then
    if x.ndim ~= 2 or x.shape[2] ~= count then
      error(('%s: mask: expected (subjects, %d points of the mask) or (subjects, %s), got %s'):format(owner, count,
        table.concat(mask.shape, ', '), tostring(x.shape)), 0)
    end
    return x, function(values) return values end, torch.arange(count):unsqueeze(1)
  end
  local places = inside:flatten():nonzero():squeeze(1)
  local function volume(values, outside)
    return torch.full({mask:numel()}, outside, {dtype = values.dtype}):index_copy(0, places, values):view(mask.shape)
  end
  return x:flatten(1):index_select(1, places), volume, inside:nonzero()
end

-- x as the native functions take it, what gives values [points] their shape, and the indices [points, axes] of points.
local function map_of(x, o, owner)
  if o.mask then
    if o.adjacency then error(('%s: expected mask or adjacency, not both'):format(owner), 0) end
    return masked(x, o.mask, owner)
  end
  if math.type(o.dimensions) ~= 'integer' or o.dimensions < 1 or o.dimensions > x.ndim - 1 then
    error(('%s: dimensions: expected 1 to %d, the last axes along which points are neighbours, got %s'):format(owner,
      x.ndim - 1, tostring(o.dimensions)), 0)
  end
  local shape = {}
  for axis = 2, x.ndim do shape[axis - 1] = x.shape[axis] end
  return x, function(values) return values:view(shape) end, torch.ones(shape):nonzero()
end

local function over_map(x, o, given)
  local points, shaped, indices = map_of(x, o, 'cluster_permutation')
  local list, t, permutations, exact = native.cluster_map(points, o.dimensions, o.adjacency or nil, o.mask or nil, given)
  local mask = torch.zeros(t.shape, {dtype = 'bool'})
  for _, cluster in ipairs(list) do
    cluster.significant = cluster.p <= o.alpha
    if cluster.significant then mask:index_fill_(0, cluster.points, true) end
    cluster.size = cluster.points.shape[1]
    cluster.places, cluster.points = indices:index_select(0, cluster.points), nil
  end
  return {clusters = list, mask = shaped(mask, false), t = shaped(t, 0 / 0), permutations = permutations, exact = exact}
end

-- [subjects, times] or [subjects, series, times] as the latter.
local function series_of(x, name)
  x = numbers(x, 'cluster_permutation', name)
  if x.ndim == 2 then return x:unsqueeze(1) end
  if x.ndim == 3 then return x end
  error(('cluster_permutation: %s: expected (subjects, times) or (subjects, series, times), got %s'):format(name,
    tostring(x.shape)), 0)
end

function clusters.cluster_permutation(a, b, options)
  if type(b) == 'table' and not is_tensor(b) then b, options = nil, b end
  local o = read_options('cluster_permutation', options, {variant = 'signflip', threshold = 0.05, permutations = 1000,
    seed = 0, tail = 'two', alpha = 0.05, dimensions = 1, adjacency = false, mask = false})
  local given = {threshold = o.threshold, permutations = o.permutations, seed = o.seed, tail = o.tail}
  if o.dimensions ~= 1 or o.adjacency or o.mask then
    if o.variant ~= 'signflip' then
      error("cluster_permutation: dimensions, adjacency and mask go with variant = 'signflip'", 0)
    end
    return over_map(differences(a, b, 'cluster_permutation', 2), o, given)
  end
  local flat = a
  a = series_of(a, 'a')
  b = b and series_of(b, 'b')
  if b and a.shape ~= b.shape then
    error(('cluster_permutation: expected equal shapes, got %s and %s'):format(tostring(a.shape), tostring(b.shape)), 0)
  end
  local list, t, permutations, exact
  if o.variant == 'signflip' then
    list, t, permutations, exact = native.cluster('signflip', b and a - b or a, nil, given)
  elseif o.variant == 'neurora' then
    if not b then error('cluster_permutation: neurora: expected two paired samples', 0) end
    list, t, permutations, exact = native.cluster('neurora', a, b, given)
  else
    error(("cluster_permutation: variant: expected signflip or neurora, got '%s'"):format(tostring(o.variant)), 0)
  end
  local mask = torch.zeros(t.shape, {dtype = 'bool'})
  for _, cluster in ipairs(list) do
    cluster.significant = cluster.p <= o.alpha
    if cluster.significant then
      mask[cluster.series]:narrow(0, cluster.first, cluster.last - cluster.first + 1):fill_(true)
    end
  end
  if flat.ndim == 2 then t, mask = t[0], mask[0] end
  return {clusters = list, mask = mask, t = t, permutations = permutations, exact = exact}
end

function clusters.tfce(a, b, options)
  if type(b) == 'table' and not is_tensor(b) then b, options = nil, b end
  local o = read_options('tfce', options, {extent = 0.5, height = 2, permutations = 1000, seed = 0, tail = 'two',
    alpha = 0.05, dimensions = 1, adjacency = false, mask = false})
  local points, shaped = map_of(differences(a, b, 'tfce', 2), o, 'tfce')
  local t, score, p, permutations, exact = native.tfce(points, o.dimensions, o.adjacency or nil, o.mask or nil,
    {extent = o.extent, height = o.height, permutations = o.permutations, seed = o.seed, tail = o.tail})
  return {t = shaped(t, 0 / 0), score = shaped(score, 0 / 0), p = shaped(p, 1), mask = shaped(p:le(o.alpha), false),
    permutations = permutations, exact = exact}
end

return clusters
