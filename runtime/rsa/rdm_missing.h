#pragma once
// RDMs of patterns with missing values.
#include <ATen/ATen.h>

#include "rsa/rdm.h"

namespace brain::rsa {

// [pairs] from x [conditions, features] where NaN is a missing value: each pair of conditions is compared on the
// features that both have, all pairs at once from products of values and of what is there. correlation, cosine and the
// Euclidean distances; sums of squares stand for all features (times features / those that both have). NaN for a pair
// without a common feature, or without variance on the common ones.
at::Tensor rdm_pairwise(const at::Tensor& x, Distance distance);

}  // namespace brain::rsa
