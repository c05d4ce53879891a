-- Values on which operators of LibTorch end the process or never end are refused; what calculations need is
-- not.
local test = require 'brain.test'
local torch = require 'brain.torch'

local function ints(values) return torch.tensor(values, {dtype = 'int64'}) end
local far = 1 << 40

test.case('lists have a number for each axis', function()
  local x = torch.ones(1, 2, 4, 4, 4)
  test.raises(function() torch.reflection_pad3d(x, {}) end, 'reflection_pad3d: padding: expected 6 numbers, got 0')
  test.equal(torch.reflection_pad3d(x, {1, 1, 0, 0, 0, 0}).shape, {1, 2, 4, 4, 6})
  test.raises(function() torch.slow_conv3d(x, torch.ones(3, 2, 2, 2, 2), {2, 2, 2}, nil, {stride = {}}) end,
    'slow_conv3d: stride: expected 3 numbers, got 0')
end)

test.case('numbers of pieces, layers, degrees and terms have limits', function()
  local x = torch.ones{2, 4}
  test.raises(function() x:tensor_split(far) end, 'tensor_split: sections: expected 1 to 4194304, got 1099511627776')
  test.raises(function() torch.combinations(torch.ones{3}, far) end, 'combinations: r: expected 0 to 64')
  test.raises(function() torch.special.laguerre_polynomial_l(x, far) end, 'special_laguerre_polynomial_l: n: expected')
  test.raises(function() torch.special.legendre_polynomial_p(x, torch.full({2, 4}, far)) end, 'n: expected')
  test.raises(function() x:random_(0, math.maxinteger) end, 'random_: to: expected')
  local weights = {torch.rand(16, 3), torch.rand(16, 4), torch.rand(16), torch.rand(16)}
  local state = {torch.zeros{1, 2, 4}, torch.zeros{1, 2, 4}}
  test.raises(function() torch.lstm(torch.rand(5, 2, 3), state, weights, true, far, 0.0, false, false, false) end,
    'lstm: num_layers: expected 1 to 4096')
  test.raises(function() torch.linalg.matrix_power(torch.eye(2), math.mininteger) end, 'n: expected')
  test.raises(function() torch.binomial(torch.tensor{0 / 0}, torch.tensor{0.5}) end, 'binomial: count: expected 0 to')
  test.raises(function() torch.range(1, 9, 0.5, {dtype = 'int64'}) end, 'range: step: expected 1 or more for integers')
  test.raises(function() torch.empty(0, far):unbind(1) end, 'unbind: number of pieces: expected 0 to 4194304')
  test.equal(#x:tensor_split(2), 2, 'two sections')
  test.equal(x:tensor_split({1}, 1)[2].shape[2], 3, 'at an index')
  test.close(torch.special.laguerre_polynomial_l(torch.tensor{1.0}, 2), torch.tensor{-0.5}, {rtol = 1e-6}, 'Laguerre')
  test.equal(torch.randint(0, math.maxinteger, {2}).dtype, 'int64', 'seeds')
  test.truthy(torch.zeros({3}, {dtype = 'int64'}):random_(0, math.maxinteger), 'integers up to the largest')
end)

test.case('indices that are read unchecked are checked', function()
  local scores = torch.zeros{6, 2, 5}:log_softmax(2)
  local function ctc(targets) return torch.ctc_loss(scores, targets, {6, 6}, {2, 1}) end
  test.raises(function() ctc(ints{{1, far}, {3, 4}}) end, 'ctc_loss: targets: expected 0 to 4, got 1099511627776')
  test.raises(function() ctc(ints{{1, -1}, {3, 4}}) end, 'ctc_loss: targets: expected 0 to 4, got -1')
  test.raises(function() torch.ctc_loss(scores, ints{1, 2, 9}, ints{6, 6}, ints{2, 1}) end, 'got 9')
  test.equal(ctc(ints{{1, 2}, {3, -1}}), ctc(ints{{1, 2}, {3, 0}}), 'padding may be anything')
  local data = torch.ones{5, 2}
  local function sums(options) return torch.segment_reduce(data, 'sum', options) end
  test.raises(function() sums{offsets = ints{0, far}} end, 'segment_reduce: offsets: expected 0 to 5')
  test.raises(function() sums{offsets = ints{0, 4, 2}} end, 'steps of offsets: expected 0 or more, got -2')
  test.raises(function() sums{lengths = ints{far}, unsafe = true} end, 'unsafe: expected false')
  test.equal(sums{offsets = ints{0, 2, 5}}:tolist(), {{2.0, 2.0}, {3.0, 3.0}}, 'segments')
  test.raises(function() torch.embedding_bag(torch.ones{5, 3}, ints{0, 1}, ints{0, -far}) end, 'embedding_bag: offsets: expected 0 to 2')
  test.raises(function() torch.linalg.eigvals(torch.full({3, 3}, 0 / 0)) end, 'expected finite numbers')
end)

test.case('states and weights of lstm must have their shapes', function()
  local function lstm(options)
    local weights = options.weights or {torch.ones{16, 3}, torch.ones{16, 4}, torch.ones{16}, torch.ones{16}}
    local h, c = options.h or torch.zeros{1, 2, 4}, options.c or torch.zeros{1, 2, 4}
    return torch.lstm(torch.ones{5, 2, 3}, {h, c}, weights, true, 1, 0.0, false, false, false)
  end
  test.equal((lstm{}).shape, torch.empty{5, 2, 4}.shape, 'output')
  test.raises(function() lstm{h = torch.zeros{1, 1, 4}} end, 'lstm: hx[1]: expected shape [1, 2, 4], got [1, 1, 4]')
  test.raises(function() lstm{weights = {torch.ones{1, 1}, torch.ones{16, 4}, torch.ones{16}, torch.ones{16}}} end,
    'lstm: params[1]: expected shape [16, 3], got [1, 1]')
  test.raises(function() lstm{c = torch.zeros({1, 2, 4}, {dtype = 'float64'})} end,
    'lstm: hx[2]: expected CPUFloatType as the input, got CPUDoubleType')
  local projected = {torch.ones{16, 3}, torch.ones{16, 2}, torch.ones{16}, torch.ones{16}, torch.ones{2, 4}}
  test.equal((lstm{h = torch.zeros{1, 2, 2}, weights = projected}).shape[3], 2, 'projected output')
end)

test.case('sparse tensors are checked when they are made', function()
  local values = torch.ones{2}
  test.raises(function() torch.sparse_coo_tensor(ints{{0, 1}, {0, far}}, values, {2, 3}) end, 'sparse_coo_tensor: ')
  test.raises(function() torch.sparse_csr_tensor(ints{0, 1, 2}, ints{0, far}, values, {2, 3}) end, 'sparse_csr_tensor: ')
  test.equal(torch.sparse_coo_tensor(ints{{0, 1}, {0, 2}}, values, {2, 3}):to_dense():tolist(),
    {{1.0, 0.0, 0.0}, {0.0, 0.0, 1.0}}, 'a valid one')
end)

test.case('the blocks of an ldl factorisation are whole', function()
  local factors, pivots = torch.linalg.ldl_factor(torch.tensor{{0.0, 1.0}, {1.0, 0.0}})
  test.equal(pivots:tolist(), {-2, -2}, 'one block of two rows')
  test.equal(torch.linalg.ldl_solve(factors, pivots, torch.tensor{{2.0}, {3.0}}):tolist(), {{3.0}, {2.0}})
  for _, wrong in ipairs {{-1, -1, -1}, {-1, 2, 3}, {1, 2, -3}} do
    test.raises(function() torch.linalg.ldl_solve(torch.eye(3), torch.tensor(wrong, {dtype = 'int32'}), torch.ones(3, 1)) end,
      'linalg_ldl_solve: pivots: expected negative ones in pairs, got a single -')
  end
end)

test.case('tensors of out= are different ones', function()
  local one = torch.empty{0}
  test.raises(function() torch.svd(torch.ones{2, 2}, {out = {one, one, one}}) end, 'svd: out: tensors 1 and 2 are the same')
end)

test.case('an out= tensor that could not grow is empty afterwards', function()
  local before = torch.set_memory_limit(1 << 24)
  local out = torch.ones{2, 3}
  local ok, message = pcall(torch.zeros, {1 << 16, 1 << 16}, {out = out})
  torch.set_memory_limit(before)
  test.truthy(not ok and message:find 'out of memory', 'the error')
  test.equal(out:numel(), 0, 'elements')
  torch.add(torch.ones{2}, torch.ones{2}, {out = out})
  test.equal(out:tolist(), {2.0, 2.0}, 'it serves again')
end)
