-- t[...] with integers, text, masks, lists and tables of them: reading, assigning, and what is refused.
local test = require 'brain.test'
local torch = require 'brain.torch'

local equal, raises = test.equal, test.raises

local function matrix() return torch.arange(12):view(3, 4) end     -- 0..11 in three rows
local function cube() return torch.arange(24):view(2, 3, 4) end

-- Cases of {index, expected list}; the shape is told by the list.
local function read(tensor, cases)
  for n, case in ipairs(cases) do
    local label = type(case[1]) == 'string' and case[1] or 'case ' .. n
    equal(tensor[case[1]]:tolist(), case[2], label)
  end
end

test.case('an integer selects, from 0 or from the end', function()
  read(matrix(), {{0, {0, 1, 2, 3}}, {2, {8, 9, 10, 11}}, {-1, {8, 9, 10, 11}}, {-3, {0, 1, 2, 3}},
    {1.0, {4, 5, 6, 7}}})
  equal(matrix()[1][2]:item(), 6, 'one after the other')
  equal(matrix()[-1][-1]:item(), 11)
end)

test.case('text is Python index text', function()
  read(matrix(), {
    {'1', {4, 5, 6, 7}}, {'-1', {8, 9, 10, 11}}, {'1,2', 6}, {'0:2', {{0, 1, 2, 3}, {4, 5, 6, 7}}},
    {'1:', {{4, 5, 6, 7}, {8, 9, 10, 11}}}, {':1', {{0, 1, 2, 3}}}, {':', matrix():tolist()},
    {':, 1', {1, 5, 9}}, {':, -1', {3, 7, 11}}, {':, ::2', {{0, 2}, {4, 6}, {8, 10}}},
      {':, 1::2', {{1, 3}, {5, 7}, {9, 11}}},
    {'-2:, 0', {4, 8}}, {':-1, 0', {0, 4}}, {'::2, 1:4:2', {{1, 3}, {9, 11}}}, {'1:100, 0', {4, 8}},
      {'2:1', {}},
    {'...', matrix():tolist()}, {'..., 0', {0, 4, 8}}, {'0, ...', {0, 1, 2, 3}}, {'...,1:2', {{1}, {5}, {9}}},
    {'  1 ,  : ', {4, 5, 6, 7}}, {'1,', {4, 5, 6, 7}}, {'1 : 2 , 0', {4}}})
  read(cube(), {{'1, ..., 0', {12, 16, 20}}, {'..., 0', {{0, 4, 8}, {12, 16, 20}}},
    {':, 1:3, ::2, ...', {{{4, 6}, {8, 10}}, {{16, 18}, {20, 22}}}}})
end)

test.case('None and torch.null make a new axis', function()
  local t = torch.arange(3)
  for index, shape in pairs {['None'] = {1, 3}, ['None, :'] = {1, 3}, [':, None'] = {3, 1},
    ['None, ..., None'] = {1, 3, 1}} do
    test.truthy(t[index].shape == shape, index)
  end
  test.truthy(t[torch.null].shape == {1, 3}, 'torch.null')
  test.truthy(t[{':', torch.null}].shape == {3, 1}, 'torch.null in a table')
  test.truthy(t[{'None', 'None', '1:'}].shape == {1, 1, 2}, 'text in a table')
end)

test.case('a table is the index tuple', function()
  local mask = torch.tensor{true, false, true}
  read(matrix(), {
    {{1}, {4, 5, 6, 7}}, {{1, 2}, 6}, {{0, '1:3'}, {1, 2}}, {{':', 0}, {0, 4, 8}}, {{'...', 1}, {1, 5, 9}},
      {{-1, -1}, 11},
    {{1.0, 2.0}, 6}, {{'1:', '::3'}, {{4, 7}, {8, 11}}}, {{mask, 1}, {1, 9}},
      {{mask, '1:3'}, {{1, 2}, {9, 10}}},
    {{}, matrix():tolist()}})
  equal(cube()[{0, '1:3', torch.tensor{true, false, false, true}}]:tolist(), {{4, 7}, {8, 11}}, 'three kinds')
  equal(cube()[{0, '1,2'}]:item(), 6, 'text with two items')
end)

test.case('an inner table is an index list', function()
  read(matrix(), {
    {{{2, 0}}, {{8, 9, 10, 11}, {0, 1, 2, 3}}}, {{{-1}}, {{8, 9, 10, 11}}},
      {{':', {3, 0}}, {{3, 0}, {7, 4}, {11, 8}}},
    {{{0, 2}, {1, 3}}, {1, 11}}, {{{2, 2, 2}, 0}, {8, 8, 8}}, {{{0.0, 2.0}, 0}, {0, 8}},
    {{{{0, 1}, {1, 2}}, 0}, {{0, 4}, {4, 8}}}, {{{true, false, true}, 0}, {0, 8}}, {{{}}, {}}})
  test.truthy(matrix()[{{}}].shape == {0, 4}, 'an empty list')
  equal(matrix()[{':', {3, 0}}], matrix():index_select(1, torch.tensor{3, 0}), 'index_select')
end)

test.case('tensors index: masks and integers', function()
  local t = matrix()
  equal(t[t:gt(8)]:tolist(), {9, 10, 11}, 'a mask of the whole')
  equal(t[torch.tensor{false, true, false}]:tolist(), {{4, 5, 6, 7}}, 'a mask of rows')
  equal(t[{':', torch.tensor{true, false, false, true}}]:tolist(), {{0, 3}, {4, 7}, {8, 11}},
    'a mask of columns')
  for _, dtype in ipairs {'int64', 'int32', 'int16', 'int8'} do
    equal(t[torch.tensor({2, -3}, {dtype = dtype})]:tolist(), {{8, 9, 10, 11}, {0, 1, 2, 3}}, dtype)
  end
  equal(t[torch.tensor{{0}, {1}}].shape, torch.empty(2, 1, 4).shape, 'a matrix of rows')
  equal(t[{torch.tensor{{0}, {2}}, torch.tensor{1, 3}}]:tolist(), {{1, 3}, {9, 11}},
    'broadcast against each other')
  equal(t[torch.tensor(1)]:tolist(), {4, 5, 6, 7}, 'a 0-d tensor is an integer')
end)

test.case('a boolean adds an axis of one or none', function()
  test.truthy(matrix()[true].shape == {1, 3, 4}, 'true')
  test.truthy(matrix()[false].shape == {0, 3, 4}, 'false')
  test.truthy(matrix()['True, 0'].shape == {1, 4}, 'in text')
end)

test.case('0-d tensors have nothing to select', function()
  local t = torch.tensor(5)
  equal(t[{}]:item(), 5)
  equal(t['...']:item(), 5)
  equal(t['None']:tolist(), {5})
  equal(t[true]:tolist(), {5})
  for _, index in ipairs {0, '0', {0}} do
    raises(function() return t[index] end, '0-d tensor has no elements')
  end
end)

test.case('slices are views, lists and masks are copies', function()
  local t = matrix()
  t[0]:fill_(-1)
  t['1:, 0']:fill_(-2)
  t[{'...', '3:'}]:add_(100)
  equal(t:tolist(), {{-1, -1, -1, 99}, {-2, 5, 6, 107}, {-2, 9, 10, 111}})
  t[{{0, 1}}]:fill_(0)
  t[t:gt(0)]:fill_(0)
  equal(t:tolist(), {{-1, -1, -1, 99}, {-2, 5, 6, 107}, {-2, 9, 10, 111}})
end)

-- The elements after t[index] = value, on zeros of 2 x 3.
local function assigned(index, value)
  local t = torch.zeros(2, 3)
  t[index] = value
  return t:tolist()
end

test.case('numbers and booleans are assigned to every form', function()
  equal(assigned(0, 1), {{1.0, 1.0, 1.0}, {0.0, 0.0, 0.0}}, 'integer')
  equal(assigned(-1, 1.5), {{0.0, 0.0, 0.0}, {1.5, 1.5, 1.5}}, 'negative integer')
  equal(assigned('0, 1', 2), {{0.0, 2.0, 0.0}, {0.0, 0.0, 0.0}}, 'text')
  equal(assigned(':, ::2', true), {{1.0, 0.0, 1.0}, {1.0, 0.0, 1.0}}, 'a boolean')
  equal(assigned({1, '1:'}, 3), {{0.0, 0.0, 0.0}, {0.0, 3.0, 3.0}}, 'table')
  equal(assigned({':', {0, 2}}, 4), {{4.0, 0.0, 4.0}, {4.0, 0.0, 4.0}}, 'list')
  equal(assigned({torch.tensor{true, false}, 1}, 5), {{0.0, 5.0, 0.0}, {0.0, 0.0, 0.0}}, 'mask')
  equal(assigned('...', 6), {{6.0, 6.0, 6.0}, {6.0, 6.0, 6.0}}, 'everything')
  equal(assigned({}, 7), {{7.0, 7.0, 7.0}, {7.0, 7.0, 7.0}}, 'the empty tuple')
  local t = torch.tensor(1)
  t[{}] = 8
  equal(t:item(), 8, '0-d')
end)

test.case('tensors and tables are assigned, broadcast and converted', function()
  equal(assigned(0, torch.tensor{1, 2, 3}), {{1.0, 2.0, 3.0}, {0.0, 0.0, 0.0}}, 'a tensor of another dtype')
  equal(assigned(':', torch.tensor{1.0, 2.0, 3.0}), {{1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}}, 'broadcast')
  equal(assigned(':, 0', {4, 5}), {{4.0, 0.0, 0.0}, {5.0, 0.0, 0.0}}, 'a table')
  equal(assigned({{1, 0}, {0, 2}}, {7, 8}), {{0.0, 0.0, 8.0}, {7.0, 0.0, 0.0}}, 'a table to listed elements')
  equal(assigned(torch.tensor{{true, false, true}, {false, false, true}}, {1, 2, 3}),
    {{1.0, 0.0, 2.0}, {0.0, 0.0, 3.0}}, 'a mask')
  equal(assigned(1, torch.tensor(9.5)), {{0.0, 0.0, 0.0}, {9.5, 9.5, 9.5}}, 'a 0-d tensor')
  equal(assigned('1', {{1, 2, 3}}), {{0.0, 0.0, 0.0}, {1.0, 2.0, 3.0}}, 'leading axes of one')
end)

test.case('assignment reaches through views and keeps gradients', function()
  local t = matrix()
  t[1]['1:3'] = 0
  equal(t[1]:tolist(), {4, 0, 0, 7})
  local x = torch.ones({3}, {requires_grad = true})
  local y = x * 2
  y[0] = 0
  y:sum():backward()
  equal(x.grad:tolist(), {0.0, 2.0, 2.0})
end)

test.case('indexing is differentiable', function()
  local x = torch.ones({3}, {requires_grad = true})
  x[{{0, 0, 2}}]:sum():backward()
  equal(x.grad:tolist(), {2.0, 0.0, 1.0})
end)

test.case('wrong index text is refused', function()
  local t = matrix()
  raises(function() return t['1 2'] end, "index '1 2': expected integers, slices, '...' or None")
  for _, text in ipairs {',', ',1', '1,,2', '1:a', '1:2:3:4', '1.5', '[0]', 'a,b', '- 1',
    '99999999999999999999'} do
    raises(function() return t[text] end, "index '" .. text .. "': expected integers")
  end
  for _, text in ipairs {'::0', '::-1', '2:0:-1'} do
    raises(function() return t[text] end, 'a slice step must be positive (torch.flip reverses)')
  end
  raises(function() return t['0,0,0'] end, 'too many indices')
end)

test.case('an index out of range is refused', function()
  local t = matrix()
  raises(function() return t[3] end, 'index 3 out of range')
  raises(function() return t[-4] end, 'index -4 out of range')
  raises(function() return t['0, 4'] end, 'index 4 is out of bounds for dimension')
  raises(function() return t[{{0, 3}}] end, 'index 3 is out of bounds for dimension 0 with size 3')
  raises(function() return t[torch.tensor{true, false}] end, 'shape of the mask [2]')
  raises(function() t[3] = 0 end, 'index 3 is out of bounds')
end)

test.case('what cannot be an index is refused', function()
  local t = matrix()
  raises(function() return t[1.5] end, 'index: expected integer, got number 1.5')
  raises(function() return t[{0, 1.5}] end, 'index: expected integer, got number 1.5')
  raises(function() return t[{{0, 1.5}}] end, 'a number that is no integer')
  raises(function() return t[torch.tensor{1.0}] end, 'tensors used as indices must be')
  raises(function() return t[print] end,
    'index: expected integer, index text, Tensor, list or torch.null, got function')
  raises(function() return t[nil] end, 'got nil')
  raises(function() return t[{0, nil, 1}] end, 'got nil')
  raises(function() return t[{dim = 0}] end, 'expected a list, found named options')
  raises(function() return t[{{1, 'x'}}] end, "[2]: expected a number, found string 'x'")
end)

test.case('an identifier is a member, not an index', function()
  raises(function() return matrix()['abc'] end, "Tensor has no member 'abc'")
  raises(function() return matrix()['sahpe'] end, "did you mean 'shape'?")
  raises(function() return matrix()[''] end, "Tensor has no member ''")
end)

test.case('what cannot be assigned is refused', function()
  local t = matrix()
  raises(function() t[0] = 'x' end, "assignment: expected number, boolean, Tensor or table, got string 'x'")
  raises(function() t[0] = nil end, 'got nil')
  raises(function() t[0] = {1, 2} end, 'must match the existing size (2)')
  raises(function() t[0] = {1, 'x'} end, "assignment: [2]: expected a number, found string 'x'")
  raises(function() t[0] = {a = 1} end, 'got table')
  raises(function() t.colour = 1 end, "a Tensor's member 'colour' cannot be set")
  raises(function() torch.ones({2}, {requires_grad = true})[0] = 1 end, 'leaf')
end)

test.case('pairs gives 0-based index and row', function()
  local seen = {}
  for i, row in pairs(torch.tensor{{1, 2}, {3, 4}}) do seen[#seen + 1] = {i, row:tolist()} end
  equal(seen, {{0, {1, 2}}, {1, {3, 4}}})
  for _ in pairs(torch.empty(0, 2)) do error 'an empty tensor has no rows' end
  for _, row in pairs(torch.zeros(1)) do equal(row:dim(), 0, 'rows of a vector are 0-d') end
  local t = torch.zeros(2)
  for i, row in pairs(t) do row:fill_(i + 1) end
  equal(t:tolist(), {1.0, 2.0}, 'rows are views')
  raises(function() for _ in pairs(torch.tensor(1)) do end end, 'pairs: a 0-d tensor has no rows')
end)

test.case('ipairs names pairs', function()
  raises(function() for _ in ipairs(torch.zeros(2)) do end end,
    'ipairs: a Tensor counts from 0; use pairs(t)')
end)
