#pragma once
// Inner products of RDMs under resampling of conditions.
#include <ATen/ATen.h>

#include <cstdint>

#include "rsa/compare.h"

namespace brain::rsa {

// Methods that are a cosine of some inner product, so that everything about models, subjects, pools and fits follows
// from the products of all pairs of RDMs.
inline bool is_quadratic(Comparison method) {
  return method == Comparison::pearson || method == Comparison::cosine || is_whitened(method);
}

struct PairProducts {
  at::Tensor products;  // [draws, k, k]
  at::Tensor sizes;     // [draws, k]: what RDMs are divided by before they are pooled
};

// For RDMs [k, pairs] (float64) the products [draws, k, k] under counts [draws, n], how often each condition was drawn.
// A pair of conditions drawn a and b times counts a b times; a condition has no pairs with its own copies. The
// similarity of RDMs x, y is K_xy / sqrt(K_xx K_yy); K_xx is 0 where x does not vary in a draw. pearson: without weighted means. Whitened (Sigma = I): x' V^-1 y
// over the expanded conditions, where the copies' missing pairs make V = 2 I + B B' with B the incidence of the pairs
// left; its inverse on vectors that are equal for copies is that of a diagonal and a rank of one. Sizes are root mean
// squares or standard deviations, up to one factor, not whitened (as rsatoolbox pools).
//
// Draws are rows of one matrix product with the products of all pairs of RDMs, which are made once where they fit in
// 64 MB. NaN pairs count nowhere; the whitened methods refuse them. Calls may come from several threads.
class PairGram {
 public:
  // draws: how many are to come, at least; for few of them products are not worth making beforehand.
  PairGram(const at::Tensor& rdms, Comparison method, std::int64_t draws);
  std::int64_t rdms() const { return count_; }
  std::int64_t conditions() const { return n_; }
  PairProducts operator()(const at::Tensor& counts) const;

 private:
  at::Tensor weights(const at::Tensor& counts) const;

  Comparison method_;
  std::int64_t count_, n_;
  at::Tensor values_;               // [k (+ 1: the constant RDM), pairs that are there]
  at::Tensor first_, second_;       // conditions of these pairs
  at::Tensor products_;             // [pairs, unique products], or undefined
  at::Tensor unique_;               // [k k]: where each product is found among them
  at::Tensor squares_;              // whitened: [n, k n], the RDMs as matrices side by side
};

}  // namespace brain::rsa
