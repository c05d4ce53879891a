#pragma once
// The eigenvector of the largest eigenvalue.
#include <ATen/ATen.h>

#include <cstdint>
#include <functional>

namespace brain::linalg {

struct Eigenpair {
  double value;
  at::Tensor vector;  // [n], of length 1
};

// Of a symmetric map without negative eigenvalues, x [n] -> [n] float64: Lanczos' method with every vector made orthogonal
// to all before it (Golub and Van Loan, Matrix Computations, 10.1), until the residual is below tolerance times the
// eigenvalue, or nothing is left to be seen. start: a vector [n] that is not orthogonal to the answer. value 0 and the
// start where the map gives 0.
Eigenpair leading_eigenvector(const std::function<at::Tensor(const at::Tensor&)>& map, const at::Tensor& start,
                              double tolerance = 1e-13);

}  // namespace brain::linalg
