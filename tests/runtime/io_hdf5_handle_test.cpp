#include "io/hdf5_handle.h"

#include <catch2/catch.hpp>
#include <thread>

#include "core/error.h"

using namespace brain::io::hdf5;

TEST_CASE("a failure of the library is one line with its reason, from any thread") {
  const auto message = [] {
    const Library library;
    try {
      check(H5Fopen("no such file.h5", H5F_ACC_RDONLY, H5P_DEFAULT), "no such file.h5", "cannot open");
    } catch (const brain::Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message().starts_with("no such file.h5: cannot open: unable to open file"));
  std::string other;
  std::thread([&] { other = message(); }).join();
  CHECK(other == message());
  CHECK(other.find('\n') == std::string::npos);
}

TEST_CASE("plug-ins and links into other files are off") {
  const Library library;
  unsigned state = 1;
  CHECK(H5PLget_loading_state(&state) >= 0);
  CHECK(state == 0);
  CHECK(H5Lis_registered(H5L_TYPE_EXTERNAL) == 0);
}

TEST_CASE("a handle closes what it holds, once") {
  const Library library;
  hid_t id = -1;
  {
    Handle first(H5Screate(H5S_SCALAR), H5Sclose);
    id = first;
    Handle second(std::move(first));
    CHECK_FALSE(first.valid());
    CHECK(H5Iis_valid(id) > 0);
    first = std::move(second);
    CHECK(H5Iis_valid(id) > 0);
  }
  CHECK(H5Iis_valid(id) <= 0);
}
