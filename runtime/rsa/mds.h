#pragma once
// Multidimensional scaling: points whose distances are like dissimilarities.
#include <ATen/ATen.h>

#include <cstdint>

namespace brain::rsa {

struct Mds {
  at::Tensor points;       // float64 [conditions, dimensions]
  at::Tensor eigenvalues;  // classical: all of -H D^2 H / 2, falling; smacof: undefined
  double stress = 0;       // sqrt(sum (d - distance)^2 / sum d^2) over pairs (Kruskal's stress-1 form of the misfit)
};

// rdm [pairs] or [1, pairs], d >= 0. Torgerson (1952): the leading eigenvectors of -H D^2 H / 2; directions of
// negative eigenvalues are left at 0. Each dimension's largest coordinate is positive.
Mds classical_mds(const at::Tensor& rdm, std::int64_t dimensions);

struct SmacofOptions {
  std::int64_t dimensions = 2;
  std::int64_t starts = 4;  // the classical solution, and random ones after it; the best is kept
  std::int64_t iterations = 300;
  double tolerance = 1e-6;  // of the stress, relative, between two iterations
  std::uint64_t seed = 0;
};

// The least sum of (d - distance)^2 over pairs, by majorisation: Guttman transforms, no step of which raises it
// (de Leeuw 1977). A pair that is NaN has weight 0. Turned to principal axes.
Mds smacof(const at::Tensor& rdm, const SmacofOptions& options = {});

}  // namespace brain::rsa
