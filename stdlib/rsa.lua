-- Representational similarity analysis.
local native = require 'brain.rsa.native'
local similarity = require 'brain.rsa.similarity'
local read_options = require 'brain.options'
local public = require('brain.blame').wrap
local rdms = require 'brain.rsa.rdms'
local is_tensor = require('brain.native').is_tensor
local numbers = require('brain.stats.tests').numbers

local rsa = {evaluate = require 'brain.rsa.evaluate', evaluate_folds = require 'brain.rsa.folds',
  discriminate = require 'brain.rsa.discriminate', reweighted = require 'brain.rsa.reweighted',
  multiverse = require 'brain.rsa.multiverse', variance_partition = require 'brain.rsa.variance_partition',
  split_half = require('brain.rsa.split_half').split_half}
for _, part in ipairs{(require 'brain.rsa.distance'), (require 'brain.rsa.representations'), (require 'brain.rsa.confounds'),
  {model_map = require 'brain.rsa.model_map', model_rdms = require 'brain.rsa.model_rdms',
    permutation = require 'brain.rsa.permutation'},
  (require 'brain.rsa.searchlight')} do
  for name, f in pairs(part) do rsa[name] = f end
end

local model = require 'brain.rsa.model'
for _, name in ipairs{'choice', 'weighted', 'interpolated', 'fit_weights'} do rsa[name] = model[name] end

function rsa.rdms(tensor, options)
  local o = read_options('rdms', options, {labels = false})
  return rdms.of(tensor, 'rdms', o.labels or nil)
end

function rsa.union(list)
  if type(list) ~= 'table' or getmetatable(list) or #list == 0 then
    error('union: expected a list of RDMs with labels', 0)
  end
  return rdms.union(list, 'union')
end

local partial = {partial = 'pearson', ['partial-pearson'] = 'pearson', ['partial-spearman'] = 'spearman'}

function rsa.compare(a, b, options)
  local o = read_options('compare', options, {method = 'spearman', control = false, sigma = false})
  a, b = rdms.of(a, 'compare: a'), rdms.of(b, 'compare: b')
  b = rdms.aligned(a, b, 'compare')
  local method = partial[o.method]
  if not method then
    if o.control then error("compare: control: expected method 'partial' or 'partial-spearman'", 0) end
    if o.method == 'regression' then return similarity.compare_regression(a.condensed, b.condensed) end
    return similarity.compare(a.condensed, b.condensed, o.method, o.sigma or nil)
  end
  if not o.control then
    if #b < 2 then
      error(('compare: %s: expected control = RDMs, or several RDMs b, each compared given the others'):format(
        o.method), 0)
    end
    return similarity.compare_partial_each(a.condensed, b.condensed, method == 'spearman')
  end
  local control = rdms.aligned(a, rdms.of(o.control, 'compare: control'), 'compare')
  return native.compare_partial(a.condensed, b.condensed, control.condensed, method == 'spearman')
end

function rsa.movie(x, options)
  options = options or {}
  if not is_tensor(x) or x.ndim < 3 then
    error(('movie: expected x [conditions, features, times], got %s'):format(is_tensor(x) and tostring(x.shape)
      or type(x)), 0)
  end
  local times, count = options.times, x:size(-1)
  local places = times and (is_tensor(times) and times:tolist() or times)
  if times and (type(places) ~= 'table' or #places == 0) then
    error('movie: times: expected a list of time points (0-based)', 0)
  end
  if not places then
    places = {}
    for t = 1, count do places[t] = t - 1 end
  end
  local rest, parts, labels, across = {}, {}, nil, nil
  for name, value in pairs(options) do
    if name ~= 'times' then rest[name] = value end
  end
  for k, t in ipairs(places) do
    if math.type(t) ~= 'integer' or t < 0 or t >= count then
      error(('movie: times: expected 0 to %d, got %s'):format(count - 1, tostring(t)), 0)
    end
    local r = rsa.rdm(x:select(x.ndim - 1, t), rest)
    parts[k], labels, across = r.condensed, r.labels, r.crossvalidated
  end
  return rdms.of(torch.cat(parts, 0), 'movie', labels, across)
end

-- RDMs at one time with those at another: x [conditions, features, times], or with subjects in front.
function rsa.cross_temporal(x, options)
  local o = read_options('cross_temporal', options, {y = false, distance = 'correlation', method = 'spearman', times = false})
  local function check(given, name)
    if not is_tensor(given) or given.ndim < 3 or given.ndim > 4 then
      error(('cross_temporal: %s: expected [conditions, features, times] or [subjects, conditions, features, times], got %s')
        :format(name, is_tensor(given) and tostring(given.shape) or type(given)), 0)
    end
  end
  check(x, 'x')
  if o.y then check(o.y, 'y') end
  if o.y and (o.y.ndim ~= x.ndim or x.ndim == 4 and o.y.shape[1] ~= x.shape[1]) then
    error(('cross_temporal: y: expected the subjects of x %s, got %s'):format(tostring(x.shape), tostring(o.y.shape)), 0)
  end
  local function one(a, b)
    local function movie(given) return rsa.movie(given, {times = o.times or nil, distance = o.distance}) end
    a = movie(a)
    return rsa.compare(a, b and movie(b) or a, {method = o.method})
  end
  if x.ndim == 3 then return one(x, o.y) end
  local each = {}
  for s = 0, x.shape[1] - 1 do each[s + 1] = one(x[s], o.y and o.y[s]) end
  return torch.stack(each)
end

function rsa.noise_ceiling(given, options)
  local o = read_options('noise_ceiling', options, {method = 'spearman'})
  local r = rdms.of(given, 'noise_ceiling')
  if #r < 2 then error(('noise_ceiling: expected the RDMs of at least 2 subjects, got %d'):format(#r), 0) end
  local ones = {dtype = 'float64'}
  local _, _, ceiling = native.evaluate(r.condensed:narrow(0, 0, 0), r.condensed, torch.ones({1, r.n}, ones),
    torch.ones({1, #r}, ones), o.method, nil, true, 'noise_ceiling')
  return ceiling[{0, 0}]:item(), ceiling[{0, 1}]:item()
end

-- The area under a curve over its last axis, by trapezoids.
function rsa.auc(curve, times)
  curve, times = numbers(curve, 'auc', 'curve'), numbers(times, 'auc', 'times')
  if times.ndim ~= 1 or curve.ndim < 1 or curve:size(-1) ~= times.shape[1] or times.shape[1] < 2 then
    error(('auc: expected as many times as the curve has points, at least 2, got %s and %s'):format(
      tostring(times.shape), tostring(curve.shape)), 0)
  end
  local area = torch.trapezoid(curve, times)
  return area.ndim == 0 and area:item() or area
end

function rsa.decoding_rdm(trials, options) return native.decoding_rdm(trials, options) end

function rsa.smooth(x, width) return native.smooth(x, width) end

for name, f in pairs(rsa) do rsa[name] = public(f) end

return rsa
