-- What may be concluded: intervals over subjects and pictures, personal networks, variability.
local similarity = require 'realnet.similarity'

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

-- Agreement of a subject's rdms with eeg [pairs] minus that of the reference, mean over areas.
local function difference(rdms, reference, eeg)
  local target = eeg:unsqueeze(0)
  return (similarity.agreement(rdms, target):mean() - similarity.agreement(reference, target):mean()):item()
end

-- How much more one condition's networks agree with the EEG than another's: {estimate, low, high, p}, the 95 % interval
-- and two-sided p over resampled subjects and pictures. rdms, reference: lists by subject of [seeds, areas, pairs];
-- eeg: [subjects, pairs] of n pictures.
function inference.gain(rdms, reference, eeg, n, how)
  local subjects, sum = #rdms, 0
  local draws = torch.zeros(how.samples, {dtype = 'float64'})
  local random = torch.Generator():manual_seed(how.seed)
  for s = 1, subjects do sum = sum + difference(rdms[s], reference[s], eeg[s - 1]) end
  for k = 0, how.samples - 1 do
    torch.scope(function()
      local people = torch.randint(subjects, {subjects}, {generator = random}):tolist()
      local drawn = resampler(torch.randint(n, {n}, {generator = random}), n)
      local total, known = 0, {}
      for _, s in ipairs(people) do
        known[s] = known[s] or difference(drawn(rdms[s + 1]), drawn(reference[s + 1]), drawn(eeg[s]))
        total = total + known[s]
      end
      draws[k] = total / subjects
    end)
  end
  local q = torch.quantile(draws, torch.tensor({0.025, 0.975}, {dtype = 'float64'}))
  local below = draws:le(0):double():mean():item()
  return {estimate = sum / subjects, low = q[0]:item(), high = q[1]:item(), p = math.max(2 * math.min(below, 1 - below), 1 / how.samples)}
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

-- 1 - Spearman between the RDMs of different subjects' networks (first seeds), mean over pairs of subjects: [areas].
function inference.variability(rdms)
  local first = {}
  for s, each in ipairs(rdms) do first[s] = each[0] end
  local all, areas = torch.stack(first), {}
  for a = 0, all:size(1) - 1 do
    local r = rsa.compare(all:select(1, a), all:select(1, a))
    areas[a + 1] = 1 - r[torch.ones_like(r):triu(1):bool()]:mean()
  end
  return torch.stack(areas)
end

return inference
