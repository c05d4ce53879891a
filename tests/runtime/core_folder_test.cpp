#include "core/folder.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "scratch.h"

TEST_CASE("entries come sorted by bytes, without hidden ones") {
  const Scratch scratch;
  for (const char* name : {"b/x", "a", "B", ".hidden", "a_b", "aB"}) write_text(scratch.path(name), "");
  CHECK(*brain::folder_entries(scratch.folder) == std::vector<std::string>{"B", "a", "aB", "a_b", "b"});
  CHECK(brain::folder_entries(scratch.path("b"))->size() == 1);
  CHECK_FALSE(brain::folder_entries(scratch.path("a")));
  CHECK_FALSE(brain::folder_entries(scratch.path("none")));
}

TEST_CASE("folders are made with those above them") {
  const Scratch scratch;
  brain::make_folders(scratch.path("a/b/c"));
  brain::make_folders(scratch.path("a/b/c"));
  CHECK(brain::folder_entries(scratch.path("a/b"))->size() == 1);
  write_text(scratch.path("file"), "");
  CHECK_THROWS_WITH(brain::make_folders(scratch.path("file/x")), Catch::Contains("cannot make the folder"));
}
