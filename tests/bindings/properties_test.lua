-- What a tensor tells about itself, conversions, and the three members that can be set.
local test = require 'brain.test'
local torch = require 'brain.torch'

local equal, raises = test.equal, test.raises

local function grid() return torch.tensor{{0.0, 1.0, 2.0}, {3.0, 4.0, 5.0}} end

test.case('shape is a list that compares and prints', function()
  local t = grid()
  equal({t.shape == {2, 3}, {2, 3} == t.shape, t.shape == t:size(), t.shape == grid().shape},
    {true, true, true, true})
  equal({t.shape == {2, 4}, t.shape == {2}, t.shape == {2, 3, 1}, t.shape == 6}, {false, false, false, false})
  equal({t.shape[1], t.shape[2], #t.shape}, {2, 3, 2})
  equal({tostring(t.shape), tostring(torch.tensor(1).shape)}, {'{2, 3}', '{}'})
  local rows, columns = table.unpack(t.shape)
  equal({rows, columns}, {2, 3})
  local sizes = {}
  for _, size in ipairs(t.shape) do sizes[#sizes + 1] = size end
  equal(sizes, {2, 3}, 'ipairs')
  t.shape[1] = 9
  equal(t.shape == {2, 3}, true, 'a list of its own')
end)

test.case('size, stride and their kin', function()
  local t = grid()
  equal({t:size(0), t:size(1), t:size(-1), t:size(-2)}, {2, 3, 3, 2})
  equal({t:stride() == {3, 1}, t:stride(0), t:stride(-1), t.T:stride() == {1, 3}}, {true, 3, 1, true})
  equal({t:dim(), t.ndim, t:ndimension(), torch.tensor(1).ndim}, {2, 2, 2, 0})
  equal({t:numel(), t:nelement(), torch.numel(t), torch.empty(0, 3):numel()}, {6, 6, 6, 0})
  equal({t:element_size(), t.itemsize, t.nbytes, t:double().nbytes}, {4, 4, 24, 48})
  equal({t:storage_offset(), t[1]:storage_offset()}, {0, 3})
  raises(function() t:size(2) end, 'size: dim: expected -2 to 1, got 2')
  raises(function() t:stride(-3) end, 'stride: dim: expected -2 to 1, got -3')
  raises(function() torch.tensor(1):size(0) end, 'the tensor is 0-d')
  raises(function() t:size 'a' end, "size: dim: expected integer, got string 'a'")
  raises(function() t:size(0.5) end, 'expected integer, got number 0.5')
end)

test.case('dtype, device and layout are names', function()
  local t = grid()
  equal({t.dtype, t.device, t.layout}, {'float32', 'cpu', 'strided'})
  equal({t.dtype == torch.float32, t.dtype == 'float32'}, {true, true})
  for _, dtype in ipairs {'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8',
    'bool', 'complex64',
    'complex128'} do
    equal(torch.zeros({1}, {dtype = dtype}).dtype, dtype)
  end
  equal(torch.zeros({1}, {device = 'meta'}).device, 'meta')
  equal({t.is_cpu, t.is_cuda, t.is_meta, t.is_sparse, t.is_quantized}, {true, false, false, false, false})
  equal(torch.eye(2):to_sparse().layout, 'sparse_coo')
end)

test.case('T transposes matrices, mT the last two axes', function()
  equal(grid().T:tolist(), {{0.0, 3.0}, {1.0, 4.0}, {2.0, 5.0}})
  equal(grid().mT, grid().T)
  equal(torch.zeros(2, 3, 4).mT.shape == {2, 4, 3}, true)
  local t = grid()
  t.T[0]:fill_(7)
  equal(t:tolist(), {{7.0, 1.0, 2.0}, {7.0, 4.0, 5.0}}, 'a view')
  raises(function() return torch.zeros(2, 3, 4).T end,
    'T: expected a 2-d tensor, got shape [2, 3, 4]; use mT or permute')
  raises(function() return torch.zeros(2).mT end, 'Got 1-D tensor')
  local c = torch.complex(torch.ones(1, 2), torch.ones(1, 2))
  equal({c.H.shape == {2, 1}, c.mH:imag()[0]:item()}, {true, -1.0})
end)

test.case('to takes a dtype, a device, a tensor or options', function()
  local t, other = grid(), torch.zeros({1}, {dtype = 'int16'})
  equal({t:to('float64').dtype, t:to(torch.int8).dtype, t:to('meta').device, t:to('cpu').dtype},
    {'float64', 'int8', 'meta', 'float32'})
  equal({t:to('meta', 'int64').device, t:to('meta', 'int64').dtype, t:to('cpu', nil).dtype},
    {'meta', 'int64', 'float32'})
  equal({t:to(other).dtype, t:to{dtype = 'int8'}.dtype, t:to{device = 'meta'}.device},
    {'int16', 'int8', 'meta'})
  equal({t:to('float16', true, true).dtype, t:to('float16', {copy = true}).dtype}, {'float16', 'float16'})
  equal({t:to 'float32' == t, t:to 'cpu' == t, t:to('float32', {copy = true}) == t, t:to{copy = true} == t},
    {true, true, false, false}, 'a copy only where needed')
  local last = {memory_format = 'channels_last'}
  equal(torch.zeros(1, 2, 3, 4):to(last):is_contiguous(last), true)
  raises(function() t:to 'float99' end,
    "to: argument 1: expected dtype ('float32'), device ('cuda:0') or Tensor, got string 'float99'")
  raises(function() t:to(3) end, 'got integer 3')
  raises(function() t:to('cpu', 'x') end, 'to: argument 2')
  raises(function() t:to{dtpe = 'int8'} end, "to: unknown option 'dtpe', did you mean 'dtype'?")
  raises(function() t:to{dtype = 'float65'} end, "did you mean 'float64'?")
  raises(function() t:to('int64', {dtype = 'int8'}) end, 'by position or by name, not both')
end)

test.case('casts have the names of PyTorch', function()
  local t = torch.tensor{0.0, 1.5, -2.7}
  local dtypes = {float = 'float32', double = 'float64', half = 'float16', bfloat16 = 'bfloat16',
    long = 'int64',
    int = 'int32', short = 'int16', char = 'int8', bool = 'bool', cfloat = 'complex64',
      cdouble = 'complex128'}
  for method, dtype in pairs(dtypes) do equal(t[method](t).dtype, dtype, method) end
  equal(t:long():tolist(), {0, 1, -2}, 'toward zero')
  equal(t:bool():tolist(), {false, true, true})
  equal(t:abs():byte():tolist(), {0, 1, 2})
  equal({t:float() == t, t:cpu() == t}, {true, true}, 'nothing to do')
end)

test.case('is_contiguous takes a memory format', function()
  local t = torch.zeros(1, 2, 3, 4)
  equal({t:is_contiguous(), t:is_contiguous{memory_format = 'channels_last'},
    t:transpose(1, 2):is_contiguous()}, {true, false, false})
  raises(function() t:is_contiguous{memory_format = 'x'} end,
    "expected a memory format such as 'channels_last'")
end)

test.case('leaves and results of autograd', function()
  local x = torch.ones({2}, {requires_grad = true})
  local y = x * 2
  equal({x.is_leaf, x.requires_grad, x.grad_fn, y.is_leaf, y.requires_grad, y.grad_fn},
    {true, true, nil, false, true, 'MulBackward0'})
  equal({x.is_leaf, y:detach().requires_grad, y:detach().is_leaf, grid().is_leaf}, {true, false, true, true})
  equal(x.grad, nil)
  y:sum():backward()
  equal(x.grad:tolist(), {2.0, 2.0})
end)

test.case('grad can be set and cleared', function()
  local x = grid():requires_grad_()
  x.grad = torch.ones(2, 3)
  torch.sum(x * 2):backward()
  equal(x.grad, torch.full({2, 3}, 3.0), 'and is added to')
  x.grad = nil
  equal(x.grad, nil)
  raises(function() x.grad = 3 end, 'grad: value: expected Tensor, got integer 3')
  raises(function() x.grad = torch.ones(3) end, 'grad: expected shape [2, 3], got [3]')
  raises(function() x.grad = torch.ones({2, 3}, {dtype = 'float64'}) end,
    'grad: expected float32 on cpu, got float64 on cpu')
end)

test.case('requires_grad can be set', function()
  local x = grid()
  x.requires_grad = true
  equal((x * 2).requires_grad, true)
  x.requires_grad = false
  equal((x * 2).requires_grad, false)
  equal(x:requires_grad_().requires_grad, true)
  equal(x:requires_grad_(false).requires_grad, false)
  raises(function() torch.tensor{1}.requires_grad = true end, 'floating point')
  raises(function() x.requires_grad = 1 end, 'requires_grad: value: expected boolean, got integer 1')
  local y = x:requires_grad_() * 2
  raises(function() y.requires_grad = false end, 'only a leaf can stop requiring gradients; use t:detach()')
  raises(function() y:requires_grad_(false) end, 'use t:detach()')
end)

test.case('data shares the memory and leaves autograd out', function()
  local x = grid():requires_grad_()
  equal({x.data.requires_grad, x.data == x}, {false, false})
  x.data:fill_(1)
  equal(x:sum():item(), 6)
  x.data = torch.zeros(4)
  equal({x.shape == {4}, x.requires_grad}, {true, true})
  raises(function() x.data = 4 end, 'data: value: expected Tensor, got integer 4')
end)

test.case('other members cannot be set', function()
  local t = grid()
  raises(function() t.shape = {3, 2} end,
    "a Tensor's member 'shape' cannot be set (grad, requires_grad and data can)")
  raises(function() t.dtype = 'int64' end, "member 'dtype' cannot be set")
  raises(function() t.my_field = 1 end, "member 'my_field' cannot be set")
end)

test.case('an unknown member is an error with the nearest name', function()
  local t = grid()
  raises(function() return t.shpe end, "Tensor has no member 'shpe', did you mean 'shape'?")
  raises(function() t:argmaxx() end, "Tensor has no member 'argmaxx', did you mean 'argmax'?")
  raises(function() return t.zzzzzzzz end, "Tensor has no member 'zzzzzzzz'")
end)

test.case('methods are values; the metatable is locked', function()
  local t = grid()
  test.truthy(rawequal(t.sum, t.sum) and type(t.sum) == 'function', 'one function per name')
  equal(t.sum(t):item(), 15)
  equal(getmetatable(t), 'locked')
  raises(function() setmetatable(t, {}) end, 'table expected')
  equal({torch.is_tensor(t), torch.is_tensor(1), torch.is_tensor(nil), torch.typename(t)},
    {true, false, false, 'torch.Tensor'})
  equal(type(t), 'userdata')
end)

test.case('limits of dtypes', function()
  equal({torch.finfo('float32').eps, torch.finfo('float16').max, torch.finfo().bits},
    {2.0 ^ -23, 65504.0, 32})
  equal({torch.iinfo('int8').min, torch.iinfo('uint8').max, torch.iinfo('int64').max},
    {-128, 255, math.maxinteger})
  raises(function() torch.finfo 'int8' end, "finfo: expected a float dtype, got 'int8'")
  raises(function() torch.iinfo 'float32' end, "iinfo: expected an integer dtype, got 'float32'")
end)
