#pragma once
// Distances between representations up to rotation, or up to any linear map: Procrustes, CCA and between.
#include <ATen/ATen.h>

namespace brain::rsa {

struct ShapeDistance {
  double angular;    // arccos of the normalised product, in radians; a metric (Williams et al. 2021)
  double euclidean;  // the smallest |X - Y R| over rotations R of the whitened sets, after zero-padding
};

// x [n, p], y [n, q] without column means, each whitened in part: with X = U S V', alpha S + (1 - alpha) takes the
// place of S. alpha 1: Procrustes; 0: all directions count equally, and cos(angular) is the mean canonical
// correlation over the wider of the two sets.
ShapeDistance shape_distance(const at::Tensor& x, const at::Tensor& y, double alpha);

// Canonical correlations, falling, [min of the ranks]. Refuses sets that span more dimensions together than
// stimuli allow: some correlations would be 1 whatever the numbers.
at::Tensor canonical_correlations(const at::Tensor& x, const at::Tensor& y);

}  // namespace brain::rsa
