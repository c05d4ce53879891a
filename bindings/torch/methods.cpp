// Properties and methods that the dispatcher does not have, or that answer faster without it.
#include "bindings/torch/methods.h"

#include <algorithm>

#include "bindings/torch/call.h"
#include "bindings/torch/convert.h"
#include "core/error.h"

namespace brain {

namespace {

enum Property { kShape = 1, kDtype, kDevice, kGrad, kRequiresGrad, kIsLeaf, kT, kMT, kNdim, kLayout, kIsCuda, kIsSparse,
                kGradFn, kData, kItemsize, kNbytes, kH, kMH, kIsCpu, kIsMeta, kIsQuantized };

constexpr std::pair<const char*, int> kProperties[] = {
    {"shape", kShape}, {"dtype", kDtype}, {"device", kDevice}, {"grad", kGrad}, {"requires_grad", kRequiresGrad},
    {"is_leaf", kIsLeaf}, {"T", kT}, {"mT", kMT}, {"H", kH}, {"mH", kMH}, {"ndim", kNdim}, {"layout", kLayout},
    {"is_cuda", kIsCuda}, {"is_sparse", kIsSparse}, {"grad_fn", kGradFn}, {"data", kData}, {"itemsize", kItemsize},
    {"nbytes", kNbytes}, {"is_cpu", kIsCpu}, {"is_meta", kIsMeta}, {"is_quantized", kIsQuantized}};

const int kMethodsKey = 0;

const at::Tensor& self_of(lua_State* L, const char* method) { return check_tensor(L, 1, method); }

std::int64_t wrapped_dim(lua_State* L, const at::Tensor& tensor, int index, const char* method) {
  const auto dim = luax::check_integer(L, index, method, "dim");
  const auto n = tensor.dim();
  if (dim < -n || dim >= n)
    fail(method, ": dim: expected ", n == 0 ? "none, the tensor is 0-d" : join_text(-n, " to ", n - 1), ", got ", dim);
  return dim < 0 ? dim + n : dim;
}

int size(lua_State* L) {
  const at::Tensor& tensor = self_of(L, "size");
  if (lua_isnoneornil(L, 2)) push_size(L, tensor.sizes());
  else lua_pushinteger(L, tensor.sizes()[wrapped_dim(L, tensor, 2, "size")]);
  return 1;
}

int stride(lua_State* L) {
  const at::Tensor& tensor = self_of(L, "stride");
  if (lua_isnoneornil(L, 2)) push_size(L, tensor.strides());
  else lua_pushinteger(L, tensor.strides()[wrapped_dim(L, tensor, 2, "stride")]);
  return 1;
}

int dim(lua_State* L) { return lua_pushinteger(L, self_of(L, "dim").dim()), 1; }
int numel(lua_State* L) { return lua_pushinteger(L, self_of(L, "numel").numel()), 1; }
int element_size(lua_State* L) { return lua_pushinteger(L, self_of(L, "element_size").itemsize()), 1; }
int storage_offset(lua_State* L) { return lua_pushinteger(L, self_of(L, "storage_offset").storage_offset()), 1; }

int is_contiguous(lua_State* L) {
  const at::Tensor& tensor = self_of(L, "is_contiguous");
  at::MemoryFormat format = at::MemoryFormat::Contiguous;
  luax::Options options(L, 2, "is_contiguous");
  const std::string name = options.string("memory_format", "contiguous_format");
  options.finish();
  if (!parse_memory_format(name, format)) fail("is_contiguous: memory_format: expected a memory format such as 'channels_last', got '", name, "'");
  lua_pushboolean(L, tensor.is_contiguous(format));
  return 1;
}

int item(lua_State* L) { return push_item(L, self_of(L, "item")); }
int tolist(lua_State* L) { return push_list(L, self_of(L, "tolist")), 1; }

// t:to(dtype | device | other), t:to(device, dtype), t:to{device=, dtype=, non_blocking=, copy=, memory_format=}
int to(lua_State* L) {
  at::Tensor tensor = self_of(L, "to");
  std::optional<at::ScalarType> dtype;
  std::optional<at::Device> device;
  std::optional<at::MemoryFormat> format;
  bool non_blocking = false, copy = false, named = false;
  int last = lua_gettop(L);
  if (last >= 2 && luax::is_options(L, last)) {
    luax::Options options(L, last, "to");
    if (options.get("dtype")) dtype = check_dtype(L, -1, "to");
    if (options.get("device")) device = check_device(L, -1, "to");
    named = dtype || device;
    if (options.get("memory_format")) {
      at::MemoryFormat parsed{};
      if (!lua_isstring(L, -1) || !parse_memory_format(lua_tostring(L, -1), parsed))
        luax::argument_error("to", "memory_format", "memory format such as 'channels_last'", L, -1);
      format = parsed;
    }
    non_blocking = options.boolean("non_blocking", false);
    copy = options.boolean("copy", false);
    options.finish();
    --last;
  }
  int flags = 0;
  for (int i = 2; i <= last; ++i) {
    at::ScalarType parsed_type{};
    at::Device parsed_device(at::kCPU);
    if (lua_isnil(L, i)) continue;
    if (const TensorHandle* other = test_tensor(L, i)) {
      dtype = tensor_of(other).scalar_type();
      device = tensor_of(other).device();
    } else if (lua_isboolean(L, i) && flags < 2) {
      (flags++ == 0 ? non_blocking : copy) = lua_toboolean(L, i) != 0;
    } else if (lua_type(L, i) == LUA_TSTRING && parse_dtype(lua_tostring(L, i), parsed_type)) {
      dtype = parsed_type;
    } else if (lua_type(L, i) == LUA_TSTRING && parse_device(lua_tostring(L, i), parsed_device)) {
      device = parsed_device;
    } else {
      luax::argument_error("to", ("argument " + std::to_string(i - 1)).c_str(), "dtype ('float32'), device ('cuda:0') or Tensor", L, i);
    }
    if (named && !lua_isboolean(L, i)) fail("to: dtype and device are given by position or by name, not both");
  }
  at::TensorOptions options = tensor.options();
  if (dtype) options = options.dtype(*dtype);
  if (device) options = options.device(*device);
  return with_memory(L, [&] { return push_tensor(L, tensor.to(options, non_blocking, copy, format)), 1; });
}

template <at::ScalarType type>
int cast(lua_State* L) {
  const at::Tensor& tensor = self_of(L, dtype_name(type));
  return with_memory(L, [&] { return push_tensor(L, tensor.to(type)), 1; });
}

int cpu(lua_State* L) { return push_tensor(L, self_of(L, "cpu").to(at::kCPU)), 1; }

int cuda(lua_State* L) {
  const auto index = static_cast<at::DeviceIndex>(luaL_optinteger(L, 2, -1));
  return push_tensor(L, self_of(L, "cuda").to(at::Device(at::kCUDA, index))), 1;
}

int release(lua_State* L) {
  static const std::int32_t place = release_place("by :release()");
  auto* handle = test_tensor(L, 1);
  if (!handle) luax::argument_error("release", "self", "Tensor", L, 1);
  release_handle(handle, place);
  return 0;
}

int is_same(lua_State* L) {
  lua_pushboolean(L, self_of(L, "is_same").is_same(check_tensor(L, 2, "is_same", "other")));
  return 1;
}

}  // namespace

const luaL_Reg tensor_methods[] = {
    {"size", luax::guarded<size>}, {"stride", luax::guarded<stride>}, {"dim", luax::guarded<dim>},
    {"ndimension", luax::guarded<dim>}, {"numel", luax::guarded<numel>}, {"nelement", luax::guarded<numel>},
    {"element_size", luax::guarded<element_size>}, {"storage_offset", luax::guarded<storage_offset>},
    {"is_contiguous", luax::guarded<is_contiguous>}, {"item", luax::guarded<item>}, {"tolist", luax::guarded<tolist>},
    {"to", luax::guarded<to>}, {"float", luax::guarded<cast<at::kFloat>>}, {"double", luax::guarded<cast<at::kDouble>>},
    {"half", luax::guarded<cast<at::kHalf>>}, {"bfloat16", luax::guarded<cast<at::kBFloat16>>},
    {"long", luax::guarded<cast<at::kLong>>}, {"int", luax::guarded<cast<at::kInt>>},
    {"short", luax::guarded<cast<at::kShort>>}, {"char", luax::guarded<cast<at::kChar>>},
    {"byte", luax::guarded<cast<at::kByte>>}, {"bool", luax::guarded<cast<at::kBool>>},
    {"cfloat", luax::guarded<cast<at::kComplexFloat>>}, {"cdouble", luax::guarded<cast<at::kComplexDouble>>},
    {"cpu", luax::guarded<cpu>}, {"cuda", luax::guarded<cuda>}, {"release", luax::guarded<release>},
    {"is_same", luax::guarded<is_same>}, {nullptr, nullptr}};

void push_method_table(lua_State* L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &kMethodsKey) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 512);
  luaL_setfuncs(L, tensor_methods, 0);
  luaL_setfuncs(L, autograd_methods, 0);
  for (const auto& [name, property] : kProperties) {
    lua_pushinteger(L, property);
    lua_setfield(L, -2, name);
  }
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &kMethodsKey);
}

std::vector<std::string> method_names(lua_State* L) {
  std::vector<std::string> names;
  push_method_table(L);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    names.emplace_back(lua_tostring(L, -2));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  std::sort(names.begin(), names.end());
  return names;
}

bool push_property(lua_State* L, const at::Tensor& tensor, int property) {
  switch (property) {
    case kShape: push_size(L, tensor.sizes()); return true;
    case kDtype: lua_pushstring(L, dtype_name(tensor.scalar_type())); return true;
    case kDevice: lua_pushstring(L, tensor.device().str().c_str()); return true;
    case kGrad: push_tensor(L, tensor.grad()); return true;
    case kRequiresGrad: lua_pushboolean(L, tensor.requires_grad()); return true;
    case kIsLeaf: lua_pushboolean(L, tensor.is_leaf()); return true;
    case kT:
      if (tensor.dim() != 2) fail("T: expected a 2-d tensor, got shape ", tensor.sizes(), "; use mT or permute");
      push_tensor(L, tensor.t());
      return true;
    case kMT: push_tensor(L, tensor.mT()); return true;
    case kH: push_tensor(L, at::adjoint(tensor)); return true;
    case kMH: push_tensor(L, tensor.mH()); return true;
    case kNdim: lua_pushinteger(L, tensor.dim()); return true;
    case kLayout: lua_pushstring(L, layout_name(tensor.layout())); return true;
    case kIsCuda: lua_pushboolean(L, tensor.is_cuda()); return true;
    case kIsSparse: lua_pushboolean(L, tensor.is_sparse()); return true;
    case kGradFn: push_grad_fn(L, tensor); return true;
    case kData: push_tensor(L, tensor.variable_data()); return true;
    case kIsCpu: lua_pushboolean(L, tensor.is_cpu()); return true;
    case kIsMeta: lua_pushboolean(L, tensor.is_meta()); return true;
    case kIsQuantized: lua_pushboolean(L, tensor.is_quantized()); return true;
    case kItemsize: lua_pushinteger(L, static_cast<lua_Integer>(tensor.itemsize())); return true;
    case kNbytes: lua_pushinteger(L, static_cast<lua_Integer>(tensor.nbytes())); return true;
    default: return false;
  }
}

int push_item(lua_State* L, const at::Tensor& tensor) {
  if (tensor.is_meta()) fail("item: a meta tensor has no values");
  if (tensor.numel() != 1) fail("item: expected one element, got shape ", tensor.sizes());
  // The common case needs no dispatch: one value in plain CPU memory.
  if (tensor.device().is_cpu() && tensor.layout() == at::kStrided && !tensor.is_neg() && !tensor.is_conj()) {
    switch (tensor.scalar_type()) {
      case at::kFloat: return lua_pushnumber(L, *tensor.const_data_ptr<float>()), 1;
      case at::kDouble: return lua_pushnumber(L, *tensor.const_data_ptr<double>()), 1;
      case at::kLong: return lua_pushinteger(L, *tensor.const_data_ptr<std::int64_t>()), 1;
      case at::kBool: return lua_pushboolean(L, *tensor.const_data_ptr<bool>()), 1;
      default: break;
    }
  }
  const at::Scalar value = tensor.item();
  if (value.isComplex()) {
    const auto number = value.toComplexDouble();
    lua_pushnumber(L, number.real());
    lua_pushnumber(L, number.imag());
    return 2;
  }
  if (value.isBoolean()) lua_pushboolean(L, value.toBool());
  else if (value.isFloatingPoint()) lua_pushnumber(L, value.toDouble());
  else lua_pushinteger(L, value.toLong());
  return 1;
}

namespace {

template <class T, class Push>
void push_nested(lua_State* L, const at::Tensor& tensor, std::int64_t depth, const T*& data, Push push) {
  if (depth == tensor.dim()) return push(*data++);
  luaL_checkstack(L, 4, "nested tables");
  const auto n = tensor.size(depth);
  lua_createtable(L, static_cast<int>(std::min<std::int64_t>(n, 1 << 26)), 0);
  for (std::int64_t i = 0; i < n; ++i) {
    push_nested(L, tensor, depth + 1, data, push);
    lua_rawseti(L, -2, i + 1);
  }
}

}  // namespace

void push_list(lua_State* L, const at::Tensor& source) {
  if (source.is_meta()) fail("tolist: a meta tensor has no values");
  at::Tensor tensor = source.detach().cpu().resolve_conj().resolve_neg();
  if (tensor.layout() != at::kStrided) tensor = tensor.to_dense();
  if (tensor.is_complex()) {
    tensor = at::view_as_real(tensor.to(at::kComplexDouble).contiguous());
  }
  if (tensor.scalar_type() == at::kBool) {
    tensor = tensor.contiguous();
    const bool* data = tensor.const_data_ptr<bool>();
    push_nested(L, tensor, 0, data, [L](bool v) { lua_pushboolean(L, v); });
  } else if (at::isIntegralType(tensor.scalar_type(), false)) {
    tensor = tensor.to(at::kLong).contiguous();
    const std::int64_t* data = tensor.const_data_ptr<std::int64_t>();
    push_nested(L, tensor, 0, data, [L](std::int64_t v) { lua_pushinteger(L, v); });
  } else {
    tensor = (tensor.is_quantized() ? tensor.dequantize() : tensor).to(at::kDouble).contiguous();
    const double* data = tensor.const_data_ptr<double>();
    push_nested(L, tensor, 0, data, [L](double v) { lua_pushnumber(L, v); });
  }
}

}  // namespace brain
