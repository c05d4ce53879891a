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
