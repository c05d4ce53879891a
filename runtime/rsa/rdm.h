#pragma once
// Representational dissimilarity matrices from patterns.
#include <ATen/ATen.h>

#include <string>

namespace brain::rsa {

// correlation, cosine: 1 - r. euclidean and sqeuclidean are sums over features, sqeuclidean_mean their mean
// (what rsatoolbox calls euclidean). manhattan: the sum of absolute differences. mahalanobis: (a - b) P (a - b)'
// / features with the precision P of the noise, squared and a mean as in rsatoolbox and as crossnobis is.
// poisson: the symmetrised Kullback-Leibler divergence of Poisson rates over features, (a - b)(log a - log b)',
// of rates drawn to a prior: (x + rate weight) / (1 + weight) (Schuett et al. 2023).
enum class Distance {
  correlation,
  cosine,
  euclidean,
  sqeuclidean,
  sqeuclidean_mean,
  manhattan,
  mahalanobis,
  poisson
};
Distance distance_of(const std::string& name);  // errors list the names

struct RdmOptions {
  at::Tensor precision;                       // mahalanobis: [features, features], or its diagonal [features]
  double prior_rate = 1, prior_weight = 0.1;  // poisson
};

// Float64 [pairs] from patterns [conditions, features], [k, pairs] from [k, conditions, features]: a product
// of each block of features with itself, summed in float64 whatever the type of x, so that a float64 copy of
// all features never exists (mahalanobis with a full precision makes one). Euclidean distances are taken after
// centring each feature, against cancellation. A condition without variance (correlation) or of zeros (cosine)
// has no distance: NaN. Runs where x is, the result is there too.
at::Tensor rdm(const at::Tensor& x, Distance distance, const RdmOptions& options = {});

// (k_ii + k_jj - k_ij - k_ji) / divisor of every pair, [pairs] from products [n, n].
at::Tensor distances_of_products(const at::Tensor& products, double divisor);

// Rates of poisson drawn to their prior; refuses negative counts.
at::Tensor poisson_rates(const at::Tensor& counts, double prior_rate, double prior_weight);

// What the dissimilarities of products (correlation, cosine, and the Euclidean ones) come from; of some features, and joined
// with that of others, so that all need never be there at once. gram: about the means of rows for correlation, which join as
// Chan, Golub and LeVeque (1983) have it, without loss of digits; about those of columns for the Euclidean ones.
struct Products {
  at::Tensor gram;   // float64 [n, n]
  at::Tensor means;  // float64 [n, 1], correlation alone
  std::int64_t features;
};
Products products_of(const at::Tensor& x, Distance distance);  // x [n, features]
Products joined(const Products& a, const Products& b);
at::Tensor rdm_of_products(const Products& products, Distance distance);  // [pairs]

}  // namespace brain::rsa
