-- data.betas on files that the test writes, and on one real slice.
local test = require 'brain.test'
local file = require 'brain.file'

local has_hdf5 = test.has 'hdf5'
local affine = torch.tensor({{-2, 0, 0, 30}, {0, 2, 0, -40}, {0, 0, 3, 12}, {0, 0, 0, 1}}, {dtype = 'float64'})
local shape = {3, 4, 5}

local function scratch(fn) test.in_folder(function(folder) fn(folder .. '/') end) end

local function write(path, text)
  local out <close> = assert(io.open(path, 'wb'))
  out:write(text)
end

local function betas_of(trials, seed)
  torch.manual_seed(seed or 0)
  return torch.randn(shape[1], shape[2], shape[3], trials)
end

local function volume(path, values, how) file.save(path, values, {metadata = {affine = how or affine}}) end

local mask = torch.zeros(table.unpack(shape))
mask[{1, 2, 3}], mask[{0, 0, 4}], mask[{2, 3, 0}] = 1, 1, 1

-- Two runs of a BIDS study: sub-07, runs 1 and 3.
local function study(folder)
  local names = {'sub-07_ses-2_task-x_run-1_space-T1w_betas.nii', 'sub-07_ses-2_task-x_run-3_space-T1w_betas.nii'}
  local runs = {betas_of(4, 1), betas_of(6, 2)}
  for i, name in ipairs(names) do volume(folder .. name, runs[i]) end
  volume(folder .. 'mask.nii', mask)
  write(folder .. 'run-1_events.tsv', 'onset\tduration\ttrial_type\n0\t1\tface\n2\t1\thouse\n4\t1\tface\n6\t1\tcat\n')
  write(folder .. 'run-3_events.tsv',
    'onset\tduration\ttrial_type\n0\t1\thouse\n2\t1\tcat\n3\t0\tbutton\n4\t1\tface\n6\t1\tcat\n8\t1\thouse\n9\t1\tface\n')
  return {nifti = {folder .. names[1], folder .. names[2]}, mask = folder .. 'mask.nii', ignore = {'button'},
    events = {folder .. 'run-1_events.tsv', folder .. 'run-3_events.tsv'}}, runs
end

local labels = {'face', 'house', 'face', 'cat', 'house', 'cat', 'face', 'cat', 'house', 'face'}

test.case('runs of volumes with events', function()
  scratch(function(folder)
    local given, runs = study(folder)
    local record = data.betas(given)
    test.equal(record.trials.shape, {10, 3})
    test.equal(record.trials.dtype, 'float32')
    test.equal(record.labels, labels)
    test.equal(record.run:tolist(), {1, 1, 1, 1, 3, 3, 3, 3, 3, 3})
    test.equal(record.session:tolist(), {2, 2, 2, 2, 2, 2, 2, 2, 2, 2})
    test.equal(record.repeats:tolist(), {0, 0, 1, 0, 1, 1, 2, 2, 2, 3})
    test.equal(record.subject, 'sub-07')
    test.close(record.affine, affine)
    test.close(record.voxel_size, torch.tensor({2, 2, 3}, {dtype = 'float64'}))
    test.equal(record.mask:nonzero():tolist(), {{0, 0, 4}, {1, 2, 3}, {2, 3, 0}})
    local all = torch.cat(runs, 3)
    test.equal(record.trials, torch.stack({all[{0, 0, 4}], all[{1, 2, 3}], all[{2, 3, 0}]}, 1))
    local x, names = record:average()
    test.equal(names, {'cat', 'face', 'house'})
    test.close(x[1], record.trials[{{0, 2, 6, 9}}]:mean(0), {rtol = 1e-6})
    -- what is analysed goes back to where it was measured
    test.equal(record:map(torch.tensor {1, 2, 3})[{1, 2, 3}]:item(), 2.0)
    record:save(folder .. 'map.nii', torch.tensor {1, 2, 3})
    local map, about = file.load(folder .. 'map.nii', {metadata = true})
    test.equal(map:nonzero():tolist(), {{0, 0, 4}, {1, 2, 3}, {2, 3, 0}})
    test.close(about.affine, affine)
    file.save(folder .. 'like.nii', record:map(x):float(), {like = record.like})
    test.equal(file.load(folder .. 'like.nii').shape, {3, 4, 5, 3})
    -- and straight into the comparisons
    local rdm = rsa.rdm(record.trials, {distance = 'crossnobis', conditions = record.labels, folds = record.run})
    test.equal(rdm.labels, {'cat', 'face', 'house'})
  end)
end)

test.case('a pattern of names is read in the order of runs', function()
  scratch(function(folder)
    for _, run in ipairs {10, 9} do volume(('%ssub-1_run-%d_b.nii'):format(folder, run), torch.full({3, 4, 5, 2}, run) + betas_of(2)) end
    local record = data.betas{nifti = folder .. 'sub-1_run-*_b.nii', events = {'a', 'b', 'a', 'b'}, mask = mask}
    test.equal(record.run:tolist(), {9, 9, 10, 10})
    test.raises(function() data.betas{nifti = folder .. 'no*.nii', events = {'a'}} end, 'no file is called')
    if pcall(volume, folder .. 'packed.nii.gz', mask) then  -- not in a build without zlib
      record = data.betas{nifti = folder .. 'sub-1_run-9_b.nii', events = {'a', 'b'}, mask = folder .. 'packed.nii.gz'}
      test.equal(record.trials.shape, {2, 3})
    end
  end)
end)

test.case('z-scores within runs', function()
  scratch(function(folder)
    local given = study(folder)
    given.zscore = 'run'
    local record = data.betas(given)
    for _, run in ipairs {1, 3} do
      local x = record.trials[record.run:eq(run)]
      test.close(x:mean(0), torch.zeros(3), {atol = 1e-6})
      test.close(x:std(0), torch.ones(3), {atol = 1e-5})
    end
    given.zscore = nil
    given.run = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1}  -- runs given are runs to z-score in
    local other = data.betas(given)
    test.close(other.trials[{'0:5'}]:mean(0), torch.zeros(3), {atol = 1e-6})
    given.zscore = 'runs'
    test.raises(function() data.betas(given) end, "zscore: expected 'run', 'session', 'all' or false, got runs")
  end)
end)

test.case('signal and noise as in the Natural Scenes Dataset', function()
  scratch(function(folder)
    -- Conditions +1 and -1, twice each, noise +s and -s around them: the noise variance is 2 s^2, that of all trials
    -- 4 (1 + s^2) / 3, in each voxel.
    local s = 0.25
    local values = torch.tensor({1 + s, -1 + s, 1 - s, -1 - s}):reshape(1, 1, 1, 4):expand(3, 4, 5, 4):contiguous()
    volume(folder .. 'b.nii', values)
    local record = data.betas{nifti = folder .. 'b.nii', events = {'p', 'q', 'p', 'q'}, mask = mask}
    local squared = (4 * (1 + s * s) / 3 - 2 * s * s) / (2 * s * s)
    test.close(record.ncsnr, torch.full({3}, math.sqrt(squared), {dtype = 'float64'}), {rtol = 1e-6})
    test.close(record.noise_ceiling[0]:item(), squared / (squared + 1 / 2), {rtol = 1e-6})
    local _, ceiling = record:reliability{averaged = 5}
    test.close(ceiling[0]:item(), squared / (squared + 1 / 5), {rtol = 1e-6})
    -- labels of one, two and three trials: the ceiling is of averages of that many
    local mixed = data.betas{nifti = folder .. 'b.nii', events = {'p', 'p', 'p', 'q'}, mask = mask}
    local ratio = mixed.ncsnr[0]:item() ^ 2
    test.close(mixed.noise_ceiling[0]:item(), ratio / (ratio + (1 / 3 + 1) / 2), {rtol = 1e-9})
    local once = data.betas{nifti = folder .. 'b.nii', events = {1, 2, 3, 4}, mask = mask}
    test.equal(once.ncsnr, nil)
    test.raises(function() once:reliability() end, '4 trials of 4 labels: none is repeated')
  end)
end)

test.case('regions of masks and atlases', function()
  scratch(function(folder)
    local given = study(folder)
    local atlas = torch.zeros(table.unpack(shape))
    atlas[{0, 0, 4}], atlas[{1, 2, 3}], atlas[{2, 2, 2}] = 5, 7, 9
    volume(folder .. 'atlas.nii', atlas:short())
    write(folder .. 'atlas.tsv', 'index\tname\n5\tV1\n7\tV2\n9\tV3\n')
    write(folder .. 'atlas.ctab', '0 Unknown\n5 V1\n7 V2\n')
    given.rois = folder .. 'atlas.nii'
    given.roi_names = folder .. 'atlas.tsv'
    local record = data.betas(given)
    test.equal(record.rois.V1:tolist(), {0})
    test.equal(record.rois.V2:tolist(), {1})
    test.equal(record.rois.V3, nil)  -- outside the mask
    test.equal(record:roi('V2'), (record:average())[{':', '1:2'}])
    given.roi_names = folder .. 'atlas.ctab'
    test.equal(data.betas(given).rois.V2:tolist(), {1})
    given.roi_names = nil
    given.rois = {both = mask, area = folder .. 'atlas.nii'}
    record = data.betas(given)
    test.equal(record.rois.both:tolist(), {0, 1, 2})
    test.equal(record.rois['area 5']:tolist(), {0})
    given.roi = 'area 7'
    record = data.betas(given)
    test.equal(record.trials.shape, {10, 1})
    test.equal(record.mask:nonzero():tolist(), {{1, 2, 3}})
    test.raises(function() record:roi 'V9' end, "no region 'V9', expected one of area 7, both")
  end)
end)

test.case('voxels without a mask, and conditions', function()
  scratch(function(folder)
    local values = betas_of(4)
    values[{0, 0, 0}] = 0 / 0
    values[{0, 0, 1}] = 2
    volume(folder .. 'b.nii', values)
    local record = data.betas{nifti = folder .. 'b.nii', events = {'a', 'b', 'c', 'a'}, conditions = {'c', 'a'}}
    test.equal(record.trials.shape, {3, 58})
    test.equal(record.labels, {'a', 'c', 'a'})
    test.equal(record.trials, values:reshape(60, 4)[{'2:'}].T[{{0, 2, 3}}]:contiguous())
    test.raises(function() data.betas{nifti = folder .. 'b.nii', events = {'a', 'b', 'c', 'a'}, mask = torch.ones(3, 4, 5)} end,
      '1 of 60 voxels in the mask are NaN or infinite')
    test.raises(function() data.betas{nifti = folder .. 'b.nii', events = {'a', 'b', 'c', 'a'}, conditions = {'d'}} end,
      "conditions: no trial has the label 'd'")
  end)
end)

test.case('residuals for a noise covariance', function()
  scratch(function(folder)
    local given = study(folder)
    local noise = {betas_of(30, 7), betas_of(31, 8)}
    for i, values in ipairs(noise) do volume(('%sresiduals_%d.nii'):format(folder, i), values) end
    given.residuals = folder .. 'residuals_*.nii'
    local record = data.betas(given)
    test.equal(record.residuals.shape, {61, 3})
    test.equal(record.residuals[{40, 1}]:item(), noise[2][{1, 2, 3, 10}]:item())
    test.equal((torch.bincount(record.residual_run)):tolist(), {0, 30, 0, 31})
    local precision = rsa.noise_precision(record.residuals, {runs = record.residual_run})
    local rdm = rsa.rdm(record.trials, {distance = 'crossnobis', conditions = record.labels, folds = record.run,
      noise = precision})
    test.equal(rdm.n, 3)
  end)
end)

test.case('what does not fit is said on one line', function()
  scratch(function(folder)
    local given = study(folder)
    local function with(change, text)
      local copy = {}
      for name, value in pairs(given) do copy[name] = value end
      for name, value in pairs(change) do copy[name] = value end
      test.raises(function() data.betas(copy) end, text)
    end
    with({ignore = {}}, 'run-3_events.tsv: expected a row for each of 6 betas, found 7: house 2, cat 2, button 1, face 2')
    with({events = {given.events[1], given.events[1]}}, 'expected a row for each of 6 betas, found 4: face 2')
    with({events = {given.events[1], given.events[1], given.events[1]}}, 'one for each of 2 files of betas, found 3')
    with({label = 'picture'}, "no column 'picture'; columns are onset, duration, trial_type")
    with({events = {'a', 'b'}}, 'expected a row for each of 10 betas, found 2: a 1, b 1')
    with({run = {1, 2}}, 'run: expected one for each of 10 betas, found 2')
    volume(folder .. 'small.nii', torch.ones(3, 4, 4))
    with({mask = folder .. 'small.nii'}, 'expected the 3 x 4 x 5 voxels of')
    local moved = affine:clone()
    moved[{0, 3}] = 31
    volume(folder .. 'moved.nii', mask, moved)
    with({mask = folder .. 'moved.nii'}, 'their affines differ by up to 1 mm; resample one to the other')
    with({mask = torch.zeros(3, 4, 5)}, 'mask: has no voxel')
    with({cifti = 'x.dscalar.nii'}, 'expected one of nifti, glmsingle, surface and cifti')
    with({masks = 'x'}, "unknown option 'masks', did you mean 'mask'?")
    volume(folder .. 'b.nii', betas_of(4))
    with({nifti = folder .. 'b.nii', events = {'a', 'b', 'a', 'b'}, zscore = 'run'}, 'and the run of each trial, which neither the files nor')
  end)
end)

test.case("GLMsingle's results", function()
  scratch(function(folder)
    local values = betas_of(5)
    file.save(folder .. 'TYPED.npy', {betasmd = values, R2 = torch.rand(3, 4, 5)}, {allow_pickle = true})
    volume(folder .. 'mask.nii', mask)
    local record = data.betas{glmsingle = folder .. 'TYPED.npy', mask = folder .. 'mask.nii', events = {'a', 'b', 'a', 'c', 'b'}}
    test.equal(record.trials[3]:tolist(), {values[{0, 0, 4, 3}]:item(), values[{1, 2, 3, 3}]:item(), values[{2, 3, 0, 3}]:item()})
    test.close(record.affine, affine)
    test.raises(function() data.betas{glmsingle = folder .. 'TYPED.npy', mask = mask} end, 'DESIGNINFO.npy that says what was shown')
    file.save(folder .. 'DESIGNINFO.npy', {stimorder = torch.tensor({2, 0, 2, 1, 0}), numtrialrun = torch.tensor({2, 3})}, {allow_pickle = true})
    local flat = values:reshape{60, 1, 1, 5}:squeeze(1):squeeze(1)
    file.save(folder .. 'FLAT.npy', {betasmd = flat}, {allow_pickle = true})
    test.equal(data.betas{glmsingle = folder .. 'FLAT.npy'}.trials, flat.T:contiguous())
    record = data.betas{glmsingle = folder .. 'TYPED.npy', mask = mask, zscore = 'run'}
    test.equal(record.labels, {2, 0, 2, 1, 0})
    test.equal(record.run:tolist(), {1, 1, 2, 2, 2})
    if has_hdf5 then
      file.save(folder .. 'TYPED.h5', {betasmd = values})
      local other = data.betas{glmsingle = folder .. 'TYPED.h5', mask = mask, events = {2, 0, 2, 1, 0}}
      test.equal(other.trials[3], values[{{1, 0, 2}, {2, 0, 3}, {3, 4, 0}, 3}][{{1, 0, 2}}])
    end
  end)
end)

test.case('grayordinates', function()
  local folder = 'tests/data/volumes/'
  if not pcall(file.load, folder .. 'maps.dscalar.nii') then return end
  local record = data.betas{cifti = folder .. 'maps.dscalar.nii', events = {'faces', 'places'}, rois = folder .. 'area.dlabel.nii'}
  test.equal(record.trials:tolist()[2], {1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25})
  test.equal(record.rois.CORTEX_RIGHT:tolist(), {3, 4})
  test.equal(record.rois.V1:tolist(), {1, 4})
  test.equal((record:roi 'THALAMUS_LEFT'):tolist(), {{1.25, 1.5}, {3.0, 3.25}})
  scratch(function(out)
    record:save(out .. 'r.dscalar.nii', torch.arange(7))
    test.equal(file.load(out .. 'r.dscalar.nii').data:tolist(), {{0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0}})
  end)
end)

test.case('both hemispheres', function()
  scratch(function(folder)
    local like = 'tests/data/volumes/surface.mgh'  -- 7 vertices
    local lh, rh = torch.rand(7, 1, 1, 3), torch.rand(7, 1, 1, 3)
    file.save(folder .. 'lh.betas.mgz', lh, {like = like})
    file.save(folder .. 'rh.betas.mgz', rh, {like = like})
    local given = {surface = {lh = folder .. 'lh.betas.mgz', rh = folder .. 'rh.betas.mgz'}, events = {'a', 'b', 'a'},
      mask = {lh = torch.tensor {0, 1, 1, 0, 0, 0, 0}, rh = torch.tensor {1, 0, 0, 0, 0, 0, 1}}}
    local record = data.betas(given)
    test.equal(record.trials, torch.stack({lh[{1, 0, 0}], lh[{2, 0, 0}], rh[{0, 0, 0}], rh[{6, 0, 0}]}, 1))
    given.rois = {left = {lh = torch.ones(7)}}
    test.equal(data.betas(given).rois.left:tolist(), {0, 1})
    record:save(folder .. '{hemi}.map.mgz', torch.tensor {1, 2, 3, 4})
    test.equal(file.load(folder .. 'rh.map.mgz'):reshape(-1):tolist(), {3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0})
    record:save(folder .. '{hemi}.map.func.gii', torch.tensor {1, 2, 3, 4})
    local ok, gifti = pcall(file.load, folder .. 'lh.map.func.gii')
    if ok then
      test.equal(gifti.arrays[1].data:tolist(), {0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0})
      given.mask = {lh = folder .. 'lh.map.func.gii', rh = folder .. 'rh.map.func.gii'}
      test.equal(data.betas(given).trials, record.trials)
    end
    test.equal(record:map(torch.tensor {1, 2, 3, 4}).lh:tolist(), {0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0})
    test.raises(function() record:save(folder .. 'map.mgz', torch.ones(4)) end, 'expected {hemi} in the name')
    file.save(folder .. 'lh.short.mgz', lh[{'...', '0:2'}]:contiguous(), {like = like})
    given.surface.rh = folder .. 'lh.short.mgz'
    test.raises(function() data.betas(given) end, 'expected the 3 trials of')
  end)
end)

test.case('regions of annotations and labels', function()
  local volumes = 'tests/data/volumes/'
  if not pcall(file.load, volumes .. 'parcels.label.gii') then return end
  scratch(function(folder)
    local values = torch.rand(3, 6)  -- trials, vertices
    file.save(folder .. 'lh.func.gii', values)
    local given = {surface = {lh = folder .. 'lh.func.gii'}, events = {'a', 'b', 'a'}, rois = {lh = volumes .. 'parcels.annot'}}
    local record = data.betas(given)
    test.equal(record.trials, values)
    test.equal(record.rois.V2:tolist(), {1, 4})
    test.equal(record.rois.V1:tolist(), {2})
    test.equal(#record.rois.lh, 6)
    -- the same region has another number in the other hemisphere
    file.save(folder .. 'rh.func.gii', torch.rand(3, 4))
    given.surface.rh, given.rois.rh = folder .. 'rh.func.gii', volumes .. 'parcels.label.gii'
    record = data.betas(given)
    test.equal(record.rois.V1:tolist(), {2, 7, 8})
    test.equal(record.rois.rh:tolist(), {6, 7, 8, 9})
    test.equal(record.rois['???'], nil)
    given.surface.rh = nil
    given.rois = {lh = volumes .. 'roi.label'}
    test.raises(function() data.betas(given) end, 'roi.label: vertex 12 of 6')
    write(folder .. 'lh.roi.label', '#!ascii label\n2\n4 0 0 0 1\n0 0 0 0 1\n')
    given.rois = {mine = {lh = folder .. 'lh.roi.label'}}
    test.equal(data.betas(given).rois.mine:tolist(), {0, 4})
    given.surface.lh = volumes .. 'lh.white'
    test.raises(function() data.betas(given) end, 'expected values of vertices')
    test.raises(function() data.betas{nifti = volumes .. 'maps.dscalar.nii', events = {'a', 'b'}} end, 'CIFTI files go to cifti =')
    given.surface = {left = folder .. 'lh.func.gii'}
    test.raises(function() data.betas(given) end, "surface: expected lh and rh, found 'left'")
  end)
end)

test.case('a real mask of fsaverage', function()
  local lh = test.shared 'data/algonauts/nsdgeneralRSC_fsaverage/lh.nsdgeneralRSC.mgz'
  local rh = test.shared 'data/algonauts/nsdgeneralRSC_fsaverage/rh.nsdgeneralRSC.mgz'
  if not (lh and rh and pcall(file.load, lh)) then return end  -- a build without zlib
  scratch(function(folder)
    local values = torch.arange(163842, {dtype = 'float32'}):reshape(-1, 1, 1, 1):expand(-1, 1, 1, 2):contiguous()
    for _, name in ipairs {'lh', 'rh'} do file.save(folder .. name .. '.b.mgh', values, {like = lh}) end
    local record = data.betas{surface = {lh = folder .. 'lh.b.mgh', rh = folder .. 'rh.b.mgh'}, events = {'a', 'b'},
      mask = {lh = lh, rh = rh}}
    test.equal(#record.rois.lh, 543)  -- as the shared folder's description has them
    test.equal(#record.rois.rh, 1021)
    local vertices = torch.cat{file.load(lh):reshape(-1):nonzero(), file.load(rh):reshape(-1):nonzero()}:squeeze(1)
    test.equal(record.trials[0], vertices:float())
  end)
end)

-- The slice of Haxby et al. 2001: patterns of each run and category are betas, made here from the recording as the shared
-- file's were (detrended and z-scored within runs, then averaged).
test.case('a real slice', function()
  local h5, bold = test.shared 'data/haxby_slice/haxby_slice.h5', test.shared 'data/haxby_slice/bold.nii.gz'
  if not (h5 and bold and has_hdf5) then return end
  local stored <close> = file.open(h5)
  local expected, conditions = stored:get('patterns_run_cond_voxel'):read(), stored:get 'conditions'
  local run, label = stored:get('run'):read():long(), stored:get 'label'
  local mask_file = test.shared 'data/haxby_slice/mask.nii.gz'
  scratch(function(folder)
    local raw = data.betas{nifti = bold, mask = mask_file, events = label, run = run, zscore = false}
    test.equal(raw.trials.shape, {1452, 530})
    for r = 0, 11 do  -- a straight line out of each run
      local rows = run:eq(r + run:min():item()):nonzero():squeeze(1)
      local x = raw.trials:index_select(0, rows):double()
      local time = torch.arange(#rows):double() - (#rows - 1) / 2
      local line = torch.stack({torch.ones_like(time) / math.sqrt(#rows), time / time:norm()}, 1)
      raw.trials:index_copy_(0, rows, (x - line:matmul(line.T:matmul(x))):float())
    end
    volume(folder .. 'detrended.nii', raw:map(raw.trials):float(), raw.affine)
    local record = data.betas{nifti = folder .. 'detrended.nii', mask = mask_file, events = label, run = run, zscore = 'run'}
    local names, folds = {}, {}
    local patterns = torch.zeros(96, 530)
    for r = 0, 11 do
      for c, condition in ipairs(conditions) do
        local rows = {}
        for i, one in ipairs(label) do
          if one == condition and record.run[i - 1]:item() == r + run:min():item() then rows[#rows + 1] = i - 1 end
        end
        patterns[r * 8 + c - 1] = record.trials[{rows}]:mean(0)
        names[#names + 1], folds[#folds + 1] = condition, r
      end
    end
    -- the file's z-scores divide by the deviation of n, these by that of n - 1
    test.close(patterns * math.sqrt(121 / 120), expected:reshape(96, 530), {atol = 2e-5})
    local volumes = torch.zeros(96, 530)
    volumes:copy_(patterns)
    record:save(folder .. 'betas.nii.gz', volumes)
    local betas = data.betas{nifti = folder .. 'betas.nii.gz', mask = mask_file, events = names, run = torch.tensor(folds), zscore = false}
    test.close(betas.trials, patterns, {atol = 1e-6})
    -- Odd and even runs, each run less its mean over the categories: as the shared file's description has them, patterns of
    -- the same category correlate with 0.42, of different ones with -0.06, and the RDMs with 0.58 (Spearman).
    local x = betas.trials:double():reshape(12, 8, 530)
    x = x - x:mean(1, true)
    local even, odd = x['::2']:mean(0), x['1::2']:mean(0)
    local r = torch.corrcoef(torch.cat{even, odd})['0:8, 8:']
    test.close(r:diagonal():mean():item(), 0.42, {atol = 0.005})
    test.close((r:sum() - r:trace()):item() / 56, -0.06, {atol = 0.005})
    local rho = rsa.compare(rsa.rdm(even), rsa.rdm(odd), {method = 'spearman'}):item()
    test.close(rho, 0.58, {atol = 0.005})
  end)
end)
