#include "data/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "core/error.h"
#include "data/resize_passes.h"

namespace brain::data {
namespace {

// Filters by distance in output pixels, as Pillow writes them.
double box(double x) { return x > -0.5 && x <= 0.5 ? 1 : 0; }
double bilinear(double x) { return std::max(1 - std::abs(x), 0.0); }
double hamming(double x) {
  x = std::abs(x);
  if (x == 0) return 1;
  if (x >= 1) return 0;
  x *= std::numbers::pi;
  return std::sin(x) / x * (static_cast<double>(0.54f) + static_cast<double>(0.46f) * std::cos(x));
}
double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
double sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}
double lanczos(double x) { return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0; }

struct Filter {
  double (*weight)(double);
  double support;
};
Filter filter_of(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::box: return {box, 0.5};
    case Interpolation::bilinear: return {bilinear, 1};
    case Interpolation::hamming: return {hamming, 1};
    case Interpolation::bicubic: return {bicubic, 2};
    default: return {lanczos, 3};
  }
}

// Of output positions begin ... begin + count - 1.
Taps taps_of(std::int64_t in, std::int64_t out, const Filter& filter, std::int64_t begin, std::int64_t count) {
  const double scale = static_cast<double>(in) / static_cast<double>(out), stretch = std::max(scale, 1.0);
  const double support = filter.support * stretch, shrink = 1 / stretch;
  Taps taps;
  taps.most = static_cast<std::int64_t>(std::ceil(support)) * 2 + 1;
  taps.weights.resize(static_cast<std::size_t>(count * taps.most));
  std::vector<double> exact(static_cast<std::size_t>(taps.most));
  for (std::int64_t i = 0; i < count; ++i) {
    const double centre = (static_cast<double>(begin + i) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(static_cast<std::int64_t>(centre - support + 0.5), 0);
    const auto last = std::min(static_cast<std::int64_t>(centre + support + 0.5), in);
    double sum = 0;
    for (std::int64_t x = first; x < last; ++x) {
      const double weight = filter.weight((static_cast<double>(x) - centre + 0.5) * shrink);
      exact[static_cast<std::size_t>(x - first)] = weight;
      sum += weight;
    }
    for (std::int64_t x = 0; x < last - first; ++x) {
      const double weight = exact[static_cast<std::size_t>(x)] / (sum != 0 ? sum : 1) * (1 << kWeightBits);
      taps.weights[static_cast<std::size_t>(i * taps.most + x)] =
          static_cast<std::int32_t>(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    taps.places.push_back({first, last - first});
  }
  return taps;
}

// The horizontal pass over rows top ... top + height - 1.
std::vector<std::uint8_t> resize_rows(const Picture& picture, std::int64_t top, std::int64_t height, const Taps& taps) {
  const std::int64_t stride = picture.width * 3, size = static_cast<std::int64_t>(taps.places.size()) * 3;
  std::vector<std::uint8_t> result(static_cast<std::size_t>(height * size) + 1), padded;
  for (std::int64_t y = 0; y < height; ++y) {
    const std::uint8_t* from = picture.pixels + (top + y) * stride;
    if (top + y == picture.height - 1) {  // behind it the memory may end
      padded.assign(from, from + stride);
      padded.push_back(0);
      from = padded.data();
    }
    fastest_passes().horizontal(from, taps, result.data() + y * size);
  }
  result.pop_back();
  return result;
}

// The vertical pass over columns left ... left + width - 1.
std::vector<std::uint8_t> resize_columns(const Picture& picture, std::int64_t left, std::int64_t width,
                                         const Taps& taps) {
  const std::int64_t stride = picture.width * 3, size = width * 3;
  std::vector<std::uint8_t> result(taps.places.size() * static_cast<std::size_t>(size));
  for (std::size_t y = 0; y < taps.places.size(); ++y) {
    const auto [first, count] = taps.places[y];
    fastest_passes().vertical(picture.pixels + first * stride + left * 3, stride,
                              taps.of(static_cast<std::int64_t>(y)), count, size,
                              result.data() + static_cast<std::int64_t>(y) * size);
  }
  return result;
}

std::vector<std::uint8_t> cut(const Picture& picture, const Window& window) {
  std::vector<std::uint8_t> result(static_cast<std::size_t>(window.height * window.width * 3));
  for (std::int64_t y = 0; y < window.height; ++y)
    std::copy_n(picture.pixels + ((window.top + y) * picture.width + window.left) * 3, window.width * 3,
                result.data() + y * window.width * 3);
  return result;
}

// Positions are summed up, not multiplied, as Pillow does it.
std::vector<std::int64_t> nearest_positions(std::int64_t in, std::int64_t out) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  std::vector<std::int64_t> positions;
  double position = scale * 0.5;
  for (std::int64_t i = 0; i < out; ++i, position += scale)
    positions.push_back(std::min(static_cast<std::int64_t>(position), in - 1));
  return positions;
}

std::vector<std::uint8_t> resize_nearest(const Picture& picture, Size size, const Window& window) {
  const auto rows = nearest_positions(picture.height, size.height), columns = nearest_positions(picture.width, size.width);
  std::vector<std::uint8_t> result(static_cast<std::size_t>(window.height * window.width * 3));
  std::uint8_t* to = result.data();
  for (std::int64_t y = 0; y < window.height; ++y)
    for (std::int64_t x = 0; x < window.width; ++x, to += 3)
      std::copy_n(picture.pixels + (rows[static_cast<std::size_t>(window.top + y)] * picture.width +
                                    columns[static_cast<std::size_t>(window.left + x)]) * 3, 3, to);
  return result;
}

}  // namespace

const char* interpolation_name(Interpolation interpolation) {
  static constexpr const char* names[] = {"nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"};
  return names[static_cast<int>(interpolation)];
}

Interpolation interpolation_named(std::string_view name, const std::string& where) {
  for (int i = 0; i <= static_cast<int>(Interpolation::lanczos); ++i)
    if (name == interpolation_name(static_cast<Interpolation>(i))) return static_cast<Interpolation>(i);
  fail(where, ": expected nearest, box, bilinear, hamming, bicubic or lanczos, got '", name, "'");
}

std::vector<std::uint8_t> resize(const Picture& picture, Size size, Interpolation interpolation, const Window& window) {
  const auto [height, width] = size;
  if (size == Size{picture.height, picture.width}) return cut(picture, window);
  if (interpolation == Interpolation::nearest) return resize_nearest(picture, size, window);
  const Filter filter = filter_of(interpolation);
  Taps rows, columns;
  if (height != picture.height) rows = taps_of(picture.height, height, filter, window.top, window.height);
  if (width != picture.width) columns = taps_of(picture.width, width, filter, window.left, window.width);
  if (rows.places.empty()) return resize_rows(picture, window.top, window.height, columns);
  if (columns.places.empty()) return resize_columns(picture, window.left, window.width, rows);
  const std::int64_t lost_rows = picture.height - height, lost_columns = picture.width - width;
  if (lost_rows > 0 && lost_rows > 2 * lost_columns) {  // as in Pillow since version 13
    const auto between = resize_columns(picture, 0, picture.width, rows);
    return resize_rows({between.data(), window.height, picture.width}, 0, window.height, columns);
  }
  const std::int64_t first = rows.first(), count = rows.last() - first;
  const auto between = resize_rows(picture, first, count, columns);
  for (auto& place : rows.places) place.first -= first;
  return resize_columns({between.data(), count, window.width}, 0, window.width, rows);
}

std::vector<std::uint8_t> resize(const Picture& picture, Size size, Interpolation interpolation) {
  return resize(picture, size, interpolation, {0, 0, size.height, size.width});
}

std::vector<std::uint8_t> resize_without_antialias(const Picture& picture, Size size, const Window& window) {
  struct Between {
    std::int64_t low, high;
    float weight;  // of high
  };
  const auto places = [](std::int64_t in, std::int64_t out, std::int64_t begin, std::int64_t count) {
    const float scale = static_cast<float>(in) / static_cast<float>(out);
    std::vector<Between> all;
    for (std::int64_t i = begin; i < begin + count; ++i) {
      const float place = std::max(scale * (static_cast<float>(i) + 0.5f) - 0.5f, 0.0f);
      const std::int64_t low = std::min(static_cast<std::int64_t>(place), in - 1);
      all.push_back({low, std::min(low + 1, in - 1), std::min(place - static_cast<float>(low), 1.0f)});
    }
    return all;
  };
  const auto rows = places(picture.height, size.height, window.top, window.height);
  const auto columns = places(picture.width, size.width, window.left, window.width);
  std::vector<std::uint8_t> result(static_cast<std::size_t>(window.height * window.width * 3));
  std::uint8_t* to = result.data();
  for (const Between& row : rows) {
    const std::uint8_t* above = picture.pixels + row.low * picture.width * 3;
    const std::uint8_t* below = picture.pixels + row.high * picture.width * 3;
    for (const Between& column : columns)
      for (std::int64_t c = 0; c < 3; ++c) {
        const std::int64_t a = column.low * 3 + c, b = column.high * 3 + c;
        const float top = (1 - column.weight) * above[a] + column.weight * above[b];
        const float bottom = (1 - column.weight) * below[a] + column.weight * below[b];
        *to++ = static_cast<std::uint8_t>(std::lrint((1 - row.weight) * top + row.weight * bottom));
      }
  }
  return result;
}

}  // namespace brain::data
