-- Help texts of readers of responses. tests/stdlib/help_modules_test.lua fails when a function is missing here.
local help = require 'brain.help'

help.add_all [[
data.kamitani(path, {roi, training}) -> record
The fMRI files of Kamitani's laboratory (bdpy HDF5: Horikawa 2017, Shen 2019). record.trials [trials, voxels] in
float64 (record.responses is the same), .labels the picture of each trial ('n01518878_5958'), .run and .session
[trials] where the file has them, .repeats, .subject from the file's name, .rois a table from names to columns of
responses, with LVC, HVC and VC put together where their parts are there. roi = 'ROI_V1' or a list keeps the voxels
of those. training = path or record of the training trials: responses are standardised with its voxels' mean and
standard deviation (n - 1); a voxel that never changes stays at 0.
record:roi('ROI_V1', {average = true}) -> Tensor [pictures, voxels], labels: averaged over the trials of each
picture, in ascending order of labels; {average = false}: [trials, voxels].
record:average() -> the same for all voxels.

data.kamitani_files(root) -> list of {subject, test, training}
The paths of each subject's file of test trials in a folder, and of its file of training trials where that is there.

data.betas{nifti | glmsingle | surface | cifti =, events, mask, rois, label, run, zscore, residuals, ...} -> record
Single-trial responses of your own fMRI study with what was shown in each trial.
nifti        volumes [x, y, z, trials] (.nii, .nii.gz, .mgh, .mgz), a path or a list: one for each run. A * in a name
             stands for anything: 'sub-01/*_run-*_betas.nii.gz', in the order of sessions and runs. Subject, session
             and run come from BIDS names (sub-, ses-, run-); other lists count their files as runs from 1
glmsingle    TYPED_FITHRF_GLMDENOISE_RR.npy (or .mat, .h5) of GLMsingle; without events the numbers of the conditions
             come from DESIGNINFO.npy beside it. Give mask or like = a volume for the affine
surface      {lh = path or list, rh = ...}: MGH [vertices, 1, 1, trials] or GIFTI with an array for each trial; lh
             and rh are regions
cifti        .dscalar.nii or .dtseries.nii whose maps are trials; every structure is a region (CORTEX_LEFT, ...)
events       events.tsv (or .csv) for each file, or one for all; a table of columns; or the list of labels. The label
             is the column trial_type, stim_file or condition, or label = 'NAME'; columns run and session are used.
             Rows without a label, or with one of ignore = {labels}, have no beta, or theirs is left out where all
             rows have one. conditions = {labels} keeps the trials of these
mask         a volume, a Tensor [x, y, z], {lh = .label or map, rh = ...}, or a map of CIFTI; without it the voxels
             that are finite everywhere and change
rois         a mask or an atlas of whole numbers, or a table of them by name: .nii, {lh = .annot, rh = .annot},
             .dlabel.nii; roi_names = {[1] = 'V1'}, a .tsv (index, name) or a .ctab names the numbers of volumes.
             roi = a name or list keeps the voxels of these
run, session a number for each trial (before rows are left out), or the name of a column of the events
zscore       'run', 'session' or 'all': each voxel less its mean there, by its standard deviation (n - 1). 'run' where
             run = is given, otherwise false
residuals    4-D files of a GLM's residuals in the same space, as many as runs
record.trials float32 [trials, voxels] (float64 of float64 files), .labels (list), .run, .session, .repeats (how
often the label came before) [trials], .subject, .rois (columns of each region), .mask, .affine, .voxel_size, .like
(a path), .ncsnr and .noise_ceiling [voxels] where labels are repeated, .residuals [times, voxels], .residual_run.
record:average() -> Tensor [labels, voxels], labels in ascending order; record:roi(name, {average = true}) likewise.
record:reliability{averaged = k} -> ncsnr, noise ceiling [voxels] of averages of k trials (of those there are): the
share of variance that is signal, as in the Natural Scenes Dataset (Allen et al. 2022). Noise: the mean over repeated
labels of the variance over trials; signal: the variance of all trials less the noise (stats.ncsnr takes that of the
averages).
record:map(values, {outside = 0}) -> values [voxels] or [n, voxels] as a volume [x, y, z] or [x, y, z, n], {lh =, rh
=} or [grayordinates]; file.save('map.nii.gz', record:map(v):float(), {like = record.like}) writes it, and so does
record:save('map.nii.gz', values), or '{hemi}.map.mgz', 'map.dscalar.nii'.
rsa.rdm(record.trials, {conditions = record.labels, folds = record.run, distance = 'crossnobis', noise =
rsa.noise_precision(record.residuals, {runs = record.residual_run})}) takes it as it is.

data.triplets(source, {images, base = 0, subject, items, choice}) -> triplets
Odd-one-out choices. source: int64 [n, 3], a .npy, or a text file of three numbers a line, whose last is the odd one
out; or a table (.csv, .tsv, columns) of image1, image2, image3 (names or numbers; items = {three names of columns})
and choice, which is 1, 2, 3 or the odd image. images: the names in order, or how many; numbers count from base.
triplets.triplets int64 [n, 3] from 0, as losses.triplet_odd_one_out takes them, .n, .labels, .subject.
triplets:rdm{by = 'subject'} -> RDMs: 1 - the share of triplets with both images in which the third was the odd one
out (Hebart et al. 2020), NaN for pairs never shown; without by of all subjects together.

data.ratings(source, {images, base = 0, subject, items, rating, scale = 'similarity', range}) -> RDMs, subjects
Rated pairs: a table of item1, item2 (image1, ...) and rating. One RDM for each subject (column subject), means over
repetitions and both orders, NaN for pairs not rated. Similarity becomes high - rating, dissimilarity rating - low, of
range = {low, high} or of the ratings there are.

data.arrangements(source, {images, base = 0, subject}) -> RDMs, subjects
Multi-arrangement: a table of item, x, y, trial and subject. Distances on the screen of several trials, each scaled to
the estimate of its pairs (equal root mean square) and averaged with their squares as weights, in turns until neither
changes (Kriegeskorte & Mur, Inverse MDS, Frontiers in Psychology 2012). Root mean square 1; NaN for pairs never
shown.
]]
