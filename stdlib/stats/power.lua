-- Planning: the power of a study to tell two models apart, from the components of variance of an earlier one.
local native = require 'brain.stats.native'
local dual = require 'brain.rsa.dual'
local frame = require 'brain.frame'
local read_options = require 'brain.options'

local most = 100000  -- subjects

-- P of a significant two-sided t test for a difference of so many standard errors.
local function power_of(ratio, df, alpha)
  local t = native.student_t_quantile(alpha / 2, df)
  return native.noncentral_t_above(t, df, ratio) + native.noncentral_t_above(t, df, -ratio)
end

local function place_of(names, name)
  for i, known in ipairs(names) do
    if known == name then return i - 1 end
  end
  error(("power: models: no model '%s' in the evaluation"):format(tostring(name)), 0)
end

local function counts(given, name, default)
  if given == false then return {default, 2 * default, 4 * default} end
  if math.type(given) == 'integer' then given = {given} end
  if type(given) ~= 'table' or #given == 0 then
    error(('power: %s: expected a list of numbers, got %s'):format(name, type(given)), 0)
  end
  for _, n in ipairs(given) do
    if math.type(n) ~= 'integer' or n < 2 then
      error(('power: %s: expected integers of at least 2, got %s'):format(name, tostring(n)), 0)
    end
  end
  return given
end

return function(evaluation, options)
  local o = read_options('power', options, {models = false, subjects = false, conditions = false, alpha = 0.05, power = 0.8})
  if type(evaluation) ~= 'table' or not evaluation.components then
    error("power: expected an evaluation by rsa.evaluate with interval = 'dual'", 0)
  end
  if evaluation.pairs_differ then
    error('power: expected subjects with the same conditions: what one more condition adds is not known where they differ', 0)
  end
  if #evaluation.names < 2 then error('power: expected an evaluation of at least 2 models', 0) end
  for _, name in ipairs{'alpha', 'power'} do
    if type(o[name]) ~= 'number' or o[name] <= 0 or o[name] >= 1 then
      error(('power: %s: expected a number between 0 and 1, got %s'):format(name, tostring(o[name])), 0)
    end
  end
  local a, b
  if o.models then
    if type(o.models) ~= 'table' or #o.models ~= 2 then error('power: models: expected two names', 0) end
    a, b = place_of(evaluation.names, o.models[1]), place_of(evaluation.names, o.models[2])
    if a == b then error('power: models: expected two different names', 0) end
  else
    local order = evaluation.mean:argsort{descending = true}
    a, b = order[0]:item(), order[1]:item()
  end
  local function component(name) return evaluation.components[name][{a, b}]:item() end
  local of_subjects, of_conditions, of_both = component 'subjects', component 'conditions', component 'both'
  local difference = math.abs((evaluation.mean[a] - evaluation.mean[b]):item())
  if of_subjects ~= of_subjects then
    error('power: the variance of this difference is not known; evaluate with more samples', 0)
  end
  local function error_of(s, c) return math.sqrt(of_subjects / s + of_conditions / c + of_both / (s * c)) end
  local function power(s, c)
    local error, both = error_of(s, c), of_both / (s * c)
    return power_of(difference / error, dual.degrees(of_subjects / s + both, of_conditions / c + both, error ^ 2, s, c), o.alpha)
  end

  local rows = {conditions = {}, subjects = {}, standard_error = {}, power = {}}
  local needed = {conditions = {}, subjects = {}}
  for _, c in ipairs(counts(o.conditions, 'conditions', evaluation.conditions)) do
    for _, s in ipairs(counts(o.subjects, 'subjects', evaluation.subjects)) do
      local row = {conditions = c, subjects = s, standard_error = error_of(s, c), power = power(s, c)}
      for name, value in pairs(row) do table.insert(rows[name], value) end
    end
    -- Power rises with subjects: the least number by halving.
    local low, high = 2, most
    if power(high, c) < o.power then
      high = 0 / 0
    else
      while low < high do
        local middle = (low + high) // 2
        if power(middle, c) >= o.power then high = middle else low = middle + 1 end
      end
    end
    table.insert(needed.conditions, c)
    table.insert(needed.subjects, high)
  end
  local function column(list) return torch.tensor(list, {dtype = 'float64'}) end
  return frame.new{{'conditions', column(rows.conditions)}, {'subjects', column(rows.subjects)},
    {'standard_error', column(rows.standard_error)}, {'power', column(rows.power)}},
    frame.new{{'conditions', column(needed.conditions)}, {'subjects', column(needed.subjects)}}
end
