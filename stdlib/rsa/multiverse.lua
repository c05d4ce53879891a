-- rsa.multiverse: one question answered under every combination of analysis choices (Steegen et al. 2016), corrected for
-- having asked so often by the largest statistic, and drawn as a specification curve (Simonsohn et al. 2020).
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'
local distance = require 'brain.rsa.distance'
local evaluate = require 'brain.rsa.evaluate'
local shared_products = require 'brain.rsa.shared_products'
local frame = require 'brain.frame'

local choices = {'distance', 'method', 'layers', 'over', 'control', 'ceiling'}

local Multiverse = {}
local meta = {__index = Multiverse, __name = 'Multiverse'}

local function fail(text, ...) error(('multiverse: ' .. text):format(...), 0) end

-- A list of names out of those known, or the default.
local function chosen(o, name, known)
  local given = o[name]
  if type(given) == 'string' then given = {given} end
  if type(given) ~= 'table' or #given == 0 then fail('%s: expected a list of names', name) end
  local allowed = {}
  for _, each in ipairs(known or {}) do allowed[each] = true end
  for _, each in ipairs(given) do
    if known and not allowed[each] then
      fail("%s: expected %s, got '%s'", name, table.concat(known, ', '), tostring(each))
    end
  end
  return given
end

-- name -> function(distance) that gives an RDM for each layer, made once for each distance.
local function sources(models, distances)
  if type(models) ~= 'table' or is_tensor(models) or getmetatable(models) or #models > 0 or next(models) == nil then
    fail 'models: expected a table name -> features [conditions, ...], a list of them (layers in order), or RDMs'
  end
  local result, given_rdms, given_features = {}, false, false
  for name, value in pairs(models) do
    local owner = ("models: '%s'"):format(tostring(name))
    if getmetatable(value) then
      if is_tensor(value) then value = {value} else result[name], given_rdms = function() return value end, true end
    end
    if not result[name] then
      if type(value) ~= 'table' or #value == 0 then fail('%s: expected features, a list of them, or RDMs', owner) end
      given_features = true
      local made, products = {}, {}
      result[name] = function(of)
        if not made[of] then
          local rows = {}
          for i, x in ipairs(value) do
            if not is_tensor(x) or x.ndim < 2 then fail('%s[%d]: expected features [conditions, ...]', owner, i) end
            products[i] = products[i] or shared_products(x:flatten(1))
            rows[i] = products[i](of) or distance.rdm(x:flatten(1), {distance = of}).condensed
          end
          made[of] = rdms.of(torch.cat(rows, 0), 'multiverse')
        end
        return made[of]
      end
    end
  end
  if given_rdms and given_features then fail 'models: expected all as features or all as RDMs' end
  return result, given_rdms and {'given'} or distances
end

-- The RDMs of a model under a rule of layers.
local function by_rule(r, rule)
  if #r == 1 or rule == 'nested' then return r end
  return rule == 'last' and r:select{#r - 1} or r:mean()
end

-- What reads one specification out of an evaluation: [draws], number, in units of the ceiling where asked.
local function effect_of(e, part, contrast, ceiling)
  local place = {}
  for i, name in ipairs(e.names) do place[name] = i - 1 end
  local function column(name, values) return values:select(values.ndim - 1, place[name]) end
  local function difference(values)
    return contrast[2] and column(contrast[1], values) - column(contrast[2], values) or column(contrast[1], values)
  end
  local draws, value = difference(part.draws), difference(part.mean)
  if ceiling == 'none' then return draws, value:item() end
  local side = ceiling == 'lower' and 0 or 1
  return draws / e.ceiling_draws:select(1, side), (value / e.ceiling[side]):item()
end

-- p of each and of the largest: draws [samples, specifications] about their means stand for the null.
local function tested(draws, effects)
  draws = draws[draws:isnan():any(1):logical_not()]
  local n = draws.shape[1]
  if n < 20 then fail('only %d draws had enough different conditions and subjects', n) end
  local error_of = draws:std(0)
  local null = ((draws - draws:mean(0, true)) / error_of):abs()
  local z = (effects / error_of):abs()
  local function p_of(reference) return (reference:ge(z:unsqueeze(0)):sum(0):double() + 1) / (n + 1) end
  return error_of, p_of(null), p_of(null:amax(1):unsqueeze(1)), draws
end

local function multiverse(models, data, o)
  local made, distances = sources(models, chosen(o, 'distances'))
  data = rdms.of(data, 'multiverse: rdms')
  local names = {}
  for name in pairs(made) do names[#names + 1] = name end
  table.sort(names)
  local contrast = o.contrast or #names == 1 and names or fail("contrast: expected {'a', 'b'} of several models, or {'a'}")
  if type(contrast) == 'string' then contrast = {contrast} end
  if type(contrast) ~= 'table' or #contrast < 1 or #contrast > 2 or contrast[1] == contrast[2] then
    fail 'contrast: expected one name of a model, or two'
  end
  for _, name in ipairs(contrast) do
    if not made[name] then fail("contrast: no model '%s'", tostring(name)) end
  end
  local methods = chosen(o, 'methods')
  local rules = chosen(o, 'layers', {'last', 'mean', 'nested'})
  local overs = chosen(o, 'over', {'both', 'subjects', 'conditions'})
  local ceilings = chosen(o, 'ceilings', {'none', 'lower', 'upper'})
  local controls = {}
  for name in pairs(o.controls or {}) do controls[#controls + 1] = name end
  table.sort(controls)

  local layered = false
  for _, name in ipairs(contrast) do layered = layered or #made[name](distances[1]) > 1 end
  if not layered then rules = {'last'} end
  local rows, draws, effects, left_out = {}, {}, {}, {}
  local function add(specification, e, part)
    local drawn, value = effect_of(e, part, contrast, specification.ceiling)
    rows[#rows + 1], draws[#draws + 1], effects[#effects + 1] = specification, drawn, value
  end
  local function skip(reason, count) left_out[reason] = (left_out[reason] or 0) + count end
  local function evaluated(specification, control)
    local list = {}
    for _, name in ipairs(contrast) do list[name] = by_rule(made[name](specification.distance), specification.layers) end
    return evaluate(list, data, {method = specification.method, over = specification.over, samples = o.samples, seed = o.seed,
      select = specification.layers == 'nested' and 'nested' or nil, control = control, confidence = o.confidence})
  end
  for _, of in ipairs(distances) do
    for _, method in ipairs(methods) do
      for _, rule in ipairs(rules) do
        for _, over in ipairs(overs) do
          local function specification(control, ceiling)
            return {distance = of, method = method, layers = layered and rule or 'one', over = over, control = control,
              ceiling = ceiling}
          end
          local at = {distance = of, method = method, layers = rule, over = over}
          if rule == 'nested' and over == 'subjects' then
            skip('layers chosen on other conditions need conditions to be resampled', #ceilings + #controls)
          else
            local e = evaluated(at)
            for _, ceiling in ipairs(ceilings) do add(specification('none', ceiling), e, e) end
            for _, control in ipairs(controls) do
              if method ~= 'spearman' and method ~= 'pearson' then
                skip('control goes with spearman and pearson', 1)
              else
                local partial = evaluated(at, o.controls[control])
                add(specification(control, 'none'), partial, partial.partial)
              end
            end
          end
        end
      end
    end
  end
  if #rows == 0 then fail 'no combination of these choices is possible' end
  draws, effects = torch.stack(draws, 1), torch.tensor(effects, {dtype = 'float64'})
  local error_of, p, corrected, valid = tested(draws, effects)
  local tail = (1 - o.confidence) / 2
  local ends = torch.tensor({tail, 1 - tail}, {dtype = 'float64'})
  local medians = valid:median(1)
  return setmetatable({specifications = rows, effects = effects, standard_errors = error_of, p = p, p_corrected = corrected,
    intervals = valid:quantile(ends, 0).T, draws = valid, contrast = contrast, left_out = left_out, confidence = o.confidence,
    median = effects:median():item(), median_interval = medians:quantile(ends, 0)}, meta)
end

-- Places of the specifications from the smallest effect to the largest.
function Multiverse:order() return self.effects:argsort():tolist() end

function Multiverse:table()
  local columns, order = {}, self:order()
  for _, choice in ipairs(choices) do
    local list = {}
    for i, place in ipairs(order) do list[i] = self.specifications[place + 1][choice] end
    columns[#columns + 1] = {choice, list}
  end
  local at = torch.tensor(order, {dtype = 'int64'})
  for _, column in ipairs{{'effect', self.effects}, {'low', self.intervals:select(1, 0)}, {'high', self.intervals:select(1, 1)},
    {'standard_error', self.standard_errors}, {'p', self.p}, {'p_corrected', self.p_corrected}} do
    columns[#columns + 1] = {column[1], column[2]:index_select(0, at)}
  end
  return frame.new(columns)
end

function Multiverse:summary()
  local n = #self.specifications
  local significant = self.p_corrected:le(1 - self.confidence):sum():item()
  local lines = {('%s: %d specifications, median %.3f [%.3f, %.3f], %.3f to %.3f, %d above 0'):format(
    self.contrast[2] and self.contrast[1] .. ' - ' .. self.contrast[2] or self.contrast[1], n, self.median,
    self.median_interval[0]:item(), self.median_interval[1]:item(), self.effects:min():item(), self.effects:max():item(),
    self.effects:gt(0):sum():item()),
    ('%d with p below %g, %d by the largest statistic over all'):format(self.p:le(1 - self.confidence):sum():item(),
      1 - self.confidence, significant)}
  local reasons = {}
  for reason in pairs(self.left_out) do reasons[#reasons + 1] = reason end
  table.sort(reasons)
  for _, reason in ipairs(reasons) do lines[#lines + 1] = ('Left out: %d (%s)'):format(self.left_out[reason], reason) end
  return table.concat(lines, '\n')
end

function meta:__tostring() return self:summary() end

-- The specification curve: effects in rising order with their intervals, and below what was chosen for each.
function Multiverse:plot(options)
  local plot = require 'brain.plot'
  local o = read_options('plot', options, {width = 'single', height = false})
  local order, n = self:order(), #self.specifications
  local at = torch.tensor(order, {dtype = 'int64'})
  local rank = torch.arange(n, {dtype = 'float64'})
  local room = {-1, n * 1.5 + 2}  -- names stand to the right of the dots
  local effect, ends = self.effects:index_select(0, at), self.intervals:index_select(0, at)
  local sure = self.p_corrected:index_select(0, at):le(1 - self.confidence)
  local curve = plot.lines{x = rank, y = {{y = effect, label = 'effect', band = {low = ends:select(1, 0), high = ends:select(1, 1)}}},
    marks = sure:any():item() and sure:unsqueeze(0) or nil, hline = 0, xlim = room, xticks = {0, n - 1}, legend = 'none',
    ylabel = self.contrast[2] and self.contrast[1] .. ' \u{2212} ' .. self.contrast[2] or self.contrast[1]}
  local x, y, labels, groups, row = {}, {}, {}, {}, 0
  local function point(px, py, label, group)
    x[#x + 1], y[#y + 1], labels[#labels + 1], groups[#groups + 1] = px, py, label, group
  end
  for _, choice in ipairs(choices) do
    local seen, values = {}, {}
    for _, specification in ipairs(self.specifications) do
      local value = specification[choice]
      if not seen[value] then seen[value], values[#values + 1] = true, value end
    end
    if #values > 1 then
      for _, value in ipairs(values) do
        row = row + 1
        for i, place in ipairs(order) do
          if self.specifications[place + 1][choice] == value then point(i - 1, -row, '', 'chosen') end
        end
        point(n - 1 + math.max(0.1, 0.03 * n), -row, choice .. ' ' .. value, 'names')
      end
    end
  end
  if row == 0 then return curve end
  local dots = plot.scatter{x = x, y = y, labels = labels, groups = groups, colours = {'black', 'white'}, size = 2, legend = 'none',
    xlim = room, ylim = {-row - 0.8, -0.2}, xticks = {0, n - 1}, yticks = {1}, xlabel = 'specification'}
  return plot.grid{{curve}, {dots}, share = 'x', width = o.width, heights = {1, 0.35 + 0.09 * row}, height = o.height or 45 + 5 * row}
end

return function(models, data, options)
  local o = read_options('multiverse', options, {contrast = false, distances = {'correlation', 'cosine', 'euclidean'},
    methods = {'spearman', 'pearson', 'cosine'}, layers = {'last', 'mean', 'nested'}, over = {'both', 'subjects', 'conditions'},
    controls = false, ceilings = {'none', 'lower', 'upper'}, samples = 500, seed = 0, confidence = 0.95})
  return multiverse(models, data, o)
end
