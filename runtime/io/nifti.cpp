#include "io/nifti.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/atomic_file.h"
#include "io/convert_numbers.h"
#include "io/deflate.h"
#include "io/error.h"
#include "io/nifti_header.h"

namespace brain::io {
namespace {

struct Type {
  std::int32_t code;
  DType dtype;
};
constexpr Type types[] = {{2, DType::uint8},   {4, DType::int16},     {8, DType::int32},    {16, DType::float32},
                          {32, DType::complex64}, {64, DType::float64}, {256, DType::int8},   {512, DType::uint16},
                          {768, DType::uint32}, {1024, DType::int64},  {1280, DType::uint64}, {1792, DType::complex128}};

DType type_of(std::int32_t code, const std::string& name) {
  for (const Type& type : types)
    if (type.code == code) return type.dtype;
  const char* what = code == 1 ? " (single bits)" : code == 128 || code == 2304 ? " (colours)" : code == 1536 || code == 2048 ? " (128-bit numbers)" : "";
  fail(name, ": voxels of NIfTI type ", code, what, " are not read");
}

std::string space_name(std::int32_t code) {
  static constexpr const char* names[] = {"unknown", "scanner", "aligned", "Talairach", "MNI", "template"};
  return code >= 0 && code < 6 ? names[code] : std::to_string(code);
}

std::string unit_names(std::int32_t code) {
  static constexpr const char* space[] = {"unknown", "m", "mm", "um", "?", "?", "?", "?"};
  static constexpr const char* time[] = {"", " s", " ms", " us", " Hz", " ppm", " rad/s", " ?"};
  return join_text(space[code & 7], time[code >> 3 & 7]);
}

Value describe(const NiftiHeader& header, const Nifti& nifti) {
  Dict dict;
  std::string transform;
  const auto affine = header.affine(&transform);
  dict.put("affine", Value::of(array_of(std::vector<double>(affine.begin(), affine.end()), DType::float64, {4, 4})));
  dict.put("transform", text(transform));
  dict.put("space", text(space_name(header.sform_code > 0 ? header.sform_code : header.qform_code)));
  const std::size_t axes = nifti.stored.shape.size();
  const std::vector<double> steps(header.steps.begin() + 1, header.steps.begin() + 1 + static_cast<std::ptrdiff_t>(axes));
  dict.put("voxel_size", Value::of(array_of(steps, DType::float64, {static_cast<std::int64_t>(axes)})));
  dict.put("units", text(unit_names(header.units)));
  dict.put("slope", Value(nifti.slope));
  dict.put("intercept", Value(nifti.intercept));
  dict.put("intent", Value(std::int64_t{header.intent_code}));
  dict.put("description", text(header.description));
  dict.put("version", Value(std::int64_t{header.version}));
  return Value::of(std::move(dict));
}

Shape shape_of(const NiftiHeader& header, const std::string& name) {
  const std::int64_t axes = header.sizes[0];
  if (axes < 1 || axes > 7) fail(name, ": expected 1 to 7 axes, found ", axes);
  Shape shape(header.sizes.begin() + 1, header.sizes.begin() + 1 + axes);
  while (shape.size() < 3) shape.push_back(1);
  for (const std::int64_t size : shape)
    if (size < 1) fail(name, ": expected sizes of at least 1, found shape ", shape_text(shape));
  return shape;
}

void write(const std::string& path, const Array& values, NiftiHeader header) {
  const auto type = std::find_if(std::begin(types), std::end(types), [&](const Type& one) { return one.dtype == values.dtype; });
  Array stored = values;
  if (values.dtype == DType::boolean) stored.dtype = DType::uint8;
  else if (type == std::end(types))
    fail(path, ": NIfTI has no ", dtype_name(values.dtype), ": convert the values to float32 first");
  header.datatype = values.dtype == DType::boolean ? 2 : type->code;
  header.bits = static_cast<std::int32_t>(8 * item_size(values.dtype));
  header.sizes.fill(1);
  header.sizes[0] = static_cast<std::int64_t>(stored.shape.size());
  for (std::size_t d = 0; d < stored.shape.size(); ++d) {
    if (stored.shape[d] > INT16_MAX) header.version = 2;
    if (stored.shape[d] < 1) fail(path, ": NIfTI has no empty axes, found shape ", shape_text(stored.shape));
    header.sizes[d + 1] = stored.shape[d];
  }
  header.data_offset = static_cast<std::int64_t>(header.bytes()) + 4;
  header.slope = 1;
  header.intercept = header.shown_max = header.shown_min = 0;
  std::reverse(stored.shape.begin(), stored.shape.end());  // packed() has the last axis fastest, NIfTI the first
  std::reverse(stored.strides.begin(), stored.strides.end());
  const std::string head = nifti_header_bytes(header);
  const Bytes data = stored.packed();
  const bool packed = path.size() > 3 && path.compare(path.size() - 3, 3, ".gz") == 0;
  const std::string compressed = packed ? gzip(head + std::string(data.text()), path, 4) : "";
  AtomicFile file(path);
  file.write(packed ? std::string_view(compressed) : std::string_view(head));
  if (!packed) file.write(data.text());
  file.commit();
}

void check_axes(const std::string& path, const Array& values) {
  if (values.shape.size() < 3 || values.shape.size() > 7)
    fail(path, ": a volume has 3 to 7 axes (x, y, z, time, ...), found shape ", shape_text(values.shape));
}

}  // namespace

Array Nifti::values() const { return scaled() ? scaled_numbers(stored, slope, intercept) : stored; }

bool is_nifti(const Bytes& unpacked) {
  const std::string_view text = unpacked.text();
  return text.size() >= 348 && (text.substr(344, 3) == "n+1" || text.substr(4, 3) == "n+2");
}

Nifti read_nifti(const Bytes& content, const std::string& name, std::uint64_t max_bytes) {
  const Bytes unpacked = is_gzip(content) ? gunzip(content, name, max_bytes) : content;
  bool swap = false;
  const NiftiHeader header = parse_nifti_header(unpacked, name, swap);
  Nifti nifti;
  const DType dtype = type_of(header.datatype, name);
  const Shape shape = shape_of(header, name);
  const auto count = static_cast<std::uint64_t>(count_elements(shape, name));
  if (header.data_offset < static_cast<std::int64_t>(header.bytes()) || static_cast<std::uint64_t>(header.data_offset) > unpacked.size)
    fail(name, ": the voxels begin at byte ", header.data_offset, " of ", unpacked.size);
  const std::size_t start = static_cast<std::size_t>(header.data_offset);
  if (count > (unpacked.size - start) / item_size(dtype))
    fail(name, ": expected ", count, " voxels of ", dtype_name(dtype), " for shape ", shape_text(shape), ", found ",
         unpacked.size - start, " bytes");
  Bytes data = unpacked.slice(start, static_cast<std::size_t>(count) * item_size(dtype));
  if (swap) data = swapped(data, dtype);
  nifti.stored = {dtype, shape, column_major_strides(shape), 0, std::move(data)};
  if (header.slope != 0 && std::isfinite(header.slope) && std::isfinite(header.intercept)) {
    nifti.slope = header.slope;
    nifti.intercept = header.intercept;
  }
  if (nifti.scaled() && dtype >= DType::complex32) fail(name, ": complex voxels with a scale are not read");
  nifti.metadata = describe(header, nifti);
  return nifti;
}

void write_nifti(const std::string& path, const Array& values, const Bytes& like, const std::string& like_name) {
  check_axes(path, values);
  const Bytes unpacked = is_gzip(like) ? gunzip(like, like_name) : like;
  bool swap = false;
  NiftiHeader header = parse_nifti_header(unpacked, like_name, swap);
  const Shape there = shape_of(header, like_name);
  if (!std::equal(there.begin(), there.begin() + 3, values.shape.begin()))
    fail(path, ": expected a volume of ", shape_text({there.begin(), there.begin() + 3}), " voxels as in ", like_name, ", found shape ",
         shape_text(values.shape));
  for (std::size_t d = 0; d < values.shape.size(); ++d)  // other axes are those of other data
    if (d >= there.size() || (d > 2 && there[d] != values.shape[d])) header.steps[d + 1] = 1;
  header.intent_code = 0;
  header.intent = {};
  header.intent_name.clear();
  write(path, values, header);
}

void write_nifti(const std::string& path, const Array& values, const Array& affine) {
  check_axes(path, values);
  if (affine.shape != Shape{4, 4}) fail(path, ": expected an affine of shape (4, 4), found ", shape_text(affine.shape));
  const Bytes packed = convert_numbers(affine.packed(), affine.dtype, DType::float64);
  NiftiHeader header;
  header.sform_code = 2;
  header.units = 2 | 8;  // mm, s
  std::memcpy(header.rows.data(), packed.data, sizeof header.rows);
  for (std::size_t axis = 0; axis < 3; ++axis)
    header.steps[axis + 1] = std::hypot(header.rows[axis], header.rows[4 + axis], header.rows[8 + axis]);
  write(path, values, header);
}

}  // namespace brain::io
