-- Normalisation layers as functions, and vectors scaled to unit norm.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'

local function product(list, first)
  local result = 1
  for i = first, #list do result = result * list[i] end
  return result
end

-- PyTorch gives cuDNN the choice; its use does not change the result's meaning.
local cudnn_enabled = true

return function(define, functional)
  define('batch_norm', [[input: Tensor, running_mean: Tensor = nil, running_var: Tensor = nil,
      weight: Tensor = nil, bias: Tensor = nil, training = false, momentum = 0.1, eps = 1e-5]],
    function(input, running_mean, running_var, weight, bias, training, momentum, eps)
      local shape = input.shape
      signature.check(training or running_mean and running_var, 'batch_norm',
        'running_mean and running_var are needed unless training = true')
      signature.check(not training or shape[1] * product(shape, 3) ~= 1, 'batch_norm',
        'expected more than 1 value per channel when training, got %s', signature.shape_text(shape))
      signature.check(training and eps > 0 or not training and eps >= 0, 'batch_norm',
        'eps must be positive, got %g', eps)
      return torch.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps,
        cudnn_enabled)
    end)

  define('instance_norm', [[input: Tensor, running_mean: Tensor = nil, running_var: Tensor = nil,
      weight: Tensor = nil, bias: Tensor = nil, use_input_stats = true, momentum = 0.1, eps = 1e-5]],
    function(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)
      signature.check(not use_input_stats or product(input.shape, 3) ~= 1, 'instance_norm',
        'expected more than 1 spatial element when training, got %s', signature.shape_text(input.shape))
      return torch.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum,
        eps, cudnn_enabled)
    end)

  define('layer_norm',
    'input: Tensor, normalized_shape: ints, weight: Tensor = nil, bias: Tensor = nil, eps = 1e-5',
    function(input, normalized_shape, weight, bias, eps)
      return torch.layer_norm(input, signature.spread(normalized_shape, 1), weight, bias, eps, cudnn_enabled)
    end)

  define('group_norm',
    'input: Tensor, num_groups: number, weight: Tensor = nil, bias: Tensor = nil, eps = 1e-5',
    function(input, num_groups, weight, bias, eps)
      local shape = input.shape
      signature.check(#shape >= 2, 'group_norm', 'expected at least 2 dimensions, got %d', #shape)
      signature.check(shape[1] * shape[2] // num_groups * product(shape, 3) ~= 1, 'group_norm',
        'expected more than 1 value per group, got %s in %d groups', signature.shape_text(shape), num_groups)
      return torch.group_norm(input, num_groups, weight, bias, eps, cudnn_enabled)
    end)

  -- Krizhevsky, Sutskever and Hinton (2012): divides by (k + alpha * mean square of `size` channels)^beta.
  define('local_response_norm', 'input: Tensor, size: number, alpha = 1e-4, beta = 0.75, k = 1.0',
    function(input, size, alpha, beta, k)
      local shape = input.shape
      signature.check(#shape >= 3, 'local_response_norm', 'expected at least 3 dimensions, got %d', #shape)
      if input:numel() == 0 then return input end
      local squares, before, after = input:mul(input), size // 2, (size - 1) // 2
      if #shape == 3 then
        local padded = torch.pad(squares:unsqueeze(1), {0, 0, before, after})
        squares = torch.avg_pool2d(padded, {size, 1}, 1):squeeze(1)
      else
        local padded = torch.pad(squares:view{shape[1], 1, shape[2], shape[3], -1},
          {0, 0, 0, 0, before, after})
        squares = torch.avg_pool3d(padded, {size, 1, 1}, 1):squeeze(1):view(shape)
      end
      return input / (squares * alpha + k):pow(beta)
    end)

  -- input / max(norm of order p along dim, eps).
  define('normalize', 'input: Tensor, p = 2.0, dim: ints = 1, eps = 1e-12, out: Tensor = nil',
    function(input, p, dim, eps, out)
      local norm = torch.linalg.vector_norm(input, p, signature.spread(dim, 1), true):clamp_min(eps)
      if out then return torch.div(input, norm, {out = out}) end
      return input / norm
    end)
end
