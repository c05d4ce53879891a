#include "io/npy.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

const std::string folder = "tests/data/checkpoints/";

Value load(const std::string& name, bool allow_pickle = false) {
  return read_npy(File(folder + name).bytes(), name, allow_pickle);
}

Value parse(const std::string& header, const std::string& data) {
  std::string content("\x93NUMPY\x01\x00", 8);
  content += static_cast<char>(header.size());
  content += static_cast<char>(header.size() >> 8);
  return read_npy(Bytes::from(content + header + data), "n", true);
}

}  // namespace

TEST_CASE("arrays of both orders, strings and objects") {
  const Value value = load("plain.npy");
  const auto* plain = value.as<Array>();
  CHECK(plain->shape == Shape{2, 3});
  CHECK(reinterpret_cast<const double*>(plain->packed().data)[5] == 5);
  const Value fortran = load("fortran.npy");
  CHECK(fortran.as<Array>()->strides == Shape{1, 2});
  CHECK(fortran.as<Array>()->packed().text() == std::string("\0\0\1\0\2\0\3\0\4\0\5\0", 12));
  CHECK((*sequence((*sequence(load("strings.npy")))[1]))[0].as<Text>()->view() == "\u00e9");
  CHECK_THROWS_WITH(load("objects.npy"), Contains("allow_pickle=true"));
  const Value objects = load("objects.npy", true);
  CHECK(objects.as<Dict>()->find("x")->as<Array>()->shape == Shape{3});
  CHECK(sequence(*objects.as<Dict>()->find("names"))->size() == 2);
}

TEST_CASE("headers are parsed, never evaluated") {
  CHECK(parse("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", "ab").as<Array>());
  CHECK(parse("{\"shape\": (2L, 1), \"fortran_order\": True, \"descr\": \"|u1\"}", "ab").as<Array>());
  for (const char* bad :
       {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, ", "{'descr': '|u1', 'shape': (2,)}",
        "{'descr': f(), 'fortran_order': False, 'shape': (2,)}", "{}", "", "{'x': 1}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '|u1', 'fortran_order': 0, 'shape': (2,)}"}) {
    INFO(bad);
    CHECK_THROWS_WITH(parse(bad, "ab"), Contains("n: expected") && Contains("in the header"));
  }
  CHECK_THROWS_WITH(parse("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}", ""),
                    Contains("several fields"));
  CHECK_THROWS_WITH(parse("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", "ab"),
                    Contains("found 2 bytes"));
  CHECK_THROWS_WITH(read_npy(Bytes::from(std::string("\x93NUMPY\x04")), "n", false), Contains("more bytes"));
  CHECK_THROWS_WITH(read_npy(Bytes::from(std::string("PK")), "n", false), Contains("not a .npy file"));
}

TEST_CASE("archives of arrays") {
  const Bytes content = File(folder + "packed.npz").bytes();
#ifdef BRAIN_ZLIB
  const Value all = read_npz(content, "p", false, "");
  CHECK(all.as<Dict>()->find("x")->as<Array>()->shape == Shape{30, 30});
  CHECK(read_npz(content, "p", false, "y").as<Array>()->shape == Shape{3});
#endif
  CHECK_THROWS_WITH(read_npz(content, "p", false, "zz"), Contains("p: no array 'zz'"));
}

TEST_CASE("NumPy files that are written read back") {
  Scratch scratch;
  const Value tensor =
      Value::of(Array{DType::int16, {2, 2}, {1, 2}, 0, Bytes::from(std::string("aabbccdd"))});
  write_npy(scratch.path("a.npy"), tensor);
  const std::string content = read_text(scratch.path("a.npy"));
  CHECK((content.size() - 8) % 64 == 0);
  CHECK(read_npy(Bytes::from(std::string(content)), "n", false).as<Array>()->packed().text() == "aaccbbdd");
  Dict dict;
  dict.put("t", tensor);
  write_npz(scratch.path("a.npz"), Value::of(dict));
  CHECK(read_npz(File(scratch.path("a.npz")).bytes(), "n", false, "t").as<Array>()->packed().text() ==
        "aaccbbdd");
  CHECK_THROWS_WITH(write_npy(scratch.path("a.npy"),
                              Value::of(Array{DType::bfloat16, {}, {}, 0, Bytes::from(std::string("ab"))})),
                    Contains("NumPy has no bfloat16"));
  CHECK_THROWS_WITH(write_npy(scratch.path("a.npy"), text("x")), Contains("hold tensors, found a str"));
}
