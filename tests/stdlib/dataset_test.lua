-- Data sets and loaders: views, splits that keep groups together, batches in a fixed order.
local test = require 'brain.test'

local function numbers(n)
  local labels, names = {}, {}
  for i = 0, n - 1 do
    labels[i + 1] = i // 2
    names[i + 1] = ('s%02d'):format(i)
  end
  return data.tensors {x = torch.arange(n):to 'float32':reshape(n, 1), concept = labels, labels = names}
end

local function list(ds) return ds:numbers():tolist() end

test.case('columns, rows and views', function()
  local ds = numbers(10)
  test.equal(#ds, 10)
  test.equal(ds:columns(), {'concept', 'labels', 'x'})
  local batch = ds:rows {3, 1}
  test.equal(batch.index:tolist(), {3, 1})
  test.equal(batch.x:reshape(-1):tolist(), {3.0, 1.0})
  test.equal(batch.labels, {'s03', 's01'})
  local view = ds:subset {8, 2, 5}
  test.equal(view:rows({1, 2}).index:tolist(), {2, 5})
  test.equal(view:column 'labels', {'s08', 's02', 's05'})
  test.equal(list(view:subset(torch.tensor {true, false, true})), {8, 5})
  test.equal(list(ds:select {'s07', 's00'}), {7, 0})
  test.equal(list(ds:select({4, 1}, {by = 'concept'})), {8, 9, 2, 3})
  test.raises(function() ds:subset {10} end, 'sample 10 is outside of 0 to 9')
  test.raises(function() ds:select {'s077'} end, "no sample has labels 's077', did you mean 's07'?")
  test.raises(function() ds:column 'y' end, "no column 'y'")
  test.raises(function() data.tensors {a = torch.zeros(3), b = {1, 2}} end, "expected 3 samples in 'b' as in 'a', found 2")
end)

test.case('a map adds columns', function()
  local ds = numbers(4):map(function(batch) return {y = batch.x * 2} end)
  test.equal(ds:subset({3}):rows({0}).y:item(), 6.0)
  test.equal(ds:is_deterministic(), false)
  test.equal(numbers(4):map(function() return {} end, {deterministic = true}):is_deterministic(), true)
end)

test.case('splits are disjoint, cover, and keep groups', function()
  local ds = numbers(20)
  local a, b, c = ds:split {0.5, 0.3, 0.2, seed = 3}
  test.equal({#a, #b, #c}, {10, 6, 4})
  local seen = {}
  for _, part in ipairs {a, b, c} do
    for _, i in ipairs(list(part)) do
      test.truthy(not seen[i])
      seen[i] = true
    end
  end
  test.equal(#seen + (seen[0] and 1 or 0), 20)
  test.equal(list((ds:split {0.5, 0.5, seed = 3})), list((ds:split {0.5, 0.5, seed = 3})))
  local train, held = ds:split {0.7, 0.3, by = 'concept', seed = 1}
  local of = {}
  for _, concept in ipairs(train:column 'concept') do of[concept] = 'train' end
  for _, concept in ipairs(held:column 'concept') do test.equal(of[concept], nil) end
  test.equal({#train, #held}, {14, 6})
  test.raises(function() ds:split {0.8, 0.4} end, 'expected fractions with a sum of at most 1')
  test.raises(function() ds:split {0.8, sed = 1} end, "unknown option 'sed', did you mean 'seed'?")
end)

test.case('every group is tested once, unseen', function()
  local ds, tested = numbers(24), {}
  for train, validation, held in ds:folds {k = 4, by = 'concept', seed = 2} do
    test.equal(#train + #validation + #held, 24)
    local seen = {}
    for _, part in ipairs {train, validation} do
      for _, concept in ipairs(part:column 'concept') do seen[concept] = true end
    end
    for _, concept in ipairs(held:column 'concept') do test.equal(seen[concept], nil) end
    for _, i in ipairs(list(held)) do
      test.truthy(not tested[i])
      tested[i] = true
    end
  end
  for i = 0, 23 do test.truthy(tested[i]) end
  test.raises(function() ds:folds {k = 2} end, 'expected at least 3')
end)

test.case('a loader visits every sample once, shuffled by seed and epoch', function()
  local ds = numbers(10)
  local function visits(loader, epoch)
    local all = {}
    for batch in loader:batches(epoch) do
      for _, i in ipairs(batch.index:tolist()) do all[#all + 1] = i end
    end
    return all
  end
  local plain = data.loader(ds, {batch = 4})
  test.equal(#plain, 3)
  test.equal(visits(plain, 0), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  local mixed = data.loader(ds, {batch = 4, shuffle = true, seed = 5})
  local first, second = visits(mixed, 0), visits(mixed, 1)
  test.truthy(table.concat(first, ' ') ~= table.concat(second, ' '))
  test.equal(visits(mixed, 0), first)
  table.sort(first)
  test.equal(first, visits(plain, 0))
  test.equal(#data.loader(ds, {batch = 4, drop_last = true}), 2)
  local count = 0
  for batch in plain do count = count + batch.x:size(0) end
  for batch in plain do count = count + batch.x:size(0) end
  test.equal(count, 20)
  local rest = {}
  for batch in plain:batches(0, {first = 3}) do rest = batch.index:tolist() end
  test.equal(rest, {8, 9})
  test.raises(function() data.loader(ds, {bach = 4}) end, "unknown option 'bach', did you mean 'batch'?")
end)
