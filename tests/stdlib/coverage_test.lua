-- Over 200 simulated studies intervals hold the truth, and tests of what is not there seldom reject: the smaller sister of
-- brainlua bench coverage.
local test = require 'brain.test'
local studies = require 'brain.bench.studies'

-- Of 200 draws of probability .95 fewer than 180 or more than 198 are hit once in 200 times each; of .05, fewer than 3 or
-- more than 19.
local function covers(share, name) test.truthy(share >= 180 / 200 and share <= 198 / 200, name .. (' covers %.3f'):format(share)) end
local function rejects(share, name) test.truthy(share >= 3 / 200 and share <= 19 / 200, name .. (' rejects %.3f'):format(share)) end

test.case('corrected intervals and tests of equal models', function()
  local plain = studies.dual{studies = 200, samples = 150}.fixed
  covers(plain.covered, 'fixed')
  rejects(plain.rejected, 'fixed')
  test.truthy(plain.variance > 0.9 and plain.variance < 1.35, plain.variance)  -- known to 10 %, and overstated by some
  test.equal(plain.unknown, 0.0)
end)

test.case('the same of models that are fitted, cross-validated', function()
  for kind, found in pairs(studies.dual{studies = 200, fitted = true, samples = 60, conditions = 30, subjects = 8}) do
    covers(found.covered, kind)
    rejects(found.rejected, kind)
    test.truthy(found.variance > 0.75 and found.variance < 1.4 and found.unknown < 0.1, kind)
  end
end)

test.case('clusters of noise', function()
  for _, shape in ipairs{{80}, {20, 20}} do rejects(studies.clusters{studies = 200, permutations = 200, shape = shape}.rejected, 'clusters') end
end)
