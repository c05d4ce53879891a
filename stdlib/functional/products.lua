-- Matrix products in groups and with scales (low-precision formats on GPUs).
local torch = require 'brain.torch'

local aten = torch.ops.aten
local scaling = {TensorWise = 0, RowWise = 1, BlockWise1x16 = 2, BlockWise1x32 = 3, BlockWise1x128 = 4,
  BlockWise128x128 = 5}
local swizzle = {NO_SWIZZLE = 0, SWIZZLE_32_4_4 = 1}

local function list(value)
  if value == nil then return {} end
  return type(value) == 'table' and value or {value}
end

return function(define, functional)
  functional.ScalingType, functional.SwizzleType = scaling, swizzle

  define('grouped_mm',
    'mat_a: Tensor, mat_b: Tensor, *, offs: Tensor = nil, bias: Tensor = nil, out_dtype: any = nil',
    function(mat_a, mat_b, offs, bias, out_dtype)
      return aten._grouped_mm(mat_a, mat_b, offs, bias, out_dtype)
    end)

  define('scaled_mm', [[mat_a: Tensor, mat_b: Tensor, scale_a: any, scale_recipe_a: ints, scale_b: any,
      scale_recipe_b: ints, swizzle_a: ints = nil, swizzle_b: ints = nil, bias: Tensor = nil,
      output_dtype = 'bfloat16', contraction_dim: ints = nil, use_fast_accum = false]],
    function(mat_a, mat_b, scale_a, recipe_a, scale_b, recipe_b, swizzle_a, swizzle_b, bias, output_dtype,
             contraction_dim, use_fast_accum)
      return aten._scaled_mm_v2(mat_a, mat_b, list(scale_a), list(recipe_a), list(swizzle_a), list(scale_b),
        list(recipe_b), list(swizzle_b), bias, output_dtype, list(contraction_dim), use_fast_accum)
    end)

  define('scaled_grouped_mm', [[mat_a: Tensor, mat_b: Tensor, scale_a: any, scale_recipe_a: ints,
      scale_b: any, scale_recipe_b: ints, swizzle_a: ints = nil, swizzle_b: ints = nil, bias: Tensor = nil,
      offs: Tensor = nil, output_dtype = 'bfloat16', contraction_dim: ints = nil, use_fast_accum = false]],
    function(mat_a, mat_b, scale_a, recipe_a, scale_b, recipe_b, swizzle_a, swizzle_b, bias, offs,
             output_dtype, contraction_dim, use_fast_accum)
      return aten._scaled_grouped_mm_v2(mat_a, mat_b, list(scale_a), list(recipe_a), list(swizzle_a),
        list(scale_b), list(recipe_b), list(swizzle_b), offs, bias, output_dtype, list(contraction_dim),
        use_fast_accum)
    end)
end
