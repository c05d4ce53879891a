#include "rsa/geodesic.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"

namespace brain::rsa {

namespace {

struct Edge {
  std::int64_t to;
  double length;
};
// The edges of vertex k are edges[offsets[k]] ... edges[offsets[k + 1] - 1].
struct Mesh {
  std::vector<std::int64_t> offsets;
  std::vector<Edge> edges;
};

Mesh mesh_of(const at::Tensor& vertices, const at::Tensor& triangles) {
  const std::int64_t count = vertices.size(0);
  const auto* corner = triangles.const_data_ptr<std::int64_t>();
  const auto* at = vertices.const_data_ptr<double>();
  std::vector<std::pair<std::int64_t, std::int64_t>> both;
  for (std::int64_t t = 0; t < triangles.size(0); ++t) {
    for (int side = 0; side < 3; ++side) {
      const std::int64_t a = corner[3 * t + side], b = corner[3 * t + (side + 1) % 3];
      if (a < 0 || a >= count)
        fail("neighbourhoods: triangles: expected vertices 0 to ", count - 1, ", got ", a, " in triangle ", t);
      if (a != b) both.emplace_back(a, b), both.emplace_back(b, a);
    }
  }
  std::sort(both.begin(), both.end());
  both.erase(std::unique(both.begin(), both.end()), both.end());
  Mesh mesh{{0}, {}};
  for (const auto& [a, b] : both) {
    while (static_cast<std::int64_t>(mesh.offsets.size()) <= a)
      mesh.offsets.push_back(static_cast<std::int64_t>(mesh.edges.size()));
    double square = 0;
    for (int axis = 0; axis < 3; ++axis)
      square += (at[3 * a + axis] - at[3 * b + axis]) * (at[3 * a + axis] - at[3 * b + axis]);
    mesh.edges.push_back({b, std::sqrt(square)});
  }
  mesh.offsets.resize(static_cast<std::size_t>(count) + 1, static_cast<std::int64_t>(mesh.edges.size()));
  return mesh;
}

// What is nearer than `radius` to `centre`, nearest first. distances: infinite everywhere, before and after.
std::vector<std::int64_t> reached(const Mesh& mesh, std::int64_t centre, double radius, std::vector<double>& distances) {
  using Place = std::pair<double, std::int64_t>;
  std::priority_queue<Place, std::vector<Place>, std::greater<>> open;
  std::vector<std::int64_t> found, touched{centre};
  distances[centre] = 0;
  open.emplace(0, centre);
  while (!open.empty()) {
    const auto [distance, here] = open.top();
    open.pop();
    if (distance > distances[here]) continue;  // a shorter way was found since
    found.push_back(here);
    for (std::int64_t e = mesh.offsets[here]; e < mesh.offsets[here + 1]; ++e) {
      const auto& edge = mesh.edges[e];
      const double there = distance + edge.length;
      if (there >= radius || there >= distances[edge.to]) continue;
      if (std::isinf(distances[edge.to])) touched.push_back(edge.to);
      distances[edge.to] = there;
      open.emplace(there, edge.to);
    }
  }
  for (const std::int64_t k : touched)
    distances[k] = std::numeric_limits<double>::infinity();
  return found;
}

}  // namespace

Neighbourhoods geodesic_discs(const at::Tensor& given_vertices, const at::Tensor& given_triangles, double radius,
                              const at::Tensor& mask) {
  if (given_vertices.dim() != 2 || given_vertices.size(1) != 3 || !at::isFloatingType(given_vertices.scalar_type()))
    fail("neighbourhoods: vertices: expected numbers [vertices, 3], got ", given_vertices.scalar_type(), " ",
         given_vertices.sizes());
  if (given_triangles.dim() != 2 || given_triangles.size(1) != 3 || !at::isIntegralType(given_triangles.scalar_type(), false))
    fail("neighbourhoods: triangles: expected integers [triangles, 3], got ", given_triangles.scalar_type(), " ",
         given_triangles.sizes());
  if (!(radius > 0)) fail("neighbourhoods: radius: expected a number above 0, got ", radius);
  const std::int64_t count = given_vertices.size(0);
  if (mask.defined() && (mask.dim() != 1 || mask.size(0) != count))
    fail("neighbourhoods: mask: expected [", count, "], one for each vertex, got ", mask.sizes());
  const at::Tensor vertices = given_vertices.detach().to(at::kCPU, at::kDouble).contiguous(),
                   triangles = given_triangles.to(at::kCPU, at::kLong).contiguous();
  if (!at::isfinite(vertices).all().item<bool>()) fail("neighbourhoods: vertices hold NaN or infinite numbers");
  const at::Tensor inside = mask.defined() ? mask.detach().to(at::kCPU).ne(0) : at::ones({count}, at::kBool);
  const at::Tensor numbers = at::where(inside, inside.cumsum(0) - 1, -1).contiguous();
  const auto* column = numbers.const_data_ptr<std::int64_t>();
  const Mesh mesh = mesh_of(vertices, triangles);

  std::vector<std::vector<std::int64_t>> discs(static_cast<std::size_t>(count));
  Progress progress("neighbourhoods", count);
  at::parallel_for(0, count, 256, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> distances(static_cast<std::size_t>(count), std::numeric_limits<double>::infinity());
    for (std::int64_t k = begin; k < end; ++k) {
      if (k % 256 == 0) interrupt::check();
      progress.advance();
      if (column[k] < 0) continue;
      for (const std::int64_t member : reached(mesh, k, radius, distances)) {
        if (column[member] >= 0) discs[k].push_back(column[member]);
      }
    }
  });
  std::vector<std::int64_t> centres, offsets{0}, places;
  for (std::int64_t k = 0; k < count; ++k) {
    if (discs[k].size() < 2) continue;
    centres.push_back(column[k]);
    places.insert(places.end(), discs[k].begin(), discs[k].end());
    offsets.push_back(static_cast<std::int64_t>(places.size()));
  }
  if (centres.empty()) fail("neighbourhoods: no disc of radius ", radius, " has 2 vertices in the mask");
  return {at::tensor(centres, at::kLong), at::tensor(offsets, at::kLong), at::tensor(places, at::kLong)};
}

}  // namespace brain::rsa
