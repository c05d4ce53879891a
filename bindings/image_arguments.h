#pragma once
// Settings and sources of pictures from Lua values.
#include "bindings/lua/luax.h"
#include "data/image_source.h"
#include "data/image_transform.h"

namespace brain {

// {resize = n or {h, w}, interpolation = 'bilinear', antialias = true, crop = n or {h, w}, scale = 1, colour = 'rgb',
// mean = {r, g, b}, std = {r, g, b}}
data::ImageTransformOptions check_transform_options(lua_State* L, int index);

// A list of paths; {bytes = uint8 [n], offsets = int64 [pictures + 1]}; uint8 [n, h, w, 3].
data::ImageSource check_image_source(lua_State* L, int index);

}  // namespace brain
