#include "io/csv.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;

namespace {

Value read(const std::string& text, const CsvOptions& options = {}) {
  return read_csv(Bytes::from(text), "f.csv", options);
}

template <class T>
std::vector<T> elements(const Value& column) {
  const auto& array = *column.as<Array>();
  std::vector<T> values(static_cast<std::size_t>(array.shape.at(0)));
  std::memcpy(values.data(), array.packed().data, values.size() * sizeof(T));
  return values;
}

std::vector<std::string> texts(const Value& column) {
  std::vector<std::string> list;
  for (const Value& item : *sequence(column)) list.emplace_back(item.as<Text>()->view());
  return list;
}

}  // namespace

TEST_CASE("CSV columns have the type of all their fields") {
  const Value table = read("i,f,b,t,label\n1,1,true,x,007\n-2, 2.5 ,False,,12\n+3,,TRUE,3,1\n");
  const auto& dict = *table.as<Dict>();
  REQUIRE(dict.items().size() == 5);
  CHECK(dict.items()[4].first.as<Text>()->view() == "label");
  CHECK(elements<std::int64_t>(*dict.find("i")) == std::vector<std::int64_t>{1, -2, 3});
  const auto f = elements<double>(*dict.find("f"));
  CHECK(f[1] == 2.5);
  CHECK(std::isnan(f[2]));
  CHECK(dict.find("b")->as<Array>()->dtype == DType::boolean);
  CHECK(texts(*dict.find("t")) == std::vector<std::string>{"x", "", "3"});
  CHECK(texts(*dict.find("label")) == std::vector<std::string>{"007", "12", "1"});
}

TEST_CASE("CSV numbers: integers beyond 64 bits become floating, words of numbers are known") {
  const Value table = read("big,words\n9223372036854775808,inf\n1,-Infinity\n2,NaN\n");
  CHECK(elements<double>(*table.as<Dict>()->find("big"))[0] == 9223372036854775808.0);
  const auto words = elements<double>(*table.as<Dict>()->find("words"));
  CHECK(words[0] == INFINITY);
  CHECK(words[1] == -INFINITY);
  CHECK(std::isnan(words[2]));
}

TEST_CASE("CSV quoting follows RFC 4180") {
  const Value table = read("a,b\r\n\"x,y\",\"say \"\"no\"\"\"\r\n\"two\nlines\",\"\"\r\n");
  CHECK(texts(*table.as<Dict>()->find("a")) == std::vector<std::string>{"x,y", "two\nlines"});
  CHECK(texts(*table.as<Dict>()->find("b")) == std::vector<std::string>{"say \"no\"", ""});
}

TEST_CASE("CSV errors name the line") {
  CHECK_THROWS_WITH(read(""), "f.csv: expected a line of column names, found an empty file");
  CHECK_THROWS_WITH(read("a,b\n1,2\n\n3\n"), "f.csv: line 4: expected 2 fields, found 1");
  CHECK_THROWS_WITH(read("a\n\"x\ny"), "f.csv: line 2: a quoted field without its end");
  CHECK_THROWS_WITH(read("a\n\"x\"y\n"), Contains("line 2: expected ',' or the end of the line"));
  CHECK_THROWS_WITH(read("a,b\n\"1\n2\",3\n4\n"), "f.csv: line 4: expected 2 fields, found 1");
  CsvOptions typed;
  typed.types = {{"value", ColumnType::number}};
  CHECK_THROWS_WITH(read("vlaue\n1\n", typed), "f.csv: types: no column 'value', did you mean 'vlaue'?");
}

TEST_CASE("CSV that is written reads back exactly") {
  const std::vector<double> doubles = {0.1, -0.0, 1e300, 5e-324, NAN, INFINITY, 3};
  const std::vector<float> singles = {0.1f, 1, 2, 3, 4, 5, -6.5e-30f};
  const auto array = [](const auto& values, DType dtype) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
    return Value::of(Array{dtype, {static_cast<std::int64_t>(values.size())}, {1}, 0,
                           Bytes::from(std::vector<std::uint8_t>(bytes, bytes + values.size() * sizeof values[0]))});
  };
  Dict dict;
  dict.put("doubles", array(doubles, DType::float64));
  dict.put("singles", array(singles, DType::float32));
  List list;
  for (const char* word : {"", "a,b", "\"", " edge ", "two\r\nlines", "tab\t", "é"}) list.items.push_back(text(word));
  dict.put("a \"title\"", Value::of(std::move(list)));
  const std::string csv = to_csv(Value::of(std::move(dict)), "f.csv");
  const Value table = read(csv);
  const auto back = elements<double>(*table.as<Dict>()->find("doubles"));
  for (std::size_t i = 0; i < doubles.size(); ++i)
    CHECK((std::memcmp(&back[i], &doubles[i], sizeof(double)) == 0 || (std::isnan(back[i]) && std::isnan(doubles[i]))));
  const auto narrow = elements<double>(*table.as<Dict>()->find("singles"));
  for (std::size_t i = 0; i < singles.size(); ++i) CHECK(static_cast<float>(narrow[i]) == singles[i]);
  CHECK(texts(*table.as<Dict>()->find("a \"title\"")) ==
        std::vector<std::string>{"", "a,b", "\"", " edge ", "two\r\nlines", "tab\t", "é"});
}

TEST_CASE("CSV of any texts reads back, and damaged CSV is a table or an error") {
  std::uint64_t state = 20240607;
  const auto draw = [&](std::size_t below) {  // Knuth's linear congruential generator
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>((state >> 33) % below);
  };
  const auto words = [&](std::size_t length) {
    std::string word;
    for (std::size_t n = draw(length); n-- > 0;) word += "\",\n\r a1.\t-"[draw(10)];
    return word;
  };
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> rows(draw(5) + 1);
    List list, other;
    for (auto& row : rows) {
      row = words(8);
      list.items.push_back(text(row));
      other.items.push_back(text("x"));
    }
    Dict dict;
    dict.put("a", Value::of(std::move(list)));
    if (draw(2)) dict.put("b", Value::of(std::move(other)));
    CsvOptions options;
    options.types = {{"a", ColumnType::text}};
    std::string csv = to_csv(Value::of(std::move(dict)), "f.csv");
    CHECK(texts(*read(csv, options).as<Dict>()->find("a")) == rows);
    csv[draw(csv.size())] = "\",\nx"[draw(4)];
    try {
      read(csv);
    } catch (const brain::Error& error) {
      CHECK(std::string(error.what()).rfind("f.csv: ", 0) == 0);
    }
  }
}

TEST_CASE("CSV refuses what is no table") {
  Dict ragged;
  ragged.put("a", Value::of(List{{text("x")}}));
  ragged.put("b", Value::of(List{}));
  CHECK_THROWS_WITH(to_csv(Value::of(std::move(ragged)), "f.csv"), "f.csv: column 'b': expected 1 rows, found 0");
  Dict square;
  square.put("a", Value::of(Array{DType::uint8, {2, 2}, {2, 1}, 0, Bytes::from(std::string("abcd"))}));
  CHECK_THROWS_WITH(to_csv(Value::of(std::move(square)), "f.csv"), Contains("found a tensor of shape (2, 2)"));
  CHECK_THROWS_WITH(to_csv(text("x"), "f.csv"), "f.csv: expected columns by name, found a str");
}
