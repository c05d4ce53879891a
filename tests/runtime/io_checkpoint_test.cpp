#include "io/checkpoint.h"

#include <catch2/catch.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "io/zip.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

const std::string folder = "tests/data/checkpoints/";

Value load(const std::string& path) { return read_checkpoint(File(path).bytes(), path); }
const Value& at(const Value& dict, const char* key) { return *dict.as<Dict>()->find(key); }

std::vector<float> floats(const Value& value) {
  const Bytes bytes = value.as<Array>()->packed();
  const auto* first = reinterpret_cast<const float*>(bytes.data);
  return {first, first + bytes.size / sizeof(float)};
}

// The content of a checkpoint with one text replaced by another of the same length.
std::string changed(const std::string& path, const std::string& from, const std::string& to) {
  std::string content = read_text(path);
  const std::size_t place = content.find(from);
  if (place == std::string::npos || from.size() != to.size()) throw std::runtime_error("no " + from);
  return content.replace(place, from.size(), to);
}

void refuses(const std::string& content, const std::string& why) {
  CHECK_THROWS_WITH(read_checkpoint(Bytes::from(std::string(content)), "c.pth"),
                    Contains("c.pth") && Contains(why));
}

}  // namespace

TEST_CASE("a training checkpoint in both formats of torch.save") {
  for (const char* name : {"training.pth", "training_legacy.pth"}) {
    INFO(name);
    const Value value = load(folder + name);
    const Value& state = at(value, "state_dict");
    CHECK(floats(at(state, "weight")) == std::vector<float>{0, 1, 2, 3, 4, 5});
    CHECK(at(state, "bias").as<Array>()->dtype == DType::float16);
    CHECK(at(state, "steps").as<Array>()->shape.empty());
    CHECK(*at(value, "epoch").integer() == 3);
    CHECK(*at(value, "best").number() == 0.5);
    CHECK(at(value, "args").as<Record>()->name == "argparse.Namespace");
    CHECK(*at(at(value, "args").as<Record>()->state, "lr").number() == 0.1);
    CHECK(at(value, "names").as<Set>()->items.size() == 2);
    CHECK(at(value, "big").as<BigInteger>()->decimal == "1180591620717411303424");
    CHECK(at(value, "array").as<Array>()->packed().text().substr(4, 4) == std::string("\1\0\0\0", 4));
    CHECK(value.as<Dict>()->items().size() == 9);
    const auto& views = *sequence(at(value, "views"));
    CHECK(views[0].as<Array>()->storage.data == views[2].as<Array>()->storage.data);
    CHECK(floats(views[1]) == std::vector<float>{5, 6, 7, 8, 9});
    CHECK(floats(views[2]) == std::vector<float>{2, 7, 12, 17, 3, 8, 13, 18});
  }
}

TEST_CASE("newer pickle protocols and plain pickles") {
  CHECK(at(load(folder + "protocol4.pth"), "u16").as<Array>()->dtype == DType::uint16);
  CHECK(floats(at(load(folder + "protocol5_legacy.pth"), "a")) == std::vector<float>{0, 1});
  CHECK(*read_checkpoint(Bytes::from(std::string("\x80\x02K\x05.")), "p").integer() == 5);
}

TEST_CASE("TorchScript archives are records") {
  const Value value = load(folder + "script.pt");
  REQUIRE(value.as<Record>());
  CHECK_THAT(value.as<Record>()->name, Contains("__torch__"));
}

TEST_CASE("checkpoints that do not fit together are refused") {
  const std::string zip = folder + "training.pth", old = folder + "training_legacy.pth";
  refuses(changed(zip, "little", "bigger"), "little-endian");
  refuses(changed(zip, "FloatStorage", "BloatStorage"), "storages of torch.BloatStorage");
  refuses(changed(zip, "FloatStorage", "QInt8Storage"), "storages of torch.QInt8Storage");
  refuses(changed(zip, "_rebuild_tensor_v2", "_rebuild_sparse_x2"), "_rebuild_sparse_x2");
  const std::string legacy = read_text(old);
  refuses(legacy.substr(0, legacy.size() - 1), "more bytes");
  refuses(legacy.substr(0, 200), "c.pth");
  std::string count = legacy;  // the number of elements before the last storage
  count[count.size() - 8 - 8] ^= 1;
  refuses(count, "elements, found");
  Scratch scratch;
  brain::AtomicFile file(scratch.path("x.zip"));
  ZipWriter archive(file);
  archive.add("x/readme", "");
  archive.finish();
  file.commit();
  refuses(read_text(scratch.path("x.zip")), "without data.pkl");
}

TEST_CASE("a checkpoint that is written reads back") {
  Scratch scratch;
  const std::string path = scratch.path("a.pt");
  Array tensor{DType::float32, {2, 2}, {1, 2}, 0, Bytes::from(std::string("aaaabbbbccccdddd"))};
  Dict dict;
  dict.put("t", Value::of(tensor));
  dict.put("rows", Value::of(Array{DType::float32, {4}, {1}, 0, tensor.storage}));
  dict.put("again", Value::of(Array{DType::float32, {2, 2}, {2, 1}, 0, tensor.storage}));
  dict.put("f8", Value::of(Array{DType::float8_e5m2, {3}, {1}, 0, Bytes::from(std::string("xyz"))}));
  dict.put("list", Value::of(List{{Value(), true, std::int64_t{-5}, INT64_MIN, 0.25, text("\u00e9"),
                                   Value::of(BigInteger{"-99999999999999999999"}), Value::of(Tuple())}}));
  write_checkpoint(path, Value::of(dict));
  const Value back = load(path);
  CHECK(at(back, "t").as<Array>()->packed().text() == "aaaaccccbbbbdddd");
  CHECK(at(back, "rows").as<Array>()->storage.data == at(back, "again").as<Array>()->storage.data);
  CHECK(at(back, "f8").as<Array>()->dtype == DType::float8_e5m2);
  CHECK(at(back, "f8").as<Array>()->packed().text() == "xyz");
  const auto& list = *sequence(at(back, "list"));
  CHECK(list[0].is_null());
  CHECK(*list[3].integer() == INT64_MIN);
  CHECK(list[6].as<BigInteger>()->decimal == "-99999999999999999999");
  CHECK(list[7].as<Tuple>()->items.empty());
  CHECK_THROWS_WITH(write_checkpoint(path, Value::of(Set())), Contains("cannot hold a set"));
  CHECK(at(load(path), "t").as<Array>());  // the old file stayed
}
