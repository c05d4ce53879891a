-- The figures of the study.
local figures = {}

-- The standard error over subjects of x [subjects, ...], where there are several.
local function standard_error(x) return #x > 1 and x:std(0) / math.sqrt(#x) or nil end

-- Agreement over time, a panel per area: mean and standard error over subjects, ceiling, significant clusters.
function figures.similarity(times, areas, arms, ceiling, clusters)
  local panels, row = {}, {}
  ceiling = ceiling[1]:isfinite():all():item() and ceiling or nil  -- one subject has none
  for a, area in ipairs(areas) do
    local curves = {}
    for _, arm in ipairs(arms) do
      local r = arm.similarity:select(1, a - 1)
      curves[#curves + 1] = {y = r:mean(0), label = a == 1 and arm.label or nil, band = standard_error(r)}
    end
    local marks = {}
    for _, cluster in ipairs(clusters) do
      if cluster.significant and cluster.series == a - 1 then
        marks[#marks + 1] = {2, times[cluster.first]:item(), times[cluster.last]:item()}
      end
    end
    row[#row + 1] = plot.lines {x = times, y = curves, marks = marks, ceiling = ceiling, vline = 0, hline = 0, title = area, legend = a == 1,
      xlabel = 'time (s)', ylabel = 'Spearman r'}
    if #row == 2 or a == #areas then
      panels[#panels + 1] = row
      row = {}
    end
  end
  panels.letters, panels.share, panels.width = true, 'y', 'double'
  return plot.grid(panels)
end

-- A bar per area and condition: mean over time, a dot per subject.
function figures.bars(areas, arms)
  local means, labels = {}, {}
  for i, arm in ipairs(arms) do means[i], labels[i] = arm.similarity:mean(-1), arm.label end  -- [subjects, areas]
  local points = torch.stack(means, -1):permute {1, 2, 0}
  return plot.bars {values = points:mean(-1), points = points, groups = areas, labels = labels, ylabel = 'Spearman r', width = 'double', legend = 'right'}
end

-- A bar per condition: its gain over the network before, with its interval.
function figures.gains(arms)
  local gains, low, high, labels = {}, {}, {}, {}
  for i, arm in ipairs(arms) do
    gains[i], low[i], high[i], labels[i] = arm.over_base.estimate, arm.over_base.low, arm.over_base.high, arm.label
  end
  local function tensor(list) return torch.tensor(list, {dtype = 'float64'}) end
  return plot.bars {values = tensor(gains), errors = {tensor(low), tensor(high)}, groups = labels, hline = 0, ylabel = 'gain in Spearman r',
    width = #arms > 4 and 'double' or 'single'}
end

-- Ranked dissimilarities of the areas before and after alignment.
function figures.rdms(areas, before, after)
  local rows = {{}, {}, width = 'double'}
  local function panel(matrix, title) return plot.rdm {matrix = matrix, percentile = true, title = title, colour_bar = false} end
  for a, area in ipairs(areas) do
    rows[1][a] = panel(before[a - 1], area .. ', before')
    rows[2][a] = panel(after[a - 1], area .. ', aligned')
  end
  return plot.grid(rows)
end

function figures.eeg_rdm(matrix) return plot.rdm {matrix = matrix, percentile = true, title = 'EEG', colour_bar = 'percentile'} end

function figures.pictures(files, columns)
  local images = {}
  for i = 1, math.min(#files, 24) do images[i] = file.load(files[i]) end
  return plot.image_grid {images = images, columns = columns or 8, width = 'double'}
end

-- Loss over epochs, the mean over subjects.
function figures.training(histories)
  local learn, held = {}, {}
  for i, history in ipairs(histories) do learn[i], held[i] = history.learned, history.held end
  return plot.lines {x = histories[1].epoch, y = {{y = torch.stack(learn):mean(0), label = 'training'},
    {y = torch.stack(held):mean(0), label = 'held-out concepts'}}, xlabel = 'epoch', ylabel = 'loss'}
end

-- r of predicted and recorded EEG over pictures, mean over channels and subjects. r, ceiling [subjects, channels, times].
function figures.generation(r, ceiling)
  local times = torch.arange(r:size(-1)):double() / 100
  return plot.lines {x = times, y = {{y = r:mean(1):mean(0), label = 'prediction', band = standard_error(r:mean(1))},
    {y = ceiling:mean(1):mean(0), label = 'split-half ceiling', dashed = true}}, hline = 0, xlabel = 'time (s)', ylabel = 'r over held-out pictures'}
end

-- Recorded and generated EEG of the first four test pictures at the channel whose r over pictures is best. waves: {recorded,
-- predicted} [pictures, channels, times], r [channels, times].
function figures.waveforms(waves)
  local channel = waves.r:nanmean(1):argmax():item()
  local times, panels = torch.arange(waves.r:size(-1)):double() / 100, {share = 'y', width = 'double', {}}
  for p = 0, math.min(4, #waves.recorded) - 1 do
    panels[1][p + 1] = plot.lines {x = times, y = {{y = waves.recorded[{p, channel}]:double(), label = 'recorded'},
      {y = waves.predicted[{p, channel}]:double(), label = 'generated', dashed = true}}, hline = 0, title = ('picture %d'):format(p + 1),
      xlabel = 'time (s)', ylabel = 'EEG (sd)', legend = p == 0 and 'top left' or 'none'}
  end
  return plot.grid(panels)
end

function figures.personal(matrix)
  return plot.rdm {matrix = matrix, title = 'network (row) on EEG (column)', colour_bar = 'Spearman r'}
end

return figures
