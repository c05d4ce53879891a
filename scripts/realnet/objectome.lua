-- Behaviour image by image (Rajalingham, Issa et al., 2018): are objects confused in the images in which people confuse
-- them? A network chooses by a regularised logistic regression on its last features, fitted to the public images.
local inference, similarity, study = require 'realnet.inference', require 'realnet.similarity', require 'realnet.study'

local objectome = {report = require('realnet.behaviour_report').i2n}

-- The folder asked for; 'demo' is simulated by the network behind the simulated EEG.
local function folder(run, data_, size)
  local where = run.options.objectome
  if where ~= 'demo' then return where ~= 'none' and where ~= '' and run:input(where) or nil end
  if not data_.things.answers then return nil end
  return data.simulate.objectome(data_.things.root .. '-objectome', {size = size, seed = run.seed})
end

-- A measure: network -> its probabilities of choosing each object, float64 [private images, objects].
function objectome.open(run, data_, how)
  local root = folder(run, data_, how.input[2])
  if not root then return nil end
  local record, columns, place, labels = data.objectome(root), {}, {}, {}
  local layer = similarity.penultimate(data_.base, how.input, how.areas[#how.areas])
  for _, part in ipairs {'public', 'private'} do
    columns[part] = study.column(record[part].files, run.options.backbone, how.input[2])
  end
  for i, object in ipairs(record.objects) do place[object] = i - 1 end
  for i, object in ipairs(record.public.truth) do labels[i] = place[object] end
  labels = torch.tensor(labels)
  local function features(net, part)
    return models.extract(net, columns[part], {layers = layer, batch = 64})[layer]:flatten(1):double():cpu()
  end
  return {record = record, of = function(net)
    return torch.scope(function()
      local fit, test = features(net, 'public'), features(net, 'private')
      local mean, sd = fit:mean(0), fit:std(0, {correction = 0})
      sd = torch.where(sd:eq(0), torch.ones_like(sd), sd)
      return stats.logistic((fit - mean) / sd, labels, {c = 1e-3}):predict((test - mean) / sd)
    end)
  end}
end

-- Pearson correlation of d' [..., images, objects] with people's over the entries that both have.
local function correlation(d, people)
  local both = d:isfinite():logical_and(people:isfinite()):double()
  local function sum(x) return x:sum {dim = {-2, -1}, keepdim = true} end
  local function centred(x)
    x = x:nan_to_num(0) * both
    return (x - sum(x) / sum(both)) * both
  end
  local x, y = centred(d), centred(people)
  return (sum(x * y) / (sum(x * x) * sum(y * y)):sqrt()):squeeze(-1):squeeze(-1)
end

-- i2n of every network as a share of what people reach, [networks] (seeds averaged); and the gain over the network before,
-- of the correlation with the d' of all trials, over resampled networks and images.
function objectome.outcome(base, arms, how, measure)
  local key, out = measure.record.private, {arms = {}}
  local people = stats.i2n_dprimes(key.trials, key)
  local function each(values, f)  -- f of every network and seed
    local list, flat = {}, values:flatten(0, 1)
    for s = 0, #flat - 1 do list[s + 1] = f(flat[s]) end
    return torch.stack(list):unflatten(0, {values:size(0), values:size(1)})
  end
  local function score(p)
    local found = stats.i2n(p, key.trials, key, {seed = how.seed})
    out.ceiling = found.ceiling
    return torch.tensor(found.score, {dtype = 'float64'})
  end
  local function dprimes(values) return each(values, function(p) return stats.i2n_dprimes(p, key) end) end
  local before = dprimes(base.values)
  out.base = {score = each(base.values, score):mean(1)}
  local function more(a, b)  -- networks of one subject are drawn together; a single network stays
    local result = stats.bootstrap(function(networks, images)
      local drawn = people:index_select(0, images)
      local function mean(d)
        if #d > 1 then d = d:index_select(0, networks) end
        return correlation(d:index_select(2, images), drawn):mean()
      end
      return mean(a) - mean(b)
    end, {n = math.max(#a, #b), second_n = #people, samples = how.samples, seed = how.seed})
    return inference.interval(torch.tensor(result.estimate, {dtype = 'float64'}), result.draws)
  end
  local aligned
  for a, arm in ipairs(arms) do
    local after = dprimes(arm.values)
    aligned = aligned or after
    out.arms[a] = {name = arm.name, label = arm.label, score = each(arm.values, score):mean(1), gain = more(after, before),
      lead = a > 1 and more(aligned, after) or nil}
  end
  return out
end

return objectome
