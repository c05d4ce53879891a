// Names of dtypes, layouts, memory formats and devices: strings on the Lua side.
#include "bindings/torch/schema.h"

namespace brain {

const std::vector<std::pair<std::string, at::ScalarType>>& dtypes() {
  using at::ScalarType;
  static const std::vector<std::pair<std::string, ScalarType>> list = {
      {"float32", ScalarType::Float},      {"float64", ScalarType::Double},
      {"float16", ScalarType::Half},       {"bfloat16", ScalarType::BFloat16},
      {"int64", ScalarType::Long},         {"int32", ScalarType::Int},
      {"int16", ScalarType::Short},        {"int8", ScalarType::Char},
      {"uint8", ScalarType::Byte},         {"uint16", ScalarType::UInt16},
      {"uint32", ScalarType::UInt32},      {"uint64", ScalarType::UInt64},
      {"bool", ScalarType::Bool},          {"complex64", ScalarType::ComplexFloat},
      {"complex128", ScalarType::ComplexDouble}, {"complex32", ScalarType::ComplexHalf},
      {"float8_e4m3fn", ScalarType::Float8_e4m3fn}, {"float8_e5m2", ScalarType::Float8_e5m2},
      {"qint8", ScalarType::QInt8},        {"quint8", ScalarType::QUInt8},
      {"qint32", ScalarType::QInt32},
      // aliases, after the canonical names
      {"float", ScalarType::Float},        {"double", ScalarType::Double},
      {"half", ScalarType::Half},          {"long", ScalarType::Long},
      {"int", ScalarType::Int},            {"short", ScalarType::Short},
      {"cfloat", ScalarType::ComplexFloat}, {"cdouble", ScalarType::ComplexDouble},
  };
  return list;
}

const char* dtype_name(at::ScalarType type) {
  for (const auto& [name, value] : dtypes())
    if (value == type) return name.c_str();
  return c10::toString(type);
}

bool parse_dtype(std::string_view text, at::ScalarType& type) {
  for (const auto& [name, value] : dtypes())
    if (name == text) {
      type = value;
      return true;
    }
  return false;
}

namespace {

constexpr std::pair<const char*, at::Layout> kLayouts[] = {
    {"strided", at::kStrided},       {"sparse_coo", at::kSparse},     {"sparse_csr", at::kSparseCsr},
    {"sparse_csc", at::kSparseCsc},  {"sparse_bsr", at::kSparseBsr},  {"sparse_bsc", at::kSparseBsc},
    {"jagged", at::kJagged},         {"_mkldnn", at::kMkldnn}};

constexpr std::pair<const char*, at::MemoryFormat> kFormats[] = {
    {"contiguous_format", at::MemoryFormat::Contiguous},
    {"preserve_format", at::MemoryFormat::Preserve},
    {"channels_last", at::MemoryFormat::ChannelsLast},
    {"channels_last_3d", at::MemoryFormat::ChannelsLast3d}};

}  // namespace

bool parse_layout(std::string_view text, at::Layout& layout) {
  for (const auto& [name, value] : kLayouts)
    if (text == name) return layout = value, true;
  return false;
}

const char* layout_name(at::Layout layout) {
  for (const auto& [name, value] : kLayouts)
    if (layout == value) return name;
  return "unknown";
}

bool parse_memory_format(std::string_view text, at::MemoryFormat& format) {
  for (const auto& [name, value] : kFormats)
    if (text == name) return format = value, true;
  return false;
}

const char* memory_format_name(at::MemoryFormat format) {
  for (const auto& [name, value] : kFormats)
    if (format == value) return name;
  return "unknown";
}

bool parse_device(std::string_view text, at::Device& device) {
  static constexpr std::pair<std::string_view, at::DeviceType> kinds[] = {
      {"cpu", at::kCPU}, {"cuda", at::kCUDA}, {"meta", at::kMeta}, {"mps", at::kMPS}, {"xpu", at::kXPU}};
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  for (const auto& [name, type] : kinds) {
    if (kind != name) continue;
    if (colon == std::string_view::npos) return device = at::Device(type), true;
    const auto digits = text.substr(colon + 1);
    if (digits.empty() || digits.size() > 3) return false;
    int index = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9') return false;
      index = index * 10 + (c - '0');
    }
    if (index > 127) return false;
    device = at::Device(type, static_cast<at::DeviceIndex>(index));
    return true;
  }
  return false;
}

}  // namespace brain
