#include "io/hdf5_driver.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "core/error.h"
#include "io/hdf5.h"
#include "io_expect.h"
#include "scratch.h"

using namespace brain::io;

TEST_CASE("a file that becomes shorter while it is open is an error") {
  Scratch scratch;
  const std::string path = scratch.path("a.h5");
  Dict tree;
  tree.put("first", Value::of(Array{DType::uint8, {100}, {1}, 0, Bytes::from(std::string(100, 'a'))}));
  tree.put("x", Value::of(Array{DType::uint8, {4 << 20}, {1}, 0, Bytes::from(std::string(4 << 20, 'x'))}));
  write_hdf5(path, Value::of(std::move(tree)));
  const Hdf5File file(path);
  const Hdf5Dataset set = file.dataset("x");
  CHECK(set.read({{{0, 1, 10}}}).as<Array>()->elements() == 10);
  std::filesystem::resize_file(path, 1 << 20);
  CHECK_THROWS_WITH(set.read(), Catch::Contains("a.h5: x: cannot read: the file became shorter while it was read"));
  std::filesystem::copy_file(path, scratch.path("cut.h5"));
  CHECK_THROWS_AS(Hdf5File(scratch.path("cut.h5")), brain::Error);
}

TEST_CASE("one file may be open twice, and a folder is none") {
  const Hdf5File one("tests/data/hdf5/target.h5"), two("tests/data/hdf5/target.h5");
  CHECK(one.keys() == two.keys());
  CHECK_THROWS_AS(Hdf5File("tests/data"), brain::Error);
}
