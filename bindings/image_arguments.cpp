#include "bindings/image_arguments.h"

#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"

namespace brain {
namespace {

// n, or {height, width}
std::optional<data::Size> check_size(lua_State* L, const char* option, std::int64_t& single) {
  if (lua_type(L, -1) != LUA_TTABLE) {
    single = luax::check_integer(L, -1, "transform", option);
    if (single < 1) fail("transform: ", option, ": expected a size of at least 1, got ", single);
    return std::nullopt;
  }
  const auto shape = check_shape(L, lua_gettop(L), "transform");
  if (shape.size() != 2) fail("transform: ", option, ": expected a number or {height, width}, got ", shape.size(), " numbers");
  return data::Size{shape[0], shape[1]};
}

std::array<double, 3> check_three(lua_State* L, const char* option) {
  if (lua_type(L, -1) != LUA_TTABLE || lua_rawlen(L, -1) != 3) fail("transform: ", option, ": expected three numbers, one for each channel");
  std::array<double, 3> three{};
  for (int c = 0; c < 3; ++c) {
    lua_rawgeti(L, -1, c + 1);
    three[static_cast<std::size_t>(c)] = luax::check_number(L, -1, "transform", option);
    lua_pop(L, 1);
  }
  return three;
}

}  // namespace

data::ImageTransformOptions check_transform_options(lua_State* L, int index) {
  luax::Options given(L, index, "transform");
  data::ImageTransformOptions options;
  if (given.get("resize")) options.squash = check_size(L, "resize", options.shorter_side);
  options.interpolation = data::interpolation_named(given.string("interpolation", "bilinear"), "transform: interpolation");
  options.antialias = given.boolean("antialias", true);
  if (given.get("crop")) {
    std::int64_t single = 0;
    options.crop = check_size(L, "crop", single);
    if (!options.crop) options.crop = data::Size{single, single};
  }
  options.scale = static_cast<double>(given.integer("scale", 1));
  const std::string colour = given.string("colour", "rgb");
  if (colour != "rgb" && colour != "bgr") fail("transform: colour: expected 'rgb' or 'bgr', got '", colour, "'");
  options.bgr = colour == "bgr";
  if (given.get("mean")) options.mean = check_three(L, "mean");
  if (given.get("std")) options.deviation = check_three(L, "std");
  given.finish();
  return options;
}

data::ImageSource check_image_source(lua_State* L, int index) {
  using data::ImageSource;
  if (test_tensor(L, index)) return ImageSource(check_tensor(L, index, "image_column", "source"));
  if (lua_type(L, index) != LUA_TTABLE)
    luax::argument_error("image_column", "source", "a list of paths, {bytes =, offsets =} or a uint8 Tensor [n, h, w, 3]", L, index);
  if (luax::is_options(L, index)) {
    luax::Options given(L, index, "image_column: source");
    if (!given.get("bytes") || !given.get("offsets")) fail("image_column: source: expected {bytes =, offsets =}");
    given.finish();
    return ImageSource(check_tensor(L, -2, "image_column", "bytes"), check_tensor(L, -1, "image_column", "offsets"));
  }
  std::vector<std::string> paths;
  for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L, index)); ++i) {
    lua_rawgeti(L, index, i);
    paths.push_back(luax::check_string(L, -1, "image_column", join_text("source[", i, "]").c_str()));
    lua_pop(L, 1);
  }
  return ImageSource(std::move(paths));
}

}  // namespace brain
