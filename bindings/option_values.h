#pragma once
// Options and saved numbers of optimisers and schedules from Lua values and back.
#include "bindings/lua/luax.h"
#include "optim/options.h"

namespace brain {

// Sets one option from the value at index.
void set_option(lua_State* L, int index, OptionValues& values, std::size_t option);
// Sets every entry of the table at index (nil: none).
void set_options(lua_State* L, int index, OptionValues& values);
// Pushes a list of numbers.
void push_list(lua_State* L, const std::vector<double>& values);
void push_option(lua_State* L, const OptionValues& values, std::size_t option);

// A saved state's numbers as a table by name.
void push_numbers(lua_State* L, const NamedNumbers& numbers);
NamedNumbers check_numbers(lua_State* L, int index);

}  // namespace brain
