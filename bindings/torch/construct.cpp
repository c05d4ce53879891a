#include "bindings/torch/construct.h"

#include "bindings/torch/convert.h"
#include "core/error.h"

namespace brain {

namespace {

// What the leaves of the table are; the highest decides the dtype.
enum class Leaf { None, Boolean, Integer, Float };

struct Walk {
  lua_State* L;
  const char* function;
  std::vector<std::int64_t> shape;
  std::vector<lua_Integer> path;
  Leaf leaf = Leaf::None;

  std::string where() const {
    std::string text;
    for (const auto i : path) text += "[" + std::to_string(i) + "]";
    return text.empty() ? "the table" : text;
  }
};

// The number of a leaf: a number, boolean or one-element tensor.
bool leaf_scalar(lua_State* L, int index, at::Scalar& scalar) {
  if (to_scalar(L, index, scalar)) return true;
  const TensorHandle* handle = test_tensor(L, index);
  if (!handle || tensor_of(handle).numel() != 1) return false;
  scalar = tensor_of(handle).item();
  return true;
}

Leaf leaf_of(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN: return Leaf::Boolean;
    case LUA_TNUMBER: return lua_isinteger(L, index) ? Leaf::Integer : Leaf::Float;
    case LUA_TUSERDATA: {
      at::Scalar scalar;
      if (!leaf_scalar(L, index, scalar)) return Leaf::None;
      return scalar.isBoolean() ? Leaf::Boolean : scalar.isIntegral(false) ? Leaf::Integer : Leaf::Float;
    }
    default: return Leaf::None;
  }
}

// First pass: the shape along the first elements, then every other element must agree.
void measure(Walk& walk, int index, std::size_t depth) {
  lua_State* L = walk.L;
  if (depth > 64) fail(walk.function, ": tables nested deeper than 64, or a table that holds itself");
  luaL_checkstack(L, 4, "nested tables");
  const auto n = static_cast<std::int64_t>(lua_rawlen(L, index));
  if (depth == walk.shape.size()) {
    if (walk.leaf != Leaf::None) fail(walk.function, ": ", walk.where(), ": expected a number, found a table");
    walk.shape.push_back(n);
  }
  if (walk.shape[depth] != n)
    fail(walk.function, ": ", walk.where(), ": expected ", walk.shape[depth], " elements, found ", n);
  for (std::int64_t i = 1; i <= n; ++i) {
    lua_rawgeti(L, index, i);
    walk.path.push_back(i);
    if (lua_type(L, -1) == LUA_TTABLE) {
      measure(walk, lua_gettop(L), depth + 1);
    } else {
      const Leaf leaf = leaf_of(L, -1);
      if (leaf == Leaf::None) fail(walk.function, ": ", walk.where(), ": expected a number, found ", luax::describe(L, -1));
      if (depth + 1 != walk.shape.size())
        fail(walk.function, ": ", walk.where(), ": expected a table of ", walk.shape[depth + 1], " elements, found ",
             luax::describe(L, -1));
      walk.leaf = std::max(walk.leaf, leaf);
    }
    walk.path.pop_back();
    lua_pop(L, 1);
  }
}

// Second pass: writes the leaves in order.
template <class T>
void fill(lua_State* L, int index, std::size_t depth, std::size_t dims, T*& out) {
  const auto n = static_cast<lua_Integer>(lua_rawlen(L, index));
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(L, index, i);
    if (depth + 1 < dims) {
      fill(L, lua_gettop(L), depth + 1, dims, out);
    } else if (lua_type(L, -1) == LUA_TNUMBER && !std::is_same_v<T, bool>) {
      if (lua_isinteger(L, -1)) *out++ = static_cast<T>(lua_tointeger(L, -1));
      else *out++ = static_cast<T>(lua_tonumber(L, -1));
    } else {
      at::Scalar scalar;
      leaf_scalar(L, -1, scalar);
      *out++ = scalar.to<T>();
    }
    lua_pop(L, 1);
  }
}

template <class T>
at::Tensor filled(lua_State* L, int index, const Walk& walk, at::ScalarType type) {
  at::Tensor tensor = at::empty(walk.shape, at::TensorOptions(type));
  T* out = tensor.data_ptr<T>();
  if (tensor.numel() > 0) fill<T>(L, index, 0, walk.shape.size(), out);
  return tensor;
}

// A number as a 0-d tensor; one that an integer dtype cannot hold is an error, not another number.
at::Tensor checked_scalar(const at::Scalar& value, at::ScalarType dtype, const char* function) {
  try {
    return at::scalar_tensor(value, at::TensorOptions(dtype));
  } catch (const std::exception&) {
    fail(function, ": ", value, " does not fit ", dtype_name(dtype));
  }
}

}  // namespace

at::Tensor tensor_from_table(lua_State* L, int index, std::optional<at::ScalarType> dtype, const char* function) {
  index = lua_absindex(L, index);
  if (luax::is_options(L, index)) fail(function, ": expected a list of numbers, found a table with named entries");
  Walk walk{L, function, {}, {}, Leaf::None};
  measure(walk, index, 0);
  at::Tensor tensor;
  switch (walk.leaf) {
    case Leaf::Boolean: tensor = filled<bool>(L, index, walk, at::kBool); break;
    case Leaf::Integer:
      // Integers meant as floats are rounded once, from double.
      if (dtype && c10::isFloatingType(*dtype)) tensor = filled<double>(L, index, walk, at::kDouble);
      else tensor = filled<std::int64_t>(L, index, walk, at::kLong);
      break;
    default: tensor = filled<double>(L, index, walk, at::kDouble);
  }
  const bool integral = walk.leaf == Leaf::Boolean || walk.leaf == Leaf::Integer;
  const at::ScalarType target = dtype ? *dtype : integral ? tensor.scalar_type() : c10::typeMetaToScalarType(c10::get_default_dtype());
  if (walk.leaf > Leaf::Boolean && c10::isIntegralType(target, false) && target != tensor.scalar_type() && tensor.numel() > 0) {
    const auto [smallest, largest] = at::aminmax(tensor);
    for (const at::Tensor& extreme : {smallest, largest}) checked_scalar(extreme.item(), target, function);
  }
  return tensor.to(target);
}

int torch_tensor(lua_State* L) {
  std::optional<at::ScalarType> dtype;
  std::optional<at::Device> device;
  luax::Options options(L, 2, "tensor");
  if (options.get("dtype")) dtype = check_dtype(L, -1, "tensor");
  if (options.get("device")) device = check_device(L, -1, "tensor");
  const bool requires_grad = options.boolean("requires_grad", false);
  options.finish();
  at::Tensor tensor;
  at::Scalar scalar;
  if (to_scalar(L, 1, scalar)) {
    const auto natural = scalar.isBoolean() ? at::kBool : scalar.isIntegral(false) ? at::kLong
                         : c10::typeMetaToScalarType(c10::get_default_dtype());
    tensor = checked_scalar(scalar, dtype.value_or(natural), "tensor");
  } else if (const TensorHandle* handle = test_tensor(L, 1)) {
    const at::Tensor& source = tensor_of(handle);
    tensor = source.detach().to(source.options().dtype(dtype.value_or(source.scalar_type())), false, true);
  } else if (lua_type(L, 1) == LUA_TTABLE) {
    tensor = tensor_from_table(L, 1, dtype, "tensor");
  } else {
    luax::argument_error("tensor", "data", "table, number, boolean or Tensor", L, 1);
  }
  if (device) tensor = tensor.to(*device);
  if (requires_grad) tensor.set_requires_grad(true);
  push_tensor(L, std::move(tensor));
  return 1;
}

}  // namespace brain
