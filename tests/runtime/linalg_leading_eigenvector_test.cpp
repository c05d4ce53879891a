// The leading eigenvector against all of them.
#include "linalg/leading_eigenvector.h"

#include <catch2/catch.hpp>

#include "numbers.h"

using namespace brain;

TEST_CASE("the leading eigenvector") {
  for (const std::int64_t n : {1, 3, 39, 40, 41, 200}) {
    const at::Tensor a = normals({n, 2 * n}), m = a.mm(a.t());
    const auto found = linalg::leading_eigenvector([&](const at::Tensor& v) { return m.mv(v); }, m[0]);
    const auto [values, vectors] = at::linalg_eigh(m);
    CHECK(found.value == Approx(values[n - 1].item<double>()).epsilon(1e-12));
    CHECK(near(found.vector * found.vector.dot(vectors.select(1, n - 1)).sign(), vectors.select(1, n - 1), 1e-8, 1e-9));
  }
  const at::Tensor v = normals({6});
  const auto rank_one = linalg::leading_eigenvector([&](const at::Tensor& x) { return v * v.dot(x); }, at::ones({6}, at::kDouble));
  CHECK(rank_one.value == Approx(v.dot(v).item<double>()).epsilon(1e-13));
  const auto nothing = linalg::leading_eigenvector([](const at::Tensor& x) { return x * 0; }, v);
  CHECK(nothing.value == 0);
  const auto degenerate = linalg::leading_eigenvector([](const at::Tensor& x) { return x * 3; }, v);
  CHECK(degenerate.value == Approx(3).epsilon(1e-14));
}
