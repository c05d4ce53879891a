#include "data/draw_texture.h"

#include <catch2/catch.hpp>

using namespace brain::data;

TEST_CASE("colours by hue") {
  const Colour red = hsv(0, 1, 1), green = hsv(1 / 3.0f, 1, 0.5f), grey = hsv(0.7f, 0, 0.4f);
  CHECK((red.r == Approx(1) && red.g == Approx(0).margin(1e-5) && red.b == Approx(0).margin(1e-5)));
  CHECK((green.g == Approx(0.5f) && green.r == Approx(0).margin(1e-5)));
  CHECK((grey.r == Approx(0.4f) && grey.b == Approx(0.4f)));
  CHECK(hsv(-0.9f, 1, 1).r == Approx(hsv(0.1f, 1, 1).r));
}

TEST_CASE("textures stay between 0 and 1, vary, and differ by seed") {
  for (int kind = 0; kind < kTextures; ++kind) {
    const auto texture = static_cast<Texture>(kind);
    float low = 1, high = 0;
    bool differ = false;
    for (float y = -3; y < 3; y += 0.1f)
      for (float x = -3; x < 3; x += 0.1f) {
        const float value = texture_at(texture, {x, y}, 5);
        low = std::min(low, value), high = std::max(high, value);
        differ = differ || value != texture_at(texture, {x, y}, 6);
      }
    INFO(kind);
    CHECK((low >= 0 && high <= 1));
    CHECK(high - low > (texture == Texture::plain ? 0.08f : 0.4f));
    CHECK(differ == (texture != Texture::checks && texture != Texture::scales));
  }
}

TEST_CASE("noise is smooth and uniform about a half") {
  double sum = 0, change = 0;
  for (int i = 0; i < 10000; ++i) {
    const Vec2 p{0.37f * static_cast<float>(i), 0.21f * static_cast<float>(i % 101)};
    sum += lattice_noise(p, 1);
    change = std::max(
        change, static_cast<double>(std::abs(lattice_noise(p, 1) - lattice_noise(p + Vec2{0.01f, 0}, 1))));
  }
  CHECK(sum / 10000 == Approx(0.5).margin(0.01));
  CHECK(change < 0.03);
}
