-- Layers of networks against measured RDMs.
local networks = require 'rsa92.networks'

local layers = {}

-- RDMs of every layer of every network: {rdms [layers, pairs], network = labels, layer = names}, a row for each layer.
function layers.rdms(chosen, study, device, root)
  local parts, network, layer = {}, {}, {}
  for _, entry in ipairs(chosen) do
    local net = networks.load(entry, root):to(device)
    local features = models.extract(net, study:column(entry.name, {size = entry.size}), {layers = entry.layers, batch = 23})
    for name, x in pairs(features) do
      parts[#parts + 1] = rsa.rdm(x:flatten(1)):vectors():cpu()
      network[#network + 1], layer[#layer + 1] = entry.label, name
    end
  end
  return {rdms = torch.cat(parts), network = network, layer = layer}
end

local function stacked(named)
  local names, list = {}, {}
  for name, set in pairs(named) do names[#names + 1], list[#list + 1] = name, set:vectors() end
  return torch.cat(list), names
end

-- The confounds and the study's own models, without those that are confounds again.
local function simple_models(study, confounds)
  local control, names = stacked(confounds)
  local all = {control}
  for name, model in pairs(study.models) do
    if rsa.compare(model, control):max():item() < 1 - 1e-4 then names[#names + 1], all[#all + 1] = name, model:vectors() end
  end
  return torch.cat(all), names
end

-- The RDMs of each network by its label.
local function by_network(seen)
  local places = {}
  for i, label in ipairs(seen.network) do
    places[label] = places[label] or {}
    table.insert(places[label], i - 1)
  end
  local sets = {}
  for label, list in pairs(places) do sets[label] = seen.rdms[torch.tensor(list)] end
  return sets
end

-- Everything compared with every set of measurements: a list of {set = its name,
--   ceiling {lower, upper}, raw, partial [layers, 3] (mean over subjects, low, high), to_mean [layers]: with the mean RDM,
--   confounds {names, raw [confounds, 3], to_mean}, chosen {names, raw, partial [networks, 3]}: the layer chosen on other pictures}
function layers.compare(seen, study, confounds, opt)
  local control = stacked(confounds)
  local simple, names = simple_models(study, confounds)
  local every, n, all = torch.cat({seen.rdms, simple}), #seen.rdms, {}
  local function bounds(result) return torch.cat({result.mean:unsqueeze(1), result.interval}, 1) end
  for name, set in pairs(study.rdms) do
    local mean = set:mean()
    local function evaluate(candidates, select)  -- one measurement has no subjects to draw from
      return rsa.evaluate(candidates, set, {samples = opt.samples, seed = opt.seed, control = control, select = select,
        over = #set > 1 and 'both' or 'conditions'})
    end
    local result, nested = evaluate(every), evaluate(by_network(seen), 'nested')
    local raw, partial = bounds(result), bounds(result.partial)
    local to_mean = rsa.compare(every, mean):view(-1)
    all[#all + 1] = {set = name, ceiling = result.ceiling, raw = raw['0:' .. n], partial = partial['0:' .. n], to_mean = to_mean['0:' .. n],
      confounds = {names = names, raw = raw[n .. ':'], partial = partial[n .. ':'], to_mean = to_mean[n .. ':']},
      chosen = {names = nested.names, raw = bounds(nested), partial = bounds(nested.partial)}}
  end
  return all
end

return layers
