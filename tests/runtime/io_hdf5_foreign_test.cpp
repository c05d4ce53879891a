// Files that other programs write, and files made to harm.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>

#include "core/error.h"
#include "core/memory.h"
#include "hdf5_foreign.h"
#include "io/hdf5.h"
#include "io/hdf5_state.h"
#include "io_expect.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;
using foreign::Handle;

namespace {

std::vector<double> numbers(const Value& value) {
  const auto* a = value.as<Array>();
  REQUIRE(a);
  std::vector<double> all;
  const Bytes packed = a->packed();
  for (std::int64_t n = 0; n < a->elements(); ++n) all.push_back(expect::element(packed, a->dtype, std::size_t(n))[0]);
  return all;
}

std::string item(const Value& list, std::size_t n) { return std::string((*sequence(list))[n].as<Text>()->view()); }

}  // namespace

TEST_CASE("every kind of element is read as what it stands for") {
  Scratch scratch;
  foreign::write_everything(scratch.path("all.h5"));
  const Hdf5File file(scratch.path("all.h5"));
  CHECK(numbers(file.read("big")) == std::vector<double>{0, 1.5, -2, 3, 4, 5});
  CHECK(numbers(file.read("whole")) == std::vector<double>{1, -2, 70000});
  CHECK(file.read("whole").as<Array>()->dtype == DType::int32);
  CHECK(*file.read("three").integer() == 1);
  CHECK(item(file.read("fixed"), 0) == "ab");
  CHECK(item(file.read("fixed"), 1) == "cdef");
  CHECK(item(file.read("texts"), 1) == "");
  CHECK(item(file.read("texts"), 2) == "three");
  const Value rows = file.read("rows");
  CHECK(numbers(*rows.as<Dict>()->find("x")) == std::vector<double>{0.5, 1.5});
  CHECK(numbers(*rows.as<Dict>()->find("n")) == std::vector<double>{7, -7});
  CHECK(item(*rows.as<Dict>()->find("name"), 1) == "xyz");
  const Value lists = file.read("lists");
  CHECK(numbers((*sequence(lists))[0]) == std::vector<double>{4, 5, 6});
  CHECK(numbers((*sequence(lists))[1]).empty());
  const Value references = file.read("references");
  CHECK(item(references, 0) == "/big");
  CHECK((*sequence(references))[1].is_null());
  CHECK(item(file.read("region"), 0) == "/whole");
  CHECK(file.read("bytes").as<Blob>()->bytes.text() == std::string_view("a\0b", 3));
  CHECK(numbers(file.read("colours")) == std::vector<double>{8, 7});
  const auto chunked = numbers(file.read("chunked"));
  for (std::size_t n = 0; n < 1000; ++n) REQUIRE(chunked[n] == double(n));
  CHECK(numbers(file.dataset("chunked").read({{{30, 3, 3}}, {{20, 1, 2}}})) ==
        std::vector<double>{770, 771, 845, 846, 920, 921});
  CHECK(file.attributes("chunked").as<Dict>()->find("unit")->as<Text>()->view() == "mV");
  CHECK(file.entry("chunked").note == "shuffle, gzip 6, fletcher32, chunks (16, 16)");

  const Value all = file.read();  // without an order of creation: by name
  CHECK(item(Value::of(List{{all.as<Dict>()->items()[0].first}}), 0) == "big");
  const auto* group = all.as<Dict>()->find("group")->as<Dict>();
  CHECK(*group->find("same")->node() == *all.as<Dict>()->find("big")->node());  // one object, one value
  CHECK(numbers(*group->find("soft")) == std::vector<double>{1, -2, 70000});
  CHECK(group->find("dangling")->is_null());
  for (const Hdf5Entry& entry : file.list()) {
    if (entry.path == "group/dangling") CHECK(entry.note == "leads to nothing in this file");
    if (entry.path == "group/same") CHECK(entry.note == "as big");
  }
}

TEST_CASE("nothing outside the file is read") {
  Scratch scratch;
  const std::string path = scratch.path("links.h5"), other = scratch.path("other.h5");
  write_text(scratch.path("secret"), "12345678");
  {
    const double one = 1;
    foreign::File target(other);
    target.put("x", H5T_NATIVE_DOUBLE, {1}, H5T_NATIVE_DOUBLE, &one);
    // the library makes such links only while it knows the class, which the reader has taken away
    foreign::File file(path);
    const Handle outside(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_external(outside, scratch.path("secret").c_str(), 0, 8);
    file.put("stored", H5T_NATIVE_DOUBLE, {1}, H5T_NATIVE_DOUBLE, nullptr, outside);
    const hsize_t one_element = 1;
    const Handle space(H5Screate_simple(1, &one_element, nullptr), H5Sclose), mapped(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_virtual(mapped, space, other.c_str(), "x", space);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    file.put("virtual", H5T_NATIVE_DOUBLE, {1}, H5T_NATIVE_DOUBLE, nullptr, mapped);
    const Handle filtered(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_chunk(filtered, 1, &one_element);
    H5Pset_filter(filtered, 32001, H5Z_FLAG_OPTIONAL, 0, nullptr);
    file.put("filtered", H5T_NATIVE_DOUBLE, {1}, H5T_NATIVE_DOUBLE, nullptr, filtered);
    CHECK(H5Lcreate_external(other.c_str(), "/x", file.id, "external", H5P_DEFAULT, H5P_DEFAULT) < 0);
  }
  const Hdf5File file(path);
  CHECK_THROWS_WITH(file.read("stored"), Contains("links.h5: stored: its data lie in another file"));
  CHECK_THROWS_WITH(file.read("virtual"), Contains("links.h5: virtual: a virtual data set"));
  CHECK_THROWS_WITH(file.read("filtered"), Contains("links.h5: filtered: compressed by the filter 32001"));
  for (const Hdf5Entry& entry : file.list())
    if (entry.kind == Hdf5Entry::Kind::dataset) CHECK_THAT(entry.note, Contains("file") || Contains("filter"));
}

TEST_CASE("an external link is null and never followed") {
  const std::string path = "tests/data/hdf5/external_link.h5";  // leads to target.h5:/x beside it
  const Hdf5File file(path);
  CHECK(file.read().as<Dict>()->find("link")->is_null());
  CHECK_THROWS_WITH(file.read("link"), Contains("link: a link into another file, which is not followed"));
  CHECK(file.list()[1].note == "into another file, not followed");
  CHECK_THROWS_WITH(file.read("soft"), Contains("soft: cannot open"));  // leads through the link
}

TEST_CASE("groups that lie in themselves, and shapes beyond memory, are errors") {
  Scratch scratch;
  const std::string path = scratch.path("odd.h5");
  {
    foreign::File file(path);
    const Handle group(H5Gcreate2(file.id, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    H5Lcreate_hard(file.id, "/", group, "up", H5P_DEFAULT, H5P_DEFAULT);
    file.put("huge", H5T_NATIVE_DOUBLE, {hsize_t(1) << 50}, H5T_NATIVE_DOUBLE, nullptr);
    const Handle big(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk = 1 << 28;
    H5Pset_chunk(big, 1, &chunk);
    file.put("chunk", H5T_NATIVE_DOUBLE, {chunk}, H5T_NATIVE_DOUBLE, nullptr, big);
  }
  const Hdf5File file(path, {.max_bytes = 1 << 20});
  CHECK_THROWS_WITH(file.read("group"), Contains("group/up/group: the group lies in itself"));
  const auto entries = file.list("group");
  CHECK(std::any_of(entries.begin(), entries.end(), [](const Hdf5Entry& one) { return one.note == "as group"; }));
  CHECK_THROWS_WITH(file.read("huge"), Contains("odd.h5: huge: 1125899906842624 elements of 8 bytes are more than"));
  CHECK_THROWS_WITH(file.dataset("chunk").read({{{0, 1, 1}}}), Contains("chunk: a chunk: 268435456 elements"));
}

TEST_CASE("a file of 10 GB opens and gives a row in milliseconds") {
  Scratch scratch;
  const std::string path = scratch.path("large.h5");
  {
    foreign::File file(path);
    const Handle early(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_alloc_time(early, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(early, H5D_FILL_TIME_NEVER);
    const Handle data = file.put("x", H5T_NATIVE_FLOAT, {250'000, 10'000}, H5T_NATIVE_FLOAT, nullptr, early);
    const hsize_t start[2] = {200'000, 5}, count[2] = {1, 2};
    const Handle space(H5Dget_space(data), H5Sclose), two(H5Screate_simple(2, count, nullptr), H5Sclose);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
    const float values[2] = {1, 2};
    H5Dwrite(data, H5T_NATIVE_FLOAT, two, space, H5P_DEFAULT, values);
  }
  REQUIRE(std::filesystem::file_size(path) > 10'000'000'000);
  const auto started = std::chrono::steady_clock::now();
  const Hdf5File file(path);
  const Value row = file.dataset("x").read({{{200'000, 1, 1}}, {{4, 1, 4}}});
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started;
  CHECK(numbers(row) == std::vector<double>{0, 1, 2, 0});
  CHECK(passed.count() < 1);  // milliseconds on an idle machine
}

TEST_CASE("reading a large data set takes its size of memory once") {
  Scratch scratch;
  const std::string path = scratch.path("memory.h5");
  const std::int64_t bytes = 200 << 20;
  {
    foreign::File file(path);
    const Handle late(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_alloc_time(late, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(late, H5D_FILL_TIME_NEVER);
    file.put("x", H5T_NATIVE_FLOAT, {hsize_t(bytes) / 4}, H5T_NATIVE_FLOAT, nullptr, late);
  }
  const Hdf5File file(path);
  brain::reset_peak_resident_memory();
  const std::int64_t before = brain::peak_resident_memory();
  const Value value = file.read("x");
  const std::int64_t taken = brain::peak_resident_memory() - before;
  CHECK(value.as<Array>()->elements() == bytes / 4);
  CHECK(taken < bytes + (32 << 20));
}
