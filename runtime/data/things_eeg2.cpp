#include "data/things_eeg2.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/nearest.h"
#include "io/npy.h"

namespace brain::data {
namespace {

using Index = std::int64_t;

// One file: the mapped array and which of it is wanted.
class Recording {
 public:
  Recording(const std::string& path, const EegSelection& selection) : path_(path), file_(path) {
    content_ = parse();
    read_array();
    read_channels(selection.channels);
    read_times(selection.from, selection.to);
  }

  Index images() const { return array_.shape[0]; }
  Index repetitions() const { return array_.shape[1]; }
  Index channels() const { return static_cast<Index>(channels_.size()); }
  Index times() const { return static_cast<Index>(times_.size()); }
  const std::vector<double>& time_values() const { return times_; }
  const std::string& path() const { return path_; }
  void check() const { file_.check(); }

  // The selected values of one trial as `out` [channels, times]; false when one of them is NaN.
  template <class Out>
  bool trial(Index image, Index repetition, Out* out) const {
    return array_.dtype == io::DType::float64 ? read<double>(image, repetition, out)
                                              : read<float>(image, repetition, out);
  }

 private:
  // A pickle does not align its arrays, so numbers are copied byte by byte.
  template <class In, class Out>
  bool read(Index image, Index repetition, Out* out) const {
    const Index start = array_.offset + image * array_.strides[0] + repetition * array_.strides[1];
    const Index step = array_.strides[3];
    bool whole = true;
    for (const Index channel : channels_) {
      const std::uint8_t* from =
          array_.storage.data +
          (start + channel * array_.strides[2] + first_time_ * step) * static_cast<Index>(sizeof(In));
      for (std::size_t t = 0; t < times_.size(); ++t) {
        In value;
        std::memcpy(&value, from + static_cast<Index>(t) * step * static_cast<Index>(sizeof(In)),
                    sizeof value);
        whole = whole && !std::isnan(value);
        *out++ = static_cast<Out>(value);
      }
    }
    return whole;
  }

  io::Value parse() const try {
    return io::read_npy(file_.bytes(), path_, /*allow_pickle=*/true);
  } catch (const Error& error) {
    fail(error.what(), " (an incomplete download? ", file_.bytes().size, " bytes are here)");
  }

  const io::Value& entry(const char* name) const {
    const auto* dict = content_.as<io::Dict>();
    const io::Value* value = dict ? dict->find(name) : nullptr;
    if (!value)
      fail(path_, ": expected a dict with preprocessed_eeg_data, ch_names and times, found ",
           dict ? join_text("no ", name) : join_text("a ", content_.kind()));
    return *value;
  }

  void read_array() {
    const auto* array = entry("preprocessed_eeg_data").as<io::Array>();
    if (!array || array->shape.size() != 4)
      fail(path_, ": preprocessed_eeg_data: expected (images, repetitions, channels, times), found ",
           array ? io::shape_text(array->shape) : entry("preprocessed_eeg_data").kind());
    if (array->dtype != io::DType::float64 && array->dtype != io::DType::float32)
      fail(path_, ": preprocessed_eeg_data: expected float64 or float32, found ",
           io::dtype_name(array->dtype));
    if (array->elements() == 0)
      fail(path_, ": preprocessed_eeg_data: expected at least one trial, found ",
           io::shape_text(array->shape));
    array_ = *array;
  }

  void read_channels(const std::vector<std::string>& wanted) {
    const auto* items = io::sequence(entry("ch_names"));
    std::vector<std::string> names;
    std::string all;
    for (const io::Value& item : items ? *items : std::vector<io::Value>()) {
      const auto* name = item.as<io::Text>();
      if (!name) fail(path_, ": ch_names: expected names, found a ", item.kind());
      names.emplace_back(name->view());
      all += (all.empty() ? "" : " ") + names.back();
    }
    if (static_cast<Index>(names.size()) != array_.shape[2])
      fail(path_, ": expected a name for each of ", array_.shape[2], " channels, found ", names.size());
    for (const std::string& name : wanted) {
      const auto place = std::find(names.begin(), names.end(), name);
      if (place == names.end()) {
        const std::string near = nearest(name, names);
        fail(path_, ": no channel '", name, "'", near.empty() ? "" : ", did you mean '" + near + "'?",
             " There are ", all);
      }
      channels_.push_back(place - names.begin());
    }
  }

  void read_times(double from, double to) {
    const auto* array = entry("times").as<io::Array>();
    if (!array || array->shape != io::Shape{array_.shape[3]} || array->dtype != io::DType::float64)
      fail(path_, ": times: expected float64 of shape (", array_.shape[3], "), found ",
           array ? io::shape_text(array->shape) : entry("times").kind());
    const io::Bytes bytes = array->packed();
    std::vector<double> all(bytes.size / sizeof(double));
    std::memcpy(all.data(), bytes.data, bytes.size);
    for (std::size_t i = 1; i < all.size(); ++i)
      if (!(all[i] > all[i - 1]))
        fail(path_, ": times: expected rising times, found ", all[i], " after ", all[i - 1]);
    constexpr double slack = 1e-6;  // s: 0.2 lies between samples that are 0.19 and 0.2 up to rounding
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i] < from - slack || all[i] >= to - slack) continue;
      if (times_.empty()) first_time_ = static_cast<Index>(i);
      times_.push_back(all[i]);
    }
    if (times_.empty())
      fail(path_, ": window: no sample from ", from, " s to ", to, " s, there are ", all.front(), " s to ",
           all.back(), " s");
  }

  std::string path_;
  io::File file_;
  io::Value content_;
  io::Array array_;
  std::vector<Index> channels_;
  std::vector<double> times_;
  Index first_time_ = 0;
};

// Runs work(image) for all images, a block at a time, so that Ctrl-C is heard.
template <class Work>
void for_images(const Recording& recording, const Work& work) {
  constexpr Index block = 512;
  for (Index start = 0; start < recording.images(); start += block) {
    interrupt::check();
    recording.check();
    at::parallel_for(start, std::min(start + block, recording.images()), 8, [&](Index begin, Index end) {
      for (Index image = begin; image < end; ++image) work(image);
    });
  }
}

}  // namespace

EegAverage average_things_eeg2(const std::string& path, const EegSelection& selection) {
  const Recording recording(path, selection);
  const Index size = recording.channels() * recording.times();
  EegAverage result{at::empty({recording.images(), recording.channels(), recording.times()}, at::kFloat),
                    at::empty({recording.images()}, at::kLong), recording.time_values()};
  auto* values = result.values.mutable_data_ptr<float>();
  auto* counts = result.repetitions.mutable_data_ptr<Index>();
  std::vector<double> means(static_cast<std::size_t>(recording.images())), spreads(means.size());
  for_images(recording, [&](Index image) {
    std::vector<double> sum(static_cast<std::size_t>(size)), trial(sum.size());
    Index count = 0;
    for (Index r = 0; r < recording.repetitions(); ++r) {
      if (!recording.trial(image, r, trial.data())) continue;
      ++count;
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += trial[i];
    }
    counts[image] = count;
    if (count == 0) return;
    double mean = 0, spread = 0;
    for (double& value : sum) mean += value /= static_cast<double>(count);
    mean /= static_cast<double>(size);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      spread += (sum[i] - mean) * (sum[i] - mean);
      values[image * size + static_cast<Index>(i)] = static_cast<float>(sum[i]);
    }
    means[static_cast<std::size_t>(image)] = mean;
    spreads[static_cast<std::size_t>(image)] = spread;
  });
  for (Index image = 0; image < recording.images(); ++image)
    if (counts[image] == 0)
      fail(path, ": image ", image, " (from 0): every one of its ", recording.repetitions(),
           " repetitions has NaN");
  for (const double mean : means) result.mean += mean;
  result.mean /= static_cast<double>(means.size());
  double total = 0;
  for (std::size_t i = 0; i < means.size(); ++i)
    total += spreads[i] + static_cast<double>(size) * (means[i] - result.mean) * (means[i] - result.mean);
  result.sd = std::sqrt(total / static_cast<double>(size * recording.images()));
  return result;
}

EegTrials things_eeg2_trials(const std::string& path, const EegSelection& selection) {
  const Recording recording(path, selection);
  const Index size = recording.channels() * recording.times();
  EegTrials result{
      at::empty({recording.images(), recording.repetitions(), recording.channels(), recording.times()},
                at::kFloat),
      recording.time_values()};
  auto* values = result.values.mutable_data_ptr<float>();
  for_images(recording, [&](Index image) {
    for (Index r = 0; r < recording.repetitions(); ++r)
      recording.trial(image, r, values + (image * recording.repetitions() + r) * size);
  });
  return result;
}

}  // namespace brain::data
