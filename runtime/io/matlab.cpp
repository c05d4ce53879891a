#include "io/matlab.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/memory.h"
#include "core/nearest.h"
#include "io/convert_numbers.h"
#include "io/deflate.h"
#include "io/error.h"
#include "io/matlab_sparse.h"
#include "io/matlab_values.h"

namespace brain::io {
namespace {

constexpr int kDepth = 100;                  // arrays inside cells and structs
constexpr std::size_t kHeader = 128;         // bytes of a version 5 file before the first element
constexpr std::size_t kNameBytes = 1024;  // enough of a compressed element to know its variable's name

// Types of data elements.
enum : std::uint32_t { miINT8 = 1, miUINT8 = 2, miUINT16 = 4, miINT32 = 5, miUINT32 = 6, miMATRIX = 14, miCOMPRESSED = 15,
                       miUTF8 = 16, miUTF16 = 17, miUTF32 = 18 };
// Classes of arrays.
enum : std::uint32_t { mxCELL = 1, mxSTRUCT = 2, mxOBJECT = 3, mxCHAR = 4, mxSPARSE = 5, mxDOUBLE = 6, mxUINT64 = 15,
                       mxFUNCTION = 16, mxOPAQUE = 17 };

std::optional<DType> stored_type(std::uint32_t type) {
  switch (type) {
    case 1: return DType::int8;
    case 2: return DType::uint8;
    case 3: return DType::int16;
    case 4: return DType::uint16;
    case 5: return DType::int32;
    case 6: return DType::uint32;
    case 7: return DType::float32;
    case 9: return DType::float64;
    case 12: return DType::int64;
    case 13: return DType::uint64;
    default: return std::nullopt;
  }
}

// Of mxDOUBLE to mxUINT64.
constexpr DType class_type[] = {DType::float64, DType::float32, DType::int8,   DType::uint8, DType::int16,
                                DType::uint16,  DType::int32,   DType::uint32, DType::int64, DType::uint64};

struct Element {
  std::uint32_t type = 0;
  Bytes data;
};

// A stretch of data elements, one after another.
class Elements {
 public:
  Elements(Bytes bytes, const std::string& name, bool swap) : cursor_(std::move(bytes), name), swap_(swap) {}

  std::size_t remaining() const { return cursor_.remaining(); }
  bool swap() const { return swap_; }
  [[noreturn]] void refuse(const std::string& what) const { cursor_.refuse(what); }

  Element next() {
    const std::uint32_t first = u32();
    Element element;
    if (first >> 16) {  // four bytes at most, inside of the tag
      element.type = first & 0xffff;
      const std::uint32_t size = first >> 16;
      if (size > 4) refuse(join_text("a small data element of ", size, " bytes, which has room for 4"));
      element.data = cursor_.take(4).slice(0, size);
      return element;
    }
    element.type = first;
    element.data = cursor_.take(u32());
    if (element.type != miCOMPRESSED) cursor_.take(std::min<std::size_t>((8 - element.data.size % 8) % 8, remaining()));
    return element;
  }
  Element next(std::uint32_t type, const char* what) {
    Element element = next();
    if (element.type != type) refuse(join_text("expected ", what, ", found a data element of type ", element.type));
    return element;
  }
  std::string text(const char* what) {
    const Element element = next();
    if (element.type != miINT8 && element.type != miUINT8 && element.type != miUTF8)
      refuse(join_text("expected ", what, ", found a data element of type ", element.type));
    const std::string_view content = element.data.text();
    return std::string(content.substr(0, content.find('\0')));
  }
  std::vector<std::int32_t> integers(const char* what) {
    const Element element = next(miINT32, what);
    Cursor values(element.data, cursor_.name());
    std::vector<std::int32_t> result(element.data.size / 4);
    for (auto& value : result) value = static_cast<std::int32_t>(ordered(values.u32()));
    return result;
  }
  std::uint32_t ordered(std::uint32_t value) const { return swap_ ? __builtin_bswap32(value) : value; }

 private:
  std::uint32_t u32() { return ordered(cursor_.u32()); }

  Cursor cursor_;
  bool swap_;
};

class Reader {
 public:
  Reader(const std::string& name, std::uint64_t budget) : name_(name), left_(budget) {}

  std::string name_of(Elements elements) const { return read_head(elements).name; }

  // An array, or nothing where it is another variable than `key`.
  std::optional<Value> variable(Elements elements, const std::string& key, std::string& title) {
    const Head head = read_head(elements);
    title = head.name;
    if (head.name.empty() || (!key.empty() && head.name != key)) return std::nullopt;
    return content(head, elements, name_ + ": " + head.name, 0);
  }

  Bytes unpack(const Bytes& packed) {
    Bytes content = inflate_zlib(packed, name_, left_);
    left_ -= content.size;
    return content;
  }

  void take(std::uint64_t bytes, const std::string& where) {
    if (bytes > left_) fail(where, ": needs more than the ", left_, " bytes that may still be used");
    left_ -= bytes;
  }

 private:
  struct Head {
    std::uint32_t kind = mxDOUBLE;
    bool complex = false, logical = false;
    Shape shape{0, 0};
    std::string name;
    std::string class_name;  // of an opaque object
  };

  Head read_head(Elements& elements) const {
    Head head;
    const Element flags = elements.next(miUINT32, "the flags of an array");
    if (flags.data.size < 8) elements.refuse("expected 8 bytes of flags");
    const std::uint32_t word = elements.ordered(Cursor(flags.data, name_).u32());
    head.kind = word & 0xff;
    head.logical = word & 0x200;
    head.complex = word & 0x800;
    if (head.kind < mxCELL || head.kind > mxOPAQUE) elements.refuse(join_text("no class of arrays has the number ", head.kind));
    if (head.kind == mxOPAQUE) {
      head.name = elements.text("a name");
      elements.text("a kind of object");
      head.class_name = elements.text("a class");
      return head;
    }
    head.shape.clear();
    for (const std::int32_t size : elements.integers("the sizes of an array")) head.shape.push_back(size);
    if (head.shape.size() < 2 || head.shape.size() > 64)
      elements.refuse(join_text("expected 2 to 64 sizes of an array, found ", head.shape.size()));
    head.name = elements.text("the name of an array");
    return head;
  }

  Value array(Elements& outer, const std::string& where, int depth) {
    const Element element = outer.next(miMATRIX, "an array");
    if (element.data.size == 0) return Value::of(Array{DType::float64, {0, 0}, {1, 0}, 0, {}});
    Elements elements(element.data, where, outer.swap());
    const Head head = read_head(elements);
    return content(head, elements, where, depth);
  }

  Value content(const Head& head, Elements& elements, const std::string& where, int depth) {
    if (depth > kDepth) fail(where, ": nested deeper than ", kDepth);
    if (head.kind == mxOPAQUE) return record("MATLAB " + head.class_name, Value());
    const std::int64_t count = count_elements(head.shape, where);
    if (head.kind == mxFUNCTION) return record("MATLAB function_handle", Value());
    if (head.kind == mxCELL) {
      std::vector<Value> items = room_for(count, elements, where);
      for (std::int64_t n = 0; n < count; ++n) items.push_back(array(elements, join_text(where, "{", n + 1, "}"), depth + 1));
      return matlab::nested(items, head.shape);
    }
    if (head.kind == mxSTRUCT || head.kind == mxOBJECT) return structure(head, count, elements, where, depth);
    if (head.kind == mxSPARSE) return sparse(head, elements, where);
    if (head.kind == mxCHAR) return characters(head, count, elements, where);
    return numbers(head, count, elements, where);
  }

  static Value record(const std::string& name, Value state) {
    Record made;
    made.name = name;
    made.state = std::move(state);
    return Value::of(std::move(made));
  }

  // Every item takes at least eight bytes of the file.
  static std::vector<Value> room_for(std::int64_t count, const Elements& elements, const std::string& where) {
    if (static_cast<std::uint64_t>(count) > elements.remaining() / 8)
      fail(where, ": ", count, " items in ", elements.remaining(), " bytes");
    std::vector<Value> items;
    items.reserve(static_cast<std::size_t>(count));
    return items;
  }

  Value structure(const Head& head, std::int64_t count, Elements& elements, const std::string& where, int depth) {
    const std::string class_name = head.kind == mxOBJECT ? elements.text("a class") : "";
    const auto lengths = elements.integers("the length of field names");
    const std::size_t length = lengths.size() == 1 && lengths[0] > 0 ? static_cast<std::size_t>(lengths[0]) : 0;
    const Bytes names = elements.next(miINT8, "the names of fields").data;
    if (length == 0 || names.size % length) elements.refuse("the names of fields do not have the length that they should");
    const std::size_t fields = names.size / length;
    if (fields > 0) room_for(count, elements, where);
    else if (count > 1) fail(where, ": ", count, " structs without fields");
    std::vector<Value> items;
    for (std::int64_t n = 0; n < count; ++n) {
      Dict dict;
      for (std::size_t field = 0; field < fields; ++field) {
        const std::string_view padded = names.text().substr(field * length, length);
        const std::string title(padded.substr(0, padded.find('\0')));
        dict.put(title, array(elements, where + "." + title, depth + 1));
      }
      items.push_back(Value::of(std::move(dict)));
    }
    Value all = count == 1 ? items[0] : matlab::nested(items, head.shape);
    return class_name.empty() ? all : record("MATLAB " + class_name, std::move(all));
  }

  // The next element's numbers, little-endian: `count` of them where that is not -1.
  std::pair<DType, Bytes> stored(Elements& elements, std::int64_t count, const std::string& where) const {
    const Element element = elements.next();
    const auto type = stored_type(element.type);
    if (!type) fail(where, ": expected numbers, found a data element of type ", element.type);
    const std::size_t found = element.data.size / item_size(*type);
    if (count >= 0 && found != static_cast<std::size_t>(count))
      fail(where, ": expected ", count, " numbers, found ", found);
    return {*type, elements.swap() ? swapped(element.data, *type) : element.data};
  }

  // MATLAB stores numbers in the smallest type that holds them.
  Bytes as(DType type, Elements& elements, std::int64_t count, const std::string& where) {
    const auto [found, bytes] = stored(elements, count, where);
    if (found == type) return bytes;
    return convert_numbers(bytes, found, type);
  }

  Value numbers(const Head& head, std::int64_t count, Elements& elements, const std::string& where) {
    const DType type = head.logical ? DType::boolean : class_type[head.kind - mxDOUBLE];
    const Shape strides = column_major_strides(head.shape);
    const Bytes real = as(type, elements, count, where);
    if (head.complex)
      return Value::of(matlab::complex_array(real, as(type, elements, count, where), type, head.shape, strides));
    Array result{type, head.shape, strides, 0, real};
    result.check(where);
    return Value::of(std::move(result));
  }

  Value characters(const Head& head, std::int64_t count, Elements& elements, const std::string& where) {
    Element element = elements.next();
    if (element.type == miUTF8 && head.shape[0] == 1) return text(element.data.text());
    if (element.type == miUTF16) element.type = miUINT16;
    if (element.type == miUTF8) element.type = miUINT8;
    if (element.type == miUTF32) element.type = miUINT32;
    const auto type = stored_type(element.type);
    if (!type) fail(where, ": expected characters, found a data element of type ", element.type);
    Bytes bytes = elements.swap() ? swapped(element.data, *type) : element.data;
    bytes = convert_numbers(bytes, *type, DType::uint16);
    if (bytes.size / 2 != static_cast<std::size_t>(count))
      fail(where, ": expected ", count, " characters, found ", bytes.size / 2);
    std::vector<char16_t> units(bytes.size / 2);
    if (bytes.size) std::memcpy(units.data(), bytes.data, bytes.size);
    return matlab::characters(units, head.shape);
  }

  // Columns compressed: the rows of the values, where each column begins among them, and the values.
  Value sparse(const Head& head, Elements& elements, const std::string& where) {
    if (head.shape.size() != 2) fail(where, ": a sparse array of ", head.shape.size(), " axes");
    matlab::Sparse sparse;
    sparse.shape = head.shape;
    const auto rows = elements.integers("the rows of a sparse matrix");
    sparse.rows.assign(rows.begin(), rows.end());
    const auto begin = elements.integers("the columns of a sparse matrix");
    sparse.set_columns({begin.begin(), begin.end()}, where);
    sparse.type = head.logical ? DType::boolean : DType::float64;
    const auto [found, real] = stored(elements, -1, where);
    sparse.real = convert_numbers(real, found, sparse.type);
    if (head.complex) {
      const auto [kind, part] = stored(elements, -1, where);
      sparse.imaginary = convert_numbers(part, kind, DType::float64);
    }
    Array array = matlab::dense(sparse, left_, where);
    take(array.storage.size, where);
    return Value::of(std::move(array));
  }

  const std::string& name_;
  std::uint64_t left_;
};

void read_version5(const Bytes& content, const std::string& name, const std::string& key, Reader& reader, Dict& variables,
                   std::vector<std::string>& titles) {
  const bool swap = content.text().substr(126, 2) == "MI";
  Elements elements(content.slice(kHeader, content.size - kHeader), name, swap);
  while (elements.remaining() > 0) {
    Element element = elements.next();
    if (element.type == miCOMPRESSED && !key.empty()) {  // of other variables only the name is unpacked
      const Bytes start = inflate_start(element.data, kNameBytes, name);
      if (start.size < 8) fail(name, ": a compressed variable without content");
      const std::string title = reader.name_of(Elements(start.slice(8, start.size - 8), name, swap));
      titles.push_back(title);
      if (title != key) continue;
    }
    if (element.type == miCOMPRESSED) element = Elements(reader.unpack(element.data), name, swap).next();
    if (element.type != miMATRIX) elements.refuse(join_text("expected an array, found a data element of type ", element.type));
    if (element.data.size == 0) continue;
    std::string title;
    auto value = reader.variable(Elements(element.data, name, swap), key, title);
    if (key.empty() || title != key) titles.push_back(title);
    if (value) variables.put(title, std::move(*value));
  }
}

}  // namespace

bool is_matlab5(const Bytes& content) {
  const std::string_view end = content.text().substr(std::min<std::size_t>(content.size, 124), 4);
  return end == std::string_view("\0\1IM", 4) || end == std::string_view("\1\0MI", 4);
}

bool is_matlab73(const Bytes& content) { return content.text().substr(0, 10) == "MATLAB 7.3"; }

Value read_matlab(const Bytes& content, const std::string& name, const MatlabOptions& options) {
  Dict variables;
  std::vector<std::string> titles;
  const std::uint64_t budget = options.max_bytes ? options.max_bytes : static_cast<std::uint64_t>(physical_memory()) / 2;
  Reader reader(name, budget);
  if (is_matlab5(content)) read_version5(content, name, options.key, reader, variables, titles);
  else if (is_matlab4(content)) matlab::read_version4(content, name, options.key, budget, variables, titles);
  else fail(name, ": not a MATLAB file: expected version 4, 5 to 7, or 7.3");
  if (options.key.empty()) return Value::of(std::move(variables));
  if (const Value* found = variables.find(options.key)) return *found;
  const std::string near = nearest(options.key, titles);
  fail(name, ": no variable '", options.key, "' among ", titles.size(), near.empty() ? "" : ", did you mean '" + near + "'?");
}

}  // namespace brain::io
