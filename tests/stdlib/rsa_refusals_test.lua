-- What RSA refuses, with the reason; and label permutation, which is what takes the place of permuted cells.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'

local float64 = {dtype = 'float64'}

test.case('labels are permuted, cells never', function()
  torch.manual_seed(0)
  local truth = rsa.rdm(torch.randn({8, 6}, float64)):vectors()
  local subjects = truth + 0.3 * torch.rand({5, 28}, float64)
  local models = {right = truth, wrong = torch.rand({1, 28}, float64)}
  for _, method in ipairs{'spearman', 'cosine', 'tau-a'} do
    local r = rsa.permutation(models, subjects, {method = method, permutations = 200, seed = 3})
    test.equal({r.names, r.null.shape, r.permutations}, {{'right', 'wrong'}, torch.zeros(200, 2).shape, 200})
    test.close(r.observed, rsa.compare(torch.cat{models.right, models.wrong}, subjects, {method = method}):mean(1), {rtol = 1e-12})
    test.close(r.p[0]:item(), 1 / 201, {rtol = 1e-12})
    test.truthy(r.p_corrected[1]:item() >= r.p[1]:item() and r.p[1]:item() > 0.02)
    -- By hand: rows and columns together.
    local order = require('brain.stats.native').permutation(3, 7, 8):tolist()
    test.close(r.null[6], rsa.compare(rsa.rdms(torch.cat{models.right, models.wrong}):subset(order), subjects, {method = method})
      :mean(1), {rtol = 1e-12})
  end
  -- Under the null p is uniform: of 200 studies no more than 19 are below .05, and no fewer than 3.
  local below = 0
  for study = 1, 200 do
    below = below + torch.scope(function()
      local x, y = torch.randn({10, 5}, float64), torch.randn({10, 5}, float64)
      return rsa.permutation(rsa.rdm(x), rsa.rdm(y), {permutations = 99, seed = study}).p[0]:item() <= 0.05 and 1 or 0
    end)
  end
  test.truthy(below >= 3 and below <= 19, below)
  local function refused(options, words, m) test.raises(function() rsa.permutation(m or models, subjects, options) end, words) end
  refused({permute = 'cells'}, 'the cells of an RDM are not independent (each condition is in n - 1 of them)')
  refused({permute = 'rows'}, "permute: expected conditions or seen, got 'rows'")
  refused({tail = 'less'}, 'tail: expected greater or two')
  refused({}, "'right': expected one RDM, got 2", {right = torch.rand(2, 28)})
  test.raises(function() rsa.permutation(torch.rand(3), torch.rand(3)) end, 'expected at least 4 conditions, got 3')
end)

test.case('conditions that do not match, too few subjects, roots, fits', function()
  torch.manual_seed(1)
  local x = torch.randn({6, 9}, float64)
  local data = rsa.rdms(torch.stack{rsa.rdm(x):vectors()[0], rsa.rdm(x + 0.1):vectors()[0]}, {labels = {'a', 'b', 'c', 'd', 'e', 'f'}})
  local other = rsa.rdm(x, {labels = {'a', 'b', 'c', 'd', 'e', 'g'}})
  local unmatched = "condition 'f' is in one set of RDMs and not in the other"
  test.raises(function() rsa.evaluate({m = other}, data) end, unmatched)
  test.raises(function() rsa.evaluate(other, data) end, unmatched)
  test.raises(function() rsa.permutation({m = other}, data) end, unmatched)
  test.raises(function() rsa.compare(data, other) end, unmatched)
  test.raises(function() rsa.evaluate_folds({m = other}, data, {folds = {{0, 1, 2}, {3, 4, 5}}}) end, unmatched)
  local moved = rsa.rdm(x:flip{0}, {labels = {'f', 'e', 'd', 'c', 'b', 'a'}})
  test.close(rsa.evaluate({m = moved}, data, {samples = 2}).mean[0]:item(), 1, {rtol = 1e-9})

  test.equal(rsa.evaluate(moved, data, {samples = 4}).warnings,
    {'2 subjects are too few to resample: intervals over them are too narrow'})
  test.equal(rsa.evaluate(moved, data, {samples = 4, over = 'conditions'}).warnings, {})

  local crossed = rsa.rdm(torch.randn({3, 5, 9}, float64), {distance = 'crossnobis'})
  for _, r in ipairs{crossed, crossed:mean(), crossed:subset{0, 1, 2}, crossed:select{0},
    rsa.movie(torch.randn({3, 5, 9, 2}, float64), {distance = 'crossnobis'})} do
    test.raises(function() r:sqrt() end, 'cross-validated distances have no square root')
  end
  test.close(rsa.rdm(x, {distance = 'sqeuclidean'}):sqrt():vectors(), rsa.rdm(x, {distance = 'euclidean'}):vectors(), {rtol = 1e-12})
  test.raises(function() rsa.rdms(torch.tensor{1, -1, 2}):sqrt() end, 'expected dissimilarities of at least 0')
  test.raises(function() rsa.evaluate({m = rsa.choice(torch.rand(2, 15))}, data, {method = 'pearson'}) end,
    'a model fitted to the data it is tested on always wins: crossvalidate = true')
end)

test.case('every distance of a multiverse comes from one product', function()
  torch.manual_seed(2)
  local shared = require 'brain.rsa.shared_products'
  local native = require 'brain.rsa.similarity'
  local x = torch.randn(12, 70000) * 2 + torch.randn(1, 70000) * 3 + 5 + torch.randn(12, 1)
  local plain, calls = native.rdm_products, 0
  native.rdm_products = function(...) calls = calls + 1 return plain(...) end
  local of = shared(x)
  for _, distance in ipairs{'correlation', 'cosine', 'euclidean', 'sqeuclidean', 'sqeuclidean_mean'} do
    test.close(of(distance), rsa.rdm(x, {distance = distance}):vectors(), {rtol = 1e-10, atol = 1e-13}, distance)
  end
  native.rdm_products = plain
  test.equal({calls, of('manhattan')}, {1, nil})
end)
