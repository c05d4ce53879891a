#pragma once
// Options of optimisers and schedules from Lua values and back: numbers, booleans, words, lists of numbers.
#include "bindings/lua/luax.h"
#include "optim/options.h"

namespace brain {

// Sets one option from the value at index.
void set_option(lua_State* L, int index, OptionValues& values, std::size_t option);
// Sets every entry of the table at index (nil: none).
void set_options(lua_State* L, int index, OptionValues& values);
void push_option(lua_State* L, const OptionValues& values, std::size_t option);

}  // namespace brain
