#include "io/safetensors.h"

#include <algorithm>

#include "core/atomic_file.h"
#include "io/error.h"
#include "io/json.h"

namespace brain::io {
namespace {

constexpr std::uint64_t kLongestHeader = 100'000'000;

struct Name {
  std::string_view name;
  DType dtype;
};
constexpr Name names[] = {{"BOOL", DType::boolean},
                          {"U8", DType::uint8},
                          {"I8", DType::int8},
                          {"U16", DType::uint16},
                          {"I16", DType::int16},
                          {"U32", DType::uint32},
                          {"I32", DType::int32},
                          {"U64", DType::uint64},
                          {"I64", DType::int64},
                          {"F16", DType::float16},
                          {"BF16", DType::bfloat16},
                          {"F32", DType::float32},
                          {"F64", DType::float64},
                          {"F8_E4M3", DType::float8_e4m3fn},
                          {"F8_E5M2", DType::float8_e5m2},
                          {"F8_E8M0", DType::float8_e8m0fnu},
                          {"F8_E4M3FNUZ", DType::float8_e4m3fnuz},
                          {"F8_E5M2FNUZ", DType::float8_e5m2fnuz},
                          {"C64", DType::complex64}};

struct Range {
  std::uint64_t begin, end;
  std::string name;
};

Shape integers(const Value* value, const std::string& where) {
  const auto* list = value ? value->as<List>() : nullptr;
  if (!list) fail(where, ": expected a list of integers");
  Shape numbers;
  for (const Value& item : list->items) {
    if (!item.integer() || *item.integer() < 0) fail(where, ": expected integers of at least 0");
    numbers.push_back(*item.integer());
  }
  return numbers;
}

Array read_tensor(const Dict& entry, const Bytes& data, const std::string& where, Range& range) {
  for (const auto& [key, value] : entry.items())
    if (const auto k = key.as<Text>()->view(); k != "dtype" && k != "shape" && k != "data_offsets")
      fail(where, ": unknown field '", k, "'");
  const Value* type = entry.find("dtype");
  const auto* text = type ? type->as<Text>() : nullptr;
  if (!text) fail(where, ": expected a dtype");
  const auto known =
      std::find_if(std::begin(names), std::end(names), [&](const Name& n) { return n.name == text->view(); });
  if (known == std::end(names)) fail(where, ": dtype '", text->view().substr(0, 40), "' is not supported");
  Array array;
  array.dtype = known->dtype;
  array.shape = integers(entry.find("shape"), where + ": shape");
  array.strides = row_major_strides(array.shape);
  const Shape offsets = integers(entry.find("data_offsets"), where + ": data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1] || static_cast<std::uint64_t>(offsets[1]) > data.size)
    fail(where, ": expected a begin and an end within ", data.size, " bytes, found ", shape_text(offsets));
  range.begin = static_cast<std::uint64_t>(offsets[0]);
  range.end = static_cast<std::uint64_t>(offsets[1]);
  std::uint64_t bytes = 0;
  const auto count = static_cast<std::uint64_t>(count_elements(array.shape, where));
  if (__builtin_mul_overflow(count, item_size(array.dtype), &bytes) || bytes != range.end - range.begin)
    fail(where, ": expected ", range.end - range.begin, " bytes, but shape ", shape_text(array.shape), " of ",
         known->name, " takes ", count, " times ", item_size(array.dtype));
  array.storage = data.slice(range.begin, range.end - range.begin);
  array.check(where);
  return array;
}

}  // namespace

Safetensors read_safetensors(const Bytes& content, const std::string& name) {
  Cursor cursor(content, name);
  const std::uint64_t length = cursor.u64();
  if (length > kLongestHeader)
    cursor.refuse(join_text("expected a header of at most 100 MB, found ", length, " bytes"));
  const Bytes header = cursor.take(length);
  if (header.text().substr(0, 1) != "{") fail(name, ": expected a JSON object as header");
  const Bytes data = cursor.take(cursor.remaining());
  const Value json = parse_json(header.text(), name + ": header", 16);
  Dict tensors;
  Value metadata = Value::of(Dict());
  std::vector<Range> ranges;
  for (const auto& [key, value] : json.as<Dict>()->items()) {
    const std::string title(key.as<Text>()->view());
    const std::string where = name + ": '" + title.substr(0, 200) + "'";
    const auto* entry = value.as<Dict>();
    if (!entry) fail(where, ": expected an object, found a ", value.kind());
    if (title == "__metadata__") {
      for (const auto& [field, word] : entry->items())
        if (!word.as<Text>()) fail(where, ": expected texts, found a ", word.kind());
      metadata = value;
      continue;
    }
    Range range{0, 0, title};
    tensors.set(key, Value::of(read_tensor(*entry, data, where, range)));
    ranges.push_back(std::move(range));
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const Range& range : ranges) {
    if (range.begin != covered)
      fail(name, ": '", range.name, "' begins at byte ", range.begin, " where ", covered,
           " is expected: the data ", range.begin < covered ? "overlaps" : "has a gap");
    covered = range.end;
  }
  if (covered != data.size) fail(name, ": the tensors cover ", covered, " of ", data.size, " bytes of data");
  return {Value::of(std::move(tensors)), std::move(metadata)};
}

void write_safetensors(const std::string& path, const Value& tensors, const Value& metadata) {
  const auto* dict = tensors.as<Dict>();
  if (!dict) fail(path, ": a safetensors file holds a table of tensors, found a ", tensors.kind());
  struct Entry {
    std::string name;
    const Array* array;
    std::string_view dtype;
    Bytes bytes;
    std::uint64_t begin = 0;
  };
  std::vector<Entry> entries;
  for (const auto& [key, value] : dict->items()) {
    const auto* name = key.as<Text>();
    const auto* array = value.as<Array>();
    if (!name) fail(path, ": a safetensors file has text as keys, found ", key_text(key));
    if (!array)
      fail(path, ": '", name->view(), "': a safetensors file holds tensors only, found a ", value.kind(),
           ": flatten nested tables, or save as .pt");
    const auto known = std::find_if(std::begin(names), std::end(names),
                                    [&](const Name& n) { return n.dtype == array->dtype; });
    if (known == std::end(names))
      fail(path, ": '", name->view(), "': safetensors has no ", dtype_name(array->dtype));
    entries.push_back({std::string(name->view()), array, known->name, array->packed()});
  }
  std::vector<Entry*> order;
  for (Entry& entry : entries) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
    return item_size(a->array->dtype) > item_size(b->array->dtype);
  });
  std::uint64_t size = 0;
  for (Entry* entry : order) {
    entry->begin = size;
    size += entry->bytes.size;
  }
  Dict header;
  if (const auto* facts = metadata.as<Dict>(); facts && !facts->items().empty()) {
    for (const auto& [key, value] : facts->items())
      if (!key.as<Text>() || !value.as<Text>())
        fail(path, ": metadata: expected texts, found a ", value.kind());
    header.put("__metadata__", metadata);
  }
  const auto list = [](const Shape& numbers) {
    List items;
    for (const std::int64_t number : numbers) items.items.emplace_back(number);
    return Value::of(std::move(items));
  };
  for (const Entry& entry : entries) {
    if (entry.name == "__metadata__") fail(path, ": '__metadata__' cannot be the name of a tensor");
    Dict fields;
    fields.put("dtype", text(entry.dtype));
    fields.put("shape", list(entry.array->shape));
    fields.put("data_offsets", list({static_cast<std::int64_t>(entry.begin),
                                     static_cast<std::int64_t>(entry.begin + entry.bytes.size)}));
    header.put(entry.name, Value::of(std::move(fields)));
  }
  std::string json = to_json(Value::of(std::move(header)));
  json.append((8 - json.size() % 8) % 8, ' ');
  if (json.size() > kLongestHeader)
    fail(path, ": the header of ", json.size(), " bytes is larger than the format allows");
  AtomicFile file(path);
  std::string length;
  for (int i = 0; i < 8; ++i) length += static_cast<char>(json.size() >> (8 * i));
  file.write(length + json);
  for (const Entry* entry : order) file.write(entry->bytes.data, entry->bytes.size);
  file.commit();
}

}  // namespace brain::io
