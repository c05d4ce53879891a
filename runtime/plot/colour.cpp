#include "plot/colour.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/error.h"
#include "core/nearest.h"

namespace brain::plot {
namespace {

struct Named {
  const char* name;
  unsigned rgb;
};
constexpr Named palette[] = {{"blue", 0x0072B2},   {"vermillion", 0xD55E00}, {"green", 0x009E73},
                             {"purple", 0xCC79A7}, {"orange", 0xE69F00},     {"sky blue", 0x56B4E9},
                             {"black", 0x000000},  {"yellow", 0xF0E442}};
constexpr Named others[] = {{"grey", 0x808080}, {"gray", 0x808080}, {"white", 0xFFFFFF}, {"red", 0xD55E00}};

constexpr unsigned viridis[] = {
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086, 0x3f4989, 0x3b528b, 0x375a8d, 0x33638d,
    0x2f6a8e, 0x2c728e, 0x297a8e, 0x26818e, 0x23898e, 0x21908c, 0x1f988b, 0x1f9f88, 0x21a685, 0x28ae80, 0x31b57b,
    0x3ebc74, 0x4cc26c, 0x5dc963, 0x6ece58, 0x82d34c, 0x96d83f, 0xabdc32, 0xc0df24, 0xd5e21a, 0xeae51a, 0xfde725};
constexpr unsigned grey[] = {0x000000, 0xFFFFFF};
constexpr unsigned diverging[] = {0x004C77, 0x0072B2, 0x8ABBD9, 0xF7F7F7, 0xECAF80, 0xD55E00, 0x8A3D00};

std::span<const unsigned> stops(ColourMap map) {
  switch (map) {
    case ColourMap::grey: return grey;
    case ColourMap::diverging: return diverging;
    default: return viridis;
  }
}

}  // namespace

Colour from_hex(unsigned rgb, double alpha) {
  return {(rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, alpha};
}

Colour mix(const Colour& a, const Colour& b, double t) {
  return {a.red + t * (b.red - a.red), a.green + t * (b.green - a.green), a.blue + t * (b.blue - a.blue),
          a.alpha + t * (b.alpha - a.alpha)};
}

Colour faded(Colour colour, double alpha) {
  colour.alpha = alpha;
  return colour;
}

Colour okabe_ito(std::size_t i) { return from_hex(palette[i % std::size(palette)].rgb); }

Colour parse_colour(const std::string& text) {
  if (text.size() == 7 && text[0] == '#' && text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos)
    return from_hex(static_cast<unsigned>(std::stoul(text.substr(1), nullptr, 16)));
  std::vector<std::string> names;
  for (auto list : {std::span<const Named>(palette), std::span<const Named>(others)})
    for (const Named& named : list) {
      if (text == named.name) return from_hex(named.rgb);
      names.emplace_back(named.name);
    }
  const std::string near = nearest(text, names);
  fail("colour: expected '#rrggbb' or a name such as 'blue', got '", text, "'",
       near.empty() ? "" : ", did you mean '" + near + "'?");
}

const std::vector<std::string>& colour_map_names() {
  static const std::vector<std::string> names = {"viridis", "grey", "diverging"};
  return names;
}

Colour map_colour(ColourMap map, double t) {
  if (std::isnan(t)) return from_hex(0xFFFFFF);
  const auto colours = stops(map);
  const double place = std::clamp(t, 0.0, 1.0) * static_cast<double>(colours.size() - 1);
  const auto first = std::min(static_cast<std::size_t>(place), colours.size() - 2);
  return mix(from_hex(colours[first]), from_hex(colours[first + 1]), place - static_cast<double>(first));
}

}  // namespace brain::plot
