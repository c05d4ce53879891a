-- Operators give Python's values: functions, methods, keyword arguments, lists, several results, types.
local test = require 'brain.test'
local torch = require 'brain.torch'
local golden = dofile 'tests/bindings/golden.lua'

for _, topic in ipairs{'elementwise', 'reductions', 'shapes', 'factories', 'linalg', 'special'} do
  golden.run('tests/data/operator_golden_' .. topic .. '.lua')
end

test.case('in-place operators change and return their tensor', function()
  local x = torch.tensor{1.0, 2.0}
  local same = x:add_(1)
  test.equal(x:tolist(), {2.0, 3.0}, 'changed')
  test.truthy(same == x or same:data_ptr() == x:data_ptr(), 'the same memory')
  x:mul_(torch.tensor{2.0, 2.0}):sub_(1)
  test.equal(x:tolist(), {3.0, 5.0}, 'chained')
end)

test.case('out= writes into the tensor that is given', function()
  local a, b, out = torch.tensor{1.0, 2.0}, torch.tensor{3.0, 4.0}, torch.zeros{2}
  torch.add(a, b, {out = out})
  test.equal(out:tolist(), {4.0, 6.0}, 'add')
  torch.mul(a, b, {out = out})
  test.equal(out:tolist(), {3.0, 8.0}, 'mul')
end)

test.case('views share memory', function()
  local x = torch.zeros{2, 3}
  x:select(0, 1):fill_(5)
  x:t():narrow(0, 0, 1):add_(1)
  test.equal(x:tolist(), {{1.0, 0.0, 0.0}, {6.0, 5.0, 5.0}}, 'select, t, narrow')
end)
