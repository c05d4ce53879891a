-- How reliable measurements are: signal and noise of repeated trials, ranks that agree.
local native = require 'brain.stats.native'
local read_options = require 'brain.options'
local numbers = require('brain.stats.tests').numbers

local reliability = {}

-- The signal-to-noise ratio of each unit, and the share of the variance of averages of `averaged` trials that is signal.
function reliability.ncsnr(trials, options)
  local o = read_options('ncsnr', options, {averaged = false})
  trials = numbers(trials, 'ncsnr', 'trials')
  local ratio = native.ncsnr(trials)
  local averaged = o.averaged or trials:size(1)
  read_options.at_least_one('ncsnr', 'averaged', averaged)
  local squared = ratio:square()
  return ratio, squared / (squared + 1 / averaged)
end

local variants = {biconvex = true, nearest = false, ['2024'] = true, ['2022'] = false}

function reliability.gsn(trials, options)
  local o = read_options('gsn', options, {variant = 'biconvex', simulations = 50, conditions = 50, scale = true, split = 42,
    seed = 0})
  local biconvex = variants[tostring(o.variant)]
  if biconvex == nil then
    error(("gsn: variant: expected biconvex (2024) or nearest (2022), got '%s'"):format(tostring(o.variant)), 0)
  end
  return native.gsn(numbers(trials, 'gsn', 'trials'), {biconvex = biconvex, simulations = o.simulations,
    conditions = o.conditions, scale = o.scale, split = o.split, seed = o.seed})
end

-- Mean Spearman correlation between the columns of scores [things, subjects], against things dealt out anew in each.
function reliability.rank_stability(scores, options)
  local o = read_options('rank_stability', options, {permutations = 1000, seed = 0})
  read_options.at_least_one('rank_stability', 'permutations', o.permutations)
  scores = numbers(scores, 'rank_stability', 'scores')
  if scores.ndim ~= 2 or scores.shape[1] < 3 or scores.shape[2] < 2 then
    error(('rank_stability: expected scores [things, subjects] of at least 3 things and 2 subjects, got %s'):format(
      tostring(scores.shape)), 0)
  end
  local ranks = native.average_ranks(scores.T:contiguous())
  local unit = ranks - ranks:mean(1, true)
  unit = unit / unit:norm{p = 2, dim = {1}, keepdim = true}
  local subjects, things = unit.shape[1], unit.shape[2]
  -- The length of the sum of the rows holds the products of all pairs.
  local function mean_of_pairs(rows) return (rows:sum(0):square():sum():item() - subjects) / (subjects * (subjects - 1)) end
  local observed, reached = mean_of_pairs(unit), 0
  for i = 1, o.permutations do
    local rows = {}
    for s = 1, subjects do
      rows[s] = unit[s - 1]:index_select(0, native.permutation(o.seed, i * subjects + s, things))
    end
    if mean_of_pairs(torch.stack(rows)) >= observed - 1e-12 then reached = reached + 1 end
  end
  return {mean = observed, p = (reached + 1) / (o.permutations + 1), permutations = o.permutations}
end

return reliability
