#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "data/draw_texture.h"

namespace brain::data {

// What the drawn things are: a category is a body plan, a concept one thing built after it.
inline constexpr std::array<std::string_view, 10> kCategories{
    "animal", "vehicle", "plant", "tool", "bird", "vessel", "furniture", "fruit", "fish", "building"};

// A surface: two colours, the texture that mixes them, how it shines.
struct Surface {
  Colour first, second;
  Texture texture = Texture::plain;
  float period = 0.3f, angle = 0, gloss = 0;
  std::uint32_t seed = 0;
};

struct Concept {
  static constexpr int kForms = 8;
  int category = 0;
  std::array<float, kForms> form{};  // 0 to 1: proportions, what each does is the body plan's
  float hue = 0;                     // of the main surface, in turns
  // 0 the main surface, 1 a second one, 2 an accent, 3 dark, 4 glass
  std::array<Surface, 5> surfaces{};
};

// Concept number `index` of a seed; categories take turns.
Concept make_concept(std::uint64_t seed, std::uint64_t index, int categories);

struct Part {
  Figure figure;
  int surface = 0;
  float shade = 1;  // darker for what lies behind
};

// A thing's parts from back to front, within about 1 of the origin, y down. `posture`: four numbers from -1
// to 1 that bend limbs. Things that stand have their feet at `ground`.
struct Body {
  std::vector<Part> parts;
  bool stands = true;
  float ground = 0.9f;
};
Body make_body(const Concept& concept_, const std::array<float, 4>& posture);

}  // namespace brain::data
