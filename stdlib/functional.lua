-- nn.functional: PyTorch's functions with Python's names, parameter order and defaults. Keyword arguments are
-- a last table with string keys: F.interpolate(x, {scale_factor = 2, mode = 'bilinear'}).
local torch = require 'brain.torch'
local native = require 'brain.native'
local signature = require 'brain.functional.signature'

-- Operators that LibTorch already has under the same name with the same parameters.
local shared = {
  'adaptive_avg_pool1d', 'avg_pool1d', 'avg_pool2d', 'avg_pool3d', 'bilinear', 'celu_', 'channel_shuffle',
  'conv1d', 'conv2d', 'conv3d', 'conv_tbc', 'conv_transpose1d', 'conv_transpose2d', 'conv_transpose3d',
  'cosine_similarity', 'elu_', 'gelu', 'hardshrink', 'hardtanh_', 'leaky_relu_', 'linear',
  'native_channel_shuffle', 'one_hot', 'pad', 'pairwise_distance', 'pdist', 'pixel_shuffle',
  'pixel_unshuffle', 'prelu', 'relu_', 'rms_norm', 'rrelu_', 'scaled_dot_product_attention', 'selu_',
  'sigmoid', 'softplus', 'softshrink', 'tanh', 'threshold_',
}

local functional = {}
local define = signature.definer(functional)
local topics = {
  'activation', 'attention', 'dropout', 'embedding', 'losses', 'margin_losses', 'normalisation', 'pooling',
  'products', 'resize',
}
for _, topic in ipairs(topics) do
  require('brain.functional.' .. topic)(define, functional)
end
for _, name in ipairs(shared) do
  if torch.has(name) then functional[name] = torch[name] end
end

local names = {}
for name in pairs(functional) do names[#names + 1] = name end
table.sort(names)

return setmetatable(functional, {
  __index = function(_, name)
    local nearest = native.nearest(tostring(name), names)
    error(("nn.functional has no '%s'%s"):format(tostring(name),
      nearest and (": did you mean '" .. nearest .. "'?") or ''), 0)
  end,
  __newindex = function(_, name)
    error(("nn.functional.%s cannot be assigned: use a local"):format(tostring(name)), 0)
  end,
})
