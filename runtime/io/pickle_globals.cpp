#include "io/pickle_globals.h"

#include <algorithm>
#include <array>

#include "io/error.h"
#include "io/numpy_type.h"

namespace brain::io {
namespace {

using Arguments = std::vector<Value>;

constexpr std::size_t kLongestName = 512;

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Modules whose functions act on the machine, and the builtins that are data.
constexpr std::array<std::string_view, 26> harmful{
    "os",        "posix",          "nt",          "subprocess", "sys",      "shutil",   "socket",  "ctypes",
    "importlib", "runpy",          "pty",         "code",       "codeop",   "commands", "marshal", "pickle",
    "_pickle",   "dill",           "cloudpickle", "webbrowser", "platform", "pip",      "bdb",     "pdb",
    "timeit",    "multiprocessing"};
constexpr std::array<std::string_view, 17> harmless{
    "list",  "dict", "set",   "frozenset", "tuple", "complex", "bytearray", "bytes",         "slice",
    "range", "int",  "float", "bool",      "str",   "object",  "Ellipsis",  "NotImplemented"};

// The arguments of one call, read by position; errors name the function.
struct Call {
  const std::string& name;
  const Arguments& arguments;
  const std::string& where;
  std::size_t& budget;

  // Small calls that copy large arguments again and again are an attack on memory, not data.
  void spend(std::size_t bytes) const {
    if (bytes > budget) refuse("copies more than a file of this size should");
    budget -= bytes;
  }
  [[noreturn]] void refuse(const std::string& what) const { fail(where, ": ", name, ": ", what); }
  const Value& at(std::size_t i) const {
    if (i >= arguments.size())
      refuse(join_text("expected at least ", i + 1, " arguments, found ", arguments.size()));
    return arguments[i];
  }
  std::int64_t integer(std::size_t i) const {
    const auto* value = at(i).integer();
    if (!value) refuse(join_text("expected an int as argument ", i + 1, ", found ", at(i).kind()));
    return *value;
  }
  std::string_view string(std::size_t i) const {
    const auto* value = at(i).as<Text>();
    if (!value) refuse(join_text("expected a str as argument ", i + 1, ", found ", at(i).kind()));
    spend(value->view().size());
    return value->view();
  }
  Bytes bytes(std::size_t i) const {
    const auto* blob = at(i).as<Blob>();
    const auto* string = at(i).as<Text>();  // written by Python 2
    if (!blob && !string) refuse(join_text("expected bytes as argument ", i + 1, ", found ", at(i).kind()));
    const Bytes& content = blob ? blob->bytes : string->bytes;
    spend(content.size);
    return content;
  }
  const Arguments& list(std::size_t i) const {
    const auto* items = sequence(at(i));
    if (!items) refuse(join_text("expected a list as argument ", i + 1, ", found ", at(i).kind()));
    spend(items->size() * sizeof(Value));
    return *items;
  }
  Shape shape(std::size_t i) const {
    Shape sizes;
    if (const auto* one = at(i).integer()) return {*one};
    for (const Value& item : list(i)) {
      if (!item.integer()) refuse(join_text("expected sizes, found a ", item.kind()));
      sizes.push_back(*item.integer());
    }
    return sizes;
  }
};

Value tensor(const Call& call, const Shape& shape, const Shape& strides, std::optional<DType> dtype) {
  const auto* storage = call.at(0).as<Array>();
  if (!storage) call.refuse(join_text("expected a storage, found ", call.at(0).kind()));
  Array array = *storage;
  if (dtype) array.dtype = *dtype;
  array.offset = call.integer(1);
  array.shape = shape;
  array.strides = strides;
  array.check(call.where);
  return Value::of(std::move(array));
}

Value rebuild_tensor(const Call& call) { return tensor(call, call.shape(2), call.shape(3), std::nullopt); }

Value rebuild_tensor_v3(const Call& call) {  // the storage is bytes, the dtype an argument
  const auto dtype = dtype_named(call.string(6));
  if (!dtype) call.refuse(join_text("unknown dtype '", call.string(6), "'"));
  return tensor(call, call.shape(2), call.shape(3), dtype);
}

Value first(const Call& call) { return call.at(0); }
Value empty_dict(const Call&) { return Value::of(Dict()); }
Value as_list(const Call& call) { return Value::of(call.arguments.empty() ? List() : List{call.list(0)}); }
Value as_tuple(const Call& call) { return Value::of(call.arguments.empty() ? Tuple() : Tuple{call.list(0)}); }
Value as_set(const Call& call) { return Value::of(call.arguments.empty() ? Set() : Set{call.list(0)}); }

Value as_dict(const Call& call) {
  Dict dict;
  if (call.arguments.empty()) return Value::of(std::move(dict));
  if (const auto* other = call.at(0).as<Dict>()) {
    call.spend(other->items().size() * 128);
    return Value::of(*other);
  }
  for (const Value& pair : call.list(0)) {
    const auto* items = sequence(pair);
    if (!items || items->size() != 2) call.refuse("expected pairs of key and value");
    dict.set((*items)[0], (*items)[1]);
  }
  return Value::of(std::move(dict));
}

Value complex_number(const Call& call) {
  std::vector<std::uint8_t> bytes(16);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto* part = call.at(i).number();
    if (!part) call.refuse("expected two floats");
    std::copy_n(reinterpret_cast<const std::uint8_t*>(part), 8, bytes.data() + 8 * i);
  }
  return Value::of(Array{DType::complex128, {}, {}, 0, Bytes::from(std::move(bytes))});
}

// UTF-8 whose characters are bytes, as protocol 2 writes them.
Value encode(const Call& call) {
  const std::string_view source = call.string(0), encoding = call.string(1);
  if (encoding == "utf-8" || encoding == "utf8" || encoding == "ascii")
    return Value::of(Blob{call.at(0).as<Text>()->bytes});
  if (encoding != "latin1" && encoding != "latin-1")
    call.refuse(join_text("unknown encoding '", encoding, "'"));
  std::vector<std::uint8_t> bytes;
  bytes.reserve(source.size());
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto c = static_cast<unsigned char>(source[i]);
    if (c < 0x80) {
      bytes.push_back(c);
      continue;
    }
    const unsigned next = i + 1 < source.size() ? static_cast<unsigned char>(source[i + 1]) : 0;
    if ((c != 0xc2 && c != 0xc3) || (next & 0xc0) != 0x80) call.refuse("expected characters of one byte");
    bytes.push_back(static_cast<std::uint8_t>((c & 3) << 6 | (next & 0x3f)));
    ++i;
  }
  return Value::of(Blob{Bytes::from(std::move(bytes))});
}

Value byte_array(const Call& call) {
  if (call.arguments.empty()) return Value::of(Blob());
  return call.arguments.size() > 1 ? encode(call) : Value::of(Blob{call.bytes(0)});
}

Value device(const Call& call) {
  std::string name(call.string(0));
  if (call.arguments.size() > 1) name += ":" + std::to_string(call.integer(1));
  return text(name);
}

Value path(const Call& call) {
  std::string joined;
  for (std::size_t i = 0; i < call.arguments.size(); ++i)
    ((joined += i > 0 && joined != "/" ? "/" : "") += call.string(i));
  return text(joined);
}

// The element type in a numpy.dtype object: its constructor's first argument, the byte order of its state's
// second.
NumpyType element_type(const Value& dtype, const std::string& where) {
  const auto* record = dtype.as<Record>();
  const auto* arguments = record && record->name == "numpy.dtype" ? sequence(record->arguments) : nullptr;
  const auto* code = arguments && !arguments->empty() ? arguments->front().as<Text>() : nullptr;
  if (!code) fail(where, ": expected a numpy.dtype, found ", dtype.kind());
  std::string descriptor(code->view());
  const auto* state = sequence(record->state);
  const auto* order = state && state->size() > 1 ? (*state)[1].as<Text>() : nullptr;
  if (order && order->view() == ">") descriptor = ">" + descriptor;
  return numpy_type(descriptor, where);
}

Value numpy_scalar(const Call& call) {
  const NumpyType type = element_type(call.at(0), call.where);
  if (type.kind == NumpyType::Kind::object) return call.at(1);
  return scalar_value(numpy_array(type, {}, false, call.bytes(1), call.where));
}

Value numpy_from_buffer(const Call& call) {
  const bool column_major = call.arguments.size() > 3 && call.string(3) == "F";
  return numpy_array(element_type(call.at(1), call.where), call.shape(2), column_major, call.bytes(0),
                     call.where);
}

// An array without elements: pickle_build gives it its state.
Value numpy_reconstruct(const Call&) { return Value::of(Record{"numpy.ndarray", true, {}, {}, {}, {}}); }

Value numpy_array_of_state(const Call& call) {  // (version, shape, dtype, column-major, bytes or list)
  const Shape shape = call.shape(1);
  const NumpyType type = element_type(call.at(2), call.where);
  const auto* column_major = call.at(3).boolean();
  const bool reversed = column_major ? *column_major : call.integer(3) != 0;
  if (type.kind != NumpyType::Kind::object)
    return numpy_array(type, shape, reversed, call.bytes(4), call.where);
  const Arguments& items = call.list(4);
  if (count_elements(shape, call.where) != static_cast<std::int64_t>(items.size()) || shape.size() > 64)
    call.refuse(join_text("expected the objects of shape ", shape_text(shape), ", found ", items.size()));
  if (shape.empty()) return items.front();
  return nested_lists(items, shape);
}

Value reconstructor(const Call& call) {  // copyreg: (class, base, state of the base)
  const auto* type = call.at(0).as<Record>();
  if (!type || type->instance) call.refuse("expected a class");
  Record record{type->name, true, {}, {}, {}, {}};
  if (call.arguments.size() > 2) (call.at(2).as<Dict>() ? record.entries : record.items) = call.at(2);
  return Value::of(std::move(record));
}

struct Known {
  std::string_view name;
  Value (*call)(const Call&);
};
constexpr Known known[] = {{"torch._utils._rebuild_tensor", rebuild_tensor},
                           {"torch._utils._rebuild_tensor_v2", rebuild_tensor},
                           {"torch._utils._rebuild_tensor_v3", rebuild_tensor_v3},
                           {"torch._utils._rebuild_parameter", first},
                           {"torch._utils._rebuild_parameter_with_state", first},
                           {"torch.nn.parameter.Parameter", first},
                           {"torch.Size", as_tuple},
                           {"torch.device", device},
                           {"torch.serialization._get_layout", first},
                           {"torch.jit._pickle.restore_type_tag", first},
                           {"torch.jit._pickle.build_intlist", first},
                           {"torch.jit._pickle.build_doublelist", first},
                           {"torch.jit._pickle.build_boollist", first},
                           {"torch.jit._pickle.build_tensorlist", first},
                           {"collections.OrderedDict", as_dict},
                           {"collections.Counter", as_dict},
                           {"collections.defaultdict", empty_dict},
                           {"collections.deque", as_list},
                           {"builtins.list", as_list},
                           {"builtins.dict", as_dict},
                           {"builtins.tuple", as_tuple},
                           {"builtins.set", as_set},
                           {"builtins.frozenset", as_set},
                           {"builtins.complex", complex_number},
                           {"builtins.bytearray", byte_array},
                           {"builtins.bytes", byte_array},
                           {"_codecs.encode", encode},
                           {"numpy.core.multiarray._reconstruct", numpy_reconstruct},
                           {"numpy.core.multiarray.scalar", numpy_scalar},
                           {"numpy.core.numeric._frombuffer", numpy_from_buffer},
                           {"copyreg._reconstructor", reconstructor},
                           {"pathlib.PosixPath", path},
                           {"pathlib.PurePosixPath", path},
                           {"pathlib.WindowsPath", path},
                           {"pathlib.PureWindowsPath", path},
                           {"pathlib.Path", path}};

Value call_named(const Record& callable, const Value& arguments, const std::string& where,
                 std::size_t& budget, int depth) {
  static const Arguments none;
  const auto* tuple = arguments.as<Tuple>();
  if (!tuple && !arguments.is_null())
    fail(where, ": expected a tuple of arguments, found ", arguments.kind());
  const Call call{callable.name, tuple ? tuple->items : none, where, budget};
  for (const Known& entry : known)
    if (entry.name == callable.name) return entry.call(call);
  if (callable.name == "torch._tensor._rebuild_from_type_v2" ||
      callable.name == "torch._tensor._rebuild_from_type") {
    const auto* function = call.at(0).as<Record>();
    if (!function || function->instance || depth == 0) call.refuse("expected a function");
    return call_named(*function, call.at(2), where, budget, depth - 1);
  }
  if (callable.name.find("meta_tensor") != std::string::npos)
    call.refuse("a tensor on the meta device has no values");
  if (starts_with(callable.name, "torch._utils._rebuild") || starts_with(callable.name, "torch._tensor.") ||
      starts_with(callable.name, "torch.storage."))
    call.refuse("tensors of this kind are not supported: save them as plain (dense, not quantised) tensors");
  return Value::of(Record{callable.name, true, arguments, {}, {}, {}});
}

}  // namespace

Value pickle_global(std::string_view module, std::string_view name, const std::string& where) {
  if (module.size() + name.size() > kLongestName)
    fail(where, ": the name of a class is longer than ", kLongestName);
  std::string from(module);
  if (from == "__builtin__") from = "builtins";
  if (from == "copy_reg") from = "copyreg";
  if (starts_with(from, "numpy._core")) from.erase(6, 1);
  if (from == "torch" && dtype_named(name)) return text(name);
  if (contains(harmful, from.substr(0, from.find('.'))) || (from == "builtins" && !contains(harmless, name)))
    fail(where, ": asks for ", module, ".", name, ", which could run code: a file of data does not need it");
  return Value::of(Record{from + "." + std::string(name), false, {}, {}, {}, {}});
}

Value pickle_call(const Record& callable, const Value& arguments, const std::string& where,
                  std::size_t& budget) {
  if (callable.instance) fail(where, ": expected a class or function to call, found an object");
  return call_named(callable, arguments, where, budget, 8);
}

void pickle_build(const Value& object, const Value& state, const std::string& where, std::size_t& budget) {
  if (auto* record = object.as<Record>()) {
    if (!record->instance) fail(where, ": expected an object, found the class ", record->name);
    if (record->name != "numpy.ndarray") {
      record->state = state;
      return;
    }
    const auto* tuple = state.as<Tuple>();
    if (!tuple || tuple->items.size() < 5) fail(where, ": expected the five parts of a NumPy array");
    const Call call{record->name, tuple->items, where, budget};
    const Value array = numpy_array_of_state(call);
    // Objects without dimensions are that object; it may be this one, so the content is copied before it is
    // replaced.
    Node content{List{{array}}};
    if (array.node()) {
      if (const auto* items = sequence(array)) call.spend(items->size() * sizeof(Value));
      if (const auto* dict = array.as<Dict>()) call.spend(dict->items().size() * 128);
      content = **array.node();
    }
    **object.node() = std::move(content);
  } else if (!object.as<Dict>() && !sequence(object) && !object.as<Array>()) {
    fail(where, ": a ", object.kind(), " has no state");
  }
}

}  // namespace brain::io
