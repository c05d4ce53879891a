#pragma once
// Operator schemas of the dispatcher, compiled once per name into what the binder needs at each call.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

namespace brain {

// The kinds of argument a Lua value can become. Everything else (Storage, Stream, cell parameters) is Unsupported.
enum class Kind : std::uint8_t {
  Tensor, Scalar, Int, Float, Bool, Str, Dtype, Layout, MemoryFormat, Device, Generator,
  TensorList, OptionalTensorList, ScalarList, IntList, FloatList, BoolList, Unsupported
};

struct Argument {
  std::string name;
  std::string type;  // as Lua users read it: "Tensor", "int[2]", "Scalar?"
  Kind kind = Kind::Unsupported;
  bool optional = false;
  bool keyword_only = false;
  bool has_default = false;
  bool out = false;
  int broadcast = 0;  // int[N]: a single number stands for N equal ones
  c10::IValue otherwise;
};

struct Return {
  std::string name;
  std::string type;
  Kind kind = Kind::Unsupported;
  int alias = -1;  // the argument this result is (in-place, out=), or -1
};

struct Overload {
  c10::OperatorHandle handle;
  std::string name;  // overload name, "" for the default one
  std::vector<Argument> arguments;
  std::vector<Return> returns;
  int positional = 0;  // arguments before the keyword-only ones
  int outs = 0;        // trailing out arguments
  bool varargs = false;       // t:view(2, 3), torch.zeros(2, 3): the last positional list takes the rest
  bool supported = true;
  bool factory = false;       // accepts requires_grad
};

struct FastCalls;
struct Guards;

// All overloads of one name, functional ones in matching order, out variants apart.
struct Operator {
  std::string name;        // "add"
  std::string name_space;  // "aten"
  std::vector<Overload> plain;
  std::vector<Overload> out;
  bool takes_numbers = false;  // a number may stand for a Tensor argument, as in PyTorch's own parser
  bool method = false;         // some overload begins with a Tensor
  std::shared_ptr<const Guards> guards;   // limits of our own on its arguments, or null (guarded_arguments.h)
  std::shared_ptr<const FastCalls> fast;  // null where only the general path serves
};

// The operator of that name, or null. Built at first use and kept for the life of the process.
const Operator* find_operator(std::string_view name_space, std::string_view name);

// Whether a name is on the default surface: no leading underscore, no *_backward, none of the operators known to
// crash on well-typed input. The reason is empty when it is.
std::string off_surface(std::string_view name);
// Overloads that are closed on the default surface although their name is open.
bool overload_denied(std::string_view name, std::string_view overload);

// Sorted names of the default surface of aten.
const std::vector<std::string>& operator_names();

// "add(self: Tensor, other: Tensor, {alpha: Scalar = 1}) -> Tensor"
std::string signature(const Operator& op, const Overload& overload);
std::string default_text(const Argument& argument);

const char* dtype_name(at::ScalarType type);
// Parse names; false when the text is none. Never throw.
bool parse_dtype(std::string_view text, at::ScalarType& type);
bool parse_layout(std::string_view text, at::Layout& layout);
bool parse_memory_format(std::string_view text, at::MemoryFormat& format);
bool parse_device(std::string_view text, at::Device& device);
const char* layout_name(at::Layout layout);
const char* memory_format_name(at::MemoryFormat format);
const std::vector<std::pair<std::string, at::ScalarType>>& dtypes();

}  // namespace brain
