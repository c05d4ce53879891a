-- The figures of the study.
local figures = {}

local tints = {'blue', 'vermillion', 'green', 'purple', 'orange', 'sky blue'}

-- Values of a network's layers at even depths, linear between layers.
local function over_depth(y)
  local at = torch.linspace(0, #y - 1, 201, {dtype = 'float64'})
  local low = at:floor():clamp {max = math.max(0, #y - 2)}:long()
  local share = at - low:double()
  return y[low] * (1 - share) + y[(low + 1):clamp {max = #y - 1}] * share
end

-- A panel for each set: agreement over depth, a curve for each network. part: 'raw' or 'partial'.
function figures.layers(seen, compared, part)
  local labels, places, panels, row = {}, {}, {}, {}
  for i, label in ipairs(seen.network) do
    if not places[label] then labels[#labels + 1], places[label] = label, {} end
    table.insert(places[label], i - 1)
  end
  for i, result in ipairs(compared) do
    local curves = {}
    for k, label in ipairs(labels) do
      curves[k] = {y = over_depth(result[part]:select(1, 0)[torch.tensor(places[label])]), label = label, colour = tints[k]}
    end
    local lower, upper = result.ceiling[0]:item(), result.ceiling[1]:item()
    local simple = part == 'raw' and result.confounds.raw:select(1, 0):max():item() or 0
    row[#row + 1] = plot.lines {x = torch.linspace(0, 1, 201), y = curves, title = result.set, xlabel = 'depth', ylabel = 'Spearman r',
      ceiling = part == 'raw' and lower == lower and {lower, upper} or nil, hline = {0, simple},
      legend = i == #compared and 'right' or 'none'}
    if #row == 3 then
      panels[#panels + 1] = row
      row = {}
    end
  end
  if #row > 0 then panels[#panels + 1] = row end
  panels.letters, panels.share, panels.heights, panels.width = true, 'y', {1, 1}, 'double'
  return plot.grid(panels)
end

-- The best network, its layer chosen on other pictures, and simple models: a group of bars for each set.
function figures.simple(compared)
  local shown, groups, values, low, high = {pixels = 2, silhouette = 3, categories = 4, animacy = 5}, {}, {}, {}, {}
  for _, result in ipairs(compared) do
    local bars = {}
    local network = result.chosen.raw:select(1, 0):argmax():item()
    bars[1] = result.chosen.raw[network]
    for i, name in ipairs(result.confounds.names) do
      if shown[name] then bars[shown[name]] = result.confounds.raw[i - 1] end
    end
    bars = torch.stack(bars)
    groups[#groups + 1] = result.set
    values[#values + 1], low[#low + 1], high[#high + 1] = bars:select(1, 0), bars:select(1, 1), bars:select(1, 2)
  end
  return plot.bars {values = torch.stack(values), errors = {torch.stack(low), torch.stack(high)}, groups = groups,
    labels = {'best network', 'pixels', 'silhouette', 'categories', 'animacy'}, ylabel = 'Spearman r', width = 'double'}
end

-- Gains on pictures left out: a panel for each split, a group of bars for each set.
function figures.alignment(aligned)
  local row = {}
  for k, split in ipairs(aligned.splits) do
    local values, low, high = {}, {}, {}
    for i, set in ipairs(split.outcome.names) do
      local o = split.outcome.sets[set]
      local bars = {o.raw.gain, o.raw.categories, o.partial.gain, o.partial.categories}
      values[i], low[i], high[i] = {}, {}, {}
      for b, d in ipairs(bars) do values[i][b], low[i][b], high[i][b] = d.estimate, d.low, d.high end
    end
    row[k] = plot.bars {values = torch.tensor(values), errors = {torch.tensor(low), torch.tensor(high)}, groups = split.outcome.names,
      labels = {'cortex', 'categories', 'cortex, partial', 'categories, partial'}, title = split.about, ylabel = 'gain in Spearman r',
      legend = k == 1 and 'bottom left' or 'none'}
  end
  return plot.grid {{row[1]}, {row[2]}, letters = true, width = 'double'}
end

-- Gain in the set aligned with, over steps.
function figures.steps(aligned, set)
  local curves, steps = {}, {0, table.unpack(aligned.splits[1].outcome.steps)}
  for k, split in ipairs(aligned.splits) do
    local r = split.outcome.sets[set].curve
    for arm, name in ipairs {'cortex', 'categories'} do
      curves[#curves + 1] = {y = r[arm - 1] - r[{arm - 1, 0}], label = ('%s, %s'):format(name, split.about), colour = tints[k], dashed = arm == 2}
    end
  end
  return plot.lines {x = torch.tensor(steps), y = curves, hline = 0, xlabel = 'steps', ylabel = 'gain in Spearman r', legend = 'right', width = 140, height = 70}
end

-- The subjects tested on, the network before and after, for pictures left out.
function figures.rdms(study, aligned, set)
  local split = aligned.splits[#aligned.splits]
  local rdms, sum, count = split.tuned.brain.rdms, 0, 0
  for f, fold in ipairs(split.folds) do
    local out = torch.zeros(study.n, {dtype = 'float64'})
    out[torch.tensor(fold)] = 1
    local both = rsa.rdms(out:outer(out)):vectors()[0]
    sum, count = sum + both * rdms[{3, f - 1}], count + both
  end
  local row = {}
  for i, panel in ipairs {{aligned.sets.rdms[set]:mean():vectors()[0], set .. ', others'}, {rdms[{0, 0}], 'before'}, {sum / count, 'aligned'}} do
    row[i] = plot.rdm {matrix = panel[1], percentile = true, title = panel[2], colour_bar = false}
  end
  return plot.grid {row, width = 'double'}
end

function figures.pictures(study)
  local places = torch.arange(1, study.n, 4)
  return plot.image_grid {images = study.images[places], columns = 12, width = 'double'}
end

return figures
