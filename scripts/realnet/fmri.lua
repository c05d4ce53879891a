-- Agreement with the fMRI of other people on other pictures (the files of Shen et al., 2019), region by region.
local inference, nested, similarity = require 'realnet.inference', require 'realnet.nested', require 'realnet.similarity'
local study = require 'realnet.study'

local fmri = {report = require 'realnet.fmri_report'}

local regions = {{'V1', 'ROI_V1'}, {'V2', 'ROI_V2'}, {'V3', 'ROI_V3'}, {'V4', 'ROI_hV4'}, {'LOC', 'ROI_LOC'}}

-- The folder asked for; 'demo' is simulated by the network behind the simulated EEG.
local function folder(run, data_, size)
  local where = run.options.fmri
  if where ~= 'demo' then return where ~= 'none' and where ~= '' and run:input(where) or nil end
  local simulated = data_.things.answers
  if not simulated then return nil end
  return data.simulate.kamitani(data_.things.root .. '-fmri', {size = size, signal = run.options.signal / 4, seed = run.seed})
end

-- RDMs of each region [subjects, pairs], and the pictures in their order.
local function brains(root)
  local rdms, order = {}, nil
  for _, of in ipairs(data.kamitani_files(root)) do
    local record = data.kamitani(of.test, {training = of.training})
    for r, region in ipairs(regions) do
      local x, labels = record:roi(region[2])
      order = order or labels
      if table.concat(order, ' ') ~= table.concat(labels, ' ') then
        error(('%s: expected trials of the same pictures as of the first subject'):format(of.test), 0)
      end
      rdms[r] = rdms[r] or {}
      table.insert(rdms[r], rsa.rdm(x):vectors()[0])
    end
  end
  for r in ipairs(regions) do rdms[r] = torch.stack(rdms[r]) end
  return rdms, order
end

local function files_of(root, labels)
  local known, files = {}, {}
  for _, path in ipairs((data.image_files(root))) do known[path:match '([^/]*)%.[^./]*$'] = path end
  for i, label in ipairs(labels) do
    files[i] = known[label] or error(('%s: expected the picture %s.jpg (.png, .tif) below it: those of Shen et al. are given on '
      .. 'request by their authors'):format(root, label), 0)
  end
  return files
end

-- A measure: network -> RDMs [areas, pairs] of the areas and of the layer before the last one, as published.
function fmri.open(run, data_, how)
  local size = how.input[2]
  local root = folder(run, data_, size)
  if not root then return nil end
  local rdms, labels = brains(root)
  local column, areas = study.column(files_of(root, labels), run.options.backbone, size), {table.unpack(how.areas)}
  local last = similarity.penultimate(data_.base, how.input, areas[#areas])
  if last ~= areas[#areas] then areas[#areas + 1] = last end
  return {rdms = rdms, n = #labels, areas = areas, of = function(net) return similarity.areas(net, column, areas, how.device) end}
end

-- Agreement [networks, subjects, regions, areas] of networks' rdms [networks, seeds, areas, pairs] with each region's.
local function agreement(values, rdms)
  local list = {}
  for k, of in ipairs(rdms) do
    local flat = values:double():flatten(0, 2)
    list[k] = rsa.compare(flat, of):view(values:size(0), values:size(1), values:size(2), -1):mean(1):transpose(1, 2)
  end
  return torch.stack(list, 2)
end

-- For each arm: agreement, the gain over the network before in each region {estimate, low, high, p} over fMRI subjects,
-- pictures and networks, the lead of the aligned ones (mean over regions), and the published test, which takes the networks
-- of one fMRI subject as independent observations.
function fmri.outcome(base, arms, how, measure)
  local out = {regions = {}, areas = measure.areas, base = agreement(base.values, measure.rdms), arms = {}, ceiling = {}}
  local all, gains = {base, table.unpack(arms)}, {}
  for r, of in ipairs(measure.rdms) do
    out.regions[r] = regions[r][1]
    local draws
    draws, out.ceiling[r] = nested.draws(all, of, how)
    for a in ipairs(arms) do
      gains[a] = gains[a] or {}
      gains[a][r] = nested.over_networks(draws[a + 1], how.seed) - draws[1]:select(1, 0)
      gains[a].mean, gains[a].base = gains[a].mean or {}, gains[a].base or {}
      gains[a].mean[r], gains[a].base[r] = draws[a + 1]:nanmean(), draws[1]:nanmean()
    end
  end
  out.ceiling = torch.stack(out.ceiling)
  for a, arm in ipairs(arms) do
    local draws, first = torch.stack({table.unpack(gains[a])}, 1), torch.stack({table.unpack(gains[1])}, 1)
    local lead = (first - draws):mean(1)
    draws, lead = draws[draws:isfinite():all(1)], lead[lead:isfinite()]
    local each = agreement(arm.values, measure.rdms)  -- [networks, subjects, regions, areas]
    local best = each:amax(-1)
    out.arms[a] = {name = arm.name, label = arm.label, similarity = each, best = best, gain = inference.interval(draws:mean(0), draws),
      lead = a > 1 and inference.interval(lead:mean(), lead) or nil,
      nested = torch.stack(gains[a].mean), published = #best > 1 and stats.ttest(best - out.base:amax(-1)) or nil}
    out.nested = torch.stack(gains[a].base)
  end
  return out
end

return fmri
