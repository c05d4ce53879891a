#include "io/checkpoint.h"

#include <unordered_map>

#include "io/error.h"
#include "io/pickle.h"
#include "io/zip.h"

namespace brain::io {
namespace {

struct StorageClass {
  std::string_view name;
  DType dtype;
};
constexpr StorageClass storage_classes[] = {{"DoubleStorage", DType::float64},
                                            {"FloatStorage", DType::float32},
                                            {"HalfStorage", DType::float16},
                                            {"BFloat16Storage", DType::bfloat16},
                                            {"LongStorage", DType::int64},
                                            {"IntStorage", DType::int32},
                                            {"ShortStorage", DType::int16},
                                            {"CharStorage", DType::int8},
                                            {"ByteStorage", DType::uint8},
                                            {"BoolStorage", DType::boolean},
                                            {"ComplexDoubleStorage", DType::complex128},
                                            {"ComplexFloatStorage", DType::complex64},
                                            {"UntypedStorage", DType::uint8}};

// ('storage', class, key, location, number of elements[, view]), as torch's persistent ids are.
struct StorageId {
  DType dtype = DType::uint8;
  std::string key;
  std::int64_t count = 0;
  std::size_t bytes = 0;
  Value view;  // in the older format: (key, offset, count) of a part, or null
};

StorageId parse_storage(const std::vector<Value>& id, const std::string& where) {
  const auto* type = id.size() >= 5 ? id[1].as<Record>() : nullptr;
  const auto* key = id.size() >= 5 ? id[2].as<Text>() : nullptr;
  const auto* location = id.size() >= 5 ? id[3].as<Text>() : nullptr;
  const auto* count = id.size() >= 5 ? id[4].integer() : nullptr;
  if (!type || !key || !count || *count < 0) fail(where, ": expected (storage, class, key, location, count)");
  if (location && location->view() == "meta") fail(where, ": a tensor on the meta device has no values");
  StorageId storage;
  const std::string_view name = std::string_view(type->name).substr(type->name.rfind('.') + 1);
  const StorageClass* found = nullptr;
  for (const StorageClass& entry : storage_classes)
    if (entry.name == name) found = &entry;
  if (!found || type->name.compare(0, 6, "torch.") != 0)
    fail(where, ": storages of ", type->name, " are not supported");
  storage.dtype = found->dtype;
  storage.key = key->view();
  storage.count = *count;
  if (__builtin_mul_overflow(static_cast<std::size_t>(*count), item_size(found->dtype), &storage.bytes))
    fail(where, ": storage '", storage.key, "' of ", *count, " elements is larger than can be");
  if (id.size() > 5) storage.view = id[5];
  return storage;
}

Value storage_value(DType dtype, Bytes bytes) {
  const auto count = static_cast<std::int64_t>(bytes.size / item_size(dtype));
  return Value::of(Array{dtype, {count}, {1}, 0, std::move(bytes)});
}

std::string_view kind_of(const std::vector<Value>& id) {
  const auto* kind = id.empty() ? nullptr : id[0].as<Text>();
  return kind ? kind->view() : std::string_view();
}

// --- The zip format.

Value read_zip(const Bytes& content, const std::string& name, std::uint64_t max_bytes) {
  const ZipReader archive(content, name, max_bytes);
  const ZipReader::Entry* pickle = nullptr;
  for (const auto& entry : archive.entries()) {
    const std::size_t slash = entry.name.find('/');
    const bool here =
        entry.name == "data.pkl" || (slash != std::string::npos && entry.name.substr(slash) == "/data.pkl");
    if (here && pickle) fail(name, ": expected one data.pkl, found two");
    if (here) pickle = &entry;
  }
  if (!pickle) fail(name, ": a zip archive without data.pkl is not a checkpoint");
  const std::string folder = pickle->name.substr(0, pickle->name.size() - 8);
  if (const auto* order = archive.find(folder + "byteorder");
      order && archive.read(*order, false, 16).text() != "little")
    fail(name, ": expected little-endian numbers: save the checkpoint again on a little-endian machine");

  const std::string where = name + ": data.pkl";
  std::unordered_map<std::string, Bytes> storages;
  const auto persistent = [&](const Value& id) {
    const auto* items = sequence(id);
    if (!items || kind_of(*items) != "storage")
      fail(where, ": expected the id of a storage, found a ", id.kind());
    const StorageId storage = parse_storage(*items, where);
    auto [place, added] = storages.try_emplace(storage.key);
    if (added) {
      const auto* entry = archive.find(folder + "data/" + storage.key);
      if (!entry) fail(name, ": storage '", storage.key, "' is missing");
      if (entry->size == storage.bytes) place->second = archive.read(*entry);
      else place->second.size = entry->size;
    }
    if (place->second.size != storage.bytes)
      fail(name, ": storage '", storage.key, "': expected ", storage.bytes, " bytes, found ",
           place->second.size);
    return storage_value(storage.dtype, place->second);
  };
  Cursor cursor(archive.read(*pickle), where);
  return Unpickler(cursor, persistent).load();
}

// --- The older format: a magic number, a version, facts on the machine, the object, the keys of its storages
// (each a pickle), then for each key the number of elements and the elements. The object comes before what it
// refers to, so it is read twice: first to know the storages' types, then with their contents.

constexpr std::string_view kMagic = "119547037146038801333356";

struct LegacyStorage {
  StorageId id;
  Bytes bytes;
  bool read = false;
};
using LegacyStorages = std::unordered_map<std::string, LegacyStorage>;

Value legacy_storage(const Value& id, LegacyStorages& storages, bool second, const std::string& where) {
  const auto* items = sequence(id);
  if (items && kind_of(*items) == "module" && items->size() > 1)
    return (*items)[1];  // a class with its source text
  if (!items || kind_of(*items) != "storage")
    fail(where, ": expected the id of a storage, found a ", id.kind());
  const StorageId storage = parse_storage(*items, where);
  LegacyStorage& known = storages.try_emplace(storage.key, LegacyStorage{storage, {}, false}).first->second;
  if (known.id.dtype != storage.dtype || known.id.count != storage.count)
    fail(where, ": storage '", storage.key, "' is described in two ways");
  if (second && !known.read) fail(where, ": storage '", storage.key, "' is missing");
  Bytes bytes = known.bytes;
  if (!second) bytes.size = storage.bytes;  // never read from: only its size counts
  if (const auto* view = sequence(storage.view)) {
    const std::int64_t *offset = view->size() > 2 ? (*view)[1].integer() : nullptr,
                       *count = view->size() > 2 ? (*view)[2].integer() : nullptr;
    if (!offset || !count || *offset < 0 || *count < 0 || *offset > storage.count ||
        *count > storage.count - *offset)
      fail(where, ": a view reaches outside of storage '", storage.key, "'");
    const std::size_t item = item_size(storage.dtype);
    bytes.data = second ? bytes.data + static_cast<std::size_t>(*offset) * item : nullptr;
    bytes.size = static_cast<std::size_t>(*count) * item;
  }
  return storage_value(storage.dtype, bytes);
}

Value read_stream(const Bytes& content, const std::string& name) {
  Cursor cursor(content, name);
  const auto load = [&](Unpickler::Persistent persistent = {}) {
    return Unpickler(cursor, std::move(persistent)).load();
  };
  Value magic = load();
  const auto* number = magic.as<BigInteger>();
  if (!number || number->decimal != kMagic) return read_pickle(content, name);
  const Value version = load();
  if (!version.integer() || *version.integer() != 1001) cursor.refuse("expected version 1001 of the format");
  const Value machine = load();
  const auto* facts = machine.as<Dict>();
  const Value* little = facts ? facts->find("little_endian") : nullptr;
  if (little && little->boolean() && !*little->boolean())
    fail(name, ": expected little-endian numbers: save the checkpoint again on a little-endian machine");
  const std::size_t object = cursor.position();
  LegacyStorages storages;
  load([&](const Value& id) { return legacy_storage(id, storages, false, name); });
  const Value keys = load();
  if (!sequence(keys)) cursor.refuse(join_text("expected the list of storages, found a ", keys.kind()));
  for (const Value& key : *sequence(keys)) {
    const auto* text = key.as<Text>();
    const auto place = text ? storages.find(std::string(text->view())) : storages.end();
    if (place == storages.end()) cursor.refuse("the list of storages names one that no tensor has");
    LegacyStorage& storage = place->second;
    if (storage.read) cursor.refuse("the list of storages names one twice");
    if (const std::int64_t count = cursor.i64(); count != storage.id.count)
      cursor.refuse(join_text("storage '", storage.id.key, "': expected ", storage.id.count,
                              " elements, found ", count));
    storage.bytes = cursor.take(storage.id.bytes);
    storage.read = true;
  }
  cursor.seek(object);
  return load([&](const Value& id) { return legacy_storage(id, storages, true, name); });
}

}  // namespace

Value read_checkpoint(const Bytes& content, const std::string& name, std::uint64_t max_bytes) {
  if (content.text().substr(0, 2) == "PK") return read_zip(content, name, max_bytes);
  return read_stream(content, name);
}

}  // namespace brain::io
