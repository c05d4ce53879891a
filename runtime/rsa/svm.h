#pragma once
// A linear support vector machine for a handful of points, from their inner products.
#include <cstdint>
#include <vector>

namespace brain::rsa {

// min |w|^2 / 2 + C sum of hinges, with a bias that is not shrunk: the C-SVC of LIBSVM (Chang and Lin, ACM
// TIST 2011) with a linear kernel, solved in its dual by sequential minimal optimisation, pairs chosen by
// second-order information (Fan, Chen and Lin, JMLR 2005), and Newton steps of all points inside their bounds
// in between, until the largest violation of the optimality conditions is below `tolerance`. One object
// serves many problems; not to be shared between threads.
class LinearSvm {
 public:
  explicit LinearSvm(double C = 1, double tolerance = 1e-4) : C_(C), tolerance_(tolerance) {}

  // Room for n points; gram_row(i) is then to be filled with <x_i, x_j>, j < n, and label(i) with +1 or -1.
  void resize(std::int64_t n);
  double* gram_row(std::int64_t i) { return gram_.data() + i * stride_; }
  double& label(std::int64_t i) { return label_[i]; }

  void fit();

  // y_i alpha_i of point i: w = sum_i coefficient(i) x_i, decision(x) = <w, x> + bias.
  double coefficient(std::int64_t i) const { return beta_[i]; }
  double bias() const { return bias_; }
  std::int64_t steps() const { return steps_; }

 private:
  double C_, tolerance_, bias_ = 0;
  std::int64_t n_ = 0, stride_ = 0, steps_ = 0;
  std::vector<double> gram_, gain_, label_, beta_, gradient_, lower_, upper_, rising_, falling_, work_;
  std::vector<std::int64_t> inside_;
};

}  // namespace brain::rsa
