#pragma once
#include <vector>

#include "core/philox.h"
#include "data/draw_texture.h"

namespace brain::data {

// Where a thing stands: a sky, wall or backdrop above a ground in perspective, with clutter out of focus.
class Scene {
 public:
  explicit Scene(Philox& draws);
  // Colour at p, -1 to 1, y down. `pixel`: the size of one.
  Colour at(Vec2 p, float pixel) const;
  float horizon() const { return horizon_; }

 private:
  enum class Kind { landscape, room, backdrop, foliage, street };
  struct Clutter {
    Figure figure;
    Colour colour, other;
    float blur;
  };

  Colour above(Vec2 p) const;
  Colour below(Vec2 p) const;

  Kind kind_;
  float horizon_, hue_, period_, cover_;
  int ground_kind_;
  std::uint32_t seed_;
  Colour sky_, haze_, ground_, ground_other_;
  std::vector<Clutter> clutter_;
};

}  // namespace brain::data
