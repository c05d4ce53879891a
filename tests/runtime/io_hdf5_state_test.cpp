#include "io/hdf5_state.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/memory.h"

using namespace brain::io;
using Catch::Contains;

TEST_CASE("a budget gives out what it has and no more") {
  hdf5::Budget budget({.max_bytes = 100});
  budget.take(10, 8, "x");
  CHECK(budget.left() == 20);
  CHECK_FALSE(budget.take_quietly(21));
  CHECK(budget.take_quietly(20));
  CHECK_THROWS_WITH(budget.take(1, 1, "a.h5: x"), Contains("a.h5: x: 1 elements of 1 bytes are more than the 0 bytes"));
  CHECK_THROWS_AS(hdf5::Budget({}).take(INT64_MAX / 2, 8, "x"), brain::Error);
  CHECK(hdf5::Budget({}).left() == brain::physical_memory() / 2);
}

TEST_CASE("names are joined as paths below the root") {
  CHECK(hdf5::joined("", "a") == "a");
  CHECK(hdf5::joined("/", "a") == "a");
  CHECK(hdf5::joined("a", "b") == "a/b");
}

TEST_CASE("the space of a data set") {
  const hdf5::Library library;
  const hsize_t sizes[2] = {3, 0};
  const hdf5::Handle simple(H5Screate_simple(2, sizes, nullptr), H5Sclose), none(H5Screate(H5S_NULL), H5Sclose);
  CHECK(hdf5::extent_of(simple, "x").shape == Shape{3, 0});
  CHECK_FALSE(hdf5::extent_of(simple, "x").empty);
  CHECK(hdf5::extent_of(none, "x").empty);
  const hsize_t huge[2] = {hsize_t(1) << 40, hsize_t(1) << 40};
  const hdf5::Handle overflow(H5Screate_simple(2, huge, nullptr), H5Sclose);
  if (overflow.valid()) CHECK_THROWS_AS(hdf5::extent_of(overflow, "x"), brain::Error);
}
