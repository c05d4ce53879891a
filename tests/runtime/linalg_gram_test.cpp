// Inner products against one plain product.
#include "linalg/gram.h"

#include <catch2/catch.hpp>

#include "numbers.h"

using namespace brain;

TEST_CASE("products of all rows, over several blocks and bands") {
  for (const at::Tensor& x : {numbers({5, 9}), numbers({200, 11000})}) {
    const at::Tensor a = x - x.mean(1, true), b = x - x.mean(0, true);
    CHECK(near(linalg::gram(x), x.matmul(x.t()), 1e-11, 1e-10));
    CHECK(near(linalg::gram(x, linalg::Centring::rows), a.matmul(a.t()), 1e-11, 1e-10));
    CHECK(near(linalg::gram(x, linalg::Centring::columns), b.matmul(b.t()), 1e-11, 1e-10));
    CHECK(at::equal(linalg::gram(x), linalg::gram(x).t()));
    CHECK(near(linalg::row_means(x), x.mean(1, true), 1e-14, 1e-13));
    const at::Tensor before = x.clone();
    CHECK(at::equal(linalg::gram(x, linalg::Centring::rows, linalg::row_means(x)), linalg::gram(x, linalg::Centring::rows)));
    CHECK(at::equal(x, before));
  }
  const at::Tensor small = numbers({4, 7}).to(at::kFloat);
  CHECK(near(linalg::gram(small), small.to(at::kDouble).matmul(small.to(at::kDouble).t()), 1e-14, 1e-15));
}
