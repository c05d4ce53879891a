#include <map>

#include "core/atomic_file.h"
#include "io/checkpoint.h"
#include "io/error.h"
#include "io/pickle_write.h"
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

// Collects the storages of the tensors, which the pickle names by their place.
class Storages {
 public:
  void write(Pickler& pickler, const Array& array);
  const std::vector<Bytes>& all() const { return all_; }

 private:
  std::vector<Bytes> all_;
  std::map<std::tuple<const std::uint8_t*, std::size_t, DType>, std::size_t> known_;
};

void Storages::write(Pickler& pickler, const Array& array) {
  const Bytes bytes = array.packed();
  const auto [place, added] = known_.try_emplace({bytes.data, bytes.size, array.dtype}, all_.size());
  if (added) all_.push_back(bytes);
  const std::string type(storage_class(array.dtype));
  const bool typed = !type.empty();
  pickler.raw(typed ? "ctorch._utils\n_rebuild_tensor_v2\n((" : "ctorch._utils\n_rebuild_tensor_v3\n((");
  pickler.string("storage");
  pickler.raw(typed ? "ctorch\n" + type + "\n" : "ctorch.storage\nUntypedStorage\n");
  pickler.string(std::to_string(place->second));
  pickler.string("cpu");
  pickler.integer(static_cast<std::int64_t>(typed ? bytes.size / item_size(array.dtype) : bytes.size));
  pickler.raw("tQ");
  pickler.integer(0);
  pickler.sizes(array.shape);
  pickler.sizes(row_major_strides(array.shape));
  pickler.raw(
      "\x89"
      "ccollections\nOrderedDict\n)R");
  if (!typed) pickler.raw("ctorch\n" + std::string(dtype_name(array.dtype)) + "\n");
  pickler.raw("tR");
}

}  // namespace

void write_checkpoint(const std::string& path, const Value& value) {
  std::string pickle;
  Storages storages;
  Pickler pickler(
      2, [&](std::string_view piece) { pickle += piece; },
      [&](Pickler& to, const Array& array) { storages.write(to, array); }, "a checkpoint");
  pickler.write(value);
  pickler.finish();
  AtomicFile file(path);
  ZipWriter archive(file);
  archive.add("archive/data.pkl", pickle);
  archive.add("archive/byteorder", "little");
  for (std::size_t i = 0; i < storages.all().size(); ++i)
    archive.add("archive/data/" + std::to_string(i), storages.all()[i].text());
  archive.add("archive/version", "3\n");
  archive.finish();
  file.commit();
}

}  // namespace brain::io
