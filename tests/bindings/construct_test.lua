-- Tensors from tables, numbers and factories, and back; random numbers are PyTorch's.
local test = require 'brain.test'
local torch = require 'brain.torch'

local equal, raises = test.equal, test.raises

local function of(data, options)
  local t = torch.tensor(data, options)
  return t.dtype, t.shape, t:tolist()
end

local function check(data, options, dtype, shape, list)
  local got_dtype, got_shape, got_list = of(data, options)
  equal(got_dtype, dtype, 'dtype')
  test.truthy(got_shape == shape, 'shape')
  equal(got_list, list or data, 'elements')
end

test.case('a table of tables becomes a tensor of its shape', function()
  check({1.5, 2.5}, nil, 'float32', {2})
  check({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, nil, 'float32', {2, 3})
  check({{{1.0}, {2.0}}, {{3.0}, {4.0}}, {{5.0}, {6.0}}}, nil, 'float32', {3, 2, 1})
end)

test.case('the dtype follows the leaves', function()
  check({1, 2, 3}, nil, 'int64', {3})
  check({true, false}, nil, 'bool', {2})
  check({1, 2.5}, nil, 'float32', {2}, {1.0, 2.5})
  check({true, 2}, nil, 'int64', {2}, {1, 2})
  check({true, 0.5}, nil, 'float32', {2}, {1.0, 0.5})
  check({math.maxinteger, math.mininteger}, nil, 'int64', {2})
end)

test.case('the default dtype decides about floats', function()
  torch.set_default_dtype 'float64'
  local dtypes = {torch.tensor{1.5}.dtype, torch.tensor(1.5).dtype, torch.zeros(1).dtype,
    torch.tensor{1}.dtype}
  local name = torch.get_default_dtype()
  torch.set_default_dtype 'float32'
  equal(dtypes, {'float64', 'float64', 'float64', 'int64'})
  equal(name, 'float64')
  raises(function() torch.set_default_dtype 'int64' end, 'expected a float type')
end)

test.case('a given dtype wins', function()
  check({1, 2}, {dtype = 'float64'}, 'float64', {2}, {1.0, 2.0})
  check({1.9, -1.9}, {dtype = 'int32'}, 'int32', {2}, {1, -1})
  check({0, 2, 0.0}, {dtype = 'bool'}, 'bool', {3}, {false, true, false})
  check({{1, 2}}, {dtype = torch.float16}, 'float16', {1, 2}, {{1.0, 2.0}})
  check({0, 255}, {dtype = 'uint8'}, 'uint8', {2})
  check({1, 2}, {dtype = 'complex64'}, 'complex64', {2}, {{1.0, 0.0}, {2.0, 0.0}})
  check({(1 << 53) + 1}, {dtype = 'float64'}, 'float64', {1}, {2.0 ^ 53})
end)

test.case('a number that does not fit the dtype is refused', function()
  raises(function() torch.tensor({1, 300}, {dtype = 'uint8'}) end, 'tensor: 300 does not fit uint8')
  raises(function() torch.tensor(300, {dtype = 'uint8'}) end, 'tensor: 300 does not fit uint8')
  raises(function() torch.tensor({0, -129}, {dtype = 'int8'}) end, '-129 does not fit int8')
  raises(function() torch.tensor({1e30}, {dtype = 'int64'}) end, '1e+30 does not fit int64')
  raises(function() torch.tensor({0 / 0}, {dtype = 'int32'}) end, 'nan does not fit int32')
  check({1e300}, {dtype = 'float32'}, 'float32', {1}, {math.huge})
end)

test.case('numbers, booleans and tensors become tensors of their own', function()
  check(3, nil, 'int64', {}, 3)
  check(2.5, nil, 'float32', {}, 2.5)
  check(true, nil, 'bool', {}, true)
  check(2.5, {dtype = 'float64'}, 'float64', {}, 2.5)
  local t = torch.tensor{1.0, 2.0}
  local copy = torch.tensor(t)
  copy[0] = 9
  equal(t:tolist(), {1.0, 2.0}, 'a copy')
  equal(torch.tensor(t, {dtype = 'int64'}):tolist(), {1, 2}, 'converted')
end)

test.case('empty tables are empty tensors', function()
  check({}, nil, 'float32', {0})
  check({{}, {}}, nil, 'float32', {2, 0})
  check({{}}, {dtype = 'int64'}, 'int64', {1, 0})
  equal(torch.tensor{}:numel(), 0)
end)

test.case('tensors of one element may be leaves', function()
  local t = torch.tensor{1.5, 2.5}
  check({t[0], t[1]}, nil, 'float32', {2}, {1.5, 2.5})
  check({{torch.tensor(3), 4}}, nil, 'int64', {1, 2}, {{3, 4}})
  check({torch.tensor(true), false}, nil, 'bool', {2}, {true, false})
  raises(function() torch.tensor{t, t} end, 'tensor: [1]: expected a number')
end)

test.case('a ragged table is refused with the place', function()
  raises(function() torch.tensor{{1, 2, 3}, {4, 5, 'x'}} end,
    "tensor: [2][3]: expected a number, found string 'x'")
  raises(function() torch.tensor{{1, 2, 3}, {4, 5}} end, 'tensor: [2]: expected 3 elements, found 2')
  raises(function() torch.tensor{{1, 2}, 3} end, '[2]: expected a table of 2 elements, found integer 3')
  raises(function() torch.tensor{1, {2}} end, '[2]: expected a number, found a table')
  raises(function() torch.tensor{{{1}}, {{1}, {2}}} end, '[2]: expected 1 elements, found 2')
  raises(function() torch.tensor{{}, {1}} end, '[2]: expected 0 elements, found 1')
  raises(function() torch.tensor{1, torch.null} end, '[2]: expected a number, found null')
  raises(function() torch.tensor{1, print} end, '[2]: expected a number, found function')
end)

test.case('tables that never end are refused', function()
  local ring = {}
  ring[1] = ring
  raises(function() torch.tensor(ring) end, 'a table that holds itself')
  local deep = {1}
  for _ = 1, 100 do deep = {deep} end
  raises(function() torch.tensor(deep) end, 'nested deeper than 64')
  local sixty = {1}
  for _ = 1, 59 do sixty = {sixty} end
  equal(torch.tensor(sixty):dim(), 60)
end)

test.case('what is no data is refused', function()
  raises(function() torch.tensor 'hello' end,
    "tensor: data: expected table, number, boolean or Tensor, got string 'hello'")
  raises(function() torch.tensor() end, 'data: expected table, number, boolean or Tensor, got nothing')
  raises(function() torch.tensor(nil) end, 'got nil')
  raises(function() torch.tensor{x = 1} end, 'expected a list of numbers, found a table with named entries')
end)

test.case('options of torch.tensor are checked', function()
  local t = torch.tensor({1.0}, {dtype = 'float64', device = 'cpu', requires_grad = true})
  equal({t.dtype, t.device, t.requires_grad}, {'float64', 'cpu', true})
  raises(function() torch.tensor({1}, {dtpe = 'float32'}) end, "unknown option 'dtpe', did you mean 'dtype'?")
  raises(function() torch.tensor({1}, {dtype = 'flot32'}) end, "did you mean 'float32'?")
  raises(function() torch.tensor({1}, {dtype = 3}) end, 'dtype: expected dtype name')
  raises(function() torch.tensor({1}, {device = 'gpu'}) end,
    "device: expected device such as 'cpu' or 'cuda:0'")
  raises(function() torch.tensor({1}, {requires_grad = 1}) end,
    'requires_grad: expected boolean, got integer 1')
  raises(function() torch.tensor({1}, {requires_grad = true}) end, 'floating point')
  raises(function() torch.tensor({1}, {2}) end, 'expected named options only')
end)

test.case('tolist gives back what went in', function()
  for _, data in ipairs {{1, 2, 3}, {{1.5, -2.25}, {0.0, 0.5}}, {{{true}, {false}}}, {}, {{}, {}, {}}} do
    equal(torch.tensor(data):tolist(), data)
  end
  equal(torch.tensor({0.1}, {dtype = 'float64'}):tolist(), {0.1}, 'every digit')
  equal(torch.tensor{{1, 2}, {3, 4}}.T:tolist(), {{1, 3}, {2, 4}}, 'a view in its own order')
  local list = torch.tensor{1 / 0, -1 / 0, 0 / 0}:tolist()
  test.truthy(list[1] == math.huge and list[2] == -math.huge and list[3] ~= list[3], 'infinities and NaN')
  equal(math.type(torch.tensor{1}:tolist()[1]), 'integer')
  equal(math.type(torch.tensor{1.0}:tolist()[1]), 'float')
  raises(function() torch.empty({2}, {device = 'meta'}):tolist() end, 'a meta tensor has no values')
end)

test.case('item gives a number of every dtype', function()
  for _, dtype in ipairs {'float16', 'bfloat16', 'float32', 'float64'} do
    local value = torch.tensor(1.5, {dtype = dtype}):item()
    equal(value, 1.5, dtype)
  end
  for _, dtype in ipairs {'uint8', 'int8', 'int16', 'int32', 'int64', 'uint16', 'uint32', 'uint64'} do
    local value = torch.tensor(7, {dtype = dtype}):item()
    equal(math.type(value), 'integer', dtype)
    equal(value, 7, dtype)
  end
  equal(torch.tensor(true):item(), true)
  equal({torch.complex(torch.tensor(1.5), torch.tensor(-2.0)):item()}, {1.5, -2.0},
    'complex gives two numbers')
  equal(torch.tensor{{3}}:item(), 3, 'one element of any shape')
  raises(function() torch.zeros(2):item() end, 'item: expected one element, got shape [2]')
  raises(function() torch.zeros(0):item() end, 'item: expected one element')
end)

test.case('factories take sizes or a list, and options', function()
  equal(torch.zeros(2, 3), torch.tensor({{0, 0, 0}, {0, 0, 0}}, {dtype = 'float32'}))
  equal(torch.zeros({2, 3}, {dtype = 'float64'}), torch.tensor({{0, 0, 0}, {0, 0, 0}}, {dtype = 'float64'}))
  equal(torch.ones(2, {dtype = 'int32'}):tolist(), {1, 1})
  equal(torch.zeros{}.shape, torch.tensor(1).shape, 'no sizes: 0-d')
  equal(torch.full({2}, 7):tolist(), {7, 7})
  equal(torch.full({2}, 7).dtype, 'int64')
  equal(torch.full({2}, 0.5).dtype, 'float32')
  equal(torch.eye(2, {dtype = 'float64'}):tolist(), {{1.0, 0.0}, {0.0, 1.0}})
  equal(torch.arange(3):tolist(), {0, 1, 2})
  equal(torch.arange(1, 2, 0.5):tolist(), {1.0, 1.5})
  equal(torch.arange{start = 1, stop = 7, step = 3}:tolist(), {1, 4})
  equal(torch.linspace(0, 1, 3):tolist(), {0.0, 0.5, 1.0})
  equal(torch.zeros_like(torch.tensor{1, 2}):tolist(), {0, 0})
  equal(torch.empty({2, 3}, {device = 'meta'}).device, 'meta')
  equal(torch.zeros(torch.ones(2, 3).shape).shape, torch.ones(2, 3).shape, 'a shape as sizes')
end)

test.case('factories take requires_grad', function()
  equal(torch.zeros({2}, {requires_grad = true}).requires_grad, true)
  equal(torch.randn(2, 3, {requires_grad = true}).is_leaf, true)
  equal(torch.ones_like(torch.zeros(2), {requires_grad = true}).requires_grad, true)
  equal(torch.zeros(2, {requires_grad = false}).requires_grad, false)
  raises(function() torch.zeros({2}, {requires_grad = 'yes'}) end, 'requires_grad: expected boolean')
  raises(function() torch.zeros({2}, {dtype = 'int64', requires_grad = true}) end, 'floating point')
  raises(function() torch.add(torch.zeros(2), 1, {requires_grad = true}) end,
    "unknown option 'requires_grad'")
end)

test.case('torch.as_tensor and new_* take over dtype and device', function()
  local t = torch.zeros({2}, {dtype = 'float64'})
  test.truthy(rawequal(torch.as_tensor(t), t), 'a tensor as it is')
  equal(torch.as_tensor({1, 2}, {dtype = 'float64'}).dtype, 'float64')
  equal(torch.as_tensor(t, {dtype = 'int64'}).dtype, 'int64')
  equal(t:new_zeros(2, 2).dtype, 'float64')
  equal(t:new_tensor({1, 2}).dtype, 'float64')
  equal(t:new_tensor({1, 2}, {dtype = 'int32'}).dtype, 'int32')
end)

test.case('seeds give the numbers of PyTorch', function()
  torch.manual_seed(0)
  local tolerance = {rtol = 0, atol = 1e-10}
  test.close(torch.rand(3):double(), torch.tensor({0.49625658988952637, 0.7682217955589294,
    0.08847743272781372},
    {dtype = 'float64'}), tolerance)
  torch.manual_seed(1)
  test.close(torch.randn(2):double(), torch.tensor({0.6613521575927734, 0.266924113035202},
    {dtype = 'float64'}), tolerance)
  torch.manual_seed(0)
  equal(torch.randperm(5):tolist(), {4, 0, 1, 3, 2})
  torch.manual_seed(0)
  equal(torch.randint(0, 10, {4}):tolist(), {4, 9, 3, 0})
  equal(torch.initial_seed(), 0)
end)

test.case('the state of the generator can be kept and restored', function()
  torch.manual_seed(3)
  local state = torch.get_rng_state()
  local first = torch.rand(4)
  torch.set_rng_state(state)
  equal(torch.rand(4), first)
  raises(function() torch.manual_seed 'x' end, "manual_seed: seed: expected integer, got string 'x'")
end)

test.case('a Generator draws apart from the global one', function()
  torch.manual_seed(0)
  local generator = torch.Generator():manual_seed(7)
  local drawn = torch.rand(2, {generator = generator})
  test.close(drawn:double(), torch.tensor({0.5349225401878357, 0.19880318641662598}, {dtype = 'float64'}),
    {rtol = 1e-9})
  test.close(torch.rand(1):item(), 0.49625658988952637, {rtol = 1e-9}, 'the global one is untouched')
  equal(generator:initial_seed(), 7)
  local state = generator:get_state()
  local next_one = torch.rand(3, {generator = generator})
  generator:set_state(state)
  equal(torch.rand(3, {generator = generator}), next_one)
  raises(function() torch.rand(2, {generator = 7}) end, 'generator')
  raises(function() torch.Generator{devise = 'cpu'} end, "did you mean 'device'?")
end)
