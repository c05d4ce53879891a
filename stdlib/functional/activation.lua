-- Activations, with Python's `inplace` flag, and the softmax family.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'

-- `name` calls the operator, or the operator `name_` that writes into its input, by the last parameter.
local function in_place(define, name, parameters)
  define(name, parameters .. ', inplace = false', function(...)
    local arguments, last = {...}, select('#', ...)
    local operator = torch[arguments[last] and name .. '_' or name]
    return operator(table.unpack(arguments, 1, last - 1))
  end)
end

-- The dimension PyTorch takes where none is given: the first for 0, 1 and 3 dimensions, the second otherwise.
local function implicit_dim(input)
  local dims = input:dim()
  return (dims == 0 or dims == 1 or dims == 3) and 0 or 1
end

return function(define)
  in_place(define, 'relu', 'input: Tensor')
  in_place(define, 'relu6', 'input: Tensor')
  in_place(define, 'selu', 'input: Tensor')
  in_place(define, 'silu', 'input: Tensor')
  in_place(define, 'mish', 'input: Tensor')
  in_place(define, 'hardswish', 'input: Tensor')
  in_place(define, 'hardsigmoid', 'input: Tensor')
  in_place(define, 'elu', 'input: Tensor, alpha = 1.0')
  in_place(define, 'celu', 'input: Tensor, alpha = 1.0')
  in_place(define, 'leaky_relu', 'input: Tensor, negative_slope = 0.01')
  in_place(define, 'threshold', 'input: Tensor, threshold: number, value: number')
  in_place(define, 'rrelu', 'input: Tensor, lower = 1 / 8, upper = 1 / 3, training = false')

  define('hardtanh', 'input: Tensor, min_val = -1.0, max_val = 1.0, inplace = false',
    function(input, min_val, max_val, inplace)
      signature.check(min_val <= max_val, 'hardtanh', 'min_val (%g) must not be greater than max_val (%g)',
        min_val, max_val)
      return (inplace and torch.hardtanh_ or torch.hardtanh)(input, min_val, max_val)
    end)

  define('glu', 'input: Tensor, dim = -1', function(input, dim)
    signature.check(input:dim() > 0, 'glu', 'expected at least 1 dimension, got a scalar')
    return torch.glu(input, dim)
  end)

  define('logsigmoid', 'input: Tensor', function(input) return torch.log_sigmoid(input) end)
  define('tanhshrink', 'input: Tensor', function(input) return input - input:tanh() end)
  define('softsign', 'input: Tensor', function(input) return input / (input:abs() + 1) end)

  local softmax_parameters = 'input: Tensor, dim: number = nil, _stacklevel = 3, dtype: any = nil'
  define('softmax', softmax_parameters, function(input, dim, _, dtype)
    return torch.softmax(input, dim or implicit_dim(input), dtype)
  end)
  define('softmin', softmax_parameters, function(input, dim, _, dtype)
    return torch.softmax(-input, dim or implicit_dim(input), dtype)
  end)
  define('log_softmax', softmax_parameters, function(input, dim, _, dtype)
    return torch.log_softmax(input, dim or implicit_dim(input), dtype)
  end)

  -- Jang, Gu and Poole (2017). `hard`: one-hot samples with the gradient of soft ones; `eps` does nothing.
  define('gumbel_softmax', 'logits: Tensor, tau = 1, hard = false, eps = 1e-10, dim = -1',
    function(logits, tau, hard, _, dim)
      local gumbels = torch.empty(logits.shape, {dtype = logits.dtype, device = logits.device})
      gumbels = -gumbels:exponential_():log()
      local soft = torch.softmax((logits + gumbels) / tau, dim)
      if not hard then return soft end
      local _, index = soft:max(dim, true)
      return torch.zeros_like(logits):scatter_(dim, index, 1.0) - soft:detach() + soft
    end)
end
