#include "stats/point_graph.h"

#include "core/error.h"

namespace brain::stats {

namespace {

// Graph of the kept points (new numbers, or -1) from f(point, add), which adds its neighbours.
template <class F>
PointGraph graph_of(std::int64_t points, const std::vector<std::int32_t>& number, F f) {
  PointGraph graph;
  graph.offsets.push_back(0);
  for (std::int64_t point = 0; point < points; ++point) {
    if (!number.empty() && number[point] < 0) continue;
    f(point, [&](std::int64_t other) {
      const std::int32_t place = number.empty() ? static_cast<std::int32_t>(other) : number[other];
      if (place >= 0) graph.neighbours.push_back(place);
    });
    graph.offsets.push_back(static_cast<std::int32_t>(graph.neighbours.size()));
  }
  return graph;
}

// Calls add(point + step) and add(point - step) along one axis.
template <class Add>
void add_along(std::int64_t point, std::int64_t stride, std::int64_t size, Add add) {
  const std::int64_t place = point / stride % size;
  if (place > 0) add(point - stride);
  if (place + 1 < size) add(point + stride);
}

void check_size(std::int64_t points) {
  if (points < 1 || points > (std::int64_t{1} << 28)) fail("neighbours: expected 1 to 2^28 points, got ", points);
}

}  // namespace

PointGraph lattice(at::IntArrayRef shape, std::int64_t connected, const at::Tensor& adjacency) {
  const auto axes = static_cast<std::int64_t>(shape.size());
  if (connected < 1 || connected > axes)
    fail("neighbours: dimensions: expected 1 to ", axes, " of points ", shape, ", got ", connected);
  const std::int64_t points = c10::multiply_integers(shape);
  check_size(points);
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::int64_t axis = axes - 1; axis > 0; --axis)
    strides[axis - 1] = strides[axis] * shape[axis];
  const std::int64_t first = axes - connected;
  std::vector<std::vector<std::int64_t>> adjacent;
  if (adjacency.defined()) {
    const at::Tensor near = adjacency.detach().to(at::kCPU).ne(0);
    const std::int64_t m = shape[first];
    if (near.dim() != 2 || near.size(0) != m || near.size(1) != m || !at::equal(near, near.t()))
      fail("neighbours: adjacency: expected a symmetric [", m, ", ", m, "] for points ", shape, ", got ", near.sizes());
    adjacent.resize(static_cast<std::size_t>(m));
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < m; ++j)
        if (i != j && near[i][j].item<bool>()) adjacent[i].push_back(j);
  }
  return graph_of(points, {}, [&](std::int64_t point, auto add) {
    for (std::int64_t axis = first; axis < axes; ++axis) {
      if (axis > first || adjacent.empty()) {
        add_along(point, strides[axis], shape[axis], add);
        continue;
      }
      const std::int64_t place = point / strides[axis] % shape[axis];
      for (const std::int64_t other : adjacent[place])
        add(point + (other - place) * strides[axis]);
    }
  });
}

PointGraph masked_lattice(const at::Tensor& mask) {
  const at::Tensor inside = mask.detach().to(at::kCPU).ne(0).contiguous();
  if (inside.dim() < 1) fail("neighbours: mask: expected at least one axis");
  check_size(inside.numel());
  const auto* in = inside.const_data_ptr<bool>();
  std::vector<std::int32_t> number(static_cast<std::size_t>(inside.numel()), -1);
  std::int32_t count = 0;
  for (std::int64_t k = 0; k < inside.numel(); ++k)
    if (in[k]) number[k] = count++;
  if (count == 0) fail("neighbours: mask: no point is in the mask");
  return graph_of(inside.numel(), number, [&](std::int64_t point, auto add) {
    for (std::int64_t axis = 0; axis < inside.dim(); ++axis)
      add_along(point, inside.stride(axis), inside.size(axis), add);
  });
}

}  // namespace brain::stats
