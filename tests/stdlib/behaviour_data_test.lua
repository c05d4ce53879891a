-- data.objectome, data.model_vs_human and data.simulate.objectome: their files, and what is wrong with some.
local test = require 'brain.test'

if not test.has 'pictures' then
  test.case('a build without pictures', function() test.raises(function() data.model_vs_human 'nowhere' end, 'expected raw-data') end)
  return
end

local how = {objects = 4, public = 3, private = 5, trials = 30, size = 32, seed = 2}

test.case('simulated object discrimination is read, and its people are consistent', function()
  test.in_folder(function(root)
    data.simulate.objectome(root, how)
    local record = data.objectome(root)
    test.equal(record.objects, {'animal', 'plant', 'tool', 'vehicle'})
    test.equal({#record.public.images, #record.private.images, #record.private.trials.choice}, {12, 20, 600})
    test.equal(record.private.truth[1], record.private.trials.sample_obj[1])
    test.equal(file.load(record.private.files[20]).shape, torch.zeros(32, 32, 3).shape)
    -- the probabilities that made the trials explain them better than others do
    local truth = file.load(root .. '/simulation.safetensors')
    local wrong, shown = truth.wrong:narrow(0, 12, 20), truth.truth:narrow(0, 12, 20)
    local odds = wrong / (1 - wrong)  -- p(distractor) / p(object)
    odds = odds:scatter(1, shown:unsqueeze(1), 1)
    local order = {}  -- the simulation's objects in the order of the reader's
    for i, name in ipairs(record.objects) do
      for k, known in ipairs(require 'brain.data.simulator'.category_names()) do order[i] = known == name and k - 1 or order[i] end
    end
    odds = odds:index_select(1, torch.tensor(order))
    local fit = stats.i2n(odds, record.private.trials, record.private)
    test.truthy(fit.raw > 0.4 and fit.ceiling > 0.2, ('%g %g'):format(fit.raw, fit.ceiling))
    test.truthy(stats.i2n(odds:flip {0}, record.private.trials, record.private).raw < fit.raw - 0.2)
    data.simulate.objectome(root, how)
    test.raises(function() data.simulate.objectome(root, {objects = 3}) end, 'holds another simulation')
    test.raises(function() data.simulate.objectome(root, {objects = 1}) end, 'objects: expected 2 to 10, got 1')
    -- the same trials as Brain-Score's netCDF has them: HDF5, columns of other names beside
    local private = record.private.trials
    os.remove(root .. '/assy_dicarlo_Rajalingham2018_private.csv')
    file.save(root .. '/assy_dicarlo_Rajalingham2018_private.h5', {stimulus_id = private.image_id, sample_obj_ = private.sample_obj,
      dist_obj = private.dist_obj, choice = private.choice, presentation = torch.zeros(600)})
    test.equal(data.objectome(root).private.trials, private)
    file.save(root .. '/assy_dicarlo_Rajalingham2018_private.h5', {stimulus_id = private.image_id, choice = private.choice})
    test.raises(function() data.objectome(root) end, "expected a text 'sample_obj' for each trial, found none")
    os.remove(root .. '/assy_dicarlo_Rajalingham2018_private.h5')
    frame.new {{'image_id', private.image_id}, {'sample_obj', private.sample_obj}, {'dist_obj', private.dist_obj},
      {'choice', private.choice}}:write(root .. '/assy_dicarlo_Rajalingham2018_private.csv')
    os.remove(record.private.files[3])
    test.raises(function() data.objectome(root) end, 'expected the picture ' .. record.private.images[3])
    os.remove(root .. '/assy_dicarlo_Rajalingham2018_private.csv')
    test.raises(function() data.objectome(root) end, "expected a file of trials (.nc or .csv) with 'private' in its name")
  end)
end)

test.case('a simulation that was cut short is begun anew, other folders are left alone', function()
  test.in_folder(function(root)
    local core = require 'brain.core'
    core.make_folders(root)
    core.write_file(root .. '/left', '')
    test.raises(function() data.simulate.objectome(root, how) end, 'expected a new or empty folder, or one of this simulation, found left')
    os.remove(root .. '/left')
    data.simulate.objectome(root, how)
    os.rename(root .. '/simulation.json', root .. '/simulation.begun.json')
    test.raises(function() data.simulate.objectome(root, {objects = 3}) end, 'holds another simulation')
    data.simulate.objectome(root, how)
    test.truthy(core.exists(root .. '/simulation.json') and not core.exists(root .. '/simulation.begun.json'))
  end)
end)

test.case('sets of pictures and decisions in the layout of model-vs-human', function()
  test.in_folder(function(root)
    local core = require 'brain.core'
    test.raises(function() data.model_vs_human(root) end, 'expected raw-data/SET/*subject-*.csv and datasets/SET/dnn')
    core.make_folders(root .. '/raw-data/edge')
    core.make_folders(root .. '/raw-data/colour')
    core.make_folders(root .. '/datasets/edge/dnn/session-1')
    core.write_file(root .. '/raw-data/edge/edge_subject-01_session_1.csv', 'subj,session,trial,rt,object_response,category,'
      .. 'condition,imagename\nsubject-01,1,1,0.5,knife,oven,0,0001_edg_s01_0_oven_00_oven10.png\n')
    core.write_file(root .. '/raw-data/edge/edge_resnet50_session_1.csv', 'not a person')
    core.write_file(root .. '/raw-data/colour/colour_subject-01_session_1.csv', 'subj\ns\n')
    local picture = root .. '/datasets/edge/dnn/session-1/0007_edg_dnn_0_oven_00_oven10.png'
    file.save(picture, torch.zeros({8, 8, 3}, {dtype = 'uint8'}))
    local sets = data.model_vs_human(root)
    test.equal(#sets, 1)
    test.equal(sets[1].decided, {category = {'oven'}, imagename = {'0007_edg_dnn_0_oven_00_oven10.png'}})
    test.equal({sets[1].name, sets[1].files[1], sets[1].trials.object_response[1]}, {'edge', picture, 'knife'})
    test.equal(#data.model_vs_human(root, {pictures = false}), 2)
    test.equal(data.model_vs_human(root, {pictures = false})[1].exclude, {'cr'})
    file.save(root .. '/datasets/edge/dnn/session-1/cat.png', torch.zeros({8, 8, 3}, {dtype = 'uint8'}))
    test.raises(function() data.model_vs_human(root) end, 'cat.png: expected a name such as 0001_edg_dnn_0_airplane_10_airplane4.png')
  end)
end)
