-- One question under every combination of choices.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'

local float64 = {dtype = 'float64'}

local function study()
  torch.manual_seed(0)
  local shared, each = torch.randn({24, 15}, float64), {}
  for s = 1, 8 do each[s] = rsa.rdm(shared + torch.randn({24, 15}, float64)):vectors() end
  local function layers(noise)
    return {torch.randn({24, 30}, float64), shared + noise * torch.randn({24, 15}, float64)}
  end
  return {near = layers(0.4), far = layers(3)}, torch.cat(each, 0)
end

test.case('every combination is one evaluation', function()
  local models, data = study()
  local control = rsa.rdm(torch.randn({24, 4}, float64))
  local m = rsa.multiverse(models, data, {contrast = {'near', 'far'}, distances = {'correlation', 'euclidean'},
    methods = {'pearson', 'cosine'}, controls = {other = control}, samples = 60, seed = 2})
  -- 2 distances x 2 methods x (3 rules x 3 units - nested with subjects) x 3 ceilings, and the control with pearson
  test.equal(#m.specifications, 2 * 2 * 8 * 3 + 2 * 8)
  local t = m:table()
  test.equal(#t, #m.specifications)
  test.truthy((t.effect['1:'] - t.effect[':-1']):min():item() >= 0)
  test.equal(m.left_out['control goes with spearman and pearson'], 2 * 8)
  test.equal(m.left_out['layers chosen on other conditions need conditions to be resampled'], 2 * 2 * 4)
  local function only(wanted)
    for i, specification in ipairs(m.specifications) do
      local same = true
      for name, value in pairs(wanted) do same = same and specification[name] == value end
      if same then return i - 1 end
    end
  end
  local last = {near = rsa.rdm(models.near[2], {distance = 'euclidean'}), far = rsa.rdm(models.far[2], {distance = 'euclidean'})}
  local e = rsa.evaluate(last, data, {method = 'pearson', samples = 60, seed = 2, control = control})
  local raw = only{distance = 'euclidean', method = 'pearson', layers = 'last', over = 'both', control = 'none', ceiling = 'none'}
  local partial = only{distance = 'euclidean', method = 'pearson', layers = 'last', over = 'both', control = 'other'}
  local upper = only{distance = 'euclidean', method = 'pearson', layers = 'last', over = 'both', ceiling = 'upper'}
  test.close(m.effects[raw]:item(), (e.mean[1] - e.mean[0]):item(), {rtol = 1e-12})
  test.close(m.effects[partial]:item(), (e.partial.mean[1] - e.partial.mean[0]):item(), {rtol = 1e-12})
  test.close(m.effects[upper]:item(), ((e.mean[1] - e.mean[0]) / e.ceiling[1]):item(), {rtol = 1e-12})
  local draws = e.draws:select(1, 1) - e.draws:select(1, 0)
  test.close(m.standard_errors[raw]:item(), draws:std():item(), {rtol = 1e-10})

  -- the largest statistic by hand
  local null = ((m.draws - m.draws:mean(0, true)) / m.draws:std(0)):abs()
  local z = m.effects:abs() / m.draws:std(0)
  for _, k in ipairs{0, raw, upper} do
    test.close(m.p_corrected[k]:item(), (null:amax(1):ge(z[k]):sum():item() + 1) / (null.shape[1] + 1), {rtol = 1e-12})
    test.close(m.p[k]:item(), (null:select(1, k):ge(z[k]):sum():item() + 1) / (null.shape[1] + 1), {rtol = 1e-12})
  end
  test.truthy((m.p_corrected - m.p):min():item() >= 0)
  local subjects = only{distance = 'correlation', method = 'pearson', layers = 'last', over = 'subjects', ceiling = 'none'}
  test.truthy(m.p_corrected[subjects]:item() < 0.05 and m.median > 0.05 and m.median_interval[0]:item() > 0)
  test.truthy(m:summary():find('near - far: 112 specifications', 1, true), m:summary())
  if package.loaded['brain.plot.native'] then
    local figure = m:plot()
    test.truthy(figure:svg():find('<svg', 1, true))
    test.truthy(figure:csv():find('effect', 1, true))
  end
end)

test.case('equal models rarely differ by the largest statistic', function()
  local rejected = 0
  for seed = 1, 100 do
    torch.scope(function()
      torch.manual_seed(seed)
      local shared, each = torch.randn({20, 15}, float64), {}
      for s = 1, 8 do each[s] = rsa.rdm(shared + 1.2 * torch.randn({20, 15}, float64)):vectors() end
      local models = {a = shared + torch.randn({20, 15}, float64), b = shared + torch.randn({20, 15}, float64)}
      local m = rsa.multiverse(models, torch.cat(each, 0), {contrast = {'a', 'b'}, methods = {'pearson', 'cosine'}, over = 'both',
        ceilings = 'none', samples = 100, seed = seed})
      if m.p_corrected:min():item() <= 0.05 then rejected = rejected + 1 end
    end)
  end
  -- Of 100 draws of probability .05 more than 11 come less than once in 200 times.
  test.truthy(rejected <= 11, rejected)
end)

test.case('RDMs have no distance, one layer no rule', function()
  local models, data = study()
  local given = {near = rsa.rdm(models.near[2]), far = rsa.rdm(models.far[2])}
  local m = rsa.multiverse(given, data, {contrast = 'near', methods = 'spearman', over = 'both', ceilings = 'none', samples = 40})
  test.equal(#m.specifications, 1)
  test.equal(m.specifications[1], {distance = 'given', method = 'spearman', layers = 'one', over = 'both', control = 'none',
    ceiling = 'none'})
  test.equal(m.p:tolist(), m.p_corrected:tolist())
  if package.loaded['brain.plot.native'] then test.truthy(m:plot():svg():find('<svg', 1, true)) end
  local function refused(words, ...)
    local arguments = {...}
    test.raises(function() rsa.multiverse(table.unpack(arguments, 1, 3)) end, words)
  end
  refused("contrast: expected {'a', 'b'}", given, data)
  refused("contrast: no model 'nea'", given, data, {contrast = {'nea', 'far'}})
  refused("over: expected both, subjects, conditions, got 'images'", given, data, {contrast = 'near', over = 'images'})
  refused("did you mean 'methods'?", given, data, {method = 'pearson'})
  refused('models: expected a table name', torch.zeros(3), data)
  refused('all as features or all as RDMs', {a = given.near, b = models.far}, data, {contrast = {'a', 'b'}})
  refused('no combination', models, data, {contrast = 'near', layers = 'nested', over = 'subjects'})
end)
