#pragma once
// RDMs under one draw of conditions, as vectors of pairs: what measures by ranks need.
#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "rsa/compare.h"

namespace brain::rsa {

using Numbers = std::vector<double>;
using Places = std::vector<std::int32_t>;

// A set of RDMs with everything that does not depend on the draw.
struct RdmSet {
  std::vector<Numbers> values;  // of the pairs kept
  std::vector<Places> order;    // ascending, for methods by ranks
  std::vector<Places> ranks;    // dense, for tau

  // x [k, pairs] float64; kept: places of the pairs, int64.
  RdmSet(const at::Tensor& x, const at::Tensor& kept, Comparison method);
  std::size_t size() const { return values.size(); }
};

// An RDM ready to be compared under a draw.
struct Prepared {
  Numbers unit;
  Places ranks;  // tau
};

// One draw: the weight of each pair (how often it counts; whole numbers), and what RDMs become under it.
class Draw {
 public:
  Draw(Comparison method, Numbers weights);

  const Numbers& weights() const { return w_; }
  double total() const { return total_; }

  // Average ranks, of the methods by ranks; otherwise x itself. order: ascending.
  Numbers ranked(const Numbers& x, const Places& order) const;
  // Vectors whose plain product is the similarity, from what `ranked` gives. NaN without variance (rho_a: 0).
  Numbers unit(Numbers y) const;
  // An RDM that no set holds.
  Prepared prepare(const Numbers& x) const;
  // dense ranks of x are asked for by tau alone.
  Prepared prepare(const Numbers& x, const Places& order, const Places* ranks) const;
  std::vector<Prepared> prepare(const RdmSet& rdms) const;
  double similarity(const Prepared& a, const Prepared& b) const;

  void centre(Numbers& y) const;
  double product(const Numbers& a, const Numbers& b) const;

 private:
  Places of_drawn(const Places& ranks) const;

  Comparison method_;
  Numbers w_;
  double total_ = 0;
  Places drawn_, copies_;  // tau: pairs that were drawn, and how often
};

double dot(const Numbers& a, const Numbers& b);

// Takes the fit by the controls out of every vector, whose weights are already inside; NaN for what they explain entirely.
void remove_controls(const std::vector<Prepared>& controls, std::vector<Prepared>& from);

}  // namespace brain::rsa
