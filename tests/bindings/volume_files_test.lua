-- Volumes, surfaces and MATLAB files through file.load, file.open and file.save.
local test = require 'brain.test'
local file = require 'brain.file'
local torch = require 'brain.torch'
local open = require 'brain.file_open'

local folder = 'tests/data/volumes/'

test.case('a scaled volume, its position, and the part that an index asks for', function()
  local values, about = file.load(folder .. 'scaled.nii', {metadata = true})
  test.equal(values.shape, {3, 4, 5})
  test.equal(values[{2, 3, 4}]:item(), (59 - 20) * 0.25 - 3)
  test.equal(about.affine[{0, 3}]:item(), 30.0)
  test.equal(about.units, 'mm s')
  local h <close> = open(folder .. 'scaled.nii')
  test.equal(h:keys(), {'data'})
  local data = h:get 'data'
  test.equal(data.dtype, 'float64')
  test.equal(data.shape, {3, 4, 5})
  test.equal(data[{2, '1:3'}]:tolist(), values[{2, '1:3'}]:tolist())
  test.equal(data['..., 4']:tolist(), values['..., 4']:tolist())
  test.equal(data:read():tolist(), values:tolist())
  test.equal(h:attributes().slope, 0.25)
  test.equal(file.load(folder .. 'scaled.nii', {scaled = false}).dtype, 'int16')
end)

test.case('a map with the header of another image', function()
  local name = os.tmpname()
  os.remove(name)
  local path = name .. '.nii'
  local map = torch.arange(60, {dtype = 'float32'}):reshape(3, 4, 5)
  file.save(path, map, {like = folder .. 'scaled.nii'})
  local read, about = file.load(path, {metadata = true})
  test.equal(read:tolist(), map:tolist())
  test.equal(about.affine:tolist(), select(2, file.load(folder .. 'scaled.nii', {metadata = true})).affine:tolist())
  local ok, message = pcall(file.save, path, map[0], {like = folder .. 'scaled.nii'})
  test.truthy(not ok and message:find('a volume has 3 to 7 axes', 1, true), message)
  ok, message = pcall(file.save, path, map)
  test.truthy(not ok and message:find('where the voxels lie is missing', 1, true), message)
  ok, message = pcall(file.save, name .. '.npy', map, {like = path})
  test.truthy(not ok and message:find('like is for NIfTI and MGH files', 1, true), message)
  file.save(path, map, {metadata = {affine = torch.eye(4)}})
  test.equal(select(2, file.load(path, {metadata = true})).affine:tolist(), torch.eye(4):tolist())
  os.remove(path)
  path = name .. '.mgh'
  file.save(path, torch.ones(7), {like = folder .. 'surface.mgh'})
  test.equal(file.load(path).shape, {7, 1, 1})
  os.remove(path)
end)

test.case('the masked voxels of a real run are those that another program took from it', function()
  local root = test.shared 'data/haxby_slice/bold.nii.gz'
  local ok, bold = pcall(file.load, root or 'none')
  if not ok then return end  -- without the data, or without zlib
  local mask = file.load((root:gsub('bold', 'mask')))
  local has_hdf5, wanted = pcall(file.load, (root:gsub('bold.nii.gz', 'haxby_slice.h5')), {key = 'bold_tr_by_voxel'})
  if not has_hdf5 then return end
  local voxels = bold:reshape(-1, 1452)[mask:gt(0):reshape(-1)]
  test.truthy(torch.equal(voxels:t():float(), wanted), 'all 1452 x 530 numbers')
end)

test.case("FreeSurfer's labels", function()
  local annot = file.load(folder .. 'parcels.annot')
  test.equal(annot.labels:tolist(), {0, 2, 1, -1, 2, 0})
  test.equal(annot.names, {'unknown', 'V1', 'V2'})
  test.equal(file.load(folder .. 'roi.label', {key = 'vertices'}):tolist(), {12, 7, -1})
  test.equal(file.load(folder .. 'colours.ctab').names[2], 'Left-Hippocampus')
end)

test.case('CIFTI, where the build has it', function()
  local ok, maps = pcall(file.load, folder .. 'maps.dscalar.nii')
  if not ok then return test.truthy(maps:find('this build has no CIFTI', 1, true), maps) end
  test.equal(maps.data:tolist()[2], {1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25})
  test.equal(maps.axes[1].names, {'faces & houses', 'places'})
  test.equal(maps.axes[2].structures[3], 'THALAMUS_LEFT')
  test.equal(file.format(folder .. 'maps.dscalar.nii'), 'CIFTI')
  local name = os.tmpname()
  file.save(name .. '.dscalar.nii', maps.data[1], {like = folder .. 'maps.dscalar.nii', metadata = {names = {'places'}}})
  local back = file.load(name .. '.dscalar.nii')
  test.equal(back.data:tolist()[1], maps.data:tolist()[2])
  test.equal(back.axes[1].names, {'places'})
  test.equal(back.axes[2].vertex:tolist(), maps.axes[2].vertex:tolist())
  os.remove(name)
  os.remove(name .. '.dscalar.nii')
end)

test.case('GIFTI, where the build has it', function()
  local ok, surface = pcall(file.load, folder .. 'surface_base64.surf.gii')
  if not ok then return test.truthy(surface:find('this build has no GIFTI', 1, true), surface) end
  test.equal(surface.arrays[2].data:tolist(), {{0, 1, 2}, {1, 2, 3}})
  test.equal(surface.arrays[1].intent, 'pointset')
end)

test.case('MATLAB variables as tables, strings and tensors', function()
  local all = file.load 'tests/data/mat/plain.mat'
  test.equal(all.x:tolist()[2], {4.0, 5.0, 6.0, 7.0})
  test.equal(all.struct.name, 'subj1')
  test.equal(all.structs[2].name, 'b')
  test.equal(all.rows, {'one', 'three'})
  test.equal(all.table[3][1], 'c')
  test.equal(file.load('tests/data/mat/plain.mat', {key = 'name'}), 'naïve α')
  test.equal(file.format 'tests/data/mat/plain.mat', 'MATLAB')
end)

test.case('surfaces and values of vertices', function()
  test.equal(file.load(folder .. 'lh.white').triangles:tolist(), {{0, 1, 2}, {1, 2, 3}})
  test.equal(file.load(folder .. 'lh.thickness'):tolist(), {0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0})
  test.equal(file.load(folder .. 'rh.curv'):tolist(), {1.5, -0.25, 0.0})
  test.equal(file.format(folder .. 'lh.white'), 'surface')
  test.raises(function() file.load 'lh.none' end, 'lh.none')
end)

test.case('MATLAB and GIFTI are written', function()
  local name = os.tmpname()
  local given = {x = torch.arange(6):reshape(2, 3):double(), word = 'hi', s = {list = {1, 2}, cell = {'a', true}}}
  file.save(name .. '.mat', given)
  local read = file.load(name .. '.mat')
  test.equal(read.x, given.x)
  test.equal(read.word, 'hi')
  test.equal(read.s.list:tolist(), {{1.0, 2.0}})
  test.equal(read.s.cell[1], 'a')
  test.raises(function() file.save(name .. '.mat', {['a b'] = 1}) end, "'a b' is no name in MATLAB")
  file.save(name .. '.gii', torch.tensor {{1.5, 2, 3}, {4, 5, 6}})
  local ok, back = pcall(file.load, name .. '.gii')
  if ok then test.equal(back.arrays[2].data:tolist(), {4.0, 5.0, 6.0}) end
  for _, ending in ipairs {'', '.mat', '.gii'} do os.remove(name .. ending) end
end)
