#include "io/cifti.h"

#include <algorithm>
#include <cstring>

#include "core/atomic_file.h"
#include "core/memory.h"
#include "io/cifti_axes.h"
#include "io/convert_numbers.h"
#include "io/deflate.h"
#include "io/error.h"
#include "io/nifti.h"
#include "io/nifti_header.h"
#include "io/xml.h"

namespace brain::io {
namespace {

constexpr std::int32_t kExtension = 32;
constexpr std::int32_t kDenseScalars = 3006;

Bytes xml_of(const Bytes& unpacked, const std::string& name, NiftiHeader& header) {
  bool swap = false;
  header = parse_nifti_header(unpacked, name, swap);
  Bytes xml = nifti_extension(unpacked, header, kExtension, swap, name);
  if (xml.size == 0) fail(name, ": not a CIFTI-2 file: expected XML in an extension of code 32");
  while (xml.size && xml.data[xml.size - 1] == 0) --xml.size;  // padding to 16 bytes
  return xml;
}

// The sizes of the matrix: the axes of the file after the four that are 1.
Shape matrix_of(const Shape& shape, const std::string& name) {
  const bool fits = shape.size() >= 6 && std::all_of(shape.begin(), shape.begin() + 4, [](auto size) { return size == 1; });
  if (!fits) fail(name, ": expected the axes (1, 1, 1, 1, maps, grayordinates) of CIFTI-2, found ", shape_text(shape));
  return {shape.begin() + 4, shape.end()};
}

}  // namespace

bool is_cifti(const Bytes& content) {
  if (content.size < 540 || content.text().substr(4, 3) != "n+2") return false;
  std::uint32_t intent = 0;
  std::memcpy(&intent, content.data + 504, 4);
  const auto is_connectivity = [](std::uint32_t code) { return code >= 3000 && code < 3100; };
  return is_connectivity(intent) || is_connectivity(__builtin_bswap32(intent));
}

Value read_cifti(const Bytes& content, const std::string& name, std::uint64_t max_bytes) {
  const Bytes unpacked = is_gzip(content) ? gunzip(content, name, max_bytes) : content;
  NiftiHeader header;
  const Bytes xml = xml_of(unpacked, name, header);
  Array data = read_nifti(unpacked, name, max_bytes).values();
  const Shape matrix = matrix_of(data.shape, name);
  data.shape = matrix;
  data.strides.erase(data.strides.begin(), data.strides.begin() + 4);
  Dict dict;
  dict.put("data", Value::of(std::move(data)));
  read_cifti_axes(xml, matrix, name, max_bytes ? max_bytes : static_cast<std::uint64_t>(physical_memory()) / 2, dict);
  return Value::of(std::move(dict));
}

void write_cifti(const std::string& path, const Array& values, const std::vector<std::string>& names, const Bytes& like,
                 const std::string& like_name) {
  const Bytes unpacked = is_gzip(like) ? gunzip(like, like_name) : like;
  NiftiHeader there;
  const Bytes xml = xml_of(unpacked, like_name, there);
  const std::string models = brain_models_xml(xml, like_name);
  const std::int64_t columns = there.sizes[6];
  const std::int64_t maps = values.shape.size() == 1 ? 1 : values.shape.empty() ? 0 : values.shape[0];
  if (values.shape.empty() || values.shape.size() > 2 || values.shape.back() != columns || maps < 1)
    fail(path, ": expected (maps, ", columns, ") values as ", like_name, " has grayordinates, found shape ", shape_text(values.shape));
  if (!names.empty() && static_cast<std::int64_t>(names.size()) != maps)
    fail(path, ": expected ", maps, " names of maps, found ", names.size());
  if (values.dtype >= DType::complex32) fail(path, ": CIFTI maps are real numbers, found ", dtype_name(values.dtype));
  std::string text = R"(<?xml version="1.0" encoding="UTF-8"?><CIFTI Version="2"><Matrix>)"
      R"(<MatrixIndicesMap AppliesToMatrixDimension="0" IndicesMapToDataType="CIFTI_INDEX_TYPE_SCALARS">)";
  for (std::int64_t map = 0; map < maps; ++map)
    text += "<NamedMap><MapName>" + (names.empty() ? join_text("map ", map + 1) : xml_escaped(names[static_cast<std::size_t>(map)])) +
            "</MapName></NamedMap>";
  text += "</MatrixIndicesMap>" + models + "</Matrix></CIFTI>";
  text.resize((text.size() + 8 + 15) / 16 * 16 - 8);

  NiftiHeader header;
  header.version = 2;
  header.sizes = {6, 1, 1, 1, 1, maps, columns, 1};
  header.datatype = 16;
  header.bits = 32;
  header.slope = 1;
  header.units = 2 | 8;
  header.intent_code = kDenseScalars;
  header.intent_name = "ConnDenseScalar";
  header.data_offset = static_cast<std::int64_t>(header.bytes() + 4 + 8 + text.size());
  std::string head = nifti_header_bytes(header);
  head[header.bytes()] = 1;  // extensions follow
  const std::uint32_t sizes[2] = {static_cast<std::uint32_t>(8 + text.size()), kExtension};
  head.append(reinterpret_cast<const char*>(sizes), sizeof sizes);
  Array stored = values;
  std::reverse(stored.shape.begin(), stored.shape.end());  // maps run fastest in the file
  std::reverse(stored.strides.begin(), stored.strides.end());
  AtomicFile file(path);
  file.write(head);
  file.write(text);
  file.write(convert_numbers(stored.packed(), stored.dtype, DType::float32).text());
  file.commit();
}

}  // namespace brain::io
