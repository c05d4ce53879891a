-- Help texts of data and train. tests/stdlib/help_modules_test.lua fails when a function is missing here.
local help = require 'brain.help'

help.add_all [[
data.tensors{image = t, target = u, labels = list} -> data set
Columns of equal length: Tensors (samples along the first axis) or lists.

data.dataset: what data sets can do
#ds, ds:columns(), ds:column(name)    samples, names, the values of one column
ds:rows(indices) -> batch             column name -> Tensor or list, and index: the samples' numbers
ds:subset(indices or mask)            views share the data; numbers stay those of the first data set
ds:split{0.8, 0.2, by = column, seed = 0, shuffle = true} -> parts; samples with one value of by stay together
for train, validation, test in ds:folds{k = 5, by = column, seed = 0}: nothing in test was seen
ds:select(labels, {by = column})      the samples with these labels, in that order
ds:map(fn, {deterministic = false})   fn(batch) -> columns to add or replace
ds:numbers()                          int64 Tensor

data.images(folder or files, {transform, threads, prefetch, cache}) -> data set
Columns image, path, concept (the picture's folder) and labels (its name); the options are data.image_column's.

data.loader(dataset, {batch = 32, shuffle = false, seed = 0, drop_last = false, ahead = 2}) -> loader
for batch in loader do, or for batch in loader:batches(epoch) do. The order depends on seed and epoch alone. ahead:
batches whose pictures are decoded early. #loader is the number of batches.

data.trials(path or list of paths) -> columns
Trials as Brain-Score and Geirhos et al. write them (CSV: subj, session, trial, rt, object_response, category,
condition, imagename): column -> list of texts, the files one after another.

data.objectome(root) -> {public, private, objects}
People's choices between the object of an image and a distractor (Rajalingham et al. 2018): below root trials as
*public*.nc and *private*.nc (or .csv) and pictures by their ids. Each part: trials (columns image_id, sample_obj,
dist_obj, choice), images (ids), truth (the object of each), files, objects: what stats.i2n takes.

data.model_vs_human(root, {pictures = true}) -> list of sets
The sets of distorted pictures of Geirhos et al. 2021 that are there: root/raw-data/SET/*subject-*.csv and
root/datasets/SET/dnn/. Each: name, trials, files, decided (category and imagename of each picture), exclude
(conditions left out by Brain-Score), as stats.error_consistency_score takes them. pictures = false: trials alone.

data.rdm_file(path, {key, labels}) -> RDMs, about
RDMs of other tools, by what the file holds: rsatoolbox (.h5, .hdf5, .pkl), the RSA toolbox for MATLAB (.mat:
structs with RDM and name), Net2Brain (.npz), and one array of matrices [n, n], [k, n, n] or [..., n, n], or of
condensed vectors (upper triangle row by row) in .npy, .npz, .h5, .mat, .pt, .txt or .csv, as NeuroRA and MNE-RSA keep
them. key names one of several. labels: a list, or the pattern descriptor that names the conditions (default: the
first that tells them apart). about: .tool .measure .descriptors .rdm_descriptors .pattern_descriptors .layer where
the file has them; .axes: the sizes of several axes in front of the matrices, whose RDMs come one after another.
r:save(path) writes rsatoolbox's HDF5.

data.rsatoolbox(path, {labels}) -> RDMs, about; or a record
rsatoolbox's files (.h5, .hdf5, .pkl): RDMs as data.rdm_file reads them; a data set as {measurements, obs_descriptors,
channel_descriptors, descriptors}; results as {evaluations, method, cv_method, noise_ceiling, variances, dof, n_rdm,
n_pattern, models}, models a table name -> RDMs in order.

data.net2brain(path, {labels}) -> RDMs, about; of a folder: name -> RDMs
Net2Brain's RDM files (.npz) of a layer or of subjects; a folder gives one for each file, by its name.

data.features(path, {files}) -> {features, files, labels}
Features as thingsvision writes them: a folder with features.npy, .txt, .mat, .h5 or .pt, or parts
features_0-99.npy, and file_names.txt; or one such file. files: the pictures' file names in the order of the rows;
labels: without folder and extension, where these are distinct.

data.rdm_study{images, labels, groups, rdms, responses, models, distance = 'correlation'} -> study
Pictures with what brains, behaviour and models make of them, as RDMs over the pictures.
images         uint8 [n, height, width, 3], a folder, or a list of files
labels         n distinct names ('picture 0', ... where absent)
groups         name -> a list of n: categories, or any other grouping
rdms           name -> RDMs, one for each subject, or a Tensor as rsa.rdms takes it
responses      name -> [n, units] of voxels, neurons or sensors, [subjects, n, units], or a list of the former by
               subject, of which RDMs are made by distance; a unit that is NaN somewhere is left out
models         name -> RDMs to compare with
study.images, .n, .labels, .groups, .rdms, .models; the last three are tables by name, in order
study:confounds()        name -> RDMs of pixels and silhouettes (of pictures in a Tensor; silhouettes where the four
               corners have one colour) and of each group
study:column(network, {size, interpolation = 'bilinear'})  a data.image_column: squashed to the network's input

data.rsa92(folder or file) -> study
92 photographs in six categories with RDMs of human IT (4 subjects) and monkey IT (Kriegeskorte et al. 2008), judged
similarity (16; Mur et al. 2013), and EVC and IT of 15 people (Cichy et al. 2014): 'human IT', 'monkey IT',
'behaviour', 'Cichy EVC', 'Cichy IT'; models V1, HMAX, Silhouette and others; groups categories, animacy. One HDF5
file, rsa92.h5: images/gray_175, labels/, rdm/; errors say what of it is missing and where it comes from.

train.fit{model =, data =, loss =, optimizer =, epochs =, ...} -> history (Frame, a row per epoch)
Afterwards the model is in eval mode and holds the best weights (with validation) or the last.
data           a data set (in batches of batch = 32, shuffled by seed = 0) or a loader
inputs         {'image'}: the columns given to the model; call = 'forward' names another entry point
loss           function(outputs..., batch) -> Tensor [, {name = part}]: parts appear in the history
validation     a data set, or a function(model) -> {name = number}
select         'validation.loss' (else 'train.loss'): the column that is best when smallest (mode = 'max': largest)
keep           'best' or 'last'; patience = n ends after n epochs without a better one
schedule       optim.schedule.*, stepped per epoch or with schedule_per = 'step' after each step
accumulate = 1 batches per step; clip: largest gradient norm; ema = 0.999: averaged weights are validated and kept
precision      'bfloat16' runs the model and loss under autocast
checkpoint     a folder: last.safetensors, best.safetensors; a run that was stopped goes on from there to the same
               numbers. checkpoint_every = steps also saves inside epochs; resume = false starts over
freeze_prefix  false, or 'auto': outputs of the frozen first stages are computed once, up to prefix_bytes
on_epoch       function(row, model): returning false ends the training
A loss that is not finite ends it with the step and the parameter named.
]]
