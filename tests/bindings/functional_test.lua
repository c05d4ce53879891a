local test = require 'brain.test'
local torch = require 'brain.torch'
local F = require 'brain.functional'
local golden = dofile 'tests/bindings/golden.lua'

golden.run('tests/data/functional_golden.lua', {F = F})

-- Names of Python's module that are no functions of it.
local absent = {
  Callable = 'a type', DType = 'a type', Optional = 'a type', Tensor = 'a type',
  assert_int_or_pair = 'deprecated check', boolean_dispatch = 'part of TorchScript',
  handle_torch_function = 'Python overrides', has_torch_function = 'Python overrides',
  has_torch_function_unary = 'Python overrides', has_torch_function_variadic = 'Python overrides',
}

test.case('every public name of torch.nn.functional exists', function()
  local count = 0
  for name in dofile('tests/data/functional_golden.lua').names:gmatch '%S+' do
    count = count + 1
    if not absent[name] then test.truthy(rawget(F, name), 'nn.functional.' .. name) end
  end
  test.truthy(count > 120, 'the list of names')
end)

local x = torch.ones{2, 3}

test.case('errors of arguments are one line that names function and argument', function()
  test.raises(function() F.softmax() end, "nn.functional.softmax: missing argument 'input'")
  test.raises(function() F.softmax(3) end,
    "nn.functional.softmax: argument 'input' must be a tensor, got number")
  test.raises(function() F.relu(x, true, 1) end,
    'nn.functional.relu: takes 2 positional arguments (input, inplace), got 3')
  test.raises(function() F.relu(x, 1) end,
    "nn.functional.relu: argument 'inplace' must be true or false, got number")
  test.raises(function() F.dropout(x, {traning = true}) end,
    "nn.functional.dropout: unknown option 'traning'; did you mean 'training'?")
  test.raises(function() F.dropout(x, {zzzzzzzz = true}) end, 'the options are input, p, training, inplace')
  test.raises(function() F.dropout(x, 0.5, {p = 0.5}) end,
    "nn.functional.dropout: argument 'p' is given twice")
  test.raises(function() F.dropout(x, {training = true, 1}) end, 'list part')
  test.raises(function() F.triplet_margin_with_distance_loss(x, x, x, 1) end, 'takes 3 positional arguments')
  test.raises(function() return F.sofmax end, "nn.functional has no 'sofmax': did you mean 'softmax'?")
end)

test.case('errors of values say what was expected and what came', function()
  test.raises(function() F.dropout(x, 1.5) end, 'nn.functional.dropout: p must lie between 0 and 1, got 1.5')
  test.raises(function() F.mse_loss(x, x, {reduction = 'max'}) end,
    "reduction must be 'none', 'mean' or 'sum', got 'max'")
  test.raises(function() F.mse_loss(x, x, 'sum') end,
    "argument 'size_average' must be true or false, got string")
  test.raises(function() F.interpolate(torch.ones{1, 1, 4, 4}) end,
    'either size or scale_factor is needed, got neither')
  test.raises(function() F.interpolate(torch.ones{1, 1, 4, 4}, 2, {mode = 'cubic'}) end, "got 'cubic'")
  test.raises(function() F.interpolate(torch.ones{1, 1, 4, 4}, 2, {mode = 'linear'}) end,
    'does not take an input of 4 dimensions')
  test.raises(function() F.interpolate(torch.ones{1, 1, 4, 4}, 2, {align_corners = true}) end,
    'align_corners has no meaning')
  test.raises(function() F.interpolate(torch.ones{1, 1, 4, 4}, {2}) end, 'size must be a number or 2 numbers')
  test.raises(function() F.batch_norm(torch.ones{1, 3}, nil, nil, {training = true}) end,
    'more than 1 value per channel')
  test.raises(function() F.batch_norm(torch.ones{2, 3}) end, 'running_mean and running_var are needed')
  test.raises(function() F.binary_cross_entropy(x, torch.ones{3}) end,
    'target must have the shape of input (2, 3), got (3,)')
  test.raises(function() F.grid_sample(torch.ones{1, 1, 2, 2}, torch.ones{1, 1, 1, 2}, 'cubic') end,
    "got 'cubic'")
  test.raises(function() F.affine_grid(torch.ones{1, 2, 2}, {1, 1, 2, 2}) end, 'theta must be (batch, 2, 3)')
  test.raises(function() F.embedding_bag(torch.zeros({2}, {dtype = 'int64'}), x) end,
    'offsets must be a 1-dimensional tensor')
  test.raises(function() F.gaussian_nll_loss(x, x, -x) end, 'var must not be negative')
  test.raises(function() F.max_unpool1d(torch.ones{1, 1, 2}, torch.zeros({1, 1, 2}, {dtype = 'int64'}), 2,
    {output_size = {9}}) end,
    'must lie between')
  test.raises(function() F.multi_margin_loss(x, torch.tensor{0, 1}, 3) end, 'p must be 1 or 2, got 3')
end)

test.case('in-place calls return their input', function()
  local y = torch.tensor{-1.0, 2.0}
  F.relu(y, true)
  test.equal(y:tolist(), {0.0, 2.0}, 'relu')
  F.dropout(y, {p = 1.0, inplace = true})
  test.equal(y:tolist(), {0.0, 0.0}, 'dropout')
  local out = torch.empty{2, 3}
  F.normalize(x, {out = out})
  test.close(out, x / math.sqrt(3), {rtol = 1e-6, atol = 1e-6}, 'normalize into out')
end)

test.case('gradients pass through composed functions', function()
  local a = torch.tensor({1.0, -2.0, 3.0}, {requires_grad = true})
  local gradient = torch.grad(F.gaussian_nll_loss(a, torch.zeros{3}, torch.ones{3}, {reduction = 'sum'}), {a})
  test.close(gradient, torch.tensor{1.0, -2.0, 3.0}, {rtol = 1e-6, atol = 1e-6}, 'gaussian_nll_loss')
end)
