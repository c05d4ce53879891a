#include "core/error.h"

#include <catch2/catch.hpp>

#include <cerrno>

TEST_CASE("fail throws the joined parts") {
  CHECK(brain::join_text("images.npy: expected ", 4, " axes, found ", 2.5, 'x') ==
        "images.npy: expected 4 axes, found 2.5x");
  CHECK(brain::join_text().empty());
  CHECK_THROWS_WITH(brain::fail("layer ", std::string("conv1"), ": ", -1), "layer conv1: -1");
  CHECK_THROWS_AS(brain::fail("x"), std::runtime_error);
}

TEST_CASE("an interruption is an Error of its own") {
  CHECK_THROWS_AS(throw brain::Interrupted(), brain::Error);
  CHECK_THROWS_WITH(throw brain::Interrupted(), "interrupted");
}

TEST_CASE("system_message words errno") {
  errno = ENOENT;
  CHECK(brain::system_message() == "No such file or directory");
  CHECK(brain::system_message(EACCES) == "Permission denied");
}
