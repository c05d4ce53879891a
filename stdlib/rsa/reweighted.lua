-- rsa.reweighted: RSA with a weight for each feature, fitted by ridge regression of pairs (Kaniuth and Hebart 2022) and
-- judged on conditions that neither the weights nor the penalty have seen.
local is_tensor = require('brain.native').is_tensor
local draw = require('brain.stats.native').permutation
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'
local similarity = require 'brain.rsa.similarity'

local float64 = {dtype = 'float64'}

-- What regression needs of all pairs i < j, without a row for each of them. 'dot': phi_f = x_if x_jf. With G = X'X the sum
-- of phi_f phi_g over all i, j is G_fg^2. 'sqeuclidean': phi_f = (x_if - x_jf)^2, multiplied out likewise.
-- x [n, p], targets [k, n, n] with zeros on the diagonal -> centred phi'phi [p, p], phi'y [p, k].
local moments = {}
function moments.dot(x, targets)
  local q = x:square()
  local products = (x.T:matmul(x):square() - q.T:matmul(q)) / 2
  local sums = (x:sum(0):square() - q:sum(0)) / 2
  return products, sums, (x * torch.matmul(targets, x)):sum(1).T / 2
end
function moments.sqeuclidean(x, targets)
  x = x - x:mean(0, true)
  local n, q = x.shape[1], x:square()
  local total = q:sum(0)
  local products = n * q.T:matmul(q) + total:unsqueeze(1) * total:unsqueeze(0) + 2 * x.T:matmul(x):square()  -- sums of x are 0
  local with = (q * targets:sum(2):unsqueeze(2)):sum(1) - (x * torch.matmul(targets, x)):sum(1)
  return products, n * total, with.T
end

-- Dissimilarities [k, n, n] that are predicted under weights [p, k].
local predicted = {}
function predicted.dot(x, w)
  return -(x:unsqueeze(0) * w.T:unsqueeze(1)):matmul(x.T)
end
function predicted.sqeuclidean(x, w)
  local p = -predicted.dot(x, w)
  local d = p:diagonal{dim1 = 1, dim2 = 2}
  return d:unsqueeze(1) + d:unsqueeze(2) - 2 * p
end

-- Weights [alphas][p, k] of conditions `among`; penalties are alpha times the mean variance of a feature of pairs.
local function fit(x, targets, kind, alphas)
  local n = x.shape[1]
  local count = n * (n - 1) / 2
  local products, sums, with = moments[kind](x, targets)
  local total = targets:sum{dim = {1, 2}} / 2
  local a = products - sums:unsqueeze(1) * sums:unsqueeze(0) / count
  local b = with - sums:unsqueeze(1) * total:unsqueeze(0) / count
  local values, vectors = torch.linalg.eigh(a)
  local scale, turned, list = a:diagonal():mean(), vectors.T:matmul(b), {}
  for i, alpha in ipairs(alphas) do
    list[i] = vectors:matmul(turned / (values:clamp{min = 0} + alpha * scale):unsqueeze(1))
  end
  return list
end

-- Similarity [k] of predictions and targets, each with its own.
local function score(prediction, targets, places, method)
  local function pairs_of(matrices) return rdms.of(matrices, 'reweighted').condensed end
  local target = pairs_of(targets:index_select(1, places):index_select(2, places))
  return similarity.compare(pairs_of(prediction), target, method):diagonal()
end

local function symmetric(m) return (m + m:transpose(1, 2)) / 2 end

local function fisher(r) return r:clamp(-1 + 1e-12, 1 - 1e-12):atanh() end

-- The k parts of a shuffled list of places.
local function dealt(places, k, seed, index)
  local order, parts = draw(seed, index, places.shape[1]), {}
  local shuffled = places:index_select(0, order)
  for f, part in ipairs(shuffled:tensor_split(k)) do parts[f] = part:sort() end
  return parts
end

local function others(parts, left_out)
  local list = {}
  for f, part in ipairs(parts) do
    if f ~= left_out then list[#list + 1] = part end
  end
  return (torch.cat(list):sort())
end

return function(x, data, options)
  local o = read_options('reweighted', options, {distance = 'dot', method = 'pearson', folds = 5, inner_folds = 4, repeats = 5,
    alphas = {1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100}, seed = 0})
  if not moments[o.distance] then
    error(("reweighted: distance: expected dot or sqeuclidean, got '%s'"):format(tostring(o.distance)), 0)
  end
  if o.method ~= 'pearson' and o.method ~= 'spearman' then
    error(("reweighted: method: expected pearson or spearman, got '%s'"):format(tostring(o.method)), 0)
  end
  if not is_tensor(x) or x.ndim ~= 2 then
    error(('reweighted: x: expected [conditions, features], got %s'):format(is_tensor(x) and tostring(x.shape) or type(x)), 0)
  end
  for _, name in ipairs{'folds', 'inner_folds', 'repeats'} do read_options.at_least_one('reweighted', name, o[name]) end
  if o.folds < 2 or o.inner_folds < 2 then error('reweighted: folds: expected at least 2', 0) end
  local alphas = is_tensor(o.alphas) and o.alphas:tolist() or o.alphas
  if type(alphas) ~= 'table' or #alphas == 0 then error('reweighted: alphas: expected a list of numbers above 0', 0) end
  for _, alpha in ipairs(alphas) do
    if type(alpha) ~= 'number' or alpha <= 0 then error('reweighted: alphas: expected numbers above 0', 0) end
  end
  data = rdms.of(data, 'reweighted: rdms')
  local n = x.shape[1]
  if data.n ~= n then error(('reweighted: rdms: expected %d conditions as x has, got %d'):format(n, data.n), 0) end
  -- A fold needs 3 conditions (pairs that can correlate), also of what an outer fold leaves.
  local least = math.max(3 * o.folds, math.ceil(3 * o.inner_folds * o.folds / (o.folds - 1)))
  if n < least then
    error(('reweighted: expected at least %d conditions for %d folds and %d inner ones, got %d'):format(least, o.folds,
      o.inner_folds, n), 0)
  end
  if data.condensed:isnan():any():item() then error('reweighted: rdms: expected RDMs without missing pairs', 0) end
  x = x:detach():double()
  if not x:isfinite():all():item() then error('reweighted: x holds NaN or infinity', 0) end
  if o.distance == 'dot' then  -- so that equal weights give Pearson's correlation
    x = x - x:mean(1, true)
    x = x / x:norm(2, 1, true):clamp{min = 1e-300}
  end
  local dissimilarity = data:matrices()
  local targets = o.distance == 'dot' and -dissimilarity or dissimilarity

  local function weights_of(places, alphas_tried)
    return fit(x:index_select(0, places), targets:index_select(1, places):index_select(2, places), o.distance, alphas_tried)
  end
  local function scored(places, w)
    local prediction = symmetric(predicted[o.distance](x:index_select(0, places), w))
    prediction:diagonal{dim1 = 1, dim2 = 2}:fill_(0)
    return score(prediction, dissimilarity, places, o.method)
  end
  -- Fisher's z [alphas, k] summed over the folds of some conditions.
  local function searched(places, index)
    local parts, sum = dealt(places, o.inner_folds, o.seed, index), nil
    for f, part in ipairs(parts) do
      local rows = {}
      for i, w in ipairs(weights_of(others(parts, f), alphas)) do rows[i] = fisher(scored(part, w)) end
      local z = torch.stack(rows):nan_to_num(0)
      sum = sum and sum + z or z
    end
    return sum:argmax(0)
  end
  -- Weights [p, k], each target's under its own alpha.
  local function chosen(list, best) return torch.stack(list):permute{0, 2, 1}:gather(0,
    best:view(1, -1, 1):expand(1, -1, x.shape[2])):squeeze(0).T end

  local all, equal = torch.arange(n), torch.ones({x.shape[2], #data}, float64)
  local z, plain, picks = {}, {}, {}
  for r = 1, o.repeats do
    local parts = dealt(all, o.folds, o.seed, 2 * r * (o.folds + 1))
    for f, part in ipairs(parts) do
      local result = torch.scope(function()
        local rest = others(parts, f)
        local best = searched(rest, 2 * (r * (o.folds + 1) + f) + 1)
        return torch.stack{fisher(scored(part, chosen(weights_of(rest, alphas), best))), fisher(scored(part, equal)),
          best:double()}
      end)
      z[#z + 1], plain[#plain + 1], picks[#picks + 1] = result[0], result[1], result[2]
    end
  end
  z, plain = torch.stack(z), torch.stack(plain)
  local best = searched(all, 1)
  local function alpha_of(places) return torch.tensor(alphas, float64):index_select(0, places:long():flatten()):view(places.shape) end
  return {score = z:nanmean(0):tanh(), unweighted = plain:nanmean(0):tanh(), scores = z:tanh(), unweighted_scores = plain:tanh(),
    alphas = alpha_of(torch.stack(picks)), alpha = alpha_of(best), weights = chosen(weights_of(all, alphas), best).T}
end
