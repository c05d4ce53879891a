-- What the tests of layers compare with their golden files.
local test = require 'brain.test'
local torch = require 'brain.torch'

local expect = {}

-- A tensor as tests/data/golden.py writes it: 'float32 [2 3] numbers'.
function expect.tensor(got, text, label)
  local dtype, shape, numbers = text:match '^(%w+) %[(.-)%] (.*)$'
  local sizes, values = {}, {}
  for size in shape:gmatch '%S+' do sizes[#sizes + 1] = tonumber(size) end
  for number in numbers:gmatch '%S+' do values[#values + 1] = tonumber(number) end
  test.close(got, torch.tensor(values, {dtype = dtype}):view(sizes), {rtol = 1.3e-6, atol = 1e-5}, label)
end

-- The first four numbers, the sum of all, and the sum of all times 0, 1, 2, ..., as the files hold them.
function expect.summary(tensor, text, label)
  local flat = tensor:detach():to('float64'):reshape{-1}
  local got = flat['0:4']:tolist()
  got[#got + 1] = flat:sum():item()
  got[#got + 1] = (flat * torch.arange(flat:numel(), {dtype = 'float64'})):sum():item()
  local i = 0
  for word in text:gmatch '%S+' do
    i = i + 1
    test.close(got[i], tonumber(word), {rtol = 1e-5, atol = 2e-5}, label .. ', figure ' .. i)
  end
  test.equal(i, #got, label)
end

-- Tensors by name against a list of {name, summary}, in any order.
function expect.same_names(list, expected, label)
  local count = 0
  for _ in pairs(list) do count = count + 1 end
  test.equal(count, #expected, label .. ': how many')
  for _, item in ipairs(expected) do
    test.truthy(list[item[1]], label .. ' has no ' .. item[1])
    expect.summary(list[item[1]], item[2], label .. ' ' .. item[1])
  end
end

-- The same in the order of pairs(list).
function expect.same_order(list, expected, label)
  local i = 0
  for name in pairs(list) do
    i = i + 1
    test.equal(name, expected[i] and expected[i][1], label)
  end
  expect.same_names(list, expected, label)
end

return expect
