#include "rsa/lda.h"

#include <algorithm>
#include <cmath>

namespace brain::rsa {

Lda::Lda(std::int64_t dimensions) : d_(dimensions), covariance_(d_ * d_), w_(d_) {
  for (auto& mean : mean_)
    mean.resize(d_);
}

void Lda::clear() {
  for (auto& list : points_)
    list.clear();
}

void Lda::add(const double* x, bool second) { points_[second].push_back(x); }

bool Lda::fit() {
  const std::int64_t d = d_;
  std::vector<double>& s = covariance_;
  std::fill(s.begin(), s.end(), 0.0);
  std::vector<double> shifted(d);
  double trace = 0;
  for (int side = 0; side < 2; ++side) {
    auto& mean = mean_[side];
    std::fill(mean.begin(), mean.end(), 0.0);
    for (const auto* x : points_[side]) {
      for (std::int64_t k = 0; k < d; ++k)
        mean[k] += x[k] / static_cast<double>(points_[side].size());
    }
    for (const auto* x : points_[side]) {
      for (std::int64_t k = 0; k < d; ++k)
        shifted[k] = x[k] - mean[k];
      for (std::int64_t k = 0; k < d; ++k) {
        for (std::int64_t l = 0; l <= k; ++l)
          s[k * d + l] += shifted[k] * shifted[l];
      }
    }
  }
  const double n0 = static_cast<double>(points_[0].size()), n1 = static_cast<double>(points_[1].size());
  for (std::int64_t k = 0; k < d; ++k) {
    for (std::int64_t l = 0; l <= k; ++l)
      s[k * d + l] /= n0 + n1 - 2;
    trace += s[k * d + k];
  }
  // Cholesky, then the two triangular systems.
  for (std::int64_t k = 0; k < d; ++k) {
    for (std::int64_t l = 0; l <= k; ++l) {
      double sum = s[k * d + l];
      for (std::int64_t q = 0; q < l; ++q)
        sum -= s[k * d + q] * s[l * d + q];
      if (l < k) s[k * d + l] = sum / s[l * d + l];
      else if (!(sum > 1e-12 * trace)) return false;
      else s[k * d + k] = std::sqrt(sum);
    }
  }
  for (std::int64_t k = 0; k < d; ++k) {
    double sum = mean_[1][k] - mean_[0][k];
    for (std::int64_t q = 0; q < k; ++q)
      sum -= s[k * d + q] * w_[q];
    w_[k] = sum / s[k * d + k];
  }
  for (std::int64_t k = d - 1; k >= 0; --k) {
    double sum = w_[k];
    for (std::int64_t q = k + 1; q < d; ++q)
      sum -= s[q * d + k] * w_[q];
    w_[k] = sum / s[k * d + k];
  }
  offset_ = std::log(n1 / n0);
  for (std::int64_t k = 0; k < d; ++k)
    offset_ -= w_[k] * (mean_[0][k] + mean_[1][k]) / 2;
  return true;
}

double Lda::decision(const double* x) const {
  double sum = offset_;
  for (std::int64_t k = 0; k < d_; ++k)
    sum += w_[k] * x[k];
  return sum;
}

}  // namespace brain::rsa
