-- Tests of means and ranks, and corrections for many of them.
local native = require 'brain.stats.native'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'

local tests = {}

local function check_tail(owner, tail)
  if tail ~= 'two' and tail ~= 'greater' and tail ~= 'less' then
    error(("%s: tail: expected two, greater or less, got '%s'"):format(owner, tostring(tail)), 0)
  end
end

-- A float64 Tensor from a Tensor or a list of numbers.
local function numbers(x, owner, name)
  if type(x) == 'table' and not is_tensor(x) then x = torch.tensor(x, {dtype = 'float64'}) end
  if not is_tensor(x) then
    error(('%s: %s: expected a Tensor or a list of numbers, got %s'):format(owner, name, type(x)), 0)
  end
  return x:detach():double()
end
tests.numbers = numbers

local function samples(x, owner, name)
  x = numbers(x, owner, name)
  if x.ndim < 1 or x.shape[1] < 2 then
    error(('%s: %s: expected at least 2 samples along axis 0, got %s'):format(owner, name, tostring(x.shape)), 0)
  end
  return x
end

-- A 0-d Tensor as a number, any other as it is.
local function plain(x) return x.ndim == 0 and x:item() or x end

local function student(difference, error_of, df, tail)
  local t = difference / error_of
  local above = native.student_t_above(t, df)
  local p = tail == 'two' and 2 * native.student_t_above(t:abs(), df) or tail == 'greater' and above or 1 - above
  return {t = plain(t), p = plain(p), df = plain(df), mean = plain(difference), standard_error = plain(error_of)}
end

-- One sample against `mean`, or two: paired, Welch's, or Student's with equal_variance.
function tests.ttest(a, b, options)
  if type(b) == 'table' and not is_tensor(b) and #b == 0 then a, b, options = a, nil, b end
  local o = read_options('ttest', options, {paired = false, equal_variance = false, tail = 'two', mean = 0})
  check_tail('ttest', o.tail)
  a = samples(a, 'ttest', 'a')
  b = b and samples(b, 'ttest', 'b')
  local n = a.shape[1]
  local function df_of(value) return torch.full({}, value, {dtype = 'float64'}) end
  if o.paired and not b then error('ttest: paired: expected two samples', 0) end
  if o.paired or not b then
    if b and a.shape ~= b.shape then
      error(('ttest: paired: expected equal shapes, got %s and %s'):format(tostring(a.shape), tostring(b.shape)), 0)
    end
    local d = b and a - b or a
    return student(d:mean(0) - o.mean, (d:var(0) / n):sqrt(), df_of(n - 1), o.tail)
  end
  local m = b.shape[1]
  local va, vb = a:var(0), b:var(0)
  local difference = a:mean(0) - b:mean(0) - o.mean
  if o.equal_variance then
    local pooled = ((n - 1) * va + (m - 1) * vb) / (n + m - 2)
    return student(difference, (pooled * (1 / n + 1 / m)):sqrt(), df_of(n + m - 2), o.tail)
  end
  local ea, eb = va / n, vb / m
  local df = (ea + eb):square() / (ea:square() / (n - 1) + eb:square() / (m - 1))  -- Welch and Satterthwaite
  return student(difference, (ea + eb):sqrt(), df, o.tail)
end

-- P(W <= w) for the sum of the ranks 1 ... n that are positive, each with probability 1/2.
local function signed_rank_at_most(w, n)
  local ways, top = {[0] = 1.0}, 0
  for rank = 1, n do
    top = top + rank
    for sum = top, rank, -1 do ways[sum] = (ways[sum] or 0) + (ways[sum - rank] or 0) end
  end
  local total = 0.0
  for sum = 0, math.min(math.floor(w), top) do total = total + (ways[sum] or 0) end
  return total / 2.0 ^ n
end

-- Wilcoxon's signed ranks of a (or a - b): exact up to 50 differences without ties or zeros, else normal.
function tests.wilcoxon(a, b, options)
  if type(b) == 'table' and not is_tensor(b) and #b == 0 then b, options = nil, b end
  local o = read_options('wilcoxon', options, {tail = 'two'})
  check_tail('wilcoxon', o.tail)
  local d = samples(a, 'wilcoxon', 'a')
  if b then d = d - samples(b, 'wilcoxon', 'b') end
  if d.ndim ~= 1 then error(('wilcoxon: expected one axis, got %s'):format(tostring(d.shape)), 0) end
  local some = d[d:ne(0)]
  local n, dropped = some.shape[1], d.shape[1] - some.shape[1]
  if n == 0 then error('wilcoxon: every difference is 0', 0) end
  local ranks = native.average_ranks(some:abs())
  local w = (ranks * some:gt(0):double()):sum():item()
  local _, counts = torch.unique(some:abs(), {return_counts = true})
  local ties = (counts:double():pow(3) - counts:double()):sum():item()
  local p
  if n <= 50 and ties == 0 and dropped == 0 then
    local most = n * (n + 1) / 2
    local below, above = signed_rank_at_most(w, n), signed_rank_at_most(most - w, n)
    p = o.tail == 'less' and below or o.tail == 'greater' and above or math.min(1, 2 * math.min(below, above))
  else
    local z = (w - n * (n + 1) / 4) / math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - ties / 48)
    p = o.tail == 'greater' and native.normal_above(z) or o.tail == 'less' and native.normal_above(-z)
      or 2 * native.normal_above(math.abs(z))
  end
  return {statistic = o.tail == 'two' and math.min(w, n * (n + 1) / 2 - w) or w, p = p, n = n}
end

-- p-values in order with their places, and back.
local function ordered(p, owner)
  p = numbers(p, owner, 'p')
  local flat = p:flatten()
  if flat:isnan():any():item() then error(owner .. ': p holds NaN', 0) end
  local sorted, places = flat:sort()
  return p.shape, sorted, places
end

local function restored(values, places, shape)
  return torch.zeros_like(values):scatter(0, places, values:clamp{max = 1}):view(shape)
end

-- Benjamini and Hochberg (1995), or with 'by' Benjamini and Yekutieli (2001): adjusted p-values.
function tests.fdr(p, options)
  local o = read_options('fdr', options, {method = 'bh'})
  if o.method ~= 'bh' and o.method ~= 'by' then
    error(("fdr: method: expected bh or by, got '%s'"):format(tostring(o.method)), 0)
  end
  local shape, sorted, places = ordered(p, 'fdr')
  local m = sorted.shape[1]
  local rank = torch.arange(1, m + 1, {dtype = 'float64'})
  local factor = o.method == 'by' and (1 / rank):sum():item() or 1
  local raised = (sorted * (m * factor) / rank):flip{0}
  return restored((raised:cummin(0)):flip{0}, places, shape)
end

-- Holm (1979): adjusted p-values.
function tests.holm(p)
  local shape, sorted, places = ordered(p, 'holm')
  local m = sorted.shape[1]
  return restored((((m - torch.arange(m, {dtype = 'float64'})) * sorted):cummax(0)), places, shape)
end

-- p times their number.
function tests.bonferroni(p)
  p = numbers(p, 'bonferroni', 'p')
  if p:isnan():any():item() then error('bonferroni: p holds NaN', 0) end
  return (p * p:numel()):clamp{max = 1}
end

return tests
