#include "io/hdf5.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "core/error.h"
#include "io/format.h"
#include "io_expect.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

template <class T>
Value array(DType dtype, const Shape& shape, const std::vector<T>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return Value::of(Array{dtype, shape, row_major_strides(shape), 0, Bytes::from(std::move(bytes))});
}

Value ramp(const Shape& shape) {
  std::vector<float> values(static_cast<std::size_t>(count_elements(shape, "ramp")));
  for (std::size_t n = 0; n < values.size(); ++n) values[n] = static_cast<float>(n);
  return array(DType::float32, shape, values);
}

std::vector<double> numbers(const Value& value) {
  const auto* a = value.as<Array>();
  REQUIRE(a);
  std::vector<double> all;
  const Bytes packed = a->packed();
  for (std::int64_t n = 0; n < a->elements(); ++n)
    for (const double part : expect::element(packed, a->dtype, static_cast<std::size_t>(n))) all.push_back(part);
  return all;
}

const Value& at(const Value& value, const std::string& key) {
  const auto* dict = value.as<Dict>();
  REQUIRE(dict);
  const Value* found = dict->find(key);
  REQUIRE(found);
  return *found;
}

std::string word(const Value& value) {
  REQUIRE(value.as<Text>());
  return std::string(value.as<Text>()->view());
}

template <class... Pairs>
Value dict(const Pairs&... pairs) {
  Dict result;
  (result.put(pairs.first, pairs.second), ...);
  return Value::of(std::move(result));
}
std::pair<std::string, Value> entry(std::string name, Value value) { return {std::move(name), std::move(value)}; }

Value list(std::vector<Value> items) { return Value::of(List{std::move(items)}); }

}  // namespace

TEST_CASE("a tree comes back as it was written, in its order") {
  Scratch scratch;
  const std::string path = scratch.path("tree.h5");
  const Value tree = dict(
      entry("z", ramp({2, 3})), entry("bytes", array<std::uint8_t>(DType::uint8, {2}, {1, 255})),
      entry("flags", array<std::uint8_t>(DType::boolean, {3}, {1, 0, 1})),
      entry("half", array<std::uint16_t>(DType::float16, {2}, {0x3c00, 0xc000})),
      entry("spectrum", array<double>(DType::complex128, {1}, {1.5, -2})),
      entry("none", Value()), entry("epoch", Value(std::int64_t{3})), entry("rate", Value(0.5)),
      entry("yes", Value(true)), entry("name", text("naïve")), entry("raw", text(std::string("a\0b", 3))),
      entry("names", list({text("Pz"), text(""), text("é")})),
      entry("table", list({list({text("a"), text("b")}), list({text("c"), text("d")})})),
      entry("whole", list({Value(std::int64_t{1}), Value(std::int64_t{2})})),
      entry("mixed", list({Value(std::int64_t{1}), Value(2.5)})), entry("empty", array<float>(DType::float32, {0, 4}, {})),
      entry("group", dict(entry("b", Value(1.0)), entry("a", dict()))), entry("deep/er/x", Value(2.0)),
      entry("parts", list({ramp({2}), text("t")})));
  write_hdf5(path, tree, {0, dict(entry("/", dict(entry("version", text("1")))),
                                  entry("group/b", dict(entry("unit", text("mV")), entry("range", ramp({2})))))});
  const Hdf5File file(path);
  const Value back = file.read();
  std::string keys;
  for (const auto& [key, value] : back.as<Dict>()->items()) keys += word(key) + " ";
  CHECK(keys == "z bytes flags half spectrum none epoch rate yes name raw names table whole mixed empty group deep parts ");
  CHECK(at(back, "z").as<Array>()->shape == Shape{2, 3});
  CHECK(at(back, "z").as<Array>()->dtype == DType::float32);
  CHECK(numbers(at(back, "z")) == std::vector<double>{0, 1, 2, 3, 4, 5});
  CHECK(at(back, "bytes").as<Array>()->dtype == DType::uint8);
  CHECK(at(back, "flags").as<Array>()->dtype == DType::boolean);
  CHECK(numbers(at(back, "flags")) == std::vector<double>{1, 0, 1});
  CHECK(at(back, "half").as<Array>()->dtype == DType::float16);
  CHECK(numbers(at(back, "half")) == std::vector<double>{1, -2});
  CHECK(at(back, "spectrum").as<Array>()->dtype == DType::complex128);
  CHECK(numbers(at(back, "spectrum")) == std::vector<double>{1.5, -2});
  CHECK(at(back, "none").is_null());
  CHECK(*at(back, "epoch").integer() == 3);
  CHECK(*at(back, "rate").number() == 0.5);
  CHECK(*at(back, "yes").boolean());
  CHECK(word(at(back, "name")) == "naïve");
  CHECK(at(back, "raw").as<Blob>()->bytes.text() == std::string_view("a\0b", 3));
  CHECK(word((*sequence(at(back, "names")))[2]) == "é");
  CHECK(word((*sequence((*sequence(at(back, "table")))[1]))[0]) == "c");
  CHECK(at(back, "whole").as<Array>()->dtype == DType::int64);
  CHECK(numbers(at(back, "mixed")) == std::vector<double>{1, 2.5});
  CHECK(at(back, "empty").as<Array>()->shape == Shape{0, 4});
  CHECK(*at(at(back, "group"), "b").number() == 1);
  CHECK(at(at(back, "group"), "a").as<Dict>()->items().empty());
  CHECK(*at(at(at(back, "deep"), "er"), "x").number() == 2);
  CHECK(word(at(at(back, "parts"), "1")) == "t");
  CHECK(word(at(file.attributes(), "version")) == "1");
  CHECK(word(at(file.attributes("/group/b"), "unit")) == "mV");
  CHECK(numbers(at(at(file.all_attributes(), "/group/b"), "range")) == std::vector<double>{0, 1});
  CHECK(file.keys("group") == std::vector<std::string>{"b", "a"});
  CHECK(file.has("deep/er"));
  CHECK_FALSE(file.has("deep/est"));
}

TEST_CASE("equal trees give equal files") {
  Scratch scratch;
  const Value tree = dict(entry("x", ramp({40, 50})), entry("g", dict(entry("t", text("words")))));
  write_hdf5(scratch.path("a.h5"), tree, {4, {}});
  write_hdf5(scratch.path("b.h5"), tree, {4, {}});
  CHECK(read_text(scratch.path("a.h5")) == read_text(scratch.path("b.h5")));
}

TEST_CASE("compressed arrays are chunked and smaller") {
  Scratch scratch;
  const std::string path = scratch.path("c.h5");
  write_hdf5(path, dict(entry("x", ramp({1000, 700})), entry("small", ramp({3}))), {4, {}});
  const Hdf5File file(path);
  const Hdf5Entry x = file.entry("x");
  CHECK(x.note == "shuffle, gzip 4, chunks (374, 700)");
  CHECK(x.bytes == 2'800'000);
  CHECK(x.stored < x.bytes / 4);
  CHECK(x.dtype == DType::float32);
  CHECK(file.entry("small").note == "");
  CHECK(numbers(file.read("x"))[699'999] == 699'999);
}

TEST_CASE("a part is read as chosen") {
  Scratch scratch;
  const std::string path = scratch.path("part.h5");
  for (const int compress : {0, 6}) {
    write_hdf5(path, dict(entry("x", ramp({60, 30, 4}))), {compress, {}});
    const Hdf5File file(path);
    const Hdf5Dataset data = file.dataset("x");
    // every range of every axis, one behind the other
    const Hdf5Selection chosen{{{5, 2, 3}, {50, 1, 2}}, {{0, 1, 1}, {7, 11, 3}}, {{1, 1, 0}, {3, 1, 1}}};
    const Value part = data.read(chosen);
    CHECK(part.as<Array>()->shape == Shape{5, 4, 1});
    std::vector<double> expected;
    for (const double i : {5, 7, 9, 50, 51})
      for (const double j : {0, 7, 18, 29}) expected.push_back((i * 30 + j) * 4 + 3);
    CHECK(numbers(part) == expected);
    CHECK(data.read({{}, {{0, 1, 2}}, {{0, 1, 4}}}).as<Array>()->shape == Shape{0, 2, 4});
    CHECK_THROWS_WITH(data.read({{{58, 2, 2}}, {{0, 1, 1}}, {{0, 1, 1}}}),
                      Contains("part.h5: x: axis 0 has 60 elements, asked for 2 from 58 in steps of 2"));
    CHECK_THROWS_WITH(data.read({{{0, 1, 1}}}), Contains("each of 3 axes, found 1"));
  }
}

TEST_CASE("what is not there or cannot be kept is said on one line") {
  Scratch scratch;
  const std::string path = scratch.path("e.h5");
  write_hdf5(path, dict(entry("group", dict(entry("data", ramp({3}))))));
  Hdf5File file(path);
  CHECK_THROWS_WITH(file.read("group/date"), Contains("e.h5: no 'group/date', did you mean 'group/data'?"));
  CHECK_THROWS_WITH(file.read("groop/data"), Contains("no 'groop/data', did you mean 'group'?"));
  CHECK_THROWS_WITH(file.read("group/data/x"), Contains("group/data is no group, so there is no 'group/data/x'"));
  CHECK_THROWS_WITH(file.dataset("group"), Contains("expected a data set, found a group"));
  CHECK_THROWS_WITH(file.keys("group/data"), Contains("expected a group, found a data set"));
  const Hdf5Dataset data = file.dataset("group/data");
  file.close();
  CHECK_THROWS_WITH(data.read(), Contains("e.h5: is closed"));
  CHECK_THROWS_WITH(file.keys(), Contains("is closed"));
  CHECK_THROWS_WITH(Hdf5File(scratch.path("none.h5")), Contains("cannot open: No such file"));
  write_text(scratch.path("t.h5"), "\x89HDF\r\n\x1a\n");
  CHECK_THROWS_WITH(Hdf5File(scratch.path("t.h5")), Contains("t.h5: not a readable HDF5 file"));

  CHECK_THROWS_WITH(write_hdf5(path, ramp({2})), Contains("holds a table of named values, found a tensor"));
  CHECK_THROWS_WITH(write_hdf5(path, dict(entry("b", array<std::uint16_t>(DType::bfloat16, {1}, {0})))),
                    Contains("HDF5 has no bfloat16: convert it to float32"));
  CHECK_THROWS_WITH(write_hdf5(path, dict(entry("a", Value(1.0)), entry("a/b", Value(1.0)))),
                    Contains("a data set and a group"));
  CHECK_THROWS_WITH(write_hdf5(path, dict(entry("a", Value(1.0))), {0, dict(entry("b", dict(entry("c", Value(1.0)))))}),
                    Contains("attributes of 'b', which the file does not hold"));
  CHECK(numbers(Hdf5File(path).read("group/data")) == std::vector<double>{0, 1, 2});  // the old file stays
  std::size_t files = 0;
  for (const auto& left : std::filesystem::directory_iterator(scratch.folder)) files += left.exists();
  CHECK(files == 2);
}

TEST_CASE("more than the memory it may take is refused before it is taken") {
  Scratch scratch;
  const std::string path = scratch.path("m.h5");
  write_hdf5(path, dict(entry("a", ramp({1000})), entry("b", ramp({1000}))));
  CHECK(Hdf5File(path, {.max_bytes = 4000}).read("a").as<Array>());
  CHECK_THROWS_WITH(Hdf5File(path, {.max_bytes = 3999}).read("a"), Contains("m.h5: a: 1000 elements of 4 bytes"));
  CHECK_THROWS_WITH(Hdf5File(path, {.max_bytes = 7999}).read(), Contains("m.h5: b: 1000 elements"));
  CHECK_THROWS_WITH(Hdf5File(path, {.max_objects = 2}).read(), Contains("more than"));
  write_hdf5(path, dict(entry("a/b/c/d", Value(1.0))));
  CHECK_THROWS_WITH(Hdf5File(path, {.max_depth = 3}).read(), Contains("nested deeper than 3"));
}

TEST_CASE("every HDF5 file of the shared data loads") {
  const std::string root = shared_path("data");
  if (root.empty()) return;
  int count = 0;
  for (const auto& found : std::filesystem::recursive_directory_iterator(root)) {
    const std::string extension = found.path().extension().native();
    const bool matlab = found.path().filename() == "v73.mat";
    if (extension != ".h5" && extension != ".nc" && !matlab) continue;
    INFO(found.path().native());
    const Loaded loaded = load_file(found.path().native(), {.metadata = true});
    CHECK(loaded.format == Format::hdf5);
    CHECK_FALSE(loaded.value.as<Dict>()->items().empty());
    const auto entries = Hdf5File(found.path().native()).list();
    for (const Hdf5Entry& one : entries) {
      INFO(one.path);
      CHECK(one.type != "unknown");
      CHECK(one.type != "link");
    }
    ++count;
  }
  CHECK(count >= 70);
}

TEST_CASE("HDF5 external links are written, and not followed when read") {
  const Scratch scratch;
  Dict apart, tree;
  apart.put("data", text("elsewhere"));
  write_hdf5(scratch.path("apart.h5"), Value::of(std::move(apart)));
  tree.put("here", text("x"));
  Dict links;
  links.put("group/there", text("apart.h5:data"));
  Hdf5WriteOptions options;
  options.links = Value::of(std::move(links));
  write_hdf5(scratch.path("f.h5"), Value::of(tree), options);
  const Hdf5File file(scratch.path("f.h5"));
  CHECK(file.list().back().path == "group/there");
  CHECK(file.list().back().note == "into another file, not followed");
  CHECK(file.read("group").as<Dict>()->find("there")->is_null());
  options.links = Value::of(List{});
  CHECK_THROWS_WITH(write_hdf5(scratch.path("g.h5"), Value::of(tree), options), Catch::Contains("links: expected a table"));
  Dict wrong;
  wrong.put("a", text("apart.h5"));
  options.links = Value::of(std::move(wrong));
  CHECK_THROWS_WITH(write_hdf5(scratch.path("g.h5"), Value::of(tree), options), Catch::Contains("a: expected 'FILE:OBJECT'"));
}
