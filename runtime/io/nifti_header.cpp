#include "io/nifti_header.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "io/error.h"

namespace brain::io {
namespace {

// Goes over the fields of a header in the order of the file, reading or writing each with the type that it has there.
class Fields {
 public:
  Fields(const Bytes& bytes, bool swap) : in_(bytes.data), swap_(swap) {}
  Fields() = default;

  template <class Stored, class T>
  void number(T& value) {
    Stored stored{};
    if (in_) {
      std::memcpy(&stored, in_ + at_, sizeof stored);
      if (swap_) {
        auto* byte = reinterpret_cast<std::uint8_t*>(&stored);
        std::reverse(byte, byte + sizeof stored);
      }
      value = static_cast<T>(stored);
    } else {
      stored = static_cast<Stored>(value);
      out_.append(reinterpret_cast<const char*>(&stored), sizeof stored);
    }
    at_ += sizeof stored;
  }
  template <class Stored, class T, std::size_t N>
  void numbers(std::array<T, N>& values) {
    for (T& value : values) number<Stored>(value);
  }
  void words(std::string& value, std::size_t size) {
    if (in_) {
      value.assign(reinterpret_cast<const char*>(in_ + at_), size);
      value.resize(std::min(value.find('\0'), value.size()));
    } else {
      std::string padded = value;
      padded.resize(size);
      out_ += padded;
    }
    at_ += size;
  }
  void unused(std::size_t size) {
    if (!in_) out_.append(size, '\0');
    at_ += size;
  }
  void magic(std::string_view text) {
    if (!in_) out_ += text;
    at_ += text.size();
  }
  std::string take() { return std::move(out_); }

 private:
  const std::uint8_t* in_ = nullptr;
  bool swap_ = false;
  std::size_t at_ = 0;
  std::string out_;
};

void version1(Fields& fields, NiftiHeader& h) {
  std::int32_t size = 348;
  fields.number<std::int32_t>(size);
  fields.unused(35);
  fields.number<std::uint8_t>(h.dim_info);
  fields.numbers<std::int16_t>(h.sizes);
  fields.numbers<float>(h.intent);
  fields.number<std::int16_t>(h.intent_code);
  fields.number<std::int16_t>(h.datatype);
  fields.number<std::int16_t>(h.bits);
  fields.number<std::int16_t>(h.slice_start);
  fields.numbers<float>(h.steps);
  float offset = static_cast<float>(h.data_offset);
  fields.number<float>(offset);
  h.data_offset = offset >= 0 && offset < 1e15f ? static_cast<std::int64_t>(offset) : -1;
  fields.number<float>(h.slope);
  fields.number<float>(h.intercept);
  fields.number<std::int16_t>(h.slice_end);
  fields.number<std::uint8_t>(h.slice_code);
  fields.number<std::uint8_t>(h.units);
  fields.number<float>(h.shown_max);
  fields.number<float>(h.shown_min);
  fields.number<float>(h.slice_duration);
  fields.number<float>(h.time_offset);
  fields.unused(8);
  fields.words(h.description, 80);
  fields.words(h.auxiliary, 24);
  fields.number<std::int16_t>(h.qform_code);
  fields.number<std::int16_t>(h.sform_code);
  fields.numbers<float>(h.quaternion);
  fields.numbers<float>(h.rows);
  fields.words(h.intent_name, 16);
  fields.magic(std::string_view("n+1\0", 4));
}

void version2(Fields& fields, NiftiHeader& h) {
  std::int32_t size = 540;
  fields.number<std::int32_t>(size);
  fields.magic(std::string_view("n+2\0\r\n\x1a\n", 8));
  fields.number<std::int16_t>(h.datatype);
  fields.number<std::int16_t>(h.bits);
  fields.numbers<std::int64_t>(h.sizes);
  fields.numbers<double>(h.intent);
  fields.numbers<double>(h.steps);
  fields.number<std::int64_t>(h.data_offset);
  fields.number<double>(h.slope);
  fields.number<double>(h.intercept);
  fields.number<double>(h.shown_max);
  fields.number<double>(h.shown_min);
  fields.number<double>(h.slice_duration);
  fields.number<double>(h.time_offset);
  fields.number<std::int64_t>(h.slice_start);
  fields.number<std::int64_t>(h.slice_end);
  fields.words(h.description, 80);
  fields.words(h.auxiliary, 24);
  fields.number<std::int32_t>(h.qform_code);
  fields.number<std::int32_t>(h.sform_code);
  fields.numbers<double>(h.quaternion);
  fields.numbers<double>(h.rows);
  fields.number<std::int32_t>(h.slice_code);
  fields.number<std::int32_t>(h.units);
  fields.number<std::int32_t>(h.intent_code);
  fields.words(h.intent_name, 16);
  fields.number<std::uint8_t>(h.dim_info);
  fields.unused(15);
}

}  // namespace

NiftiHeader parse_nifti_header(const Bytes& content, const std::string& name, bool& swap) {
  if (content.size < 348) fail(name, ": not a NIfTI file: expected a header of 348 bytes, found ", content.size);
  std::uint32_t size = 0;
  std::memcpy(&size, content.data, 4);
  NiftiHeader header;
  swap = size == __builtin_bswap32(348) || size == __builtin_bswap32(540);
  if (swap) size = __builtin_bswap32(size);
  if (size != 348 && size != 540) fail(name, ": not a NIfTI file: expected a header of 348 or 540 bytes");
  header.version = size == 348 ? 1 : 2;
  if (content.size < header.bytes()) fail(name, ": expected a header of 540 bytes, found ", content.size);
  const std::string_view magic = content.text().substr(header.version == 1 ? 344 : 4, 4);
  if (magic == std::string_view("ni1\0", 4) || magic == std::string_view("ni2\0", 4))
    fail(name, ": is the header of a pair of files (.hdr and .img): convert it to one .nii file");
  if (magic != std::string_view(header.version == 1 ? "n+1\0" : "n+2\0", 4))
    fail(name, ": not a NIfTI file: its mark 'n+", header.version, "' is missing (Analyze 7.5 files are not read)");
  Fields fields(content, swap);
  header.version == 1 ? version1(fields, header) : version2(fields, header);
  return header;
}

std::string nifti_header_bytes(const NiftiHeader& header) {
  NiftiHeader copy = header;
  Fields fields;
  copy.version == 1 ? version1(fields, copy) : version2(fields, copy);
  return fields.take() + std::string(4, '\0');
}

Bytes nifti_extension(const Bytes& content, const NiftiHeader& header, std::int32_t code, bool swap, const std::string& name) {
  const std::size_t stop = static_cast<std::size_t>(std::clamp<std::int64_t>(header.data_offset, 0, static_cast<std::int64_t>(content.size)));
  std::size_t at = header.bytes() + 4;
  if (at > stop || content.data[at - 4] == 0) return {};
  while (stop - at >= 8) {
    std::uint32_t head[2];
    std::memcpy(head, content.data + at, 8);
    if (swap) head[0] = __builtin_bswap32(head[0]), head[1] = __builtin_bswap32(head[1]);
    if (head[0] < 8 || head[0] > stop - at)
      fail(name, ": byte ", at, ": an extension of ", head[0], " bytes, where the voxels begin at byte ", stop);
    if (static_cast<std::int32_t>(head[1]) == code) return content.slice(at + 8, head[0] - 8);
    at += head[0];
  }
  return {};
}

std::array<double, 16> NiftiHeader::affine(std::string* transform) const {
  std::array<double, 16> matrix{};
  matrix[15] = 1;
  if (sform_code > 0) {
    if (transform) *transform = "sform";
    std::copy(rows.begin(), rows.end(), matrix.begin());
    return matrix;
  }
  std::array<double, 9> rotation{1, 0, 0, 0, 1, 0, 0, 0, 1};
  double handed = 1;
  if (qform_code > 0) {
    const double b = quaternion[0], c = quaternion[1], d = quaternion[2], rest = 1 - (b * b + c * c + d * d);
    const double a = rest > 0 ? std::sqrt(rest) : 0;
    handed = steps[0] < 0 ? -1 : 1;
    rotation = {a * a + b * b - c * c - d * d, 2 * (b * c - a * d),           2 * (b * d + a * c),
                2 * (b * c + a * d),           a * a + c * c - b * b - d * d, 2 * (c * d - a * b),
                2 * (b * d - a * c),           2 * (c * d + a * b),           a * a + d * d - b * b - c * c};
  }
  if (transform) *transform = qform_code > 0 ? "qform" : "voxel sizes";
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column)
      matrix[row * 4 + column] = rotation[row * 3 + column] * steps[column + 1] * (column == 2 ? handed : 1);
    if (qform_code > 0) matrix[row * 4 + 3] = quaternion[3 + row];
  }
  return matrix;
}

}  // namespace brain::io
