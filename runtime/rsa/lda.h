#pragma once
// Linear discriminant analysis of two classes.
#include <cstdint>
#include <vector>

namespace brain::rsa {

// Two classes of points with a common covariance (pooled, divided by n - 2) and their sizes as priors: w =
// S^-1 (m1 - m0), decision(x) = <w, x> - <w, m0 + m1> / 2 + log(n1 / n0), positive for class 1. One object
// serves many problems.
class Lda {
 public:
  explicit Lda(std::int64_t dimensions);
  void clear();
  void add(const double* x, bool second);  // copies nothing: x must live until fit
  // False when the covariance is not invertible.
  bool fit();
  double decision(const double* x) const;

 private:
  std::int64_t d_;
  std::vector<const double*> points_[2];
  std::vector<double> mean_[2], covariance_, w_;
  double offset_ = 0;
};

}  // namespace brain::rsa
