#include "io/bytes.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "core/error.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

TEST_CASE("small and large files give their content") {
  Scratch scratch;
  write_text(scratch.path("small"), "words");
  CHECK(File(scratch.path("small")).bytes().text() == "words");
  const std::string content(3 << 20, 'x');
  write_text(scratch.path("large"), content);
  Bytes kept;
  {
    const File large(scratch.path("large"));
    kept = large.bytes().slice(1 << 20, 5);
    large.check();
  }
  CHECK(kept.text() == "xxxxx");  // the mapping outlives the File
}

TEST_CASE("a mapped file is private: writing to its memory leaves the file as it is") {
  Scratch scratch;
  write_text(scratch.path("large"), std::string(2 << 20, 'x'));
  const File large(scratch.path("large"));
  const_cast<std::uint8_t*>(large.bytes().data)[0] = 'y';
  CHECK(large.bytes().text()[0] == 'y');
  CHECK(read_text(scratch.path("large"))[0] == 'x');
}

TEST_CASE("a file that becomes shorter is an error") {
  Scratch scratch;
  write_text(scratch.path("large"), std::string(2 << 20, 'x'));
  const File large(scratch.path("large"));
  std::filesystem::resize_file(scratch.path("large"), 100);
  CHECK_THROWS_WITH(large.check(), Contains("became shorter"));
}

TEST_CASE("what is no file is refused") {
  Scratch scratch;
  CHECK_THROWS_WITH(File(scratch.path("none")), Contains("No such file"));
  CHECK_THROWS_WITH(File(scratch.folder.native()), Contains("found a folder"));
}

TEST_CASE("the cursor reads little-endian values and never beyond the end") {
  Cursor cursor(Bytes::from(std::string("\x01\x02\x03\x04\xff\xff\xff\xffline\nrest", 17)), "name");
  CHECK(cursor.u16() == 0x0201);
  CHECK(cursor.u8() == 3);
  cursor.seek(4);
  CHECK(cursor.i32() == -1);
  CHECK(cursor.line() == "line");
  CHECK_THROWS_WITH(cursor.u64(), "name: byte 13: expected 8 more bytes, found 4");
  CHECK_THROWS_WITH(cursor.line(), Contains("no end of line"));
  CHECK_THROWS_WITH(cursor.take(UINT64_MAX), Contains("found 4"));
  CHECK_THROWS_WITH(cursor.seek(18), Contains("18 of 17"));
  CHECK(cursor.take(4).text() == "rest");
  CHECK(cursor.remaining() == 0);
  Cursor pi(Bytes::from(std::string("\x40\x09\x21\xfb\x54\x44\x2d\x18", 8)), "pi");
  CHECK(pi.big_endian_f64() == 3.141592653589793);
}

TEST_CASE("a slice lies inside") {
  const Bytes bytes = Bytes::from(std::string("abc"));
  CHECK(bytes.slice(3, 0).size == 0);
  CHECK_THROWS_AS(bytes.slice(2, 2), brain::Error);
  CHECK_THROWS_AS(bytes.slice(4, 0), brain::Error);
  CHECK_THROWS_AS(bytes.slice(1, SIZE_MAX), brain::Error);
}
