-- The kinds of figure a paper takes, on simulated data, each written as PDF, SVG, PNG and CSV into the current folder.
-- Teaches: plot, and how to put panels into one figure.
torch.manual_seed(0)
local subjects, areas = 10, {'V1', 'V2', 'V4', 'IT'}

-- Similarity of model areas and EEG over time: mean, standard error, and where it differs from zero.
local times = torch.arange(-100, 500, 10):double()
local peak = torch.tensor({130, 150, 180, 210})['..., None'] - times
local effect = 0.15 * torch.exp(-(peak / 60) ^ 2) + 0.04 * times:gt(80)
local similarity = effect + 0.03 * torch.randn(subjects, 4, #times, {dtype = 'float64'})
local mean, error_of_mean = similarity:mean(0), similarity:std(0) / math.sqrt(subjects)
local lines = plot.lines{x = times, y = mean, band = error_of_mean, labels = areas, marks = mean:gt(4 * error_of_mean),
  ceiling = {0.2, 0.24}, vline = 0, hline = 0, xlabel = 'Time (ms)', ylabel = 'Similarity (Spearman ρ)'}

-- Regions by model, one dot per subject, each region with its noise ceiling.
local scores = torch.tensor({{0.16, 0.21}, {0.2, 0.27}, {0.18, 0.29}})['..., None'] + 0.025 * torch.randn(3, 2, subjects)
local bars = plot.bars{values = scores:mean(2), errors = scores:std(2) / math.sqrt(subjects), points = scores,
  groups = {'V1', 'V4', 'LOC'}, labels = {'CORnet', 'ReAlnet'}, ceiling = {{0.31, 0.33, 0.36}, {0.35, 0.38, 0.4}},
  ylabel = 'Similarity (Spearman ρ)'}

-- Patterns of 24 conditions of three kinds: their RDM, and a map of the conditions.
local kinds, kind_of = {'animals', 'plants', 'tools'}, {}
for i = 0, 23 do kind_of[i + 1] = kinds[i // 8 + 1] end
local centres = torch.randn(3, 50):repeat_interleave(8, 0)
local patterns = centres + torch.randn(24, 50)
local rdm = plot.rdm{matrix = 1 - torch.corrcoef(patterns), groups = kind_of, colour_bar = 'Dissimilarity (1 − r)'}
local centred = patterns - patterns:mean(0)
local _, _, axes = torch.linalg.svd(centred, {full_matrices = false})
local map = centred:matmul(axes['0:2'].T)
local mds = plot.mds{points = map, groups = kind_of}

-- Voxels: predicted against measured, and how the scores are spread.
local measured = torch.randn(120)
local scatter = plot.scatter{x = measured, y = 0.6 * measured + 0.5 * torch.randn(120), regression = true, opacity = 0.6,
  xlabel = 'Measured response', ylabel = 'Predicted response'}
local histogram = plot.histogram{values = {0.2 + 0.1 * torch.randn(400), 0.35 + 0.1 * torch.randn(400)},
  labels = {'V1', 'LOC'}, xlabel = 'Noise-corrected r', ylabel = 'Voxels', vline = 0}

-- Pictures: gratings of rising orientation, in a grid and as points of a map.
local gratings, names = {}, {}
local side = torch.linspace(-1, 1, 64)
for i = 0, 7 do
  local angle = i * math.pi / 8
  local wave = torch.sin(12 * (math.cos(angle) * side + math.sin(angle) * side['..., None']))
  gratings[i + 1] = (127.5 + 127.5 * wave):byte()['..., None']:expand(-1, -1, 3)
  names[i + 1] = ('%.1f°'):format(i * 22.5)
end
local images = plot.image_grid{images = gratings, labels = names, columns = 4}
local circle = torch.arange(0, 8) * math.pi / 4
local thumbnails = plot.mds{points = torch.stack({torch.cos(circle), torch.sin(circle)}, 1), images = gratings, size = 22}

local figures = {lines = lines, bars = bars, rdm = rdm, mds = mds, scatter = scatter, histogram = histogram,
  images = images, thumbnails = thumbnails,
  grid = plot.grid{{lines, bars}, {rdm, mds, scatter}, letters = true}}
for name, figure in pairs(figures) do
  for _, format in ipairs {'pdf', 'svg', 'png'} do figure:save(name .. '.' .. format) end
end
print 'wrote lines, bars, rdm, mds, scatter, histogram, images, thumbnails and grid (.pdf .svg .png .csv)'
