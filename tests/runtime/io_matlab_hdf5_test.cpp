#include "io/hdf5.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "io/format.h"
#include "io/matlab.h"
#include "scratch.h"
#include "golden_mat.h"

using namespace brain::io;
using Catch::Contains;

TEST_CASE("MATLAB 7.3 has MATLAB's order of axes, its texts, cells and structs") {
  const std::string root = shared_path("data/golden_models/npy_mat/");
  if (root.empty()) return;
  const std::string path = root + "v73.mat";
  const Loaded loaded = load_file(path);
  CHECK(loaded.format == Format::hdf5);
  int count = 0;
  CHECK(golden_mat::differences(path + ".expect.json", loaded.value, count) == "");
  CHECK(count == 10);
  CHECK_FALSE(loaded.value.as<Dict>()->find("#refs#"));
  CHECK(load_file(path, {"nd"}).value.as<Array>()->shape == Shape{2, 3, 4});
  CHECK_THROWS_WITH(load_file(path, {"none"}), Contains("v73.mat"));
  CHECK(Hdf5File(path).entry("nd").shape == Shape{4, 3, 2});  // the file itself has them in reverse
}

namespace {

void note(Dict& notes, const std::string& path, const char* kind) {
  Dict one;
  one.put("MATLAB_class", text(kind));
  notes.put(path, Value::of(std::move(one)));
}

}  // namespace

TEST_CASE("logical, empty and nested variables of MATLAB 7.3") {
  const Scratch scratch;
  Dict tree, notes, inner;
  tree.put("flags", Value::of(Array{DType::uint8, {2, 1}, {1, 1}, 0, Bytes::from(std::string("\1\0", 2))}));
  note(notes, "/flags", "logical");
  inner.put("word", Value::of(Array{DType::uint16, {2, 1}, {1, 1}, 0, Bytes::from(std::string("h\0i\0", 4))}));
  tree.put("s", Value::of(std::move(inner)));
  note(notes, "/s", "struct");
  note(notes, "/s/word", "char");
  write_hdf5(scratch.path("a.mat"), Value::of(std::move(tree)), {0, Value::of(std::move(notes)), {}});
  const Value all = read_matlab73(scratch.path("a.mat"), "");
  CHECK(all.as<Dict>()->find("flags")->as<Array>()->dtype == DType::boolean);
  CHECK(all.as<Dict>()->find("flags")->as<Array>()->shape == Shape{1, 2});
  CHECK(all.as<Dict>()->find("s")->as<Dict>()->find("word")->as<Text>()->view() == "hi");
}

TEST_CASE("sparse matrices and matrices of structs of MATLAB 7.3") {
  const std::string path = "tests/data/mat/version73.mat";
  const auto values = [&](const char* name) {
    const Bytes bytes = read_matlab73(path, name).as<Array>()->storage;
    return std::vector<double>(reinterpret_cast<const double*>(bytes.data), reinterpret_cast<const double*>(bytes.data + bytes.size));
  };
  CHECK(values("numbers") == std::vector<double>{1, 0, 0, 0, 0, 2.5});  // column by column
  CHECK(read_matlab73(path, "numbers").as<Array>()->shape == Shape{2, 3});
  CHECK(values("nothing") == std::vector<double>(6, 0));
  CHECK(values("complex") == std::vector<double>{0, 0, 1, -2});
  const Value flags = read_matlab73(path, "flags");
  CHECK(flags.as<Array>()->dtype == DType::boolean);
  CHECK(flags.as<Array>()->storage.text() == std::string_view("\0\1\1\0", 4));
  CHECK_THROWS_WITH(read_matlab73(path, "huge"), Contains("huge: a sparse matrix of shape (1099511627776, 3) is too large"));
  CHECK_THROWS_WITH(read_matlab73(path, "numbers", 40), Contains("more than the 34 bytes of memory it may take"));
  const Value people = read_matlab73(path, "people");
  REQUIRE(sequence(people)->size() == 2);
  const Value& second = sequence(people)->at(1);
  REQUIRE(sequence(second)->size() == 3);
  const Bytes n = sequence(second)->at(2).as<Dict>()->find("n")->as<Array>()->storage;
  CHECK(*reinterpret_cast<const double*>(n.data) == 12);
}
