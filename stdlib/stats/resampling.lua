-- Bootstrap and permutation of whole subjects (and of a second factor).
local native = require 'brain.stats.native'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local numbers = require('brain.stats.tests').numbers

local resampling = {}

local float64 = {dtype = 'float64'}

local function as_tensor(value, owner)
  if type(value) == 'number' then return torch.full({}, value, float64) end
  if is_tensor(value) then return value:detach():double() end
  error(('%s: expected a number or a Tensor from the statistic, got %s'):format(owner, type(value)), 0)
end

local function plain(x) return x.ndim == 0 and x:item() or x end

-- Percentile intervals (Efron 1979). x: a Tensor whose axis 0 is resampled, and with second = axis that axis too, each
-- drawn by itself; or a function of the drawn places, with n (and second_n) of them.
function resampling.bootstrap(x, options)
  local o = read_options('bootstrap', options,
    {statistic = false, samples = 1000, confidence = 0.95, seed = 0, second = false, n = false, second_n = false})
  read_options.at_least_one('bootstrap', 'samples', o.samples)
  local statistic, n, second_n = nil, o.n, o.second_n
  if type(x) == 'function' then
    if not n then error('bootstrap: expected n, the number of subjects, with a function', 0) end
    statistic = x
  else
    local data = numbers(x, 'bootstrap', 'x')
    if data.ndim < 1 then error('bootstrap: expected a Tensor whose axis 0 is resampled, got a 0-d one', 0) end
    local of = o.statistic or function(t)
      t = o.second and t:mean{dim = {0, o.second}} or t:mean(0)
      return t
    end
    n, second_n = data.shape[1], o.second and data:size(o.second) or nil
    statistic = function(first, second)
      local drawn = data:index_select(0, first)
      return of(second and drawn:index_select(o.second, second) or drawn)
    end
  end
  local function every(count) return torch.arange(count, {dtype = 'int64'}) end
  local estimate = as_tensor(statistic(every(n), second_n and every(second_n) or nil), 'bootstrap')
  local draws = {}
  for i = 1, o.samples do
    draws[i] = as_tensor(statistic(native.resample(o.seed, 2 * i, n, n),
      second_n and native.resample(o.seed, 2 * i + 1, second_n, second_n) or nil), 'bootstrap')
  end
  draws = torch.stack(draws)
  local tail = (1 - o.confidence) / 2
  local ends = draws:nanquantile(torch.tensor({tail, 1 - tail}, float64), 0)
  return {estimate = plain(estimate), low = plain(ends[0]), high = plain(ends[1]), standard_error = plain(draws:std(0)),
    draws = draws}
end

-- Signs of permutation i: all 2^n in turn where `exact`.
local function signs(i, n, exact, seed)
  if exact then
    local list = {}
    for k = 1, n do list[k] = (i - 1) >> (k - 1) & 1 == 1 and -1 or 1 end
    return torch.tensor(list, float64)
  end
  return 1 - 2 * native.resample(seed, i, 2, n):double()
end

-- Means of a against 0, of pairs, or of two groups: signs of whole subjects are flipped (all of them where 2^n is
-- at most `permutations`), or members dealt out anew.
function resampling.permutation(a, b, options)
  if type(b) == 'table' and not is_tensor(b) and #b == 0 then b, options = nil, b end
  local o = read_options('permutation', options, {paired = false, permutations = 1000, seed = 0, tail = 'two'})
  if o.tail ~= 'two' and o.tail ~= 'greater' and o.tail ~= 'less' then
    error(("permutation: tail: expected two, greater or less, got '%s'"):format(tostring(o.tail)), 0)
  end
  read_options.at_least_one('permutation', 'permutations', o.permutations)
  a = numbers(a, 'permutation', 'a')
  b = b and numbers(b, 'permutation', 'b')
  local n, observed, draw, exact, count = a.shape[1], nil, nil, false, o.permutations
  if o.paired or not b then
    if o.paired and not (b and a.shape == b.shape) then
      error('permutation: paired: expected two samples of equal shapes', 0)
    end
    local d = b and a - b or a
    exact = n < 40 and 1 << n <= o.permutations
    count = exact and 1 << n or o.permutations
    observed = d:mean(0)
    draw = function(i) return torch.tensordot(signs(i, n, exact, o.seed), d, {0}, {0}) / n end
  else
    local all = torch.cat({a, b}, 0)
    local m = all.shape[1]
    observed = a:mean(0) - b:mean(0)
    draw = function(i)
      local dealt = all:index_select(0, native.permutation(o.seed, i, m))
      return dealt:narrow(0, 0, n):mean(0) - dealt:narrow(0, n, m - n):mean(0)
    end
  end
  local null = {}
  for i = 1, count do null[i] = draw(i) end
  null = torch.stack(null)
  -- Equal means differ by rounding when summed in another order.
  local slack = 1e-12 * observed:abs()
  local reached = o.tail == 'two' and null:abs():ge(observed:abs() - slack)
    or o.tail == 'greater' and null:ge(observed - slack) or null:le(observed + slack)
  local number = reached:sum(0):double()
  return {observed = plain(observed), p = plain(exact and number / count or (number + 1) / (count + 1)), exact = exact,
    permutations = count}
end

return resampling
