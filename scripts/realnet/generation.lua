-- How well EEG is predicted for pictures that were not trained on.
local generation = {}

-- Pearson correlation over pictures of two [pictures, channels, times]: [channels, times].
function generation.correlation(a, b)
  local x, y = a:double() - a:double():mean(0), b:double() - b:double():mean(0)
  return (x * y):sum(0) / ((x * x):sum(0) * (y * y):sum(0)):sqrt()
end

-- What any prediction of the mean over repetitions could reach: the root of its reliability, by split halves of trials
-- [pictures, repetitions, channels, times].
function generation.ceiling(trials)
  local n = trials:size(1) // 2
  local r = generation.correlation(trials:narrow(1, 0, n):mean(1), trials:narrow(1, n, n):mean(1))
  return stats.spearman_brown(r:clamp(0, 1)):sqrt()
end

return generation
