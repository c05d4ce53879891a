-- Losses with a margin: ranking, hinge, triplets, multi-label.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'
local reductions = require 'brain.functional.reduction'

local code_of, reduce = reductions.code, reductions.reduce
local reduction_parameters = "size_average: boolean = nil, reduce: boolean = nil, reduction = 'mean'"

local function check_margin(name, margin)
  signature.check(margin > 0, name, 'margin must be positive, got %g', margin)
end

return function(define)
  -- Losses of two tensors that differ from the operator in how the reduction is said only.
  local function plain(name)
    define(name, 'input: Tensor, target: Tensor, ' .. reduction_parameters,
      function(input, target, size_average, reduce_flag, reduction)
        return torch[name](input, target, code_of(name, reduction, size_average, reduce_flag))
      end)
  end
  plain 'multilabel_margin_loss'
  plain 'soft_margin_loss'

  define('hinge_embedding_loss', 'input: Tensor, target: Tensor, margin = 1.0, ' .. reduction_parameters,
    function(input, target, margin, size_average, reduce_flag, reduction)
      local code = code_of('hinge_embedding_loss', reduction, size_average, reduce_flag)
      return torch.hinge_embedding_loss(input, target, margin, code)
    end)

  define('margin_ranking_loss', 'input1: Tensor, input2: Tensor, target: Tensor, margin = 0, '
    .. reduction_parameters,
    function(input1, input2, target, margin, size_average, reduce_flag, reduction)
      local code = code_of('margin_ranking_loss', reduction, size_average, reduce_flag)
      signature.check(input1:dim() == input2:dim() and input1:dim() == target:dim(), 'margin_ranking_loss',
        'input1, input2 and target must have as many dimensions, got %d, %d and %d',
        input1:dim(), input2:dim(), target:dim())
      return torch.margin_ranking_loss(input1, input2, target, margin, code)
    end)

  define('cosine_embedding_loss', 'input1: Tensor, input2: Tensor, target: Tensor, margin = 0, '
    .. reduction_parameters,
    function(input1, input2, target, margin, size_average, reduce_flag, reduction)
      local code = code_of('cosine_embedding_loss', reduction, size_average, reduce_flag)
      return torch.cosine_embedding_loss(input1, input2, target, margin, code)
    end)

  define('multi_margin_loss', 'input: Tensor, target: Tensor, p = 1, margin = 1.0, weight: Tensor = nil, '
      .. reduction_parameters,
    function(input, target, p, margin, weight, size_average, reduce_flag, reduction)
      local code = code_of('multi_margin_loss', reduction, size_average, reduce_flag)
      signature.check(p == 1 or p == 2, 'multi_margin_loss', 'p must be 1 or 2, got %g', p)
      signature.check(not weight or weight:dim() == 1, 'multi_margin_loss', 'weight must have 1 dimension')
      return torch.multi_margin_loss(input, target, p, margin, weight, code)
    end)

  define('multilabel_soft_margin_loss', 'input: Tensor, target: Tensor, weight: Tensor = nil, '
    .. reduction_parameters,
    function(input, target, weight, size_average, reduce_flag, reduction)
      local code = code_of('multilabel_soft_margin_loss', reduction, size_average, reduce_flag)
      local loss = -(target * torch.log_sigmoid(input) + (1 - target) * torch.log_sigmoid(-input))
      if weight then loss = loss * weight end
      return reduce(loss:sum(-1) / input:size(-1), code)
    end)

  define('triplet_margin_loss', [[anchor: Tensor, positive: Tensor, negative: Tensor, margin = 1.0, p = 2,
      eps = 1e-6, swap = false, ]] .. reduction_parameters,
    function(anchor, positive, negative, margin, p, eps, swap, size_average, reduce_flag, reduction)
      local code = code_of('triplet_margin_loss', reduction, size_average, reduce_flag)
      check_margin('triplet_margin_loss', margin)
      return torch.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, code)
    end)

  -- distance_function(a, b) -> tensor of distances; pairwise_distance unless given.
  define('triplet_margin_with_distance_loss', [[anchor: Tensor, positive: Tensor, negative: Tensor, *,
      distance_function: any = nil, margin = 1.0, swap = false, reduction = 'mean']],
    function(anchor, positive, negative, distance, margin, swap, reduction)
      local code = code_of('triplet_margin_with_distance_loss', reduction)
      check_margin('triplet_margin_with_distance_loss', margin)
      distance = distance or torch.pairwise_distance
      signature.check(anchor:dim() == positive:dim() and anchor:dim() == negative:dim(),
        'triplet_margin_with_distance_loss',
        'anchor, positive and negative must have as many dimensions, got %d, %d and %d',
        anchor:dim(), positive:dim(), negative:dim())
      local near, far = distance(anchor, positive), distance(anchor, negative)
      if swap then far = torch.minimum(far, distance(positive, negative)) end
      return reduce((near - far + margin):clamp_min(0), code)
    end)
end
