// Pairwise decoding against the same steps written out, classifier and draws excepted.
#include "rsa/decoding.h"

#include <ATen/Parallel.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <thread>

#include "core/error.h"
#include "core/philox.h"
#include "numbers.h"
#include "rsa/lda.h"
#include "rsa/pairs.h"
#include "rsa/svm.h"

using namespace brain;

namespace {

// One pair at one time: accuracy over repeats and folds, on pseudo-trials and folds drawn as the header says.
double slow_accuracy(const at::Tensor& trials, std::int64_t i, std::int64_t j, std::int64_t time,
                     const rsa::DecodingOptions& o) {
  const std::int64_t conditions = trials.size(0), pseudo = trials.size(1) / o.average;
  double sum = 0;
  for (std::int64_t repeat = 0; repeat < o.repeats; ++repeat) {
    std::vector<at::Tensor> points;
    std::vector<std::int64_t> folds;
    for (const auto condition : {i, j}) {
      const auto block = static_cast<std::uint64_t>(repeat * conditions + condition);
      const auto order = permutation(o.seed, block, trials.size(1));
      const auto places = permutation(
          o.seed,
          (std::uint64_t{1} << 48) + static_cast<std::uint64_t>(time * o.repeats * conditions) + block,
          pseudo);
      for (std::int64_t k = 0; k < pseudo; ++k) {
        at::Tensor point = at::zeros({trials.size(2)}, at::kDouble);
        for (std::int64_t q = 0; q < o.average; ++q)
          point += trials[condition][order[k * o.average + q]].select(1, time).to(at::kDouble);
        points.push_back(point / o.average);
        folds.push_back((places[k] + (condition == j ? pseudo : 0)) % o.folds);
      }
    }
    for (std::int64_t fold = 0; fold < o.folds; ++fold) {
      std::vector<std::int64_t> training;
      for (std::int64_t k = 0; k < 2 * pseudo; ++k)
        if (folds[k] != fold) training.push_back(k);
      rsa::LinearSvm svm(1, o.tolerance);
      rsa::Lda lda(trials.size(2));
      svm.resize(static_cast<std::int64_t>(training.size()));
      for (std::size_t a = 0; a < training.size(); ++a) {
        for (std::size_t b = 0; b < training.size(); ++b)
          svm.gram_row(static_cast<std::int64_t>(a))[b] =
              points[training[a]].dot(points[training[b]]).item<double>();
        svm.label(static_cast<std::int64_t>(a)) = training[a] < pseudo ? 1 : -1;
        lda.add(points[training[a]].const_data_ptr<double>(), training[a] >= pseudo);
      }
      if (o.classifier == rsa::Classifier::svm) svm.fit();
      else REQUIRE(lda.fit());
      double right = 0, tested = 0;
      for (std::int64_t k = 0; k < 2 * pseudo; ++k) {
        if (folds[k] != fold) continue;
        double decision = svm.bias();
        if (o.classifier == rsa::Classifier::svm) {
          for (std::size_t a = 0; a < training.size(); ++a)
            decision += svm.coefficient(static_cast<std::int64_t>(a)) *
                        points[training[a]].dot(points[k]).item<double>();
        } else {
          decision = -lda.decision(points[k].const_data_ptr<double>());
        }
        right += (decision > 0) == (k < pseudo);
        tested += 1;
      }
      sum += right / tested;
    }
  }
  return sum / static_cast<double>(o.repeats * o.folds);
}

}  // namespace

TEST_CASE("accuracies of every pair and time, then the centred mean") {
  at::Tensor trials = at::empty({4, 23, 3, 6}, at::kDouble);
  Philox noise(3, 0);
  for (std::int64_t k = 0; k < trials.numel(); ++k)
    trials.mutable_data_ptr<double>()[k] = noise.normal();
  trials.slice(0, 1, 2).slice(3, 2, 5).add_(0.5);
  for (const auto classifier : {rsa::Classifier::svm, rsa::Classifier::lda}) {
    rsa::DecodingOptions o;
    o.classifier = classifier;
    o.average = 3;  // 7 pseudo-trials, 2 trials left over, folds uneven
    o.repeats = 2;
    o.seed = 11;
    o.tolerance = 1e-10;  // so that the order of the points decides nothing
    o.smooth = 1;
    const at::Tensor raw = rsa::decoding_rdm(trials.to(at::kFloat), o);
    REQUIRE(raw.sizes() == at::IntArrayRef{6, 6});
    for (int time = 0; time < 6; ++time) {
      for (int i = 0; i < 4; ++i) {
        for (int j = i + 1; j < 4; ++j) {
          INFO("classifier " << int(classifier) << ", time " << time << ", conditions " << i << " and " << j);
          CHECK(raw[time][rsa::pair_place(i, j, 4)].item<double>() ==
                Approx(slow_accuracy(trials.to(at::kFloat), i, j, time, o)).epsilon(1e-12));
        }
      }
    }
    o.smooth = 5;
    CHECK(at::equal(rsa::decoding_rdm(trials.to(at::kFloat), o), rsa::smoothed(raw, 5)));
    const int threads = at::get_num_threads();
    at::set_num_threads(1);
    CHECK(at::equal(rsa::decoding_rdm(trials.to(at::kFloat), o), rsa::smoothed(raw, 5)));
    at::set_num_threads(threads);
  }
}

TEST_CASE("smoothing takes t - width / 2 to t + (width - 1) / 2, as far as they exist") {
  const at::Tensor x = at::arange(7, at::kDouble).square().view({7, 1});
  const at::Tensor five = rsa::smoothed(x, 5).squeeze(1), four = rsa::smoothed(x, 4).squeeze(1);
  CHECK(five[0].item<double>() == Approx((0 + 1 + 4) / 3.0));
  CHECK(five[3].item<double>() == Approx((1 + 4 + 9 + 16 + 25) / 5.0));
  CHECK(five[6].item<double>() == Approx((16 + 25 + 36) / 3.0));
  CHECK(four[3].item<double>() == Approx((1 + 4 + 9 + 16) / 4.0));
}

TEST_CASE("separable conditions are told apart, equal ones are at chance") {
  at::Tensor trials = numbers({3, 40, 5, 2}, 9);
  trials[2].add_(4);
  rsa::DecodingOptions o;
  o.smooth = 1;
  const at::Tensor accuracy = rsa::decoding_rdm(trials, o);
  CHECK(accuracy[0][1].item<double>() == 1);
  CHECK(accuracy[1][2].item<double>() == 1);
}

TEST_CASE("trials that cannot be decoded") {
  rsa::DecodingOptions o;
  CHECK_THROWS_WITH(rsa::decoding_rdm(numbers({3, 10, 4}), o),
                    Catch::Contains("(conditions, repetitions, channels, times)"));
  CHECK_THROWS_WITH(rsa::decoding_rdm(numbers({3, 10, 4, 2}), o),
                    Catch::Contains("got 2 (10 repetitions in groups of 5) for 4 folds"));
  CHECK_THROWS_AS(rsa::decoding_rdm(at::full({3, 40, 4, 2}, NAN), o), Error);
  o.classifier = rsa::Classifier::lda;
  CHECK_THROWS_WITH(rsa::decoding_rdm(numbers({3, 20, 9, 2}), o), Catch::Contains("cannot be inverted"));
}

TEST_CASE("native loops run on as many threads as are set") {
  const int threads = at::get_num_threads();
  at::set_num_threads(2);
  std::atomic<int> begun{0};
  int seen[2] = {0, 0};
  at::parallel_for(0, 2, 1, [&](std::int64_t begin, std::int64_t end) {  // each waits for the other, up to 20 s
    ++begun;
    for (int i = 0; i < 2000 && begun < 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    for (std::int64_t i = begin; i < end; ++i) seen[i] = begun;
  });
  at::set_num_threads(threads);
  CHECK(seen[0] == 2);
  CHECK(seen[1] == 2);
}
