#include "io/freesurfer_surface.h"

#include "volume_files.h"

using Catch::Matchers::Contains;
using namespace volumes;

TEST_CASE("a surface of triangles as nibabel wrote it") {
  const Bytes bytes = content("lh.white");
  CHECK(is_surface_geometry(bytes));
  const Value surface = read_surface_geometry(bytes, "s");
  const auto part = [&](const char* name) { return numbers(*surface.as<Dict>()->find(name)->as<Array>()); };
  CHECK(part("vertices") == std::vector<double>{0, .25, .5, .75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75});
  CHECK(part("triangles") == std::vector<double>{0, 1, 2, 1, 2, 3});
  CHECK(surface.as<Dict>()->find("comment")->as<Text>()->view() == "created by nobody");
}

TEST_CASE("values of vertices in both versions") {
  CHECK_FALSE(is_surface_geometry(content("lh.thickness")));
  CHECK(numbers(read_vertex_values(content("lh.thickness"), "v")) == std::vector<double>{0, .5, 1, 1.5, 2, 2.5, 3});
  CHECK(numbers(read_vertex_values(content("rh.curv"), "v")) == std::vector<double>{1.5, -.25, 0});
}

TEST_CASE("what is no such file") {
  CHECK_THROWS_WITH(read_vertex_values(content("parcels.annot"), "v"), "v: neither a surface nor values of vertices of FreeSurfer");
  CHECK_THROWS_WITH(read_vertex_values(Bytes::from(std::string()), "v"), Contains("v: neither"));
  CHECK_THROWS_WITH(read_surface_geometry(Bytes::from(std::string("\xff\xff\xfd....")), "s"), Contains("convert it with mris_convert"));
  std::string text(content("lh.white").text());
  text.resize(text.size() - 24);
  CHECK_THROWS_WITH(read_surface_geometry(Bytes::from(std::move(text)), "s"), Contains("s: expected 2 triangles, found"));
  std::string corner(content("lh.white").text());
  const auto at = corner.find(std::string("\0\0\0\1\0\0\0\2\0\0\0\1", 12));
  REQUIRE(at != std::string::npos);
  corner[at + 7] = 9;
  CHECK_THROWS_WITH(read_surface_geometry(Bytes::from(std::move(corner)), "s"), Contains("triangle 0 has vertex 9 of 4"));
}
