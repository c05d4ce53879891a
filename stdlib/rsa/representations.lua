-- Representations compared without RDMs, and RDMs drawn as points.
local native = require 'brain.rsa.similarity'
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'
local is_tensor = require('brain.native').is_tensor

local similarity = {}

-- The two representations as [stimuli, features]: further axes are features.
local function flat(owner, x, name)
  if not is_tensor(x) then error(('%s: %s: expected a Tensor, got %s'):format(owner, name, type(x)), 0) end
  return x.ndim > 2 and x:flatten(1) or x
end

function similarity.cka(x, y, options)
  local o = read_options('cka', options, {kernel = 'linear', unbiased = false, sigma = 0, batch = 0})
  return native.cka(flat('cka', x, 'x'), flat('cka', y, 'y'), o)
end

function similarity.procrustes(x, y, options)
  local o = read_options('procrustes', options, {alpha = 1, metric = 'angular'})
  local angular, euclidean = native.shape_distance(flat('procrustes', x, 'x'), flat('procrustes', y, 'y'), o.alpha)
  if o.metric == 'angular' then return angular end
  if o.metric == 'euclidean' then return euclidean end
  error(("procrustes: metric: expected angular or euclidean, got '%s'"):format(tostring(o.metric)), 0)
end

function similarity.cca(x, y) return native.canonical_correlations(flat('cca', x, 'x'), flat('cca', y, 'y')) end

-- (sum of eigenvalues)^2 / sum of their squares, of the covariance: tr(C)^2 / tr(C^2), from whichever of Gram matrix and
-- covariance is smaller.
function similarity.effective_dimensionality(x)
  x = flat('effective_dimensionality', x, 'x')
  if x.ndim ~= 2 or x.shape[1] < 2 then
    error(('effective_dimensionality: expected [stimuli, features] of at least 2 stimuli, got %s'):format(
      tostring(x.shape)), 0)
  end
  local centred = x:double() - x:double():mean(0, true)
  local products = x.shape[1] < x.shape[2] and centred:matmul(centred.T) or centred.T:matmul(centred)
  return (products:trace():square() / products:square():sum()):item()
end

function similarity.mds(given, options)
  local o = read_options('mds', options, {method = 'classical', dimensions = 2, starts = 4, iterations = 300,
    tolerance = 1e-6, seed = 0})
  local r = rdms.of(given, 'mds')
  if #r ~= 1 then error(('mds: expected one RDM, got %d; take their :mean()'):format(#r), 0) end
  local points, stress, eigenvalues = native.mds(r.condensed, o)
  return {points = points, stress = stress, eigenvalues = eigenvalues, labels = r.labels}
end

return similarity
