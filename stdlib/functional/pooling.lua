-- Pooling: maximum with its indices, its inverse, adaptive, power-average and fractional.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'

local check, spread = signature.check, signature.spread

-- The values, and the indices too where they are asked for.
local function with_indices(return_indices, values, indices)
  if return_indices then return values, indices end
  return values
end

local function maximum(define, n)
  local parameters = [[input: Tensor, kernel_size: ints, stride: ints = nil, padding: ints = 0,
      dilation: ints = 1, ceil_mode = false, return_indices = false]]
  local name = ('max_pool%dd'):format(n)
  local plain, indexed = torch[name], torch[name .. '_with_indices']
  define(name, parameters, function(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)
    return (return_indices and indexed or plain)(input, kernel_size, stride, padding, dilation, ceil_mode)
  end)
  define(name .. '_with_indices', parameters, function(input, kernel_size, stride, padding, dilation,
    ceil_mode)
    return indexed(input, kernel_size, stride, padding, dilation, ceil_mode)
  end)
end

-- The output's spatial sizes: those that max_pool would turn into input's, or the ones asked for if they are
-- less than a stride away.
local function unpool_size(name, input, kernel_size, stride, padding, output_size)
  local n = #kernel_size
  local sizes, default = {}, {}
  for d = 1, n do
    default[d] = (input:size(d - 1 - n) - 1) * stride[d] + kernel_size[d] - 2 * padding[d]
    sizes[d] = default[d]
  end
  if output_size then
    local skip = #output_size == n + 2 and 2 or 0
    check(#output_size == n + skip, name, 'output_size must have %d or %d elements, got %d', n, n + 2,
      #output_size)
    for d = 1, n do
      sizes[d] = output_size[d + skip]
      local low, high = default[d] - stride[d], default[d] + stride[d]
      check(sizes[d] > low and sizes[d] < high, name,
        'output_size %d in dimension %d must lie between %d and %d', sizes[d], d - 1, low, high)
    end
  end
  for d = 1, n do
    check(sizes[d] >= 0, name, 'the output would have %d elements in dimension %d', sizes[d], d - 1)
  end
  return sizes
end

local function unpool(define, n)
  local name = ('max_unpool%dd'):format(n)
  define(name, [[input: Tensor, indices: Tensor, kernel_size: ints, stride: ints = nil, padding: ints = 0,
      output_size: ints = nil]],
    function(input, indices, kernel_size, stride, padding, output_size)
      kernel_size, padding = spread(kernel_size, n), spread(padding, n)
      stride = stride and spread(stride, n) or kernel_size
      local size = unpool_size(name, input, kernel_size, stride, padding,
        output_size and spread(output_size, n))
      if n == 3 then return torch.max_unpool3d(input, indices, size, stride, padding) end
      if n == 2 then return torch.max_unpool2d(input, indices, size) end
      return torch.max_unpool2d(input:unsqueeze(-1), indices:unsqueeze(-1), {size[1], 1}):squeeze(-1)
    end)
end

-- A size per spatial dimension; torch.null keeps the input's.
local function fill_size(name, output_size, input, n)
  local sizes = {}
  output_size = spread(output_size, n)
  check(#output_size == n, name, 'output_size must be a number or %d numbers, got %d', n, #output_size)
  for d = 1, n do
    sizes[d] = output_size[d] == torch.null and input:size(d - 1 - n) or output_size[d]
  end
  return sizes
end

local function adaptive(define, n)
  local average, name = ('adaptive_avg_pool%dd'):format(n), ('adaptive_max_pool%dd'):format(n)
  if n > 1 then
    define(average, 'input: Tensor, output_size: ints', function(input, output_size)
      return torch[average](input, fill_size(average, output_size, input, n))
    end)
  end
  local operator = torch[name]
  define(name, 'input: Tensor, output_size: ints, return_indices = false',
    function(input, output_size, return_indices)
    return with_indices(return_indices, operator(input, fill_size(name, output_size, input, n)))
  end)
  define(name .. '_with_indices', 'input: Tensor, output_size: ints, return_indices = false',
    function(input, output_size)
    return operator(input, fill_size(name, output_size, input, n))
  end)
end

-- Graham (2014). _random_samples (batch, channels, n) place the regions; uniform in [0, 1) unless given.
local function fractional(define, n)
  local name = ('fractional_max_pool%dd'):format(n)
  local operator = torch[name]
  local parameters = [[input: Tensor, kernel_size: ints, output_size: ints = nil, output_ratio: ints = nil,
      return_indices = false, _random_samples: Tensor = nil]]
  local function pool(input, kernel_size, output_size, output_ratio, samples)
    check(output_size or output_ratio, name, 'either output_size or output_ratio is needed')
    local sizes = output_size and spread(output_size, n)
    if not sizes then
      local ratio = spread(output_ratio, n)
      check(#ratio == n, name, 'output_ratio must be a number or %d numbers, got %d', n, #ratio)
      sizes = {}
      for d = 1, n do sizes[d] = math.floor(input:size(d - 1 - n) * ratio[d]) end
    end
    local batch = input:dim() == n + 1 and 1 or input:size(0)
    samples = samples or torch.rand({batch, input:size(-n - 1), n},
      {dtype = input.dtype, device = input.device})
    return operator(input, spread(kernel_size, n), sizes, samples)
  end
  define(name, parameters, function(input, kernel_size, output_size, output_ratio, return_indices, samples)
    return with_indices(return_indices, pool(input, kernel_size, output_size, output_ratio, samples))
  end)
  define(name .. '_with_indices', parameters, function(input, kernel_size, output_size, output_ratio, _,
    samples)
    return pool(input, kernel_size, output_size, output_ratio, samples)
  end)
end

-- (sum of x^p over the window)^(1/p), of the magnitude's maximum and minimum for infinite p.
local function power_average(define, n)
  local name = ('lp_pool%dd'):format(n)
  local maximum_pool, average = torch[('max_pool%dd'):format(n)], torch[('avg_pool%dd'):format(n)]
  define(name, 'input: Tensor, norm_type: number, kernel_size: ints, stride: ints = nil, ceil_mode = false',
    function(input, p, kernel_size, stride, ceil_mode)
      if p == math.huge then return maximum_pool(input:abs(), kernel_size, stride, 0, 1, ceil_mode) end
      if p == -math.huge then return -maximum_pool(-input:abs(), kernel_size, stride, 0, 1, ceil_mode) end
      local elements = 1
      for _, size in ipairs(spread(kernel_size, n)) do elements = elements * size end
      local mean = average(input:pow(p), kernel_size, stride, 0, ceil_mode)
      return (mean:sign() * mean:abs():relu() * elements):pow(1 / p)
    end)
end

return function(define)
  for n = 1, 3 do
    maximum(define, n)
    unpool(define, n)
    adaptive(define, n)
    power_average(define, n)
    if n > 1 then fractional(define, n) end
  end
end
