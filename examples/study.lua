-- How many units must be recorded to see that two areas agree? A study with options, kept steps and a report.
local run = experiment.start {
  name = 'units',
  about = 'Agreement of two simulated areas against the number of recorded units.',
  options = {
    pictures = {24, 'pictures shown'},
    units = {{5, 10, 20, 40, 80, 160}, 'numbers of recorded units'},
    noise = {1.0, 'standard deviation of the noise of a unit'},
    repeats = {20, 'recordings of each size'},
  },
}
local opt = run.options
run:plan {{'simulate', bytes = 8 * opt.pictures * opt.units[#opt.units] * 2, seconds = 0.01 * #opt.units * opt.repeats}}
if run.dry then return end

local pairs_above = torch.ones(opt.pictures, opt.pictures):triu(1):bool()
local function dissimilarity(x) return (1 - torch.corrcoef(x))[pairs_above] end

-- Correlation of the areas' dissimilarities when each is seen through `units` noisy units.
local function agreement(units)
  local hidden = torch.randn(opt.pictures, 20)
  local function record() return hidden:matmul(torch.randn(20, units)) + opt.noise * torch.randn(opt.pictures, units) end
  return torch.corrcoef(torch.stack {dissimilarity(record()), dissimilarity(record())})[{0, 1}]:item()
end

local values = run:step('simulate', function()
  local r = torch.zeros(#opt.units, opt.repeats)
  for i, units in ipairs(opt.units) do
    for k = 0, opt.repeats - 1 do r[{i - 1, k}] = agreement(units) end
    run:log {units = units, r = r[i - 1]:mean()}
  end
  return r
end)
run:save('agreement/r', values, {dims = {'units', 'repeat'}, labels = {units = opt.units}})

local summary = frame.new {{'units', opt.units}, {'r', values:mean(1)}, {'sd', values:std(1)}}
run:figure('agreement', plot.lines {x = summary.units, y = summary.r, band = summary.sd, xlabel = 'recorded units',
  ylabel = 'agreement (r)'}, 'Agreement of the areas; the band is one standard deviation over recordings.')
local best = summary:sort('r', {descending = true}):row(0)
run:finish {headline = ('With %d units the areas agree at r = %.2f.'):format(best.units, best.r), table = summary}
