#include "io/gifti.h"

#include "volume_files.h"

using namespace brain::io;
using Catch::Contains;
using namespace volumes;

#ifdef BRAIN_EXPAT
namespace {

const Dict& array(const Value& gifti, std::size_t n) { return *(*sequence(*gifti.as<Dict>()->find("arrays")))[n].as<Dict>(); }

std::string one_array(const std::string& attributes, const std::string& data) {
  return "<?xml version=\"1.0\"?><GIFTI><DataArray Intent=\"NIFTI_INTENT_SHAPE\" DataType=\"NIFTI_TYPE_FLOAT32\" " + attributes +
         "><Data>" + data + "</Data></DataArray></GIFTI>";
}

Value read(const std::string& content) { return read_gifti(Bytes::from(content), "g"); }

}  // namespace

TEST_CASE("surfaces in each encoding as nibabel writes them") {
  for (const std::string encoding : {"ascii", "base64", "packed"}) {
    INFO(encoding);
    const Value surface = read_gifti(content("surface_" + encoding + ".surf.gii"), "surface");
    const Array& points = *array(surface, 0).find("data")->as<Array>();
    CHECK(points.shape == Shape{4, 3});
    CHECK(points.dtype == DType::float32);
    for (std::size_t n = 0; n < 12; ++n) CHECK(numbers(points)[n] == static_cast<double>(n) / 4);
    CHECK(array(surface, 0).find("intent")->as<Text>()->view() == "pointset");
    CHECK(array(surface, 0).find("metadata")->as<Dict>()->find("Part")->as<Text>()->view() == "left");
    const Array& triangles = *array(surface, 1).find("data")->as<Array>();
    CHECK(triangles.dtype == DType::int32);
    CHECK(numbers(triangles) == std::vector<double>{0, 1, 2, 1, 2, 3});
    CHECK(surface.as<Dict>()->find("metadata")->as<Dict>()->find("Name")->as<Text>()->view() == "a & b");
  }
  const Value parcels = read_gifti(content("parcels.label.gii"), "parcels");
  const auto& labels = *parcels.as<Dict>()->find("labels")->as<Dict>();
  CHECK(numbers(*labels.find("key")->as<Array>()) == std::vector<double>{0, 3});
  CHECK((*sequence(*labels.find("names")))[1].as<Text>()->view() == "V1");
  CHECK(numbers(*labels.find("colours")->as<Array>()) == std::vector<double>{0, 0.5, 0, 1, 1, 0.5, 0, 1});
  CHECK(numbers(*array(parcels, 0).find("data")->as<Array>()) == std::vector<double>{0, 3, 3, 0});
}

TEST_CASE("entities, other files, lies and damage are errors of one line") {
  CHECK_THROWS_WITH(read("<!DOCTYPE GIFTI [<!ENTITY a \"b\">]><GIFTI>&a;</GIFTI>"), "g: entities of a file's own are not read");
  CHECK_THROWS_WITH(read(one_array("Encoding=\"ExternalFileBinary\" Dimensionality=\"1\" Dim0=\"1\"", "")), Contains("lies in another file"));
  CHECK_THROWS_WITH(read(one_array("Dimensionality=\"1\" Dim0=\"9999999999999\"", "1")), Contains("g: array 1: shape (9999999999999,) needs more than"));
  CHECK_THROWS_WITH(read(one_array("Dimensionality=\"1\" Dim0=\"-1\"", "1")), Contains("expected sizes of at least 0"));
  CHECK_THROWS_WITH(read(one_array("Dimensionality=\"1\"", "1")), Contains("g: line 1: expected a size, found ''"));
  CHECK_THROWS_WITH(read("<html></html>"), Contains("expected the element GIFTI, found 'html'"));
  CHECK_THROWS_WITH(read("<GIFTI><a>"), Contains("g: line 1: no element found"));
  std::string deep = "<GIFTI>";
  for (int n = 0; n < 30; ++n) deep += "<a>";
  CHECK_THROWS_WITH(read(deep), Contains("nested deeper than 20"));
}
#else
TEST_CASE("without expat GIFTI is refused") {
  CHECK_THROWS_WITH(read_gifti(content("parcels.label.gii"), "g"), Contains("g: this build has no GIFTI"));
}
#endif
