#include "data/draw_shape.h"

#include <numbers>

namespace brain::data {

namespace {

constexpr float kPi = std::numbers::pi_v<float>;

float segment_distance(Vec2 p, Vec2 a, Vec2 b) {
  const Vec2 along = b - a, from = p - a;
  const float t = std::clamp(dot(from, along) / std::max(dot(along, along), 1e-12f), 0.0f, 1.0f);
  return length(from - along * t);
}

}  // namespace

Figure Figure::ellipse(Vec2 centre, float a, float b, float angle) {
  Figure figure(Kind::ellipse, centre, angle);
  figure.a_ = a, figure.b_ = b;
  return figure;
}

Figure Figure::superellipse(Vec2 centre, float a, float b, float m, float angle) {
  Figure figure(Kind::superellipse, centre, angle);
  figure.a_ = a, figure.b_ = b, figure.c_ = m;
  return figure;
}

Figure Figure::box(Vec2 centre, float a, float b, float rounding, float angle) {
  Figure figure(Kind::box, centre, angle);
  figure.a_ = a, figure.b_ = b, figure.c_ = std::min({rounding, a, b});
  return figure;
}

Figure Figure::limb(Vec2 from, Vec2 to, float a, float b) {
  Figure figure(Kind::limb, from, 0);
  figure.a_ = a, figure.b_ = b, figure.corners_[0] = to - from;
  return figure;
}

Figure Figure::star(Vec2 centre, float a, float b, int points, float angle) {
  Figure figure(Kind::star, centre, angle);
  figure.a_ = a, figure.b_ = b, figure.count_ = points;
  return figure;
}

Figure Figure::lobed(Vec2 centre, float a, float depth, int lobes, float angle) {
  Figure figure(Kind::lobed, centre, angle);
  figure.a_ = a, figure.b_ = depth, figure.count_ = lobes;
  return figure;
}

Figure Figure::ring(Vec2 centre, float radius, float width) {
  Figure figure(Kind::ring, centre, 0);
  figure.a_ = radius, figure.b_ = width;
  return figure;
}

float Figure::half_width() const {
  switch (kind_) {
    case Kind::limb:
      return std::max(a_, b_);
    case Kind::star:
      return b_;
    case Kind::lobed:
      return a_;
    case Kind::ring:
      return b_;
    case Kind::polygon: {
      Vec2 middle;
      for (int i = 0; i < count_; ++i)
        middle = middle + corners_[static_cast<std::size_t>(i)] * (1.0f / static_cast<float>(count_));
      return std::max(0.02f, -polygon_distance(middle));
    }
    default:
      return std::min(a_, b_);
  }
}

float Figure::polygon_distance(Vec2 p) const {
  float nearest = 1e9f;
  bool inside = false;
  for (int i = 0, j = count_ - 1; i < count_; j = i++) {
    const Vec2 a = corners_[static_cast<std::size_t>(i)], b = corners_[static_cast<std::size_t>(j)];
    nearest = std::min(nearest, segment_distance(p, a, b));
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside ? -nearest : nearest;
}

float Figure::distance(Vec2 point) const {
  if (kind_ == Kind::polygon) return polygon_distance(point);
  const Vec2 from = point - centre_;
  const Vec2 p{cosine_ * from.x + sine_ * from.y, cosine_ * from.y - sine_ * from.x};
  switch (kind_) {
    case Kind::ellipse: {
      const float k = length({p.x / a_, p.y / b_}), slope = length({p.x / (a_ * a_), p.y / (b_ * b_)});
      return slope > 1e-6f ? k * (k - 1) / slope : -std::min(a_, b_);
    }
    case Kind::superellipse: {
      const float x = std::max(std::abs(p.x / a_), 1e-6f), y = std::max(std::abs(p.y / b_), 1e-6f);
      const float xm = std::pow(x, c_), ym = std::pow(y, c_), sum = xm + ym, k = std::pow(sum, 1 / c_);
      const float slope = k / sum * length({xm / (x * a_), ym / (y * b_)});
      return (k - 1) / std::max(slope, 1e-3f);
    }
    case Kind::box: {
      const float x = std::abs(p.x) - a_ + c_, y = std::abs(p.y) - b_ + c_;
      return length({std::max(x, 0.0f), std::max(y, 0.0f)}) + std::min(std::max(x, y), 0.0f) - c_;
    }
    case Kind::limb: {
      const float t =
          std::clamp(dot(p, corners_[0]) / std::max(dot(corners_[0], corners_[0]), 1e-12f), 0.0f, 1.0f);
      return length(p - corners_[0] * t) - (a_ + (b_ - a_) * t);
    }
    case Kind::star: {
      const float sector = kPi / static_cast<float>(count_), radius = length(p);
      float angle = std::fmod(std::atan2(p.x, -p.y) + 4 * kPi, 2 * sector);
      angle = std::min(angle, 2 * sector - angle);
      const Vec2 q{radius * std::sin(angle), radius * std::cos(angle)};
      const Vec2 tip{0, a_}, notch{b_ * std::sin(sector), b_ * std::cos(sector)};
      const Vec2 edge = notch - tip, across = q - tip;
      const float side = edge.x * across.y - edge.y * across.x;
      const float d = segment_distance(q, tip, notch);
      return side < 0 ? -d : d;
    }
    case Kind::lobed: {
      const float t = std::atan2(p.y, p.x), n = static_cast<float>(count_);
      const float wave = std::cos(n * t), slow = std::cos((n + 1) * t + 1);
      const float edge = a_ * (1 + b_ * wave + b_ / 2 * slow);
      const float slope = b_ * n * std::sin(n * t) + b_ / 2 * (n + 1) * std::sin((n + 1) * t + 1);
      return (length(p) - edge) / std::sqrt(1 + slope * slope);
    }
    case Kind::ring:
      return std::abs(length(p) - a_) - b_;
    case Kind::polygon:
      break;
  }
  return 0;
}

}  // namespace brain::data
