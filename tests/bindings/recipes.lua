-- Valid arguments, written by hand, for operators whose arguments must agree in ways a schema does not say.
-- Each recipe makes fresh arguments of one call.
local torch = require 'brain.torch'
local aten = torch.ops.aten

local function rand(...) return torch.rand(...) end
local function randn(...) return torch.randn(...) end
local function ints(values) return torch.tensor(values, {dtype = 'int64'}) end
local function coo() return torch.tensor({{0.0, 1.0, 0.0}, {2.0, 0.0, 3.0}}):to_sparse() end
local function per_channel() return torch.quantize_per_channel(rand(2, 3), torch.tensor{0.1, 0.2}, ints{0, 1}, 0, 'quint8') end
local function nested() return aten._nested_tensor_from_tensor_list({rand(2, 3), rand(1, 3)}) end
local function lu() return aten.linalg_lu_factor(rand(3, 3) + torch.eye(3)) end

-- Weights of one recurrent layer: input 3, hidden 4, gates rows.
local function gates(n) return rand(n * 4, 3), rand(n * 4, 4), rand(n * 4), rand(n * 4) end

local recipes = {
  addbmm = function() return rand(3, 5), rand(2, 3, 4), rand(2, 4, 5) end,
  addmv = function() return rand(2), rand(2, 3), rand(3) end,
  mv = function() return rand(2, 3), rand(3) end,
  addr_ = function() return rand(2, 3), rand(2), rand(3) end,
  affine_grid_generator = function() return rand(2, 2, 3), {2, 1, 4, 4}, false end,
  binary_cross_entropy = function() return rand(2, 3), rand(2, 3) end,
  binary_cross_entropy_with_logits = function() return rand(2, 3), rand(2, 3) end,
  bincount = function() return ints{0, 1, 1, 3} end,
  ccol_indices = function() return rand(2, 3):to_sparse_csc() end,
  row_indices = function() return rand(2, 3):to_sparse_csc() end,
  indices_copy = coo,
  col2im = function() return rand(2, 12, 4), {4, 4}, {2, 2}, {1, 1}, {0, 0}, {2, 2} end,
  im2col = function() return rand(2, 3, 4, 4), {2, 2}, {1, 1}, {0, 0}, {2, 2} end,
  conv_tbc = function() return rand(5, 2, 3), rand(2, 3, 4), rand(4), 0 end,
  conv1d = function() return rand(2, 3, 5), rand(4, 3, 2), rand(4), {1}, {1}, {1}, 1 end,
  conv2d = function() return rand(2, 3, 5, 5), rand(4, 3, 2, 2), rand(4), {1, 1}, {1, 1}, {1, 1}, 1 end,
  conv3d = function()
    return rand(1, 3, 4, 4, 4), rand(2, 3, 2, 2, 2), rand(2), {1, 1, 1}, {0, 0, 0}, {1, 1, 1}, 1
  end,
  conv_transpose1d = function() return rand(2, 3, 5), rand(3, 4, 2), rand(4), {2}, {1}, {1}, 1, {1} end,
  conv_transpose2d = function()
    return rand(2, 3, 5, 5), rand(3, 4, 2, 2), rand(4), {2, 2}, {0, 0}, {1, 1}
  end,
  conv_transpose3d = function() return rand(1, 3, 3, 3, 3), rand(3, 2, 2, 2, 2), rand(2), {1, 1, 1} end,
  convolution = function()
    return rand(2, 3, 5, 5), rand(4, 3, 2, 2), rand(4), {1, 1}, {0, 0}, {1, 1}, false, {0, 0}, 1
  end,
  mkldnn_convolution = function()
    return rand(2, 3, 5, 5), rand(4, 3, 2, 2), rand(4), {0, 0}, {1, 1}, {1, 1}, 1
  end,
  slow_conv_dilated2d = function() return rand(2, 3, 5, 5), rand(4, 3, 2, 2), {2, 2}, rand(4), 1, 0, 2 end,
  slow_conv_dilated3d = function()
    return rand(1, 3, 5, 5, 5), rand(2, 3, 2, 2, 2), {2, 2, 2}, rand(2), 1, 0, 2
  end,
  slow_conv3d = function() return rand(1, 3, 4, 4, 4), rand(2, 3, 2, 2, 2), {2, 2, 2}, rand(2) end,
  thnn_conv2d = function() return rand(2, 3, 5, 5), rand(4, 3, 2, 2), {2, 2}, rand(4) end,
  batch_norm = function() return rand(4, 3), rand(3), rand(3), rand(3), rand(3), true, 0.1, 1e-5, false end,
  instance_norm = function()
    return rand(2, 3, 4), rand(3), rand(3), rand(3), rand(3), true, 0.1, 1e-5, false
  end,
  group_norm = function() return rand(2, 4, 3), 2, rand(4), rand(4), 1e-5, false end,
  layer_norm = function() return rand(2, 3), {3}, rand(3), rand(3) end,
  native_layer_norm = function() return rand(2, 3), {3}, rand(3), rand(3), 1e-5 end,
  rms_norm = function() return rand(2, 3), {3}, rand(3) end,
  avg_pool1d = function() return rand(2, 3, 6), {2}, {2}, {1} end,
  avg_pool2d = function() return rand(2, 3, 6, 6), {2, 2}, {2, 2}, {1, 1}, true, false, 3 end,
  avg_pool3d = function() return rand(2, 3, 4, 4, 4), {2, 2, 2}, {2, 2, 2}, {0, 0, 0}, false, true end,
  max_pool1d = function() return rand(2, 3, 6), {2}, {2}, {1}, {1}, true end,
  max_pool2d = function() return rand(2, 3, 6, 6), {2, 2}, {2, 2}, {1, 1}, {1, 1}, true end,
  max_pool3d = function() return rand(2, 3, 4, 4, 4), {2, 2, 2}, {2, 2, 2}, {0, 0, 0}, {1, 1, 1} end,
  max_pool2d_with_indices = function() return rand(2, 3, 6, 6), {2, 2}, {2, 2}, {1, 1}, {1, 1} end,
  max_pool3d_with_indices = function() return rand(2, 3, 4, 4, 4), {2, 2, 2}, {2, 2, 2}, {0, 0, 0} end,
  max_unpool2d = function()
    local values, indices = torch.max_pool2d_with_indices(rand(2, 3, 4, 4), 2)
    return values, indices, {4, 4}
  end,
  max_unpool3d = function()
    local values, indices = torch.max_pool3d_with_indices(rand(2, 3, 4, 4, 4), 2)
    return values, indices, {4, 4, 4}, {2, 2, 2}, {0, 0, 0}
  end,
  fractional_max_pool2d = function() return rand(2, 3, 6, 6), {2, 2}, {3, 3}, rand(2, 3, 2) end,
  fractional_max_pool3d = function() return rand(2, 3, 6, 6, 6), {2, 2, 2}, {3, 3, 3}, rand(2, 3, 3) end,
  grid_sampler = function() return rand(2, 3, 4, 4), randn(2, 5, 5, 2), 0, 0, false end,
  grid_sampler_2d = function() return rand(2, 3, 4, 4), randn(2, 5, 5, 2), 1, 1, true end,
  grid_sampler_3d = function() return rand(2, 3, 4, 4, 4), randn(2, 3, 3, 3, 3), 0, 1, false end,
  pixel_shuffle = function() return rand(1, 4, 3, 3), 2 end,
  pixel_unshuffle = function() return rand(1, 1, 4, 4), 2 end,
  upsample_nearest1d = function() return rand(2, 3, 4), {8} end,
  upsample_linear1d = function() return rand(2, 3, 4), {8}, false end,
  upsample_nearest2d = function() return rand(2, 3, 4, 4), {8, 6} end,
  upsample_bilinear2d = function() return rand(2, 3, 4, 4), {8, 6}, false end,
  upsample_bicubic2d = function() return rand(2, 3, 4, 4), {3, 6}, true end,
  upsample_nearest3d = function() return rand(1, 2, 3, 3, 3), {4, 5, 6} end,
  upsample_trilinear3d = function() return rand(1, 2, 3, 3, 3), {4, 5, 6}, false end,
  ctc_loss = function()
    return randn(6, 2, 5):log_softmax(2), ints{{1, 2}, {3, 4}}, {6, 5}, {2, 1}, 0, 1, false
  end,
  cross_entropy_loss = function() return randn(4, 3), ints{0, 2, 1, 1}, rand(3), 1, -100, 0.1 end,
  nll_loss = function() return randn(4, 3):log_softmax(1), ints{0, 2, 1, 1}, rand(3), 1, -100 end,
  nll_loss_forward = function() return randn(4, 3):log_softmax(1), ints{0, 2, 1, 1}, nil, 1, -100 end,
  nll_loss2d = function()
    return randn(2, 3, 2, 2), ints{{{0, 1}, {2, 0}}, {{1, 1}, {0, 2}}}, nil, 1, -100
  end,
  nll_loss2d_forward = function()
    return randn(2, 3, 2, 2), ints{{{0, 1}, {2, 0}}, {{1, 1}, {0, 2}}}, nil, 1, -100
  end,
  nll_loss_nd = function() return randn(4, 3), ints{0, 2, 1, 1} end,
  multi_margin_loss = function() return randn(4, 3), ints{0, 2, 1, 1}, 1, 1.0, rand(3), 1 end,
  multilabel_margin_loss = function() return randn(2, 3), ints{{0, 2, -1}, {1, -1, 0}}, 1 end,
  multilabel_margin_loss_forward = function() return randn(2, 3), ints{{0, 2, -1}, {1, -1, 0}}, 1 end,
  kl_div = function() return rand(2, 3):log(), rand(2, 3), 1, {log_target = false} end,
  embedding = function() return rand(5, 3), ints{{0, 4}, {2, 2}}, 1, false, false end,
  embedding_bag = function() return rand(5, 3), ints{0, 4, 2, 2}, ints{0, 2}, false, 0, false, rand(4) end,
  embedding_renorm = function() return rand(5, 3), ints{0, 4, 2}, 1.0, 2.0 end,
  embedding_renorm_ = function() return rand(5, 3), ints{0, 4, 2}, 1.0, 2.0 end,
  gather = function() return rand(3, 4), 1, ints{{0, 3}, {1, 2}} end,
  scatter = function() return rand(3, 4), 1, ints{{0, 3}, {1, 2}}, rand(2, 2) end,
  scatter_ = function() return rand(3, 4), 1, ints{{0, 3}, {1, 2}}, rand(2, 2) end,
  scatter_add = function() return rand(3, 4), 1, ints{{0, 3}, {1, 2}}, rand(2, 2) end,
  scatter_reduce = function() return rand(3, 4), 1, ints{{0, 3}, {1, 2}}, rand(2, 2), 'amax' end,
  index_add = function() return rand(3, 4), 0, ints{0, 2}, rand(2, 4) end,
  index_copy = function() return rand(3, 4), 0, ints{0, 2}, rand(2, 4) end,
  index_reduce = function() return rand(3, 4), 0, ints{0, 2}, rand(2, 4), 'prod' end,
  index_put = function() return rand(3, 4), {ints{0, 2}, ints{1, 3}}, rand(2), true end,
  index_put_ = function() return rand(3, 4), {ints{0, 2}, ints{1, 3}}, rand(2), false end,
  index = function() return rand(3, 4), {torch.null, ints{1, 3}} end,
  index_select = function() return rand(3, 4), 1, ints{0, 3, 3} end,
  masked_scatter = function()
    return rand(2, 3), torch.tensor{{true, false, true}, {false, true, false}}, rand(4)
  end,
  put_ = function() return rand(2, 3), ints{0, 5}, rand(2), true end,
  take = function() return rand(2, 3), ints{0, 5} end,
  diagonal_scatter = function() return rand(3, 4), rand(3), 1, 0, 1 end,
  select_scatter = function() return rand(3, 4), rand(4), 0, 2 end,
  slice_scatter = function() return rand(3, 4), rand(2, 4), 0, 0, 3, 2 end,
  as_strided = function() return rand(3, 4), {2, 2}, {4, 1}, 1 end,
  as_strided_scatter = function() return rand(3, 4), rand(2, 2), {2, 2}, {4, 1}, 1 end,
  segment_reduce = function() return rand(5, 2), 'mean', {lengths = ints{2, 3}, axis = 0, unsafe = false} end,
  searchsorted = function() return torch.tensor{1.0, 2.0, 3.0}, rand(2, 3) * 4, {side = 'right'} end,
  bucketize = function() return rand(2, 3) * 4, torch.tensor{1.0, 2.0, 3.0}, {right = true} end,
  histogramdd = function() return rand(6, 2), {3, 4} end,
  repeat_interleave = function() return rand(3, 2), ints{1, 2, 0}, 0 end,
  unique_dim = function() return ints{{1, 2}, {1, 2}, {0, 1}}, 0, true, true, true end,
  einsum = function() return 'ij,jk->ik', {rand(2, 3), rand(3, 4)} end,
  glu_jvp = function() return rand(2, 2), rand(2, 4), rand(2, 4), 1 end,
  scaled_dot_product_attention = function()
    return rand(1, 2, 4, 8), rand(1, 2, 4, 8), rand(1, 2, 4, 8), nil, 0, true
  end,
  flatten_dense_tensors = function() return {rand(2, 3), rand(4)} end,
  unflatten_dense_tensors = function() return rand(10), {rand(2, 3), rand(4)} end,
  view_as_complex = function() return rand(3, 2) end,
  retain_grad = function() return rand(2, 3):requires_grad_(true):mul(2) end,
  rnn_tanh_cell = function() return rand(2, 3), rand(2, 4), gates(1) end,
  rnn_relu_cell = function() return rand(2, 3), rand(2, 4), gates(1) end,
  gru_cell = function() return rand(2, 3), rand(2, 4), gates(3) end,
  lstm_cell = function() return rand(2, 3), {rand(2, 4), rand(2, 4)}, gates(4) end,
  rnn_tanh = function()
    return rand(5, 2, 3), rand(1, 2, 4), {gates(1)}, true, 1, 0.0, false, false, false
  end,
  rnn_relu = function()
    return rand(5, 2, 3), rand(1, 2, 4), {gates(1)}, true, 1, 0.0, false, false, false
  end,
  gru = function() return rand(5, 2, 3), rand(1, 2, 4), {gates(3)}, true, 1, 0.0, true, false, false end,
  lstm = function()
    return rand(5, 2, 3), {rand(1, 2, 4), rand(1, 2, 4)}, {gates(4)}, true, 1, 0.0, true, false, false
  end,
  linalg_householder_product = function() return torch.geqrf(rand(4, 3)) end,
  orgqr = function() return torch.geqrf(rand(4, 3)) end,
  ormqr = function()
    local a, tau = torch.geqrf(rand(4, 3))
    return a, tau, rand(4, 2)
  end,
  linalg_ldl_solve = function()
    local factors, pivots = torch.linalg.ldl_factor(rand(3, 3) + torch.eye(3))
    return factors, pivots, rand(3, 2)
  end,
  linalg_lu_solve = function()
    local factors, pivots = lu()
    return factors, pivots, rand(3, 2)
  end,
  lu_solve = function()
    local factors, pivots = lu()
    return rand(3, 2), factors, pivots
  end,
  lu_unpack = function() return lu() end,
  linalg_lstsq = function() return rand(4, 3), rand(4, 2), nil, {driver = 'gelsd'} end,
  linalg_solve = function() return rand(3, 3) + torch.eye(3), rand(3, 2) end,
  linalg_multi_dot = function() return {rand(2, 3), rand(3, 4), rand(4, 2)} end,
  linalg_tensorinv = function() return torch.eye(4):view{2, 2, 4}, 2 end,
  linalg_tensorsolve = function() return torch.eye(4):view{2, 2, 4}, rand(2, 2) end,
  cholesky_solve = function() return rand(3, 2), torch.eye(3) * 2, false end,
  triangular_solve = function() return rand(3, 2), torch.eye(3) * 2, true, false, false end,
  cdist = function() return rand(3, 4), rand(2, 4), 2.0, 1 end,
  stft = function()
    return rand(2, 64), 16, {hop_length = 4, win_length = 16, window = torch.hann_window(16), return_complex = true}
  end,
  istft = function()
    local window = torch.hann_window(16)
    local spectrum = torch.stft(rand(2, 64), 16, {hop_length = 4, win_length = 16, window = window, return_complex = true})
    return spectrum, 16, 4, 16, window, true, false, true, 64, false
  end,
  fft_irfft = function() return rand(2, 5, {dtype = 'complex64'}), 8, -1, 'ortho' end,
  fft_fftn = function() return rand(2, 6), {2, 8}, {0, 1}, 'forward' end,
  quantize_per_tensor = function() return rand(2, 3), 0.1, 10, 'quint8' end,
  quantize_per_channel = function() return rand(2, 3), torch.tensor{0.1, 0.2}, ints{0, 1}, 0, 'qint8' end,
  quantize_per_tensor_dynamic = function() return rand(2, 3), 'quint8', true end,
  q_per_channel_axis = per_channel,
  q_per_channel_scales = per_channel,
  q_per_channel_zero_points = per_channel,
  quantized_batch_norm = function()
    return torch.quantize_per_tensor(rand(2, 3, 4, 4), 0.1, 10, 'quint8'), rand(3), rand(3), rand(3), rand(3), 1e-5, 0.1, 3
  end,
  quantized_max_pool1d = function() return torch.quantize_per_tensor(rand(2, 3, 4), 0.1, 1, 'quint8'), 2 end,
  quantized_max_pool2d = function()
    return torch.quantize_per_tensor(rand(2, 3, 4, 4), 0.1, 1, 'quint8'), 2
  end,
  quantized_max_pool3d = function()
    return torch.quantize_per_tensor(rand(2, 3, 4, 4, 4), 0.1, 1, 'quint8'), {2, 2, 2}
  end,
  fake_quantize_per_channel_affine = function()
    return rand(2, 3), torch.tensor{0.1, 0.2}, torch.zeros({2}, {dtype = 'int32'}), 0, 0, 255
  end,
  fake_quantize_per_channel_affine_cachemask = function()
    return rand(2, 3), torch.tensor{0.1, 0.2}, torch.zeros({2}, {dtype = 'int32'}), 0, 0, 255
  end,
  sparse_compressed_tensor = function()
    return ints{0, 1, 3}, ints{1, 0, 2}, rand(3), {2, 3}, {layout = 'sparse_csr'}
  end,
  sparse_coo_tensor = function() return ints{{0, 1, 1}, {2, 0, 2}}, rand(3), {2, 3} end,
  sparse_csr_tensor = function() return ints{0, 1, 3}, ints{1, 0, 2}, rand(3), {2, 3} end,
  sparse_csc_tensor = function() return ints{0, 1, 2, 3}, ints{1, 0, 1}, rand(3), {2, 3} end,
  sparse_bsr_tensor = function() return ints{0, 1, 2}, ints{1, 0}, rand(2, 2, 2), {4, 4} end,
  sparse_bsc_tensor = function() return ints{0, 1, 2}, ints{1, 0}, rand(2, 2, 2), {4, 4} end,
  sparse_mask = function() return rand(2, 3), coo() end,
  sparse_resize = function() return coo(), {2, 4}, 2, 0 end,
  sparse_resize_ = function() return coo(), {2, 4}, 2, 0 end,
  sparse_resize_and_clear = function() return coo(), {2, 4}, 2, 0 end,
  sparse_resize_and_clear_ = function() return coo(), {2, 4}, 2, 0 end,
  sparse_sampled_addmm = function() return rand(2, 3):to_sparse_csr(), rand(2, 4), rand(4, 3) end,
  hspmm = function() return coo(), rand(3, 2) end,
  smm = function() return coo(), rand(3, 2) end,
  sspaddmm = function() return torch.ones(2, 2):to_sparse(), coo(), rand(3, 2) end,
  to_padded_tensor = function() return nested(), 0.0 end,
  nested_to_padded_tensor = function() return nested(), 0.0 end,
}

for copy, original in next, {
  addbmm_ = 'addbmm', addmv_ = 'addmv', ccol_indices_copy = 'ccol_indices', row_indices_copy = 'row_indices',
  view_as_complex_copy = 'view_as_complex', scatter_add_ = 'scatter_add', scatter_reduce_ = 'scatter_reduce',
  index_add_ = 'index_add', index_copy_ = 'index_copy', index_reduce_ = 'index_reduce', put = 'put_',
  masked_scatter_ = 'masked_scatter',
} do recipes[copy] = recipes[original] end

return recipes
