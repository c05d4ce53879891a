#include "io/gifti_data.h"

#include "volume_files.h"

using namespace brain::io;
using Catch::Contains;

TEST_CASE("base64 of RFC 4648's examples") {
  CHECK(decode_base64("Zm9vYmFy", "b") == "foobar");
  CHECK(decode_base64("Zm9v\nYmE=", "b") == "fooba");
  CHECK(decode_base64("Zg==", "b") == "f");
  CHECK(decode_base64("", "b").empty());
  for (const char* bad : {"Z", "Zg=", "Zg==Zg==", "Z!==", "Zm9v="}) CHECK_THROWS_WITH(decode_base64(bad, "b"), Contains("b: the base64 data"));
}

TEST_CASE("numbers as text and as bytes of either order") {
  GiftiData data{"NIFTI_TYPE_INT32", "ASCII", "LittleEndian", "ColumnMajorOrder", {2, 3}};
  CHECK(volumes::numbers(data.decode(" 1 2\n3 4 5 +6 ", "d", 1000)) == std::vector<double>{1, 3, 5, 2, 4, 6});
  CHECK_THROWS_WITH(data.decode("1 2 3", "d", 1000), Contains("d: expected 6 numbers for shape (2, 3), found 3"));
  CHECK_THROWS_WITH(data.decode("1 2 3 four", "d", 1000), Contains("d: expected numbers, found 'four'"));
  CHECK_THROWS_WITH(data.decode("", "d", 10), Contains("needs more than 10 bytes"));
  data = {"NIFTI_TYPE_INT16", "Base64Binary", "BigEndian", "RowMajorOrder", {2}};
  CHECK(volumes::numbers(data.decode("AAEBAA==", "d", 1000)) == std::vector<double>{1, 256});
  data.type = "NIFTI_TYPE_RGB24";
  CHECK_THROWS_WITH(data.decode("", "d", 1000), Contains("are not read"));
}
