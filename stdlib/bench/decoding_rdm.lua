-- Pairwise decoding of EEG: seconds per pair of conditions and time; 200 conditions, 40 repetitions averaged by two, leave-one-out,
-- 17 channels.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local trials = recipe.normal(1, {200, 1, 17, 20}) * 0.5 + recipe.normal(2, {200, 40, 17, 20})
  for _, classifier in ipairs{'lda', 'svm'} do
    local times = classifier == 'lda' and 20 or 2
    local given, accuracy = trials:narrow(3, 0, times), nil
    measure('brainlua:' .. classifier, {size = '200x40x17', cold = true, limit = true, calls = 200 * 199 // 2 * times, run = function()
      accuracy = rsa.decoding_rdm(given, {classifier = classifier, average = 2, folds = 20, repeats = 1, smooth = 1})
    end, check = function() return {mean = accuracy:mean():item()} end})
  end
end
