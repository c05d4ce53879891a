#pragma once
// The volumes of tests/data/volumes, what nibabel reads from them, and copies with damage.
#include <catch2/catch.hpp>
#include <cstring>

#include "core/error.h"
#include "io/convert_numbers.h"
#include "io/json.h"
#include "scratch.h"

namespace volumes {

using namespace brain::io;

const std::string folder = "tests/data/volumes/";

inline Bytes content(const std::string& name) { return File(folder + name).bytes(); }

inline std::vector<double> numbers(const Array& array) {
  const Bytes bytes = convert_numbers(array.packed(), array.dtype, DType::float64);
  std::vector<double> values(bytes.size / sizeof(double));
  if (bytes.size) std::memcpy(values.data(), bytes.data, bytes.size);
  return values;
}

// One of shape, affine and values as nibabel has them.
inline std::vector<double> expected(const std::string& name, const char* what) {
  static const Value all = parse_json(read_text(folder + "expected.json"), "expected.json");
  const Value* found = all.as<Dict>()->find(name)->as<Dict>()->find(what);
  if (const auto* array = found->as<Array>()) return numbers(*array);
  std::vector<double> values;
  for (const Value& one : *sequence(*found)) values.push_back(one.integer() ? static_cast<double>(*one.integer()) : *one.number());
  return values;
}

// Reads a hundred damaged copies for each of the contents; each must give a value or an error of one line.
template <class Read>
void check_damaged(const std::vector<std::string>& contents, Read&& read) {
  std::uint64_t state = 11;
  const auto draw = [&](std::size_t below) {  // Knuth's linear congruential generator
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>((state >> 33) % below);
  };
  for (std::size_t round = 0; round < 500 * contents.size(); ++round) {
    std::string damaged = contents[round % contents.size()];
    if (draw(8) == 0) damaged.resize(draw(damaged.size()));
    for (std::size_t flips = draw(4) + 1; flips-- > 0 && !damaged.empty();)
      damaged[draw(std::min<std::size_t>(damaged.size(), draw(2) ? 400 : damaged.size()))] = static_cast<char>(draw(3) == 0 ? 0xff : draw(256));
    try {
      read(Bytes::from(std::move(damaged)));
    } catch (const brain::Error& error) {
      INFO("round " << round << ": " << error.what());
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
      CHECK(std::string(error.what()).compare(0, 7, "damaged") == 0);
    }
  }
}

}  // namespace volumes
