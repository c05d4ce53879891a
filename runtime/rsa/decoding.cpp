#include "rsa/decoding.h"

#include <c10/core/GradMode.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/philox.h"
#include "core/progress.h"
#include "rsa/lda.h"
#include "rsa/pairs.h"
#include "rsa/svm.h"

namespace brain::rsa {

namespace {

// Streams of the seed: trials are shuffled by those below, folds by those from here on.
constexpr std::uint64_t kFoldStreams = std::uint64_t{1} << 48;

struct Sizes {
  std::int64_t conditions, repetitions, channels, times, pseudo, repeats, folds, average;
};

// Everything about one time point: pseudo-trials, their folds, and their inner products within conditions.
class Moment {
 public:
  // order: [repeats, conditions, repetitions], how the trials were shuffled.
  Moment(const at::Tensor& trials, std::int64_t time, const std::vector<std::int64_t>& order, const Sizes& s,
         std::uint64_t seed)
      : sizes_(s) {
    const at::Tensor now = trials.select(3, time).to(at::kDouble).contiguous();
    points_ = at::zeros({s.repeats, s.conditions, s.pseudo, s.channels}, at::kDouble);
    const auto* from = now.const_data_ptr<double>();
    auto* to = points_.mutable_data_ptr<double>();
    folds_.resize(static_cast<std::size_t>(s.repeats * s.conditions * s.pseudo));
    for (std::int64_t block = 0; block < s.repeats * s.conditions; ++block) {
      const std::int64_t condition = block % s.conditions;
      for (std::int64_t k = 0; k < s.pseudo * s.average; ++k) {
        const double* trial = from + (condition * s.repetitions + order[block * s.repetitions + k]) * s.channels;
        double* point = to + (block * s.pseudo + k / s.average) * s.channels;
        for (std::int64_t c = 0; c < s.channels; ++c) point[c] += trial[c] / static_cast<double>(s.average);
      }
      const auto stream = kFoldStreams + static_cast<std::uint64_t>(time * s.repeats * s.conditions + block);
      const auto places = permutation(seed, stream, s.pseudo);
      std::copy(places.begin(), places.end(), folds_.begin() + block * s.pseudo);
    }
    const at::Tensor flat = points_.view({-1, s.pseudo, s.channels});
    within_ = at::bmm(flat, flat.transpose(1, 2));
  }

  const double* point(std::int64_t repeat, std::int64_t condition, std::int64_t k) const {
    return points_.const_data_ptr<double>() + ((repeat * sizes_.conditions + condition) * sizes_.pseudo + k) * sizes_.channels;
  }
  // [pseudo, pseudo] of one condition.
  const double* within(std::int64_t repeat, std::int64_t condition) const {
    return within_.const_data_ptr<double>() + (repeat * sizes_.conditions + condition) * sizes_.pseudo * sizes_.pseudo;
  }
  // [pseudo, (conditions - i - 1) * pseudo]: condition i with every later one.
  at::Tensor across(std::int64_t repeat, std::int64_t i) const {
    const at::Tensor x = points_[repeat];
    return x[i].matmul(x.slice(0, i + 1).reshape({-1, sizes_.channels}).t());
  }
  // The fold of a pseudo-trial of the first or second class of a pair. The second goes on where the first stopped, so that
  // folds stay even when `folds` does not divide their number.
  std::int64_t fold(std::int64_t repeat, std::int64_t condition, std::int64_t k, bool second) const {
    const std::int64_t place = folds_[(repeat * sizes_.conditions + condition) * sizes_.pseudo + k];
    return (place + (second ? sizes_.pseudo : 0)) % sizes_.folds;
  }

 private:
  Sizes sizes_;
  at::Tensor points_, within_;
  std::vector<std::int64_t> folds_;
};

// A pseudo-trial of a pair: which class, and which of its condition.
struct Point {
  bool second;
  std::int64_t k;
};

// Inner products within and between the classes of a pair.
struct PairProducts {
  const double *first, *second, *between;
  std::int64_t pseudo, stride;  // of the rows of `between`
  double operator()(Point a, Point b) const {
    if (a.second == b.second) return (a.second ? second : first)[a.k * pseudo + b.k];
    return a.second ? between[b.k * stride + a.k] : between[a.k * stride + b.k];
  }
};

// Splits the pseudo-trials of pair (i, j) by fold.
void split(const Moment& moment, const Sizes& s, std::int64_t repeat, std::int64_t i, std::int64_t j, std::int64_t fold,
           std::vector<Point>& training, std::vector<Point>& testing) {
  training.clear();
  testing.clear();
  for (const bool second : {false, true}) {
    for (std::int64_t k = 0; k < s.pseudo; ++k)
      (moment.fold(repeat, second ? j : i, k, second) == fold ? testing : training).push_back({second, k});
  }
}

class Decoder {
 public:
  Decoder(const Sizes& sizes, const DecodingOptions& options)
      : s_(sizes), options_(options), svm_(options.C, options.tolerance), lda_(sizes.channels) {}

  // The mean accuracy over folds for pair (i, j).
  double accuracy(const Moment& moment, std::int64_t repeat, std::int64_t i, std::int64_t j, const double* between,
                  std::int64_t stride) {
    const PairProducts products{moment.within(repeat, i), moment.within(repeat, j), between, s_.pseudo, stride};
    double sum = 0;
    for (std::int64_t fold = 0; fold < s_.folds; ++fold) {
      split(moment, s_, repeat, i, j, fold, training_, testing_);
      std::int64_t right = 0;
      if (options_.classifier == Classifier::svm) {
        fit_svm(products);
        for (const auto& x : testing_) right += (svm_decision(products, x) > 0) != x.second;
      } else {
        auto place = [&](Point x) { return moment.point(repeat, x.second ? j : i, x.k); };
        lda_.clear();
        for (const auto& x : training_) lda_.add(place(x), x.second);
        if (!lda_.fit())
          fail("decoding_rdm: lda: the covariance of ", s_.channels, " channels cannot be inverted with ",
               training_.size(), " training pseudo-trials; use svm, or fewer channels");
        for (const auto& x : testing_) right += (lda_.decision(place(x)) > 0) == x.second;
      }
      sum += static_cast<double>(right) / static_cast<double>(testing_.size());
    }
    return sum / static_cast<double>(s_.folds);
  }

 private:
  void fit_svm(const PairProducts& products) {
    const auto n = static_cast<std::int64_t>(training_.size());
    svm_.resize(n);
    for (std::int64_t a = 0; a < n; ++a) {
      double* row = svm_.gram_row(a);
      for (std::int64_t b = 0; b < n; ++b) row[b] = products(training_[a], training_[b]);
      svm_.label(a) = training_[a].second ? -1 : 1;
    }
    svm_.fit();
  }
  double svm_decision(const PairProducts& products, Point x) const {
    double sum = svm_.bias();
    for (std::size_t k = 0; k < training_.size(); ++k)
      sum += svm_.coefficient(static_cast<std::int64_t>(k)) * products(x, training_[k]);
    return sum;
  }

  const Sizes& s_;
  const DecodingOptions& options_;
  LinearSvm svm_;
  Lda lda_;
  std::vector<Point> training_, testing_;
};

Sizes checked_sizes(const at::Tensor& trials, const DecodingOptions& o) {
  if (trials.dim() != 4 || !at::isFloatingType(trials.scalar_type()))
    fail("decoding_rdm: expected real trials (conditions, repetitions, channels, times), got ", trials.sizes(), " of ", trials.scalar_type());
  if (trials.size(0) < 2) fail("decoding_rdm: expected at least 2 conditions, got ", trials.size(0));
  if (o.average < 1 || o.repeats < 1 || o.smooth < 1 || o.folds < 2)
    fail("decoding_rdm: expected average, repeats and smooth of at least 1 and at least 2 folds, got ", o.average, ", ",
         o.repeats, ", ", o.smooth, " and ", o.folds);
  const Sizes s{trials.size(0), trials.size(1), trials.size(2), trials.size(3), trials.size(1) / o.average, o.repeats, o.folds, o.average};
  if (s.pseudo < s.folds)
    fail("decoding_rdm: expected at least as many pseudo-trials as folds, got ", s.pseudo, " (", s.repetitions,
         " repetitions in groups of ", o.average, ") for ", s.folds, " folds");
  if (!trials.isfinite().all().item<bool>()) fail("decoding_rdm: trials hold NaN or infinity");
  return s;
}

}  // namespace

at::Tensor smoothed(const at::Tensor& x, std::int64_t width) {
  const std::int64_t before = width / 2, after = width - before, times = x.size(0);
  at::Tensor out = at::empty_like(x);
  for (std::int64_t t = 0; t < times; ++t)
    out[t].copy_(x.slice(0, std::max<std::int64_t>(0, t - before), std::min(t + after, times)).mean(0));
  return out;
}

at::Tensor decoding_rdm(const at::Tensor& trials_given, const DecodingOptions& options) {
  const c10::NoGradGuard no_grad;
  const Sizes s = checked_sizes(trials_given, options);
  const at::Tensor trials = trials_given.cpu();
  std::vector<std::int64_t> order;
  for (std::int64_t block = 0; block < s.repeats * s.conditions; ++block) {
    const auto shuffled = permutation(options.seed, static_cast<std::uint64_t>(block), s.repetitions);
    order.insert(order.end(), shuffled.begin(), shuffled.end());
  }
  const std::int64_t pairs = pairs_of(s.conditions), items = s.times * s.conditions;
  const at::Tensor result = at::zeros({s.times, pairs}, at::kDouble);
  auto* out = result.mutable_data_ptr<double>();
  Progress progress("decoding", s.times * pairs, "pairs");
  at::parallel_for(0, items, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad_here;
    Decoder decoder(s, options);
    std::unique_ptr<Moment> moment;
    std::int64_t time = -1;
    for (std::int64_t item = begin; item < end; ++item) {
      interrupt::check();
      if (item / s.conditions != time) {
        time = item / s.conditions;
        moment = std::make_unique<Moment>(trials, time, order, s, options.seed);
      }
      // First conditions have many pairs, last ones few: taken in turn, so that threads get equal shares.
      const std::int64_t turn = item % s.conditions, i = turn % 2 ? s.conditions - 1 - turn / 2 : turn / 2;
      const std::int64_t later = s.conditions - 1 - i, stride = later * s.pseudo;
      for (std::int64_t repeat = 0; repeat < s.repeats && later > 0; ++repeat) {
        const at::Tensor across = moment->across(repeat, i);
        for (std::int64_t j = i + 1; j < s.conditions; ++j) {
          const double* between = across.const_data_ptr<double>() + (j - i - 1) * s.pseudo;
          out[time * pairs + pair_place(i, j, s.conditions)] +=
              decoder.accuracy(*moment, repeat, i, j, between, stride) / static_cast<double>(s.repeats);
        }
      }
      progress.advance(later);
    }
  });
  return options.smooth > 1 ? smoothed(result, options.smooth) : result;
}

}  // namespace brain::rsa
