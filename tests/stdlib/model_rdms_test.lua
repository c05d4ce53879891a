-- RDMs of layers with few features in memory are those of all features at once.
local test = require 'brain.test'
local torch, nn, models, rsa = require 'brain.torch', require 'brain.nn', require 'brain.models', require 'brain.rsa'

test.case('layers in several passes and in parts', function()
  torch.manual_seed(0)
  local net = nn.Sequential{nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 6)}
  local pictures = torch.randn(9, 3, 20, 20)
  local names = {}
  for i = 1, 9 do names[i] = 'picture ' .. i end
  local features = models.extract(net, pictures, {layers = {'0', '1', '2', '5'}})
  for _, distance in ipairs{'correlation', 'cosine', 'euclidean', 'sqeuclidean_mean'} do
    for _, memory in ipairs{'1GB', '40 KB', 30000} do  -- layer 0: 91 KB
      local seen = rsa.model_rdms(net, pictures, {layers = {'0', '1', '2', '5'}, distance = distance, memory = memory, batch = 4,
        labels = names})
      local order = {}
      for name, r in pairs(seen) do
        order[#order + 1] = name
        test.close(r:vectors(), rsa.rdm(features[name]:flatten(1), {distance = distance}):vectors(), {rtol = 1e-5, atol = 1e-6}, name)
        test.equal({r.n, r.labels[9]}, {9, 'picture 9'})
      end
      test.equal(order, {'0', '1', '2', '5'})
    end
  end
  local pooled = rsa.model_rdms(net, pictures, {layers = {'0'}, pool = 'spatial_mean'})['0']
  test.close(pooled:vectors(), rsa.rdm(features['0']:mean{2, 3}):vectors(), {rtol = 1e-5, atol = 1e-6})
  local half = rsa.model_rdms(net, pictures, {layers = {'0'}, memory = 9000, pool = function(x) return x:narrow(1, 0, 4) end})['0']
  test.close(half:vectors(), rsa.rdm(features['0']:narrow(1, 0, 4):flatten(1)):vectors(), {rtol = 1e-5, atol = 1e-6})
  local function refused(options, words, images)
    test.raises(function() rsa.model_rdms(net, images or pictures, options) end, words)
  end
  refused({layers = {'0'}, distance = 'manhattan'}, 'distance: expected correlation, cosine')
  refused({layers = {'0'}, memory = 'much'}, "memory: expected bytes, or as '256MB', got 'much'")
  refused({layers = {'0'}, pool = 'max'}, "expected none, cls, mean, spatial_mean or a function, got 'max'")
  refused({}, 'layers')
  refused({layers = {'0'}}, 'images: expected at least 2, got 1', pictures:narrow(0, 0, 1))
  refused({layers = {'0'}}, 'images: expected a Tensor', 'folder')
end)
