// Neighbours against distances between places.
#include "stats/point_graph.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "numbers.h"

using namespace brain;
using namespace brain::stats;

namespace {

at::Tensor matrix(const PointGraph& graph) {
  at::Tensor m = at::zeros({graph.points(), graph.points()}, at::kBool);
  for (std::int64_t k = 0; k < graph.points(); ++k)
    for (auto j = graph.offsets[k]; j < graph.offsets[k + 1]; ++j)
      m[k][graph.neighbours[j]] = true;
  return m;
}

// Points of which only the given axes count, and those by their city-block distance; other axes must agree.
at::Tensor steps(const at::Tensor& places, std::int64_t series) {
  const at::Tensor d = (places.unsqueeze(1) - places.unsqueeze(0)).abs();
  return d.slice(2, series).sum(2).eq(1) & d.slice(2, 0, series).sum(2).eq(0);
}

}  // namespace

TEST_CASE("neighbours along the last axes") {
  const at::Tensor places = at::nonzero(at::ones({2, 3, 4, 3}));
  for (std::int64_t connected = 1; connected <= 4; ++connected)
    CHECK(at::equal(matrix(lattice({2, 3, 4, 3}, connected)), steps(places, 4 - connected)));
  CHECK_THROWS_AS(lattice({2, 3}, 3), Error);
  CHECK_THROWS_AS(lattice({2, 3}, 0), Error);
  CHECK_THROWS_AS(lattice({2, 0}, 1), Error);
}

TEST_CASE("sensors that are neighbours, by time") {
  at::Tensor adjacency = at::eye(4, at::kBool);
  for (const auto& [i, j] : {std::pair{0, 2}, {2, 3}})
    adjacency[i][j] = true, adjacency[j][i] = true;
  const at::Tensor places = at::nonzero(at::ones({4, 5})), i = places.select(1, 0), time = places.select(1, 1);
  const at::Tensor same = i.unsqueeze(1) == i.unsqueeze(0), dt = (time.unsqueeze(1) - time.unsqueeze(0)).abs();
  const at::Tensor near = adjacency.index({i.unsqueeze(1), i.unsqueeze(0)});
  CHECK(at::equal(matrix(lattice({4, 5}, 2, adjacency)), (same & dt.eq(1)) | (near & same.logical_not() & dt.eq(0))));
  adjacency[0][1] = true;
  CHECK_THROWS_AS(lattice({4, 5}, 2, adjacency), Error);
  CHECK_THROWS_AS(lattice({3, 5}, 2, adjacency), Error);
}

TEST_CASE("voxels of a mask that share a face") {
  const at::Tensor mask = numbers({4, 3, 5}) > -0.3, places = at::nonzero(mask);
  CHECK(at::equal(matrix(masked_lattice(mask)), steps(places, 0)));
  CHECK_THROWS_AS(masked_lattice(at::zeros({3, 3})), Error);
}
