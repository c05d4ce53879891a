#include "io/mgh.h"

#include "io/deflate.h"
#include "volume_files.h"

using namespace brain::io;
using Catch::Contains;
using namespace volumes;

TEST_CASE("FreeSurfer's volumes as nibabel reads them") {
  for (const std::string name : {"surface.mgh", "runs.mgz"}) {
    INFO(name);
#ifndef BRAIN_ZLIB
    if (name.ends_with(".mgz")) continue;
#endif
    const Mgh mgh = read_mgh(content(name), name);
    CHECK(std::vector<double>(mgh.values.shape.begin(), mgh.values.shape.end()) == expected(name, "shape"));
    CHECK(numbers(mgh.values) == expected(name, "values"));
    const auto affine = numbers(*mgh.metadata.as<Dict>()->find("affine")->as<Array>()), wanted = expected(name, "affine");
    for (std::size_t n = 0; n < 16; ++n) CHECK(affine[n] == Approx(wanted[n]).margin(1e-5));  // float32 in the file
  }
}

TEST_CASE("a map over a surface is written with the header of another") {
  const Scratch scratch;
  const float values[7] = {0, 1, 2, 3, 4, 5, 6.5f};
  const Array map{DType::float32, {7}, {1}, 0, Bytes::from(std::string(reinterpret_cast<const char*>(values), sizeof values))};
  write_mgh(scratch.path("map.mgh"), map, content("surface.mgh"), "surface.mgh");
  const Mgh read = read_mgh(File(scratch.path("map.mgh")).bytes(), "map.mgh");
  CHECK(read.values.shape == Shape{7, 1, 1});
  CHECK(numbers(read.values) == numbers(map));
#ifdef BRAIN_ZLIB
  write_mgh(scratch.path("map.mgz"), map, content("surface.mgh"), "surface.mgh");
  CHECK(numbers(read_mgh(File(scratch.path("map.mgz")).bytes(), "map.mgz").values) == numbers(map));
  const Mgh runs = read_mgh(content("runs.mgz"), "runs.mgz");
  write_mgh(scratch.path("runs.mgh"), runs.values, content("runs.mgz"), "runs.mgz");
  CHECK(numbers(read_mgh(File(scratch.path("runs.mgh")).bytes(), "r").values) == numbers(runs.values));
#endif
  Array other = map;
  other.dtype = DType::float64;
  other.shape = {3};
  CHECK_THROWS_WITH(write_mgh(scratch.path("b.mgh"), other, content("surface.mgh"), "surface.mgh"), Contains("expected (7, 1, 1) voxels"));
  other.shape = {7};
  CHECK_THROWS_WITH(write_mgh(scratch.path("b.mgh"), other, content("surface.mgh"), "surface.mgh"), Contains("MGH has no float64"));
}

TEST_CASE("damaged MGH files are errors or values") {
  const std::string whole(content("surface.mgh").text());
  CHECK_THROWS_WITH(read_mgh(Bytes::from(whole.substr(0, 300)), "m"), Contains("m: expected 7 values of int32 for shape (7, 1, 1), found 16 bytes"));
  CHECK_THROWS_WITH(read_mgh(Bytes::from(std::string(300, 'x')), "m"), Contains("not an MGH file"));
}
