#include "io/nifti_header.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::io;

TEST_CASE("headers that are written read back, in both versions") {
  for (const int version : {1, 2}) {
    NiftiHeader header;
    header.version = version;
    header.data_offset = version == 1 ? 352 : 544;
    header.sizes = {4, 5, 6, 7, 8, 1, 1, 1};
    header.steps = {-1, 2, 2.5, 3, 1.5, 0, 0, 0};
    header.datatype = 16;
    header.bits = 32;
    header.sform_code = 4;
    header.rows = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    header.quaternion = {0.5, 0.25, 0, 1, 2, 3};
    header.units = 10;
    header.description = "words";
    const std::string bytes = nifti_header_bytes(header);
    CHECK(bytes.size() == header.bytes() + 4);
    bool swap = true;
    const NiftiHeader read = parse_nifti_header(Bytes::from(bytes), "h", swap);
    CHECK_FALSE(swap);
    CHECK(read.version == version);
    CHECK(read.sizes == header.sizes);
    CHECK(read.steps == header.steps);
    CHECK(read.rows == header.rows);
    CHECK(read.quaternion == header.quaternion);
    CHECK(read.units == 10);
    CHECK(read.data_offset == header.data_offset);
    CHECK(read.description == "words");
  }
}

TEST_CASE("affine transforms from sform, quaternion and voxel sizes") {
  NiftiHeader header;
  header.steps = {-1, 2, 3, 4, 1, 1, 1, 1};
  std::string which;
  CHECK(header.affine(&which) == std::array<double, 16>{2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1});
  CHECK(which == "voxel sizes");
  header.qform_code = 1;
  header.quaternion = {0, 0, 1, 10, 20, 30};  // half a turn about z, and z turned over
  CHECK(header.affine(&which) == std::array<double, 16>{-2, 0, 0, 10, 0, -3, 0, 20, 0, 0, -4, 30, 0, 0, 0, 1});
  CHECK(which == "qform");
  header.sform_code = 1;
  header.rows = {1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7};
  CHECK(header.affine(&which)[11] == 7);
  CHECK(which == "sform");
}

TEST_CASE("an extension between the header and the voxels") {
  NiftiHeader header;
  header.data_offset = 352 + 16 + 16;
  std::string bytes = nifti_header_bytes(header);
  bytes[348] = 1;
  const auto put = [&](std::uint32_t size, std::uint32_t code, const std::string& text) {
    bytes.append(reinterpret_cast<const char*>(&size), 4).append(reinterpret_cast<const char*>(&code), 4);
    bytes += text;
  };
  put(16, 6, "a note..");
  put(16, 32, "<CIFTI/>");
  CHECK(nifti_extension(Bytes::from(bytes), header, 32, false, "h").text() == "<CIFTI/>");
  CHECK(nifti_extension(Bytes::from(bytes), header, 6, false, "h").text() == "a note..");
  CHECK(nifti_extension(Bytes::from(bytes), header, 4, false, "h").size == 0);
  bytes[352] = 4;  // shorter than its own head
  CHECK_THROWS_WITH(nifti_extension(Bytes::from(bytes), header, 32, false, "h"),
                    "h: byte 352: an extension of 4 bytes, where the voxels begin at byte 384");
}
