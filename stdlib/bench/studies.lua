-- Many simulated studies whose answers are known: how often intervals hold the truth, and tests find what is not there.
local rsa = require 'brain.rsa'
local stats = require 'brain.stats'

local studies = {}

local float64 = {dtype = 'float64'}

local function rdm(x) return rsa.rdm(x, {distance = 'sqeuclidean_mean'}):vectors() end

-- Four RDMs of parts of a pattern's features.
local function parts_of(x)
  local list = {}
  for k, part in ipairs(x:tensor_split(4, 1)) do list[k] = rdm(part) end
  return torch.cat(list, 0)
end

-- A study draws its conditions (patterns of 20 features), its subjects (who weigh features differently, and measure with
-- noise), and two models a and b that are equally right: RDMs [subjects, pairs], and models to be evaluated.
local function drawn(o, seed)
  local generator = torch.Generator():manual_seed(seed)
  local function normal(...) return torch.randn({...}, {dtype = 'float64', generator = generator}) end
  local shared, each, models = normal(o.conditions, 20), {}, {}
  for s = 1, o.subjects do
    each[s] = rdm(shared * (o.between * normal(1, 20)):exp() + 1.2 * normal(o.conditions, 20))
  end
  for _, name in ipairs{'a', 'b'} do
    local patterns = shared + normal(o.conditions, 20)
    models['fixed ' .. name] = rdm(patterns)
    if o.fitted then
      local parts = parts_of(patterns)
      models['weighted ' .. name] = rsa.weighted(parts)
      models['selected ' .. name], models['interpolated ' .. name] = rsa.choice(parts), rsa.interpolated(parts)
    end
  end
  return torch.cat(each, 0), models
end

-- Studies evaluated by the three bootstraps: kind of model -> {covered: share of intervals that hold the mean over all
-- studies, rejected: share of tests that tell a from b at .05, variance: the mean one by the true one, unknown: share of
-- variances that come out below 0 (of too few samples under cross-validation) and so give no interval, studies}.
-- between: how much subjects differ (0: by noise alone). fitted: fitted models too, everything cross-validated.
function studies.dual(options)
  local o = {studies = 1000, conditions = 40, subjects = 12, samples = 200, between = 0.5, method = 'pearson', df = 'satterthwaite'}
  for name, value in pairs(options) do o[name] = value end
  local kinds = o.fitted and {'fixed', 'interpolated', 'selected', 'weighted'} or {'fixed'}
  local rows = {}
  for study = 1, o.studies do
    rows[study] = torch.scope(function()
      local data, models = drawn(o, study)
      local e = rsa.evaluate(models, data, {method = o.method, interval = 'dual', samples = o.samples, seed = study,
        crossvalidate = o.fitted and (o.folds or true) or false, df = o.df})
      local p = e:tests()
      return torch.stack({e.mean, e.interval:select(1, 0), e.interval:select(1, 1), e.variance,
        p:diagonal(1):constant_pad_nd({0, 1})}, 1)  -- of a model and the next: a and b of a kind
    end)
  end
  local all, result = torch.stack(rows), {}  -- [studies, models in the order of their names, 5]
  for k, kind in ipairs(kinds) do
    local two = all:narrow(1, 2 * k - 2, 2)
    local mean, truth = two:select(2, 0), two:select(2, 0):mean()
    local inside = two:select(2, 1):le(truth) & two:select(2, 2):ge(truth)
    local variance = two:select(2, 3)
    local known = variance:isnan():logical_not()
    result[kind] = {covered = inside[known]:double():mean():item(), variance = (variance:nanmean() / mean:var(0):mean()):item(),
      rejected = two:select(2, 4):select(1, 0):lt(0.05):double():mean():item(),
      unknown = variance:isnan():double():mean():item(), studies = o.studies}
  end
  return result
end

-- Maps of noise that is smooth along their last axes: the share with any significant cluster. shape: of a map.
function studies.clusters(options)
  local o = {studies = 1000, subjects = 12, shape = {100}, permutations = 300, width = 7}
  for name, value in pairs(options) do o[name] = value end
  local found = 0
  for study = 1, o.studies do
    torch.scope(function()
      local x = torch.randn({o.subjects, table.unpack(o.shape)}, {dtype = 'float64',
        generator = torch.Generator():manual_seed(study)})
      for axis = 1, #o.shape do x = x:unfold(axis, o.width, 1):mean(-1) end
      local result = stats.cluster_permutation(x, {permutations = o.permutations, seed = study, dimensions = #o.shape})
      if result.mask:any():item() then found = found + 1 end
    end)
  end
  return {rejected = found / o.studies, studies = o.studies}
end

return studies
