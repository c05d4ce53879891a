-- data.rdm_study on small sets, and data.rsa92 with trained networks against the figures recorded for them.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'

local has_hdf5, has_images = test.has 'hdf5', test.has 'pictures'

local function pictures(n)
  torch.manual_seed(0)
  local images = torch.full({n, 16, 16, 3}, 128, {dtype = 'uint8'})
  for i = 0, n - 1 do
    images[{i, ('2:%d'):format(5 + i), '3:12'}] = torch.randint(0, 100, {3 + i, 9, 3}):byte()
  end
  return images
end

test.case('a study of responses, RDMs and pictures', function()
  local images = pictures(5)
  local voxels = torch.randn({3, 5, 20}, {dtype = 'float64'})
  voxels[{1, 2, 7}] = 0 / 0  -- subject 1 lacks voxel 7
  local judged = torch.rand({2, 10}, {dtype = 'float64'})
  local labels = {'ant', 'bee', 'cup', 'pan', 'owl'}
  local study = data.rdm_study {images = images, labels = labels, responses = {V1 = voxels}, rdms = {judged = judged},
    groups = {alive = {true, true, false, false, true}}, models = {first = judged[0]}}
  test.equal({study.n, #study.rdms.V1, #study.rdms.judged, #study.models.first, tostring(study)}, {5, 3, 2, 1, 'RDM study (5 pictures)'})
  test.close(study.rdms.V1:vectors()[0], rsa.rdm(voxels[0]):vectors()[0], {rtol = 1e-12})
  local kept = voxels[1]:index_select(1, torch.tensor {0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
  test.close(study.rdms.V1:vectors()[1], rsa.rdm(kept):vectors()[0], {rtol = 1e-12})
  test.equal(study.rdms.judged.labels, labels)
  test.equal(study.rdms.judged:subset {'ant', 'cup'}:vectors(), judged:select(1, 1):unsqueeze(1))
  local confounds, names = study:confounds(), {}
  for name in pairs(confounds) do names[#names + 1] = name end
  test.equal(names, {'pixels', 'silhouette', 'alive'})
  test.equal(confounds.alive:vectors()[0]:tolist(), {0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0})
  local outlines = images:ne(128):any(3):flatten(1):double()
  test.close(confounds.silhouette:vectors(), rsa.rdm(outlines):vectors(), {rtol = 1e-12})
  test.close(confounds.pixels:vectors(), rsa.rdm(images:flatten(1):double()):vectors(), {rtol = 1e-6})
  if has_images then
    local column <close> = study:column 'coral/mobilenet_v1_0.25_128'
    test.equal(column:rows({0}).shape, torch.zeros(1, 3, 128, 128).shape)
  end
  local scenes = images:clone()
  scenes[{2, 15, 15}] = 7  -- a corner of another colour
  test.equal(data.rdm_study {images = scenes, rdms = {judged = judged}}:confounds().silhouette, nil)
  local list = data.rdm_study {images = images, responses = {IT = {voxels[0], voxels[2]}}}
  test.equal(#list.rdms.IT, 2)
end)

test.case('what is no study', function()
  local images, judged = pictures(4), torch.rand({2, 6}, {dtype = 'float64'})
  local function raises(given, text) test.raises(function() data.rdm_study(given) end, text) end
  raises({images = images}, 'rdms: expected at least one set of measured RDMs or responses')
  raises({images = images:float(), rdms = {a = judged}}, 'images: expected uint8 (pictures, height, width, 3), found float32')
  raises({images = images, rdms = {a = torch.rand(2, 10)}}, "rdms: 'a': expected RDMs of 4 pictures, found 5")
  raises({images = images, responses = {V1 = torch.rand(5, 20)}}, "responses 'V1': expected responses (4 pictures, units) of a subject, found {5, 20}")
  raises({images = images, rdms = {a = judged}, responses = {a = torch.rand(4, 20)}}, "responses: 'a' comes twice")
  raises({images = images, rdms = {a = judged}, labels = {'x', 'y', 'x', 'z'}}, "labels: 'x' names pictures 0 and 2")
  raises({images = images, rdms = {a = judged}, groups = {kind = {1, 2}}}, "groups: 'kind': expected a list of 4, one for each picture, got 2")
  raises({images = images, rmds = {a = judged}}, "unknown option 'rmds', did you mean 'rdms'?")
end)

test.case('where rsa92 is missing or something else', function()
  test.raises(function() data.rsa92 'no/such/folder' end, 'rsa92: no/such/folder: no such file; the pictures and RDMs are in')
  local path = os.tmpname()
  local other = path .. '.h5'
  if has_hdf5 then
    file.save(other, {['labels/category'] = {'a', 'b'}})
    test.raises(function() data.rsa92(other) end, 'labels/category: expected 92 texts')
    local names = {}
    for i = 1, 92 do names[i] = 'face' end
    local tree = {labels = {category = names, animal = torch.zeros({92}, {dtype = 'uint8'})}}
    file.save(other, tree)
    test.raises(function() data.rsa92(other) end, 'expected the data set rdm/kriegeskorte2008/human_IT_subjects_sessions')
    tree.rdm = {kriegeskorte2008 = {human_IT_subjects_sessions = torch.zeros(4, 2, 10)}}
    file.save(other, tree)
    test.raises(function() data.rsa92(other) end, 'human_IT_subjects_sessions: expected (4, 2, 4186), found')
    os.remove(other)
  end
  os.remove(path)
end)

local path = test.shared 'data/rsa92/rsa92.h5'
if not (path and has_hdf5 and has_images) then return end

test.case('the 92 objects: sets, outlines and categories as published, pictures as Pillow resizes them', function()
  local study = data.rsa92(path)
  local sizes = {}
  for name, set in pairs(study.rdms) do sizes[#sizes + 1] = ('%s %d'):format(name, #set) end
  test.equal(sizes, {'human IT 4', 'monkey IT 1', 'behaviour 16', 'Cichy EVC 15', 'Cichy IT 15'})
  local confounds = study:confounds()
  test.close(rsa.compare(confounds.silhouette, study.models.Silhouette):item(), 1, {atol = 1e-6})
  test.equal(confounds.animacy:vectors(), study.models.animacy:vectors())
  -- .51 and .59: what outlines and animacy alone reach
  test.close(rsa.compare(confounds.silhouette, study.rdms['Cichy EVC']:mean()):item(), 0.509, {rtol = 0, atol = 5e-4})
  test.close(rsa.compare(confounds.animacy, study.rdms['human IT']:mean()):item(), 0.588, {rtol = 0, atol = 5e-4})
  local column <close> = data.image_column(study.images, {transform = {resize = {224, 224}, scale = 255}})
  local h <close> = file.open(path)
  test.equal(column:rows(torch.arange(92)), h:get 'images/gray_224_pil_bilinear':read():permute {0, 3, 1, 2}:float())
end)

-- The recorded figures have four decimals.
for _, network in ipairs {
  {'songhan/squeezenet1_0', 'squeezenet1_0_deepcomp_imagenet', 224, {conv1 = 'features.1', ['features.5'] = 'features.5',
    ['features.12'] = 'features.12', logits = 'classifier.3'}},
  {'coral/mobilenet_v2_1.0_224', 'mobilenet_v2_1.0_224_imagenet', 224, {['features.0.0'] = 'features.0', ['features.8.conv.2'] = 'features.8.conv.2',
    add_53 = 'features.15', average_pool_2d_62 = 'classifier.0', logits = 'classifier.1'}},
  {'coral/mobilenet_v2_1.0_224_inat_bird', 'mobilenet_v2_1.0_224_inat_bird', 224, {['features.9.conv.2'] = 'features.9.conv.2',
    add_46 = 'features.13', ['features.18.0'] = 'features.18'}},
  {'coral/mobilenet_v1_0.25_128', 'mobilenet_v1_0.25_128_imagenet', 128, {conv1 = 'conv1_relu', conv_pw_9 = 'conv_pw_9_relu',
    conv_pw_13 = 'conv_pw_13_relu', average_pool_2d_27 = 'global_pool', logits = 'conv_preds'}},
} do
  local name, weights, size, layers = table.unpack(network)
  local checkpoint = test.shared(('data/weights/%s.safetensors'):format(weights))
  if checkpoint then
    test.case(name .. ' agrees with brains and behaviour as recorded', function()
      local study = data.rsa92(path)
      local golden = file.load(test.shared 'data/rsa92/golden_rsa.json').models[weights]
      local globs = {}
      for _, layer in pairs(layers) do globs[#globs + 1] = layer end
      local column <close> = study:column(name, {size = size})
      local features = models.extract(models.create(name, {weights = checkpoint}):eval(), column, {layers = globs, batch = 23})
      local sets = {mIT = 'monkey IT', hIT = 'human IT', behav = 'behaviour', cichy_EVC = 'Cichy EVC', cichy_IT = 'Cichy IT'}
      for recorded, layer in pairs(layers) do
        local rdm = rsa.rdm(features[layer]:flatten(1))
        for key, set in pairs(sets) do
          test.close(rsa.compare(rdm, study.rdms[set]:mean()):item(), golden[recorded][key], {rtol = 0, atol = 1e-4}, layer .. ' ' .. set)
        end
      end
    end)
  end
end

local lite0 = test.shared 'data/weights_pypi/tf_efficientnet_lite0.safetensors'
if lite0 then
  test.case('timm/tf_efficientnet_lite0 agrees with brains and behaviour as recorded', function()
    local study, name = data.rsa92(path), 'timm/tf_efficientnet_lite0'
    local h <close> = file.open(test.shared 'data/weights_pypi/golden_tf_efficientnet_lite0.h5')
    local column <close> = study:column(name)
    local features = models.extract(models.create(name, {weights = lite0}):eval(), column, {layers = 'blocks.5.{2,3}', batch = 23})
    local sets = {mIT = 'monkey IT', hIT = 'human IT', behav = 'behaviour', cichy_EVC = 'Cichy EVC', cichy_IT = 'Cichy IT'}
    for layer, x in pairs(features) do
      local recorded = h:attributes('block/' .. layer)
      for key, set in pairs(sets) do
        -- weights are kept in half precision, which changes correlations by up to 4e-4
        test.close(rsa.compare(rsa.rdm(x:flatten(1)), study.rdms[set]:mean()):item(), recorded['spearman_' .. key], {rtol = 0, atol = 5e-4}, layer .. ' ' .. set)
      end
    end
  end)
end
