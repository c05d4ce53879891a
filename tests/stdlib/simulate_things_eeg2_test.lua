-- data.simulate.things_eeg2: the reader reads it, the planted structure is there and nothing else.
local test = require 'brain.test'
local torch = require 'brain.torch'
local file = require 'brain.file'
local core = require 'brain.core'
local data = require 'brain.data'
local simulator = require 'brain.data.simulator'

if not test.has 'pictures' then
  test.case('a build without pictures', function()
    test.raises(function() data.simulate.things_eeg2(os.tmpname() .. '.d', {subjects = 1, concepts = 2, test_concepts = 2}) end, 'no pictures')
  end)
  return
end

-- As small as shows the structure: 40 test pictures are 780 pairs.
local function small(changes)
  local options = {subjects = 2, concepts = 8, images_per_concept = 4, test_concepts = 40, repetitions = 2, test_repetitions = 40, size = 48,
    seed = 5}
  for name, value in pairs(changes or {}) do options[name] = value end
  return options
end

local function upper(matrix) return matrix[torch.ones_like(matrix):triu(1):bool()] end
local function rdm(x) return 1 - upper(torch.corrcoef(x:double():flatten(1))) end
local function correlation(a, b) return torch.corrcoef(torch.stack {a:double(), b:double()})[{0, 1}]:item() end

test.case('the reader reads what is written', function()
  test.in_folder(function(root)
    local answers = data.simulate.things_eeg2(root, small())
    test.equal(data.things_eeg2_subjects(root), {1, 2})
    local record = data.things_eeg2(root, {subject = 2, trials = true})
    test.equal(record.train.eeg.shape, {32, 17, 20})
    test.equal(record.test.trials.shape, {40, 40, 17, 100})
    test.equal(record.train.concepts, answers.concepts.train)
    test.equal(record.test.concepts, answers.concepts.test)
    test.equal(answers.categories.train[2], 'vehicle')
    test.equal(record.train.concepts[2], '00002_vehicle_01')
    local picture = file.load(record.train.files[7])
    test.equal(picture.shape, {48, 48, 3})
    test.equal(picture.dtype, 'uint8')
    -- the mean over trials is the response and as much noise as the reliability says, from 80 ms on
    local clean, reliability = answers.responses[1]['..., 28:40']:double(), answers.reliability.test[1]['..., 28:40']
    local noise = clean:var(0) * (1 - reliability) / reliability
    local signal, recorded = (clean - clean:mean(0)):flatten(), record.test.eeg['..., 8:20']
    local expected = (signal:var() / (signal:var() + noise:mean())):sqrt():item()
    test.close(correlation((recorded - recorded:mean(0)):flatten(), signal), expected, {atol = 0.02})
  end)
end)

test.case('representations: stage by stage when their time has come, nothing before onset', function()
  test.in_folder(function(root)
    local answers = data.simulate.things_eeg2(root, small())
    local function stage(name)
      local part = answers.stages[name]
      return rdm(answers.components.test[('..., %d:%d'):format(part[1], part[2])])
    end
    for subject = 1, 2 do
      local trials = data.things_eeg2(root, {subject = subject, trials = true, pictures = false}).test.trials:mean(1)
      local function agree(name, first, last) return correlation(rdm(trials[('..., %d:%d'):format(first, last)]), stage(name)) end
      local early, late = agree('early', 28, 33), agree('late', 38, 55)
      test.truthy(early > 0.3, early)
      test.truthy(late > 0.3, late)
      test.truthy(early > agree('late', 28, 33) and early > agree('early', 38, 55))
      test.truthy(late > agree('early', 38, 55) and late > agree('late', 28, 33))
      for name in pairs(answers.stages) do
        test.truthy(math.abs(agree(name, 0, 20)) < 0.15, agree(name, 0, 20))  -- 780 pairs: sd 0.04
      end
      test.truthy(answers.rdm_ceilings[subject] > 0.4 and answers.rdm_ceilings[subject] < 1, answers.rdm_ceilings[subject])
      test.truthy(answers.latencies[subject].early < answers.latencies[subject].mid)
      test.truthy(answers.latencies[subject].mid < answers.latencies[subject].late)
    end
    -- late components are alike within a category
    local late = answers.components.test['..., 32:48']
    local names, within = answers.categories.test, {}
    for i = 1, #names do
      for j = i + 1, #names do within[#within + 1] = names[i] == names[j] end
    end
    local same = torch.tensor(within)
    local distances = rdm(late)
    test.truthy(distances[same]:mean():item() < distances[same:logical_not()]:mean():item() - 0.15)
  end)
end)

test.case('without a signal there is nothing to find', function()
  test.in_folder(function(root)
    local answers = data.simulate.things_eeg2(root, small {signal = 0.0, subjects = 1})
    local trials = data.things_eeg2(root, {trials = true, pictures = false}).test.trials:mean(1)
    for name, part in pairs(answers.stages) do
      local known = rdm(answers.components.test[('..., %d:%d'):format(part[1], part[2])])
      for first = 0, 80, 20 do
        local r = correlation(rdm(trials[('..., %d:%d'):format(first, first + 20)]), known)
        test.truthy(math.abs(r) < 0.15, ('%s at %d: %g'):format(name, first, r))
      end
    end
    test.equal(answers.ceilings, {0.0})
    test.equal(answers.reliability.test:max():item(), 0.0)
  end)
end)

test.case('the same for any number of threads, another for another seed', function()
  local function hashes(root)
    local list = {}
    for i, name in ipairs {'simulation.safetensors', 'preprocessed_data/sub-01/preprocessed_eeg_training.npy',
      'preprocessed_data/sub-01/preprocessed_eeg_test.npy', 'image_set/training_images/00003_plant_01/plant_01_02s.jpg'} do
      list[i] = core.sha256_file(root .. '/' .. name)
    end
    return list
  end
  local options = {subjects = 1, test_concepts = 5, test_repetitions = 3}
  local threads = torch.get_num_threads()
  local made = {}
  for i, count in ipairs {1, 2, 3} do
    test.in_folder(function(root)
      torch.set_num_threads(count)
      data.simulate.things_eeg2(root, small(options))
      made[i] = hashes(root)
    end)
  end
  torch.set_num_threads(threads)
  test.equal(made[2], made[1])
  test.equal(made[3], made[1])
  options.seed = 6
  test.in_folder(function(root)
    data.simulate.things_eeg2(root, small(options))
    for i, hash in ipairs(hashes(root)) do test.truthy(hash ~= made[1][i], i) end
  end)
end)

test.case('work is not done twice, and other folders are left alone', function()
  test.in_folder(function(root)
    local options = small {subjects = 1, test_concepts = 3, test_repetitions = 2}
    local first = data.simulate.things_eeg2(root, options)
    local picture = root .. '/image_set/test_images/00001_animal_02/animal_02_01s.jpg'
    test.truthy(os.remove(picture))
    local again = data.simulate.things_eeg2(root, options)
    test.equal(io.open(picture), nil)
    test.equal(again.responses, first.responses)
    test.equal(again.ceilings, first.ceilings)
    test.equal(again.options, first.options)
    options.signal = 0.5
    test.raises(function() data.simulate.things_eeg2(root, options) end, 'holds another simulation (signal is 0.35 there, 0.5 here)')
    options.signal = nil
    assert(os.rename(root .. '/simulation.json', root .. '/simulation.begun.json'))  -- as if cut short
    data.simulate.things_eeg2(root, options)
    test.truthy(file.load(picture))
    test.raises(function() data.simulate.things_eeg2(root .. '/preprocessed_data', options) end, 'expected a new or empty folder')
    test.raises(function() data.simulate.things_eeg2(root, {subject = 1}) end, "unknown option 'subject', did you mean 'subjects'?")
    test.raises(function() data.simulate.things_eeg2(root, {size = 8}) end, 'size: expected a whole number from 16 to 1024, got 8')
    test.raises(function() data.simulate.things_eeg2(root, {signal = 'x'}) end, 'signal: expected a number')
    test.raises(function() data.simulate.things_eeg2 {} end, 'root: expected the path of a folder, got table')
  end)
end)

test.case('reliability in closed form is that of the trials', function()
  torch.manual_seed(2)
  local subject = simulator.subject(7, 3, 0.5, 1.5, 0.6)
  local sd = torch.arange(1, 17):to('float32'):rsqrt()  -- of a stage's components
  local clean = subject:responses(torch.randn(1500, 48) * sd:tile({3}))
  local repetitions = 8
  local mean = subject:trials(clean, repetitions, 2):mean(1):double()
  local wide = clean:double()
  local a, b = mean - mean:mean(0), wide - wide:mean(0)
  local r = (a * b):sum(0) / (a:square():sum(0) * b:square():sum(0)):sqrt()
  local known = subject:reliability(clean, repetitions)
  -- r^2 over 1500 pictures has a bias of 1 / 1500 and an error of about 0.02 at each place, less over 17 channels
  local window = '..., 28:50'
  test.close(r[window]:square():mean(0), known[window]:mean(0), {rtol = 0, atol = 0.02})
  test.close(known['..., :20']:max():item(), 0.0)
  -- variance of the noise: what the mean over trials has besides the response, before onset too
  local left = (subject:trials(clean * 0, 1, 3):squeeze(1):double()):var(0)
  local none = subject:reliability(clean, 1)
  local expected = wide:var{dim = {0}, correction = 0} * (1 / none - 1)
  test.close((left / expected)[window]:mean():item(), 1.0, {rtol = 0.03})
end)
