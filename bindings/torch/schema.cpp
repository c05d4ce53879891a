#include "bindings/torch/schema.h"

#include "bindings/torch/fast_call.h"
#include "bindings/torch/guarded_arguments.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace brain {

namespace {

using c10::TypeKind;

Kind element_kind(const c10::Type& type, bool optional_element) {
  switch (type.kind()) {
    case TypeKind::TensorType: return optional_element ? Kind::OptionalTensorList : Kind::TensorList;
    case TypeKind::IntType:
    case TypeKind::SymIntType: return Kind::IntList;
    case TypeKind::FloatType: return Kind::FloatList;
    case TypeKind::BoolType: return Kind::BoolList;
    case TypeKind::NumberType: return Kind::ScalarList;
    default: return Kind::Unsupported;
  }
}

Kind kind_of(const c10::Type& type) {
  switch (type.kind()) {
    case TypeKind::TensorType: return Kind::Tensor;
    case TypeKind::NumberType: return Kind::Scalar;
    case TypeKind::IntType:
    case TypeKind::SymIntType: return Kind::Int;
    case TypeKind::FloatType:
    case TypeKind::SymFloatType: return Kind::Float;
    case TypeKind::BoolType:
    case TypeKind::SymBoolType: return Kind::Bool;
    case TypeKind::StringType: return Kind::Str;
    case TypeKind::ScalarTypeType: return Kind::Dtype;
    case TypeKind::LayoutType: return Kind::Layout;
    case TypeKind::MemoryFormatType: return Kind::MemoryFormat;
    case TypeKind::DeviceObjType: return Kind::Device;
    case TypeKind::GeneratorType: return Kind::Generator;
    case TypeKind::ListType: {
      const auto& element = *type.castRaw<c10::ListType>()->getElementType();
      if (element.kind() == TypeKind::OptionalType)
        return element_kind(*element.castRaw<c10::OptionalType>()->getElementType(), true);
      return element_kind(element, false);
    }
    default: return Kind::Unsupported;
  }
}

std::string type_text(const c10::Argument& argument) {
  std::string text = argument.real_type()->str();
  for (const char* symbolic : {"SymInt", "SymFloat", "SymBool"}) {
    const auto at = text.find(symbolic);
    if (at != std::string::npos) text.replace(at, 4, std::string(1, static_cast<char>(std::tolower(symbolic[3]))));
  }
  static const std::pair<const char*, const char*> spelling[] = {{"ScalarType", "dtype"}, {"MemoryFormat", "memory_format"},
                                                                {"Device", "device"}, {"Layout", "layout"},
                                                                {"str", "string"}, {"bool", "boolean"}};
  for (const auto& [from, to] : spelling)
    if (text.rfind(from, 0) == 0) text.replace(0, std::string_view(from).size(), to);
  if (argument.N() && text.find("[]") != std::string::npos)
    text.replace(text.find("[]"), 2, "[" + std::to_string(*argument.N()) + "]");
  return text;
}

Argument compile_argument(const c10::Argument& source) {
  Argument argument;
  argument.name = source.name();
  argument.type = type_text(source);
  const c10::Type* type = source.real_type().get();
  if (const auto* optional = type->castRaw<c10::OptionalType>()) {
    argument.optional = true;
    type = optional->getElementType().get();
  }
  argument.kind = kind_of(*type);
  argument.keyword_only = source.kwarg_only();
  argument.out = source.is_out();
  argument.broadcast = source.N().value_or(0);
  if (source.default_value()) {
    argument.has_default = true;
    argument.otherwise = *source.default_value();
  }
  return argument;
}

Overload compile(const c10::OperatorHandle& handle) {
  const auto& schema = handle.schema();
  Overload overload{handle, schema.overload_name()};
  for (const auto& source : schema.arguments()) {
    overload.arguments.push_back(compile_argument(source));
    const Argument& argument = overload.arguments.back();
    if (!argument.keyword_only && !argument.out) overload.positional = static_cast<int>(overload.arguments.size());
    if (argument.out) ++overload.outs;
    if (argument.kind == Kind::Unsupported && !argument.optional && !argument.has_default) overload.supported = false;
    if (argument.name == "pin_memory") overload.factory = true;
  }
  if (schema.is_vararg() || schema.is_varret()) overload.supported = false;
  // As in PyTorch: a list that is the only positional argument besides self may be written out.
  const auto& arguments = overload.arguments;
  const int first = !arguments.empty() && arguments[0].kind == Kind::Tensor ? 1 : 0;
  if (overload.positional == first + 1) {
    const Kind kind = arguments[first].kind;
    overload.varargs = kind == Kind::IntList || (kind == Kind::TensorList && first == 0);
  }
  for (const auto& source : schema.returns()) {
    Return result{source.name(), type_text(source), kind_of(*source.real_type())};
    const auto* alias = source.alias_info();
    if (alias && alias->isWrite())
      for (std::size_t i = 0; i < schema.arguments().size(); ++i) {
        const auto* other = schema.arguments()[i].alias_info();
        if (other && other->isWrite() && other->beforeSets() == alias->beforeSets()) result.alias = static_cast<int>(i);
      }
    overload.returns.push_back(std::move(result));
  }
  return overload;
}

// Tensor overloads before their Scalar siblings, then fewer required arguments, then the order of registration.
int required(const Overload& overload) {
  int n = 0;
  for (const auto& argument : overload.arguments) n += !argument.has_default && !argument.optional;
  return n;
}

using Index = std::unordered_map<std::string, std::vector<c10::OperatorName>>;

const Index& dispatcher_index() {
  static const Index index = [] {
    Index made;
    for (auto& name : c10::Dispatcher::singleton().getAllOpNames()) made[name.name].push_back(name);
    for (auto& [name, overloads] : made)
      std::sort(overloads.begin(), overloads.end(),
                [](const auto& a, const auto& b) { return a.overload_name < b.overload_name; });
    return made;
  }();
  return index;
}

// PyTorch's parser lets a Python number stand for a Tensor in these (should_allow_numbers_as_tensors).
bool takes_numbers(std::string_view name) {
  static const std::unordered_set<std::string_view> names = {
      "add", "add_", "sub", "sub_", "subtract", "subtract_", "mul", "mul_", "multiply", "multiply_", "div", "div_",
      "divide", "divide_", "true_divide", "true_divide_", "floor_divide", "floor_divide_", "fmod", "fmod_", "remainder",
      "remainder_", "copy_", "copysign", "copysign_", "xlogy", "xlogy_", "special_xlogy"};
  return names.count(name) != 0;
}

// Overloads for named dimensions, which LibTorch had until 2.12: "sum.dim_DimnameList", "max.names_dim".
bool takes_names(std::string_view overload) {
  return overload.find("imname") != std::string_view::npos || overload.find("names") != std::string_view::npos;
}

std::unique_ptr<Operator> build(std::string_view name_space, std::string_view name) {
  std::string qualified = std::string(name_space) + "::" + std::string(name);
  const auto found = dispatcher_index().find(qualified);
  if (found == dispatcher_index().end()) return nullptr;
  auto op = std::make_unique<Operator>();
  op->name = name;
  op->name_space = name_space;
  op->takes_numbers = takes_numbers(name);
  for (const auto& overload_name : found->second) {
    const auto handle = c10::Dispatcher::singleton().findSchema(overload_name);
    if (!handle || takes_names(overload_name.overload_name)) continue;
    Overload overload = compile(*handle);
    if (!overload.arguments.empty() && overload.arguments[0].kind == Kind::Tensor) op->method = true;
    (overload.outs ? op->out : op->plain).push_back(std::move(overload));
  }
  const auto order = [](const Overload& a, const Overload& b) {
    const bool tensor_a = a.name.find("Scalar") == std::string::npos, tensor_b = b.name.find("Scalar") == std::string::npos;
    if (required(a) != required(b)) return required(a) < required(b);
    return tensor_a > tensor_b;
  };
  std::stable_sort(op->plain.begin(), op->plain.end(), order);
  std::stable_sort(op->out.begin(), op->out.end(), order);
  op->guards = find_guards(name);
  if (!op->guards) op->fast = find_fast_calls(*op);
  return op;
}

}  // namespace

const Operator* find_operator(std::string_view name_space, std::string_view name) {
  static std::map<std::pair<std::string, std::string>, std::unique_ptr<Operator>, std::less<>> built;
  auto key = std::make_pair(std::string(name_space), std::string(name));
  auto found = built.find(key);
  if (found == built.end()) found = built.emplace(key, build(name_space, name)).first;
  return found->second.get();
}

std::string off_surface(std::string_view name) {
  static const std::unordered_map<std::string_view, const char*> denied = {
      {"native_batch_norm", "crashes in evaluation mode without running statistics; use batch_norm"},
      {"native_group_norm", "divides by zero without groups; use group_norm"},
      {"copy", "crashes on compressed sparse tensors; use clone or copy_"},
      {"batch_norm_update_stats", "trusts the sizes of its statistics; use batch_norm"},
      {"fused_moving_avg_obs_fake_quant", "trusts the sizes of its statistics; use fake_quantize_per_tensor_affine"},
      {"rrelu_with_noise", "trusts the memory of noise; use rrelu"},
      {"rrelu_with_noise_", "trusts the memory of noise; use rrelu_"},
      {"rrelu_with_noise_functional", "trusts the memory of noise; use rrelu"},
      {"mkldnn_rnn_layer", "trusts the sizes of its weights; use lstm"},
      {"to_mkldnn", "makes tensors whose operators check little; dense tensors use oneDNN by themselves"},
      {"slow_conv_transpose2d", "trusts kernel_size; use conv_transpose2d"},
      {"slow_conv_transpose3d", "trusts kernel_size; use conv_transpose3d"},
      {"slow_conv3d_forward", "trusts the sizes of its weight; use conv3d"},
      {"align_to", "names dimensions, which LibTorch gave up"},
      {"align_as", "names dimensions, which LibTorch gave up"},
      {"align_tensors", "names dimensions, which LibTorch gave up"},
      {"refine_names", "names dimensions, which LibTorch gave up"},
      {"rename", "names dimensions, which LibTorch gave up"},
      {"rename_", "names dimensions, which LibTorch gave up"},
      {"quantized_lstm_cell", "crashes on unpacked weights"},
      {"quantized_gru_cell", "crashes on unpacked weights"},
      {"quantized_rnn_relu_cell", "crashes on unpacked weights"},
      {"quantized_rnn_tanh_cell", "crashes on unpacked weights"},
      {"quantized_lstm", "crashes on unpacked weights"},
      {"quantized_gru", "crashes on unpacked weights"},
      {"from_file", "maps and creates files"},
      {"record_stream", "takes a stream handle"},
      {"sym_storage_offset", "is internal"},
      {"sym_size", "is internal; use size"},
      {"sym_stride", "is internal; use stride"},
      {"sym_numel", "is internal; use numel"},
      {"sym_constrain_range", "is internal"},
      {"sym_constrain_range_for_size", "is internal"},
      {"sym_is_contiguous", "is internal; use is_contiguous"},
  };
  if (const auto found = denied.find(name); found != denied.end()) return found->second;
  if (!name.empty() && name.front() == '_') return "is private";
  if (name.rfind("fbgemm_", 0) == 0) return "is deprecated in LibTorch and checks little";
  if (name.rfind("mkldnn_", 0) == 0 && name != "mkldnn_convolution") return "takes oneDNN tensors and checks little";
  if (name.find("_backward") != std::string_view::npos) return "is the derivative of another operator";
  return {};
}

bool overload_denied(std::string_view name, std::string_view overload) {
  return name == "view_copy" && overload == "dtype";  // crashes on some strides
}

const std::vector<std::string>& operator_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const auto& [qualified, overloads] : dispatcher_index()) {
      if (qualified.rfind("aten::", 0) != 0) continue;
      std::string name = qualified.substr(6);
      if (!off_surface(name).empty()) continue;
      list.push_back(std::move(name));
    }
    std::sort(list.begin(), list.end());
    return list;
  }();
  return names;
}

std::string default_text(const Argument& argument) {
  const auto& value = argument.otherwise;
  if (!argument.has_default) return argument.optional ? "nil" : "";
  if (value.isNone()) return "nil";
  if (value.isInt() && argument.kind == Kind::MemoryFormat)
    return std::string("'") + memory_format_name(static_cast<at::MemoryFormat>(value.toInt())) + "'";
  if (value.isInt() && argument.kind == Kind::Dtype)
    return std::string("'") + dtype_name(static_cast<at::ScalarType>(value.toInt())) + "'";
  if (value.isInt() && argument.kind == Kind::Layout)
    return std::string("'") + layout_name(static_cast<at::Layout>(value.toInt())) + "'";
  if (value.isString()) return "'" + value.toStringRef() + "'";
  if (value.isBool()) return value.toBool() ? "true" : "false";
  std::ostringstream out;
  if (value.isIntList()) {
    out << '{';
    const auto list = value.toIntVector();
    for (std::size_t i = 0; i < list.size(); ++i) out << (i ? ", " : "") << list[i];
    out << '}';
  } else if (value.isList()) {
    out << '{';
    const auto list = value.toListRef();
    for (std::size_t i = 0; i < list.size(); ++i) out << (i ? ", " : "") << list[i];
    out << '}';
  } else {
    out << value;
  }
  return out.str();
}

std::string signature(const Operator& op, const Overload& overload) {
  std::string text = op.name + "(", options;
  bool first = true;
  for (const auto& argument : overload.arguments) {
    std::string part = argument.name + ": " + argument.type;
    const std::string otherwise = default_text(argument);
    if (!otherwise.empty()) part += " = " + otherwise;
    if (argument.keyword_only) {
      options += (options.empty() ? "" : ", ") + part;
    } else {
      text += (first ? "" : ", ") + part;
      first = false;
    }
  }
  if (!options.empty()) text += (first ? "{" : ", {") + options + "}";
  text += ")";
  for (std::size_t i = 0; i < overload.returns.size(); ++i) {
    const auto& result = overload.returns[i];
    text += (i ? ", " : " -> ") + (result.name.empty() ? "" : result.name + ": ") + result.type;
  }
  return text;
}

}  // namespace brain
