// MATLAB 7.3: an HDF5 file whose attributes (MATLAB_class and others) say what MATLAB made of it. Cells and arrays of
// structs are references into the group #refs#.
#include <algorithm>
#include <cstring>
#include <tuple>

#include "core/memory.h"
#include "io/convert_numbers.h"
#include "io/error.h"
#include "io/hdf5.h"
#include "io/matlab.h"
#include "io/matlab_sparse.h"
#include "io/matlab_values.h"

namespace brain::io {
namespace {

constexpr int kDepth = 100;

class Reader {
 public:
  Reader(const std::string& path, std::uint64_t max_bytes)
      : path_(path),
        file_(path, {.max_bytes = static_cast<std::int64_t>(max_bytes)}),
        max_bytes_(max_bytes ? max_bytes : static_cast<std::uint64_t>(physical_memory()) / 2) {}

  Value variables() {
    Dict dict;
    for (const std::string& name : file_.keys())
      if (name.empty() || name[0] != '#') dict.put(name, object(name, 0));  // #refs#, #subsystem#
    return Value::of(std::move(dict));
  }

  // Shared objects are shared values, and read once.
  Value object(const std::string& name, int depth) {
    if (const auto known = known_.find(name); known != known_.end()) return known->second;
    return known_[name] = read(name, depth);
  }

 private:
  Value read(const std::string& name, int depth) {
    const std::string where = path_ + ": " + name;
    if (depth > kDepth) fail(where, ": nested deeper than ", kDepth);
    const Value notes = file_.attributes(name);
    const std::string kind = word(notes, "MATLAB_class");
    const Hdf5Entry entry = file_.entry(name);
    if (entry.kind == Hdf5Entry::Kind::group) return structure(name, depth);
    const Value value = file_.read(name);
    if (number(notes, "MATLAB_empty")) return empty(kind, value, where);
    if (kind == "cell" || entry.type == "reference") return references(value, entry.shape, depth, where);
    const auto* array = value.as<Array>();
    if (!array) return value.as<Dict>() ? complex(*value.as<Dict>(), where) : scalar(value, entry);
    if (kind == "char" || number(notes, "MATLAB_int_decode") == 2) return characters(*array, where);
    Array turned = reversed(*array);
    if (kind == "logical") turned = as_boolean(turned);
    return Value::of(std::move(turned));
  }

  static std::string word(const Value& notes, const char* name) {
    const Value* found = notes.as<Dict>() ? notes.as<Dict>()->find(name) : nullptr;
    return found && found->as<Text>() ? std::string(found->as<Text>()->view()) : "";
  }
  static std::int64_t number(const Value& notes, const char* name) {
    const Value* found = notes.as<Dict>() ? notes.as<Dict>()->find(name) : nullptr;
    if (!found) return 0;
    if (found->integer()) return *found->integer();
    return found->number() ? static_cast<std::int64_t>(*found->number()) : 0;
  }

  // HDF5 has the last axis fastest, MATLAB the first: the same memory with its axes in reverse.
  static Array reversed(Array array) {
    std::reverse(array.shape.begin(), array.shape.end());
    std::reverse(array.strides.begin(), array.strides.end());
    return array;
  }

  static Shape reversed(Shape shape) {
    std::reverse(shape.begin(), shape.end());
    return shape;
  }

  static Array as_boolean(Array array) {
    if (array.dtype == DType::boolean) return array;
    array.storage = convert_numbers(array.storage, array.dtype, DType::boolean);
    array.dtype = DType::boolean;
    return array;
  }

  // The data of an empty array are its sizes.
  static Value empty(const std::string& kind, const Value& sizes, const std::string& where) {
    if (kind == "char") return text("");
    if (kind == "cell" || kind == "struct") return Value::of(List{});
    Array array;
    array.dtype = kind == "single" ? DType::float32 : kind == "logical" ? DType::boolean : dtype_named(kind).value_or(DType::float64);
    if (const auto* stored = sizes.as<Array>()) {
      if (stored->elements() > 64) fail(where, ": an empty array of ", stored->elements(), " axes");
      const Bytes numbers = convert_numbers(stored->packed(), stored->dtype, DType::int64);
      array.shape.resize(numbers.size / 8);
      if (numbers.size) std::memcpy(array.shape.data(), numbers.data, numbers.size);
    }
    if (count_elements(array.shape, where) != 0 || array.shape.empty()) array.shape = {0, 0};
    array.strides = column_major_strides(array.shape);
    return Value::of(std::move(array));
  }

  static Value scalar(const Value& value, const Hdf5Entry& entry) {
    if (!value.number() && !value.integer() && !value.boolean()) return value;  // a text, as other programs write it
    return entry.shape.empty() ? value : Value::of(List{{value}});
  }

  static Value characters(const Array& array, const std::string& where) {
    const Bytes units = convert_numbers(array.packed(), array.dtype, DType::uint16);
    std::vector<char16_t> text(units.size / 2);
    if (units.size) std::memcpy(text.data(), units.data, units.size);
    if (array.shape.empty()) fail(where, ": characters without a shape");
    return matlab::characters(text, reversed(array.shape));
  }

  // A compound of real and imag.
  static Value complex(const Dict& columns, const std::string& where) {
    const Value* parts[2] = {columns.find("real"), columns.find("imag")};
    if (!parts[0] || !parts[1] || !parts[0]->as<Array>() || !parts[1]->as<Array>())
      fail(where, ": expected a compound of real and imag");
    const Array real = *parts[0]->as<Array>(), imaginary = *parts[1]->as<Array>();
    return Value::of(reversed(matlab::complex_array(real.packed(), imaginary.packed(), real.dtype, real.shape,
                                                    row_major_strides(real.shape))));
  }

  Value references(const Value& value, const Shape& shape, int depth, const std::string& where) {
    std::vector<Value> items;
    collect(value, depth, items, where);
    return matlab::nested(items, reversed(shape));
  }

  // Paths in nested lists, in the file's order, which is MATLAB's.
  void collect(const Value& value, int depth, std::vector<Value>& items, const std::string& where) {
    if (const auto* list = sequence(value)) {
      for (const Value& item : *list) collect(item, depth, items, where);
    } else if (const auto* path = value.as<Text>()) {
      items.push_back(object(std::string(path->view()), depth + 1));
    } else if (value.is_null()) {
      items.emplace_back();
    } else {
      fail(where, ": expected references, found a ", value.kind());
    }
  }

  // A struct; of an array of structs each field holds references, one for each struct.
  Value structure(const std::string& name, int depth) {
    if (const Value notes = file_.attributes(name); file_.has(name + "/jc") || has(notes, "MATLAB_sparse")) return sparse(name, notes);
    const std::vector<std::string> fields = file_.keys(name);
    Shape shape;
    std::vector<std::vector<Value>> columns;  // of an array of structs: the values of each field
    Dict dict;
    for (const std::string& field : fields) {
      const std::string inner = name + "/" + field, where = path_ + ": " + inner;
      const Hdf5Entry entry = file_.entry(inner);
      const bool many = entry.kind == Hdf5Entry::Kind::dataset && entry.type == "reference" &&
                        word(file_.attributes(inner), "MATLAB_class").empty();
      if (!many) {
        dict.put(field, object(inner, depth + 1));
        continue;
      }
      columns.emplace_back();
      collect(file_.read(inner), depth, columns.back(), where);
      if (columns.size() == 1) shape = entry.shape;
    }
    if (columns.empty()) return Value::of(std::move(dict));
    const auto count = static_cast<std::size_t>(count_elements(shape, path_ + ": " + name));
    std::vector<Value> items;
    for (std::size_t n = 0; n < count; ++n) {
      Dict one;
      for (std::size_t field = 0; field < fields.size(); ++field) {
        if (columns.size() != fields.size() || columns[field].size() != count)
          fail(path_, ": ", name, ": expected ", count, " values of each field of an array of structs");
        one.put(fields[field], columns[field][n]);
      }
      items.push_back(Value::of(std::move(one)));
    }
    return matlab::nested(items, reversed(shape));
  }

  static bool has(const Value& notes, const char* name) { return notes.as<Dict>() && notes.as<Dict>()->find(name); }

  // The real and the imaginary parts of complex numbers, in float64.
  static std::pair<Bytes, Bytes> parts_of(const Array& array) {
    const DType part = array.dtype == DType::complex64 ? DType::float32 : DType::float64;
    const Bytes both = convert_numbers(array.packed(), part, DType::float64);
    std::string real, imaginary;
    for (std::size_t at = 0; at + 16 <= both.size; at += 16) {
      real += both.text().substr(at, 8);
      imaginary += both.text().substr(at + 8, 8);
    }
    return {Bytes::from(std::move(real)), Bytes::from(std::move(imaginary))};
  }

  std::vector<std::int64_t> integers(const std::string& name) const {
    const Value value = file_.read(name);
    const auto* array = value.as<Array>();
    if (!array) return {};
    const Bytes numbers = convert_numbers(array->packed(), array->dtype, DType::int64);
    std::vector<std::int64_t> values(numbers.size / 8);
    if (numbers.size) std::memcpy(values.data(), numbers.data, numbers.size);
    return values;
  }

  // Columns compressed: ir has the rows of the values, jc where each column begins among them, data the values; ir and data
  // are not there where all is 0. MATLAB_sparse is the number of rows.
  Value sparse(const std::string& name, const Value& notes) const {
    const std::string where = path_ + ": " + name;
    matlab::Sparse sparse;
    const auto begin = integers(name + "/jc");
    if (begin.empty()) fail(where, ": expected jc, the columns of a sparse matrix");
    sparse.shape = {number(notes, "MATLAB_sparse"), static_cast<std::int64_t>(begin.size()) - 1};
    if (sparse.shape[0] < 0) fail(where, ": a sparse matrix of ", sparse.shape[0], " rows");
    if (file_.has(name + "/ir")) sparse.rows = integers(name + "/ir");
    sparse.set_columns(begin, where);
    sparse.type = word(notes, "MATLAB_class") == "logical" ? DType::boolean : DType::float64;
    if (file_.has(name + "/data")) {
      const Value data = file_.read(name + "/data");
      const auto* values = data.as<Array>();
      if (!values) fail(where, ": expected the values of a sparse matrix, found a ", data.kind());
      const bool complex = values->dtype == DType::complex128 || values->dtype == DType::complex64;
      if (!complex) sparse.real = convert_numbers(values->packed(), values->dtype, sparse.type);
      else std::tie(sparse.real, sparse.imaginary) = parts_of(*values);
    }
    return Value::of(matlab::dense(sparse, max_bytes_, where));
  }

  std::string path_;
  Hdf5File file_;
  std::uint64_t max_bytes_;
  std::unordered_map<std::string, Value> known_;
};

}  // namespace

Value read_matlab73(const std::string& path, const std::string& key, std::uint64_t max_bytes) {
  Reader reader(path, max_bytes);
  return key.empty() ? reader.variables() : reader.object(key, 0);
}

}  // namespace brain::io
