#include "io/pickle_write.h"

#include <cstring>

#include <catch2/catch.hpp>

#include "core/error.h"
#include "io/npy.h"
#include "io/pickle.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

Value sample() {
  const std::vector<float> numbers{1, 2.5f, -3, 0, 5, 6};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(numbers.data());
  const Bytes storage = Bytes::from(std::vector<std::uint8_t>(bytes, bytes + 24));
  Dict dict;
  dict.put("preprocessed_eeg_data", Value::of(Array{DType::float32, {3, 2}, {2, 1}, 0, storage}));
  dict.put("turned", Value::of(Array{DType::float32, {2, 3}, {1, 2}, 0, storage}));
  dict.put("ch_names", Value::of(List{{text("Pz"), text("\u00e9")}}));
  dict.put("shape", Value::of(Tuple{{Value(std::int64_t{1} << 40), Value(-2.5), Value(true), Value()}}));
  return Value::of(std::move(dict));
}

}  // namespace

TEST_CASE("what is pickled comes back, arrays row-major") {
  std::string pickle;
  pickle_numpy_object(sample(), [&](std::string_view piece) { pickle += piece; }, "a file");
  const Value back = read_pickle(Bytes::from(pickle), "p");
  const auto* dict = back.as<Dict>();
  REQUIRE(dict);
  REQUIRE(dict->items().size() == 4);
  const auto* plain = dict->find("preprocessed_eeg_data")->as<Array>();
  CHECK((plain->dtype == DType::float32 && plain->shape == Shape{3, 2}));
  const auto* turned = dict->find("turned")->as<Array>();
  CHECK(turned->shape == Shape{2, 3});
  float row[3];
  std::memcpy(row, turned->packed().data, sizeof row);
  CHECK((row[0] == 1 && row[1] == -3 && row[2] == 5));
  CHECK((*sequence(*dict->find("ch_names")))[1].as<Text>()->view() == "\u00e9");
  const auto& parts = *sequence(*dict->find("shape"));
  CHECK(*parts[0].integer() == std::int64_t{1} << 40);
  CHECK(*parts[1].number() == -2.5);
  CHECK(*parts[2].boolean());
  CHECK(parts[3].is_null());
}

TEST_CASE("npy files of objects are written when allowed") {
  const Scratch scratch;
  const std::string path = scratch.path("a.npy");
  CHECK_THROWS_WITH(write_npy(path, sample()), Contains("hold tensors, found a dict"));
  write_npy(path, sample(), true);
  const Value back = read_npy(File(path).bytes(), path, true);
  REQUIRE(back.as<Dict>());
  CHECK(back.as<Dict>()->find("turned")->as<Array>()->shape == Shape{2, 3});
}

TEST_CASE("what a pickle cannot hold names the file") {
  const Value value = Value::of(Record{"a.B", true, {}, {}, {}, {}});
  CHECK_THROWS_WITH(
      pickle_numpy_object(value, [](std::string_view) {}, "x.npy"), Contains("x.npy cannot hold a"));
}
