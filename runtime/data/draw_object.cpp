#include "data/draw_object.h"

#include "core/error.h"
#include "core/philox.h"

namespace brain::data {

namespace {

// Streams of concepts begin here; those of pictures are below (draw.cpp).
constexpr std::uint64_t kConceptStream = std::uint64_t{1} << 40;

using Form = std::array<float, Concept::kForms>;
using Posture = std::array<float, 4>;

struct Builder {
  Body body;
  void add(const Figure& figure, int surface, float shade = 1) {
    body.parts.push_back({figure, surface, shade});
  }
};

float between(float low, float high, float u) { return low + (high - low) * u; }

// Four legs, a neck, a head with ears or horns, a tail.
void animal(Builder& b, const Form& u, const Posture& v) {
  const float length = between(0.42f, 0.72f, u[0]), girth = between(0.19f, 0.34f, u[1]);
  const float leg = between(0.25f, 0.62f, u[2]), thick = between(0.045f, 0.1f, u[3]);
  const float y = 0.85f - leg - girth * 0.7f;
  for (const int side : {1, 0})  // the far legs first
    for (const int end : {-1, 1}) {
      const float x = static_cast<float>(end) * length * 0.68f + (side ? 0.1f : -0.02f);
      const Vec2 hip{x, y + girth * 0.4f}, foot{x + 0.12f * v[side] * static_cast<float>(end), 0.88f};
      b.add(Figure::limb(hip, foot, thick * 1.6f, thick), 0, side ? 0.62f : 1);
      b.add(Figure::ellipse(foot + Vec2{0.02f, 0}, thick * 1.2f, thick * 0.6f), 3, side ? 0.7f : 1);
    }
  const Vec2 rump{-length, y - girth * 0.2f};
  const Vec2 tip = rump + Vec2{-0.1f - 0.3f * u[6], 0.3f * v[2] + between(0.35f, -0.35f, u[7])};
  b.add(Figure::limb(rump, tip, thick, thick * 0.5f), 0);
  if (u[6] > 0.5f) b.add(Figure::ellipse(tip, thick * 1.7f, thick * 1.7f), 1);
  const Vec2 chest{length * 0.75f, y - girth * 0.2f};
  const Vec2 head = chest + Vec2{between(0.12f, 0.3f, u[5]), -between(0.08f, 0.55f, u[4]) + 0.1f * v[3]};
  const float size = between(0.12f, 0.24f, u[5]);
  if (u[7] > 0.55f) {
    for (const float side : {-0.1f, 0.25f})
      b.add(Figure::limb(head + Vec2{0.1f * side, -size * 0.6f},
                         head + Vec2{side - 0.1f, -size * (1.4f + u[2])}, 0.035f, 0.012f),
            2);
  }
  b.add(Figure::superellipse({0, y}, length, girth, 2.3f, 0.05f * v[1]), 0);
  b.add(Figure::limb(chest, head, girth * 0.62f, size * 0.7f), 0);
  b.add(Figure::ellipse({0, y + girth * 0.55f}, length * 0.75f, girth * 0.35f), 1);
  b.add(Figure::ellipse(head, size, size * 0.85f), 0);
  b.add(Figure::ellipse(head + Vec2{size * 0.85f, size * 0.25f}, size * 0.62f, size * 0.42f, 0.2f), 1);
  b.add(Figure::ellipse(head + Vec2{size * 1.35f, size * 0.15f}, size * 0.15f, size * 0.12f), 3);
  if (u[6] < 0.5f)
    b.add(Figure::polygon<3>({head + Vec2{-size * 0.8f, -size * 0.2f},
                              head + Vec2{-size * 0.6f, -size * 1.6f}, head + Vec2{0.05f, -size * 0.75f}}),
          0);
  else b.add(Figure::ellipse(head + Vec2{-size * 0.6f, -size * 0.3f}, size * 0.35f, size * 0.8f, 0.5f), 1);
  b.add(Figure::ellipse(head + Vec2{size * 0.4f, -size * 0.2f}, size * 0.15f, size * 0.15f), 3);
}

void bird(Builder& b, const Form& u, const Posture& v) {
  const float length = between(0.35f, 0.5f, u[0]), girth = between(0.2f, 0.32f, u[1]),
              tilt = between(-0.7f, -0.1f, u[2]) + 0.1f * v[0];
  const float leg = between(0.1f, 0.5f, u[3]), y = 0.85f - leg - girth * 0.8f;
  for (const float x : {-0.08f, 0.1f}) {
    b.add(Figure::limb({x, y + girth * 0.6f}, {x + 0.05f * v[1], 0.87f}, 0.03f, 0.022f), 2);
    b.add(Figure::ellipse({x + 0.05f, 0.88f}, 0.09f, 0.022f), 2);
  }
  const Vec2 along = turned({1, 0}, tilt), across = turned({0, 1}, tilt), middle{0, y};
  const auto at = [&](float s, float t) { return middle + along * s + across * t; };
  const float tail = between(0.2f, 0.6f, u[4]);
  b.add(Figure::polygon<4>({at(-length * 0.7f, -0.09f), at(-length - tail, -0.04f - 0.1f * u[5]),
                            at(-length - tail, 0.1f + 0.1f * u[5]), at(-length * 0.7f, 0.12f)}),
        1);
  const float size = between(0.14f, 0.22f, u[6]);
  const Vec2 head = at(length * 0.95f, -girth * 0.2f) + Vec2{0.04f * v[2], -between(0.05f, 0.45f, u[7])};
  b.add(Figure::ellipse(middle, length, girth, tilt), 0);
  b.add(Figure::limb(at(length * 0.6f, 0), head, girth * 0.6f, size * 0.7f), 0);
  b.add(Figure::ellipse(at(length * 0.25f, girth * 0.45f), length * 0.6f, girth * 0.5f, tilt), 2);
  b.add(Figure::superellipse(at(-length * 0.2f, -girth * 0.1f), length * 0.8f, girth * 0.55f, 1.5f,
                             tilt - 0.15f + 0.2f * v[3]),
        1);
  if (u[5] > 0.6f) b.add(Figure::star(head + Vec2{-0.05f, -size * 0.9f}, size * 0.8f, size * 0.3f, 5), 2);
  b.add(Figure::ellipse(head, size, size * 0.92f), 0);
  const float beak = between(0.12f, 0.4f, u[3]);
  b.add(Figure::polygon<3>({head + Vec2{size * 0.75f, -size * 0.35f}, head + Vec2{size * 0.8f + beak, 0.05f},
                            head + Vec2{size * 0.75f, size * 0.4f}}),
        2);
  b.add(Figure::ellipse(head + Vec2{size * 0.35f, -size * 0.2f}, size * 0.18f, size * 0.18f), 3);
}

void fish(Builder& b, const Form& u, const Posture& v) {
  b.body.stands = false;
  const float length = between(0.55f, 0.8f, u[0]), girth = between(0.18f, 0.5f, u[1]),
              fin = between(0.2f, 0.45f, u[2]);
  b.add(Figure::polygon<4>({Vec2{-length * 0.8f, 0},
                            {-length - fin, -fin * (0.6f + u[3]) + 0.1f * v[0]},
                            {-length - fin * between(0.3f, 0.9f, u[4]), 0.1f * v[0]},
                            {-length - fin, fin * 0.8f + 0.1f * v[0]}}),
        1);
  b.add(Figure::polygon<3>({Vec2{length * 0.3f, -girth * 0.7f},
                            {-length * 0.1f * (1 + u[5]), -girth - fin},
                            {-length * 0.55f, -girth * 0.5f}}),
        1);
  b.add(Figure::polygon<3>(
            {Vec2{0, girth * 0.7f}, {-length * 0.3f, girth + fin * 0.7f}, {-length * 0.5f, girth * 0.5f}}),
        1);
  b.add(Figure::superellipse({0, 0}, length, girth, between(1.5f, 2.4f, u[6])), 0);
  b.add(Figure::ellipse({length * 0.05f, girth * 0.55f}, length * 0.6f, girth * 0.32f), 2);
  b.add(Figure::superellipse({length * 0.1f, girth * 0.15f + 0.05f * v[1]}, fin * 0.6f, fin * 0.3f, 1.4f,
                             0.6f + 0.3f * v[2]),
        1);
  b.add(Figure::ellipse({length * 0.65f, -girth * 0.2f}, 0.09f, 0.09f), 4);
  b.add(Figure::ellipse({length * 0.66f, -girth * 0.2f}, 0.05f, 0.05f), 3);
  b.add(Figure::limb({length * 0.98f, girth * 0.1f}, {length * 0.8f, girth * 0.18f}, 0.015f, 0.008f), 3);
}

// A tree with one to three crowns, or a flower in a pot.
void plant(Builder& b, const Form& u, const Posture& v) {
  if (u[0] < 0.45f) {
    const float trunk = between(0.05f, 0.13f, u[1]);
    b.add(Figure::limb({0, 0.9f}, {0.06f * v[0], -0.1f}, trunk * 1.3f, trunk * 0.7f), 1);
    b.add(Figure::limb({0, 0.3f}, {0.3f + 0.05f * v[1], -0.2f}, trunk * 0.6f, trunk * 0.3f), 1);
    const float crown = between(0.3f, 0.5f, u[2]);
    const int lobes = 5 + static_cast<int>(u[3] * 5);
    if (u[4] > 0.5f) {  // a fir
      for (int i = 0; i < 3; ++i) {
        const float y = 0.35f - 0.4f * static_cast<float>(i),
                    w = crown * (1.35f - 0.3f * static_cast<float>(i));
        b.add(Figure::polygon<3>({Vec2{-w, y + 0.15f}, {0.04f * v[0], y - 0.55f}, {w, y + 0.15f}}), 0,
              0.8f + 0.1f * static_cast<float>(i));
      }
      return;
    }
    b.add(Figure::lobed({-0.3f, 0.0f}, crown * 0.75f, 0.1f, lobes, v[1]), 0, 0.8f);
    b.add(Figure::lobed({0.32f, -0.05f}, crown * 0.7f, 0.1f, lobes, v[2]), 0, 0.9f);
    b.add(Figure::lobed({0.03f * v[0], -0.38f}, crown, 0.08f, lobes, v[3]), 0);
    if (u[5] > 0.5f)
      for (int i = 0; i < 7; ++i) {
        const Vec2 at =
            turned({crown * (0.35f + 0.25f * static_cast<float>(i % 3)), 0}, 0.9f * static_cast<float>(i));
        b.add(Figure::ellipse(at + Vec2{0, -0.3f}, 0.06f, 0.06f), 2);
      }
    return;
  }
  const Vec2 bloom{0.15f * v[0], -0.4f + 0.1f * v[1]};
  b.add(Figure::limb({0, 0.5f}, bloom, 0.035f, 0.028f), 0, 0.8f);
  const int pairs = 1 + static_cast<int>(u[1] * 2.9f);
  for (int i = 0; i < pairs; ++i)
    for (const float side : {-1.0f, 1.0f}) {
      const float y = 0.4f - 0.26f * static_cast<float>(i), reach = between(0.2f, 0.4f, u[2]);
      b.add(Figure::superellipse({side * reach, y - 0.08f}, reach, between(0.05f, 0.14f, u[3]), 1.4f,
                                 side * (-0.5f + 0.2f * v[2])),
            0, 0.9f);
    }
  const float size = between(0.25f, 0.42f, u[4]);
  const int petals = 5 + static_cast<int>(u[5] * 7);
  if (u[6] > 0.5f) b.add(Figure::star(bloom, size, size * between(0.4f, 0.7f, u[7]), petals, v[3]), 2);
  else b.add(Figure::lobed(bloom, size * 0.85f, 0.24f, petals, v[3]), 2);
  b.add(Figure::ellipse(bloom, size * 0.36f, size * 0.36f), u[7] > 0.5f ? 3 : 1);
  const float pot = between(0.25f, 0.4f, u[7]);
  b.add(Figure::polygon<4>({Vec2{-pot, 0.45f}, {pot, 0.45f}, {pot * 0.72f, 0.9f}, {-pot * 0.72f, 0.9f}}), 1);
  b.add(Figure::box({0, 0.46f}, pot * 1.1f, 0.06f, 0.02f), 1, 1.1f);
}

// A car, a van or a truck.
void vehicle(Builder& b, const Form& u, const Posture& v) {
  const float length = between(0.65f, 0.95f, u[0]), height = between(0.14f, 0.24f, u[1]),
              wheel = between(0.14f, 0.24f, u[2]);
  const float y = 0.88f - wheel - height * 0.6f, cabin = between(0.22f, 0.55f, u[3]);
  const float back = -length * between(0.4f, 0.95f, u[4]), front = length * between(0.15f, 0.6f, u[5]);
  b.add(Figure::polygon<4>({Vec2{back - 0.02f, y},
                            {back + 0.12f * u[6], y - height - cabin},
                            {front - 0.25f * u[7], y - height - cabin},
                            {front + 0.12f, y}}),
        0, 0.95f);
  b.add(Figure::box({0, y}, length, height, 0.09f), 0);
  const float top = y - height - cabin * 0.85f, low = y - height * 1.05f;
  const int windows = 1 + static_cast<int>(u[6] * 2.9f);
  const float left = back + 0.16f * u[6] + 0.06f, right = front - 0.25f * u[7] - 0.02f,
              step = (right - left) / static_cast<float>(windows);
  for (int i = 0; i < windows; ++i) {
    const float x = left + step * static_cast<float>(i);
    b.add(Figure::polygon<4>({Vec2{x, top}, {x + step - 0.05f, top}, {x + step - 0.03f, low}, {x, low}}), 4);
  }
  b.add(Figure::box({0, y + height * 0.35f}, length * 0.98f, height * between(0.1f, 0.35f, u[1]), 0.03f), 1);
  b.add(Figure::ellipse({length * 0.95f, y - height * 0.1f}, 0.05f, 0.07f), 2);
  const int wheels = u[0] > 0.75f ? 3 : 2;
  for (int i = 0; i < wheels; ++i) {
    const float x =
        wheels == 2 ? (i ? 0.6f : -0.6f) * length : (static_cast<float>(i) - 0.95f) * 0.62f * length;
    b.add(Figure::ellipse({x, 0.88f - wheel}, wheel, wheel), 3);
    b.add(Figure::star({x, 0.88f - wheel}, wheel * 0.6f, wheel * 0.4f, 5 + static_cast<int>(u[7] * 4),
                       3 * v[0]),
          4);
  }
}

// A handle with a head: hammer, axe, spoon, key or brush.
void tool(Builder& b, const Form& u, const Posture& v) {
  b.body.stands = false;
  const float half = between(0.55f, 0.85f, u[0]), thick = between(0.05f, 0.11f, u[1]);
  b.add(Figure::limb({0, half}, {0, -half * 0.6f}, thick * 1.1f, thick * between(0.5f, 1, u[2])), 0);
  if (u[3] > 0.5f) b.add(Figure::box({0, half * 0.55f}, thick * 1.3f, half * 0.3f, 0.05f), 1);
  const float size = between(0.22f, 0.42f, u[4]), y = -half * 0.72f;
  switch (static_cast<int>(u[5] * 4.999f)) {
    case 0:
      b.add(Figure::box({0.06f, y}, size, size * between(0.3f, 0.55f, u[6]), 0.04f), 2);
      b.add(Figure::polygon<3>(
                {Vec2{-size * 0.8f, y - 0.1f}, {-size * 1.7f, y + 0.1f * u[7]}, {-size * 0.8f, y + 0.1f}}),
            2);
      break;
    case 1:
      b.add(Figure::polygon<5>({Vec2{-0.06f, y - 0.12f},
                                {size, y - size * 0.9f},
                                {size * 1.35f, y},
                                {size, y + size * (0.5f + u[6])},
                                {-0.06f, y + 0.14f}}),
            2);
      break;
    case 2:
      b.add(Figure::superellipse({0, y - size * 0.3f}, size * between(0.6f, 1, u[6]), size * 1.1f,
                                 between(1.8f, 3.5f, u[7])),
            2);
      b.add(Figure::ellipse({0, y - size * 0.3f}, size * 0.45f, size * 0.75f), 2, 0.75f);
      break;
    case 3:
      b.add(Figure::ring({0, y - size * 0.3f}, size * 0.75f, size * between(0.16f, 0.3f, u[6])), 2);
      for (int i = 0; i < 2 + static_cast<int>(u[7] * 2); ++i)
        b.add(Figure::box({thick + 0.08f, half - 0.18f * static_cast<float>(i)}, 0.12f, 0.05f, 0.01f), 2);
      break;
    default:
      b.add(Figure::box({0, y}, size * 0.9f, size * 0.3f, 0.05f), 1);
      for (int i = -3; i <= 3; ++i) {
        const float x = size * 0.26f * static_cast<float>(i);
        b.add(Figure::limb({x, y - size * 0.2f},
                           {x * 1.15f + 0.03f * v[0], y - size * between(0.8f, 1.5f, u[6])}, 0.05f, 0.03f),
              2, i % 2 ? 0.85f : 1);
      }
  }
}

// A chair, a table or a lamp.
void furniture(Builder& b, const Form& u, const Posture& v) {
  if (u[0] > 0.7f) {
    const float shade = between(0.25f, 0.45f, u[1]), top = between(0.12f, 0.3f, u[2]), y = -0.45f;
    b.add(Figure::limb({0, 0.85f}, {0, y}, 0.05f, 0.035f), 1);
    b.add(Figure::ellipse({0, 0.86f}, between(0.2f, 0.34f, u[3]), 0.05f), 1);
    b.add(Figure::polygon<4>(
              {Vec2{-shade, y + 0.25f}, {-top, y - 0.35f}, {top, y - 0.35f}, {shade, y + 0.25f}}),
          0);
    if (u[4] > 0.5f) b.add(Figure::lobed({0, 0.35f}, 0.16f, 0.1f, 4), 2);
    return;
  }
  const bool chair = u[0] < 0.4f;
  const float width = chair ? between(0.32f, 0.45f, u[1]) : between(0.6f, 0.9f, u[1]);
  const float y = chair ? between(0.15f, 0.3f, u[2]) : between(-0.2f, 0.25f, u[2]),
              thick = between(0.035f, 0.08f, u[3]);
  for (const float x : {-width * 0.75f, width * 0.85f})
    b.add(Figure::limb({x + 0.05f, y - 0.05f}, {x + 0.04f * u[4], 0.78f}, thick * 0.9f, thick * 0.7f), 1,
          0.65f);
  for (const float x : {-width * 0.95f, width * 0.95f})
    b.add(Figure::limb({x, y}, {x * (1 + 0.15f * u[4]), 0.9f}, thick, thick * 0.75f), 1);
  if (chair) {
    const float back = between(0.35f, 0.8f, u[5]);
    if (u[6] > 0.5f)
      b.add(Figure::box({0, y - back * 0.6f}, width * 0.95f, back * 0.55f, 0.04f + 0.2f * u[7]), 0, 0.85f);
    else
      for (int i = -2; i <= 2; ++i)
        b.add(Figure::limb({width * 0.45f * static_cast<float>(i), y},
                           {width * 0.45f * static_cast<float>(i), y - back}, 0.04f, 0.035f),
              1, 0.9f);
    b.add(Figure::box({0, y - back}, width, 0.06f, 0.05f), 1);
    b.add(Figure::polygon<4>({Vec2{-width * 1.05f, y + 0.08f},
                              {-width * 0.85f, y - 0.12f},
                              {width * 1.05f, y - 0.12f},
                              {width * 1.08f, y + 0.08f}}),
          0);
    return;
  }
  b.add(Figure::polygon<4>({Vec2{-width * 1.1f, y + 0.02f},
                            {-width * 0.8f, y - 0.22f},
                            {width * 0.9f, y - 0.22f},
                            {width * 1.12f, y + 0.02f}}),
        0);
  b.add(Figure::box({0, y + 0.05f}, width * 1.1f, 0.05f + 0.1f * u[5], 0.02f), 0, 0.8f);
  if (u[6] > 0.4f)
    b.add(Figure::ellipse({width * (0.3f + 0.1f * v[0]), y - 0.2f}, 0.14f, 0.1f + 0.15f * u[7]), 2);
}

void fruit(Builder& b, const Form& u, const Posture& v) {
  b.body.stands = false;
  const float size = between(0.5f, 0.75f, u[0]);
  if (u[1] > 0.72f) {  // a bunch
    for (int row = 0; row < 4; ++row)
      for (int i = 0; i < 4 - row; ++i) {
        const Vec2 at{(static_cast<float>(i) - 0.5f * static_cast<float>(3 - row)) * 0.36f * size * 1.2f,
                      -0.35f + 0.3f * static_cast<float>(row)};
        b.add(Figure::ellipse(at, 0.22f * size * 1.4f, 0.2f * size * 1.4f, v[0]), 0,
              0.85f + 0.05f * static_cast<float>((row + i) % 4));
      }
  } else if (u[1] > 0.5f) {  // a bent one
    const Vec2 left{-size, -0.2f - 0.2f * u[2]}, middle{0, 0.25f}, right{size, -0.15f - 0.2f * u[3]};
    const float thick = between(0.14f, 0.26f, u[4]);
    b.add(Figure::limb(left, middle, thick * 0.6f, thick), 0);
    b.add(Figure::limb(middle, right, thick, thick * 0.6f), 0);
    b.add(Figure::ellipse(middle, thick * 1.02f, thick), 0);
  } else if (u[1] > 0.25f) {
    b.add(Figure::ellipse({0, 0.2f}, size * 0.85f, size * 0.8f), 0);
    b.add(Figure::limb({0, 0.1f}, {0.05f * v[0], -0.45f}, size * 0.6f, size * between(0.2f, 0.4f, u[2])), 0);
  } else {
    b.add(Figure::lobed({0, 0.1f}, size, between(0.02f, 0.1f, u[2]), 2 + static_cast<int>(u[3] * 7),
                        1.57f + 0.3f * v[0]),
          0);
    if (u[4] > 0.6f) b.add(Figure::lobed({0, 0.1f}, size * 0.5f, 0.1f, 6, v[1]), 1);
  }
  b.add(Figure::limb({0, -0.42f}, {0.1f * v[2] + 0.1f * u[5], -0.78f}, 0.045f, 0.03f), 3);
  if (u[6] > 0.35f)
    b.add(
        Figure::superellipse({0.25f, -0.68f}, 0.26f, between(0.08f, 0.16f, u[7]), 1.4f, -0.4f + 0.3f * v[3]),
        2);
  if (u[6] > 0.75f) b.add(Figure::star({0, -0.42f}, 0.3f, 0.12f, 6, v[3]), 2);
}

// A bottle, a jug or a cup.
void vessel(Builder& b, const Form& u, const Posture& v) {
  const float belly = between(0.25f, 0.55f, u[0]), height = between(0.35f, 0.6f, u[1]),
              neck = between(0.1f, 0.3f, u[2]) * (0.5f + belly);
  const float y = 0.88f - height;
  if (u[3] > 0.45f)
    b.add(Figure::ring({belly * 0.95f, y - 0.05f}, height * between(0.35f, 0.6f, u[4]), 0.05f), 1);
  if (u[5] > 0.6f)
    b.add(Figure::limb({-belly * 0.6f, y + 0.1f}, {-belly - 0.35f, y - height * 0.7f}, 0.09f, 0.04f), 0,
          0.9f);
  const float tall = u[6] > 0.4f ? between(0.3f, 0.75f, u[6]) : 0.12f;
  b.add(Figure::polygon<4>({Vec2{-neck * 1.5f, y - height * 0.6f},
                            {-neck, y - height - tall},
                            {neck, y - height - tall},
                            {neck * 1.5f, y - height * 0.6f}}),
        0);
  b.add(Figure::superellipse({0, y}, belly, height, between(1.8f, 5, u[7])), 0);
  b.add(Figure::box({0, y + 0.1f * u[4]}, belly * 0.97f, height * between(0.12f, 0.3f, u[5]), 0.02f), 1);
  b.add(Figure::box({0, y - height - tall}, neck * 1.25f, 0.05f, 0.03f), 2);
  if (u[2] > 0.6f) b.add(Figure::ellipse({0.02f * v[0], y - height - tall - 0.08f}, 0.08f, 0.08f), 2);
}

// A house, a tower or a block.
void building(Builder& b, const Form& u, const Posture& v) {
  const float width = between(0.35f, 0.8f, u[0]), height = between(0.35f, 0.75f, u[1]),
              roof = between(0.1f, 0.5f, u[2]);
  const float y = 0.9f - height;
  if (u[3] > 0.5f)
    b.add(Figure::box({width * 0.5f, y - height - roof * 0.5f}, 0.08f, roof * 0.6f, 0), 1, 0.8f);
  b.add(Figure::box({0, y}, width, height, 0.01f), 0);
  if (u[4] > 0.3f)
    b.add(Figure::polygon<4>({Vec2{-width * 1.15f, y - height},
                              {-width * 0.9f * (1 - u[5]), y - height - roof},
                              {width * 0.9f * (1 - u[5]), y - height - roof},
                              {width * 1.15f, y - height}}),
          1);
  else b.add(Figure::box({0, y - height}, width * 1.05f, 0.06f, 0), 1);
  const int columns = 2 + static_cast<int>(u[6] * 2.9f), rows = 1 + static_cast<int>(height * 4);
  for (int row = 0; row < rows; ++row)
    for (int i = 0; i < columns; ++i) {
      const float x = width * (2 * (static_cast<float>(i) + 0.5f) / static_cast<float>(columns) - 1);
      const float at =
          y - height + 2 * height * (static_cast<float>(row) + 0.45f) / (static_cast<float>(rows) + 0.6f);
      b.add(Figure::box({x, at}, width * 0.55f / static_cast<float>(columns),
                        height * 0.45f / static_cast<float>(rows), u[7] > 0.6f ? 0.08f : 0.01f),
            4, 1 + 0.2f * v[0]);
    }
  b.add(Figure::box({width * (u[7] - 0.5f), 0.9f - height * 0.22f}, 0.1f, height * 0.22f, 0.02f), 3);
}

using Plan = void (*)(Builder&, const Form&, const Posture&);
constexpr std::array<Plan, kCategories.size()> kPlans{animal, vehicle,   plant, tool, bird,
                                                      vessel, furniture, fruit, fish, building};

}  // namespace

Concept make_concept(std::uint64_t seed, std::uint64_t index, int categories) {
  if (categories < 1 || categories > static_cast<int>(kCategories.size()))
    fail("categories: expected 1 to ", kCategories.size(), ", got ", categories);
  Philox draws(seed, kConceptStream + index);
  const auto uniform = [&] { return static_cast<float>(draws.uniform()); };
  Concept made;
  made.category = static_cast<int>(index % static_cast<std::uint64_t>(categories));
  for (float& form : made.form) form = uniform();
  const std::string_view plan = kCategories[static_cast<std::size_t>(made.category)];
  const bool fur = plan == "animal";
  made.hue = fur ? between(0.02f, 0.14f, uniform()) : uniform();
  if (plan == "plant") made.hue = between(0.2f, 0.42f, made.hue);
  float hue = made.hue;
  for (std::size_t i = 0; i < 3; ++i) {
    Surface& surface = made.surfaces[i];
    const float saturation = fur ? between(0.1f, 0.7f, uniform()) : between(0.25f, 0.95f, uniform());
    const float value = between(0.35f, 0.95f, uniform());
    surface.first = hsv(hue, saturation, value);
    const float lift = uniform() < 0.5f ? 0.45f : 1.5f;
    surface.second = hsv(hue + between(-0.08f, 0.08f, uniform()) + (uniform() < 0.25f ? 0.5f : 0),
                         saturation * between(0.3f, 1, uniform()), std::clamp(value * lift, 0.08f, 1.0f));
    surface.texture = static_cast<Texture>(draws.below(kTextures));
    surface.period = between(0.12f, 0.42f, uniform());
    surface.angle = between(-1.6f, 1.6f, uniform());
    surface.gloss = uniform() < 0.5f ? 0.05f : between(0.2f, 0.7f, uniform());
    surface.seed = draws.next();
    hue = made.hue + (uniform() < 0.5f ? between(0.05f, 0.2f, uniform()) : between(0.35f, 0.65f, uniform()));
  }
  if (made.surfaces[1].texture == made.surfaces[0].texture) made.surfaces[1].texture = Texture::plain;
  made.surfaces[2].texture = Texture::plain;
  made.surfaces[3] = {{0.08f, 0.07f, 0.07f}, {0.2f, 0.18f, 0.17f}, Texture::plain, 0.3f, 0, 0.5f, 1};
  made.surfaces[4] = {{0.75f, 0.85f, 0.92f}, {0.45f, 0.6f, 0.7f}, Texture::plain, 0.5f, 0.5f, 0.8f, 2};
  return made;
}

Body make_body(const Concept& concept_, const Posture& posture) {
  Builder builder;
  kPlans[static_cast<std::size_t>(concept_.category)](builder, concept_.form, posture);
  return std::move(builder.body);
}

}  // namespace brain::data
