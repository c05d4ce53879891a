#include "io/hdf5_type.h"

#include <algorithm>
#include <cstring>

#include "io/error.h"
#include "io/numpy_type.h"

namespace brain::io::hdf5 {
namespace {

constexpr int kDepth = 16;          // types inside types
constexpr int kMembers = 10'000;    // of a compound
constexpr std::int64_t kTexts = 100'000'000;

Handle half_type() {
  Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

hid_t native_integer(std::size_t size, bool is_signed) {
  switch (size) {
    case 1: return is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
    case 2: return is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
    case 3:
    case 4: return is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
    case 5:
    case 6:
    case 7:
    case 8: return is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
    default: return -1;
  }
}

DType integer_dtype(std::size_t size, bool is_signed) {
  if (size == 1) return is_signed ? DType::int8 : DType::uint8;
  if (size == 2) return is_signed ? DType::int16 : DType::uint16;
  if (size == 4) return is_signed ? DType::int32 : DType::uint32;
  return is_signed ? DType::int64 : DType::uint64;
}

Element number_of(DType dtype, Handle type) {
  Element element;
  element.dtype = dtype;
  element.size = item_size(dtype);
  element.type = std::move(type);
  return element;
}

// The library converts numbers without asking whether their bits lie inside them.
void check_bits(std::size_t first, std::size_t count, hid_t type, const std::string& where) {
  const std::size_t bits = 8 * H5Tget_size(type);
  if (count > bits || first > bits - count) fail(where, ": a damaged type, whose bits lie outside it");
}

Element integer_of(hid_t file_type, const std::string& where) {
  check_bits(static_cast<std::size_t>(std::max(H5Tget_offset(file_type), 0)), H5Tget_precision(file_type), file_type, where);
  const bool is_signed = H5Tget_sign(file_type) == H5T_SGN_2;
  const std::size_t stored = H5Tget_size(file_type);
  const hid_t native = native_integer(stored, is_signed);
  if (native < 0) fail(where, ": integers of ", stored, " bytes cannot be read, at most 8");
  const std::size_t size = H5Tget_size(native);
  return number_of(integer_dtype(size, is_signed), Handle(H5Tcopy(native), H5Tclose));
}

Element float_of(hid_t file_type, const std::string& where) {
  const std::size_t size = H5Tget_size(file_type);
  std::size_t sign = 0, exponent = 0, exponent_bits = 0, mantissa = 0, mantissa_bits = 0;
  check(H5Tget_fields(file_type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits), where,
        "cannot read the type");
  check_bits(static_cast<std::size_t>(std::max(H5Tget_offset(file_type), 0)), H5Tget_precision(file_type), file_type, where);
  check_bits(sign, 1, file_type, where);
  check_bits(exponent, exponent_bits, file_type, where);
  check_bits(mantissa, mantissa_bits, file_type, where);
  if (size == 2 && exponent_bits == 5) return number_of(DType::float16, half_type());
  if (size <= 4) return number_of(DType::float32, Handle(H5Tcopy(H5T_NATIVE_FLOAT), H5Tclose));
  return number_of(DType::float64, Handle(H5Tcopy(H5T_NATIVE_DOUBLE), H5Tclose));
}

std::string member_name(hid_t type, unsigned n) {
  char* raw = H5Tget_member_name(type, n);
  std::string name = raw ? raw : "";
  H5free_memory(raw);
  return name;
}

// h5py's booleans: an enumeration of a byte with the members FALSE = 0 and TRUE = 1.
bool is_boolean(hid_t file_type) {
  if (H5Tget_size(file_type) != 1 || H5Tget_nmembers(file_type) != 2) return false;
  for (unsigned n = 0; n < 2; ++n) {
    std::uint8_t value = 255;
    if (H5Tget_member_value(file_type, n, &value) < 0 || value > 1) return false;
    if (member_name(file_type, n) != (value ? "TRUE" : "FALSE")) return false;
  }
  return true;
}

// Booleans are read as the bytes they are, other enumerations as their numbers.
Element enumeration_of(hid_t file_type, const std::string& where) {
  const Handle base(check(H5Tget_super(file_type), where, "cannot read the type"), H5Tclose);
  Element element = integer_of(base, where);
  if (is_boolean(file_type)) element.dtype = DType::boolean;
  return element;
}

Element text_of(hid_t file_type, const std::string& where) {
  Element element;
  const bool variable = check(H5Tis_variable_str(file_type), where, "cannot read the type") > 0;
  element.kind = variable ? Element::Kind::text : Element::Kind::fixed_text;
  element.type = Handle(H5Tcopy(file_type), H5Tclose);
  element.size = variable ? sizeof(char*) : H5Tget_size(file_type);
  return element;
}

// Numbers with the parts r, i (h5py) or real, imag (MATLAB).
std::optional<DType> complex_dtype(const Element& element) {
  if (element.parts.size() != 2) return {};
  const auto& names = element.names;
  if (!(names[0] == "r" && names[1] == "i") && !(names[0] == "real" && names[1] == "imag")) return {};
  for (const Element& part : element.parts)
    if (part.kind != Element::Kind::number || part.dtype != element.parts[0].dtype) return {};
  switch (element.parts[0].dtype) {
    case DType::float16: return DType::complex32;
    case DType::float32: return DType::complex64;
    case DType::float64: return DType::complex128;
    default: return {};
  }
}

// Columns must lie inside the element and apart from each other, which the library does not ask either.
void check_columns(hid_t file_type, int count, const std::string& where) {
  std::vector<std::pair<std::size_t, std::size_t>> columns;  // offset, size
  for (unsigned n = 0; n < static_cast<unsigned>(count); ++n) {
    const Handle part(H5Tget_member_type(file_type, n), H5Tclose);
    columns.emplace_back(H5Tget_member_offset(file_type, n), H5Tget_size(part));
  }
  std::sort(columns.begin(), columns.end());
  std::size_t end = 0;
  for (const auto& [offset, size] : columns) {
    if (offset < end || size > H5Tget_size(file_type) || offset > H5Tget_size(file_type) - size)
      fail(where, ": a damaged type, whose columns overlap or lie outside it");
    end = offset + size;
  }
}

Element compound_of(hid_t file_type, const std::string& where, int depth) {
  Element element;
  element.kind = Element::Kind::compound;
  element.size = 0;
  const int count = check(H5Tget_nmembers(file_type), where, "cannot read the type");
  if (count > kMembers) fail(where, ": a compound of more than ", kMembers, " columns");
  check_columns(file_type, count, where);
  for (int n = 0; n < count; ++n) {
    const Handle part(check(H5Tget_member_type(file_type, static_cast<unsigned>(n)), where,
                            "cannot read the type of a column"),
                      H5Tclose);
    element.names.push_back(member_name(file_type, static_cast<unsigned>(n)));
    element.parts.push_back(describe_type(part, where + "." + element.names.back(), depth + 1));
    element.size += element.parts.back().size;
  }
  if (element.size == 0) fail(where, ": a compound without columns");
  element.type = Handle(check(H5Tcreate(H5T_COMPOUND, element.size), where, "cannot read the type"), H5Tclose);
  std::size_t offset = 0;
  for (std::size_t n = 0; n < element.parts.size(); ++n) {
    check(H5Tinsert(element.type, element.names[n].c_str(), offset, element.parts[n].type), where,
          "cannot read the type");
    offset += element.parts[n].size;
  }
  if (const auto dtype = complex_dtype(element)) return number_of(*dtype, std::move(element.type));
  return element;
}

Element array_of_type(hid_t file_type, const std::string& where, int depth) {
  Element element;
  element.kind = Element::Kind::array;
  hsize_t sizes[H5S_MAX_RANK] = {};
  const int rank = check(H5Tget_array_dims2(file_type, sizes), where, "cannot read the type");
  const Handle base(check(H5Tget_super(file_type), where, "cannot read the type"), H5Tclose);
  element.parts.push_back(describe_type(base, where, depth + 1));
  for (int d = 0; d < rank; ++d) element.shape.push_back(static_cast<std::int64_t>(sizes[d]));
  const auto items = static_cast<std::size_t>(count_elements(element.shape, where));
  if (__builtin_mul_overflow(items, element.parts[0].size, &element.size))
    fail(where, ": elements of more bytes than can be");
  if (H5Tget_size(file_type) != items * H5Tget_size(base)) fail(where, ": a damaged type, an array of another size");
  element.type = Handle(check(H5Tarray_create2(element.parts[0].type, static_cast<unsigned>(rank), sizes),
                              where, "cannot read the type"),
                        H5Tclose);
  return element;
}

Element list_of(hid_t file_type, const std::string& where, int depth) {
  Element element;
  element.kind = Element::Kind::list;
  element.size = sizeof(hvl_t);
  const Handle base(check(H5Tget_super(file_type), where, "cannot read the type"), H5Tclose);
  element.parts.push_back(describe_type(base, where, depth + 1));
  if (element.parts[0].holds_pointers()) fail(where, ": lists of lists or of texts cannot be read");
  element.type = Handle(check(H5Tvlen_create(element.parts[0].type), where, "cannot read the type"), H5Tclose);
  return element;
}

Element as_it_is(Element::Kind kind, hid_t type, std::size_t size) {
  Element element;
  element.kind = kind;
  element.size = size;
  element.type = Handle(H5Tcopy(type), H5Tclose);
  return element;
}

Value text_at(const Element& element, const std::uint8_t* at) {
  if (element.kind == Element::Kind::text) {
    const char* content = nullptr;
    std::memcpy(&content, at, sizeof content);
    return text(content ? std::string_view(content) : std::string_view());
  }
  std::string_view content(reinterpret_cast<const char*>(at), element.size);
  const H5T_str_t padding = H5Tget_strpad(element.type);
  if (padding == H5T_STR_NULLTERM) content = content.substr(0, content.find('\0'));
  const char filler = padding == H5T_STR_SPACEPAD ? ' ' : '\0';
  while (!content.empty() && content.back() == filler) content.remove_suffix(1);
  return text(content);
}

Value list_at(const Element& element, const std::uint8_t* at, const Resolve& resolve,
              const std::string& where) {
  hvl_t raw{};
  std::memcpy(&raw, at, sizeof raw);
  const auto count = static_cast<std::int64_t>(raw.p ? raw.len : 0);
  const auto* first = static_cast<const std::uint8_t*>(raw.p);
  const auto size = static_cast<std::size_t>(count) * element.parts[0].size;
  return make_value(element.parts[0], Bytes::from(std::vector<std::uint8_t>(first, first + size)), {count},
                    resolve, where);
}

// The bytes [offset, offset + size) of every element of `stride` bytes, one after another.
Bytes column(const Bytes& bytes, std::size_t count, std::size_t stride, std::size_t offset, std::size_t size) {
  std::vector<std::uint8_t> content(count * size);
  for (std::size_t n = 0; n < count; ++n)
    std::memcpy(content.data() + n * size, bytes.data + n * stride + offset, size);
  return Bytes::from(std::move(content));
}

// Other bytes than 0 and 1, which no boolean may have, become 1.
Bytes booleans(const Bytes& bytes) {
  const auto* end = bytes.data + bytes.size;
  if (std::none_of(bytes.data, end, [](std::uint8_t byte) { return byte > 1; })) return bytes;
  std::vector<std::uint8_t> content(bytes.data, end);
  for (std::uint8_t& byte : content) byte = byte != 0;
  return Bytes::from(std::move(content));
}

}  // namespace

bool Element::holds_pointers() const {
  if (kind == Kind::text || kind == Kind::list) return true;
  for (const Element& part : parts)
    if (part.holds_pointers()) return true;
  return false;
}

std::string Element::describe() const {
  switch (kind) {
    case Kind::number: return std::string(dtype_name(dtype));
    case Kind::text: return "string";
    case Kind::fixed_text: return join_text("string of ", size);
    case Kind::opaque: return join_text("bytes of ", size);
    case Kind::object: return "reference";
    case Kind::region: return "region reference";
    case Kind::list: return "list of " + parts[0].describe();
    case Kind::array: return parts[0].describe() + " " + shape_text(shape);
    case Kind::compound: break;
  }
  std::string all;
  for (std::size_t n = 0; n < parts.size(); ++n)
    all += (n ? ", " : "") + names[n] + " " + parts[n].describe();
  return "compound {" + all + "}";
}

Element describe_type(hid_t file_type, const std::string& where, int depth) {
  if (depth > kDepth) fail(where, ": types nested deeper than ", kDepth);
  switch (H5Tget_class(file_type)) {
    case H5T_INTEGER: return integer_of(file_type, where);
    case H5T_FLOAT: return float_of(file_type, where);
    case H5T_ENUM: return enumeration_of(file_type, where);
    case H5T_STRING: return text_of(file_type, where);
    case H5T_COMPOUND: return compound_of(file_type, where, depth);
    case H5T_ARRAY: return array_of_type(file_type, where, depth);
    case H5T_VLEN: return list_of(file_type, where, depth);
    case H5T_OPAQUE: return as_it_is(Element::Kind::opaque, file_type, H5Tget_size(file_type));
    case H5T_REFERENCE:
      if (H5Tequal(file_type, H5T_STD_REF_OBJ) > 0)
        return as_it_is(Element::Kind::object, H5T_STD_REF_OBJ, sizeof(hobj_ref_t));
      return as_it_is(Element::Kind::region, H5T_STD_REF_DSETREG, sizeof(hdset_reg_ref_t));
    case H5T_BITFIELD: {
      Element element = integer_of(file_type, where);  // bits are unsigned; without a sign to ask for
      element.dtype = integer_dtype(element.size, false);
      element.type = Handle(H5Tcopy(element.size == 1   ? H5T_NATIVE_B8
                                    : element.size == 2 ? H5T_NATIVE_B16
                                    : element.size == 4 ? H5T_NATIVE_B32
                                                        : H5T_NATIVE_B64),
                            H5Tclose);
      return element;
    }
    default: fail(where, ": a type that cannot be read (dates)");
  }
}

Value make_value(const Element& element, const Bytes& bytes, const Shape& shape, const Resolve& resolve,
                 const std::string& where) {
  const std::int64_t total = count_elements(shape, where);
  const auto count = static_cast<std::size_t>(total);
  if (element.kind == Element::Kind::number) {
    const Bytes clean = element.dtype == DType::boolean ? booleans(bytes) : bytes;
    Value value = Value::of(Array{element.dtype, shape, row_major_strides(shape), 0, clean});
    return shape.empty() ? scalar_value(value) : value;
  }
  if (element.kind == Element::Kind::array) {
    Shape all = shape;
    all.insert(all.end(), element.shape.begin(), element.shape.end());
    return make_value(element.parts[0], bytes, all, resolve, where);
  }
  if (element.kind == Element::Kind::compound) {
    Dict columns;
    std::size_t offset = 0;
    for (std::size_t n = 0; n < element.parts.size(); ++n) {
      const Element& part = element.parts[n];
      columns.put(element.names[n], make_value(part, column(bytes, count, element.size, offset, part.size),
                                               shape, resolve, where + "." + element.names[n]));
      offset += part.size;
    }
    return Value::of(std::move(columns));
  }
  if (total > kTexts) fail(where, ": more than ", kTexts, " texts");
  std::vector<Value> flat;
  flat.reserve(count);
  for (std::size_t n = 0; n < count; ++n) {
    const std::uint8_t* at = bytes.data + n * element.size;
    switch (element.kind) {
      case Element::Kind::text:
      case Element::Kind::fixed_text: flat.push_back(text_at(element, at)); break;
      case Element::Kind::list: flat.push_back(list_at(element, at, resolve, where)); break;
      case Element::Kind::opaque: flat.push_back(Value::of(Blob{bytes.slice(n * element.size, element.size)})); break;
      default: flat.push_back(resolve(element, at));
    }
  }
  return nested_lists(flat, shape);
}

Handle number_type(DType dtype, const std::string& where) {
  const auto complex_of = [](Handle part) {
    const std::size_t size = H5Tget_size(part);
    Handle type(H5Tcreate(H5T_COMPOUND, 2 * size), H5Tclose);
    H5Tinsert(type, "r", 0, part);
    H5Tinsert(type, "i", size, part);
    return type;
  };
  const auto copy = [](hid_t type) { return Handle(H5Tcopy(type), H5Tclose); };
  switch (dtype) {
    case DType::boolean: {
      Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
      for (std::int8_t value : {0, 1}) H5Tenum_insert(type, value ? "TRUE" : "FALSE", &value);
      return type;
    }
    case DType::uint8: return copy(H5T_STD_U8LE);
    case DType::uint16: return copy(H5T_STD_U16LE);
    case DType::uint32: return copy(H5T_STD_U32LE);
    case DType::uint64: return copy(H5T_STD_U64LE);
    case DType::int8: return copy(H5T_STD_I8LE);
    case DType::int16: return copy(H5T_STD_I16LE);
    case DType::int32: return copy(H5T_STD_I32LE);
    case DType::int64: return copy(H5T_STD_I64LE);
    case DType::float16: return half_type();
    case DType::float32: return copy(H5T_IEEE_F32LE);
    case DType::float64: return copy(H5T_IEEE_F64LE);
    case DType::complex32: return complex_of(half_type());
    case DType::complex64: return complex_of(copy(H5T_IEEE_F32LE));
    case DType::complex128: return complex_of(copy(H5T_IEEE_F64LE));
    default: fail(where, ": HDF5 has no ", dtype_name(dtype), ": convert it to float32");
  }
}

}  // namespace brain::io::hdf5
