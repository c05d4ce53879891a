#pragma once
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace brain::data {

// Reader of the preprocessed files of THINGS-EEG2 (Gifford, Dwivedi, Roig and Cichy, NeuroImage 2022):
// preprocessed_eeg_{training,test}.npy, each a pickled dict of preprocessed_eeg_data (images, repetitions,
// channels, times; float64 or float32), ch_names and times (seconds from onset).

// What of a file to read: channels by name and in this order, samples with from <= time < to.
struct EegSelection {
  std::vector<std::string> channels;
  double from = 0, to = 0;
};

struct EegAverage {
  at::Tensor values;       // float32 [images, channels, times]
  at::Tensor repetitions;  // int64 [images]: how many were averaged
  std::vector<double> times;
  double mean = 0, sd = 0;  // of all averages before they are rounded to float32; sd with divisor n
};

struct EegTrials {
  at::Tensor values;  // float32 [images, repetitions, channels, times]
  std::vector<double> times;
};

// Mean over the repetitions of each image. A repetition with a NaN among the selected values is missing and
// left out; an image without any is an error. The file is mapped and read once, without a copy.
EegAverage average_things_eeg2(const std::string& path, const EegSelection& selection);

// Every repetition by itself; missing ones are NaN as in the file.
EegTrials things_eeg2_trials(const std::string& path, const EegSelection& selection);

}  // namespace brain::data
