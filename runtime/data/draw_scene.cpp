#include "data/draw_scene.h"

namespace brain::data {

namespace {

float between(float low, float high, float u) { return low + (high - low) * u; }

}  // namespace

Scene::Scene(Philox& draws) {
  const auto uniform = [&] { return static_cast<float>(draws.uniform()); };
  kind_ = static_cast<Kind>(draws.below(5));
  horizon_ = kind_ == Kind::backdrop ? 2 : between(-0.1f, 0.5f, uniform());
  hue_ = uniform();
  period_ = between(0.15f, 0.5f, uniform());
  cover_ = uniform();
  ground_kind_ = static_cast<int>(draws.below(4));
  seed_ = draws.next();
  const float light = between(0.55f, 1, uniform());
  if (kind_ == Kind::landscape) {
    sky_ = mix(hsv(0.58f, 0.6f, 0.9f), hsv(between(0.0f, 0.12f, hue_), 0.45f, 0.9f),
               uniform() < 0.3f ? uniform() : 0) *
           light;
    haze_ = mix(sky_, {0.95f, 0.93f, 0.9f}, 0.6f) * light;
    const Colour grounds[] = {hsv(0.27f, 0.55f, 0.5f), hsv(0.11f, 0.4f, 0.8f), hsv(0.56f, 0.45f, 0.6f),
                              hsv(0.6f, 0.06f, 0.92f)};
    ground_ = grounds[ground_kind_] * light;
    ground_other_ = ground_ * between(0.4f, 0.75f, uniform());
  } else {
    sky_ = hsv(hue_, between(0.02f, 0.38f, uniform()), between(0.35f, 0.95f, uniform()));
    haze_ = mix(sky_, hsv(hue_ + 0.08f, 0.3f, 0.6f), between(0.15f, 0.7f, uniform()));
    ground_ = kind_ == Kind::street ? hsv(uniform(), 0.06f, between(0.3f, 0.65f, uniform()))
                                    : hsv(between(0.03f, 0.12f, uniform()), between(0.15f, 0.65f, uniform()),
                                          between(0.25f, 0.8f, uniform()));
    ground_other_ = ground_ * between(0.5f, 0.85f, uniform());
    if (kind_ == Kind::foliage) {
      sky_ = hsv(between(0.2f, 0.4f, uniform()), 0.6f, between(0.2f, 0.5f, uniform()));
      haze_ = hsv(between(0.12f, 0.35f, uniform()), 0.5f, between(0.5f, 0.8f, uniform()));
      ground_ = hsv(between(0.08f, 0.3f, uniform()), 0.5f, 0.4f), ground_other_ = ground_ * 0.5f;
    }
  }
  const auto count = draws.below(kind_ == Kind::backdrop ? 2 : 6);
  for (std::uint64_t i = 0; i < count; ++i) {
    const float x = between(-1.1f, 1.1f, uniform()), size = between(0.08f, 0.3f, uniform()),
                base = std::min(horizon_, 0.9f) + between(-0.05f, 0.4f, uniform());
    const Vec2 centre{x, base - size * 0.6f};
    const Figure figures[] = {
        Figure::lobed(centre, size, 0.12f, 4 + static_cast<int>(draws.below(4)), x),
        Figure::box(centre, size * 0.7f, size, 0.03f, 0.1f * x),
        Figure::limb({x, base}, {x + 0.1f * size, base - 4 * size}, size * 0.2f, size * 0.14f),
        Figure::ellipse(centre, size, size * 0.6f)};
    const Colour colour =
        mix(hsv(uniform(), between(0.05f, 0.55f, uniform()), between(0.25f, 0.8f, uniform())), haze_,
            between(0.2f, 0.65f, uniform()));
    clutter_.push_back({figures[draws.below(4)], colour, colour * 0.7f, between(0.01f, 0.07f, uniform())});
  }
}

Colour Scene::above(Vec2 p) const {
  switch (kind_) {
    case Kind::landscape: {
      const float height = std::clamp((horizon_ - p.y) / (horizon_ + 1), 0.0f, 1.0f);
      Colour colour = mix(haze_, sky_, std::sqrt(height));
      const float clouds = fractal_noise({p.x * 1.6f, p.y * 3.2f}, seed_, 4);
      colour = mix(colour, {1, 0.99f, 0.97f},
                   0.8f * smoothstep(0.75f - 0.3f * cover_, 0.95f - 0.2f * cover_, clouds));
      const float ridge =
          horizon_ - 0.05f - 0.5f * cover_ * fractal_noise({p.x * 1.4f + 5, 0.5f}, seed_ + 9, 4);
      if (p.y > ridge)
        colour = mix(mix(ground_other_, haze_, 0.45f), colour, smoothstep(0.01f, -0.01f, p.y - ridge));
      return colour;
    }
    case Kind::room: {
      Colour colour = mix(sky_, haze_, 0.5f + 0.5f * p.x * (cover_ - 0.5f));
      if (ground_kind_ < 2)
        colour =
            mix(colour, colour * 0.8f,
                texture_at(ground_kind_ ? Texture::stripes : Texture::dots, p * (0.6f / period_), seed_));
      if (p.y > horizon_ - 0.07f) colour = mix(colour, {0.9f, 0.88f, 0.85f}, 0.6f);
      return colour * (1 - 0.25f * smoothstep(-0.2f, -1.2f, p.y));
    }
    case Kind::backdrop: {
      const float fall = length({p.x - 0.4f * (cover_ - 0.5f), p.y + 0.3f});
      return mix(sky_ * 1.1f, haze_ * 0.6f, smoothstep(0.1f, 1.7f, fall)) *
             (0.94f + 0.12f * fractal_noise(p * 3, seed_, 3));
    }
    case Kind::foliage: {
      const float leaves = fractal_noise(p * (0.9f / period_), seed_, 5);
      const float spots = smoothstep(0.62f, 0.72f, lattice_noise(p * 3.5f, seed_ + 31));
      return mix(mix(sky_, haze_, smoothstep(0.3f, 0.75f, leaves)), {0.95f, 0.93f, 0.8f}, 0.35f * spots);
    }
    case Kind::street: {
      const float row = std::floor(p.y / (period_ * 0.5f)), shift = static_cast<int>(row) & 1 ? 0.5f : 0.0f;
      const float x = p.x / period_ + shift, fx = x - std::floor(x), fy = p.y / (period_ * 0.5f) - row;
      const float mortar = std::min({fx, 1 - fx, (fy < 0.5f ? fy : 1 - fy) * 0.5f});
      const Colour brick = mix(sky_, haze_, lattice_noise({std::floor(x) * 3.7f, row * 5.3f}, seed_));
      return mix(mix(brick, {0.75f, 0.73f, 0.7f}, 0.6f), brick, smoothstep(0.02f, 0.07f, mortar)) *
             (0.85f + 0.3f * fractal_noise(p * 6, seed_, 3));
    }
  }
  return sky_;
}

// The ground recedes: its textures shrink towards the horizon.
Colour Scene::below(Vec2 p) const {
  const float depth = 0.5f / (p.y - horizon_ + 0.12f);
  const Vec2 q{p.x * depth * 2.5f, depth * 5};
  float amount = 0;
  if (kind_ == Kind::room)
    amount = ground_kind_ == 0 ? texture_at(Texture::checks, q * 0.35f, seed_)
                               : texture_at(Texture::wood, {q.y * 0.5f, q.x * 0.8f}, seed_);
  else if (kind_ == Kind::street)
    amount = 0.5f * fractal_noise(q * 3, seed_, 4) +
             (ground_kind_ & 1 ? 0.5f * texture_at(Texture::checks, q * 0.3f, seed_) : 0);
  else if (kind_ == Kind::landscape && ground_kind_ == 2)
    amount = 0.5f + 0.5f * std::sin(q.y * 7 + 5 * fractal_noise(q * 0.7f, seed_, 3));
  else if (kind_ == Kind::landscape && ground_kind_ == 0)
    amount = fractal_noise({q.x * 7, q.y * 1.6f}, seed_, 4);
  else amount = fractal_noise(q * 1.8f, seed_, 5);
  const float far = smoothstep(0.25f, 0.0f, p.y - horizon_);
  return mix(mix(ground_, ground_other_, amount), mix(ground_, haze_, 0.5f), far * 0.7f);
}

Colour Scene::at(Vec2 p, float pixel) const {
  const float edge = std::clamp(0.5f + (p.y - horizon_) / pixel, 0.0f, 1.0f);
  Colour colour = edge <= 0 ? above(p) : edge >= 1 ? below(p) : mix(above(p), below(p), edge);
  for (const Clutter& piece : clutter_) {
    const float distance = piece.figure.distance(p);
    if (distance > piece.blur) continue;
    const float cover = smoothstep(piece.blur, -piece.blur, distance);
    colour =
        mix(colour, mix(piece.colour, piece.other, smoothstep(-0.2f, 0.2f, p.x - p.y + distance)), cover);
  }
  return colour;
}

}  // namespace brain::data
