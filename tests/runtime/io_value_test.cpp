#include "io/value.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;

TEST_CASE("a value says what it is") {
  CHECK(Value().is_null());
  CHECK(std::string(Value(true).kind()) == "bool");
  CHECK(std::string(Value(2.5).kind()) == "float");
  CHECK(std::string(text("x").kind()) == "str");
  CHECK(std::string(Value::of(Record{"a.B", true, {}, {}, {}, {}}).kind()) == "a.B");
  CHECK(text("x").as<Text>()->view() == "x");
  CHECK(text("x").as<List>() == nullptr);
  CHECK(sequence(Value::of(Tuple{{Value(1.0)}}))->size() == 1);
  CHECK(sequence(text("x")) == nullptr);
}

TEST_CASE("dicts keep the order of first arrival and take any hashable key") {
  Dict dict;
  dict.put("b", Value(std::int64_t{1}));
  dict.set(Value(std::int64_t{1}), Value(std::int64_t{2}));
  dict.put("1", Value(std::int64_t{3}));
  dict.put("b", Value(std::int64_t{4}));
  dict.set(Value::of(Tuple{{text("a"), Value(std::int64_t{1})}}), {});
  REQUIRE(dict.items().size() == 4);
  CHECK(*dict.find("b")->integer() == 4);
  CHECK(*dict.find("1")->integer() == 3);
  CHECK(dict.find("c") == nullptr);
  CHECK(key_text(dict.items()[0].first) == "'b'");
  CHECK(key_text(dict.items()[3].first) == "('a', 1)");
  CHECK_THROWS_WITH(dict.set(Value::of(List()), {}), Contains("a list cannot be the key"));
  CHECK_THROWS_WITH(dict.put(std::string(5000, 'x'), {}), Contains("longer than 4096"));
}

TEST_CASE("objects are keys by identity") {
  const Value a = Value::of(Record{"C", true, {}, {}, {}, {}}),
              b = Value::of(Record{"C", true, {}, {}, {}, {}});
  CHECK(key_text(a) == key_text(Value(a)));
  CHECK(key_text(a) != key_text(b));
}

TEST_CASE("depth and circles are found; shared parts are visited once") {
  Value deep;
  for (int i = 0; i < 1000; ++i) deep = Value::of(List{{deep}});
  CHECK(check_nesting(deep, "x").size() == 1000);
  CHECK_THROWS_WITH(check_nesting(Value::of(List{{deep}}), "x"), "x: nested deeper than 1000");
  Value circle = Value::of(Dict());
  circle.as<Dict>()->put("self", circle);
  CHECK_THROWS_WITH(check_nesting(circle, "x"), "x: a dict contains itself");
  *circle.as<Dict>() = Dict();
  Value doubled = Value(1.0);
  for (int i = 0; i < 60; ++i) doubled = Value::of(Tuple{{doubled, doubled}});  // 2^60 paths
  CHECK(check_nesting(doubled, "x").size() == 60);
  CHECK_THROWS_WITH(check_nesting(doubled, "x", 59), Contains("deeper"));
}
