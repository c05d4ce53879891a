#include "nn/layers/per_axis.h"

#include <catch2/catch.hpp>

using namespace brain::nn;

TEST_CASE("one integer stands for every axis, a list for each") {
  const PerAxis<2> every = 3, each = {4, 5}, one = {6};
  CHECK(every[0] == 3);
  CHECK(every[1] == 3);
  CHECK(every.single());
  CHECK(each[1] == 5);
  CHECK_FALSE(each.single());
  CHECK(one[1] == 6);
  CHECK(every.all(3));
  CHECK_FALSE(each.all(4));
  CHECK(at::IntArrayRef(each) == at::IntArrayRef({4, 5}));
  CHECK_THROWS_WITH((PerAxis<2>{1, 2, 3}), "expected 1 or 2 integers, found 3");
}

TEST_CASE("padding is a number or a name") {
  CHECK(Padding<2>(0).amount.all(0));
  CHECK(Padding<2>{1, 2}.amount[1] == 2);
  CHECK(Padding<2>("same").mode == "same");
  CHECK(Padding<2>(1).mode.empty());
  CHECK_THROWS_WITH(Padding<1>("full"), "padding: expected integers, 'same' or 'valid', found 'full'");
}
