#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace brain::plot {

// Red, green, blue and opacity, 0 to 1.
struct Colour {
  double red = 0, green = 0, blue = 0, alpha = 1;
  bool operator==(const Colour&) const = default;
};

Colour from_hex(unsigned rgb, double alpha = 1);  // 0xrrggbb
Colour mix(const Colour& a, const Colour& b, double share_of_b);
Colour faded(Colour colour, double alpha);

// The eight colours of Okabe and Ito, "Color universal design" (2008), told apart by people of every colour
// vision. Series come in the order blue, vermillion, green, purple, orange, sky blue, black, yellow; i wraps.
Colour okabe_ito(std::size_t i);

// '#rrggbb', or a name: those of okabe_ito, and grey, white, red (an alias of vermillion). Throws with the
// nearest name.
Colour parse_colour(const std::string& text);

// Colour maps: viridis (van der Walt and Smith, 2015; within 2/255 of its table), grey (black to white), and
// diverging (blue, white, vermillion: for values around 0, with limits of equal size).
enum class ColourMap { viridis, grey, diverging };
const std::vector<std::string>& colour_map_names();  // in the order of the enumeration

// The colour at t in 0..1 (clamped); NaN is white.
Colour map_colour(ColourMap map, double t);

}  // namespace brain::plot
