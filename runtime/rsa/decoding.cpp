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

// Everything about one time point: pseudo-trials in a random order, which decides their folds, and their
// inner products within conditions.
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
    for (std::int64_t block = 0; block < s.repeats * s.conditions; ++block) {
      const std::int64_t condition = block % s.conditions;
      const auto stream = kFoldStreams + static_cast<std::uint64_t>(time * s.repeats * s.conditions + block);
      const auto places = permutation(seed, stream, s.pseudo);
      for (std::int64_t k = 0; k < s.pseudo * s.average; ++k) {
        const double* trial =
            from + (condition * s.repetitions + order[block * s.repetitions + k]) * s.channels;
        double* point = to + (block * s.pseudo + places[k / s.average]) * s.channels;
        for (std::int64_t c = 0; c < s.channels; ++c)
          point[c] += trial[c] / static_cast<double>(s.average);
      }
    }
    const at::Tensor flat = points_.view({-1, s.pseudo, s.channels});
    within_ = at::bmm(flat, flat.transpose(1, 2));
  }

  // [pseudo, channels] and [pseudo, pseudo] of one condition.
  const double* points(std::int64_t repeat, std::int64_t condition) const {
    return points_.const_data_ptr<double>() +
           (repeat * sizes_.conditions + condition) * sizes_.pseudo * sizes_.channels;
  }
  const double* within(std::int64_t repeat, std::int64_t condition) const {
    return within_.const_data_ptr<double>() +
           (repeat * sizes_.conditions + condition) * sizes_.pseudo * sizes_.pseudo;
  }
  // [pseudo, (conditions - i - 1) * pseudo]: condition i with every later one.
  at::Tensor across(std::int64_t repeat, std::int64_t i) const {
    const at::Tensor x = points_[repeat];
    return x[i].matmul(x.slice(0, i + 1).reshape({-1, sizes_.channels}).t());
  }

 private:
  Sizes sizes_;
  at::Tensor points_, within_;
};

// The places of one fold, the same for every pair. The second class of a pair goes on where the first
// stopped, so that folds stay even when `folds` does not divide their number.
struct Fold {
  std::vector<std::int64_t> training[2], testing[2];  // of the first and second class
};

std::vector<Fold> folds_of(const Sizes& s) {
  std::vector<Fold> folds(static_cast<std::size_t>(s.folds));
  for (std::int64_t k = 0; k < 2 * s.pseudo; ++k) {
    const bool second = k >= s.pseudo;
    for (std::int64_t fold = 0; fold < s.folds; ++fold)
      (k % s.folds == fold ? folds[fold].testing : folds[fold].training)[second].push_back(
          second ? k - s.pseudo : k);
  }
  return folds;
}

// Inner products within the classes of a pair and between them.
struct PairProducts {
  const double *within[2], *between;
  std::int64_t pseudo, stride;  // of the rows of `between`

  // Those of point k of a class with the places of both classes, one after the other.
  void row(bool second, std::int64_t k, const std::vector<std::int64_t> (&places)[2], double* to) const {
    const double* same = within[second] + k * pseudo;
    for (const auto q : places[0])
      *to++ = second ? between[q * stride + k] : same[q];
    for (const auto q : places[1])
      *to++ = second ? same[q] : between[k * stride + q];
  }
};

class Decoder {
 public:
  Decoder(const Sizes& sizes, const DecodingOptions& options)
      : s_(sizes),
        options_(options),
        folds_(folds_of(sizes)),
        svm_(options.C, options.tolerance),
        lda_(sizes.channels),
        row_(static_cast<std::size_t>(2 * sizes.pseudo)) {}

  // The mean accuracy over folds for pair (i, j).
  double accuracy(const Moment& moment, std::int64_t repeat, std::int64_t i, std::int64_t j,
                  const double* between, std::int64_t stride) {
    const PairProducts products{
        {moment.within(repeat, i), moment.within(repeat, j)}, between, s_.pseudo, stride};
    const double* points[2] = {moment.points(repeat, i), moment.points(repeat, j)};
    double sum = 0;
    for (const auto& fold : folds_) {
      const std::int64_t right =
          options_.classifier == Classifier::svm ? svm_right(products, fold) : lda_right(points, fold);
      sum +=
          static_cast<double>(right) / static_cast<double>(fold.testing[0].size() + fold.testing[1].size());
    }
    return sum / static_cast<double>(s_.folds);
  }

 private:
  std::int64_t svm_right(const PairProducts& products, const Fold& fold) {
    const auto n = static_cast<std::int64_t>(fold.training[0].size() + fold.training[1].size());
    svm_.resize(n);
    std::int64_t a = 0, right = 0;
    for (const bool second : {false, true}) {
      for (const auto k : fold.training[second]) {
        products.row(second, k, fold.training, svm_.gram_row(a));
        svm_.label(a++) = second ? -1 : 1;
      }
    }
    svm_.fit();
    for (const bool second : {false, true}) {
      for (const auto k : fold.testing[second]) {
        products.row(second, k, fold.training, row_.data());
        double decision = svm_.bias();
        for (std::int64_t q = 0; q < n; ++q)
          decision += svm_.coefficient(q) * row_[q];
        right += (decision > 0) != second;
      }
    }
    return right;
  }

  std::int64_t lda_right(const double* const (&points)[2], const Fold& fold) {
    lda_.clear();
    for (const bool second : {false, true}) {
      for (const auto k : fold.training[second])
        lda_.add(points[second] + k * s_.channels, second);
    }
    if (!lda_.fit())
      fail("decoding_rdm: lda: the covariance of ", s_.channels, " channels cannot be inverted with ",
           fold.training[0].size() + fold.training[1].size(),
           " training pseudo-trials; use svm, or fewer channels");
    std::int64_t right = 0;
    for (const bool second : {false, true}) {
      for (const auto k : fold.testing[second])
        right += (lda_.decision(points[second] + k * s_.channels) > 0) == second;
    }
    return right;
  }

  const Sizes& s_;
  const DecodingOptions& options_;
  std::vector<Fold> folds_;
  LinearSvm svm_;
  Lda lda_;
  std::vector<double> row_;
};

Sizes checked_sizes(const at::Tensor& trials, const DecodingOptions& o) {
  if (trials.dim() != 4 || !at::isFloatingType(trials.scalar_type()))
    fail("decoding_rdm: expected real trials (conditions, repetitions, channels, times), got ",
         trials.sizes(), " of ", trials.scalar_type());
  if (trials.size(0) < 2) fail("decoding_rdm: expected at least 2 conditions, got ", trials.size(0));
  if (o.average < 1 || o.repeats < 1 || o.smooth < 1 || o.folds < 2)
    fail("decoding_rdm: expected average, repeats and smooth of at least 1 and at least 2 folds, got ",
         o.average, ", ", o.repeats, ", ", o.smooth, " and ", o.folds);
  const Sizes s{trials.size(0), trials.size(1), trials.size(2), trials.size(3), trials.size(1) / o.average,
                o.repeats,      o.folds,        o.average};
  if (s.pseudo < s.folds)
    fail("decoding_rdm: expected at least as many pseudo-trials as folds, got ", s.pseudo, " (",
         s.repetitions, " repetitions in groups of ", o.average, ") for ", s.folds, " folds");
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
