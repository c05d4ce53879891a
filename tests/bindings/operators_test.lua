-- Tensors in Lua expressions: values, dtypes as PyTorch promotes them, comparison and length.
local test = require 'brain.test'
local torch = require 'brain.torch'

local equal, raises = test.equal, test.raises

-- Lua and PyTorch names of the types in the tables below.
local I, F, D, B = 'int64', 'float32', 'float64', 'bool'

local function check(cases)
  for _, case in ipairs(cases) do
    local label, result, dtype, list = case[1], case[2], case[3], case[4]
    equal(result.dtype, dtype, label .. ': dtype')
    equal(result:tolist(), list, label)
  end
end

local whole = torch.tensor{-7, 7, 2}
local float = torch.tensor{-1.5, 0.5, 2.0}
local flags = torch.tensor{true, false, true}
local double = torch.tensor({0.5, 1.0, 2.0}, {dtype = 'float64'})

test.case('tensor with tensor', function()
  check {
    {'+', whole + whole, I, {-14, 14, 4}}, {'-', float - double, D, {-2.0, -0.5, 0.0}},
    {'*', whole * float, F, {10.5, 3.5, 4.0}}, {'/', whole / torch.tensor{2, 2, 4}, F, {-3.5, 3.5, 0.5}},
    {'%', whole % torch.tensor{3, -3, 5}, I, {2, -2, 2}}, {'//', whole // torch.tensor{2, 2, 2}, I,
      {-4, 3, 1}},
    {'^', float ^ torch.tensor{2, 2, 3}, F, {2.25, 0.25, 8.0}}, {'float //', float // 1, F, {-2.0, 0.0, 2.0}},
    {'float %', float % torch.tensor{1.0, 1.0, 1.5}, F, {0.5, 0.5, 0.5}},
    {'bool +', flags + flags, B, {true, false, true}}, {'bool + int', flags + whole, I, {-6, 7, 3}},
    {'bool /', flags / torch.tensor{2, 2, 2}, F, {0.5, 0.0, 0.5}},
  }
end)

test.case('tensor with number on the right', function()
  check {
    {'int + int', whole + 1, I, {-6, 8, 3}}, {'int + float', whole + 1.5, F, {-5.5, 8.5, 3.5}},
    {'float + float', float + 2.5, F, {1.0, 3.0, 4.5}}, {'float + int', float + 1, F, {-0.5, 1.5, 3.0}},
    {'double * float', double * 0.5, D, {0.25, 0.5, 1.0}}, {'int - int', whole - 2, I, {-9, 5, 0}},
    {'int * float', whole * 0.5, F, {-3.5, 3.5, 1.0}}, {'int / int', whole / 2, F, {-3.5, 3.5, 1.0}},
    {'int // int', whole // 2, I, {-4, 3, 1}}, {'int // float', whole // 2.0, F, {-4.0, 3.0, 1.0}},
    {'int % int', whole % 3, I, {2, 1, 2}}, {'int % negative', whole % -3, I, {-1, -2, -1}},
    {'int ^ int', whole ^ 2, I, {49, 49, 4}}, {'int ^ float', torch.tensor{4, 9} ^ 0.5, F, {2.0, 3.0}},
    {'bool + int', flags + 1, I, {2, 1, 2}}, {'bool * float', flags * 0.5, F, {0.5, 0.0, 0.5}},
    {'half', torch.tensor({1.0}, {dtype = 'float16'}) + 1.5, 'float16', {2.5}},
    {'uint8', torch.tensor({250}, {dtype = 'uint8'}) + 10, 'uint8', {4}},
  }
end)

test.case('number on the left', function()
  check {
    {'1 + int', 1 + whole, I, {-6, 8, 3}}, {'1.5 + int', 1.5 + whole, F, {-5.5, 8.5, 3.5}},
    {'1 - float', 1 - float, F, {2.5, 0.5, -1.0}}, {'10 - int', 10 - whole, I, {17, 3, 8}},
    {'2 * int', 2 * whole, I, {-14, 14, 4}}, {'1 / int', 1 / torch.tensor{2, 4}, F, {0.5, 0.25}},
    {'3 / float', 3 / float, F, {-2.0, 6.0, 1.5}}, {'7 // int', 7 // torch.tensor{2, -2}, I, {3, -4}},
    {'7 % int', 7 % torch.tensor{4, -4}, I, {3, -1}}, {'2 ^ int', 2 ^ torch.tensor{0, 3}, I, {1, 8}},
    {'2.0 ^ int', 2.0 ^ torch.tensor{0, -1}, F, {1.0, 0.5}}, {'2 ^ float', 2 ^ torch.tensor{2.0, -1.0}, F,
      {4.0, 0.5}},
    {'1 / double', 1 / double, D, {2.0, 1.0, 0.5}},
  }
end)

test.case('booleans are numbers of dtype bool', function()
  check {
    {'int + true', whole + true, I, {-6, 8, 3}}, {'true + int', true + whole, I, {-6, 8, 3}},
    {'bool & true', flags & true, B, {true, false, true}}, {'bool | true', flags | true, B,
      {true, true, true}},
    {'false * float', false * float, F, {-0.0, 0.0, 0.0}},
  }
end)

test.case('unary minus and not', function()
  check {
    {'-int', -whole, I, {7, -7, -2}}, {'-float', -float, F, {1.5, -0.5, -2.0}},
    {'~bool', ~flags, B, {false, true, false}}, {'~int', ~whole, I, {6, -8, -3}},
  }
  raises(function() return -flags end, 'bool')
  raises(function() return ~float end, 'bitwise_not')
end)

test.case('bits', function()
  local a, b = torch.tensor{12, 10}, torch.tensor{10, 3}
  check {
    {'&', a & b, I, {8, 2}}, {'|', a | b, I, {14, 11}}, {'~', a ~ b, I, {6, 9}}, {'<<', a << 2, I, {48, 40}},
    {'>>', a >> 1, I, {6, 5}}, {'<< tensor', a << torch.tensor{1, 2}, I, {24, 40}},
      {'1 <<', 1 << torch.tensor{0, 5}, I, {1, 32}},
    {'& 8', a & 8, I, {8, 8}}, {'3 |', 3 | a, I, {15, 11}}, {'6 ~', 6 ~ a, I, {10, 12}},
    {'bool &', flags & torch.tensor{true, true, false}, B, {true, false, false}},
    {'bool |', flags | torch.tensor{false, false, false}, B, {true, false, true}},
    {'bool ~', flags ~ torch.tensor{true, true, true}, B, {false, true, false}},
    {'masks', float:gt(0) & float:lt(1), B, {false, true, false}},
  }
  raises(function() return float & 1 end, 'bitwise_and')
  raises(function() return whole << 1.5 end, 'Float')
end)

test.case('0-d tensors do not widen the dtype of a tensor with axes', function()
  check {
    {'float + 0-d double', float + torch.tensor(1.0, {dtype = D}), F, {-0.5, 1.5, 3.0}},
    {'int + 0-d float', whole + torch.tensor(0.5), F, {-6.5, 7.5, 2.5}},
    {'0-d + 0-d', torch.tensor(1) + torch.tensor(0.5, {dtype = D}), D, 1.5},
  }
end)

test.case('operands broadcast, or the error tells both shapes', function()
  equal((torch.tensor{{1}, {2}} + torch.tensor{10, 20}):tolist(), {{11, 21}, {12, 22}})
  raises(function() return torch.zeros(2) + torch.zeros(3) end,
    'size of tensor a (2) must match the size of tensor b (3)')
end)

test.case('precedence is that of Lua', function()
  equal((-float ^ 2):tolist(), {-2.25, -0.25, -4.0}, '-x^2 is -(x^2)')
  equal((2 + whole * 3 // 2):tolist(), {-9, 12, 5})
end)

test.case('division by zero', function()
  equal((torch.tensor{1.0, -1.0} / 0):tolist(), {math.huge, -math.huge})
  equal((torch.tensor{1, -1} / 0):tolist(), {math.huge, -math.huge})
  raises(function() return torch.tensor{1} // 0 end, 'ZeroDivisionError')
  raises(function() return torch.tensor{1} % 0 end, 'ZeroDivisionError')
  raises(function() return torch.tensor{2} ^ -1 end, 'negative integer powers')
end)

test.case('expressions are differentiable', function()
  local x = torch.tensor({3.0}, {requires_grad = true})
  local y = 2 * x ^ 2 - x / 4 + 1 / x
  y:backward()
  test.close(x.grad:item(), 12 - 0.25 - 1 / 9, {rtol = 1e-6})
end)

test.case('== means the same tensor', function()
  local a, b = torch.ones(2), torch.ones(2)
  equal({a == a, a == b, a ~= b, a == 1, a == nil, a == 'x'}, {true, false, true, false, false, false})
  equal(a == a:add_(1), true, 'in-place')
  local x = torch.ones(2)
  x.grad = b
  equal(x.grad == x.grad, true, 'two handles of one tensor')
  equal(torch.equal(b, torch.ones(2)), true, 'torch.equal compares elements')
end)

test.case('one-element tensors compare to a boolean', function()
  local a, b = torch.tensor(1), torch.tensor{{2.5}}
  equal({a < b, a <= b, a > b, a >= b, a <= a, a < a}, {true, true, false, false, true, false})
  equal({a < 2, a <= 0.5, 2 < b, 2.5 <= b, a > 0, 3 >= b}, {true, false, true, true, true, true})
  equal(torch.tensor(0 / 0) < 1, false, 'NaN')
end)

test.case('larger tensors do not compare; the error names the method', function()
  local a = torch.ones(3)
  raises(function() return a < a end, 'compares one-element tensors only, got [3]; use a:lt(b)')
  raises(function() return a <= 1 end, 'use a:le(b)')
  raises(function() return 1 > a end, 'use a:lt(b)')
  raises(function() return torch.empty(0) < 1 end, 'got [0]')
  raises(function() return torch.tensor(1) < 'x' end, "<: expected Tensor or number, got string 'x'")
  raises(function() return torch.tensor(1) < nil end, 'got nil')
  equal(a:lt(2):tolist(), {true, true, true})
end)

test.case('# is the size of the first axis', function()
  equal({#torch.zeros(3, 2), #torch.zeros(0), #torch.zeros(1)}, {3, 0, 1})
  raises(function() return #torch.tensor(1) end, '#: a 0-d tensor has no length')
end)

test.case('other operands are refused', function()
  local t = torch.ones(2)
  raises(function() return t + 'x' end, "+: expected Tensor or number, got string 'x'")
  raises(function() return '3' * t end, "*: expected Tensor or number, got string '3'")
  raises(function() return t - nil end, '-: expected Tensor or number, got nil')
  raises(function() return {} / t end, '/: expected Tensor or number, got table')
  raises(function() return t ^ 'x' end, "^: expected Tensor or number, got string 'x'")
  raises(function() return {} ^ t end, '^: expected Tensor or number, got table')
  raises(function() return t // print end, '//: expected Tensor or number, got function')
  raises(function() return t % torch.null end, '%: expected Tensor or number, got null')
  raises(function() return t & 'x' end, "&: expected Tensor or number, got string 'x'")
  raises(function() return t .. 'x' end, 'concatenate')
end)
