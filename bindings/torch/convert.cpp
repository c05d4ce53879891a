#include "bindings/torch/convert.h"

#include <ATen/ScalarOps.h>

#include "core/error.h"
#include "core/nearest.h"

namespace brain {

namespace {

struct Null {
  static constexpr luax::Tag kTag = luax::make_tag("BrNull__");
  luax::Tag tag = kTag;
};

const int kNullKey = 0;

int null_tostring(lua_State* L) {
  lua_pushliteral(L, "null");
  return 1;
}

// An integer, or a float with an integer value.
bool to_integer(lua_State* L, int index, std::int64_t& value) {
  if (lua_type(L, index) != LUA_TNUMBER) return false;
  int ok = 0;
  value = lua_tointegerx(L, index, &ok);
  return ok != 0;
}

bool lenient_number(lua_State* L, int index, at::Scalar& scalar) {
  const TensorHandle* handle = test_tensor(L, index);
  if (!handle) return false;
  const at::Tensor& tensor = tensor_of(handle);
  if (tensor.dim() != 0 || tensor.requires_grad()) return false;
  scalar = tensor.item();
  return true;
}

// Calls `take(position)` for every element of the list at index, pushed on top; stops at the first false.
template <class Take>
bool each(lua_State* L, int index, Take take) {
  const auto n = static_cast<lua_Integer>(lua_rawlen(L, index));
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(L, index, i);
    const bool ok = take(-1);
    lua_pop(L, 1);
    if (!ok) return false;
  }
  return true;
}

bool is_list(lua_State* L, int index) { return lua_type(L, index) == LUA_TTABLE && !luax::is_options(L, index); }

bool to_reduction(lua_State* L, int index, const Argument& argument, std::int64_t& value) {
  if (argument.name != "reduction" || lua_type(L, index) != LUA_TSTRING) return false;
  const std::string_view text = lua_tostring(L, index);
  value = text == "none" ? 0 : text == "mean" ? 1 : text == "sum" ? 2 : -1;
  return value >= 0;
}

bool to_list(lua_State* L, int index, const Argument& argument, bool lenient, c10::IValue& out) {
  switch (argument.kind) {
    case Kind::IntList: {
      std::vector<std::int64_t> list;
      std::int64_t value = 0;
      at::Scalar number;
      const auto element = [&](int i) {
        if (to_integer(L, i, value)) return list.push_back(value), true;
        if (lenient && lenient_number(L, i, number) && number.isIntegral(false)) return list.push_back(number.toLong()), true;
        return false;
      };
      if (is_list(L, index)) {
        if (!each(L, index, element)) return false;
        if (argument.broadcast > 1 && list.size() == 1) list.assign(argument.broadcast, list[0]);
      } else {
        if (argument.broadcast == 0 || !element(index)) return false;
        list.assign(argument.broadcast, list[0]);
      }
      out = std::move(list);
      return true;
    }
    case Kind::FloatList: {
      std::vector<double> list;
      const auto element = [&](int i) { return lua_type(L, i) == LUA_TNUMBER ? (list.push_back(lua_tonumber(L, i)), true) : false; };
      if (is_list(L, index)) {
        if (!each(L, index, element)) return false;
      } else {
        if (argument.broadcast == 0 || !element(index)) return false;
        list.assign(argument.broadcast, list[0]);
      }
      out = std::move(list);
      return true;
    }
    case Kind::BoolList: {
      std::vector<bool> list;
      if (!is_list(L, index)) return false;
      if (!each(L, index, [&](int i) { return lua_isboolean(L, i) ? (list.push_back(lua_toboolean(L, i)), true) : false; }))
        return false;
      if (argument.broadcast > 0 && static_cast<int>(list.size()) != argument.broadcast) return false;
      c10::List<bool> made;
      for (const bool b : list) made.push_back(b);
      out = std::move(made);
      return true;
    }
    case Kind::ScalarList: {
      c10::List<at::Scalar> list;
      at::Scalar value;
      if (!is_list(L, index)) return false;
      if (!each(L, index, [&](int i) { return to_scalar(L, i, value) ? (list.push_back(value), true) : false; })) return false;
      // The boxed form of Scalar[] is a list of any numbers.
      c10::impl::GenericList generic(c10::NumberType::get());
      for (std::size_t i = 0; i < list.size(); ++i) generic.push_back(c10::IValue(static_cast<at::Scalar>(list.get(i))));
      out = c10::IValue(std::move(generic));
      return true;
    }
    case Kind::TensorList: {
      std::vector<at::Tensor> list;
      const auto element = [&](int i) {
        const TensorHandle* handle = test_tensor(L, i);
        return handle ? (list.push_back(tensor_of(handle)), true) : false;
      };
      if (is_list(L, index) ? !each(L, index, element) : !(lenient && element(index))) return false;
      out = std::move(list);
      return true;
    }
    case Kind::OptionalTensorList: {
      c10::List<std::optional<at::Tensor>> list;
      const auto element = [&](int i) {
        if (is_null(L, i)) return list.push_back(std::nullopt), true;
        const TensorHandle* handle = test_tensor(L, i);
        return handle ? (list.push_back(tensor_of(handle)), true) : false;
      };
      if (!is_list(L, index) || !each(L, index, element)) return false;
      out = std::move(list);
      return true;
    }
    default: return false;
  }
}

}  // namespace

void push_null(lua_State* L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &kNullKey) != LUA_TNIL) return;
  lua_pop(L, 1);
  new (lua_newuserdatauv(L, sizeof(Null), 0)) Null;
  static const luaL_Reg metamethods[] = {{"__tostring", null_tostring}, {nullptr, nullptr}};
  luax::new_metatable(L, "null", nullptr, metamethods);
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &kNullKey);
}

bool is_null(lua_State* L, int index) { return luax::test<Null>(L, index) != nullptr; }

bool to_scalar(lua_State* L, int index, at::Scalar& scalar) {
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) scalar = static_cast<std::int64_t>(lua_tointeger(L, index));
      else scalar = lua_tonumber(L, index);
      return true;
    case LUA_TBOOLEAN: scalar = lua_toboolean(L, index) != 0; return true;
    default: return false;
  }
}

at::Tensor wrapped_number(const at::Scalar& scalar) {
  at::Tensor tensor = c10::scalar_to_tensor(scalar);
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

bool to_argument(lua_State* L, int index, const Argument& argument, bool takes_numbers, bool lenient, c10::IValue& value) {
  const int type = lua_type(L, index);
  if (type == LUA_TNIL || type == LUA_TNONE || (type == LUA_TUSERDATA && is_null(L, index))) {
    if (!argument.optional) {
      if (!argument.has_default) return false;
      value = argument.otherwise;
      return true;
    }
    value = argument.has_default ? argument.otherwise : c10::IValue();
    if (type == LUA_TUSERDATA) value = c10::IValue();  // torch.null says None aloud
    return true;
  }
  std::int64_t integer = 0;
  at::Scalar scalar;
  switch (argument.kind) {
    case Kind::Tensor:
      if (type == LUA_TUSERDATA) {
        const TensorHandle* handle = test_tensor(L, index);
        if (!handle) return false;
        value = tensor_of(handle);
        return true;
      }
      if (!takes_numbers || !to_scalar(L, index, scalar)) return false;
      value = wrapped_number(scalar);
      return true;
    case Kind::Scalar:
      if (!to_scalar(L, index, scalar) && !(lenient && lenient_number(L, index, scalar))) return false;
      value = scalar;
      return true;
    case Kind::Int:
      if (to_integer(L, index, integer) || to_reduction(L, index, argument, integer)) return value = integer, true;
      if (!lenient || !lenient_number(L, index, scalar) || !scalar.isIntegral(false)) return false;
      value = scalar.toLong();
      return true;
    case Kind::Float:
      if (type == LUA_TNUMBER) return value = static_cast<double>(lua_tonumber(L, index)), true;
      if (!lenient || !lenient_number(L, index, scalar) || scalar.isComplex()) return false;
      value = scalar.toDouble();
      return true;
    case Kind::Bool:
      if (type != LUA_TBOOLEAN) return false;
      value = lua_toboolean(L, index) != 0;
      return true;
    case Kind::Generator: {
      auto* handle = luax::test<GeneratorHandle>(L, index);
      if (!handle) return false;
      value = handle->generator;
      return true;
    }
    case Kind::Str:
    case Kind::Dtype:
    case Kind::Layout:
    case Kind::MemoryFormat:
    case Kind::Device: {
      if (type != LUA_TSTRING) return false;
      std::size_t size = 0;
      const char* data = lua_tolstring(L, index, &size);
      const std::string_view text(data, size);
      at::ScalarType dtype{};
      at::Layout layout{};
      at::MemoryFormat format{};
      at::Device device(at::kCPU);
      if (argument.kind == Kind::Str) return value = std::string(text), true;
      if (argument.kind == Kind::Dtype) return parse_dtype(text, dtype) ? (value = dtype, true) : false;
      if (argument.kind == Kind::Layout) return parse_layout(text, layout) ? (value = layout, true) : false;
      if (argument.kind == Kind::MemoryFormat) return parse_memory_format(text, format) ? (value = format, true) : false;
      return parse_device(text, device) ? (value = device, true) : false;
    }
    case Kind::Unsupported: return false;
    default: return to_list(L, lua_absindex(L, index), argument, lenient, value);
  }
}

std::string expected_text(const Argument& argument, bool takes_numbers) {
  std::string text = argument.type;
  if (!text.empty() && text.back() == '?') text.pop_back();
  switch (argument.kind) {
    case Kind::Tensor: return takes_numbers ? "Tensor or number" : "Tensor";
    case Kind::Scalar: return "number";
    case Kind::Int: return argument.name == "reduction" ? "'none', 'mean' or 'sum'" : "integer";
    case Kind::Float: return "number";
    case Kind::Bool: return "boolean";
    case Kind::Str: return "string";
    case Kind::Dtype: return "dtype name such as 'float32'";
    case Kind::Device: return "device such as 'cpu' or 'cuda:0'";
    case Kind::Layout: return "layout name such as 'strided'";
    case Kind::MemoryFormat: return "memory format such as 'channels_last'";
    case Kind::Generator: return "Generator";
    case Kind::IntList: return argument.broadcast > 0 ? "integer or list of integers" : "list of integers";
    case Kind::FloatList: return "list of numbers";
    case Kind::BoolList: return "list of booleans";
    case Kind::ScalarList: return "list of numbers";
    case Kind::TensorList: return "list of Tensors";
    case Kind::OptionalTensorList: return "list of Tensors and torch.null";
    case Kind::Unsupported: return text + " (which Lua cannot make)";
  }
  return text;
}

at::ScalarType check_dtype(lua_State* L, int index, const char* function) {
  at::ScalarType type{};
  if (lua_type(L, index) == LUA_TSTRING && parse_dtype(lua_tostring(L, index), type)) return type;
  std::vector<std::string> names;
  for (const auto& [name, value] : dtypes()) names.push_back(name);
  const std::string near = lua_type(L, index) == LUA_TSTRING ? nearest(lua_tostring(L, index), names) : "";
  luax::argument_error(function, "dtype", near.empty() ? "dtype name such as 'float32'" : "dtype name (did you mean '" + near + "'?)",
                       L, index);
}

at::Device check_device(lua_State* L, int index, const char* function) {
  at::Device device(at::kCPU);
  if (lua_type(L, index) == LUA_TSTRING && parse_device(lua_tostring(L, index), device)) return device;
  luax::argument_error(function, "device", "device such as 'cpu' or 'cuda:0'", L, index);
}

std::vector<std::int64_t> check_shape(lua_State* L, int index, const char* function) {
  std::vector<std::int64_t> shape;
  std::int64_t value = 0;
  const auto element = [&](int i) {
    if (!to_integer(L, i, value)) luax::argument_error(function, "size", "integer", L, i);
    shape.push_back(value);
    return true;
  };
  if (lua_type(L, index) == LUA_TTABLE) each(L, index, element);
  else
    for (int i = index; i <= lua_gettop(L); ++i) element(i);
  return shape;
}

}  // namespace brain
