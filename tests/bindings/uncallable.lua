-- Names of the default surface that no arguments can call on this build, and why.
local torch = require 'brain.torch'

local list = {
  convolution_overrideable = 'a hook for backends outside LibTorch',
  get_gradients = 'belongs to distributed autograd, which is not linked',
  indices_copy = 'has no kernel for sparse tensors; indices has one',
}

for reason, names in next, {
  ['a CUDA kernel without a CPU one'] = [[batch_norm_elemt batch_norm_gather_stats batch_norm_gather_stats_with_counts
    batch_norm_stats conv_depthwise3d]],
  ['needs cuDNN'] = [[cudnn_affine_grid_generator cudnn_batch_norm cudnn_convolution cudnn_convolution_add_relu
    cudnn_convolution_relu cudnn_convolution_transpose cudnn_grid_sampler]],
  ['needs MIOpen'] = [[miopen_batch_norm miopen_convolution miopen_convolution_add_relu miopen_convolution_relu
    miopen_convolution_transpose miopen_ctc_loss miopen_depthwise_convolution miopen_rnn]],
} do
  for name in names:gmatch '%S+' do list[name] = reason end
end

if not torch.cuda.is_available() then list.pin_memory = 'needs an accelerator' end

return list
