-- Help texts of file. tests/stdlib/help_modules_test.lua fails when a function is missing here.
local help = require 'brain.help'

local texts = [[
file.load(path, {key, allow_pickle = false, metadata = false, scaled = true, max_bytes}) -> value
PyTorch checkpoints, safetensors, npy, npz, JSON, text, HDF5 (.h5 .hdf5 .nc), MATLAB and pictures (JPEG, PNG,
TIFF, WebP: uint8 [h, w, 3]) as tables, tensors, strings and numbers; nothing in a file is run, and no other file is
followed. key is one entry of the table; in HDF5 a path ('group/data'). With metadata = true a second value: the
texts of a safetensors file, or the attributes of an HDF5 file by path ('/', '/group/data'). max_bytes limits what
compressed content and HDF5 may take (default: half of the memory); a larger file is an error before it is unpacked.
MATLAB's .mat (4, 5 to 7, 7.3): a table of variables with MATLAB's shapes, so at least two axes. Characters are strings
(a list of the rows of a matrix), cells are lists (of lists where several axes are longer than 1), structs tables,
sparse matrices dense tensors, or an error where that needs more than half of the memory.
Volumes (.nii, .nii.gz, .mgh, .mgz): a tensor [x, y, z] or [x, y, z, time]; with metadata = true also a table with
affine (float64 [4, 4], voxel indices to mm), voxel_size and more. NIfTI with a scale comes as float64; scaled = false
gives the stored numbers, and the scale as slope and intercept in the metadata.
CIFTI-2 (.dscalar.nii, .dtseries.nii, .dlabel.nii) as {data, axes, metadata}: data [maps, grayordinates], axes a list
of what lies along each: kind 'scalars' or 'labels' (names, tables), 'series' (start, step, unit), 'parcels' (names),
'brain_models' (structures, structure, vertex and voxel of each grayordinate, -1 where it has none, surface_vertices,
volume_shape, affine).
Surfaces: GIFTI (.gii) as {arrays = list of {data, intent, metadata}, labels = {key, names, colours}, metadata};
FreeSurfer's .annot as {labels, names, colours, index} (labels: for each vertex the 0-based place in names, -1 for
none), .label as {vertices, positions, values, comment}, .ctab as {index, names, colours}; its surfaces (lh.white,
lh.pial, ...) as {vertices, triangles, comment}, values of vertices (lh.curv, lh.sulc, lh.thickness, ...) as a tensor.

file.save(path, value, {metadata, attributes, compress = 0, texts = 'variable', like, quality, subsampling})
In the format of the extension: pt, pth, safetensors, npy, npz, json, txt, csv, tsv, h5, hdf5, mat, gii, jpg (quality =
75, subsampling = '4:2:0' or '4:4:4'), png, nii, nii.gz, mgh, mgz. The file appears whole or not at all.
metadata: texts for safetensors. For HDF5: attributes = {['/'] = {version = 1}, ['group/data'] = {unit = 'mV'}},
and compress = 1 to 9 stores arrays in gzip chunks. Tables become groups, a name with slashes makes groups, lists of
numbers or strings become data sets; texts = 'fixed' gives the strings of a list one length (NumPy's S arrays).
Volumes: like = 'image.nii.gz' gives the affine and header of another image of the
same format and as many voxels; NIfTI takes metadata = {affine = tensor [4, 4]} as well. Maps [grayordinates] or [maps,
grayordinates] go to .dscalar.nii like another CIFTI file, with metadata = {names = a list} for the maps' names.
MATLAB (-v7): a table of variables; vectors become rows, tables structs, lists of numbers rows, other lists cells.
GIFTI: a tensor [vertices] or [maps, vertices], or a table as file.load gives it, in float32, int32 and uint8.

file.open(path) -> handle
h:keys(), h:keys 'group'    names in the file or a group
h:get 'group/data'          numbers of HDF5 as an array with .shape, .dtype and #a that reads only what an index
                            asks for: a[0], a['10:20'], a[{0, '1:3'}], a[mask]; a:read() is all of it. A group
                            gives a handle of its own, text, tables and single numbers are themselves.
h:attributes 'group/data'   a table by name; without an argument those of the file
h:list()                    HDF5: {path, kind, type, shape, bytes, stored, note} of everything, without its data
h:close()                   local h <close> = file.open(path) closes at the end of the block
A NIfTI file has one entry, h:get 'data', whose part that an index asks for is scaled; h:attributes() is its metadata.
MATLAB 7.3 is opened as the HDF5 file that it is, where the axes of its arrays are in reverse. Other formats give their
tensors, from the mapped file where it is large.

file.open_hdf5(path) -> handle
file.open for what is known to be an HDF5 file.

file.format(path) -> name
'PyTorch checkpoint', 'safetensors', 'npy', 'npz', 'JSON', 'text', 'HDF5', 'MATLAB', 'NIfTI', 'CIFTI', 'GIFTI', ... by
the content where that tells.]]

for text in (texts .. '\n\n'):gmatch '(.-)\n\n' do
  help.add(text:match '^[%w_.]+', text)
end
