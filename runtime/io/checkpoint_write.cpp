#include <bit>
#include <map>

#include "core/atomic_file.h"
#include "core/error.h"
#include "io/checkpoint.h"
#include "io/zip.h"

namespace brain::io {
namespace {

// The storage class that torch has for a dtype; the newer ones have none and are written as bytes.
std::string_view storage_class(DType dtype) {
  switch (dtype) {
    case DType::float64: return "DoubleStorage";
    case DType::float32: return "FloatStorage";
    case DType::float16: return "HalfStorage";
    case DType::bfloat16: return "BFloat16Storage";
    case DType::int64: return "LongStorage";
    case DType::int32: return "IntStorage";
    case DType::int16: return "ShortStorage";
    case DType::int8: return "CharStorage";
    case DType::uint8: return "ByteStorage";
    case DType::boolean: return "BoolStorage";
    case DType::complex128: return "ComplexDoubleStorage";
    case DType::complex64: return "ComplexFloatStorage";
    default: return {};
  }
}

// Writes protocol 2 and collects the storages.
class Pickler {
 public:
  Pickler() : out_("\x80\x02") {}
  void write(const Value& value, int depth = 0);
  std::string finish() { return out_ + "."; }
  const std::vector<Bytes>& storages() const { return storages_; }

 private:
  void little(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_ += static_cast<char>(value >> (8 * i));
  }
  void string(std::string_view content) {
    if (content.size() > UINT32_MAX)
      fail("a text of ", content.size(), " bytes is longer than a checkpoint can hold");
    out_ += 'X';
    little(content.size(), 4);
    out_ += content;
  }
  void integer(std::int64_t value) {
    if (value >= INT32_MIN && value <= INT32_MAX) {
      out_ += 'J';
      little(static_cast<std::uint64_t>(value), 4);
    } else {
      out_ += "\x8a\x08";
      little(static_cast<std::uint64_t>(value), 8);
    }
  }
  void big_integer(const std::string& decimal) { out_ += "L" + decimal + "L\n"; }
  void sizes(const Shape& shape) {
    out_ += '(';
    for (const std::int64_t size : shape) integer(size);
    out_ += 't';
  }
  void tensor(const Array& array);

  std::string out_;
  std::vector<Bytes> storages_;
  std::map<std::tuple<const std::uint8_t*, std::size_t, DType>, std::size_t> known_;
};

void Pickler::tensor(const Array& array) {
  const Bytes bytes = array.packed();
  const auto [place, added] = known_.try_emplace({bytes.data, bytes.size, array.dtype}, storages_.size());
  if (added) storages_.push_back(bytes);
  const std::string_view type = storage_class(array.dtype);
  const bool typed = !type.empty();
  out_ += typed ? "ctorch._utils\n_rebuild_tensor_v2\n((" : "ctorch._utils\n_rebuild_tensor_v3\n((";
  string("storage");
  if (typed) out_.append("ctorch\n").append(type).append("\n");
  else out_ += "ctorch.storage\nUntypedStorage\n";
  string(std::to_string(place->second));
  string("cpu");
  integer(static_cast<std::int64_t>(typed ? bytes.size / item_size(array.dtype) : bytes.size));
  out_ += "tQ";
  integer(0);
  sizes(array.shape);
  sizes(row_major_strides(array.shape));
  out_ +=
      "\x89"
      "ccollections\nOrderedDict\n)R";
  if (!typed) out_.append("ctorch\n").append(dtype_name(array.dtype)).append("\n");
  out_ += "tR";
}

void Pickler::write(const Value& value, int depth) {
  if (depth > 1000) fail("a checkpoint is nested at most 1000 deep");
  const auto each = [&](const std::vector<Value>& items) {
    for (const Value& item : items) write(item, depth + 1);
  };
  if (value.is_null()) out_ += 'N';
  else if (const auto* b = value.boolean()) out_ += *b ? '\x88' : '\x89';
  else if (const auto* i = value.integer()) integer(*i);
  else if (const auto* d = value.number()) {
    out_ += 'G';
    little(__builtin_bswap64(std::bit_cast<std::uint64_t>(*d)), 8);
  } else if (const auto* big = value.as<BigInteger>()) big_integer(big->decimal);
  else if (const auto* t = value.as<Text>()) string(t->view());
  else if (const auto* array = value.as<Array>()) tensor(*array);
  else if (const auto* list = value.as<List>()) {
    out_ += "](";
    each(list->items);
    out_ += 'e';
  } else if (const auto* tuple = value.as<Tuple>()) {
    out_ += '(';
    each(tuple->items);
    out_ += 't';
  } else if (const auto* dict = value.as<Dict>()) {
    out_ += "}(";
    for (const auto& [key, item] : dict->items()) {
      write(key, depth + 1);
      write(item, depth + 1);
    }
    out_ += 'u';
  } else {
    fail("a checkpoint cannot hold a ", value.kind());
  }
}

}  // namespace

void write_checkpoint(const std::string& path, const Value& value) {
  Pickler pickler;
  pickler.write(value);
  AtomicFile file(path);
  ZipWriter archive(file);
  archive.add("archive/data.pkl", pickler.finish());
  archive.add("archive/byteorder", "little");
  for (std::size_t i = 0; i < pickler.storages().size(); ++i)
    archive.add("archive/data/" + std::to_string(i), pickler.storages()[i].text());
  archive.add("archive/version", "3\n");
  archive.finish();
  file.commit();
}

}  // namespace brain::io
