// Discs on a surface against shortest paths between all vertices (Floyd and Warshall).
#include "rsa/geodesic.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "numbers.h"

using namespace brain;
using namespace brain::rsa;

namespace {

// A bent grid of rows x columns vertices, two triangles to a square.
std::pair<at::Tensor, at::Tensor> sheet(std::int64_t rows, std::int64_t columns) {
  at::Tensor vertices = at::zeros({rows * columns, 3}, at::kDouble);
  std::vector<std::int64_t> corners;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const auto x = static_cast<double>(r), y = static_cast<double>(c);
      vertices[r * columns + c].copy_(at::tensor({x, 1.3 * y, 2 * std::sin(x + 0.4 * y)}, at::kDouble));
      if (r + 1 == rows || c + 1 == columns) continue;
      const std::int64_t k = r * columns + c;
      for (const std::int64_t corner : {k, k + 1, k + columns, k + 1, k + columns + 1, k + columns})
        corners.push_back(corner);
    }
  }
  return {vertices, at::tensor(corners, at::kLong).view({-1, 3})};
}

}  // namespace

TEST_CASE("discs are what is nearer along the edges") {
  const auto [vertices, triangles] = sheet(7, 9);
  const std::int64_t n = vertices.size(0);
  at::Tensor distance = at::full({n, n}, INFINITY, at::kDouble);
  distance.diagonal().zero_();
  for (std::int64_t t = 0; t < triangles.size(0); ++t) {
    for (int side = 0; side < 3; ++side) {
      const auto a = triangles[t][side].item<std::int64_t>(), b = triangles[t][(side + 1) % 3].item<std::int64_t>();
      const at::Tensor length = (vertices[a] - vertices[b]).norm();
      distance[a][b] = length, distance[b][a] = length;
    }
  }
  for (std::int64_t k = 0; k < n; ++k)
    distance = at::minimum(distance, distance.select(1, k).unsqueeze(1) + distance[k].unsqueeze(0));
  const at::Tensor mask = numbers({n}) > -0.4, inside = at::nonzero(mask).flatten();
  for (const bool masked : {false, true}) {
    const at::Tensor kept = masked ? inside : at::arange(n), among = distance.index_select(0, kept).index_select(1, kept);
    const auto discs = geodesic_discs(vertices.to(at::kDouble), triangles.to(at::kInt), 3.5, masked ? mask : at::Tensor());
    const at::Tensor expected = at::nonzero((among < 3.5).sum(1) >= 2).flatten();
    REQUIRE(at::equal(discs.centres, expected));
    for (std::int64_t k = 0; k < discs.centres.numel(); ++k) {
      const at::Tensor members =
          discs.places.slice(0, discs.offsets[k].item<std::int64_t>(), discs.offsets[k + 1].item<std::int64_t>());
      const at::Tensor row = among[discs.centres[k]], by_distance = row.index_select(0, members);
      REQUIRE(members[0].item<std::int64_t>() == discs.centres[k].item<std::int64_t>());
      REQUIRE(at::equal(std::get<0>(members.sort()), at::nonzero(row < 3.5).flatten()));
      REQUIRE(by_distance.diff().ge(-1e-12).all().item<bool>());
    }
  }
  CHECK_THROWS_WITH(geodesic_discs(vertices, triangles + 100, 2), Catch::Contains("expected vertices 0 to 62"));
  CHECK_THROWS_WITH(geodesic_discs(vertices, triangles, 0.01), Catch::Contains("has 2 vertices"));
  CHECK_THROWS_WITH(geodesic_discs(vertices, triangles, 2, mask.slice(0, 1)), Catch::Contains("one for each vertex"));
  CHECK_THROWS_AS(geodesic_discs(vertices.slice(1, 0, 2), triangles, 2), Error);
  CHECK_THROWS_AS(geodesic_discs(vertices, triangles.to(at::kDouble), 2), Error);
}
