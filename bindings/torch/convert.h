#pragma once
// Lua values to operator arguments and results back.
#include "bindings/torch/schema.h"
#include "bindings/torch/tensor.h"

namespace brain {

// torch.null: what stands for None inside lists and option tables.
void push_null(lua_State* L);
bool is_null(lua_State* L, int index);

// Converts the value at index to an argument. False when it does not fit; raises only for released tensors. `lenient`
// also takes 0-d tensors where a number is asked, as PyTorch does.
bool to_argument(lua_State* L, int index, const Argument& argument, bool takes_numbers, bool lenient, c10::IValue& value);

// What an argument accepts, for messages: "Tensor or number", "dtype name".
std::string expected_text(const Argument& argument, bool takes_numbers);

// Pushes one result. Undefined tensors become nil, lists become Lua lists, dtypes their names.
void push_value(lua_State* L, c10::IValue&& value, Kind kind);

// A number as a 0-d tensor that does not take part in type promotion, as PyTorch wraps Python numbers.
at::Tensor wrapped_number(const at::Scalar& scalar);
// The number at index; false when it is none.
bool to_scalar(lua_State* L, int index, at::Scalar& scalar);

// "float32" etc.; errors list the valid names.
at::ScalarType check_dtype(lua_State* L, int index, const char* function);
at::Device check_device(lua_State* L, int index, const char* function);
// Shape of integers from a table, or from the arguments index..top.
std::vector<std::int64_t> check_shape(lua_State* L, int index, const char* function);
// Pushes a Size: a list that compares and prints.
void push_size(lua_State* L, at::IntArrayRef sizes);

// A torch.Generator handle.
struct GeneratorHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrGenrtr");
  luax::Tag tag = kTag;
  at::Generator generator;
};
void open_generator(lua_State* L);  // pushes torch.Generator

}  // namespace brain
