#pragma once
// Which points of a map are neighbours: of time by time, space by time, or the voxels of a mask.
#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace brain::stats {

// The neighbours of point k are neighbours[offsets[k]] ... neighbours[offsets[k + 1] - 1].
struct PointGraph {
  std::vector<std::int32_t> offsets, neighbours;
  std::int64_t points() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
};

// Points of an array in row-major order; those one step apart along one of its last `connected` axes are neighbours, the
// axes before are series of their own. With adjacency, bool [m, m] and symmetric, the first connected axis (of length m)
// has those neighbours instead of the next and the last: sensors, say.
PointGraph lattice(at::IntArrayRef shape, std::int64_t connected, const at::Tensor& adjacency = {});

// Of the points of a volume those in the mask (bool), in its order; voxels that share a face are neighbours.
PointGraph masked_lattice(const at::Tensor& mask);

}  // namespace brain::stats
