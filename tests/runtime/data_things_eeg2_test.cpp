#include "data/things_eeg2.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "io/npy.h"
#include "io/tensor.h"
#include "scratch.h"

using namespace brain;
using Catch::Contains;

namespace {

// Values of (images, repetitions, channels, times), channels named A, B, ..., samples every 10 ms from -20
// ms.
void save(const std::string& path, const at::Tensor& values) {
  io::Dict dict;
  dict.put("preprocessed_eeg_data", io::Value::of(io::array_of(values, path)));
  io::List names;
  for (std::int64_t i = 0; i < values.size(2); ++i)
    names.items.push_back(io::text(std::string(1, static_cast<char>('A' + i))));
  dict.put("ch_names", io::Value::of(std::move(names)));
  const at::Tensor times = (at::arange(values.size(3), at::kDouble) - 2) / 100;
  dict.put("times", io::Value::of(io::array_of(times, path)));
  io::write_npy(path, io::Value::of(std::move(dict)), true);
}

}  // namespace

TEST_CASE(
    "averages equal the operators' on the same numbers, for both precisions and any order of channels") {
  const Scratch scratch;
  const std::string path = scratch.path("e.npy");
  at::manual_seed(3);
  for (const auto dtype : {at::kDouble, at::kFloat}) {
    const at::Tensor values = at::randn({600, 3, 4, 9}, at::kDouble).to(dtype);
    save(path, values);
    const auto got = data::average_things_eeg2(path, {{"C", "A"}, 0, 0.05});
    const at::Tensor chosen = values.to(at::kDouble).index_select(2, at::tensor({2, 0})).slice(3, 2, 7);
    const at::Tensor expected = chosen.mean(1);
    CHECK(at::allclose(got.values.to(at::kDouble), expected, 1e-6, 1e-7));  // rounded to float32
    CHECK(got.mean == Approx(expected.mean().item<double>()).epsilon(1e-10));
    CHECK(got.sd == Approx(expected.std(false).item<double>()).epsilon(1e-12));
    CHECK(got.times.size() == 5);
    CHECK(got.times[1] == 0.01);
    CHECK(at::equal(got.repetitions, at::full({600}, 3, at::kLong)));
    const auto trials = data::things_eeg2_trials(path, {{"C", "A"}, 0, 0.05});
    CHECK(at::equal(trials.values, chosen.to(at::kFloat)));
  }
}

TEST_CASE("missing repetitions are left out") {
  const Scratch scratch;
  const std::string path = scratch.path("e.npy");
  at::Tensor values = at::ones({2, 3, 1, 4}, at::kDouble);
  values[0][1].fill_(5);
  values[0][2][0][3].fill_(NAN);
  save(path, values);
  const auto got = data::average_things_eeg2(path, {{"A"}, -1, 1});
  CHECK(got.repetitions[0].item<int>() == 2);
  CHECK(got.values[0][0][0].item<float>() == 3);
  CHECK(at::isnan(data::things_eeg2_trials(path, {{"A"}, -1, 1}).values).sum().item<int>() == 1);
  CHECK(data::average_things_eeg2(path, {{"A"}, -1, 0.01}).repetitions[0].item<int>() ==
        3);  // not among those selected
  values[1].fill_(NAN);
  save(path, values);
  CHECK_THROWS_WITH(data::average_things_eeg2(path, {{"A"}, -1, 1}), Contains("e.npy: image 1 (from 0)"));
}

TEST_CASE("wrong files are refused") {
  const Scratch scratch;
  const std::string path = scratch.path("e.npy");
  save(path, at::ones({2, 3, 2, 4}, at::kDouble));
  CHECK_THROWS_WITH(data::average_things_eeg2(path, {{"Q"}, 0, 1}),
                    Contains("no channel 'Q'") && Contains("There are A B"));
  CHECK_THROWS_WITH(data::average_things_eeg2(path, {{"A"}, 7, 8}), Contains("window: no sample"));
  save(path, at::ones({2, 3, 0, 4}, at::kDouble));
  CHECK_THROWS_WITH(data::average_things_eeg2(path, {{}, 0, 1}),
                    Contains("at least one trial, found (2, 3, 0, 4)"));
  write_text(path, read_text(path).substr(0, 300));
  CHECK_THROWS_WITH(data::average_things_eeg2(path, {{}, 0, 1}),
                    Contains("an incomplete download? 300 bytes"));
}
