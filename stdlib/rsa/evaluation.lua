-- What rsa.evaluate returns: tests, differences, a table, a summary and a picture.
local read_options = require 'brain.options'
local student = require 'brain.stats.native'
local tests = require 'brain.stats.tests'
local frame = require 'brain.frame'
local dual = require 'brain.rsa.dual'
local p_above_zero = require('brain.rsa.draws').p_above_zero

local evaluation = {}

local Evaluation = {}
local meta = {__index = Evaluation, __name = 'Evaluation'}

local float64 = {dtype = 'float64'}

function evaluation.of(fields) return setmetatable(fields, meta) end

local function column(x, place) return x:select(x.ndim - 1, place) end

-- Student's t of the corrected variances: pairs two-sided, above 0 one-sided, each model against the lower ceiling.
local function t_tests(e)
  local function two_sided(difference, variance, df)
    return (2 * student.student_t_above(difference:abs() / variance:sqrt(), df)):masked_fill(difference:eq(0), 1)
  end
  local pairs_p = two_sided(e.mean:unsqueeze(1) - e.mean:unsqueeze(0), e.difference_variance, e.difference_df)
  local ceiling = e.ceiling_variance.shape[2] > 0
    and two_sided(e.mean - e.ceiling[0], e.ceiling_variance:select(1, 0), e.ceiling_df:select(1, 0)) or nil
  return pairs_p, dual.p_above_zero(e.mean, e.variance, e.df), ceiling
end

-- The share of samples on the other side, counted with the observed one.
local function share_tests(e)
  local draws = e.draws[e.draws:isnan():any(1):logical_not()]
  local n = draws.shape[1]
  local difference = draws:unsqueeze(2) - draws:unsqueeze(1)
  local below, above = difference:le(0):sum(0), difference:ge(0):sum(0)
  local pairs_p = (2 * (torch.minimum(below, above):double() + 1) / (n + 1)):clamp{max = 1}
  pairs_p:fill_diagonal_(1)
  return pairs_p, p_above_zero(draws)
end

local corrections = {none = function(p) return p end, fdr = tests.fdr, holm = tests.holm, bonferroni = tests.bonferroni}

-- p of every pair of models (their difference, two-sided), of every model against 0 (one-sided), and with a corrected
-- variance of every model against the lower ceiling: [models, models], [models], [models]. correct: each of the three
-- adjusted for how many tests it holds (the pairs once).
function Evaluation:tests(options)
  local o = read_options('tests', options, {correct = 'none'})
  local correct = corrections[o.correct]
  if not correct then
    error(("tests: correct: expected none, fdr, holm or bonferroni, got '%s'"):format(tostring(o.correct)), 0)
  end
  local pairs_p, zero_p, ceiling_p = (self.variance and t_tests or share_tests)(self)
  local m = #self.names
  if m > 1 then
    local upper = torch.ones(m, m):triu(1):bool()
    local adjusted = torch.zeros({m, m}, float64)
    adjusted[upper] = correct(pairs_p[upper])
    pairs_p = adjusted + adjusted.T
    pairs_p:fill_diagonal_(1)
  end
  return pairs_p, correct(zero_p), ceiling_p and correct(ceiling_p)
end

local function place_of(self, model)
  for i, name in ipairs(self.names) do
    if name == model then return i - 1 end
  end
  error(("difference: no model '%s'"):format(tostring(model)), 0)
end

-- How much more similar model a is than b: {estimate, low, high, p}, the interval of the samples, or of the corrected
-- variance where there is one.
function Evaluation:difference(a, b)
  local i, j = place_of(self, a), place_of(self, b)
  local tail, result = (1 - self.confidence) / 2, {estimate = (self.mean[i] - self.mean[j]):item(), p = self:tests()[{i, j}]:item()}
  if self.variance then
    local df = self.difference_df[{i, j}]:item()
    local half = df == df and math.sqrt(self.difference_variance[{i, j}]:item()) * student.student_t_quantile(tail, df) or df
    result.low, result.high = result.estimate - half, result.estimate + half
  else
    local ends = (self.draws:select(1, i) - self.draws:select(1, j)):nanquantile(torch.tensor({tail, 1 - tail}, float64))
    result.low, result.high = ends[0]:item(), ends[1]:item()
  end
  return result
end

-- A row for each model: mean, interval, p against 0, with a corrected variance also its root and p against the ceiling,
-- and what is left when the control is partialled out.
function Evaluation:table()
  local _, zero_p, ceiling_p = self:tests()
  local columns = {{'model', self.names}, {'mean', self.mean}, {'low', column(self.interval, 0)},
    {'high', column(self.interval, 1)}, {'p', zero_p}}
  local function add(name, values) columns[#columns + 1] = {name, values} end
  if self.variance then add('standard_error', self.variance:sqrt()) end
  if ceiling_p then add('p_ceiling', ceiling_p) end
  if self.partial then
    add('partial_mean', self.partial.mean)
    add('partial_low', column(self.partial.interval, 0))
    add('partial_high', column(self.partial.interval, 1))
  end
  return frame.new(columns)
end

function Evaluation:summary()
  local lines = {('%s, %d samples over %s, %g%% intervals%s'):format(self.method, self.samples,
    self.over == 'both' and 'subjects and conditions' or self.over, 100 * self.confidence,
    self.variance and ' of the corrected variance' or '')}
  local lower, upper = column(self.ceiling, 0):item(), column(self.ceiling, 1):item()
  if self.pairs_differ then
    lines[1] = lines[1] .. ('; every subject on its own pairs, %d to %d'):format(self.pairs:min():item(), self.pairs:max():item())
  end
  if lower == lower then
    lines[1] = lines[1] .. ('; %snoise ceiling %.3f to %.3f'):format(self.halves and 'split-half ' or '', lower, upper)
  end
  local widest, zero_p = 0, select(2, self:tests())
  for _, name in ipairs(self.names) do widest = math.max(widest, utf8.len(name) or #name) end
  for i, name in ipairs(self.names) do
    local function text(part)
      return ('%6.3f [%6.3f, %6.3f]'):format(part.mean[i - 1]:item(), part.interval[{i - 1, 0}]:item(),
        part.interval[{i - 1, 1}]:item())
    end
    local p = zero_p[i - 1]:item()
    lines[#lines + 1] = ('%s%s  %s  p %s%s'):format(name, (' '):rep(widest - (utf8.len(name) or #name)), text(self),
      p < 0.001 and '< 0.001' or ('%.3f'):format(p), self.partial and '  partial ' .. text(self.partial) or '')
  end
  for _, warning in ipairs(self.warnings or {}) do lines[#lines + 1] = 'Warning: ' .. warning end
  return table.concat(lines, '\n')
end

-- Writes what rsatoolbox.inference.load_results and data.rsatoolbox read (.h5).
function Evaluation:save(path) require('brain.rsa.save').evaluation(self, path) end

function meta:__tostring() return self:summary() end

-- Pairs of models that differ; where they are too many to show, only those with the best one.
local function significant_pairs(p, alpha, best)
  local all, of_best, m = {}, {}, p.shape[1]
  for i = 0, m - 2 do
    for j = i + 1, m - 1 do
      if p[{i, j}]:item() < alpha then
        all[#all + 1] = {i + 1, j + 1}
        if i == best or j == best then of_best[#of_best + 1] = all[#all] end
      end
    end
  end
  return #all > 15 and of_best or all
end

-- Bars of the models with their intervals, a dot for each subject and the noise ceiling; above them a line joins two models
-- that differ (p corrected over pairs).
function Evaluation:plot(options)
  local plot = require 'brain.plot'
  local o = read_options('plot', options, {correct = 'fdr', alpha = 0.05, sort = false, points = true, width = 'single',
    height = false, title = false, ylabel = false})
  local m = #self.names
  local order = o.sort and self.mean:argsort{descending = true} or torch.arange(m)
  local names = {}
  for i, place in ipairs(order:tolist()) do names[i] = self.names[place + 1] end
  local mean, ends = self.mean:index_select(0, order), self.interval:index_select(0, order)
  local p = self:tests{correct = o.correct}:index_select(0, order):index_select(1, order)
  local lower, upper = self.ceiling[0]:item(), self.ceiling[1]:item()
  local points = o.points and self.per_subject and self.target ~= 'mean' and self.subjects > 1
    and self.per_subject:index_select(0, order) or nil
  return plot.bars{values = mean, errors = {column(ends, 0), column(ends, 1)}, labels = names, points = points,
    ceiling = lower == lower and {lower, upper} or nil, brackets = significant_pairs(p, o.alpha, mean:argmax():item()),
    hline = 0, ylabel = o.ylabel or 'Similarity (' .. self.method .. ')', width = o.width, height = o.height or nil,
    title = o.title or nil}
end

return evaluation
