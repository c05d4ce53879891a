#include "io/gifti_write.h"

#include "io/gifti.h"
#include "volume_files.h"

using Catch::Matchers::Contains;
using namespace volumes;

namespace {

template <class T>
Array array(DType dtype, const Shape& shape, const std::vector<T>& values) {
  return {dtype, shape, row_major_strides(shape), 0, Bytes::from(std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)))};
}

}  // namespace

TEST_CASE("what GIFTI cannot hold is refused and nothing is written") {
  const Scratch scratch;
  const std::string path = scratch.path("a.gii");
  CHECK_THROWS_WITH(write_gifti(path, Value(1.5)), Contains("a GIFTI file holds a tensor, or a table of arrays"));
  CHECK_THROWS_WITH(write_gifti(path, Value::of(array<std::int64_t>(DType::int64, {1}, {std::int64_t{1} << 40}))), Contains("integers of 32 bits"));
  CHECK_THROWS_WITH(write_gifti(path, Value::of(array<std::uint16_t>(DType::float16, {1}, {0}))), Contains("GIFTI has no float16"));
  CHECK_THROWS_WITH(write_gifti(path, Value::of(array<float>(DType::float32, {1, 1, 1}, {0}))), Contains("found shape (1, 1, 1)"));
  CHECK_FALSE(std::filesystem::exists(path));
}

#ifdef BRAIN_EXPAT
namespace {

// What was written, as the reader has it, written and read once more: the same text.
Value again(const Value& value, const std::string& path) {
  write_gifti(path, value);
  const std::string first = read_text(path);
  const Value read = read_gifti(File(path).bytes(), "g");
  write_gifti(path, read);
  CHECK(read_text(path) == first);
  return read;
}

const Value& item(const Value& file, std::size_t n, const char* name) {
  return *sequence(*file.as<Dict>()->find("arrays"))->at(n).as<Dict>()->find(name);
}

}  // namespace

TEST_CASE("surfaces, labels and metadata come back as they were") {
  const Scratch scratch;
  for (const char* name : {"surface_ascii.surf.gii", "surface_packed.surf.gii", "parcels.label.gii"}) {
    INFO(name);
    const Value given = read_gifti(content(name), "g");
    const Value read = again(given, scratch.path("a.gii"));
    const auto& arrays = *sequence(*given.as<Dict>()->find("arrays"));
    for (std::size_t n = 0; n < arrays.size(); ++n) {
      CHECK(numbers(*item(read, n, "data").as<Array>()) == numbers(*item(given, n, "data").as<Array>()));
      CHECK(item(read, n, "data").as<Array>()->shape == item(given, n, "data").as<Array>()->shape);
      CHECK(item(read, n, "intent").as<Text>()->view() == item(given, n, "intent").as<Text>()->view());
    }
    CHECK(read.as<Dict>()->find("metadata")->as<Dict>()->items().size() == given.as<Dict>()->find("metadata")->as<Dict>()->items().size());
    if (const Value* labels = given.as<Dict>()->find("labels")) {
      const auto* back = read.as<Dict>()->find("labels")->as<Dict>();
      CHECK(numbers(*back->find("key")->as<Array>()) == numbers(*labels->as<Dict>()->find("key")->as<Array>()));
      CHECK(sequence(*back->find("names"))->at(1).as<Text>()->view() == "V1");
    }
  }
}

TEST_CASE("maps over vertices, one or several") {
  const Scratch scratch;
  const Value one = again(Value::of(array<double>(DType::float64, {3}, {1, 2.5, -3})), scratch.path("a.gii"));
  CHECK(numbers(*item(one, 0, "data").as<Array>()) == std::vector<double>{1, 2.5, -3});
  CHECK(item(one, 0, "data").as<Array>()->dtype == DType::float32);
  Array turned = array<std::int16_t>(DType::int16, {3, 2}, {1, 2, 3, 4, 5, 6});  // [vertices, maps], turned over
  std::swap(turned.shape[0], turned.shape[1]);
  std::swap(turned.strides[0], turned.strides[1]);
  const Value two = again(Value::of(turned), scratch.path("a.gii"));
  CHECK(numbers(*item(two, 1, "data").as<Array>()) == std::vector<double>{2, 4, 6});
  CHECK(item(two, 1, "intent").as<Text>()->view() == "label");
}
#endif
