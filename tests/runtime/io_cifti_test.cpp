#include "io/cifti.h"

#include "io/nifti.h"
#include "volume_files.h"

using Catch::Matchers::Contains;
using namespace volumes;

TEST_CASE("which files are CIFTI") {
  CHECK(is_cifti(content("maps.dscalar.nii")));
  CHECK(is_cifti(content("maps.dlabel.nii")));
  CHECK_FALSE(is_cifti(content("version2_big_endian.nii")));
  CHECK_FALSE(is_cifti(content("scaled.nii")));
}

#ifdef BRAIN_EXPAT
namespace {

const Value& entry(const Value& value, const char* name) {
  const auto* dict = value.as<Dict>();
  REQUIRE(dict);
  const Value* found = dict->find(name);
  REQUIRE(found);
  return *found;
}
const Value& axis(const Value& file, std::size_t n) { return sequence(entry(file, "axes"))->at(n); }
std::vector<double> numbers_of(const Value& value, const char* name) { return numbers(*entry(value, name).as<Array>()); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(from.size() == to.size());  // the sizes of the extension stay as they are
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("maps over grayordinates as nibabel wrote them") {
  const Value file = read_cifti(content("maps.dscalar.nii"), "m");
  CHECK(entry(file, "data").as<Array>()->shape == Shape{2, 7});
  CHECK(numbers_of(file, "data")[8] == 2);  // map 1, place 1 of 0, 1/4, 1/2, ...
  CHECK(sequence(entry(axis(file, 0), "names"))->at(0).as<Text>()->view() == "faces & houses");
  const Value& models = axis(file, 1);
  CHECK(numbers_of(models, "structure") == std::vector<double>{0, 0, 0, 1, 1, 2, 2});
  CHECK(numbers_of(models, "vertex") == std::vector<double>{0, 2, 5, 1, 4, -1, -1});
  CHECK(numbers_of(models, "surface_vertices") == std::vector<double>{6, 5, 0});
  const auto voxels = numbers_of(models, "voxel");
  CHECK(std::vector<double>(voxels.begin() + 15, voxels.end()) == std::vector<double>{1, 2, 3, 2, 0, 4});
  CHECK(numbers_of(models, "volume_shape") == std::vector<double>{3, 4, 5});
  CHECK(numbers_of(models, "affine")[3] == Approx(30));
}

TEST_CASE("series and labels") {
  const Value series = axis(read_cifti(content("maps.dtseries.nii"), "m"), 0);
  CHECK(*entry(series, "start").number() == 1.5);
  CHECK(*entry(series, "step").number() == 0.75);
  const Value labels = axis(read_cifti(content("maps.dlabel.nii"), "m"), 0);
  const Value& table = sequence(entry(labels, "tables"))->at(1);
  CHECK(numbers_of(table, "key") == std::vector<double>{0, 2});
  CHECK(sequence(entry(table, "names"))->at(1).as<Text>()->view() == "V1");
}

TEST_CASE("a map over the same grayordinates") {
  const Scratch scratch;
  const std::string path = scratch.path("out.dscalar.nii");
  const std::vector<double> numbers_in{0, 1, 2, 3, 4, 5, 6};
  const Array values{DType::float64, {7}, {1}, 0,
                     Bytes::from(std::string(reinterpret_cast<const char*>(numbers_in.data()), 56))};
  write_cifti(path, values, {"accuracy <1>"}, content("maps.dtseries.nii"), "like");
  const Value file = read_cifti(File(path).bytes(), "o");
  CHECK(numbers_of(file, "data") == numbers_in);
  CHECK(sequence(entry(axis(file, 0), "names"))->at(0).as<Text>()->view() == "accuracy <1>");
  CHECK(numbers_of(axis(file, 1), "vertex") == std::vector<double>{0, 2, 5, 1, 4, -1, -1});
  Array few = values;
  few.shape = {5};
  CHECK_THROWS_WITH(write_cifti(path, few, {}, content("maps.dtseries.nii"), "like"),
                    Contains("expected (maps, 7) values as like has grayordinates, found shape (5,)"));
}

TEST_CASE("models that do not fit are refused") {
  const std::string good(content("maps.dscalar.nii").text());
  const auto read = [](std::string bytes) { return read_cifti(Bytes::from(std::move(bytes)), "m"); };
  CHECK_THROWS_WITH(read(replaced(good, "IndexOffset=\"3\"", "IndexOffset=\"2\"")), Contains("place 2 belongs to two structures"));
  CHECK_THROWS_WITH(read(replaced(good, "IndexOffset=\"3\"", "IndexOffset=\"9\"")), Contains("has places 9 to 10 of 7"));
  CHECK_THROWS_WITH(read(replaced(good, "SurfaceNumberOfVertices=\"6\"", "SurfaceNumberOfVertices=\"4\"")), Contains("vertex 5 of 4"));
  CHECK_THROWS_WITH(read(replaced(good, "VolumeDimensions=\"3,4,5\"", "VolumeDimensions=\"3,4,4\"")), Contains("a voxel lies outside of its volume"));
  CHECK_THROWS_WITH(read(replaced(good, "<CIFTI Version=\"2", "<CIFTI Version=\"1")), Contains("expected CIFTI version 2"));
  CHECK_THROWS_WITH(read_cifti(content("maps.dscalar.nii"), "m", 100), Contains("m: 7 places need more than 100 bytes"));
  CHECK_THROWS_WITH(read_cifti(content("version2_big_endian.nii"), "m"), Contains("not a CIFTI-2 file"));
}
#endif
