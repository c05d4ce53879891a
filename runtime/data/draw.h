#pragma once
#include <array>
#include <cstdint>

#include "data/draw_object.h"

namespace brain::data {

// How a concept is seen in one picture.
struct View {
  float size = 0.6f;  // of the thing, in half picture widths
  Vec2 place;         // of its middle, -1 to 1, y down
  float angle = 0;    // radians
  float stretch = 1, shear = 0;
  bool mirrored = false;
  std::array<float, 4> posture{};
};

// Draws picture number `index` of a seed: the concept in a scene of its own (sky or wall, textured ground,
// clutter, light, shadow). `pixels`: size * size * 3 bytes, rows of RGB. The same for the same arguments.
View draw_picture(const Concept& concept_, std::uint64_t seed, std::uint64_t index, int size,
                  std::uint8_t* pixels);

}  // namespace brain::data
