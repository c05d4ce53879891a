#include "io/nifti.h"

#include "io/deflate.h"
#include "volume_files.h"

using namespace brain::io;
using Catch::Contains;
using namespace volumes;

namespace {

std::vector<double> sizes(const Array& array) { return {array.shape.begin(), array.shape.end()}; }

std::vector<double> note(const Nifti& nifti, const char* name) { return numbers(*nifti.metadata.as<Dict>()->find(name)->as<Array>()); }

std::string word(const Nifti& nifti, const char* name) {
  return std::string(nifti.metadata.as<Dict>()->find(name)->as<Text>()->view());
}

}  // namespace

TEST_CASE("volumes as nibabel reads them: scaled, of either byte order, both versions, compressed") {
  for (const std::string name : {"scaled.nii", "qform.nii", "version2_big_endian.nii", "scaled.nii.gz", "runs.nii.gz"}) {
    INFO(name);
#ifndef BRAIN_ZLIB
    if (name.ends_with(".gz")) continue;
#endif
    const Nifti nifti = read_nifti(content(name), name);
    CHECK(sizes(nifti.stored) == expected(name, "shape"));
    CHECK(numbers(nifti.values()) == expected(name, "values"));
    const auto affine = note(nifti, "affine"), wanted = expected(name, "affine");
    for (std::size_t n = 0; n < 16; ++n) CHECK(affine[n] == Approx(wanted[n]).margin(1e-6));  // the qform is in float32
  }
}

TEST_CASE("what a volume says of itself") {
  const Nifti scaled = read_nifti(content("scaled.nii"), "scaled.nii");
  CHECK(scaled.stored.dtype == DType::int16);
  CHECK(scaled.values().dtype == DType::float64);
  CHECK(scaled.slope == 0.25);
  CHECK(scaled.intercept == -3);
  CHECK(word(scaled, "description") == "counts with a scale");
  CHECK(word(scaled, "units") == "mm s");
  CHECK(word(scaled, "transform") == "sform");
  const Nifti turned = read_nifti(content("qform.nii"), "qform.nii");
  CHECK(word(turned, "transform") == "qform");
  CHECK(word(turned, "space") == "scanner");
  CHECK(note(turned, "voxel_size") == std::vector<double>{2, 3, 4});
}

TEST_CASE("voxels lie in the file's memory") {
  const Bytes bytes = content("scaled.nii");
  const Nifti nifti = read_nifti(bytes, "scaled.nii");
  CHECK(nifti.stored.storage.data == bytes.data + 352);
  CHECK(nifti.stored.strides == Shape{1, 3, 12});
}

TEST_CASE("a map is written with the position of another image") {
  const Scratch scratch;
  std::vector<float> values(60);
  for (std::size_t n = 0; n < 60; ++n) values[n] = static_cast<float>(n) / 4;
  const Array map{DType::float32, {3, 4, 5}, {20, 5, 1}, 0,
                  Bytes::from(std::string(reinterpret_cast<const char*>(values.data()), 240))};
  for (const std::string like : {"scaled.nii", "qform.nii"}) {
    const std::string path = scratch.path("map.nii");
    write_nifti(path, map, content(like), like);
    const Nifti read = read_nifti(File(path).bytes(), path), model = read_nifti(content(like), like);
    CHECK(read.stored.shape == map.shape);
    CHECK(numbers(read.values()) == numbers(map));
    CHECK(read.stored.dtype == DType::float32);
    CHECK(note(read, "affine") == note(model, "affine"));
    CHECK(word(read, "transform") == word(model, "transform"));
    CHECK(word(read, "units") == word(model, "units"));
    CHECK_FALSE(read.scaled());
  }
#ifdef BRAIN_ZLIB
  write_nifti(scratch.path("map.nii.gz"), map, content("scaled.nii.gz"), "scaled.nii.gz");
  CHECK(is_gzip(File(scratch.path("map.nii.gz")).bytes()));
  CHECK(numbers(read_nifti(File(scratch.path("map.nii.gz")).bytes(), "map").values()) == numbers(map));
#endif
  CHECK_THROWS_WITH(write_nifti(scratch.path("bad.nii"), map, content("version2_big_endian.nii"), "other.nii"),
                    Contains("expected a volume of (2, 3, 4) voxels as in other.nii, found shape (3, 4, 5)"));
  CHECK_FALSE(std::filesystem::exists(scratch.path("bad.nii")));
  const double affine[16] = {-2, 0, 0, 10, 0, 2, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1};
  write_nifti(scratch.path("own.nii"), map,
              Array{DType::float64, {4, 4}, {4, 1}, 0, Bytes::from(std::string(reinterpret_cast<const char*>(affine), 128))});
  const Nifti own = read_nifti(File(scratch.path("own.nii")).bytes(), "own.nii");
  CHECK(note(own, "affine") == std::vector<double>(affine, affine + 16));
  CHECK(note(own, "voxel_size") == std::vector<double>{2, 2, 3});
}

TEST_CASE("what is no volume, or less than it says, is an error") {
  const std::string whole(content("scaled.nii").text());
  const auto read = [](std::string bytes) { return read_nifti(Bytes::from(std::move(bytes)), "v"); };
  CHECK_THROWS_WITH(read(whole.substr(0, 100)), Contains("v: not a NIfTI file"));
  CHECK_THROWS_WITH(read(whole.substr(0, 400)), Contains("v: expected 60 voxels of int16 for shape (3, 4, 5), found 48 bytes"));
  std::string changed = whole;
  changed[70] = '\x80', changed[71] = 0;  // colours
  CHECK_THROWS_WITH(read(changed), Contains("v: voxels of NIfTI type 128 (colours) are not read"));
  changed = whole;
  changed.replace(344, 4, std::string_view("ni1\0", 4));
  CHECK_THROWS_WITH(read(changed), Contains("a pair of files"));
  changed = whole;
  changed[42] = '\xff', changed[43] = '\xff';
  CHECK_THROWS_WITH(read(changed), Contains("expected sizes of at least 1"));
#ifdef BRAIN_ZLIB
  CHECK_THROWS_WITH(read_nifti(Bytes::from(gzip(std::string(4 << 20, '\0'), "v")), "v", 1 << 20), Contains("v: holds more than 1048576 bytes"));
#endif
}
