#pragma once
// What a Tensor answers in Lua: metamethods, properties, and the methods the dispatcher does not have.
#include <ATen/ATen.h>

#include <vector>

#include "bindings/lua/luax.h"

namespace brain {

// Fills the Tensor metatable on top of the stack (indexing, operators, printing, closing).
void set_tensor_metamethods(lua_State* L);

// Pushes the method table: hand-written methods and properties; operators join it as they are first used.
void push_method_table(lua_State* L);
// Sorted names of hand-written methods and properties.
std::vector<std::string> method_names(lua_State* L);
// Pushes a property's value; false when the tensor has no such property.
bool push_property(lua_State* L, const at::Tensor& tensor, int property);

// Pushes the name of the operation that made the tensor ("AddBackward0"), or nil.
void push_grad_fn(lua_State* L, const at::Tensor& tensor);

// Arithmetic and comparison metamethods (operators.cpp).
extern const luaL_Reg operator_metamethods[];
// Hand-written methods (methods.cpp, autograd.cpp).
extern const luaL_Reg tensor_methods[];
extern const luaL_Reg autograd_methods[];

// The value of a one-element tensor as a Lua number, boolean, or two numbers for complex; returns how many.
int push_item(lua_State* L, const at::Tensor& tensor);
// Nested Lua tables with the tensor's values.
void push_list(lua_State* L, const at::Tensor& tensor);

}  // namespace brain
