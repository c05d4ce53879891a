-- RDMs, features and results of other tools, and what is written for them.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'
local frame = require 'brain.frame'

local has_hdf5 = test.has 'hdf5'

local float64 = {dtype = 'float64'}

local function in_folder(fn) test.in_folder(function(folder) fn(folder .. '/') end) end

local function write(path, text)
  local stream <close> = assert(io.open(path, 'w'))
  stream:write(text)
end

local function square(n)
  local x = torch.rand({n, n}, float64)
  x = x + x.T
  x:fill_diagonal_(0)
  return x
end

test.case('arrays of matrices and vectors', function()
  in_folder(function(at)
    torch.manual_seed(0)
    local one, several = square(4), torch.stack {square(4), square(4)}
    local upper = rsa.rdms(one):vectors()[0]
    file.save(at .. 'one.npy', one)
    file.save(at .. 'vectors.npy', torch.stack {upper, 2 * upper})
    file.save(at .. 'several.npz', {arr_0 = several})
    file.save(at .. 'times.npz', {arr_0 = torch.stack {several, several + 0, several:flip(0)}})
    file.save(at .. 'layer.npz', {rdm = upper:float()})
    file.save(at .. 'two.npz', {a = one, b = several})
    test.equal(data.rdm_file(at .. 'one.npy'):matrices()[0], one)
    test.equal(data.rdm_file(at .. 'vectors.npy', {labels = {'a', 'b', 'c', 'd'}}):subset {'a', 'b'}:vectors():tolist(),
      {{upper[0]:item()}, {2 * upper[0]:item()}})
    test.equal(data.rdm_file(at .. 'several.npz'):matrices(), several)
    local set, about = data.rdm_file(at .. 'times.npz')
    test.equal({#set, set.n, about.axes}, {6, 4, {3, 2}})
    test.equal(set:matrices()[5], several[0])
    set, about = data.net2brain(at .. 'layer.npz')
    test.close(set:vectors()[0], upper, {rtol = 1e-7})
    test.equal(about.tool, 'Net2Brain')
    test.equal(data.rdm_file(at .. 'two.npz', {key = 'b'}):matrices(), several)
    test.raises(function() data.rdm_file(at .. 'two.npz') end, 'holds several arrays (a, b): key names the RDMs')
    file.save(at .. 'flat.npy', torch.rand(3, 5))
    test.raises(function() data.rdm_file(at .. 'flat.npy') end, 'flat.npy')
    test.raises(function() data.rdm_file(at .. 'one.npy', {labels = {'a', 'b'}}) end, 'expected 4')
    test.raises(function() data.rdm_file(at .. 'one.npy', {labels = 'stim'}) end, "no pattern descriptor 'stim'")
    test.raises(function() data.rdm_file(at .. 'none.npy') end, 'none.npy: cannot open')
    os.remove(at .. 'times.npz')
    os.remove(at .. 'two.npz')
    local layers = data.net2brain(at:sub(1, -2))
    test.equal({#layers.layer, #layers.several}, {1, 2})
  end)
end)

test.case('matrices in text files', function()
  in_folder(function(at)
    write(at .. 'plain.txt', '# numpy.savetxt\n0.0 1.5e0 2\n1.5 0 nan\n2 nan 0\n')
    local set = data.rdm_file(at .. 'plain.txt')
    test.equal(set:vectors()[{0, '0:2'}]:tolist(), {1.5, 2.0})
    test.truthy(set:vectors()[{0, 2}]:isnan():item())
    write(at .. 'named.csv', ',cat,"a dog",house\ncat,0,1,2\n"a dog",1,0,3\nhouse,2,3,0\n')
    set = data.rdm_file(at .. 'named.csv')
    test.equal(set.labels, {'cat', 'a dog', 'house'})
    test.equal(set:vectors():tolist(), {{1.0, 2.0, 3.0}})
    write(at .. 'column.txt', '1\n2\n3\n')
    test.equal(data.rdm_file(at .. 'column.txt'):vectors():tolist(), {{1.0, 2.0, 3.0}})
    write(at .. 'ragged.txt', '0 1\n1\n')
    test.raises(function() data.rdm_file(at .. 'ragged.txt') end, 'line 2: expected 2 numbers, found 1')
    write(at .. 'word.txt', '0 1\n1 x\n')
    test.raises(function() data.rdm_file(at .. 'word.txt') end, "line 2: expected numbers, found 'x'")
  end)
end)

test.case('folders of features', function()
  in_folder(function(at)
    local x = torch.rand(5, 3)
    file.save(at .. 'features.npy', x)
    write(at .. 'file_names.txt', 'images/cat/1.jpg\nimages/dog/2.jpg\nimages/dog/3.jpg\na.b/4\nx/y.v2.png\n')
    local found = data.features(at:sub(1, -2))
    test.equal(found.features, x)
    test.equal(found.labels, {'1', '2', '3', '4', 'y.v2'})
    test.equal(found.files[3], 'images/dog/3.jpg')
    test.equal(data.features(at .. 'features.npy').labels, found.labels)
    os.remove(at .. 'features.npy')
    file.save(at .. 'features_10-19.npy', x[{'2:5'}]:contiguous())
    file.save(at .. 'features_0-9.npy', x[{'0:2'}]:contiguous())
    test.equal(data.features(at:sub(1, -2)).features, x)
    write(at .. 'features.txt', '1.0 2.0\n3.0 4.0\n')
    test.raises(function() data.features(at:sub(1, -2)) end, 'file_names.txt: expected a name for each of 2 images, found 5')
    write(at .. 'file_names.txt', 'a/1.jpg\nb/1.jpg\n')
    found = data.features(at:sub(1, -2))
    test.equal(found.labels, {'a/1.jpg', 'b/1.jpg'})
    test.equal(found.features:tolist(), {{1.0, 2.0}, {3.0, 4.0}})
    os.remove(at .. 'features.txt')
    if has_hdf5 then
      file.save(at .. 'features.h5', {features = x, other = torch.rand(2)})
      os.remove(at .. 'file_names.txt')
      test.equal(data.features(at .. 'features.h5').features, x)
    end
    test.raises(function() data.features(at .. '..') end, 'expected features.npy')
  end)
end)

test.case('pickles of rsatoolbox', function()
  for _, name in ipairs {'rdms.pkl', 'rdms_object.pkl'} do
    local set, about = data.rsatoolbox('tests/data/peers/' .. name)
    test.equal(set:vectors():tolist(), (torch.arange(12):double() / 8):view{2, 6}:tolist())
    test.equal(set.labels, {'cat', 'dog', 'ape', 'house'})
    test.equal({about.measure, about.descriptors.roi, about.descriptors.session}, {'euclidean', 'V1', 2})
    test.equal(about.rdm_descriptors.subject, {'s1', 's02'})
    test.equal(about.pattern_descriptors.size, {1.5, 2.0, 2.0, 3.0})
  end
  test.equal(data.features('tests/data/peers/features.mat').features:tolist(), {{0.0, 1.0, 2.0}, {3.0, 4.0, 5.0}})
end)

if has_hdf5 then
  test.case('RDMs for rsatoolbox and back', function()
    in_folder(function(at)
      torch.manual_seed(0)
      local set = rsa.rdms(torch.rand({2, 6}, float64), {labels = {'cat', 'dog', 'ape', 'house'}})
      set:save(at .. 'a.h5', {measure = 'correlation', descriptors = {roi = 'IT', session = 3},
        rdm_descriptors = {subject = {'s1', 's02'}}, pattern_descriptors = {animate = {1, 1, 1, 0}}})
      local back, about = data.rsatoolbox(at .. 'a.h5')
      test.equal(back:vectors(), set:vectors())
      test.equal(back.labels, set.labels)
      test.equal({about.measure, about.tool, about.descriptors.roi, about.descriptors.session}, {'correlation', 'rsatoolbox', 'IT', 3})
      test.equal(about.rdm_descriptors.subject, {'s1', 's02'})
      test.equal(about.pattern_descriptors.animate, {1, 1, 1, 0})
      test.equal(data.rdm_file(at .. 'a.h5', {labels = 'index'}).labels, {0, 1, 2, 3})
      test.raises(function() data.rdm_file(at .. 'a.h5', {labels = 'condition'}) end, "did you mean 'conditions'?")
      test.raises(function() set:save(at .. 'b.h5', {rdm_descriptors = {subject = {'s1'}}}) end, 'subject: expected 2 values, found 1')
      rsa.rdms(torch.rand(3)):save(at .. 'bare.h5')
      back, about = data.rdm_file(at .. 'bare.h5')
      test.equal({back.labels, about.measure}, {})
    end)
  end)

  test.case('results for rsatoolbox and back', function()
    in_folder(function(at)
      torch.manual_seed(1)
      local people = torch.rand({6, 28}, float64)
      local models = {a = people:mean(0) + 0.1 * torch.rand({28}, float64), b = torch.rand({28}, float64)}
      for _, how in ipairs {{}, {over = 'subjects'}, {over = 'conditions'}, {interval = 'dual'}, {crossvalidate = true, method = 'pearson'}} do
        how.samples = 60
        local e = rsa.evaluate(models, people, how)
        e:save(at .. 'e.h5')
        local back = data.rsatoolbox(at .. 'e.h5')
        test.equal(back.evaluations:nan_to_num(9), e.draws:nan_to_num(9))
        test.equal(back.noise_ceiling:nan_to_num(9), e.ceiling_draws.T:nan_to_num(9))
        test.equal(back.method, how.method == 'pearson' and 'corr' or 'spearman')
        test.equal(back.variances.ndim, e.variance and 3 or 2)
        test.equal({back.n_rdm or 'none', back.n_pattern or 'none'},
          {how.over == 'conditions' and 'none' or 6, how.over == 'subjects' and 'none' or 8})
        test.close(back.models.a:vectors()[0], models.a, {rtol = 0})
        test.equal(#back.models.b, 1)
      end
    end)
  end)

  test.case('files that the tools wrote', function()
    local folder = test.shared 'data/peers/'
    if not folder then return end
    local golden, about = data.rsatoolbox(folder .. 'golden/rdms_rsatoolbox.h5')
    test.equal({#golden, golden.n, #golden.labels, golden.labels[1]:sub(1, 3)}, {2, 92, 92, 'img'})
    test.equal({about.measure, about.descriptors.roi, #about.rdm_descriptors.subj}, {'correlation', 'hIT', 2})
    local set = data.rsatoolbox(folder .. 'golden/dataset_rsatoolbox.h5')
    test.equal(set.measurements.shape, {48, 15})
    test.equal({#set.obs_descriptors.conds, set.type}, {48, 'Dataset'})
    local result = data.rsatoolbox(folder .. 'golden/result_rsatoolbox.h5')
    test.equal({result.method, result.cv_method, result.models.a.n, result.models.b.n}, {'corr', 'fixed', 92, 92})
    test.equal(result.evaluations.shape, {1, 2, 8})

    local it = data.net2brain(folder .. 'net2brain/brain/fmri_IT_RDMs.npz')
    test.equal({#it, it.n}, {15, 78})
    local layers = data.net2brain(folder .. 'net2brain/case3_ResNet18_rdm/cosine')
    test.equal({layers.RDM_layer1.n, #layers.RDM_layer1.labels}, {78, 78})
    local features = data.features(folder .. 'net2brain/case3_ResNet18_rdm/features_layer4_78x25088_f32.npy').features
    test.close(layers.RDM_layer4:vectors(), rsa.rdm(features, {distance = 'cosine'}):vectors(), {atol = 2e-5, rtol = 0})

    local brain, of = data.rdm_file(folder .. 'rsatoolbox/92_brainRDMs.mat')
    test.equal({#brain, brain.n, #of.rdm_descriptors.name}, {8, 92, 8})
    test.close(brain:vectors(), file.load(folder .. 'rsatoolbox/brain92_hIT_8x4186_f64.npy'), {rtol = 0, atol = 0})
    local alexnet, layer = data.rdm_file(folder .. 'rsatoolbox/modelRDMs_A2020.mat')
    test.equal({#alexnet, layer.rdm_descriptors.name[1]}, {63, 'conv1'})
    test.equal(data.rdm_file(folder .. 'rsatoolbox/118_animate_RDM.npy').n, 118)
    test.equal(data.rdm_file(folder .. 'rsatoolbox/rdm92_V1model.mat', {key = 'rdm92_V1model'}).n, 92)
  end)
end
