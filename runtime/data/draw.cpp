#include "data/draw.h"

#include "core/philox.h"
#include "data/draw_scene.h"

namespace brain::data {

namespace {

float between(float low, float high, float u) { return low + (high - low) * u; }

struct Light {
  float x, y, z, ambient, diffuse;
  Colour colour;
};

// From the picture's coordinates to the thing's: undo place, angle, stretch, shear, mirror and size.
class Pose {
 public:
  explicit Pose(const View& view)
      : place_(view.place), cosine_(std::cos(view.angle)), sine_(std::sin(view.angle)), view_(view) {}
  Vec2 inside(Vec2 p) const {
    const Vec2 d = p - place_;
    Vec2 q{(cosine_ * d.x + sine_ * d.y) / view_.size, (cosine_ * d.y - sine_ * d.x) / view_.size};
    q.x = (q.x - view_.shear * q.y) / view_.stretch;
    q.y *= view_.stretch;
    if (view_.mirrored) q.x = -q.x;
    return q;
  }
  // A direction of the thing as seen in the picture.
  Vec2 outside(Vec2 v) const {
    if (view_.mirrored) v.x = -v.x;
    return {cosine_ * v.x - sine_ * v.y, sine_ * v.x + cosine_ * v.y};
  }

 private:
  Vec2 place_;
  float cosine_, sine_;
  const View& view_;
};

// The surface of a part at q, lit as if it bulged towards the viewer by half a circle at its rim.
Colour shaded(const Part& part, const Surface& surface, Vec2 q, float distance, const Pose& pose,
              const Light& light) {
  constexpr float step = 2e-3f;
  Vec2 slope{(part.figure.distance(q + Vec2{step, 0}) - distance) / step,
             (part.figure.distance(q + Vec2{0, step}) - distance) / step};
  const float steep = std::max(length(slope), 1e-6f), rim = std::clamp(part.figure.half_width(), 0.03f, 0.5f);
  const float lean = 0.92f * std::clamp(1 + distance / rim, 0.0f, 1.0f);
  slope = pose.outside(slope * (lean / steep));
  const float nz = std::sqrt(1 - lean * lean);
  const float toward = slope.x * light.x + slope.y * light.y + nz * light.z;
  const Vec2 wrapped = turned(q * (1 + 0.35f * lean * lean), surface.angle) * (1 / surface.period);
  const Colour base = mix(surface.first, surface.second, texture_at(surface.texture, wrapped, surface.seed));
  const float mirror = 2 * toward * nz - light.z, shine = std::max(mirror, 0.0f);
  const float glint = surface.gloss * std::pow(shine, 24.0f);
  return (base * light.colour) * (part.shade * (light.ambient + light.diffuse * std::max(toward, 0.0f))) +
         Colour{glint, glint, glint};
}

std::uint8_t byte_of(float value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0.0f, 1.0f) * 255 + 0.5f);
}

View make_view(Philox& draws, const Body& body, const std::array<float, 4>& posture) {
  const auto uniform = [&] { return static_cast<float>(draws.uniform()); };
  View view;
  view.posture = posture;
  view.size = between(0.52f, 0.92f, uniform());
  view.place = {between(-0.25f, 0.25f, uniform()), between(-0.15f, 0.15f, uniform())};
  view.angle = body.stands ? between(-0.12f, 0.12f, uniform()) : between(-1.2f, 1.2f, uniform());
  view.stretch = between(0.88f, 1.12f, uniform());
  view.shear = between(-0.15f, 0.15f, uniform());
  view.mirrored = uniform() < 0.5f;
  return view;
}

}  // namespace

View draw_picture(const Concept& concept_, std::uint64_t seed, std::uint64_t index, int size,
                  std::uint8_t* pixels) {
  Philox draws(seed, index);
  const auto uniform = [&] { return static_cast<float>(draws.uniform()); };
  const Scene scene(draws);
  std::array<float, 4> posture;
  for (float& bend : posture) bend = between(-1, 1, uniform());
  const Body body = make_body(concept_, posture);
  View view = make_view(draws, body, posture);
  if (body.stands) {  // feet on the ground, a little in front of the horizon, the top in the picture
    const float feet =
        std::clamp(std::min(scene.horizon(), 0.6f) + between(0.1f, 0.35f, uniform()), 0.3f, 0.93f);
    view.place.y = std::max(feet - 0.88f * view.size, view.size - 1.02f);
  }
  const Pose pose(view);
  const float around = between(-0.9f, 0.9f, uniform()) - 1.57f, height = between(0.45f, 0.8f, uniform()),
              flat = std::sqrt(1 - height * height);
  const float warm = between(-0.12f, 0.12f, uniform()), contrast = between(0.4f, 0.75f, uniform());
  const Light light{
      flat * std::cos(around), flat * std::sin(around), height, 1.05f - contrast * 0.9f, contrast,
      {1 + warm, 1, 1 - warm}};
  const float exposure = between(0.95f, 1.25f, uniform()), grain = between(0.005f, 0.03f, uniform()),
              dim = between(0.05f, 0.3f, uniform());
  const std::uint32_t noise = draws.next();
  const Vec2 shift = Vec2{-light.x, -light.y} * 0.12f;
  const float pixel = 2.0f / static_cast<float>(size), unit = pixel / view.size;

  for (int row = 0; row < size; ++row)
    for (int column = 0; column < size; ++column) {
      const Vec2 p{(static_cast<float>(column) + 0.5f) * pixel - 1,
                   (static_cast<float>(row) + 0.5f) * pixel - 1};
      Colour colour = scene.at(p, pixel);
      const Vec2 q = pose.inside(p);
      if (std::abs(q.x) < 1.7f && std::abs(q.y) < 1.7f) {
        float shadow = 1;
        if (body.stands) shadow = length({(q.x + 2 * shift.x) / 0.85f, (q.y - 0.88f) / 0.16f}) - 1;
        else
          for (const Part& part : body.parts) shadow = std::min(shadow, part.figure.distance(q - shift));
        colour =
            colour * (1 - 0.5f * smoothstep(body.stands ? 0.3f : 0.1f, body.stands ? -0.7f : -0.1f, shadow));
        for (const Part& part : body.parts) {
          const float distance = part.figure.distance(q),
                      cover = std::clamp(0.5f - distance / unit, 0.0f, 1.0f);
          if (cover > 0)
            colour = mix(colour,
                         shaded(part, concept_.surfaces[static_cast<std::size_t>(part.surface)], q,
                                std::min(distance, 0.0f), pose, light),
                         cover);
        }
      }
      const float speck =
          1 +
          grain *
              (2 * lattice_noise({static_cast<float>(column) * 1.7f, static_cast<float>(row) * 1.7f}, noise) -
               1) *
              2;
      colour = colour * (exposure * speck * (1 - dim * dot(p, p) * 0.5f));
      std::uint8_t* out = pixels + 3 * (row * size + column);
      out[0] = byte_of(colour.r), out[1] = byte_of(colour.g), out[2] = byte_of(colour.b);
    }
  return view;
}

}  // namespace brain::data
