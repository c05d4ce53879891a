#pragma once
#include <algorithm>
#include <array>
#include <cmath>

namespace brain::data {

struct Vec2 {
  float x = 0, y = 0;
};
inline Vec2 operator+(Vec2 a, Vec2 b) { return {a.x + b.x, a.y + b.y}; }
inline Vec2 operator-(Vec2 a, Vec2 b) { return {a.x - b.x, a.y - b.y}; }
inline Vec2 operator*(Vec2 a, float s) { return {a.x * s, a.y * s}; }
inline float dot(Vec2 a, Vec2 b) { return a.x * b.x + a.y * b.y; }
inline float length(Vec2 a) { return std::sqrt(dot(a, a)); }
inline Vec2 turned(Vec2 p, float angle) {
  const float c = std::cos(angle), s = std::sin(angle);
  return {c * p.x - s * p.y, s * p.x + c * p.y};
}

// A plane figure by its signed distance: negative inside, to first order the distance near the edge. y points
// down, as in pictures.
class Figure {
 public:
  static Figure ellipse(Vec2 centre, float a, float b, float angle = 0);
  // |x / a|^m + |y / b|^m = 1: 1 is a rhombus, 2 an ellipse, 4 nearly a box.
  static Figure superellipse(Vec2 centre, float a, float b, float m, float angle = 0);
  static Figure box(Vec2 centre, float a, float b, float rounding, float angle = 0);
  // From `from` (radius a) to `to` (radius b).
  static Figure limb(Vec2 from, Vec2 to, float a, float b);
  // A star with `points` tips at radius a and notches at radius b.
  static Figure star(Vec2 centre, float a, float b, int points, float angle = 0);
  // Radius a (1 + depth cos(lobes t) + depth / 2 cos((lobes + 1) t + 1)) at direction t.
  static Figure lobed(Vec2 centre, float a, float depth, int lobes, float angle = 0);
  static Figure ring(Vec2 centre, float radius, float width);
  // Up to eight corners in order.
  template <std::size_t n>
  static Figure polygon(const std::array<Vec2, n>& corners) {
    static_assert(n >= 3 && n <= 8);
    Figure figure(Kind::polygon, {}, 0);
    figure.count_ = static_cast<int>(n);
    std::copy(corners.begin(), corners.end(), figure.corners_.begin());
    return figure;
  }

  float distance(Vec2 p) const;
  float half_width() const;  // roughly: the depth of its middle

 private:
  enum class Kind { ellipse, superellipse, box, limb, star, lobed, ring, polygon };
  Figure(Kind kind, Vec2 centre, float angle)
      : kind_(kind), centre_(centre), cosine_(std::cos(angle)), sine_(std::sin(angle)) {}
  float polygon_distance(Vec2 p) const;

  Kind kind_;
  Vec2 centre_;
  float cosine_, sine_;
  float a_ = 1, b_ = 1, c_ = 0;
  int count_ = 0;
  std::array<Vec2, 8> corners_{};
};

}  // namespace brain::data
