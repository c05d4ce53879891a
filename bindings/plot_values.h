#pragma once
// Figures and what they hold, from Lua's tables of options.
#include "bindings/lua/luax.h"
#include "plot/figure.h"

namespace brain {

// Named options of one mark or figure, read once each.
class PlotOptions : public luax::Options {
 public:
  PlotOptions(lua_State* L, int index, const char* owner) : Options(L, index, owner), L_(L), owner_(owner) {}

  double number(const char* name, double otherwise);
  plot::Numbers numbers(const char* name);  // a number, a list of numbers or a Tensor, flattened; empty when absent
  plot::Names names(const char* name);      // a list of strings or numbers
  plot::Colour colour(const char* name, const plot::Colour& otherwise);
  std::vector<plot::Colour> colours(const char* name);  // one or a list
  plot::Image image(const char* name);                  // uint8 Tensor [h, w, 3] or [h, w]
  int choice(const char* name, const plot::Names& words, int otherwise);

 private:
  lua_State* L_;
  const char* owner_;
};

// A figure of one panel from its options; marks are added to it.
plot::Figure check_figure(lua_State* L, int index);

// A mark of a kind ('curve', 'bars', 'histogram', 'points', 'rule', 'significance', 'heat', 'picture', 'note', 'group',
// 'colour_bar') from its options, into the panel.
void add_mark(lua_State* L, int index, const std::string& kind, plot::Panel& panel);

}  // namespace brain
