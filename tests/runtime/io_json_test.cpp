#include "io/json.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;

TEST_CASE("JSON keeps order, exact integers and floats") {
  const Value value =
      parse_json(R"({"z": [1, -2.5, true, null], "a": 18446744073709551616, "m": 9223372036854775807})", "f");
  const auto& items = value.as<Dict>()->items();
  REQUIRE(items.size() == 3);
  CHECK(items[0].first.as<Text>()->view() == "z");
  CHECK(*(*sequence(items[0].second))[1].number() == -2.5);
  CHECK(items[1].second.as<BigInteger>()->decimal == "18446744073709551616");
  CHECK(*items[2].second.integer() == INT64_MAX);
}

TEST_CASE("JSON that is written reads back") {
  for (const char* source :
       {"null", "[]", "{}", "-0.0", "1e+300", "0.1", "\"\\\"\\\\\\n\\u0001 \u00e9\"", "[[1], {\"a\": []}]"}) {
    INFO(source);
    const std::string written = to_json(parse_json(source, "f"));
    CHECK(to_json(parse_json(written, "f")) == written);
  }
  CHECK(to_json(Value(0.1)) == "0.1\n");
  CHECK(to_json(Value(2.0)) == "2.0\n");
  CHECK(to_json(parse_json("[1, 2]", "f")) == "[1, 2]\n");
  CHECK(to_json(parse_json(R"({"a":{"b":1}})", "f")) == "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n");
}

TEST_CASE("what is not JSON is refused on one line") {
  CHECK_THROWS_WITH(parse_json("{\"a\": 1,, }", "f"), Contains("f: not JSON") && Contains("column"));
  CHECK_THROWS_WITH(parse_json("1 2", "f"), Contains("f: not JSON"));
  CHECK_THROWS_WITH(parse_json("", "f"), Contains("f: not JSON"));
  CHECK_THROWS_WITH(parse_json("\"\xff\"", "f"), Contains("UTF-8"));
  CHECK_THROWS_WITH(parse_json(R"({"a": 1, "a": 2})", "f"), "f: the key 'a' comes twice");
  CHECK_THROWS_WITH(parse_json(std::string(100000, '['), "f"), "f: nested deeper than 1000");
  CHECK_THROWS_WITH(to_json(Value(NAN)), "JSON has no NaN");
  CHECK_THROWS_WITH(to_json(text("\xc0\x80")), Contains("UTF-8"));
  CHECK_THROWS_WITH(to_json(Value::of(Array())), Contains("make it a list"));
}
