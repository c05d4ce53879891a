-- Losses of regression, classification and likelihood. `reduction` is 'mean', 'sum' or 'none'; the deprecated
-- `size_average` and `reduce` keep their places in the order of parameters.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'
local reductions = require 'brain.functional.reduction'

local code_of, reduce = reductions.code, reductions.reduce

-- weight, if given, must have input's shape.
local function check_weight(name, input, weight)
  signature.check(signature.same_shape(weight, input), name, 'weight must have the shape of input %s, got %s',
    signature.shape_text(input.shape), signature.shape_text(weight.shape))
end

local function check_shapes(name, input, target)
  signature.check(signature.same_shape(input, target), name, 'target must have the shape of input %s, got %s',
    signature.shape_text(input.shape), signature.shape_text(target.shape))
end

local function broadcast(a, b)
  local pair = torch.broadcast_tensors{a, b}
  return pair[1], pair[2]
end

local function regression(define)
  -- mse_loss and l1_loss; a weighted mean divides by the sum of the weights.
  local function weighted_error(name, operator, errors)
    define(name, [[input: Tensor, target: Tensor, size_average: boolean = nil, reduce: boolean = nil,
        reduction = 'mean', weight: Tensor = nil]],
      function(input, target, size_average, reduce_flag, reduction, weight)
        local code = code_of(name, reduction, size_average, reduce_flag)
        local x, y = broadcast(input, target)
        if not weight then return operator(x, y, code) end
        check_weight(name, input, weight)
        local weighted = errors(x - y) * weight
        if code == reductions.codes.mean then return weighted:sum() / weight:sum() end
        return reduce(weighted, code)
      end)
  end
  weighted_error('mse_loss', torch.mse_loss, function(difference) return difference:pow(2) end)
  weighted_error('l1_loss', torch.l1_loss, function(difference) return difference:abs() end)

  define('smooth_l1_loss', [[input: Tensor, target: Tensor, size_average: boolean = nil,
      reduce: boolean = nil, reduction = 'mean', beta = 1.0]],
    function(input, target, size_average, reduce_flag, reduction, beta)
      local code = code_of('smooth_l1_loss', reduction, size_average, reduce_flag)
      local x, y = broadcast(input, target)
      if beta == 0 then return torch.l1_loss(x, y, code) end
      return torch.smooth_l1_loss(x, y, code, beta)
    end)

  define('huber_loss', "input: Tensor, target: Tensor, reduction = 'mean', delta = 1.0, weight: Tensor = nil",
    function(input, target, reduction, delta, weight)
      local code = code_of('huber_loss', reduction)
      local x, y = broadcast(input, target)
      if not weight then return torch.huber_loss(x, y, code, delta) end
      check_weight('huber_loss', input, weight)
      return reduce(torch.huber_loss(x, y, reductions.codes.none, delta) * weight, code)
    end)
end

local function classification(define)
  define('cross_entropy', [[input: Tensor, target: Tensor, weight: Tensor = nil, size_average: boolean = nil,
      ignore_index = -100, reduce: boolean = nil, reduction = 'mean', label_smoothing = 0.0]],
    function(input, target, weight, size_average, ignore_index, reduce_flag, reduction, label_smoothing)
      local code = code_of('cross_entropy', reduction, size_average, reduce_flag)
      return torch.cross_entropy_loss(input, target, weight, code, ignore_index, label_smoothing)
    end)

  define('nll_loss', [[input: Tensor, target: Tensor, weight: Tensor = nil, size_average: boolean = nil,
      ignore_index = -100, reduce: boolean = nil, reduction = 'mean']],
    function(input, target, weight, size_average, ignore_index, reduce_flag, reduction)
      local code = code_of('nll_loss', reduction, size_average, reduce_flag)
      return torch.nll_loss_nd(input, target, weight, code, ignore_index)
    end)

  -- cross_entropy of linear(input, linear_weight, linear_bias). linear_weight is (classes, ..., features) and
  -- the logits are (batch, classes, ...).
  define('linear_cross_entropy', [[input: Tensor, linear_weight: Tensor, target: Tensor, *,
      linear_bias: Tensor = nil, weight: Tensor = nil, reduction = 'mean', ignore_index: number = nil,
      label_smoothing = 0.0, options: any = nil]],
    function(input, linear_weight, target, linear_bias, weight, reduction, ignore_index, label_smoothing,
             options)
      local function check(condition, ...) signature.check(condition, 'linear_cross_entropy', ...) end
      check(not options, 'options (a chunked computation) are not available: call it on chunks of the batch')
      check(input:dim() == 1 or input:dim() == 2, 'input must have 1 or 2 dimensions, got %d', input:dim())
      check(linear_weight:dim() >= 2, 'linear_weight must have at least 2 dimensions, got %d',
        linear_weight:dim())
      local features, shape = input:size(-1), linear_weight.shape
      check(features == shape[#shape], "input has %d features, linear_weight %d", features, shape[#shape])
      check(#shape == 2 or input:dim() == 2, 'a linear_weight of %d dimensions needs a batch', #shape)
      local logits_shape = input:dim() == 2 and {input:size(0)} or {}
      for i = 1, #shape - 1 do logits_shape[#logits_shape + 1] = shape[i] end
      check(not ignore_index or signature.shape_text(target.shape) ~= signature.shape_text(logits_shape),
        'ignore_index has no meaning when target holds probabilities')
      local bias = linear_bias and linear_bias:reshape{-1}
      local logits = torch.linear(input, linear_weight:reshape{-1, features}, bias):reshape(logits_shape)
      return torch.cross_entropy_loss(logits, target, weight, code_of('linear_cross_entropy', reduction),
        ignore_index or -100, label_smoothing)
    end)

  define('binary_cross_entropy', [[input: Tensor, target: Tensor, weight: Tensor = nil,
      size_average: boolean = nil, reduce: boolean = nil, reduction = 'mean']],
    function(input, target, weight, size_average, reduce_flag, reduction)
      local code = code_of('binary_cross_entropy', reduction, size_average, reduce_flag)
      check_shapes('binary_cross_entropy', input, target)
      return torch.binary_cross_entropy(input, target, weight and weight:expand_as(target), code)
    end)

  define('binary_cross_entropy_with_logits', [[input: Tensor, target: Tensor, weight: Tensor = nil,
      size_average: boolean = nil, reduce: boolean = nil, reduction = 'mean', pos_weight: Tensor = nil]],
    function(input, target, weight, size_average, reduce_flag, reduction, pos_weight)
      local code = code_of('binary_cross_entropy_with_logits', reduction, size_average, reduce_flag)
      check_shapes('binary_cross_entropy_with_logits', input, target)
      return torch.binary_cross_entropy_with_logits(input, target, weight, pos_weight, code)
    end)

  define('ctc_loss', [[log_probs: Tensor, targets: Tensor, input_lengths: any, target_lengths: any, blank = 0,
      reduction = 'mean', zero_infinity = false]],
    function(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity)
      return torch.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank,
        code_of('ctc_loss', reduction), zero_infinity)
    end)
end

local function likelihood(define)
  define('poisson_nll_loss', [[input: Tensor, target: Tensor, log_input = true, full = false,
      size_average: boolean = nil, eps = 1e-8, reduce: boolean = nil, reduction = 'mean']],
    function(input, target, log_input, full, size_average, eps, reduce_flag, reduction)
      local code = code_of('poisson_nll_loss', reduction, size_average, reduce_flag)
      return torch.poisson_nll_loss(input, target, log_input, full, eps, code)
    end)

  -- Nix and Weigend (1994). var is a number, or a tensor of input's shape, with or without its last
  -- dimension, or with one dimension of size 1; it is clamped at eps without a gradient.
  define('gaussian_nll_loss',
    "input: Tensor, target: Tensor, var: any, full = false, eps = 1e-6, reduction = 'mean'",
    function(input, target, var, full, eps, reduction)
      local code = code_of('gaussian_nll_loss', reduction)
      if type(var) == 'number' then var = torch.ones_like(input) * var end
      signature.check(not var:lt(0):any():item(), 'gaussian_nll_loss', 'var must not be negative')
      local shape, other, differing = input.shape, var.shape, 0
      if #other == #shape - 1 then
        var = var:unsqueeze(-1)
        other = var.shape
      end
      for i = 1, #shape do differing = differing + (shape[i] == other[i] and 0 or 1) end
      signature.check(#other == #shape and differing <= 1, 'gaussian_nll_loss',
        'var %s does not fit input %s', signature.shape_text(var.shape), signature.shape_text(shape))
      var = var:clone()
      torch.no_grad(function() var:clamp_(eps) end)
      local loss = (var:log() + (input - target):pow(2) / var) * 0.5
      if full then loss = loss + 0.5 * math.log(2 * math.pi) end
      return reduce(loss, code)
    end)

  -- 'batchmean' divides the sum by the batch size: the divergence as it is defined.
  define('kl_div', [[input: Tensor, target: Tensor, size_average: boolean = nil, reduce: boolean = nil,
      reduction = 'mean', log_target = false]],
    function(input, target, size_average, reduce_flag, reduction, log_target)
      local by_batch = reduction == 'batchmean'
      local code = code_of('kl_div', by_batch and 'sum' or reduction, size_average, reduce_flag)
      local loss = torch.kl_div(input, target, code, {log_target = log_target})
      if by_batch and input:dim() > 0 then return loss / input:size(0) end
      return loss
    end)
end

return function(define)
  regression(define)
  classification(define)
  likelihood(define)
end
