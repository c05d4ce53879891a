-- Searchlights from Lua; their numbers are tested in tests/runtime.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'

local float64 = {dtype = 'float64'}

test.case('a searchlight finds where a model holds', function()
  torch.manual_seed(0)
  local mask = torch.ones({7, 6, 5})
  mask[0] = 0
  local voxels = mask:sum():item()
  local model = torch.randn({12, 8}, float64)
  local x = torch.randn({12, 7, 6, 5}, float64)
  -- voxels about (4, 3, 2) carry the model
  local carried = x:narrow(1, 3, 3):narrow(2, 2, 3):narrow(3, 1, 3)
  carried:add_(3 * model:matmul(torch.randn({8, 27}, float64)):view(12, 3, 3, 3))
  local rdm = rsa.rdm(model)
  local similarity, hoods = rsa.searchlight(x, rdm, {mask = mask, radius = 2})
  test.equal(similarity.shape, {voxels, 1})
  test.equal(#hoods, voxels)
  local volume = hoods:volume(similarity:squeeze(1))
  test.equal(volume.shape, {7, 6, 5})
  test.truthy(volume[0]:isnan():all():item())
  test.truthy(volume[{4, 3, 2}]:item() > 0.7, volume[{4, 3, 2}]:item())
  test.truthy(volume[{4, 3, 2}]:item() > volume[{1, 0, 0}]:item() + 0.4)
  test.equal(hoods:volume(similarity).shape, {1, 7, 6, 5})

  -- the same from the voxels of the mask, from neighbourhoods, and from their lists
  local inside = x:flatten(1):index_select(1, mask:flatten():nonzero():squeeze(1))
  test.equal((rsa.searchlight(inside, rdm, {mask = mask, radius = 2})), similarity)
  test.equal((rsa.searchlight(x, rdm, {neighbourhoods = rsa.neighbourhoods(mask, {radius = 2})})), similarity)
  local lists = {}
  for k = 0, 4 do lists[k + 1] = hoods:members(k) end
  local few, listed = rsa.searchlight(inside, rdm, {neighbourhoods = lists})
  test.close(few, similarity:narrow(0, 0, 5), {rtol = 1e-12})
  test.raises(function() listed:volume(few) end, 'without a mask')
  -- one centre by hand
  local by_hand = rsa.compare(rsa.rdm(inside:index_select(1, hoods:members(9))), rdm)
  test.close(similarity[9], by_hand[0], {rtol = 1e-9})

  -- subjects in front; crossnobis has folds
  local subjects = torch.stack{inside, inside + torch.randn(inside.shape, float64)}
  local each = rsa.searchlight(subjects, rdm, {mask = mask, radius = 2, method = 'cosine'})
  test.equal(each.shape, {2, voxels, 1})
  test.equal(each[0], (rsa.searchlight(inside, rdm, {mask = mask, radius = 2, method = 'cosine'})))
  local crossed = rsa.searchlight(subjects, rdm, {mask = mask, radius = 2, distance = 'crossnobis', method = 'cosine'})
  test.close(crossed[3], rsa.compare(rsa.rdm(subjects:index_select(2, hoods:members(3)), {distance = 'crossnobis'}), rdm,
    {method = 'cosine'})[0], {rtol = 1e-9})
  local partial = rsa.searchlight(inside, rdm, {mask = mask, radius = 2, control = rsa.rdm(torch.randn({12, 3}, float64))})
  test.equal(partial.shape, similarity.shape)
end)

test.case('the noise of each neighbourhood; discs of a surface', function()
  torch.manual_seed(1)
  local x, residuals = torch.randn({3, 8, 40}, float64), torch.randn({60, 40}, float64):matmul(torch.randn({40, 40}, float64))
  local rdm, lists = rsa.rdm(torch.randn({8, 5}, float64)), {}
  for k = 0, 9 do lists[k + 1] = {k, k + 10, k + 20, k + 30, (k + 3) % 10} end
  for _, distance in ipairs{'crossnobis', 'mahalanobis'} do
    for _, estimator in ipairs{'full', 'diagonal', 'ledoit_wolf', 'schaefer_strimmer'} do
      local data = distance == 'crossnobis' and x or x[0]
      local found = rsa.searchlight(data, rdm, {neighbourhoods = lists, distance = distance, method = 'pearson',
        residuals = residuals, estimator = estimator, degrees = 50})
      for _, k in ipairs{0, 7} do
        local places = torch.tensor(lists[k + 1])
        local noise = rsa.noise_precision(residuals:index_select(1, places), {estimator = estimator, degrees = 50})
        local own = rsa.rdm(data:index_select(-1, places), {distance = distance, noise = noise})
        test.close(found[k], rsa.compare(own, rdm, {method = 'pearson'})[0], {rtol = 1e-8})
      end
    end
  end
  local each = rsa.searchlight(torch.stack{x[0], x[1]}, rdm, {neighbourhoods = lists, distance = 'mahalanobis', method = 'pearson',
    residuals = torch.stack{residuals, residuals * 2}})
  test.equal(each.shape, {2, 10, 1})
  local function refused(options, words)
    options.neighbourhoods = lists
    test.raises(function() rsa.searchlight(x[0], rdm, options) end, words)
  end
  refused({residuals = residuals}, 'residuals: expected distance crossnobis or mahalanobis')
  refused({distance = 'mahalanobis'}, 'mahalanobis: expected residuals')
  refused({distance = 'mahalanobis', residuals = residuals:narrow(1, 0, 39)}, 'residuals: expected [rows, 40 voxels]')
  refused({distance = 'mahalanobis', residuals = residuals:narrow(0, 0, 4), estimator = 'full'},
    'the covariance of the 5 voxels about voxel 0 is not positive definite')

  -- Two triangles that share an edge, and one apart: along the edges, and a map in the order of the vertices.
  local surface = {vertices = torch.tensor({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {9, 9, 9}, {9, 9, 8}, {9, 8, 9}}, float64),
    triangles = torch.tensor{{0, 1, 2}, {1, 3, 2}, {4, 5, 6}}}
  local discs = rsa.neighbourhoods(surface, {radius = 1.5})
  test.equal({#discs, discs:members(0):tolist(), discs:members(5):tolist()}, {7, {0, 1, 2}, {5, 4, 6}})
  test.equal(rsa.neighbourhoods(surface, {radius = 2.1}):members(0):tolist(), {0, 1, 2, 3})
  local mask = torch.tensor{1, 1, 0, 1, 0, 0, 1}
  local some = rsa.neighbourhoods(surface, {radius = 1.5, mask = mask})
  test.equal({some.centres:tolist(), some:members(1):tolist()}, {{0, 1, 2}, {1, 0, 2}})
  local patterns = torch.randn({8, 7}, float64)
  local found = rsa.searchlight(patterns, rdm, {neighbourhoods = some, method = 'pearson', distance = 'euclidean'})
  test.close(found[1], rsa.compare(rsa.rdm(patterns:index_select(1, torch.tensor{1, 0, 3}), {distance = 'euclidean'}), rdm,
    {method = 'pearson'})[0], {rtol = 1e-9})
  local map = some:volume(found)
  test.equal(map.shape, {1, 7})
  test.equal(map:isnan()[0]:long():tolist(), {0, 0, 1, 0, 1, 1, 1})
  test.raises(function() rsa.neighbourhoods{vertices = surface.vertices} end, 'triangles')
end)

test.case('what a searchlight refuses', function()
  local x, mask, rdm = torch.randn(5, 8), torch.ones(2, 2, 2), rsa.rdm(torch.randn(5, 4))
  local function refused(options, words, patterns)
    test.raises(function() rsa.searchlight(patterns or x, rdm, options) end, words)
  end
  refused({}, 'expected one of mask')
  refused({mask = mask, radus = 2}, "did you mean 'radius'?")
  refused({mask = mask, radius = 0}, 'radius: expected a number above 0')
  refused({mask = torch.ones(2, 2, 3)}, 'expected [..., 12 voxels of the mask] or [..., 2, 2, 3]')
  refused({mask = mask, distance = 'corelation'}, "got 'corelation'")
  refused({mask = mask, method = 'pearso'}, "got 'pearso'")
  refused({mask = mask}, 'models: expected RDMs of the 6 conditions of the data, got 5', torch.randn(6, 8))
  refused({neighbourhoods = {{0, 8}}}, 'expected voxels 0 to 7, got 8')
  refused({neighbourhoods = {{0}, {}}}, 'neighbourhoods: number 1 is empty')
  test.raises(function() rsa.neighbourhoods(torch.zeros(2, 2, 2)) end, 'no sphere of radius 3')
  test.raises(function() rsa.neighbourhoods(3) end, 'expected a mask')
end)
