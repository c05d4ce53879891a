#include "io/error.h"

#include <catch2/catch.hpp>

using namespace brain;

TEST_CASE("what a file holds cannot make a message of several lines") {
  CHECK_THROWS_WITH(io::fail("a.npy: found '", std::string("x\n\x1b[2J\ty\x7f\0z", 11), "'"), "a.npy: found 'x??[2J?y??z'");
  CHECK_THROWS_WITH(io::fail("é ", 3, " ü"), "é 3 ü");
}

TEST_CASE("names of several lines are quoted on one") { CHECK(io::printable("a\nb") == "a?b"); }
