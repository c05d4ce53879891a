-- Ordinary least squares with factors and contrasts, and lines with breaks.
local native = require 'brain.stats.native'
local read_options = require 'brain.options'
local frame = require 'brain.frame'
local numbers = require('brain.stats.tests').numbers
local is_tensor = require('brain.native').is_tensor

local regression = {}

local Fit = {}
local meta = {__index = Fit, __name = 'Regression'}
local float64 = {dtype = 'float64'}

-- A column by its name, which may be that of a method of frames; nil where there is none.
local function column_of(data, name)
  for known in pairs(data) do
    if known == name then return data:column(name) end
  end
end

-- One variable of the formula as a list of {name, column}: numbers as they are, text and booleans as a factor, one
-- column for each level but the first in order.
local function columns_of(data, name, factors)
  local values = column_of(data, name)
  if values == nil then error(("ols: no column '%s' in the data"):format(name), 0) end
  if is_tensor(values) and not factors[name] then return {{name, values:double()}} end
  local list = is_tensor(values) and values:tolist() or values
  local seen, levels = {}, {}
  for i, value in ipairs(list) do
    if value ~= value then error(("ols: '%s' is missing in row %d"):format(name, i - 1), 0) end
    if not seen[value] then seen[value], levels[#levels + 1] = true, value end
  end
  table.sort(levels, function(a, b)
    if type(a) == type(b) and type(a) ~= 'boolean' then return a < b end
    return tostring(a) < tostring(b)
  end)
  if #levels < 2 then error(("ols: factor '%s' has one level, '%s'"):format(name, tostring(levels[1])), 0) end
  local coded = {}
  for k = 2, #levels do
    local column = {}
    for i, value in ipairs(list) do column[i] = value == levels[k] and 1 or 0 end
    coded[k - 1] = {('%s[%s]'):format(name, tostring(levels[k])), torch.tensor(column, float64)}
  end
  return coded
end

-- 'y ~ a + b * c + d : e' as y and the terms, each a list of variables: a * b is a + b + a : b.
local function parsed(formula)
  local response, right = tostring(formula):match '^%s*([%w_.]+)%s*~%s*(.-)%s*$'
  if not response or right == '' then
    error(("ols: formula: expected 'y ~ a + b', got '%s'"):format(tostring(formula)), 0)
  end
  local terms, known = {}, {}
  local function add(variables)
    local key = table.concat(variables, ':')
    if not known[key] then known[key], terms[#terms + 1] = true, variables end
  end
  for part in (right .. '+'):gmatch '%s*(.-)%s*%+' do
    local crossed, variables = {}, {}
    for piece in (part .. '*'):gmatch '%s*(.-)%s*%*' do
      local joined = {}
      for name in (piece .. ':'):gmatch '%s*(.-)%s*:' do
        if not name:match '^[%w_.]+$' then error(("ols: formula: expected a column's name, got '%s'"):format(name), 0) end
        joined[#joined + 1] = name
      end
      crossed[#crossed + 1] = joined
    end
    for subset = 1, (1 << #crossed) - 1 do variables[subset] = {} end
    for subset = 1, (1 << #crossed) - 1 do
      for k, joined in ipairs(crossed) do
        if subset >> (k - 1) & 1 == 1 then table.move(joined, 1, #joined, #variables[subset] + 1, variables[subset]) end
      end
    end
    for _, list in ipairs(variables) do
      if not (#list == 1 and list[1] == '1') then add(list) end
    end
  end
  -- Lower orders first, so that an interaction follows its parts.
  local ordered, most = {}, 0
  for _, term in ipairs(terms) do most = math.max(most, #term) end
  for order = 1, most do
    for _, term in ipairs(terms) do
      if #term == order then ordered[#ordered + 1] = term end
    end
  end
  return response, ordered
end

-- Products of the columns of several variables.
local function crossed(data, variables, factors)
  local columns = {{'', torch.ones({#data}, float64)}}
  for _, name in ipairs(variables) do
    local next_columns = {}
    for _, left in ipairs(columns) do
      for _, right in ipairs(columns_of(data, name, factors)) do
        next_columns[#next_columns + 1] = {left[1] == '' and right[1] or left[1] .. ':' .. right[1], left[2] * right[2]}
      end
    end
    columns = next_columns
  end
  return columns
end

function regression.ols(data, formula, options)
  local o = read_options('ols', options, {factors = {}, confidence = 0.95})
  if not frame.is_frame(data) then
    if type(data) ~= 'table' then error(('ols: expected a Frame or a table of columns, got %s'):format(type(data)), 0) end
    data = frame.new(data)
  end
  local factors = {}
  for _, name in ipairs(o.factors) do factors[name] = true end
  local response, terms = parsed(formula)
  local y = column_of(data, response)
  if not is_tensor(y) then
    error(("ols: expected numbers in column '%s', got %s"):format(response, y == nil and 'no such column' or 'text'), 0)
  end
  y = y:double()
  local names, columns, places = {'(intercept)'}, {torch.ones({#data}, float64)}, {}
  for _, term in ipairs(terms) do
    local mine = {}
    for _, column in ipairs(crossed(data, term, factors)) do
      names[#names + 1], columns[#columns + 1], mine[#mine + 1] = column[1], column[2], #names + 1
    end
    places[table.concat(term, ':')] = mine
  end
  local design = torch.stack(columns, 1)
  if not (design:isfinite():all():item() and y:isfinite():all():item()) then
    error('ols: the data hold NaN or infinite numbers; leave these rows out', 0)
  end
  local n, k = design.shape[1], design.shape[2]
  if n <= k then error(('ols: expected more rows than coefficients, got %d and %d'):format(n, k), 0) end
  local q, r = torch.linalg.qr(design)
  for place = 0, k - 1 do
    if r[{place, place}]:abs():item() <= 1e-10 * design:select(1, place):norm():item() then
      error(("ols: '%s' follows from the terms before it"):format(names[place + 1]), 0)
    end
  end
  local beta = torch.linalg.solve_triangular(r, q.T:matmul(y):unsqueeze(1), {upper = true}):squeeze(1)
  local fitted = design:matmul(beta)
  local residuals, df = y - fitted, n - k
  local variance = residuals:square():sum():item() / df
  local inverse = torch.linalg.solve_triangular(r, torch.eye(k, float64), {upper = true})
  local fit = setmetatable({formula = formula, n = n, df = df, sigma = math.sqrt(variance), fitted = fitted,
    residuals = residuals, beta = beta, covariance = inverse:matmul(inverse.T) * variance, names = names, places = places,
    confidence = o.confidence}, meta)
  local total = (y - y:mean()):square():sum():item()
  fit.r2 = 1 - residuals:square():sum():item() / total
  fit.adjusted_r2 = 1 - (1 - fit.r2) * (n - 1) / df
  local error_of = fit.covariance:diagonal():sqrt()
  local t = beta / error_of
  local half = error_of * native.student_t_quantile((1 - o.confidence) / 2, df)
  fit.coefficients = frame.new{{'term', names}, {'estimate', beta}, {'standard_error', error_of}, {'t', t},
    {'p', 2 * native.student_t_above(t:abs(), torch.full({}, df, float64))}, {'low', beta - half}, {'high', beta + half}}
  return fit
end

local function place_of(fit, name)
  for place, known in ipairs(fit.names) do
    if known == name then return place - 1 end
  end
  error(("ols: no coefficient '%s'; there are %s"):format(tostring(name), table.concat(fit.names, ', ')), 0)
end

-- The weighted sum of coefficients, {['group[b]'] = 1, ['group[c]'] = -1}, against 0.
function Fit:contrast(weights)
  local w = torch.zeros({#self.names}, float64)
  for name, weight in pairs(weights) do w[place_of(self, name)] = weight end
  local estimate = w:dot(self.beta):item()
  local standard_error = math.sqrt(w:dot(self.covariance:matmul(w)):item())
  local t = torch.full({}, estimate / standard_error, float64)
  local half = standard_error * native.student_t_quantile((1 - self.confidence) / 2, self.df)
  return {estimate = estimate, standard_error = standard_error, t = t:item(), df = self.df,
    p = 2 * native.student_t_above(t:abs(), torch.full({}, self.df, float64)):item(), low = estimate - half,
    high = estimate + half}
end

-- F test that all coefficients of a term ('group', 'a:b'), or of several, are 0: the model against the one without.
function Fit:test(...)
  local rows = {}
  for _, term in ipairs{...} do
    local mine = self.places[term]
    if not mine then
      local known = {}
      for name in pairs(self.places) do known[#known + 1] = name end
      table.sort(known)
      error(("ols: no term '%s'; there are %s"):format(tostring(term), table.concat(known, ', ')), 0)
    end
    for _, place in ipairs(mine) do rows[#rows + 1] = place - 1 end
  end
  if #rows == 0 then error('ols: test: expected the name of a term', 0) end
  local places = torch.tensor(rows, {dtype = 'int64'})
  local b, v = self.beta:index_select(0, places), self.covariance:index_select(0, places):index_select(1, places)
  local f = b:dot(torch.linalg.solve(v, b)):item() / #rows
  return {f = f, df = {#rows, self.df}, p = native.f_above(f, #rows, self.df)}
end

function meta:__tostring()
  return ('%s: %d rows, R2 %.4f, residual standard error %.4g on %d degrees of freedom\n%s'):format(self.formula, self.n,
    self.r2, self.sigma, self.df, tostring(self.coefficients))
end

function regression.breakpoints(x, y, options)
  local o = read_options('breakpoints', options, {breaks = 1, apart = 1})
  local breaks, coefficients, residual = native.breakpoints(numbers(x, 'breakpoints', 'x'),
    numbers(y, 'breakpoints', 'y'), o.breaks, o.apart)
  local slopes, slope = {}, 0
  for k = 2, #coefficients do
    slope = slope + coefficients[k]
    slopes[k - 1] = slope
  end
  return {breaks = breaks, slopes = slopes, intercept = coefficients[1], residual = residual}
end

local public = require('brain.blame').wrap
for name, method in pairs(Fit) do Fit[name] = public(method) end

return regression
