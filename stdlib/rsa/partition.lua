-- Parts of the variance that 2 to 6 predictors explain, from correlations; and what rsa.variance_partition returns of them.
local read_options = require 'brain.options'
local frame = require 'brain.frame'

local partition = {}

local float64 = {dtype = 'float64'}

-- A share of a predictor's variance that others leave which counts as none, and the smallest eigenvalue of correlations that
-- are told apart: half of the digits of double precision.
partition.tolerance = 1e-8

-- Sets of predictors as bits. The 0-based members of a set.
local function members(set)
  local list = {}
  for i = 0, 5 do
    if set >> i & 1 == 1 then list[#list + 1] = i end
  end
  return list
end

-- All sets of m, small ones first, each kind in the order of its members.
local function sets_of(m)
  local sets = {}
  for set = 1, (1 << m) - 1 do sets[set] = set end
  table.sort(sets, function(a, b)
    local x, y = members(a), members(b)
    if #x ~= #y then return #x < #y end
    for k = 1, #x do
      if x[k] ~= y[k] then return x[k] < y[k] end
    end
    return false
  end)
  return sets
end

-- Inclusion and exclusion, [parts, sets]: what exactly the predictors of a part explain together, from R^2 of every set (its
-- column is its number less 1). The sum over subsets t of the part of (-1)^(|t| + 1) R^2(t and all that are not of the part).
local function exclusion(m)
  local sets, all = sets_of(m), (1 << m) - 1
  local rows = {}
  for k, part in ipairs(sets) do
    local row = {}
    for set = 1, all do row[set] = 0.0 end
    for t = 0, all do
      local set = t | all & ~part
      if t & ~part == 0 and set ~= 0 then row[set] = #members(t) % 2 == 1 and 1.0 or -1.0 end
    end
    rows[k] = row
  end
  return torch.tensor(rows, float64)
end

-- What others leave of predictors decides nothing where it is rounding: then a pseudo-inverse explains by what there is.
local function inverse(c) return torch.linalg.pinv(c, {rtol = partition.tolerance, hermitian = true}) end

-- Correlations of predictors [draws, m, m], and with what is explained [draws, m, s] -> {parts [draws, 2^m - 1, s], total
-- [draws, 1, s], semipartial [draws, m, s]}: the correlation with what the others leave of each predictor. NaN of draws in
-- which a predictor is constant.
function partition.of(between, with)
  local m, s = between.shape[2], with.shape[3]
  local unknown = between:isnan():flatten(1):any(1)
  local hidden = unknown:view{-1, 1, 1}
  between = torch.where(hidden, torch.eye(m, float64), between)
  local explained, semipartial = {}, {}
  for set = 1, (1 << m) - 1 do
    local list = members(set)
    local places = torch.tensor(list, {dtype = 'int64'})
    local c = between:index_select(1, places)
    local targets = torch.cat({with:index_select(1, places), c}, 2)
    local weights = inverse(c:index_select(2, places)):matmul(targets)
    explained[set] = (targets * weights):narrow(2, 0, s):sum(1)
    if #list == m - 1 then
      local i = members(((1 << m) - 1) ~ set)[1]
      local predicted = between:select(1, i):index_select(1, places):unsqueeze(1):matmul(weights):squeeze(1)
      local rest = 1 - predicted:narrow(1, s + i, 1)
      local own = (with:select(1, i) - predicted:narrow(1, 0, s)) / rest:clamp{min = partition.tolerance}:sqrt()
      semipartial[i + 1] = own:masked_fill(rest:le(partition.tolerance), 0)
    end
  end
  local r2 = torch.stack(explained, 1)
  local function known(x) return x:masked_fill(hidden, 0 / 0) end
  return {parts = known(exclusion(m):matmul(r2)), total = known(r2:narrow(1, r2.shape[2] - 1, 1)),
    semipartial = known(torch.stack(semipartial, 1))}
end

-- The mean over subjects of x [draws, q, subjects] as often as each was drawn, counts [draws, subjects] -> [draws, q].
function partition.mean(x, counts)
  local weights = counts:unsqueeze(1)
  return (x * weights):masked_fill(weights:eq(0), 0):sum(2) / counts:sum(1, true)
end

-- What the parts are, in order: {models = names, kind = 'unique' or 'common', name}.
function partition.parts(names)
  local parts = {}
  for k, set in ipairs(sets_of(#names)) do
    local models = {}
    for i, place in ipairs(members(set)) do models[i] = names[place + 1] end
    parts[k] = {models = models, kind = #models == 1 and 'unique' or 'common', name = table.concat(models, ' & ')}
  end
  return parts
end

local Partition = {}
local meta = {__index = Partition, __name = 'VariancePartition'}

function partition.result(fields) return setmetatable(fields, meta) end

-- A row for each part: its variance and interval, its share of all that is explained, and of the unique parts the semi-partial
-- correlation with its interval and p.
function Partition:table()
  local names, kinds, none = {}, {}, torch.full({#self.parts - #self.names}, 0 / 0, float64)
  for k, part in ipairs(self.parts) do names[k], kinds[k] = part.name, part.kind end
  local function of_models(values) return torch.cat{values, none} end
  return frame.new{{'part', names}, {'kind', kinds}, {'variance', self.variances}, {'low', self.intervals:select(1, 0)},
    {'high', self.intervals:select(1, 1)}, {'share', self.variances / self.total}, {'semipartial', of_models(self.semipartial)},
    {'semipartial_low', of_models(self.semipartial_interval:select(1, 0))},
    {'semipartial_high', of_models(self.semipartial_interval:select(1, 1))}, {'p', of_models(self.p)}}
end

local function bounded(value, interval)
  return ('%6.3f [%6.3f, %6.3f]'):format(value, interval[0]:item(), interval[1]:item())
end

function Partition:summary()
  local lines = {('%s, %d samples over %s, %g%% intervals%s'):format(self.method, self.samples,
    self.over == 'both' and 'subjects and conditions' or self.over, 100 * self.confidence,
    (self.variance and ', semi-partial ones of the corrected variance' or '') .. (self.controlled and '; of the variance that control leaves' or ''))}
  local lower, upper = self.ceiling[0]:item(), self.ceiling[1]:item()
  local labels, widest = {'all together'}, 12
  for k, part in ipairs(self.parts) do
    labels[k + 1] = part.kind .. ' ' .. part.name
    widest = math.max(widest, utf8.len(labels[k + 1]) or #labels[k + 1])
  end
  local function line(k, text) lines[#lines + 1] = labels[k] .. (' '):rep(widest + 2 - (utf8.len(labels[k]) or #labels[k])) .. text end
  line(1, bounded(self.total, self.total_interval) .. (lower == lower
    and ('  squared noise ceiling %.3f to %.3f'):format(lower, upper) or ''))
  for k in ipairs(self.parts) do
    local text = bounded(self.variances[k - 1]:item(), self.intervals[k - 1])
    if k <= #self.names then
      local p = self.p[k - 1]:item()
      text = ('%s  semi-partial %s  p %s'):format(text, bounded(self.semipartial[k - 1]:item(), self.semipartial_interval[k - 1]),
        p < 0.001 and '< 0.001' or ('%.3f'):format(p))
    end
    line(k + 1, text)
  end
  for _, warning in ipairs(self.warnings) do lines[#lines + 1] = 'Warning: ' .. warning end
  return table.concat(lines, '\n')
end

function meta:__tostring() return self:summary() end

-- Bars of all together and of the parts with their intervals, a dot for each subject and the squared noise ceiling. Of more
-- than `most` parts the unique ones and the largest.
function Partition:plot(options)
  local plot = require 'brain.plot'
  local o = read_options('plot', options, {points = true, most = 15, width = 'single', height = false, title = false,
    ylabel = false})
  read_options.at_least_one('plot', 'most', o.most)
  local order = self.variances:abs():narrow(0, #self.names, #self.parts - #self.names):argsort{descending = true}:tolist()
  local shown = {}
  for k = 0, #self.names - 1 do shown[#shown + 1] = k end
  for _, place in ipairs(order) do
    if #shown < o.most then shown[#shown + 1] = place + #self.names end
  end
  table.sort(shown)
  local names, longest, at = {'all'}, 0, torch.tensor(shown, {dtype = 'int64'})
  for _, place in ipairs(shown) do
    local name = self.parts[place + 1].name
    names[#names + 1], longest = name, math.max(longest, utf8.len(name) or #name)
  end
  local ends = torch.cat({self.total_interval:unsqueeze(0), self.intervals:index_select(0, at)}, 0)
  local points = o.points and self.subjects > 1
    and torch.cat({self.total_per_subject:unsqueeze(0), self.per_subject:index_select(0, at)}, 0) or nil
  local lower, upper = self.ceiling[0]:item(), self.ceiling[1]:item()
  return plot.bars{values = torch.cat{torch.tensor({self.total}, float64), self.variances:index_select(0, at)},
    errors = {ends:select(1, 0), ends:select(1, 1)}, labels = names, points = points,
    ceiling = lower == lower and {lower, upper} or nil, hline = 0,
    ylabel = o.ylabel or 'R\u{B2} (' .. self.method .. ')', width = o.width, height = o.height or math.max(62, 45 + longest),
    title = o.title or nil}
end

return partition
