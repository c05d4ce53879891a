#include "bindings/plot_values.h"

#include <algorithm>

#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "core/nearest.h"

namespace brain {

using namespace plot;

double PlotOptions::number(const char* name, double otherwise) {
  if (!get(name)) return otherwise;
  const double value = luax::check_number(L_, -1, owner_, name);
  lua_pop(L_, 1);
  return value;
}

Numbers PlotOptions::numbers(const char* name) {
  Numbers values;
  if (!get(name)) return values;
  if (test_tensor(L_, -1)) {
    const at::Tensor given = check_tensor(L_, -1, owner_, name);
    if (given.is_complex()) fail(owner_, ": ", name, ": expected real numbers, got ", given.scalar_type());
    const at::Tensor t = given.detach().to(at::kCPU, at::kDouble).contiguous();
    values.assign(t.const_data_ptr<double>(), t.const_data_ptr<double>() + t.numel());
  } else if (lua_type(L_, -1) == LUA_TTABLE) {
    for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L_, -1)); ++i) {
      lua_rawgeti(L_, -1, i);
      values.push_back(luax::check_number(L_, -1, owner_, name));
      lua_pop(L_, 1);
    }
  } else if (lua_type(L_, -1) == LUA_TNUMBER) {
    values.push_back(lua_tonumber(L_, -1));
  } else {
    luax::argument_error(owner_, name, "Tensor, number or list of numbers", L_, -1);
  }
  lua_pop(L_, 1);
  return values;
}

Names PlotOptions::names(const char* name) {
  Names list;
  if (!get(name)) return list;
  if (lua_type(L_, -1) != LUA_TTABLE) luax::argument_error(owner_, name, "list of strings", L_, -1);
  for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L_, -1)); ++i) {
    lua_rawgeti(L_, -1, i);
    if (!lua_isstring(L_, -1)) luax::argument_error(owner_, name, "list of strings", L_, -1);
    list.emplace_back(lua_tostring(L_, -1));
    lua_pop(L_, 1);
  }
  lua_pop(L_, 1);
  return list;
}

Colour PlotOptions::colour(const char* name, const Colour& otherwise) {
  const auto list = colours(name);
  return list.empty() ? otherwise : list[0];
}

std::vector<Colour> PlotOptions::colours(const char* name) {
  std::vector<Colour> list;
  if (!get(name)) return list;
  if (lua_type(L_, -1) == LUA_TTABLE)
    for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L_, -1)); ++i) {
      lua_rawgeti(L_, -1, i);
      list.push_back(parse_colour(luax::check_string(L_, -1, owner_, name)));
      lua_pop(L_, 1);
    }
  else
    list.push_back(parse_colour(luax::check_string(L_, -1, owner_, name)));
  lua_pop(L_, 1);
  return list;
}

Image PlotOptions::image(const char* name) {
  if (!get(name)) fail(owner_, ": ", name, ": expected a uint8 Tensor (height, width, 3), got none");
  at::Tensor t = check_tensor(L_, -1, owner_, name);
  lua_pop(L_, 1);
  const bool grey = t.dim() == 2;
  if (t.scalar_type() != at::kByte || !(grey || (t.dim() == 3 && t.size(2) == 3)) || t.numel() == 0)
    fail(owner_, ": ", name, ": expected a uint8 Tensor (height, width, 3), got ", t.scalar_type(), " ", t.sizes());
  if (grey) t = t.unsqueeze(2).expand({-1, -1, 3});
  t = t.cpu().contiguous();
  const auto* bytes = t.const_data_ptr<std::uint8_t>();
  return {static_cast<int>(t.size(1)), static_cast<int>(t.size(0)), {bytes, bytes + t.numel()}};
}

int PlotOptions::choice(const char* name, const Names& words, int otherwise) {
  const std::string word = string(name, words[static_cast<std::size_t>(otherwise)]);
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<int>(found - words.begin());
  std::string all;
  for (const std::string& w : words) all += (all.empty() ? "'" : ", '") + w + "'";
  fail(owner_, ": ", name, ": expected one of ", all, ", got '", word, "'");
}

namespace {

Axis axis(PlotOptions& o, const char* label, const char* limits, const char* ticks, const char* names, const char* visible,
          const char* tick_marks) {
  Axis result;
  result.label = o.string(label, "");
  const Numbers ends = o.numbers(limits);
  if (!ends.empty() && ends.size() != 2) fail(limits, ": expected {low, high}, got ", ends.size(), " numbers");
  if (ends.size() == 2) {
    if (!(ends[0] < ends[1])) fail(limits, ": expected low < high, got ", ends[0], " and ", ends[1]);
    result.low = ends[0], result.high = ends[1];
  }
  result.ticks = o.numbers(ticks);
  result.names = o.names(names);
  result.visible = o.boolean(visible, true);
  result.tick_marks = o.boolean(tick_marks, result.names.empty());
  if (!result.names.empty() && result.ticks.empty())
    for (std::size_t i = 0; i < result.names.size(); ++i) result.ticks.push_back(static_cast<double>(i));
  return result;
}

}  // namespace

Figure check_figure(lua_State* L, int index) {
  PlotOptions o(L, index, "figure");
  Figure figure;
  figure.width = o.number("width", figure.width);
  figure.height = o.number("height", figure.height);
  figure.font = o.number("font", figure.font);
  figure.family = o.string("family", figure.family);
  Panel panel;
  panel.title = o.string("title", "");
  panel.x = axis(o, "xlabel", "xlim", "xticks", "xnames", "xvisible", "xtick_marks");
  panel.y = axis(o, "ylabel", "ylim", "yticks", "ynames", "yvisible", "ytick_marks");
  panel.legend = static_cast<Legend>(o.choice("legend", legend_names(), 0));
  panel.equal_units = o.boolean("equal_units", false);
  panel.square_cells = o.boolean("square_cells", false);
  o.finish();
  for (double side : {figure.width, figure.height})
    if (!(side >= 5 && side <= 2000)) fail("figure: expected a width and height of 5 to 2000 mm, got ", side);
  if (!(figure.font >= 3 && figure.font <= 72)) fail("figure: font: expected 3 to 72 points, got ", figure.font);
  figure.rows = {{panel}};
  return figure;
}

void add_mark(lua_State* L, int index, const std::string& kind, Panel& panel) {
  PlotOptions o(L, index, kind.c_str());
  const auto series = [&] { return o.string("series", ""); };
  const auto limits = [&] {
    const Numbers ends = o.numbers("limits");
    if (ends.size() != 2) fail("limits: expected {low, high}, got ", ends.size(), " numbers");
    return Interval{ends[0], ends[1]};
  };
  const auto map = [&] { return static_cast<ColourMap>(o.choice("map", colour_map_names(), 0)); };
  Mark mark;
  if (kind == "curve") {
    mark = Curve{series(), o.colour("colour", {}), o.numbers("x"), o.numbers("y"), o.numbers("low"), o.numbers("high"),
                 o.boolean("dashed", false), o.boolean("legend", true), o.number("width", Curve{}.width)};
  } else if (kind == "bars") {
    mark = Bars{series(), o.colours("colours"), o.numbers("x"), o.numbers("y"), o.numbers("low"), o.numbers("high"),
                o.number("width", 0.8), o.boolean("legend", true), o.names("names")};
  } else if (kind == "histogram") {
    mark = Histogram{series(), o.colour("colour", {}), o.numbers("edges"), o.numbers("counts"), o.number("opacity", 1)};
  } else if (kind == "points") {
    mark = Points{series(), o.colours("colours"), o.numbers("x"), o.numbers("y"), o.number("radius", Points{}.radius),
                  o.number("opacity", 1), o.boolean("legend", true), o.names("names"), o.names("texts")};
  } else if (kind == "rule") {
    mark = Rule{o.boolean("vertical", false), o.number("value", 0), o.colour("colour", from_hex(0x808080)),
                o.boolean("dashed", true)};
  } else if (kind == "significance") {
    mark = Significance{series(), o.colour("colour", {}), o.number("from", 0), o.number("to", 0),
                        static_cast<int>(o.integer("row", 0))};
  } else if (kind == "heat") {
    mark = Heat{series(), static_cast<int>(o.integer("rows", 0)), static_cast<int>(o.integer("columns", 0)), o.numbers("values"),
                map(), limits(), o.boolean("pairs", false), o.names("names"), o.boolean("show_names", false)};
  } else if (kind == "picture") {
    Picture picture{series(), o.string("caption", ""), o.number("x", 0), o.number("y", 0), o.number("size", 16), o.number("width", 0),
                    o.number("height", 0), o.image("image"), {}};
    const auto frame = o.colours("frame");
    if (!frame.empty()) picture.frame = frame[0];
    mark = std::move(picture);
  } else if (kind == "note") {
    mark = Note{o.string("text", ""), o.number("x", 0.03), o.number("y", 0.97)};
  } else if (kind == "group") {
    panel.groups.push_back({o.string("name", ""), o.number("from", 0), o.number("to", 0)});
    return o.finish();
  } else if (kind == "colour_bar") {
    panel.colour_bar = ColourBar{map(), limits(), o.string("label", "")};
    return o.finish();
  } else {
    fail("a figure holds no '", kind, "'");
  }
  o.finish();
  add(panel, std::move(mark));
}

}  // namespace brain
