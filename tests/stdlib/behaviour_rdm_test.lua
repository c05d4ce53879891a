-- Judgements as RDMs, against counts by hand and closed forms.
local test = require 'brain.test'

local function with_file(extension, text, fn)
  local base = os.tmpname()
  local path = base .. extension
  local out = assert(io.open(path, 'wb'))
  out:write(text)
  out:close()
  local ok, message = pcall(fn, path)
  os.remove(base)
  os.remove(path)
  if not ok then error(message, 0) end
end

local nan = 0 / 0

test.case('triplets of numbers, the odd one out last', function()
  -- 0 1 | 2 twice, 0 2 | 1 once, 1 3 | 0 once
  local given = torch.tensor {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {1, 3, 0}}
  local choices = data.triplets(given)
  test.equal(#choices, 4)
  test.equal(choices.n, 4)
  -- pairs 01: together 2 of 4 times shown; 02: 1 of 3; 03: 0 of 1; 12: 0 of 3; 13: 1 of 1; 23 never
  test.close(choices:rdm():vectors(), torch.tensor({{0.5, 2 / 3, 1, 1, 0, nan}}, {dtype = 'float64'}))
  test.equal(data.triplets(given + 1, {base = 1}).triplets, given)
  with_file('.txt', '0 1 2\n1 0 2\n0 2 1\n1 3 0\n', function(path) test.equal(data.triplets(path).triplets, given) end)
  test.raises(function() data.triplets(given, {images = 3}) end, '3 is none of the 3 images; base = 1 counts them from 1')
  test.raises(function() data.triplets(torch.tensor {{0, 0, 1}}) end, 'row 1: an image with itself')
  test.raises(function() data.triplets(torch.tensor {{0, 1, 1 << 40}}) end, 'expected 2 to 50000 images, found 1099511627777')
  with_file('.txt', '0 1 2\n1 0\n', function(path)
    test.raises(function() data.triplets(path) end, "line 2: expected three numbers, found '1 0'")
  end)
  test.raises(function() data.triplets(torch.zeros(3, 2)) end, 'expected triplets [n, 3], the odd one out last, found {3, 2}')
end)

test.case('a table of three images and a choice', function()
  local text = 'subject,image1,image2,image3,choice\na,cat,dog,pea,3\na,pea,cat,dog,1\nb,dog,pea,cat,2\nb,cat,pea,dog,1\n'
  with_file('.csv', text, function(path)
    local choices = data.triplets(path)
    test.equal(choices.labels, {'cat', 'dog', 'pea'})
    test.equal(choices.triplets:tolist(), {{0, 1, 2}, {0, 1, 2}, {1, 0, 2}, {2, 1, 0}})
    local rdm = choices:rdm()
    test.equal(rdm.labels, {'cat', 'dog', 'pea'})
    test.close(rdm:vectors(), torch.tensor({{0.25, 1, 0.75}}, {dtype = 'float64'}))
    test.close(choices:rdm{by = 'subject'}:vectors(), torch.tensor({{0, 1, 1}, {0.5, 1, 0.5}}, {dtype = 'float64'}))
    local named = data.triplets({image1 = {'cat'}, image2 = {'dog'}, image3 = {'pea'}, choice = {'dog'}}, {images = {'pea', 'dog', 'cat'}})
    test.equal(named.triplets:tolist(), {{2, 0, 1}})
    test.raises(function() data.triplets(path, {choice = 'odd'}) end, 'expected a column odd, found choice, image1, image2, image3, subject')
    test.raises(function() data.triplets({image1 = {1}, image2 = {2}, image3 = {3}, choice = {4}}) end, 'choice: expected 1, 2 or 3')
  end)
end)

test.case('choices drawn from an embedding give its probabilities', function()
  -- Every triplet of 5 images as often as its probability times 1000: the RDM is 1 - the mean over the third image.
  torch.manual_seed(3)
  local s = torch.randn(5, 3):matmul(torch.randn(3, 5)) * 0.3
  s = s + s.T
  local list, expected, counts = {}, torch.zeros({5, 5}, {dtype = 'float64'}), torch.zeros({5, 5}, {dtype = 'float64'})
  for i = 0, 4 do for j = i + 1, 4 do for k = j + 1, 4 do
    local weight = {math.exp(s[{i, j}]:item()), math.exp(s[{i, k}]:item()), math.exp(s[{j, k}]:item())}
    local all = {{i, j, k}, {i, k, j}, {j, k, i}}
    local total, left = weight[1] + weight[2] + weight[3], 1000
    for c, one in ipairs(all) do
      local times = c == 3 and left or math.floor(1000 * weight[c] / total + 0.5)
      left = left - times
      for _ = 1, times do list[#list + 1] = one end
      expected[{one[1], one[2]}] = expected[{one[1], one[2]}] + times / 1000
      counts[{one[1], one[2]}] = counts[{one[1], one[2]}] + 1
    end
  end end end
  local at = torch.triu_indices(5, 5, 1)
  local probability = (expected / counts)[{at[0], at[1]}]
  test.close(data.triplets(torch.tensor(list)):rdm():vectors()[0], 1 - probability, {rtol = 1e-12})
end)

test.case('rated pairs', function()
  local given = {item1 = {'a', 'b', 'a', 'c', 'a'}, item2 = {'b', 'a', 'c', 'b', 'b'}, rating = {7, 5, 1, 3, 2},
    subject = {1, 1, 1, 1, 2}}
  local rdm, names = data.ratings(given, {range = {1, 7}})
  test.equal(names, {1, 2})
  test.close(rdm:vectors(), torch.tensor({{1, 6, 4}, {5, nan, nan}}, {dtype = 'float64'}))
  test.equal(rdm.labels, {'a', 'b', 'c'})
  test.close(data.ratings(given, {scale = 'dissimilarity', range = {0, 7}}):vectors()[0], torch.tensor({6, 1, 3}, {dtype = 'float64'}))
  test.raises(function() data.ratings(given, {range = {1, 5}}) end, 'expected ratings from 1 to 5, found 1.0 to 7.0')
  test.raises(function() data.ratings(given, {scale = 'distance'}) end, "scale: expected 'similarity' or 'dissimilarity'")
  test.raises(function() data.ratings({item1 = {'a'}, item2 = {'a'}, rating = {1}}, {images = {'a', 'b'}}) end, 'an image with itself')
end)

local function arranged(trials)
  local columns = {trial = {}, item = {}, x = {}, y = {}}
  for t, trial in ipairs(trials) do
    for _, at in ipairs(trial) do
      table.insert(columns.trial, t)
      table.insert(columns.item, at[1])
      table.insert(columns.x, at[2])
      table.insert(columns.y, at[3])
    end
  end
  return columns
end

local function unit(v) return v / v:square():mean():sqrt() end

test.case('arrangements without noise give the plane back, whatever their scale', function()
  local plane = {{0, 0}, {3, 0}, {0, 4}, {3, 4}, {1, 1}}
  local function trial(list, scale)
    local out = {}
    for i, item in ipairs(list) do out[i] = {'p' .. item, plane[item][1] * scale, plane[item][2] * scale} end
    return out
  end
  local rdm = data.arrangements(arranged{trial({1, 2, 3, 4, 5}, 1), trial({1, 5, 2}, 3), trial({2, 3, 5}, 0.2)})
  local expected = torch.pdist(torch.tensor(plane, {dtype = 'float64'}))
  test.close(rdm:vectors()[0], unit(expected), {rtol = 1e-9})
  local parts = data.arrangements(arranged{trial({1, 2, 3}, 1)}, {images = {'p1', 'p2', 'p3', 'p4'}})
  test.close(parts:vectors()[0][{{0, 1, 3}}], unit(torch.tensor({3, 4, 5}, {dtype = 'float64'})), {rtol = 1e-12})
  test.truthy(parts:vectors()[{0, 2}]:isnan():item())
end)

test.case('distances weigh by their squares', function()
  -- Two trials of the same items and the same root mean square: their mean with weights d^2 is (d1^3 + d2^3) / (d1^2 + d2^2).
  local rdm = data.arrangements(arranged{{{1, 0, 0}, {2, 3, 0}, {3, 0, 4}}, {{1, 0, 0}, {2, 0, 4}, {3, 3, 0}}}, {base = 1})
  local d1, d2 = torch.tensor({3, 4, 5}, {dtype = 'float64'}), torch.tensor({4, 3, 5}, {dtype = 'float64'})
  test.close(rdm:vectors()[0], unit((d1 ^ 3 + d2 ^ 3) / (d1 ^ 2 + d2 ^ 2)), {rtol = 1e-9})
  test.raises(function() data.arrangements(arranged{{{1, 0, 0}}}, {base = 1, images = 3}) end, 'expected at least two images')
  test.raises(function() data.arrangements(arranged{{{1, 0, 0}, {1, 1, 0}}}, {base = 1, images = 3}) end, 'an image comes twice')
end)
