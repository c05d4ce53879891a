#pragma once
// Settings of layers that work along spatial axes.
#include <ATen/ATen.h>

#include <array>
#include <concepts>
#include <initializer_list>
#include <string>

#include "core/error.h"

namespace brain::nn {

// One integer for every axis, or one for each: 3 or {3, 5}.
template <std::size_t N>
class PerAxis {
 public:
  template <std::integral T>
  PerAxis(T every) : single_(true) {
    values_.fill(static_cast<std::int64_t>(every));
  }
  PerAxis(std::initializer_list<std::int64_t> each) : PerAxis(at::IntArrayRef(each.begin(), each.size())) {}
  // Throws when there are neither one nor N integers.
  explicit PerAxis(at::IntArrayRef each) {
    if (each.size() != 1 && each.size() != N) fail("expected 1 or ", N, " integers, found ", each.size());
    for (std::size_t i = 0; i < N; ++i) values_[i] = each[each.size() == 1 ? 0 : i];
  }

  operator at::IntArrayRef() const { return values_; }
  std::int64_t operator[](std::size_t axis) const { return values_[axis]; }
  bool all(std::int64_t value) const {
    for (const auto v : values_)
      if (v != value) return false;
    return true;
  }
  // Given as one integer; descriptions show it so.
  bool single() const { return single_; }

 private:
  std::array<std::int64_t, N> values_{};
  bool single_ = false;
};

// Zeros put on both sides of each axis: integers, "same" (the output is as large as the input) or "valid" (none).
template <std::size_t N>
class Padding {
 public:
  template <std::integral T>
  Padding(T every) : amount(every) {}
  Padding(std::initializer_list<std::int64_t> each) : amount(each) {}
  Padding(PerAxis<N> each) : amount(each) {}
  Padding(const char* name) : Padding(std::string(name)) {}
  Padding(std::string name) : amount(0), mode(std::move(name)) {
    if (mode != "same" && mode != "valid") fail("padding: expected integers, 'same' or 'valid', found '", mode, "'");
  }

  PerAxis<N> amount;
  std::string mode;  // empty: amount holds
};

}  // namespace brain::nn
