-- Look-up of rows: embedding, embedding_bag.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'

-- Rows that are looked up and longer than max_norm are rescaled in the weight itself, outside autograd.
local function renormalise(weight, input, max_norm, norm_type)
  torch.embedding_renorm_(weight:detach(), input, max_norm, norm_type)
end

local modes = {sum = 0, mean = 1, max = 2}

return function(define)
  define('embedding', [[input: Tensor, weight: Tensor, padding_idx: number = nil, max_norm: number = nil,
      norm_type = 2.0, scale_grad_by_freq = false, sparse = false]],
    function(input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
      if padding_idx then
        local rows = weight:size(0)
        signature.check(padding_idx < rows and padding_idx >= -rows, 'embedding',
          'padding_idx must lie within the %d rows of weight, got %d', rows, padding_idx)
        if padding_idx < 0 then padding_idx = padding_idx + rows end
      end
      if max_norm then
        input = input:contiguous()
        renormalise(weight, input, max_norm, norm_type)
      end
      return torch.embedding(weight, input, padding_idx or -1, scale_grad_by_freq, sparse)
    end)

  define('embedding_bag', [[input: Tensor, weight: Tensor, offsets: Tensor = nil, max_norm: number = nil,
      norm_type = 2, scale_grad_by_freq = false, mode = 'mean', sparse = false,
      per_sample_weights: Tensor = nil, include_last_offset = false, padding_idx: number = nil]],
    function(input, weight, offsets, max_norm, norm_type, scale_grad_by_freq, mode, sparse,
             per_sample_weights, include_last_offset, padding_idx)
      local function check(condition, ...) signature.check(condition, 'embedding_bag', ...) end
      local code = modes[mode]
      check(code, "mode must be 'sum', 'mean' or 'max', got '%s'", mode)
      check(weight:dim() == 2, 'weight must have 2 dimensions, got %d', weight:dim())
      check(not per_sample_weights or signature.same_shape(input, per_sample_weights),
        'per_sample_weights must have the shape of input')
      check(not per_sample_weights or mode == 'sum', "per_sample_weights needs mode = 'sum', got '%s'", mode)
      check(mode ~= 'max' or not (scale_grad_by_freq or sparse),
        "mode 'max' allows neither scale_grad_by_freq nor sparse")
      if input:dim() == 2 then
        check(not offsets, 'offsets must be nil for a 2-dimensional input: every row is a bag')
        offsets = torch.arange(0, input:numel(), input:size(1), {dtype = input.dtype, device = input.device})
        include_last_offset = false
        input = input:reshape{-1}
        per_sample_weights = per_sample_weights and per_sample_weights:reshape{-1}
      else
        check(input:dim() == 1, 'input must have 1 or 2 dimensions, got %d', input:dim())
        check(offsets and offsets:dim() == 1, 'offsets must be a 1-dimensional tensor')
      end
      if max_norm then renormalise(weight, input, max_norm, norm_type) end
      local options = {scale_grad_by_freq = scale_grad_by_freq, mode = code, sparse = sparse,
        per_sample_weights = per_sample_weights, include_last_offset = include_last_offset,
        padding_idx = padding_idx}
      return (torch.embedding_bag(weight, input, offsets, options))
    end)
end
