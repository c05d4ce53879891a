-- Agreement with the fMRI of other people on other pictures (the files of Shen et al., 2019), region by region.
local inference, similarity, study = require 'realnet.inference', require 'realnet.similarity', require 'realnet.study'

local fmri = {}

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
  areas[#areas + 1] = similarity.penultimate(data_.base, how.input)
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

-- Every network of every arm as a model of its own, whose area is chosen on the pictures a resample leaves out: draws
-- [samples, networks] by arm, seeds averaged, and the noise ceiling.
local function nested(arms, of, how)
  local candidates, draws = {}, {}
  local function name(arm, s, k) return ('%s %d %d'):format(arm.name, s, k) end
  for _, arm in ipairs(arms) do
    for s = 1, #arm.values do
      for k = 1, arm.values:size(1) do candidates[name(arm, s, k)] = arm.values[{s - 1, k - 1}]:double() end
    end
  end
  local result = rsa.evaluate(candidates, of, {select = 'nested', over = #of > 1 and 'both' or 'conditions', samples = how.samples,
    seed = how.seed})
  local place = {}
  for i, each in ipairs(result.names) do place[each] = i - 1 end
  for a, arm in ipairs(arms) do
    local networks = {}
    for s = 1, #arm.values do
      local sum = 0
      for k = 1, arm.values:size(1) do sum = sum + result.draws:select(1, place[name(arm, s, k)]) end
      networks[s] = sum / arm.values:size(1)
    end
    draws[a] = torch.stack(networks, 1)
  end
  return draws, result.ceiling
end

-- The mean over networks of every draw, the networks drawn anew, too.
local function over_networks(draws, seed)
  local n = draws:size(1)
  local people = torch.randint(n, draws.shape, {generator = torch.Generator():manual_seed(seed)})
  return draws:gather(1, people):mean(1)
end

-- For each arm: agreement, the gain over the network before in each region {estimate, low, high, p} over fMRI subjects,
-- pictures and networks, and the published test, which takes the networks of one fMRI subject as independent observations.
function fmri.outcome(base, arms, how, measure)
  local out = {regions = {}, areas = measure.areas, base = agreement(base.values, measure.rdms), arms = {}, ceiling = {}}
  local all, gains = {base, table.unpack(arms)}, {}
  for r, of in ipairs(measure.rdms) do
    out.regions[r] = regions[r][1]
    local draws
    draws, out.ceiling[r] = nested(all, of, how)
    for a in ipairs(arms) do
      gains[a] = gains[a] or {}
      gains[a][r] = over_networks(draws[a + 1], how.seed) - draws[1]:select(1, 0)
      gains[a].mean, gains[a].base = gains[a].mean or {}, gains[a].base or {}
      gains[a].mean[r], gains[a].base[r] = draws[a + 1]:nanmean(), draws[1]:nanmean()
    end
  end
  out.ceiling = torch.stack(out.ceiling)
  for a, arm in ipairs(arms) do
    local draws = torch.stack({table.unpack(gains[a])}, 1)
    draws = draws[draws:isfinite():all(1)]
    local each = agreement(arm.values, measure.rdms)  -- [networks, subjects, regions, areas]
    local best = each:amax(-1)
    out.arms[a] = {name = arm.name, label = arm.label, similarity = each, best = best, gain = inference.interval(draws:mean(0), draws),
      nested = torch.stack(gains[a].mean), published = #best > 1 and stats.ttest(best - out.base:amax(-1)) or nil}
    out.nested = torch.stack(gains[a].base)
  end
  return out
end

local function figure(out)
  local bars, gain = {out.base:amax(-1):mean(0)}, out.arms[1].gain  -- [subjects, regions] each
  local labels = {'before'}
  for a, arm in ipairs(out.arms) do bars[a + 1], labels[a + 1] = arm.best:mean(0), arm.label end
  local points = torch.stack(bars, -1):permute {1, 2, 0}
  local ceiling = out.ceiling:isfinite():all():item() and {out.ceiling:select(1, 0), out.ceiling:select(1, 1)} or nil
  return plot.grid {{
    plot.bars {values = points:mean(-1), points = points, groups = out.regions, labels = labels, ceiling = ceiling,
      ylabel = 'Spearman r, best area', legend = 'right'},
    plot.bars {values = gain.estimate, errors = {gain.low, gain.high}, groups = out.regions, hline = 0,
      ylabel = 'gain of aligned networks'}}, letters = true, width = 'double'}
end

function fmri.report(run, out)
  local axes = {dims = {'subject', 'region', 'area'}, labels = {region = out.regions, area = out.areas}}
  run:save('fmri/similarity_base', out.base[0], axes)
  run:save('fmri/noise_ceiling', out.ceiling, {dims = {'region', 'bound'}, labels = {region = out.regions, bound = {'lower', 'upper'}}})
  for _, arm in ipairs(out.arms) do
    run:save('fmri/similarity_' .. arm.name, arm.similarity:mean(0), axes)
    run:save('fmri/networks_' .. arm.name, arm.similarity, {dims = {'network', table.unpack(axes.dims)}, labels = axes.labels})
    run:save('fmri/gain_' .. arm.name, arm.gain)
  end
  run:figure('fmri', figure(out), 'Agreement with fMRI of other pictures: (a) in the best area, as published; dots are people, grey '
    .. 'the noise ceiling; (b) gain of aligned networks, the area chosen on other pictures; 95 % over people, pictures and networks.')
  local rows, arm = {}, out.arms[1]
  for r, region in ipairs(out.regions) do
    local at, published = r - 1, {}
    for s, p in ipairs(arm.published and arm.published.p:select(1, at):tolist() or {}) do published[s] = ('%.2g'):format(p) end
    rows[r] = {region = region, before = ('%.3f'):format(out.nested[at]:item()), aligned = ('%.3f'):format(arm.nested[at]:item()),
      gain = ('%+.3f [%+.3f, %+.3f]'):format(arm.gain.estimate[at]:item(), arm.gain.low[at]:item(), arm.gain.high[at]:item()),
      p = ('%.2g'):format(arm.gain.p[at]:item()), ['p as published'] = table.concat(published, ', ')}
  end
  run:table('fmri', frame.from_rows(rows):select {'region', 'before', 'aligned', 'gain', 'p', 'p as published'}, 'Agreement with fMRI, '
    .. 'the area chosen on other pictures. As published: a t-test of the networks against the one before, for each person; '
    .. 'networks compared with one brain are no independent observations, so that these p are too small.')
  local found = {}
  for r, region in ipairs(out.regions) do
    if arm.gain.low[r - 1]:item() > 0 then found[#found + 1] = region end
  end
  return {('Agreement with the fMRI of other people on other pictures rises in %s (95 %% over people, pictures and networks).'):format(
    #found > 0 and table.concat(found, ', ') or 'no region')}
end

return fmri
