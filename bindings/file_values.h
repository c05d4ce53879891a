#pragma once
// What files hold, as Lua values and back.
#include "bindings/lua/luax.h"
#include "io/value.h"

namespace brain {

// Pushes the value: numbers, strings, lists (of lists, tuples and sets), tables whose pairs() keeps the
// file's order, Tensors. None inside a table is torch.null, alone it is nil. Integers of more than 64 bits
// are strings of digits, keys that Lua has no twin for are Python's text for them, objects of other classes
// are tables {class=, state=, ...}.
void push_file_value(lua_State* L, const io::Value& value);

// The value at index, for saving. Tables with a list part are lists, others dicts: in the order of pairs()
// where that is fixed, else sorted by key. Throws "FUNCTION: value.a.b: ..." for functions and what else no
// file holds.
io::Value check_file_value(lua_State* L, int index, const char* function);

}  // namespace brain
