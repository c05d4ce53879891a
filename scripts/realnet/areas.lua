-- What alignment does to each area: how much better it agrees, when that peaks, and how subjects' networks come apart
-- from V1 to IT. Intervals are of 95 % over resampled subjects.
local inference = require 'realnet.inference'

local areas = {}

local function both(base, aligned) return torch.stack({base.similarity, aligned.similarity}, 1) end  -- [subjects, 2, areas, times]

local function interval(result, place)
  return {estimate = result.estimate[place], low = result.low[place], high = result.high[place]}
end

-- Seconds from onset at which the mean over subjects agrees best: of the network before, aligned, and the shift between
-- them, each {estimate, low, high} of [areas].
function areas.latency(base, aligned, times, how)
  local after = times:ge(-1e-9):nonzero():view(-1)
  local seconds = times[after]
  local result = stats.bootstrap(both(base, aligned):index_select(3, after), {samples = how.samples, seed = how.seed,
    statistic = function(x)
      local peak = seconds[x:mean(0):argmax(-1)]
      return torch.cat {peak, peak['1:'] - peak[':1']}
    end})
  return {base = interval(result, 0), aligned = interval(result, 1), shift = interval(result, 2)}
end

-- (aligned - before) / before of the agreement, mean over subjects and over the times at the places `window`, as it is
-- published: {estimate, low, high} of [areas]; NaN where the network before does not agree at all.
function areas.improvement(base, aligned, window, how)
  return stats.bootstrap(both(base, aligned):index_select(3, window):mean(-1), {samples = how.samples, seed = how.seed,
    statistic = function(x)
      local mean = x:mean(0)
      return ((mean[1] - mean[0]) / mean[0]):masked_fill(mean[0]:le(0), 0 / 0)
    end})
end

-- 1 - Spearman between the RDMs of subjects' networks (first seeds): [areas, subjects, subjects].
-- rdms: a list by subject of [seeds, areas, pairs].
function areas.distances(rdms)
  local first, list = {}, {}
  for s, each in ipairs(rdms) do first[s] = each[0] end
  local all = torch.stack(first, 1)
  for a = 0, #all - 1 do list[a + 1] = 1 - rsa.compare(all[a], all[a]) end
  return torch.stack(list)
end

-- Of such distances the mean over pairs of subjects, [areas], and its least-squares slope from area to area with
-- {estimate, low, high, p}. A resampled subject's pairs with its own copies are left out.
function areas.variability(distances, how)
  local n, subjects = #distances, distances:size(1)
  local step = torch.arange(n, {dtype = 'float64'}) - (n - 1) / 2
  local function mean_of(drawn)
    local between = drawn:unsqueeze(0):ne(drawn:unsqueeze(1))
    return distances:index_select(1, drawn):index_select(2, drawn):masked_fill(between:logical_not(), 0 / 0):nanmean {1, 2}
  end
  local slope = stats.bootstrap(function(drawn) return (mean_of(drawn) * step):sum() / (step * step):sum() end,
    {n = subjects, samples = how.samples, seed = how.seed})
  slope.p = inference.interval(slope.estimate, slope.draws[slope.draws:isfinite()]).p:item()
  return mean_of(torch.arange(subjects)), slope
end

local function text(form, x, a)
  return ((form .. ' [' .. form .. ', ' .. form .. ']'):format(x.estimate[a]:item(), x.low[a]:item(), x.high[a]:item()))
end

-- The area table of the report; everything in results.h5 under areas/.
function areas.report(run, out)
  local gain, rows = out.arms[1].over_base.areas, {}
  for a, area in ipairs(out.areas) do
    local at = a - 1
    rows[a] = {area = area, gain = text('%+.3f', gain, at), p = ('%.3g'):format(gain.p[at]:item()),
      ['gain / before'] = text('%+.2f', out.improvement, at), ['peak before (s)'] = text('%.2f', out.latency.base, at),
      ['peak aligned (s)'] = text('%.2f', out.latency.aligned, at), ['shift (s)'] = text('%+.3f', out.latency.shift, at),
      ['between subjects'] = ('%.3f'):format(out.variability[at]:item())}
  end
  local order = {'area', 'gain', 'p', 'gain / before', 'peak before (s)', 'peak aligned (s)', 'shift (s)', 'between subjects'}
  local slope = out.slope
  run:table('areas', frame.from_rows(rows):select(order), ('Each area: gain in agreement (over subjects and pictures) and as a share '
    .. "of that before, time of the best agreement, and how different subjects' networks are (1 - r), which changes by "
    .. '%+.3f [%+.3f, %+.3f] from area to area (p = %.2g, over subjects).'):format(slope.estimate, slope.low, slope.high, slope.p))
  for name, value in pairs {gain = gain, improvement = out.improvement, latency = out.latency, variability_slope = slope} do
    value.draws = nil
    run:save('areas/' .. name, value)
  end
  run:save('areas/variability', out.variability, {dims = {'area'}, labels = {area = out.areas}})
end

return areas
