-- Figures of other toolboxes that tests/runtime does not look at: rsatoolbox, mne-rsa and scikit-learn, from their files.
local test = require 'brain.test'
local torch = require 'brain.torch'
local file, rsa, stats = require 'brain.file', require 'brain.rsa', require 'brain.stats'

local golden = test.shared 'data/peers/golden/golden_rsatoolbox.h5'
if not golden then return test.leave_out 'it needs the golden files of other toolboxes, and HDF5' end
local folder = golden:gsub('golden_rsatoolbox%.h5$', '')

local float64 = {dtype = 'float64'}
local function reader(name)
  return function(key) return file.load(folder .. name, {key = key}) end
end
local function strict(got, expected, name) test.close(got, expected, {rtol = 0, atol = 1e-12}, name) end

test.case('rsatoolbox: 20 draws of the 92 objects, sample by sample', function()
  local read = reader 'golden_rsatoolbox.h5'
  local native = require 'brain.rsa.native'
  local function counts(places, n)
    local rows = {}
    for i = 0, #places - 1 do rows[i + 1] = places[i]:bincount{minlength = n} end
    return torch.stack(rows):double()
  end
  local similarity, _, ceiling = native.evaluate(read 'compare92/in/models', read 'compare92/in/brain',
    counts(read 'bootstrap_explicit/pattern_idx', 92), counts(read 'bootstrap_explicit/rdm_idx', 8), 'pearson', nil, true)
  strict(similarity, read 'bootstrap_explicit/evaluations_corr')
  strict(ceiling, read 'bootstrap_explicit/noise_ceiling_corr')
end)

test.case('rsatoolbox: dissimilarities of trials, with runs and noise', function()
  local read = reader 'golden_rsatoolbox.h5'
  local x, conditions, runs = read 'calc/in/X', read 'calc/in/conds', read 'calc/in/runs'
  local function close(got, key) test.close(got:vectors()[0], read('calc/out/' .. key), {rtol = 1e-10, atol = 1e-12}, key) end
  local function rdm(distance, more)
    local options = {distance = distance, conditions = conditions}
    for name, value in pairs(more or {}) do options[name] = value end
    return rsa.rdm(options.x or x, (function() options.x = nil return options end)())
  end
  close(rdm 'correlation', 'correlation')
  close(rdm 'sqeuclidean_mean', 'euclidean')
  close(rdm('sqeuclidean_mean', {x = x - x:mean(1, true)}), 'euclidean_remove_mean')
  close(rdm('mahalanobis', {noise = read 'calc/in/precision'}), 'mahalanobis')
  close(rdm('crossnobis', {folds = runs, noise = read 'calc/in/precision'}), 'crossnobis')
  close(rdm('crossnobis', {folds = runs}), 'crossnobis_identity')
  close(rdm('poisson', {x = read 'calc/in/counts'}), 'poisson')
end)

test.case('rsatoolbox: a movie; whitening by a diagonal; spheres; signed ranks', function()
  local read = reader 'golden_rsatoolbox.h5'
  local x, conditions, runs = read 'movie/X', read 'movie/c', read 'movie/r'
  test.close(rsa.movie(x, {conditions = conditions}):vectors(), read 'movie/correlation', {rtol = 1e-10, atol = 1e-12})
  test.close(rsa.movie(x, {conditions = conditions, folds = runs, distance = 'crossnobis'}):vectors(), read 'movie/crossnobis',
    {rtol = 1e-9, atol = 1e-12})
  -- With variances alone rsatoolbox centres by plain means, as if they were equal; here as with their diagonal matrix.
  local brain, models, sigma = read 'compare92/in/brain', read 'compare92/in/models', read 'compare92/in/sigma_k_1d'
  local function flattened(vectors)
    local g = rsa.rdms(vectors):matrices() / -2
    g = g - g:mean(1, true) - g:mean(2, true) + g:mean{dim = {1, 2}, keepdim = true}
    g = (g / torch.outer(sigma, sigma):sqrt()):flatten(1)
    return g / g:norm(2, 1, true)
  end
  test.close(flattened(models):matmul(flattened(brain).T), read 'compare92/out/cosine_cov_sigma1d', {rtol = 1e-10})
  local function centred(x) return x - x:mean(1, true) end
  test.close(flattened(centred(models)):matmul(flattened(centred(brain)).T), read 'compare92/out/corr_cov_sigma1d', {rtol = 1e-10})
  for _, method in ipairs{'cosine_cov', 'corr_cov'} do
    test.close(rsa.compare(models, brain, {method = method, sigma = sigma}),
      rsa.compare(models, brain, {method = method, sigma = torch.diag(sigma)}), {rtol = 1e-10})
  end
  local mask = read 'searchlight/mask'
  local hoods = rsa.neighbourhoods(mask, {radius = read 'searchlight/radius', fraction = read 'searchlight/threshold'})
  local places = mask:flatten():nonzero():squeeze(1)
  test.equal(places:index_select(0, hoods.centres), read 'searchlight/centers')
  test.equal(hoods.offsets['1:'] - hoods.offsets[':-1'], read 'searchlight/n_neighbors')
  test.equal((places:index_select(0, hoods:members(0)):sort()), (read 'searchlight/first_neighbors':sort()))
  local each = read 'tests/ev3'[0]  -- [models, subjects]
  for m = 0, 3 do
    test.close(stats.wilcoxon(each[m]).p, read 'tests/ranksum_zero_p'[m]:item(), {rtol = 1e-9})
    for k = m + 1, 3 do
      test.close(stats.wilcoxon(each[m], each[k]).p, read 'tests/ranksum_pair_p'[{m, k}]:item(), {rtol = 1e-9})
    end
  end
end)

test.case('mne-rsa: correlations, ranks, cross-validated squares', function()
  local read = reader 'golden_mne_rsa.h5'
  local brain, models = read 'rsa92/brain', read 'rsa92/models'
  for method, key in pairs{pearson = 'pearson', spearman = 'spearman', ['tau-a'] = 'kendall-tau-a'} do
    test.close(rsa.compare(brain, models, {method = method}), read('rsa92/' .. key), {rtol = 1e-10, atol = 1e-13}, key)
  end
  local folds = read 'rdm/F'
  test.close(rsa.rdm(folds, {distance = 'crossnobis'}):vectors()[0] * folds.shape[3], read 'rdm/cv_sqeuclidean', {rtol = 1e-9, atol = 1e-11})
end)

test.case('scikit-learn: partial least squares', function()
  local read = reader 'golden_similarity.h5'
  local model = stats.pls(read 'in/X', read 'in/Y', {components = read 'pls25/n_components'})
  -- Its power iterations stop at a squared change of 1e-6, and later components inherit what is left.
  test.close(model:predict(read 'pls25/Xtest'), read 'pls25/pred', {rtol = 0, atol = 1e-2})
end)
