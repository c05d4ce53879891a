#include "io/hdf5_heap.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "core/error.h"
#include "hdf5_foreign.h"
#include "io/hdf5.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

// The message of reading a file whose heap was changed.
std::string reading(Scratch& scratch, std::string content, std::size_t at, std::string_view bytes) {
  content.replace(at, bytes.size(), bytes);
  write_text(scratch.path("changed.h5"), content);
  try {
    Hdf5File(scratch.path("changed.h5")).read("texts");
    return "";
  } catch (const brain::Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a damaged global heap is an error, whatever is damaged") {
  Scratch scratch;
  foreign::write_everything(scratch.path("all.h5"));
  const std::string content = read_text(scratch.path("all.h5"));
  const std::size_t heap = content.find("GCOL");
  REQUIRE(heap != std::string::npos);
  CHECK(reading(scratch, content, heap, "GCOL") == "");
  CHECK_THAT(reading(scratch, content, heap, "G0AL"), Contains("texts: cannot read: a reference that leads to no global heap"));
  CHECK_THAT(reading(scratch, content, heap + 8, std::string(8, '\xff')), Contains("beyond the end of the file"));
  CHECK_THAT(reading(scratch, content, heap + 8, std::string(8, '\0')), Contains("a global heap of 0 bytes"));
  CHECK_THAT(reading(scratch, content, heap + 16 + 8, std::string(8, '\x7f')), Contains("leads beyond its end"));
  CHECK_THAT(reading(scratch, content, heap + 16, std::string("\xff\xff", 2)), Contains("object 1 of a global heap is not there"));
  CHECK_THAT(reading(scratch, content, heap + 16 + 8, std::string("\1\0\0\0\0\0\0\0", 8)), Contains("a text of 5 bytes, of which 1 are there"));
}

TEST_CASE("objects are found by address and index") {
  Scratch scratch;
  foreign::write_everything(scratch.path("all.h5"));
  const std::string content = read_text(scratch.path("all.h5"));
  const hdf5::Library library;
  const hdf5::Handle file(H5Fopen(scratch.path("all.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  hdf5::Heap heap(scratch.path("all.h5"), file);
  CHECK(heap.object(content.find("GCOL"), 1) == "three");
  CHECK_THROWS_WITH(heap.object(3, 1), Contains("no global heap"));
  CHECK_THROWS_WITH(heap.object(content.find("GCOL"), 60000), Contains("object 60000"));
}
