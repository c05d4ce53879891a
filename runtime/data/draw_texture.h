#pragma once
#include <cstdint>

#include "data/draw_shape.h"

namespace brain::data {

struct Colour {
  float r = 0, g = 0, b = 0;
};
inline Colour operator*(Colour c, float s) { return {c.r * s, c.g * s, c.b * s}; }
inline Colour operator*(Colour c, Colour d) { return {c.r * d.r, c.g * d.g, c.b * d.b}; }
inline Colour operator+(Colour c, Colour d) { return {c.r + d.r, c.g + d.g, c.b + d.b}; }
inline Colour mix(Colour a, Colour b, float t) { return a * (1 - t) + b * t; }

// Hue in turns (0 red, 1/3 green), saturation and value from 0 to 1.
Colour hsv(float hue, float saturation, float value);

inline float smoothstep(float from, float to, float x) {
  const float t = std::clamp((x - from) / (to - from), 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

// Smooth noise of the lattice of whole numbers, 0 to 1; `seed` chooses one of many.
float lattice_noise(Vec2 p, std::uint32_t seed);
// The sum of `octaves` of it, each of twice the frequency and half the size, scaled to 0 to 1.
float fractal_noise(Vec2 p, std::uint32_t seed, int octaves);

enum class Texture { plain, stripes, checks, dots, marble, wood, scales, speckle };
inline constexpr int kTextures = 8;

// How much of the second colour a texture of unit period has at p, 0 to 1.
float texture_at(Texture texture, Vec2 p, std::uint32_t seed);

}  // namespace brain::data
