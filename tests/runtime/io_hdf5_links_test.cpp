#include "io/hdf5_links.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "hdf5_foreign.h"
#include "io/hdf5.h"
#include "scratch.h"

using namespace brain::io;

namespace {

// A file of groups "a" to "e" whose root keeps its links in the header, in the old (version 1) or the new form.
std::string groups(const std::string& path, bool latest) {
  {
    const hdf5::Library library;
    const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose), create(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    if (latest) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    else H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED);
    const hdf5::Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, create, access), H5Fclose);
    for (const char* name : {"a", "b", "c", "d", "e"}) hdf5::Handle(H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  }
  return read_text(path);
}

}  // namespace

TEST_CASE("links that lie in a group's header are counted") {
  Scratch scratch;
  for (const bool latest : {false, true}) {
    const std::string path = scratch.path(latest ? "new.h5" : "old.h5");
    groups(path, latest);
    CHECK(Hdf5File(path).keys() == std::vector<std::string>{"a", "b", "c", "d", "e"});
  }
}

TEST_CASE("a link that cannot be decoded is found out before the library lists the group") {
  Scratch scratch;
  const std::string path = scratch.path("x.h5");
  const std::string content = groups(path, false);
  const std::size_t name = content.find(std::string("\x01\x63", 2));  // the length 1, and c
  REQUIRE(name != std::string::npos);
  std::size_t message = name;  // of the kind 6, in a header of version 1: 8 bytes, then the link's own version
  while (!(content[message] == 6 && content[message + 1] == 0)) --message;
  REQUIRE(content[message + 8] == 1);
  std::string damaged = content;
  damaged[message + 8] = 9;
  write_text(path, damaged);
  CHECK_THROWS_WITH(Hdf5File(path).keys(), Catch::Contains("x.h5: the header of the group is damaged"));
  damaged = content;
  damaged[name] = 0x7f;  // a longer name than the message
  write_text(path, damaged);
  CHECK_THROWS_WITH(Hdf5File(path).keys(), Catch::Contains("x.h5: the header of the group is damaged"));
  damaged = content;
  damaged[message] = 0;  // no message: then there are only four
  write_text(path, damaged);
  CHECK(Hdf5File(path).keys() == std::vector<std::string>{"a", "b", "d", "e"});
}
