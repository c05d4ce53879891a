#include "stats/sign_flips.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "core/interrupt.h"
#include "core/philox.h"
#include "core/progress.h"

namespace brain::stats {

namespace {

constexpr std::int64_t kBytes = std::int64_t{16} << 20;  // of t of one product
constexpr double kSlack = 1 - 1e-10;                     // equal sums differ by rounding in another order

}  // namespace

at::Tensor t_of_signs(const at::Tensor& signs, const at::Tensor& d, const at::Tensor& squares) {
  const auto n = static_cast<double>(d.size(0));
  const at::Tensor mean = signs.matmul(d) / n;
  const at::Tensor variance = ((squares - n * mean.square()) / (n - 1)).clamp_min(0);
  return (mean / (variance / n).sqrt()).nan_to_num(0, INFINITY, -INFINITY);
}

SignFlips::SignFlips(std::int64_t subjects, std::int64_t permutations, std::uint64_t seed)
    : subjects(subjects), count(permutations), exact(subjects < 40 && (std::int64_t{1} << subjects) <= permutations),
      seed(seed) {
  if (exact) count = std::int64_t{1} << subjects;
}

at::Tensor SignFlips::signs(std::int64_t first, std::int64_t count) const {
  const at::Tensor signs = at::empty({count, subjects}, at::kDouble);
  auto* sign = signs.mutable_data_ptr<double>();
  for (std::int64_t k = 0; k < count; ++k) {
    Philox draws(seed, static_cast<std::uint64_t>(first + k));
    for (std::int64_t subject = 0; subject < subjects; ++subject) {
      const bool flip = exact ? (first + k) >> subject & 1 : draws.next() & 1;
      sign[k * subjects + subject] = flip ? -1 : 1;
    }
  }
  return signs;
}

double SignFlips::p(const std::vector<double>& null, double observed) const {
  const auto reached = static_cast<double>(
      std::count_if(null.begin(), null.end(), [&](double other) { return other >= observed * kSlack; }));
  const auto all = static_cast<double>(count);
  return exact ? reached / all : (reached + 1) / (all + 1);
}

std::vector<double> flipped(const at::Tensor& d, const SignFlips& flips,
                            const std::function<double(const double* t)>& largest) {
  const std::int64_t points = d.size(1), block = std::clamp<std::int64_t>(kBytes / (8 * points), 1, 64),
                     blocks = (flips.count + block - 1) / block;
  const at::Tensor squares = d.square().sum(0);
  std::vector<double> result(static_cast<std::size_t>(flips.count), 0.0);
  Progress progress("permutations", flips.count);
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad;
    for (std::int64_t k = begin; k < end; ++k) {
      interrupt::check();
      const std::int64_t first = k * block, count = std::min(block, flips.count - first);
      const at::Tensor t = t_of_signs(flips.signs(first, count), d, squares);
      for (std::int64_t flip = 0; flip < count; ++flip)
        result[first + flip] = largest(t.const_data_ptr<double>() + flip * points);
      progress.advance(count);
    }
  });
  return result;
}

}  // namespace brain::stats
