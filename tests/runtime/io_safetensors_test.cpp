#include "io/safetensors.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

Safetensors load(const std::string& header, const std::string& data) {
  std::string content;
  for (int i = 0; i < 8; ++i) content += static_cast<char>(header.size() >> (8 * i));
  return read_safetensors(Bytes::from(content + header + data), "s");
}

void refuses(const std::string& header, const std::string& data, const std::string& why) {
  INFO(header);
  CHECK_THROWS_WITH(load(header, data), Contains("s: ") && Contains(why));
}

}  // namespace

TEST_CASE("tensors come in the order of the header, with metadata") {
  const Safetensors file = read_safetensors(File("tests/data/checkpoints/small.safetensors").bytes(), "s");
  const auto& items = file.tensors.as<Dict>()->items();
  REQUIRE(items.size() == 2);
  CHECK(items[0].first.as<Text>()->view() == "b");
  CHECK(items[0].second.as<Array>()->shape == Shape{2, 2});
  CHECK(*reinterpret_cast<const std::int64_t*>(items[1].second.as<Array>()->packed().data) == 5);
  CHECK(file.metadata.as<Dict>()->find("format")->as<Text>()->view() == "pt");
  CHECK(load("{}", "").tensors.as<Dict>()->items().empty());
  CHECK(load(R"({"e": {"dtype": "F32", "shape": [0, 3], "data_offsets": [0, 0]}})", "")
            .tensors.as<Dict>()
            ->find("e"));
}

TEST_CASE("every rule of the format is checked") {
  const auto one = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"a": {"dtype": ")" + dtype + R"(", "shape": )" + shape + R"(, "data_offsets": )" + offsets +
           "}}";
  };
  CHECK_NOTHROW(load(one("U8", "[4]", "[0, 4]"), "abcd"));
  refuses(one("U7", "[4]", "[0, 4]"), "abcd", "dtype 'U7' is not supported");
  refuses(one("U8", "[5]", "[0, 4]"), "abcd", "expected 4 bytes");
  refuses(one("U8", "[-4]", "[0, 4]"), "abcd", "integers of at least 0");
  refuses(one("U8", "[4.0]", "[0, 4]"), "abcd", "integers of at least 0");
  refuses(one("U8", "[4]", "[0, 5]"), "abcd", "within 4 bytes");
  refuses(one("U8", "[4]", "[4, 0]"), "abcd", "within 4 bytes");
  refuses(one("U8", "[4]", "[0]"), "abcd", "a begin and an end");
  refuses(one("U8", "[3]", "[1, 4]"), "abcd", "has a gap");
  refuses(one("U8", "[3]", "[0, 3]"), "abcd", "cover 3 of 4 bytes");
  refuses(one("F64", "[4294967296, 4294967296, 4294967296]", "[0, 4]"), "abcd", "counted");
  refuses(one("F64", "[2305843009213693952]", "[0, 0]"), "", "takes");
  refuses(R"({"a": {"shape": [4], "data_offsets": [0, 4]}})", "abcd", "expected a dtype");
  refuses(R"({"a": {"dtype": "U8", "data_offsets": [0, 4]}})", "abcd", "shape: expected a list");
  refuses(R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4], "x": 1}})", "abcd",
          "unknown field 'x'");
  refuses(R"({"a": 5})", "", "expected an object");
  refuses(R"({"__metadata__": {"a": 5}})", "", "expected texts");
  refuses("[]", "", "expected a JSON object");
  refuses("{", "", "not JSON");
  refuses(R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
              "b": {"dtype": "U8", "shape": [2], "data_offsets": [2, 4]}})",
          "abcd", "overlaps");
  CHECK_THROWS_WITH(read_safetensors(Bytes::from(std::string("\0\0\0\0\0\0\0\x80", 8)), "s"),
                    Contains("at most 100 MB"));
  CHECK_THROWS_WITH(read_safetensors(Bytes::from(std::string("abc")), "s"), Contains("more bytes"));
}

TEST_CASE("safetensors that are written read back, wider elements first") {
  Scratch scratch;
  const std::string path = scratch.path("a.safetensors");
  Dict tensors, metadata;
  tensors.put("bytes", Value::of(Array{DType::uint8, {3}, {1}, 0, Bytes::from(std::string("abc"))}));
  tensors.put("wide", Value::of(Array{DType::int64, {}, {}, 0, Bytes::from(std::string("12345678"))}));
  metadata.put("note", text("na\u00efve"));
  write_safetensors(path, Value::of(tensors), Value::of(metadata));
  const std::string content = read_text(path);
  CHECK(static_cast<unsigned char>(content[0]) % 8 == 0);
  CHECK(content.substr(content.size() - 11) == "12345678abc");
  const Safetensors back = read_safetensors(Bytes::from(std::string(content)), "s");
  CHECK(back.tensors.as<Dict>()->items()[0].first.as<Text>()->view() == "bytes");
  CHECK(back.tensors.as<Dict>()->find("bytes")->as<Array>()->packed().text() == "abc");
  CHECK(back.metadata.as<Dict>()->find("note")->as<Text>()->view() == "na\u00efve");
  tensors.put("n", Value(1.0));
  CHECK_THROWS_WITH(write_safetensors(path, Value::of(tensors)),
                    Contains("'n': a safetensors file holds tensors only"));
  CHECK(read_text(path) == content);
}
