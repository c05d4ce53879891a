#include "data/draw_texture.h"

#include <numbers>

namespace brain::data {

namespace {

constexpr float kTurn = 2 * std::numbers::pi_v<float>;

// One number of a lattice point: two rounds of multiply and fold.
float corner(std::int32_t x, std::int32_t y, std::uint32_t seed) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x9E3779B1u ^
                    static_cast<std::uint32_t>(y) * 0x85EBCA77u ^ seed * 0xC2B2AE3Du;
  h = (h ^ h >> 15) * 0x2C1B3C6Du;
  h = (h ^ h >> 12) * 0x297A2D39u;
  return static_cast<float>((h ^ h >> 15) >> 8) * 0x1p-24f;
}

float edge(float wave, float sharpness) { return std::clamp(0.5f + wave * sharpness, 0.0f, 1.0f); }

}  // namespace

Colour hsv(float hue, float saturation, float value) {
  const auto part = [&](float shift) {
    const float k = std::fmod(hue * 6 + shift + 12, 6.0f);
    return value * (1 - saturation * std::clamp(std::min(k, 4 - k), 0.0f, 1.0f));
  };
  return {part(5), part(3), part(1)};
}

float lattice_noise(Vec2 p, std::uint32_t seed) {
  const float fx = std::floor(p.x), fy = std::floor(p.y);
  const auto x = static_cast<std::int32_t>(fx), y = static_cast<std::int32_t>(fy);
  float u = p.x - fx, v = p.y - fy;
  u = u * u * (3 - 2 * u), v = v * v * (3 - 2 * v);
  const float top = corner(x, y, seed) * (1 - u) + corner(x + 1, y, seed) * u;
  const float bottom = corner(x, y + 1, seed) * (1 - u) + corner(x + 1, y + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

float fractal_noise(Vec2 p, std::uint32_t seed, int octaves) {
  float sum = 0, size = 1, total = 0;
  for (int i = 0; i < octaves; ++i) {
    sum += size * lattice_noise(p, seed + static_cast<std::uint32_t>(i));
    total += size;
    size /= 2;
    p = {p.x * 2 + 17.3f, p.y * 2 - 9.1f};
  }
  return sum / total;
}

float texture_at(Texture texture, Vec2 p, std::uint32_t seed) {
  switch (texture) {
    case Texture::plain:
      return 0.15f * fractal_noise(p, seed, 2);
    case Texture::stripes:
      return edge(std::sin(kTurn * (p.x + 0.35f * lattice_noise(p, seed))), 2.5f);
    case Texture::checks:
      return edge(std::sin(kTurn * p.x) * std::sin(kTurn * p.y), 4);
    case Texture::dots: {
      const float row = std::floor(p.y);
      const float x = p.x + 0.5f * row - std::floor(p.x + 0.5f * row) - 0.5f, y = p.y - row - 0.5f;
      const float radius = 0.2f + 0.15f * lattice_noise(p * 0.9f, seed);
      return edge(radius - length({x, y}), 9);
    }
    case Texture::marble: {
      const float warp = fractal_noise(p, seed, 4);
      return 0.5f + 0.5f * std::sin(kTurn * (0.5f * p.x + 2.2f * warp));
    }
    case Texture::wood: {
      const float rings =
          length({p.x * 0.8f, p.y * 0.12f}) + 0.5f * lattice_noise({p.x * 0.8f, p.y * 0.3f}, seed);
      return 0.65f * (rings * 2 - std::floor(rings * 2)) +
             0.35f * lattice_noise({p.x * 9, p.y * 0.7f}, seed + 7);
    }
    case Texture::scales: {
      const float row = std::floor(p.y), shift = static_cast<int>(row) & 1 ? 0.5f : 0.0f;
      const float x = p.x + shift - std::floor(p.x + shift) - 0.5f, y = p.y - row;
      return smoothstep(0.35f, 0.75f, length({x, 0.8f * y}));
    }
    case Texture::speckle:
      return edge(fractal_noise(p * 1.6f, seed, 3) - 0.52f, 7);
  }
  return 0;
}

}  // namespace brain::data
