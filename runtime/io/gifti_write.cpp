#include "io/gifti_write.h"

#include <algorithm>
#include <cstring>

#include "core/atomic_file.h"
#include "io/convert_numbers.h"
#include "io/deflate.h"
#include "io/error.h"
#include "io/gifti_data.h"
#include "io/xml.h"

namespace brain::io {
namespace {

constexpr std::size_t kMostAxes = 6;

const Value* entry(const Value& value, std::string_view name) {
  const auto* dict = value.as<Dict>();
  const Value* found = dict ? dict->find(name) : nullptr;
  return found && !found->is_null() ? found : nullptr;
}

std::string word(const Value& value, std::string_view name, const std::string& otherwise) {
  const Value* found = entry(value, name);
  return found && found->as<Text>() ? std::string(found->as<Text>()->view()) : otherwise;
}

// time_series as NIFTI_INTENT_TIME_SERIES.
std::string code(std::string name, const std::string& prefix) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return xml_escaped(name.starts_with(prefix) ? name : prefix + name);
}

std::string metadata_xml(const Value* metadata) {
  std::string xml = "<MetaData>";
  if (const auto* dict = metadata ? metadata->as<Dict>() : nullptr)
    for (const auto& [key, value] : dict->items())
      if (key.as<Text>() && value.as<Text>())
        xml += "<MD><Name>" + xml_escaped(key.as<Text>()->view()) + "</Name><Value>" + xml_escaped(value.as<Text>()->view()) + "</Value></MD>";
  return xml + "</MetaData>\n";
}

// In a type that the format has.
Array storable(const Array& array, const std::string& where) {
  Array stored{array.dtype, array.shape, row_major_strides(array.shape), 0, array.packed()};
  if (array.dtype == DType::boolean) {
    stored.dtype = DType::uint8;
    return stored;
  }
  if (array.dtype == DType::uint8 || array.dtype == DType::int32 || array.dtype == DType::float32) return stored;
  if (array.dtype > DType::int64 && array.dtype != DType::float64)
    fail(where, ": GIFTI has no ", dtype_name(array.dtype), ": convert the values to float32 first");
  stored.dtype = array.dtype > DType::uint8 && array.dtype <= DType::int64 ? DType::int32 : DType::float32;
  const Bytes given = stored.storage;
  stored.storage = convert_numbers(given, array.dtype, stored.dtype);
  const Bytes back = convert_numbers(stored.storage, stored.dtype, array.dtype);
  if (stored.dtype == DType::int32 && given.size && std::memcmp(back.data, given.data, given.size) != 0)
    fail(where, ": GIFTI has integers of 32 bits, found larger ones");
  return stored;
}

std::string array_xml(const Value& item, const std::string& where) {
  const Value* data = item.as<Array>() ? &item : entry(item, "data");
  if (!data || !data->as<Array>()) fail(where, ": expected data, a tensor");
  const Array array = storable(*data->as<Array>(), where);
  if (array.shape.empty() || array.shape.size() > kMostAxes) fail(where, ": expected 1 to 6 axes, found shape ", shape_text(array.shape));
  const char* type = array.dtype == DType::uint8 ? "UINT8" : array.dtype == DType::int32 ? "INT32" : "FLOAT32";
  const std::string intent = word(item, "intent", array.dtype == DType::float32 ? "shape" : "label");
  std::string xml = join_text("<DataArray Intent=\"", code(intent, "NIFTI_INTENT_"), "\" DataType=\"NIFTI_TYPE_", type,
                              "\" ArrayIndexingOrder=\"RowMajorOrder\" Dimensionality=\"", array.shape.size(), "\"");
  for (std::size_t axis = 0; axis < array.shape.size(); ++axis) xml += join_text(" Dim", axis, "=\"", array.shape[axis], "\"");
  const bool packed = has_zlib();
  xml += join_text(" Encoding=\"", packed ? "GZipBase64Binary" : "Base64Binary",
                   "\" Endian=\"LittleEndian\" ExternalFileName=\"\" ExternalFileOffset=\"0\">\n");
  xml += metadata_xml(entry(item, "metadata"));
  if (intent == "pointset") {
    const std::string space = code(word(item, "space", "unknown"), "NIFTI_XFORM_");
    xml += "<CoordinateSystemTransformMatrix><DataSpace>" + space + "</DataSpace><TransformedSpace>" + space +
           "</TransformedSpace><MatrixData>1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1</MatrixData></CoordinateSystemTransformMatrix>\n";
  }
  const std::string_view bytes = array.storage.text();
  return xml + "<Data>" + encode_base64(packed ? deflate_zlib(bytes, where) : std::string(bytes)) + "</Data>\n</DataArray>\n";
}

std::string labels_xml(const Value& labels, const std::string& where) {
  const Value *key = entry(labels, "key"), *names = entry(labels, "names"), *colours = entry(labels, "colours");
  const auto* list = names ? sequence(*names) : nullptr;
  if (!key || !key->as<Array>() || !list || key->as<Array>()->shape != Shape{static_cast<std::int64_t>(list->size())})
    fail(where, ": labels: expected key and names, as many of each");
  const Bytes keys = convert_numbers(key->as<Array>()->packed(), key->as<Array>()->dtype, DType::int64);
  Bytes parts;
  if (colours && colours->as<Array>()) {
    if (colours->as<Array>()->shape != Shape{static_cast<std::int64_t>(list->size()), 4})
      fail(where, ": labels: expected colours of shape (", list->size(), ", 4), found ", shape_text(colours->as<Array>()->shape));
    parts = convert_numbers(colours->as<Array>()->packed(), colours->as<Array>()->dtype, DType::float32);
  }
  std::string xml = "<LabelTable>\n";
  for (std::size_t n = 0; n < list->size(); ++n) {
    std::int64_t number = 0;
    float colour[4] = {0, 0, 0, 1};
    std::memcpy(&number, keys.data + 8 * n, 8);
    if (parts.size) std::memcpy(colour, parts.data + 16 * n, 16);
    const auto* name = (*list)[n].as<Text>();
    if (!name) fail(where, ": labels: expected names that are texts");
    xml += join_text("<Label Key=\"", number, "\" Red=\"", colour[0], "\" Green=\"", colour[1], "\" Blue=\"", colour[2], "\" Alpha=\"",
                     colour[3], "\">", xml_escaped(name->view()), "</Label>\n");
  }
  return xml + "</LabelTable>\n";
}

// Rows of a matrix as arrays of their own.
std::vector<Value> maps_of(const Array& array, const std::string& path) {
  if (array.shape.empty() || array.shape.size() > 2)
    fail(path, ": expected [vertices], [maps, vertices] or a table of arrays, found shape ", shape_text(array.shape));
  if (array.shape.size() == 1) return {Value::of(array)};
  std::vector<Value> maps;
  for (std::int64_t map = 0; map < array.shape[0]; ++map)
    maps.push_back(Value::of(Array{array.dtype, {array.shape[1]}, {array.strides[1]}, array.offset + map * array.strides[0], array.storage}));
  return maps;
}

}  // namespace

void write_gifti(const std::string& path, const Value& value) {
  std::vector<Value> arrays;
  if (const auto* array = value.as<Array>()) arrays = maps_of(*array, path);
  else if (const Value* list = entry(value, "arrays"); list && sequence(*list)) arrays = *sequence(*list);
  else fail(path, ": a GIFTI file holds a tensor, or a table of arrays as file.load gives it, found a ", value.kind());
  std::string xml = join_text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<!DOCTYPE GIFTI SYSTEM \"http://gifti.projects.nitrc.org/gifti.dtd\">\n"
                              "<GIFTI Version=\"1.0\" NumberOfDataArrays=\"", arrays.size(), "\">\n");
  xml += metadata_xml(entry(value, "metadata"));
  const Value* labels = entry(value, "labels");
  xml += labels ? labels_xml(*labels, path) : "<LabelTable/>\n";
  for (std::size_t n = 0; n < arrays.size(); ++n) xml += array_xml(arrays[n], join_text(path, ": array ", n + 1));
  write_file_atomically(path, xml + "</GIFTI>\n");
}

}  // namespace brain::io
