#pragma once
// Representational dissimilarity matrices from patterns.
#include <ATen/ATen.h>

#include <string>

namespace brain::rsa {

// correlation, cosine: 1 - r. euclidean and sqeuclidean are sums over features, sqeuclidean_mean their mean
// (what rsatoolbox calls euclidean).
enum class Distance { correlation, cosine, euclidean, sqeuclidean, sqeuclidean_mean };
Distance distance_of(const std::string& name);  // errors list the names

// Float64 [pairs] from patterns [conditions, features], [k, pairs] from [k, conditions, features]: a product
// of each block of features with itself, summed in float64 whatever the type of x, so that a float64 copy of
// all features never exists. Euclidean distances are taken after centring each feature, against cancellation.
// A condition without variance (correlation) or of zeros (cosine) has no distance: NaN. Runs where x is, the
// result is there too.
at::Tensor rdm(const at::Tensor& x, Distance distance);

}  // namespace brain::rsa
