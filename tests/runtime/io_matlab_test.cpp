#include "io/matlab.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "io/format.h"
#include "scratch.h"
#include "golden_mat.h"

using namespace brain::io;
using Catch::Contains;

namespace {

const std::string folder = "tests/data/mat/";

Value load(const std::string& name, const MatlabOptions& options = {}) {
  return read_matlab(File(folder + name).bytes(), name, options);
}

const Array& tensor(const Value& variables, std::string_view name) { return *variables.as<Dict>()->find(name)->as<Array>(); }

template <class T>
std::vector<T> numbers(const Array& array) {
  const Bytes bytes = array.packed();
  std::vector<T> values(bytes.size / sizeof(T));
  if (bytes.size) std::memcpy(values.data(), bytes.data, bytes.size);
  return values;
}

// What make_mat.py wrote; plain and compressed.
void check_content(const Value& all) {
  const auto& dict = *all.as<Dict>();
  CHECK(dict.items().size() == 14);
  CHECK(tensor(all, "x").shape == Shape{3, 4});
  CHECK(numbers<double>(tensor(all, "x")) == std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  CHECK(numbers<float>(tensor(all, "single")) == std::vector<float>{0.5f, -1.5f});
  CHECK(tensor(all, "integers").shape == Shape{2, 3, 4});
  CHECK(numbers<std::int16_t>(tensor(all, "integers"))[13] == 13);
  CHECK(numbers<std::int64_t>(tensor(all, "large")) == std::vector<std::int64_t>{std::int64_t{1} << 62, -1});
  CHECK(tensor(all, "complex").dtype == DType::complex128);
  CHECK(numbers<double>(tensor(all, "complex")) == std::vector<double>{1, 2, 3, -1});
  CHECK(tensor(all, "flags").dtype == DType::boolean);
  CHECK(tensor(all, "empty").shape == Shape{0, 3});
  CHECK(dict.find("name")->as<Text>()->view() == "na\u00efve \u03b1");
  CHECK((*sequence(*dict.find("rows")))[1].as<Text>()->view() == "three");
  CHECK((*sequence(*dict.find("cell")))[2].as<Text>()->view() == "c");
  const Value& second_row = (*sequence(*dict.find("table")))[1];
  CHECK((*sequence(second_row))[0].as<Text>()->view() == "b");
  CHECK(numbers<double>(*(*sequence(second_row))[1].as<Array>())[0] == 2);
  CHECK(dict.find("struct")->as<Dict>()->find("inner")->as<Dict>()->find("v")->as<Array>()->shape == Shape{1, 3});
  CHECK((*sequence(*dict.find("structs")))[1].as<Dict>()->find("name")->as<Text>()->view() == "b");
  CHECK(numbers<double>(tensor(all, "sparse")) == std::vector<double>{1, 0, 0, 0, 0, 2.5});
}

}  // namespace

TEST_CASE("MATLAB files as scipy writes them") {
  const Value plain = load("plain.mat");
  check_content(plain);
  CHECK(numbers<double>(*load("plain.mat", {"x"}).as<Array>())[5] == 5);
  CHECK_THROWS_WITH(load("plain.mat", {"struckt"}), Contains("plain.mat: no variable 'struckt' among 14, did you mean 'struct'?"));
#ifdef BRAIN_ZLIB
  check_content(load("packed.mat"));
  CHECK(load("packed.mat", {"name"}).as<Text>()->view() == "na\u00efve \u03b1");
  CHECK_THROWS_WITH(load("packed.mat", {"nome"}), Contains("did you mean 'name'?"));
  CHECK_THROWS_WITH(load("packed.mat", {"", 500}), Contains("packed.mat") && Contains("more than"));
#endif
}

TEST_CASE("numbers in the file's memory are not copied") {
  const Bytes content = File(folder + "plain.mat").bytes();
  const Value x = read_matlab(content, "plain.mat", {"x"});
  CHECK(x.as<Array>()->storage.data > content.data);
  CHECK(x.as<Array>()->storage.data < content.data + content.size);
  CHECK(x.as<Array>()->strides == Shape{1, 3});
}

TEST_CASE("big-endian numbers in a small type, and version 4") {
  CHECK(numbers<double>(*load("big_endian.mat", {"x"}).as<Array>()) == std::vector<double>{1, 300, -2, 4});
  const Value old = load("version4.mat");
  CHECK(numbers<double>(tensor(old, "x")) == std::vector<double>{0, 1, 2, 3, 4, 5});
  CHECK(numbers<std::int16_t>(tensor(old, "n")) == std::vector<std::int16_t>{1, 2});
  CHECK(old.as<Dict>()->find("s")->as<Text>()->view() == "hi");
  CHECK(numbers<double>(tensor(old, "c")) == std::vector<double>{1, 2});
}

TEST_CASE("golden MATLAB files load as described, hostile ones are errors of one line") {
  const std::string root = shared_path("data/golden_models/");
  if (root.empty()) return;
  for (const std::string name : {"v4.mat", "v5.mat", "v5_compressed.mat"}) {
#ifndef BRAIN_ZLIB
    if (name == "v5_compressed.mat") continue;
#endif
    INFO(name);
    const std::string path = root + "npy_mat/" + name;
    const Loaded loaded = load_file(path);
    CHECK(loaded.format == Format::matlab);
    int count = 0;
    CHECK(golden_mat::differences(path + ".expect.json", loaded.value, count) == "");
    CHECK(count == (name == "v4.mat" ? 2 : 11));
    if (name != "v4.mat")
      CHECK(numbers<double>(tensor(loaded.value, "sparse")) == std::vector<double>{1, 0, 0, 0, 2, 0, 0, 0, 3});
  }
  CHECK_THROWS_WITH(load_file(root + "hostile/mat_truncated.mat"), Contains("mat_truncated.mat: byte") && Contains("more bytes"));
  CHECK_THROWS_WITH(load_file(root + "hostile/mat_len_lies.mat"), Contains("mat_len_lies.mat: byte") && Contains("more bytes"));
}

TEST_CASE("damaged MATLAB files give a value or an error, never a crash") {
  std::uint64_t state = 7;
  const auto draw = [&](std::size_t below) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>((state >> 33) % below);
  };
  const std::string corpus[] = {read_text(folder + "plain.mat"), read_text(folder + "packed.mat"),
                                read_text(folder + "version4.mat"), read_text(folder + "big_endian.mat")};
  int loaded = 0, refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string content = corpus[round % 4];
    if (draw(8) == 0) content.resize(draw(content.size()));
    for (std::size_t flips = draw(4) + 1; flips-- > 0 && !content.empty();)
      content[draw(content.size())] = static_cast<char>(draw(3) == 0 ? 0xff : draw(256));
    try {
      check_nesting(read_matlab(Bytes::from(content), "damaged", {"", 1 << 24}), "damaged");
      ++loaded;
    } catch (const brain::Error& error) {
      INFO("round " << round << ": " << error.what());
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
      ++refused;
    }
  }
  CHECK(loaded > 400);
  CHECK(refused > 400);
}

TEST_CASE("a sparse matrix of MATLAB 4") {
  const Value s = read_matlab(File("tests/data/mat/sparse4.mat").bytes(), "a", {"s", 0});
  CHECK(s.as<Array>()->shape == Shape{2, 3});
  CHECK(numbers<double>(*s.as<Array>()) == std::vector<double>{0, 0, 3.5, 1, 0, 0});
  CHECK_THROWS_WITH(read_matlab(File("tests/data/mat/sparse4.mat").bytes(), "a", {"s", 40}), Contains("too large to be read as a dense one"));
}
