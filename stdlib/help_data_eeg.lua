-- Help texts of THINGS-EEG2 and of what is simulated. tests/stdlib/things_eeg2_test.lua fails when one is missing.
local help = require 'brain.help'

help.add('data.things_eeg2', [[
data.things_eeg2(root, {subject = 1, window = {0, 0.2}, channels, average = true, trials = false,
  trials_window, pictures = true}) -> record
  THINGS-EEG2 as published: root/preprocessed_data/sub-XX/ (or root/sub-XX/) preprocessed_eeg_training.npy and
  preprocessed_eeg_test.npy, root/image_set/ (or root/) image_metadata.npy, training_images/CONCEPT/FILE and
  test_images/CONCEPT/FILE. Without the metadata the pictures are taken in the order of their names.
  window: seconds from onset, the end not included; {0, 0.2} is 20 samples. channels: names, in the order wanted;
  by default the 17 over occipital and parietal cortex.
  record.train, record.test: eeg float32 [images, channels, times], mean over repetitions (average = false:
  [images, repetitions, channels, times]); repetitions int64 [images], how many were averaged: one with NaN is
  missing; files (paths), concepts (names), labels int64 [images] into concepts, from 0.
  record.mean, record.sd: of the averaged training EEG in the window (sd with divisor n); both parts are
  (eeg - mean) / sd. record.times, record.channels, record.subject.
  trials = true: record.test.trials float32 [images, repetitions, channels, times of trials_window], normalised
  alike, times in record.test.times; trials_window: by default all times.
  pictures = false does not ask for the picture files.]])

help.add('data.things_eeg2_subjects', [[
data.things_eeg2_subjects(root) -> list of the subjects' numbers whose two files are there]])

help.add('data.simulate.things_eeg2', [[
data.simulate.things_eeg2(root, {subjects = 6, concepts = 40, images_per_concept = 12, test_concepts = 40,
  test_images_per_concept = 1, repetitions = 4, test_repetitions = 40, size = 96, categories = 8, signal = 0.35,
  noise = 1, shared = 0.7, seed = 0}) -> answers
  Writes the files that data.things_eeg2 reads: drawn pictures of things (size pixels; categories of up to 10 body
  plans take turns) in scenes, and EEG that a hidden network of three stages makes of them. signal: sd over
  pictures of a stage's response at its peak in sd of one trial's noise (0: nothing to find); shared: how much of
  the topographies all subjects have in common. root must be new or empty; one that holds this simulation is read.
  answers.components.train, .test: float32 [images, 48], what the stages make of each picture; answers.stages
  says which are early, mid, late. answers.responses: float32 [subjects, test images, 17, 100] without noise.
  answers.reliability.train, .test: float64 [subjects, 17, 100], the share of the variance of the mean over
  repetitions that is response. Per subject: answers.ceilings, the mean of its root over channels and 0 to 0.2 s
  (test); answers.rdm_ceilings, the correlation of the RDMs of test EEG and responses at 0 to 0.2 s;
  answers.latencies {early, mid, late} in seconds. answers.categories and answers.concepts .train, .test: per
  concept.]])

help.add('data.simulate.kamitani', [[
data.simulate.kamitani(root, {subjects = 3, pictures = 50, repetitions = 24, voxels = 60, size = 96, categories = 8,
  signal = 0.35, noise = 1, seed = 0}) -> root
  Writes fMRI files that data.kamitani reads, root/sub-XX_perceptionNaturalImageTest_original_VC.h5, and the pictures
  they name, root/images/LABEL.jpg. Regions V1, V2, V3, hV4 and LOC of `voxels` each see, ever later stages of the
  hidden network of data.simulate.things_eeg2 with the same seed, which shows none of these pictures. signal: sd over
  pictures of a voxel's response in sd of one trial's noise. root must be new or empty, or hold this simulation.]])

help.add('data.simulate.objectome', [[
data.simulate.objectome(root, {objects = 8, public = 12, private = 8, trials = 80, sharpness = 6, lapses = 0.05,
  size = 96, seed = 0}) -> root
  Writes files that data.objectome reads: `public` and `private` pictures of each object, `trials` per picture with the
  distractors in turn. People choose by how near a picture is to each object's mean in the late stage of the hidden
  network of data.simulate.things_eeg2 with the same seed, and guess in a share of `lapses`. root must be new or empty,
  or hold this simulation.]])
