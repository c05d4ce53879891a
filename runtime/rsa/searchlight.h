#pragma once
// RDMs of small neighbourhoods all over the brain, compared with models where they arise (Kriegeskorte, Goebel and
// Bandettini 2006).
#include <ATen/ATen.h>

#include <optional>
#include <string>

#include "rsa/compare.h"
#include "stats/covariance.h"

namespace brain::rsa {

// Neighbourhood k has the columns places[offsets[k]] ... places[offsets[k + 1] - 1] of the data.
struct Neighbourhoods {
  at::Tensor centres;  // int64 [centres]: the column of each centre
  at::Tensor offsets;  // int64 [centres + 1]
  at::Tensor places;   // int64
};

// Spheres about the voxels of a mask (bool [x, y, z]): what lies in the mask and nearer than `radius` to the centre, in
// the units of voxel_size [3]. Columns count the voxels of the mask in row-major order. Centres are the voxels of whose
// sphere, cut at the border of the volume, at least a part `fraction` lies in the mask, and at least two voxels.
Neighbourhoods spheres(const at::Tensor& mask, double radius, const at::Tensor& voxel_size, double fraction = 0);

enum class SearchlightDistance { correlation, cosine, euclidean, sqeuclidean, sqeuclidean_mean, crossnobis, mahalanobis };
SearchlightDistance searchlight_distance_of(const std::string& name);  // errors list the names

// Residuals [rows, columns] from which the covariance of each neighbourhood's columns is estimated (stats/covariance.h).
struct LocalNoise {
  at::Tensor residuals;
  stats::CovarianceEstimator estimator = stats::CovarianceEstimator::schaefer_strimmer;
  std::optional<std::int64_t> degrees;
};

// How alike the RDM of every neighbourhood and each of models [m, pairs] are: float64 [centres, m]. x is [conditions,
// columns], for crossnobis [folds, conditions, columns], real. Distances are those of rsa/rdm.h; crossnobis is that of
// rsa/crossvalidated.h for columns whose noise is equal and independent, or under the local noise, which mahalanobis needs
// and others do not take: patterns are divided by the Cholesky factor of the covariance. With control
// [c, pairs] the similarity is partial (pearson or spearman). A pair that is NaN in a model is left out everywhere, one
// that is NaN in a neighbourhood (a condition that does not vary there) in that one alone;
// methods that need every pair give NaN there.
//
// Neighbourhoods are gathered, multiplied and compared 64 at a time: 64 RDMs for each thread are all that is ever kept
// besides x and a float64 copy of it, columns first.
at::Tensor searchlight(const at::Tensor& x, const Neighbourhoods& neighbourhoods, const at::Tensor& models,
                       SearchlightDistance distance, Comparison method,
                       const std::optional<at::Tensor>& control = std::nullopt,
                       const std::optional<LocalNoise>& noise = std::nullopt);

}  // namespace brain::rsa
