#include "nn/layers/repr.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace brain::nn;

TEST_CASE("numbers as Python prints them") {
  CHECK(repr(1e-5) == "1e-05");
  CHECK(repr(0.0001) == "0.0001");
  CHECK(repr(0.00012345) == "0.00012345");
  CHECK(repr(1.5e-7) == "1.5e-07");
  CHECK(repr(0.1) == "0.1");
  CHECK(repr(2.0) == "2.0");
  CHECK(repr(0.0) == "0.0");
  CHECK(repr(-0.01) == "-0.01");
  CHECK(repr(1e15) == "1000000000000000.0");
  CHECK(repr(1e16) == "1e+16");
  CHECK(repr(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(repr(std::int64_t{7}) == "7");
  CHECK(repr(true) == "True");
}

TEST_CASE("tuples, options, one number for all axes") {
  CHECK(repr(at::IntArrayRef({3, 4})) == "(3, 4)");
  CHECK(repr(at::IntArrayRef({3})) == "(3,)");
  CHECK(repr(std::optional<double>()) == "None");
  CHECK(repr(std::optional<double>(0.5)) == "0.5");
  CHECK(repr(PerAxis<2>(2)) == "2");
  CHECK(repr(PerAxis<2>{2, 2}) == "(2, 2)");
}
