-- How operators are called: arguments by position and by name, results, namespaces, errors.
local test = require 'brain.test'
local torch = require 'brain.torch'

local equal, raises = test.equal, test.raises

local function grid() return torch.tensor{{0.0, 1.0, 2.0}, {3.0, 4.0, 5.0}} end
local i3 = torch.arange(3)

test.case('arguments by position, by name and mixed', function()
  local t = grid()
  local expected = torch.tensor{{3.0, 5.0, 7.0}}
  equal(t:sum(0, true), expected, 'position')
  equal(t:sum{dim = 0, keepdim = true}, expected, 'name')
  equal(t:sum(0, {keepdim = true}), expected, 'mixed')
  equal(torch.sum(t, 0, true), expected, 'a function')
  equal(torch.sum(t, {dim = {0}, keepdim = true}), expected, 'a list for int[]')
  equal(torch.add(t, t, {alpha = 2}), t * 3, 'keyword-only')
  equal(torch.addmm(torch.zeros(2, 2), t, t.T, {beta = 0, alpha = 2}), t:matmul(t.T) * 2, 'two of them')
end)

test.case('nil and torch.null leave an argument out', function()
  local x, w = torch.ones(1, 1, 4), torch.ones(1, 1, 2)
  equal(torch.conv1d(x, w, nil, 2):tolist(), {{{2.0, 2.0}}}, 'nil')
  equal(torch.conv1d(x, w, torch.null, 2):tolist(), {{{2.0, 2.0}}}, 'torch.null')
  equal(torch.conv1d(x, w, {bias = torch.null, stride = 2}):tolist(), {{{2.0, 2.0}}}, 'by name')
  equal(grid():sum(nil, true):tolist(), {{15.0}}, 'an optional list')
  equal(torch.clamp(grid(), nil, 3):max():item(), 3, 'min left out')
  equal(torch.clamp(grid(), {min = 2}):min():item(), 2, 'max left out')
  equal(torch.relu(grid(), nil), grid(), 'trailing nils')
  equal(grid()[{':', 0}], torch.ops.aten.index(grid(), {torch.null, torch.tensor(0)}), 'in a list of tensors')
end)

test.case('defaults are those of PyTorch', function()
  equal(torch.arange(3).dtype, 'int64')
  equal(grid():std():item(), grid():std(nil, true):item())
  test.close(grid():var{dim = 1, unbiased = false}[0]:item(), 2 / 3, {rtol = 1e-6})
  equal(grid():topk(1):tolist(), {{2.0}, {5.0}})
  equal(torch.cat({grid(), grid()}).shape, torch.empty(4, 3).shape)
end)

test.case("input=, self= and stop= are understood", function()
  equal(torch.softmax{input = grid(), dim = 1}, torch.softmax(grid(), 1), 'input')
  equal(torch.softmax{self = grid(), dim = 1}, torch.softmax(grid(), 1), 'self')
  equal(torch.dropout{self = grid(), p = 0.5, train = false}, grid(),
    'self for an operator that calls it input')
  equal(torch.arange{start = 1, stop = 3}:tolist(), {1, 2}, 'stop')
  equal(torch.arange{start = 1, ['end'] = 3}:tolist(), {1, 2}, 'end')
  equal(torch.slice(grid(), {dim = 1, start = 1, stop = 2}):tolist(), {{1.0}, {4.0}}, 'slice')
end)

test.case('out= receives the result and comes back', function()
  local t, out = grid(), torch.zeros(2, 3)
  test.truthy(rawequal(torch.add(t, t, {out = out}), out), 'the same object')
  equal(out, t * 2)
  local values, indices = torch.zeros(2), torch.zeros({2}, {dtype = 'int64'})
  local a, b = torch.max(t, 1, {out = {values, indices}})
  test.truthy(rawequal(a, values) and rawequal(b, indices), 'two objects')
  equal({values:tolist(), indices:tolist()}, {{2.0, 5.0}, {2, 2}})
  equal(torch.linalg.inv(torch.eye(3), {out = torch.zeros(3, 3)}), torch.eye(3), 'in a namespace')
  raises(function() torch.max(t, 1, {out = values}) end, 'out = Tensor')
  raises(function() torch.matmul(t, t.T, {out = 3}) end, 'out: expected Tensor, got integer 3')
  raises(function() torch.sort(t, {out = {values}}) end, 'out: expected list of 2 Tensors, got table')
end)

test.case('in-place operators return their object', function()
  local t = grid()
  test.truthy(rawequal(t:add_(1), t), 'method')
  test.truthy(rawequal(torch.relu_(t), t), 'function')
  test.truthy(rawequal(t:zero_():fill_(2):mul_(2), t), 'chained')
  equal(t, torch.full({2, 3}, 4.0))
  test.truthy(rawequal(t:requires_grad_(), t), 'requires_grad_')
end)

test.case('several results are several values', function()
  local t = grid()
  local values, indices = t:max(1)
  equal({values:tolist(), indices:tolist()}, {{2.0, 5.0}, {2, 2}})
  equal(select('#', t:max(1)), 2)
  equal(select('#', (t:max(1))), 1, 'parentheses keep the first')
  equal(select('#', t:max()), 1)
  equal(select('#', torch.linalg.svd(t)), 3)
  equal(select('#', t:unbind()), 1, 'a list of tensors is one table')
  equal({#t:unbind(), #t:split(1), #t:chunk(3, 1), #torch.where(t:gt(0))}, {2, 2, 3, 2})
end)

test.case('results that are no tensors', function()
  equal({torch.equal(i3, i3), torch.is_floating_point(i3), torch.allclose(grid(), grid())},
    {true, false, true})
  equal(torch.result_type(i3, 1.5), 'float32')
  equal(torch.can_cast('float32', 'int64'), false)
end)

test.case('lists may be written out', function()
  local t = grid()
  equal(t:view(3, 2), t:view{3, 2}, 'view')
  equal(t:permute(1, 0), t:permute{1, 0}, 'permute')
  equal(t:reshape(-1).shape, t:reshape{6}.shape, 'reshape')
  equal(t:expand(4, 2, 3).shape, torch.empty(4, 2, 3).shape, 'expand')
  equal(t:repeat_interleave(2, 0).shape, torch.empty(4, 3).shape, 'repeat_interleave')
  equal(t:tile(2, 1).shape, torch.empty(4, 3).shape, 'tile')
  equal(t:flip(0), t:flip{0}, 'flip')
  equal(torch.zeros(2, 3, {dtype = 'int32'}), torch.zeros({2, 3}, {dtype = 'int32'}), 'a factory')
  equal(t:view(t.T.shape), t:view(3, 2), 'a shape')
  equal(t:new_zeros(1, 2).shape, torch.empty(1, 2).shape, 'new_zeros')
  equal(torch.cat{grid(), grid()}.shape, torch.empty(4, 3).shape, 'a list of tensors')
end)

test.case('one number serves as int[N]', function()
  local x = torch.ones(1, 1, 5, 5)
  equal(torch.max_pool2d(x, 2), torch.max_pool2d(x, {2, 2}), 'kernel')
  equal(torch.conv2d(x, torch.ones(1, 1, 3, 3), {stride = 2, padding = 1}).shape,
    torch.empty(1, 1, 3, 3).shape, 'stride')
  equal(torch.max_pool2d(x, {2}), torch.max_pool2d(x, 2), 'a list of one')
  equal(torch.conv2d(x, torch.ones(1, 1, 3, 3), {padding = 'same'}).shape, x.shape, 'or a string')
end)

test.case('reductions have names', function()
  local t = grid()
  local zero = torch.zeros(2, 3)
  equal(torch.mse_loss(t, zero, 'sum'):item(), 55)
  equal(torch.mse_loss(t, zero, {reduction = 'none'}), t * t)
  test.close(torch.mse_loss(t, zero):item(), 55 / 6, {rtol = 1e-6})
  equal(torch.mse_loss(t, zero, 2):item(), 55, 'the number')
  raises(function() torch.mse_loss(t, t, 'avg') end, "expected 'none', 'mean' or 'sum', got string 'avg'")
end)

test.case('an options table whose values are nil is none', function()
  equal(grid():sum{dtype = nil}:item(), 15)
  equal(grid():sum(0, {dtype = nil}):tolist(), {3.0, 5.0, 7.0})
  equal(torch.zeros(2, {dtype = nil}).dtype, 'float32')
  equal(torch.zeros({2}, {dtype = nil}).shape, torch.empty(2).shape)
  equal(torch.relu(grid(), {}), grid())
end)

test.case('floats with an integer value serve as integers, others are refused', function()
  equal(grid():softmax(1.0), grid():softmax(1))
  equal(grid():view(3.0, 2.0), grid():view(3, 2))
  equal(grid():view{3.0, 2}, grid():view(3, 2))
  raises(function() grid():softmax(1.5) end, 'argument 1 (dim): expected integer, got number 1.5')
  raises(function() grid():view(3, 2.5) end,
    'argument 2 (size): expected integers or a list of them, got number 2.5')
  raises(function() grid():reshape{3, 2.5} end, 'got number 2.5 at [2]')
  raises(function() grid():softmax(1e300) end, 'expected integer, got number 1e+300')
  raises(function() grid():softmax '1' end, "expected integer, got string '1'")
end)

test.case('0-d tensors serve as numbers', function()
  local t = grid()
  equal(t:softmax(torch.tensor(1)), t:softmax(1), 'int')
  equal(torch.add(t, t, {alpha = torch.tensor(2)}), t * 3, 'Scalar')
  equal(t:view(torch.tensor(3), 2), t:view(3, 2), 'in sizes written out')
  equal(t:view{torch.tensor(3), 2}, t:view(3, 2), 'in a list')
  equal(torch.full({2}, torch.tensor(1.5)), torch.tensor{1.5, 1.5}, 'fill value')
  equal(torch.clamp(t, torch.tensor(1.0), torch.tensor(2.0)):sum():item(), 10, 'tensor overload')
  raises(function() t:softmax(torch.tensor(1.0)) end, 'expected integer, got Tensor')
  raises(function() t:softmax(torch.tensor{1}) end, 'expected integer, got Tensor')
end)

test.case('numbers serve as tensors where PyTorch takes them', function()
  equal(torch.where(grid():gt(2), grid(), 0.0):sum():item(), 12)
  equal(torch.add(grid(), 1), grid() + 1)
  equal(torch.pow(2, i3):tolist(), {1, 2, 4})
  equal(torch.maximum(i3, torch.tensor(1)):tolist(), {1, 1, 2})
  raises(function() grid():matmul(3) end, 'argument 1 (other): expected Tensor, got integer 3')
end)

test.case('dtypes, devices and formats are names or constants', function()
  local t = grid()
  equal(t:sum{dtype = 'float64'}.dtype, 'float64')
  equal(t:sum{dtype = torch.float64}.dtype, 'float64')
  equal(t:sum{dtype = 'double'}.dtype, 'float64', 'an alias')
  equal({torch.long, torch.half, torch.bool, torch.channels_last},
    {'int64', 'float16', 'bool', 'channels_last'})
  equal(torch.zeros({2}, {device = 'meta', dtype = 'int8'}).device, 'meta')
  local x = torch.zeros(1, 2, 3, 4):contiguous{memory_format = 'channels_last'}
  test.truthy(x:stride() == {24, 1, 8, 2}, 'channels_last')
  raises(function() t:sum{dtype = 'float65'} end,
    "option 'dtype': expected dtype name such as 'float32', got string 'float65'")
  raises(function() torch.zeros(2, {device = 'gpu'}) end,
    "expected device such as 'cpu' or 'cuda:0', got string 'gpu'")
  raises(function() t:contiguous{memory_format = 'x'} end, "expected memory format such as 'channels_last'")
end)

test.case('namespaces hold their operators', function()
  equal(torch.linalg.inv(torch.eye(2)), torch.eye(2))
  equal(torch.fft.rfft(torch.ones(2)):abs():tolist(), {2.0, 0.0})
  equal(torch.special.expit(torch.zeros(1)):item(), 0.5)
  raises(function() return torch.linalg.invv end, "torch.linalg has no 'invv', did you mean 'inv'?")
  raises(function() return torch.fft.foo end, "torch.fft has no 'foo'")
end)

test.case('torch.ops.aten reaches every operator and overload', function()
  local t = grid()
  equal(torch.ops.aten.add(t, 1), t + 1)
  equal(torch.ops.aten.add.Tensor(t, t), t * 2)
  equal(torch.ops.aten.sum.dim_IntList(t, {0}):tolist(), {3.0, 5.0, 7.0})
  equal(torch.ops.aten.relu.default(t), t, 'default')
  local out = torch.zeros(2, 3)
  test.truthy(rawequal(torch.ops.aten.add.out(t, t, {out = out}), out), 'an out overload')
  equal(torch.ops.aten._softmax(t, 1, false), t:softmax(1), 'private')
  raises(function() return torch.ops.aten.add.Foo end,
    "has no overload 'Foo'; it has Tensor, Scalar, out, Scalar_out")
  raises(function() return torch.ops.aten.fooo end, "torch.ops.aten has no operator 'fooo'")
  raises(function() torch.ops.aten.add.out(t, t) end, 'add: missing out; usage: add(self: Tensor')
  raises(function() torch.ops.aten.add.Tensor(t, {}) end,
    'argument 2 (other): expected Tensor or number, got table')
end)

test.case('torch.has tells what is there', function()
  local found = {}
  for n, name in ipairs {'add', 'linalg.inv', 'einsum', 'tensor', 'no_grad', 'foo', 'linalg.foo',
    '_softmax'} do
    found[n] = torch.has(name)
  end
  equal(found, {true, true, true, true, true, false, false, false})
end)

test.case('private operators are closed on the surface', function()
  raises(function() return torch._softmax end,
    'torch._softmax is closed: it is private; torch.ops.aten._softmax reaches it')
  raises(function() return grid():_softmax(1, false) end, "Tensor has no member '_softmax'")
end)

-- Calls that must fail, with parts of their message.
local wrong = {
  {'a wrong type', function(t) torch.matmul(t, 'x') end,
    "matmul: argument 2 (other): expected Tensor, got string 'x'; usage: matmul("},
  {'in a method the receiver is not counted', function(t) t:matmul 'x' end,
    'matmul: argument 1 (other): expected Tensor'},
  {'a missing argument', function(t) t:softmax() end,
    'softmax: missing dim: expected integer; usage: softmax(self: Tensor, dim: int'},
  {'no receiver', function(t) t.softmax() end, 'missing self: expected Tensor'},
  {'a wrong receiver', function(t) t.softmax(3, 1) end, 'argument 1 (self): expected Tensor, got integer 3'},
  {'too many', function(t) t:transpose(0, 1, 2) end,
    'transpose: expected at most 2 positional arguments, got 3'},
  {'an unknown option', function(t) t:sum{dmi = 0} end, "sum: unknown option 'dmi', did you mean 'dim'?"},
  {'an option nobody knows', function(t) t:sum{colour = 0} end, "sum: unknown option 'colour'"},
  {'given twice', function(t) t:sum(0, {dim = 1}) end, 'dim is given both by position and by name'},
  {'given twice as self', function(t) t:relu{input = t} end, 'self is given both by position and by name'},
  {'names mixed with a list', function(t) t:sum{0, keepdim = true} end,
    "a table mixes list values with the option 'keepdim'"},
  {'sizes mixed with options', function() torch.zeros{2, 3, dtype = 'int64'} end,
    "mixes list values with the option 'dtype'"},
  {'no overload', function(t) torch.add(t, 'x') end,
    "add: no overload takes (Tensor, string 'x'); candidates: add(self: Tensor, other: Tensor"},
  {'what all overloads object to', function(t) t:sum 'x' end,
    "argument 1 (dim): expected integer or list of integers, got string 'x'; candidates:"},
  {'a list element', function(t) torch.cat{t, 1} end,
    'argument 1 (tensors): expected list of Tensors, got integer 1 at [2]'},
  {'a tensor for a list', function(t) torch.cat(t, t) end, 'expected list of Tensors, got Tensor'},
  {'a misspelt function', function() return torch.sofmax end,
    "torch has no 'sofmax', did you mean 'softmax'?"},
  {'a misspelt method', function(t) t:sofmax(1) end,
    "Tensor has no member 'sofmax', did you mean 'softmax'?"},
  {'shapes', function(t) t:matmul(t) end, 'matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)'},
  {'a view', function(t) t:view(4, 4) end, "view: shape '[4, 4]' is invalid for input of size 6"},
  {'an axis', function(t) t:sum(5) end, 'Dimension out of range'},
  {'an index', function(t) t:index_select(0, i3) end, 'out of range'},
  {'a factorization', function() torch.linalg.cholesky(-torch.eye(2)) end, 'not positive-definite'},
  {'nothing to join', function() torch.cat{} end, 'expected a non-empty list'},
  {'a dtype', function(t) torch.embedding(t, torch.tensor{0.5}) end, 'embedding'},
  {'a meta tensor has no values', function() torch.zeros({1}, {device = 'meta'}):item() end,
    'item: a meta tensor has no values'},
}
for _, case in ipairs(wrong) do
  test.case('a wrong call is told: ' .. case[1], function()
    local t = grid()
    local message = raises(function() case[2](t) end, case[3])  -- raises refuses messages of several lines
    for _, noise in ipairs {'Exception raised', 'c10::', 'at::', '.cpp:', 'frame #', 'aten::'} do
      test.truthy(not message:find(noise, 1, true), ('no %q in "%s"'):format(noise, message))
    end
    test.truthy(message:find '^[^ ]*calls_test%.lua:%d+: ', 'the place: ' .. message)
    test.truthy(#message < 900, 'short')
  end)
end

test.case('a missing CUDA device is told plainly', function()
  if torch.cuda.is_available() then return end
  for _, call in ipairs {function() grid():to 'cuda' end, function() torch.zeros(2, {device = 'cuda'}) end,
    function() grid():cuda() end, function() torch.Generator{device = 'cuda:0'} end} do
    raises(call, 'no CUDA device is available')
  end
end)

test.case('an error leaves the arguments as they were', function()
  local t = grid()
  for _ = 1, 50 do pcall(t.add_, t, 'x') end
  for _ = 1, 50 do pcall(torch.cat, {t, 1}) end
  equal(t, grid())
end)
