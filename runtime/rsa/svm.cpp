#include "rsa/svm.h"

#include <algorithm>
#include <cmath>
#include <bit>
#include <limits>

// Compiled for several instruction sets, of which the loader takes the best the machine has.
#if defined(__x86_64__) && defined(__ELF__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define BRAIN_EVERY_MACHINE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BRAIN_EVERY_MACHINE
#endif

namespace brain::rsa {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kFlat = 1e-12;  // curvature of two points on top of each other, as in LIBSVM
constexpr std::int64_t kMostSteps = 10'000'000;
constexpr std::int64_t kLanes = 8;

using Vector [[gnu::vector_size(64), gnu::aligned(8), gnu::may_alias]] = double;
using Mask [[gnu::vector_size(64)]] = std::int64_t;

struct Problem {
  std::int64_t n, stride;     // stride: n rounded up to lanes; what lies beyond n never moves
  const double *gram, *gain;  // gain[i, j] = 1 / |x_i - x_j|^2
  double *beta, *gradient, *lower, *upper;
  double *rising, *falling;                   // 0 where beta may rise (fall), otherwise -infinity (infinity)
  double tolerance, highest = 0, lowest = 0;  // of the gradient where beta may rise, may fall
  std::int64_t steps = 0;
};

inline const Vector& at(const double* p) { return *reinterpret_cast<const Vector*>(p); }
inline Vector& at(double* p) { return *reinterpret_cast<Vector*>(p); }

// Inside the box; what rounding leaves between a point and its bound would make it count as free, and with no
// free point the bias is not that of the bound but in the middle of what is allowed.
inline double boxed(double beta, double lower, double upper) {
  const double close = 1e-12 * (upper - lower);
  return beta > upper - close ? upper : beta < lower + close ? lower : beta;
}

// With beta_i = y_i alpha_i the box is [0, C] for y = 1 and [-C, 0] for y = -1, sum beta = 0, and
// gradient = y - K beta is what has to be equal on every point inside its box. Makes steps until the
// conditions hold to the tolerance (true) or p.steps is `limit`.
BRAIN_EVERY_MACHINE bool minimise(Problem& p, std::int64_t limit) {
  const std::int64_t size = p.stride;
  double step = 0;
  const double *row_i = p.gram, *row_j = p.gram;
  for (;; ++p.steps) {
    Vector top = at(p.rising) - kInfinity, bottom = -top;
    for (std::int64_t k = 0; k < size; k += kLanes) {
      const Vector gradient = at(p.gradient + k) - step * (at(row_i + k) - at(row_j + k));
      at(p.gradient + k) = gradient;
      const Vector up = gradient + at(p.rising + k), down = gradient + at(p.falling + k);
      top = up > top ? up : top;
      bottom = down < bottom ? down : bottom;
    }
    double highest = top[0], lowest = bottom[0];
    for (int lane = 1; lane < kLanes; ++lane) {
      highest = std::max(highest, top[lane]);
      lowest = std::min(lowest, bottom[lane]);
    }
    p.highest = highest;
    p.lowest = lowest;
    if (!(highest - lowest >= p.tolerance)) return true;
    if (p.steps >= limit) return false;
    std::int64_t i = 0;
    while (p.gradient[i] + p.rising[i] != highest)
      ++i;
    // The pair of the largest gain d^2 / curvature.
    const double* gain = p.gain + i * size;
    Vector best = Vector{} - 1.0;
    Mask place{}, here{0, 1, 2, 3, 4, 5, 6, 7};
    for (std::int64_t k = 0; k < size; k += kLanes) {
      const Vector d = highest - (at(p.gradient + k) + at(p.falling + k));
      const Vector value = d > 0 ? d * d * at(gain + k) : Vector{} - 1.0;
      const auto better = value > best;
      best = better ? value : best;
      place = better ? here : place;
      here += kLanes;
    }
    double most = best[0];
    std::int64_t j = place[0];
    for (int lane = 1; lane < kLanes; ++lane) {
      j = best[lane] > most ? place[lane] : j;
      most = std::max(most, best[lane]);
    }
    row_i = p.gram + i * size;
    row_j = p.gram + j * size;
    const double room_i = p.upper[i] - p.beta[i], room_j = p.beta[j] - p.lower[j];
    step = std::min({(highest - p.gradient[j]) * gain[j], room_i, room_j});
    p.beta[i] = boxed(p.beta[i] + step, p.lower[i], p.upper[i]);
    p.beta[j] = boxed(p.beta[j] - step, p.lower[j], p.upper[j]);
    for (const auto k : {i, j}) {
      p.rising[k] = p.beta[k] < p.upper[k] ? 0 : -kInfinity;
      p.falling[k] = p.beta[k] > p.lower[k] ? 0 : kInfinity;
    }
  }
}

// One Newton step of the points inside their boxes, all at once: with z_k = x_k - x_r for one of them, r,
// solves <z_k, z_l> change_l = gradient_k - gradient_r and goes there, or as far as the first bound. Where
// steps of pairs creep along, this lands on the optimum once the right points are inside. `work` and `inside`
// are scratch.
BRAIN_EVERY_MACHINE void newton(Problem& p, std::vector<double>& work, std::vector<std::int64_t>& inside) {
  inside.clear();
  for (std::int64_t k = 0; k < p.n; ++k) {
    if (p.beta[k] > p.lower[k] && p.beta[k] < p.upper[k]) inside.push_back(k);
  }
  const std::int64_t m = static_cast<std::int64_t>(inside.size()) - 1;
  if (m < 1) return;
  work.resize(static_cast<std::size_t>(m * m + m + 1));
  double *factor = work.data(), *change = factor + m * m;
  const std::int64_t r = inside[m];
  const double* row_r = p.gram + r * p.stride;
  for (std::int64_t k = 0; k < m; ++k) {
    const double* row = p.gram + inside[k] * p.stride;
    for (std::int64_t l = 0; l <= k; ++l)
      factor[k * m + l] = row[inside[l]] - row_r[inside[l]] - row_r[inside[k]] + row_r[r];
    change[k] = p.gradient[inside[k]] - p.gradient[r];
  }
  // Cholesky, the diagonal inverted; what depends on points before it has 0 there and stays where it is.
  for (std::int64_t k = 0; k < m; ++k) {
    double* row = factor + k * m;
    double rest = row[k], right = change[k];
    for (std::int64_t l = 0; l < k; ++l) {
      double sum = row[l];
      for (std::int64_t q = 0; q < l; ++q)
        sum -= row[q] * factor[l * m + q];
      row[l] = sum * factor[l * m + l];
      rest -= row[l] * row[l];
      right -= row[l] * change[l];
    }
    row[k] = rest > 1e-9 * row[k] ? 1 / std::sqrt(rest) : 0;
    change[k] = right * row[k];
  }
  change[m] = 0;
  for (std::int64_t k = m - 1; k >= 0; --k) {
    change[k] *= factor[k * m + k];
    change[m] -= change[k];
    for (std::int64_t l = 0; l < k; ++l)
      change[l] -= factor[k * m + l] * change[k];
  }
  double part = 1;
  for (std::int64_t k = 0; k <= m; ++k) {
    const double bound = change[k] > 0 ? p.upper[inside[k]] : p.lower[inside[k]];
    const double room = change[k] == 0 ? kInfinity : (bound - p.beta[inside[k]]) / change[k];
    part = std::min(part, room);
  }
  for (std::int64_t k = 0; k <= m; ++k) {
    const std::int64_t place = inside[k];
    const double step = part * change[k], *row = p.gram + place * p.stride;
    double& beta = p.beta[place];
    beta = boxed(beta + step, p.lower[place], p.upper[place]);
    p.rising[place] = beta < p.upper[place] ? 0 : -kInfinity;
    p.falling[place] = beta > p.lower[place] ? 0 : kInfinity;
    for (std::int64_t q = 0; q < p.stride; q += kLanes)
      at(p.gradient + q) -= step * at(row + q);
  }
}

}  // namespace

void LinearSvm::resize(std::int64_t n) {
  n_ = n;
  stride_ = (n + kLanes - 1) / kLanes * kLanes;
  gram_.resize(static_cast<std::size_t>(n * stride_));
  gain_.resize(gram_.size());
  for (auto* list : {&label_, &beta_, &gradient_, &lower_, &upper_, &rising_, &falling_})
    list->resize(static_cast<std::size_t>(stride_));
}

void LinearSvm::fit() {
  for (std::int64_t i = 0; i < stride_; ++i) {
    const bool used = i < n_, positive = used && label_[i] > 0;
    beta_[i] = 0;
    gradient_[i] = used ? label_[i] : 0;
    lower_[i] = used && !positive ? -C_ : 0;
    upper_[i] = positive ? C_ : 0;
    rising_[i] = positive ? 0 : -kInfinity;
    falling_[i] = used && !positive ? 0 : kInfinity;
  }
  for (std::int64_t i = 0; i < n_; ++i) {
    double *row = gram_row(i), *gain = gain_.data() + i * stride_;
    std::fill(row + n_, row + stride_, 0.0);
    for (std::int64_t j = 0; j < n_; ++j)
      gain[j] = 1 / std::max(row[i] + gram_row(j)[j] - 2 * row[j], kFlat);
    std::fill(gain + n_, gain + stride_, 0.0);
  }
  Problem p{n_,
            stride_,
            gram_.data(),
            gain_.data(),
            beta_.data(),
            gradient_.data(),
            lower_.data(),
            upper_.data(),
            rising_.data(),
            falling_.data(),
            tolerance_};
  // Steps of pairs find which points are inside; then Newton's, with a few of pairs between.
  for (std::int64_t limit = n_; n_ > 0 && !minimise(p, limit) && limit < kMostSteps; limit += n_ / 8 + 1)
    newton(p, work_, inside_);
  steps_ = p.steps;
  double sum = 0;
  std::int64_t inside = 0;
  for (std::int64_t k = 0; k < n_; ++k) {
    if (beta_[k] > lower_[k] && beta_[k] < upper_[k]) sum += gradient_[k], ++inside;
  }
  bias_ = inside ? sum / static_cast<double>(inside) : (p.highest + p.lowest) / 2;
}

}  // namespace brain::rsa
