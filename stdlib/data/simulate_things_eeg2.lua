-- A made-up THINGS-EEG2: drawn pictures and EEG of a hidden network, in the files of the real data set
-- (things_eeg2.lua reads both), with the answers that are known because they were planted.
local core = require 'brain.core'
local eeg = require 'brain.data.eeg'
local file = require 'brain.file'
local simulated = require 'brain.data.simulated'
local simulator = require 'brain.data.simulator'
local torch = require 'brain.torch'
local nearest = require('brain.native').nearest

local version = 1  -- of what the options lead to; raised when the same options give other files

-- default, least, most
local limits = {
  subjects = {6, 1, 99}, concepts = {40, 2, 99999}, images_per_concept = {12, 1, 999},
  test_concepts = {40, 2, 99999},
  test_images_per_concept = {1, 1, 999}, repetitions = {4, 1, 1000}, test_repetitions = {40, 1, 1000}, size = {96, 16, 1024},
  categories = {8, 1, #simulator.category_names()},
  signal = {0.35, 0, 100}, noise = {1, 0, 100}, shared = {0.7, 0, 1}, seed = {0, 0, math.maxinteger},
}
local fractional = {signal = true, noise = true, shared = true}

local function fail(...) error(('simulate.things_eeg2: ' .. table.concat {...}), 0) end

local function with_defaults(options)
  local result, known = {}, {}
  for name, limit in pairs(limits) do
    result[name] = limit[1]
    known[#known + 1] = name
  end
  for name, value in pairs(options or {}) do
    local limit = limits[name]
    if not limit then
      local near = nearest(tostring(name), known)
      fail("unknown option '", tostring(name), "'", near and (", did you mean '%s'?"):format(near) or '')
    end
    local whole = math.type(value) == 'integer' or (math.type(value) == 'float' and fractional[name])
    if not whole or value < limit[2] or value > limit[3] then
      local kind = fractional[name] and 'a number' or 'a whole number'
      fail(name, (': expected %s from %s to %s, got %s'):format(kind, limit[2], limit[3], tostring(value)))
    end
    result[name] = fractional[name] and value + 0.0 or value
  end
  result.version = version
  return result
end

-- Names of concepts and files of one split. `first`: the number of its first concept.
local function listing(split, first, concepts, images, categories)
  local names, width = simulator.category_names(), math.max(2, #tostring(images))
  local list = {folders = {}, things = {}, files = {}, concepts = {}, indices = {}, categories = {}, names = {}}
  for i = 1, concepts do
    local number = first + i - 1
    local category = names[number % categories + 1]
    local name = ('%s_%02d'):format(category, number // categories + 1)
    list.names[i], list.categories[i] = ('%05d_%s'):format(i, name), category
    for k = 1, images do
      local place = #list.files + 1
      list.folders[place] = list.names[i]
      list.things[place] = ('%05d_%s'):format(number + 1, name)
      list.files[place] = ('%s_%0' .. width .. 'ds.jpg'):format(name, k)
      list.concepts[place], list.indices[place] = number, number * 1000 + k
    end
  end
  list.root = ('image_set/%s_images'):format(split)
  return list
end

local function write_pictures(root, list, pixels, first)
  for i, name in ipairs(list.files) do
    local folder = ('%s/%s/%s'):format(root, list.root, list.folders[i])
    if list.folders[i] ~= list.folders[i - 1] then eeg.make_folders(folder) end
    file.save(folder .. '/' .. name, pixels[first + i - 1], {quality = 95})
  end
end

local function joined(a, b)
  local list = table.move(a, 1, #a, 1, {})
  return torch.tensor(table.move(b, 1, #b, #a + 1, list), {dtype = 'int64'})
end

local function upper(matrix) return matrix[torch.ones_like(matrix):triu(1):bool()] end

-- Correlation of two sets of patterns' RDMs (1 - r between rows of [n, features]).
local function rdm_agreement(a, b)
  local pair = torch.stack {upper(torch.corrcoef(a:double())), upper(torch.corrcoef(b:double()))}
  return torch.corrcoef(pair)[{0, 1}]:item()
end

local function simulate(root, options)
  local train = listing('training', 0, options.concepts, options.images_per_concept, options.categories)
  local test = listing('test', options.concepts, options.test_concepts, options.test_images_per_concept,
    options.categories)
  local pixels, factors = simulator.pictures(options.seed, joined(train.concepts, test.concepts),
    joined(train.indices, test.indices), options.categories, options.size)
  local n = #train.files
  write_pictures(root, train, pixels, 0)
  write_pictures(root, test, pixels, n)
  file.save(root .. '/image_set/image_metadata.npy', {
    train_img_concepts = train.folders, train_img_concepts_THINGS = train.things, train_img_files = train.files,
    test_img_concepts = test.folders, test_img_concepts_THINGS = test.things, test_img_files = test.files}, {allow_pickle = true})

  local components = simulator.components(pixels, factors, n, options.seed)
  local truth = {components_train = components[('0:%d'):format(n)]:clone(),
    components_test = components[('%d:'):format(n)]:clone()}
  local summary = {options = options, latencies = {}, ceilings = {}, rdm_ceilings = {},
    categories = {train = train.categories, test = test.categories},
    concepts = {train = train.names, test = test.names}}
  local responses, reliable = {}, {train = {}, test = {}}
  for number = 1, options.subjects do
    local subject = simulator.subject(options.seed, number, options.signal, options.noise, options.shared)
    local folder = ('%s/preprocessed_data/sub-%02d'):format(root, number)
    eeg.make_folders(folder)
    torch.scope(function(scope)
      local clean = subject:responses(truth.components_train)
      simulator.write(folder .. '/preprocessed_eeg_training.npy', subject:trials(clean, options.repetitions, 0))
      reliable.train[number] = scope:keep(subject:reliability(clean, options.repetitions))
      clean = subject:responses(truth.components_test)
      local trials = subject:trials(clean, options.test_repetitions, 1)
      simulator.write(folder .. '/preprocessed_eeg_test.npy', trials)
      reliable.test[number] = scope:keep(subject:reliability(clean, options.test_repetitions))
      responses[number] = scope:keep(clean)
      local window = '..., 20:40'  -- 0 to 0.2 s
      summary.ceilings[number] = reliable.test[number][window]:sqrt():mean():item()
      summary.rdm_ceilings[number] = options.signal > 0
          and rdm_agreement(trials:mean(1)[window]:flatten(1), clean[window]:flatten(1)) or 0.0
    end)
    local early, mid, late = subject:latencies()
    summary.latencies[number] = {early = early, mid = mid, late = late}
  end
  truth.responses_test = torch.stack(responses)
  truth.reliability_train, truth.reliability_test = torch.stack(reliable.train), torch.stack(reliable.test)
  file.save(root .. '/simulation.safetensors', truth)
  file.save(root .. '/simulation.json', summary)
end

-- What was planted, read from the files, so that a simulation made now and one found say the same.
local function answers(root)
  local summary, truth = file.load(root .. '/simulation.json'), file.load(root .. '/simulation.safetensors')
  local result = {root = root, options = {}}
  for name in pairs(limits) do result.options[name] = summary.options[name] end
  for _, name in ipairs {'latencies', 'ceilings', 'rdm_ceilings', 'categories', 'concepts'} do
    result[name] = summary[name]
  end
  result.components = {train = truth.components_train, test = truth.components_test}
  result.stages = {early = {0, 16}, mid = {16, 32}, late = {32, 48}}
  result.responses = truth.responses_test
  result.reliability = {train = truth.reliability_train, test = truth.reliability_test}
  return result
end

-- data.simulate.things_eeg2(root, options) -> answers; see help 'data.simulate.things_eeg2'.
return function(root, options)
  options = with_defaults(options)
  if simulated('simulate.things_eeg2', root, options, simulate) then
    core.info(('simulated THINGS-EEG2 in %s: %d subjects, %d + %d pictures'):format(root, options.subjects,
      options.concepts * options.images_per_concept, options.test_concepts * options.test_images_per_concept))
  end
  return answers(root)
end
