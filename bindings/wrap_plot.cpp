// brain.plot.native: figures as userdata. stdlib/plot.lua makes plot.lines and its kin of them.
#include <cstdio>
#include <new>
#include <utility>

#include "bindings/lua/luax.h"
#include "bindings/plot_values.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "plot/draw.h"
#include "plot/table.h"

namespace brain {
namespace {

struct FigureHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrFigure");
  luax::Tag tag = kTag;
  plot::Figure* figure = nullptr;
};

plot::Figure& check_handle(lua_State* L, int index) {
  auto* handle = luax::test<FigureHandle>(L, index);
  if (!handle || !handle->figure) luax::argument_error("figure", "self", "figure", L, index);
  return *handle->figure;
}

void push_figure(lua_State* L, plot::Figure figure) {
  auto* handle = new (lua_newuserdatauv(L, sizeof(FigureHandle), 0)) FigureHandle;
  lua_getfield(L, LUA_REGISTRYINDEX, "brain.figure");
  lua_setmetatable(L, -2);
  handle->figure = new plot::Figure(std::move(figure));
}

int collect(lua_State* L) {
  auto* handle = luax::test<FigureHandle>(L, 1);
  if (handle) delete std::exchange(handle->figure, nullptr);
  return 0;
}

// native.figure(options) -> a figure of one panel
int figure(lua_State* L) {
  push_figure(L, check_figure(L, 1));
  return 1;
}

// native.grid(list of lists of figures, {width, height, font, family, heights, letters, share_x, share_y})
int grid(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  PlotOptions options(L, 2, "plot.grid");
  plot::Figure whole;
  whole.width = options.number("width", 183);
  whole.height = options.number("height", 120);
  whole.font = options.number("font", whole.font);
  whole.family = options.string("family", whole.family);
  whole.heights = options.numbers("heights");
  const plot::Names letters = options.names("letters");
  const bool share_x = options.boolean("share_x", false), share_y = options.boolean("share_y", false);
  options.finish();
  std::size_t count = 0;
  for (lua_Integer r = 1; lua_rawgeti(L, 1, r) == LUA_TTABLE; ++r, lua_pop(L, 1)) {
    whole.rows.emplace_back();
    for (lua_Integer c = 1; lua_rawgeti(L, -1, c) != LUA_TNIL; ++c, lua_pop(L, 1)) {
      whole.rows.back().push_back(only_panel(check_handle(L, -1)));
      if (count < letters.size()) whole.rows.back().back().letter = letters[count];
      ++count;
    }
    lua_pop(L, 1);
  }
  plot::share_limits(whole, share_x, share_y);
  push_figure(L, std::move(whole));
  return 1;
}

// figure:add(kind, options): a mark for the only panel
int add(lua_State* L) {
  plot::Figure& figure = check_handle(L, 1);
  only_panel(figure);
  add_mark(L, 3, luax::check_string(L, 2, "add", "kind"), figure.rows[0][0]);
  return 0;
}

// figure:fit_height() -> height in mm
int lua_fit_height(lua_State* L) {
  plot::Figure& figure = check_handle(L, 1);
  plot::fit_height(figure);
  lua_pushnumber(L, figure.height);
  return 1;
}

double check_dpi(lua_State* L, int index) {
  const double dpi = lua_isnoneornil(L, index) ? 300 : luax::check_number(L, index, "figure", "dpi");
  if (!(dpi >= 20 && dpi <= 2400)) fail("figure: dpi: expected 20 to 2400, got ", dpi);
  return dpi;
}

int push_bytes(lua_State* L, const std::string& bytes) {
  lua_pushlstring(L, bytes.data(), bytes.size());
  return 1;
}

// figure:render('png' | 'svg' | 'pdf', dpi) -> bytes
int render(lua_State* L) {
  const plot::Figure& figure = check_handle(L, 1);
  const plot::Format format = plot::format_of("." + luax::check_string(L, 2, "render", "format"));
  return push_bytes(L, plot::render(figure, format, check_dpi(L, 3)));
}

// figure:table() -> CSV
int table(lua_State* L) { return push_bytes(L, plot::table(check_handle(L, 1))); }

// figure:save(path, dpi, table_path or nil)
int save(lua_State* L) {
  const plot::Figure& figure = check_handle(L, 1);
  const std::string path = luax::check_string(L, 2, "save", "path");
  const std::string bytes = plot::render(figure, plot::format_of(path), check_dpi(L, 3));
  write_file_atomically(path, bytes);
  if (!lua_isnoneornil(L, 4)) write_file_atomically(luax::check_string(L, 4, "save", "table"), plot::table(figure));
  return 0;
}

// native.colours() -> the names of series colours, in order
int colours(lua_State* L) {
  lua_newtable(L);
  for (int i = 0; i < 8; ++i) {
    const plot::Colour c = plot::okabe_ito(i);
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", static_cast<int>(c.red * 255 + 0.5), static_cast<int>(c.green * 255 + 0.5),
                  static_cast<int>(c.blue * 255 + 0.5));
    lua_pushstring(L, text);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

const luaL_Reg functions[] = {{"figure", luax::guarded<figure>},
                              {"grid", luax::guarded<grid>},
                              {"colours", luax::guarded<colours>},
                              {nullptr, nullptr}};
const luaL_Reg methods[] = {{"add", luax::guarded<add>},
                            {"fit_height", luax::guarded<lua_fit_height>},
                            {"render", luax::guarded<render>},
                            {"table", luax::guarded<table>},
                            {"save", luax::guarded<save>},
                            {nullptr, nullptr}};
const luaL_Reg metamethods[] = {{"__gc", collect}, {nullptr, nullptr}};

}  // namespace

int luaopen_brain_plot(lua_State* L) {
  luax::new_metatable(L, "figure", methods, metamethods);
  lua_setfield(L, LUA_REGISTRYINDEX, "brain.figure");
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
