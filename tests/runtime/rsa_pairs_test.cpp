// Condensed vectors and matrices, against loops.
#include "rsa/pairs.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

TEST_CASE("condensed and square are inverse, row by row") {
  const at::Tensor vectors = numbers({3, 10});
  const at::Tensor matrices = rsa::square(vectors);
  CHECK(matrices.sizes() == at::IntArrayRef{3, 5, 5});
  for (int i = 0, k = 0; i < 5; ++i) {
    CHECK(matrices[1][i][i].item<double>() == 0);
    for (int j = i + 1; j < 5; ++j, ++k) {
      CHECK(rsa::pair_place(i, j, 5) == k);
      CHECK(matrices[1][i][j].item<double>() == vectors[1][k].item<double>());
      CHECK(matrices[1][j][i].item<double>() == vectors[1][k].item<double>());
    }
  }
  CHECK(at::equal(rsa::condensed(matrices, "x"), vectors));
  CHECK(at::equal(rsa::condensed(matrices[2].to(at::kFloat), "x"),
                  vectors[2].to(at::kFloat).to(at::kDouble).unsqueeze(0)));
  CHECK(at::equal(rsa::condensed(vectors, "x"), vectors));
  CHECK(at::equal(rsa::condensed(vectors[0], "x"), vectors.slice(0, 0, 1)));
  CHECK(rsa::condensed(numbers({3, 3}), "x").sizes() ==
        at::IntArrayRef{3, 3});  // not symmetric: three vectors
  for (int n = 2; n < 300; ++n)
    CHECK(rsa::conditions_of(rsa::pairs_of(n)) == n);
  CHECK(rsa::conditions_of(11) == 0);
}

TEST_CASE("subset keeps the order given and excludes copies") {
  const at::Tensor vectors = numbers({2, 10}), matrices = rsa::square(vectors);
  const at::Tensor part = rsa::subset(vectors, {4, 1, 4});
  CHECK(part[0][0].item<double>() == matrices[0][4][1].item<double>());
  CHECK(std::isnan(part[0][1].item<double>()));
  CHECK(part[1][2].item<double>() == matrices[1][1][4].item<double>());
  CHECK_THROWS_AS(rsa::subset(vectors, {0, 5}), Error);
}

TEST_CASE("what is no RDM") {
  CHECK_THROWS_WITH(rsa::condensed(numbers({2, 11}), "compare: a"),
                    Catch::Contains("compare: a: expected n (n - 1) / 2 pairs, got 11"));
  CHECK_THROWS_WITH(rsa::condensed(numbers({4, 4}), "x"), Catch::Contains("not symmetric"));
  CHECK_THROWS_AS(rsa::condensed(numbers({2, 3, 4}), "x"), Error);
  CHECK_THROWS_AS(rsa::condensed(at::zeros({}), "x"), Error);
  CHECK_THROWS_AS(rsa::condensed(at::zeros({3}, at::kComplexFloat), "x"), Error);
}
