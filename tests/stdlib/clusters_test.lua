-- Cluster tests and enhancement over maps, from Lua; their numbers are tested in tests/runtime.
local test = require 'brain.test'
local torch = require 'brain.torch'
local stats = require 'brain.stats'
local rsa = require 'brain.rsa'

local float64 = {dtype = 'float64'}

test.case('time by time: a square of an effect', function()
  torch.manual_seed(0)
  local a = torch.randn({16, 20, 20}, float64)
  a:narrow(1, 5, 6):narrow(2, 8, 7):add_(1.5)
  local r = stats.cluster_permutation(a, {dimensions = 2, permutations = 200, threshold = 0.01})
  test.equal({r.t.shape, r.mask.shape, r.exact, r.permutations}, {{20, 20}, {20, 20}, false, 200})
  local big
  for _, cluster in ipairs(r.clusters) do
    test.equal(cluster.places.shape, {cluster.size, 2})
    test.close(r.t[{cluster.places:select(1, 0), cluster.places:select(1, 1)}]:sum():item(), cluster.mass, {rtol = 1e-12})
    if cluster.significant then big = cluster end
  end
  test.truthy(big and big.p < 0.01 and big.size >= 40, big and big.size)
  test.equal(r.mask:sum():item(), big.size)
  test.truthy(r.mask:narrow(0, 5, 6):narrow(1, 8, 7):sum():item() >= 40)
  -- along one axis only, rows are series: the same points beyond the threshold, in more clusters
  local lines = stats.cluster_permutation(a, {permutations = 200, threshold = 0.01})
  test.equal(lines.t, r.t)
  test.truthy(#lines.clusters > #r.clusters)

  local e = stats.tfce(a, {dimensions = 2, permutations = 200})
  test.equal({e.score.shape, e.p.shape}, {{20, 20}, {20, 20}})
  test.truthy(e.mask:narrow(0, 5, 6):narrow(1, 8, 7):sum():item() >= 40)
  test.truthy(e.mask:sum():item() <= 60, e.mask:sum():item())
  local zero = torch.zeros({16, 20, 20}, float64)
  test.equal(stats.tfce(a, zero, {dimensions = 2, permutations = 200}).p, e.p)
end)

test.case('sensors by time', function()
  torch.manual_seed(1)
  local a = torch.randn({12, 3, 10}, float64)
  a[{'0:, 0, 2:6'}]:add_(3)
  a[{'0:, 2, 2:6'}]:add_(3)
  local function clusters_with(adjacency)
    local r = stats.cluster_permutation(a, {dimensions = 2, adjacency = torch.tensor(adjacency), permutations = 100,
      threshold = 0.001})
    local n = 0
    for _, cluster in ipairs(r.clusters) do n = n + (cluster.significant and 1 or 0) end
    return n
  end
  test.equal(clusters_with{{1, 0, 1}, {0, 1, 0}, {1, 0, 1}}, 1)
  test.equal(clusters_with{{1, 1, 0}, {1, 1, 0}, {0, 0, 1}}, 2)
end)

test.case('a searchlight of subjects, enhanced within its mask', function()
  torch.manual_seed(2)
  local mask = torch.ones({5, 5, 4})
  mask[0] = 0
  local model = torch.randn({8, 6}, float64)
  local x = torch.randn({10, 8, 80}, float64)
  x:narrow(2, 30, 20):add_(2 * torch.matmul(model, torch.randn({10, 6, 20}, float64)))
  local similarity, hoods = rsa.searchlight(x, rsa.rdm(model), {mask = mask, radius = 1.5})
  local e = stats.tfce(similarity:select(2, 0), {mask = mask, permutations = 500, tail = 'greater'})
  test.equal(e.p.shape, {80})
  test.truthy(e.p:narrow(0, 34, 8):max():item() < 0.05, e.p:narrow(0, 34, 8):max():item())
  local volumes = hoods:volume(similarity:select(2, 0).T)
  test.equal(volumes.shape, {10, 5, 5, 4})
  local whole = stats.tfce(volumes:nan_to_num(0), {mask = mask, permutations = 500, tail = 'greater'})
  test.equal(whole.p.shape, {5, 5, 4})
  test.equal(hoods:volume(e.p):nan_to_num(1), whole.p)
  test.truthy(whole.score[0]:isnan():all():item())
  local r = stats.cluster_permutation(volumes:nan_to_num(0), {mask = mask, permutations = 100, tail = 'greater'})
  test.equal(r.clusters[1].places:size(1), 3)
  test.equal(r.mask.shape, {5, 5, 4})
end)

test.case('what maps refuse', function()
  local a = torch.randn(6, 4, 5)
  test.raises(function() stats.cluster_permutation(a, {dimensions = 3}) end, 'dimensions: expected 1 to 2')
  test.raises(function() stats.tfce(a, {dimensions = 0}) end, 'dimensions: expected 1 to 2')
  test.raises(function() stats.tfce(a, {dimension = 2}) end, "did you mean 'dimensions'?")
  test.raises(function() stats.tfce(a, {mask = torch.ones(3, 3, 3)}) end, 'mask: expected (subjects, 27 points of the mask)')
  test.raises(function() stats.tfce(a, {mask = torch.ones(4, 5), adjacency = torch.ones(4, 4)}) end, 'not both')
  test.raises(function() stats.tfce(a, {dimensions = 2, adjacency = torch.ones(3, 3)}) end, 'expected a symmetric [4, 4]')
  test.raises(function() stats.tfce(a, torch.randn(6, 4), {dimensions = 1}) end, 'expected equal shapes')
  test.raises(function() stats.tfce(torch.randn(5)) end, 'at least 2 axes')
  test.raises(function() stats.tfce(a, {tail = 'both'}) end, "got 'both'")
  test.raises(function() stats.cluster_permutation(a, a, {dimensions = 2, variant = 'neurora'}) end, "variant = 'signflip'")
  test.raises(function() stats.tfce(a * (0 / 0)) end, 'NaN')
end)
