-- What may be concluded: intervals over subjects and pictures, personal networks.
local without_variants, similarity = require('realnet.arms').drawn, require 'realnet.similarity'

local inference = {}

-- A function that takes condensed RDMs [..., pairs] of n pictures to those of a draw of them; a picture's pairs with its
-- own copies are NaN, so left out.
local function resampler(draw, n)
  local at = torch.triu_indices(#draw, #draw, 1)
  local a, b = draw[at[0]], draw[at[1]]
  local low, high = torch.minimum(a, b), torch.maximum(a, b)
  local copies = low:eq(high)
  local place = (low * n - (low * (low + 1)):floor_divide(2) + high - low - 1):masked_fill(copies, 0)
  return function(rdms) return rdms:index_select(-1, place):masked_fill(copies, 0 / 0) end
end

-- {estimate, low, high, p} of a difference, from resampled ones (axis 0): the 95 % interval and a two-sided p.
function inference.interval(estimate, draws)
  local ends = torch.quantile(draws, torch.tensor({0.025, 0.975}, {dtype = 'float64'}), 0)
  local below, above = draws:le(0):double():mean(0), draws:ge(0):double():mean(0)
  return {estimate = estimate, low = ends[0], high = ends[1], p = (2 * torch.minimum(below, above)):clamp(1 / #draws, 1)}
end

-- Such an interval as text; place: an index into its Tensors, where they have axes.
function inference.text(x, place)
  local function at(t) return (place and t[place] or t):item() end
  return ('%+.3f [%+.3f, %+.3f]'):format(at(x.estimate), at(x.low), at(x.high))
end

-- By how much the first of some arms exceeds each of its controls, as a clause; their intervals are `lead`.
function inference.leads(arms, place)
  arms = without_variants(arms)
  local list = {}
  for a = 2, #arms do list[a - 1] = ('%s %s'):format(arms[a].label, inference.text(arms[a].lead, place)) end
  return #list > 0 and '; aligned networks minus controls: ' .. table.concat(list, ', ') or ''
end

-- A share [subjects, pictures] of 0 to 1 with its interval over resampled subjects and pictures: {estimate, low, high}.
function inference.share(x, how)
  return stats.bootstrap(x, {second = 1, samples = how.samples, seed = how.seed, statistic = function(drawn) return drawn:mean() end})
end

-- Agreement of several conditions' networks with the EEG over the same resampled subjects and pictures, as a function: how
-- much more condition a agrees than b, mean over areas: {estimate, low, high, p}, and areas, the same of [areas].
-- conditions: list of lists by subject of RDMs [seeds, areas, pairs]; eeg: [subjects, pairs] of n pictures.
function inference.gains(conditions, eeg, n, how)
  local subjects, seeds, rdms, draws = #conditions[1], {}, {}, {}
  local random = torch.Generator():manual_seed(how.seed)
  for c, of in ipairs(conditions) do seeds[c] = of[1]:size(0) end
  for s = 1, subjects do  -- of all conditions together: [conditions' seeds, areas, pairs]
    local all = {}
    for c, of in ipairs(conditions) do all[c] = of[s] end
    rdms[s] = torch.cat(all)
  end
  local function agreement(of, with)  -- [conditions, areas]
    local each, means = rsa.compare(of:flatten(0, 1), with:unsqueeze(0)):view {of:size(0), of:size(1)}:split(seeds), {}
    for c, one in ipairs(each) do means[c] = one:mean(0) end
    return torch.stack(means)
  end
  local estimate = 0
  for s = 1, subjects do estimate = estimate + agreement(rdms[s], eeg[s - 1]) / subjects end
  for k = 1, how.samples do
    draws[k] = torch.scope(function()
      local people = torch.randint(subjects, {subjects}, {generator = random}):tolist()
      local drawn = resampler(torch.randint(n, {n}, {generator = random}), n)
      local total, known = 0, {}
      for _, s in ipairs(people) do
        known[s] = known[s] or agreement(drawn(rdms[s + 1]), drawn(eeg[s]))
        total = total + known[s]
      end
      return total / subjects
    end)
  end
  local all = torch.stack(draws)
  return function(a, b)
    local difference, resampled = estimate[a - 1] - estimate[b - 1], all:select(1, a - 1) - all:select(1, b - 1)
    local gain = inference.interval(difference:mean(), resampled:mean(1))
    for name, value in pairs(gain) do gain[name] = value:item() end
    gain.areas = inference.interval(difference, resampled)
    return gain
  end
end

-- Agreement of each subject's networks with each subject's EEG [subjects, pairs], mean over seeds and areas: [networks,
-- subjects]; and the t-test of own minus others.
function inference.personal(rdms, eeg)
  local matrix = torch.stack((function()
    local rows = {}
    for s, each in ipairs(rdms) do rows[s] = similarity.agreement(each, eeg):mean(0) end
    return rows
  end)())
  local own = matrix:diagonal()
  return matrix, stats.ttest(own - (matrix:sum(1) - own) / (#rdms - 1))
end

return inference
