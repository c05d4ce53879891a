-- Images resized and resampled, and windows taken out of them and put back.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'

local aten = torch.ops.aten
local check, spread = signature.check, signature.spread

-- mode -> number of dimensions of the input (batch and channels included) -> operator.
local operators = {
  nearest = {[3] = torch.upsample_nearest1d, [4] = torch.upsample_nearest2d, [5] = torch.upsample_nearest3d},
  ['nearest-exact'] = {[3] = aten._upsample_nearest_exact1d, [4] = aten._upsample_nearest_exact2d,
                       [5] = aten._upsample_nearest_exact3d},
  area = {[3] = torch.adaptive_avg_pool1d, [4] = torch.adaptive_avg_pool2d, [5] = torch.adaptive_avg_pool3d},
  linear = {[3] = torch.upsample_linear1d},
  bilinear = {[4] = torch.upsample_bilinear2d},
  trilinear = {[5] = torch.upsample_trilinear3d},
  bicubic = {[4] = torch.upsample_bicubic2d},
  lanczos = {},
}
local antialiased = {bilinear = aten._upsample_bilinear2d_aa, bicubic = aten._upsample_bicubic2d_aa}
-- Recent versions of LibTorch only.
local has_lanczos, lanczos = pcall(function() return aten._upsample_lanczos2d_aa end)
if has_lanczos then antialiased.lanczos = lanczos end
local interpolating = {linear = true, bilinear = true, trilinear = true, bicubic = true, lanczos = true}

local function choose_operator(mode, dims, antialias)
  check(operators[mode], 'interpolate',
    "mode must be nearest, nearest-exact, area, linear, bilinear, trilinear, "
    .. "bicubic or lanczos, got '%s'", mode)
  if antialias then
    check(antialiased[mode] and dims == 4, 'interpolate',
      "antialias needs mode bilinear, bicubic or lanczos and 4 dimensions, got '%s' and %d", mode, dims)
    return antialiased[mode]
  end
  check(mode ~= 'lanczos', 'interpolate', 'mode lanczos needs antialias = true')
  check(operators[mode][dims], 'interpolate', "mode '%s' does not take an input of %d dimensions", mode, dims)
  return operators[mode][dims]
end

-- One value per spatial dimension.
local function per_dimension(name, value, n)
  local list = spread(value, n)
  check(#list == n, 'interpolate', '%s must be a number or %d numbers for this input, got %d', name, n, #list)
  return list
end

local function interpolate(input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)
  local dims = input:dim()
  local operator = choose_operator(mode, dims, antialias)
  check(align_corners == nil or interpolating[mode], 'interpolate',
    "align_corners has no meaning for mode '%s'", mode)
  check(not (mode == 'lanczos' and align_corners), 'interpolate',
    'mode lanczos does not allow align_corners = true')
  check((size == nil) ~= (scale_factor == nil), 'interpolate',
    'either size or scale_factor is needed, got %s',
    size and 'both' or 'neither')
  check(not (size and recompute_scale_factor), 'interpolate',
    'recompute_scale_factor has no meaning with size')
  local scales = scale_factor and per_dimension('scale_factor', scale_factor, dims - 2)
  size = size and per_dimension('size', size, dims - 2)
  if scales and (recompute_scale_factor or mode == 'area') then
    size = {}
    for d = 1, dims - 2 do size[d] = math.floor(input:size(d + 1) * scales[d]) end
    scales = nil
  end
  if mode == 'area' then return operator(input, size) end
  if interpolating[mode] then return operator(input, size, align_corners or false, scales) end
  return operator(input, size, scales)
end

local grid_modes = {bilinear = 0, nearest = 1, bicubic = 2}
local padding_modes = {zeros = 0, border = 1, reflection = 2}

local function affine_grid(theta, size, align_corners)
  check(#size == 4 or #size == 5, 'affine_grid', 'size must have 4 or 5 elements, got %s',
    signature.shape_text(size))
  check(theta:is_floating_point(), 'affine_grid', 'theta must be of a floating-point type, got %s',
    tostring(theta.dtype))
  local rows, shape = #size - 2, theta.shape
  check(#shape == 3 and shape[2] == rows and shape[3] == rows + 1, 'affine_grid',
    'theta must be (batch, %d, %d) for size %s, got %s', rows, rows + 1, signature.shape_text(size),
    signature.shape_text(shape))
  for i = 1, #size do
    check(size[i] > 0, 'affine_grid', 'size must be positive, got %s', signature.shape_text(size))
  end
  return torch.affine_grid_generator(theta, size, align_corners)
end

return function(define)
  define('interpolate', [[input: Tensor, size: ints = nil, scale_factor: ints = nil, mode = 'nearest',
      align_corners: boolean = nil, recompute_scale_factor: boolean = nil, antialias = false]], interpolate)

  define('upsample', [[input: Tensor, size: ints = nil, scale_factor: ints = nil, mode = 'nearest',
      align_corners: boolean = nil]], interpolate)
  define('upsample_nearest', 'input: Tensor, size: ints = nil, scale_factor: ints = nil',
    function(input, size, scale_factor) return interpolate(input, size, scale_factor, 'nearest') end)
  define('upsample_bilinear', 'input: Tensor, size: ints = nil, scale_factor: ints = nil',
    function(input, size, scale_factor) return interpolate(input, size, scale_factor, 'bilinear', true) end)

  define('grid_sample',
    "input: Tensor, grid: Tensor, mode = 'bilinear', padding_mode = 'zeros', align_corners = false",
    function(input, grid, mode, padding_mode, align_corners)
      check(grid_modes[mode], 'grid_sample', "mode must be bilinear, nearest or bicubic, got '%s'", mode)
      check(padding_modes[padding_mode], 'grid_sample',
        "padding_mode must be zeros, border or reflection, got '%s'", padding_mode)
      return torch.grid_sampler(input, grid, grid_modes[mode], padding_modes[padding_mode], align_corners)
    end)

  define('affine_grid', 'theta: Tensor, size: ints, align_corners = false', affine_grid)

  define('unfold',
    'input: Tensor, kernel_size: ints, dilation: ints = 1, padding: ints = 0, stride: ints = 1',
    function(input, kernel_size, dilation, padding, stride)
      return torch.im2col(input, spread(kernel_size, 2), spread(dilation, 2), spread(padding, 2),
        spread(stride, 2))
    end)
  define('fold', [[input: Tensor, output_size: ints, kernel_size: ints, dilation: ints = 1, padding: ints = 0,
      stride: ints = 1]],
    function(input, output_size, kernel_size, dilation, padding, stride)
      return torch.col2im(input, spread(output_size, 2), spread(kernel_size, 2), spread(dilation, 2),
        spread(padding, 2),
        spread(stride, 2))
    end)
end
