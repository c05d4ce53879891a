-- What a reader gets: results.h5, tables, figures and words.
local figures = require 'rsa92.figures'

local report = {}

local function interval(x) return ('%.3f [%.3f, %.3f]'):format(x[0]:item(), x[1]:item(), x[2]:item()) end
local function gain(d) return ('%+.3f [%+.3f, %+.3f]'):format(d.estimate, d.low, d.high) end

-- A row for each layer and set: agreement with the mean RDM, mean over subjects, with confounds partialled out.
local function layer_table(seen, compared)
  local rows = {}
  for _, result in ipairs(compared) do
    local set = result.set
    for i, layer in ipairs(seen.layer) do
      local raw, partial = result.raw[i - 1], result.partial[i - 1]
      rows[#rows + 1] = {network = seen.network[i], layer = layer, set = set, to_mean = result.to_mean[i - 1]:item(), r = raw[0]:item(),
        low = raw[1]:item(), high = raw[2]:item(), partial = partial[0]:item(), partial_low = partial[1]:item(), partial_high = partial[2]:item()}
    end
  end
  return frame.from_rows(rows):select {'network', 'layer', 'set', 'to_mean', 'r', 'low', 'high', 'partial', 'partial_low', 'partial_high'}
end

-- The best by the mean RDM: name, r.
local function best(values, name_of)
  local place = values:nan_to_num(-2):argmax():item()
  return name_of(place + 1), values[place]:item()
end

-- A row for each set: how far its subjects agree, and the best layer and the best simple model by the mean RDM.
local function summary(seen, compared)
  local rows, columns = {}, {'set', 'ceiling', 'best layer', 'layer r', 'simple model', 'model r'}
  for _, result in ipairs(compared) do
    local layer, r = best(result.to_mean, function(i) return seen.network[i] .. ' ' .. seen.layer[i] end)
    local simple, of_it = best(result.confounds.to_mean, function(i) return result.confounds.names[i] end)
    local lower, upper = result.ceiling[0]:item(), result.ceiling[1]:item()
    rows[#rows + 1] = {set = result.set, ceiling = lower == lower and ('%.3f to %.3f'):format(lower, upper) or '',
      ['best layer'] = layer, ['layer r'] = ('%.3f'):format(r), ['simple model'] = simple, ['model r'] = ('%.3f'):format(of_it)}
  end
  return frame.from_rows(rows):select(columns)
end

-- A row for each network and set: the layer is chosen on the pictures that a bootstrap sample leaves out.
local function network_table(compared)
  local rows = {}
  for _, result in ipairs(compared) do
    local set = result.set
    for i, network in ipairs(result.chosen.names) do
      rows[#rows + 1] = {network = network, set = set, r = interval(result.chosen.raw[i - 1]),
        ['confounds partialled out'] = interval(result.chosen.partial[i - 1])}
    end
  end
  return frame.from_rows(rows):select {'network', 'set', 'r', 'confounds partialled out'}
end

local function confound_table(compared)
  local rows = {}
  for _, result in ipairs(compared) do
    local set = result.set
    for i, name in ipairs(result.confounds.names) do
      rows[#rows + 1] = {model = name, set = set, to_mean = result.confounds.to_mean[i - 1]:item(), r = interval(result.confounds.raw[i - 1])}
    end
  end
  return frame.from_rows(rows):select {'model', 'set', 'to_mean', 'r'}
end

local function alignment_table(aligned)
  local rows = {}
  for _, split in ipairs(aligned.splits) do
    for _, set in ipairs(split.outcome.names) do
      for _, part in ipairs {'raw', 'partial'} do
        local o = split.outcome.sets[set][part]
        rows[#rows + 1] = {split = split.about, set = set, similarity = part, gain = gain(o.gain),
          ['folds up'] = ('%d of %d'):format(o.gain.up, o.gain.folds), ['gain by categories alone'] = gain(o.categories),
          ['cortex minus categories'] = gain(o.beyond), ['aligned minus best layer before'] = gain(o.over_best)}
      end
    end
  end
  return frame.from_rows(rows):select {'split', 'set', 'similarity', 'gain', 'folds up', 'gain by categories alone', 'cortex minus categories',
    'aligned minus best layer before'}
end

function report.save(run, seen, compared, aligned)
  run:save('layers/rdms', seen.rdms, {dims = {'layer', 'pair'}})
  local layers = layer_table(seen, compared)
  run:save('layers/similarity', layers)
  run:table('layers', layers, 'Spearman correlation of each layer with each set: with the mean RDM (to_mean), and the mean over subjects with '
    .. '95 % intervals over subjects and pictures; partial: given pixels, silhouettes, categories and animacy.')
  run:table('networks', network_table(compared), 'Each network with the layer that is best on other pictures, mean over subjects [95 % interval].')
  run:table('simple', confound_table(compared), 'Models that know no objects, or only their categories.')
  for _, result in ipairs(compared) do
    local set = result.set
    run:save(('layers/%s/noise_ceiling'):format(set:gsub(' ', '_')), result.ceiling, {dims = {'bound'}})
  end
  if not aligned then return end
  run:table('alignment', alignment_table(aligned), 'What alignment adds on pictures left out: tested on the other subjects and on sets nothing was learned from.')
  for _, split in ipairs(aligned.splits) do
    for name, tuned in pairs(split.tuned) do
      run:save(('alignment/%s/rdms_%s'):format(split.name, name), tuned.rdms, {dims = {'steps', 'fold', 'pair'}})
    end
    for _, set in ipairs(split.outcome.names) do
      for part, numbers in pairs {raw = split.outcome.sets[set].raw, partial = split.outcome.sets[set].partial} do
        local name = ('alignment/%s/%s/%s'):format(split.name, set:gsub(' ', '_'), part)
        run:save(name, numbers.per_fold, {dims = {'model', 'fold'}, labels = {model = numbers.names}})
      end
    end
  end
end

function report.figures(run, study, seen, compared, aligned, opt)
  run:figure('layers', figures.layers(seen, compared, 'raw'), 'Agreement of the layers with each set, mean over subjects; grey: noise ceiling; '
    .. 'dashed: the best model that knows no objects or only their categories.')
  run:figure('partial', figures.layers(seen, compared, 'partial'), 'The same with pixels, silhouettes, categories and animacy partialled out.')
  run:figure('simple', figures.simple(compared), 'Networks (the layer chosen on other pictures) beside simple models; 95 % intervals over subjects and pictures.')
  run:figure('pictures', figures.pictures(study), 'Some of the pictures.')
  if not aligned then return end
  run:figure('alignment', figures.alignment(aligned), 'Gain on pictures left out, raw and with confounds partialled out; 95 % intervals over subjects and pictures.')
  run:figure('steps', figures.steps(aligned, opt.set), ('Gain in %s of subjects not learned from, over steps of alignment.'):format(opt.set))
  run:figure('rdms', figures.rdms(study, aligned, opt.set), 'Ranked dissimilarities: subjects not learned from, and the network before and after alignment. '
    .. 'After: each pair from the mean of the folds that left both pictures out.')
end

-- Where a simple model does as well as every network, in plain words.
local function simple_words(seen, compared)
  local parts = {}
  for _, result in ipairs(compared) do
    local set = result.set
    local layer, r = best(result.to_mean, function(i) return seen.network[i] .. ' ' .. seen.layer[i] end)
    local simple, of_it = best(result.confounds.to_mean, function(i) return result.confounds.names[i] end)
    if of_it > r then parts[#parts + 1] = ('%s alone reaches %.2f in %s, above every network (the best, %s, reaches %.2f)'):format(simple, of_it, set, layer, r) end
  end
  if #parts == 0 then return 'In every set some network agrees better with the mean RDM than each simple model.' end
  return table.concat(parts, '; ') .. '. High agreement of a network is therefore no evidence by itself that it sees objects as the brain does.'
end

function report.words(seen, compared, aligned, opt)
  local words, headline = {simple_words(seen, compared)}, nil
  if aligned then
    local by_name = {}
    for _, split in ipairs(aligned.splits) do by_name[split.name] = split.outcome.sets end
    local out, random = by_name.categories[opt.set], by_name.random[opt.set]
    headline = ('%s aligned with half of the subjects agrees %s better with the others on kinds of objects left out, %s with confounds partialled out; '
      .. 'tuning to categories alone gives %s'):format(opt.align, gain(out.raw.gain), gain(out.partial.gain), gain(out.raw.categories))
    words[2] = ('With two categories left out agreement rises in %d of %d folds; cortex minus categories as the target is %s (partial %s). '
      .. 'Against the best layer of the network before (%s) the aligned layer (%s) stands at %s.'):format(out.raw.gain.up, out.raw.gain.folds,
      gain(out.raw.beyond), gain(out.partial.beyond), aligned.best.name, aligned.entry.aligned, gain(out.raw.over_best))
    words[3] = ('A random split of the pictures gives %s, but there every kind of object has been learned from.'):format(gain(random.raw.gain))
    local others = {}
    for _, set in ipairs(aligned.sets.names) do
      if set ~= opt.set then others[#others + 1] = ('%s %s'):format(set, gain(by_name.categories[set].raw.gain)) end
    end
    words[4] = 'In sets nothing was learned from, two categories left out: ' .. table.concat(others, '; ') .. '.'
    words[5] = ('Steps (%d) and rate (%g) were not chosen on held-out data; the figure of gain over steps shows what others give.'):format(opt.steps, opt.rate)
  end
  words[#words + 1] = 'In the table the r of a layer or model is with the mean RDM of a set; the ceiling is that of single subjects.'
  return {headline = headline or words[1], text = words, table = summary(seen, compared)}
end

-- Seconds are CPU seconds of one core.
function report.plan(opt, chosen)
  local lines = {{'layers', note = ('%d networks, 92 pictures'):format(#chosen), seconds = 4.0 * #chosen},
    {'compare', note = ('%d bootstrap samples, 5 sets'):format(opt.samples), seconds = 0.06 * opt.samples * #chosen}}
  if opt.align ~= 'none' then
    local folds = opt.folds + 15
    lines[3] = {'align', note = ('%d folds x 2 targets, %d steps'):format(folds, 2 * opt.steps), seconds = folds * 4 * opt.steps * 0.3}
  end
  return lines
end

return report
