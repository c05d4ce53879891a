#include "bindings/torch/print.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

namespace brain {
namespace {

constexpr int kPrecision = 4;
constexpr int64_t kThreshold = 1000;
constexpr int64_t kEdgeItems = 3;
constexpr int64_t kLineWidth = 80;

std::string printf_double(const char* format, double value) {
  char text[400];
  int size = std::snprintf(text, sizeof text, format, kPrecision, value);
  return std::string(text, static_cast<size_t>(size));
}

std::string pad_left(std::string text, size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

// The columns of one tensor: a common width, and for floating point one of three notations (integers with
// a trailing point, fixed, scientific) chosen from all its nonzero finite values.
class Notation {
 public:
  static Notation of_floats(const double* values, int64_t count, int64_t step) {
    Notation notation;
    double smallest = INFINITY, largest = 0;
    bool integers = true;
    for (int64_t i = 0; i < count; ++i) {
      const double value = values[i * step], magnitude = std::fabs(value);
      if (!std::isfinite(value) || value == 0) continue;
      smallest = std::min(smallest, magnitude);
      largest = std::max(largest, magnitude);
      integers = integers && value == std::ceil(value);
    }
    if (largest == 0) return notation;
    const bool scientific = largest / smallest > 1000.0 || largest > 1.0e8 || smallest < 1.0e-4;
    notation.kind_ = scientific ? Kind::scientific : integers ? Kind::integers : Kind::fixed;
    for (int64_t i = 0; i < count; ++i) {
      const double value = values[i * step];
      if (std::isfinite(value) && value != 0) notation.widen(notation.text(value));
    }
    return notation;
  }

  void widen(const std::string& text) { width_ = std::max(width_, text.size()); }
  size_t width() const { return width_; }
  std::string format(double value) const { return pad_left(text(value), width_); }

 private:
  enum class Kind { integers, fixed, scientific };

  std::string text(double value) const {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    if (kind_ == Kind::scientific) return printf_double("%.*e", value);
    if (kind_ == Kind::fixed) return printf_double("%.*f", value);
    char text[400];
    return std::string(text, static_cast<size_t>(std::snprintf(text, sizeof text, "%.0f.", value)));
  }

  Kind kind_ = Kind::integers;
  size_t width_ = 1;
};

// What is shown of a tensor: its elements on the CPU (ends only when summarized), one text per element.
struct Shown {
  std::vector<std::string> elements;
  std::vector<int64_t> shape;      // of the tensor
  std::vector<int64_t> kept;       // of the elements: at most 2 * kEdgeItems where summarized
  int64_t column = 0;              // width of an element with its comma and space
};

at::Tensor edges(at::Tensor tensor) {
  for (int64_t d = 0; d < tensor.dim(); ++d) {
    const int64_t size = tensor.size(d);
    if (size > 2 * kEdgeItems)
      tensor = at::cat({tensor.narrow(d, 0, kEdgeItems), tensor.narrow(d, size - kEdgeItems, kEdgeItems)}, d);
  }
  return tensor;
}

bool is_integer_type(at::ScalarType type) { return at::isIntegralType(type, /*includeBool=*/true); }

template <class T>
void format_integers(const at::Tensor& values, Shown& shown) {
  const T* data = values.const_data_ptr<T>();
  Notation notation;
  for (int64_t i = 0; i < values.numel(); ++i) {
    if constexpr (std::is_same_v<T, bool>) shown.elements.push_back(data[i] ? "True" : "False");
    else shown.elements.push_back(std::to_string(data[i]));
    notation.widen(shown.elements.back());
  }
  for (auto& text : shown.elements) text = pad_left(std::move(text), notation.width());
  shown.column = static_cast<int64_t>(notation.width()) + 2;
}

void format_floats(const at::Tensor& values, Shown& shown) {
  const double* data = values.const_data_ptr<double>();
  const Notation notation = Notation::of_floats(data, values.numel(), 1);
  for (int64_t i = 0; i < values.numel(); ++i) shown.elements.push_back(notation.format(data[i]));
  shown.column = static_cast<int64_t>(notation.width()) + 2;
}

void format_complex(const at::Tensor& values, Shown& shown) {
  const at::Tensor pairs = at::view_as_real(values);
  const double* data = pairs.const_data_ptr<double>();
  const Notation real = Notation::of_floats(data, values.numel(), 2);
  const Notation imaginary = Notation::of_floats(data + 1, values.numel(), 2);
  for (int64_t i = 0; i < values.numel(); ++i) {
    std::string second = imaginary.format(data[2 * i + 1]);
    second.erase(0, second.find_first_not_of(' '));
    shown.elements.push_back(real.format(data[2 * i]) + (second[0] == '-' ? "" : "+") + second + "j");
  }
  shown.column = static_cast<int64_t>(real.width() + imaginary.width()) + 3;
}

Shown read_elements(at::Tensor tensor) {
  Shown shown;
  shown.shape = tensor.sizes().vec();
  if (tensor._is_zerotensor()) tensor = tensor.clone();
  tensor = tensor.resolve_neg();
  if (tensor.is_complex()) tensor = tensor.resolve_conj();
  if (tensor.scalar_type() == at::kFloat4_e2m1fn_x2) tensor = tensor.view(at::kByte).to(at::kDouble);
  if (tensor.numel() > kThreshold) tensor = edges(tensor);
  tensor = tensor.to(at::kCPU);
  shown.kept = tensor.sizes().vec();
  const auto type = tensor.scalar_type();
  if (at::isComplexType(type)) format_complex(tensor.to(at::kComplexDouble).contiguous(), shown);
  else if (type == at::kBool) format_integers<bool>(tensor.contiguous(), shown);
  else if (type == at::kUInt64) format_integers<uint64_t>(tensor.contiguous(), shown);
  else if (is_integer_type(type)) format_integers<int64_t>(tensor.to(at::kLong).contiguous(), shown);
  else format_floats(tensor.to(at::kDouble).contiguous(), shown);
  return shown;
}

std::string join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) text += (i ? separator : std::string()) + parts[i];
  return text;
}

std::string format_row(const Shown& shown, size_t first, int64_t indent) {
  const int64_t count = shown.kept.back();
  std::vector<std::string> items(shown.elements.begin() + static_cast<int64_t>(first),
                                 shown.elements.begin() + static_cast<int64_t>(first) + count);
  if (count < shown.shape.back()) items.insert(items.begin() + kEdgeItems, " ...");
  const auto per_line = static_cast<size_t>(std::max<int64_t>(1, (kLineWidth - indent) / shown.column));
  std::string text = "[";
  for (size_t i = 0; i < items.size(); ++i) {
    if (i) text += i % per_line ? ", " : ",\n" + std::string(static_cast<size_t>(indent) + 1, ' ');
    text += items[i];
  }
  return text + "]";
}

// Brackets from dimension `dim` on; `first` is the position of the block's first element.
std::string format_block(const Shown& shown, size_t dim, size_t first, int64_t indent) {
  if (shown.shape.empty()) return shown.elements[0];
  if (dim + 1 == shown.shape.size()) return format_row(shown, first, indent);
  size_t stride = 1;
  for (size_t d = dim + 1; d < shown.kept.size(); ++d) stride *= static_cast<size_t>(shown.kept[d]);
  std::vector<std::string> blocks;
  for (int64_t i = 0; i < shown.kept[dim]; ++i) {
    if (i == kEdgeItems && shown.kept[dim] < shown.shape[dim]) blocks.push_back("...");
    blocks.push_back(format_block(shown, dim + 1, first + static_cast<size_t>(i) * stride, indent + 1));
  }
  const std::string newlines(shown.shape.size() - dim - 1, '\n');
  return "[" + join(blocks, "," + newlines + std::string(static_cast<size_t>(indent) + 1, ' ')) + "]";
}

std::string format_elements(const at::Tensor& tensor, int64_t indent) {
  if (tensor.numel() == 0) return "[]";
  return format_block(read_elements(tensor), 0, 0, indent);
}

std::string format_shape(at::IntArrayRef sizes) {
  std::vector<std::string> parts;
  for (int64_t size : sizes) parts.push_back(std::to_string(size));
  return "(" + join(parts, ", ") + (parts.size() == 1 ? ",)" : ")");
}

std::string dtype_name(at::ScalarType type) { return "torch." + std::string(c10::getDtypeNames(type).first); }

// The shortest decimal text that reads back as the same double, in Python's notation.
std::string format_number(double value) {
  char text[64];
  const double size = std::fabs(value);
  const bool scientific = size >= 1e16 || (value != 0 && size < 1e-4);
  const auto notation = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  std::string number(text, std::to_chars(text, text + sizeof text, value, notation).ptr);
  return number.find_first_of(".en") == std::string::npos ? number + ".0" : number;
}

// A named part of a sparse tensor: `crow_indices=tensor([0, 2])`.
std::string format_part(const std::string& name, const at::Tensor& part, int64_t indent) {
  const std::string prefix = name + "=tensor(";
  const int64_t column = indent + static_cast<int64_t>(prefix.size());
  std::string text = prefix + (part.is_meta() ? "..." : format_elements(part, column));
  if (part.is_meta() || part.numel() == 0) text += ", size=" + format_shape(part.sizes());
  return text + ")";
}

std::string format_parts(const std::vector<std::string>& parts, int64_t indent) {
  return join(parts, ",\n" + std::string(static_cast<size_t>(indent), ' '));
}

bool is_compressed(at::Layout layout) {
  return layout == at::kSparseCsr || layout == at::kSparseCsc || layout == at::kSparseBsr ||
         layout == at::kSparseBsc;
}

std::string format_compressed(const at::Tensor& tensor, int64_t indent) {
  const bool rows = tensor.layout() == at::kSparseCsr || tensor.layout() == at::kSparseBsr;
  const at::Tensor values = tensor.values().detach();
  if (rows)
    return format_parts({format_part("crow_indices", tensor.crow_indices().detach(), indent),
                         format_part("col_indices", tensor.col_indices().detach(), indent),
                         format_part("values", values, indent)}, indent);
  return format_parts({format_part("ccol_indices", tensor.ccol_indices().detach(), indent),
                       format_part("row_indices", tensor.row_indices().detach(), indent),
                       format_part("values", values, indent)}, indent);
}

std::string format_nested(const at::Tensor& tensor) {
  std::vector<std::string> items;
  for (const at::Tensor& item : tensor.unbind(0)) {
    std::string text = "  " + format_tensor(item);
    for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
      text.insert(at + 1, "  ");
    items.push_back(text);
  }
  return "[\n" + join(items, ",\n") + "\n]";
}

void quantization_suffixes(const at::Tensor& tensor, std::vector<std::string>& suffixes) {
  const auto scheme = tensor.qscheme();
  suffixes.push_back("quantization_scheme=torch." + at::toString(scheme));
  if (scheme == at::kPerTensorAffine || scheme == at::kPerTensorSymmetric) {
    suffixes.push_back("scale=" + format_number(tensor.q_scale()));
    suffixes.push_back("zero_point=" + std::to_string(tensor.q_zero_point()));
  } else {
    suffixes.push_back("scale=" + format_tensor(tensor.q_per_channel_scales()));
    suffixes.push_back("zero_point=" + format_tensor(tensor.q_per_channel_zero_points()));
    suffixes.push_back("axis=" + std::to_string(tensor.q_per_channel_axis()));
  }
}

std::string layout_name(at::Layout layout) {
  switch (layout) {
    case at::kSparse: return "torch.sparse_coo";
    case at::kSparseCsr: return "torch.sparse_csr";
    case at::kSparseCsc: return "torch.sparse_csc";
    case at::kSparseBsr: return "torch.sparse_bsr";
    case at::kSparseBsc: return "torch.sparse_bsc";
    case at::kMkldnn: return "torch._mkldnn";
    case at::kJagged: return "torch.jagged";
    default: return "torch.strided";
  }
}

}  // namespace

// Asking can fail for a view that was changed in place under no_grad; that is no reason not to print.
std::string gradient_function(const at::Tensor& tensor) {
  try {
    const auto& function = tensor.grad_fn();
    if (!function) return "";
    std::string name = function->name();
    name.erase(name.find_last_not_of('>') + 1);  // of a class template
    const size_t colon = name.rfind("::");
    return colon == std::string::npos ? name : name.substr(colon + 2);
  } catch (const std::exception&) {
    return "Invalid";
  }
}

namespace {

// Suffixes follow the elements on the same line while they fit; those of a sparse tensor begin a new line.
std::string add_suffixes(std::string text, const std::vector<std::string>& suffixes, int64_t indent,
                         bool new_line) {
  const size_t newline = text.rfind('\n');
  size_t column = newline == std::string::npos ? text.size() + 2 : text.size() - newline + 1;
  for (const std::string& suffix : suffixes) {
    if (new_line || column + suffix.size() + 2 > static_cast<size_t>(kLineWidth)) {
      text += ",\n" + std::string(static_cast<size_t>(indent), ' ') + suffix;
      column = static_cast<size_t>(indent) + suffix.size();
      new_line = false;
    } else {
      text += ", " + suffix;
      column += suffix.size() + 2;
    }
  }
  return text + ")";
}

}  // namespace

std::string format_tensor(const at::Tensor& tensor) {
  if (!tensor.defined()) return "tensor(undefined)";
  const at::NoGradGuard no_grad;
  const std::string prefix = tensor.is_nested() ? "nested_tensor(" : "tensor(";
  const auto indent = static_cast<int64_t>(prefix.size());
  const auto type = tensor.scalar_type();
  const bool real_default = tensor.dtype() == at::get_default_dtype();
  const bool usual_type = real_default || type == at::kLong || type == at::kBool ||
                          tensor.dtype() == at::get_default_complex_dtype();
  const std::string dtype = "dtype=" + dtype_name(type);
  const bool compressed = is_compressed(tensor.layout());

  std::string text;
  std::vector<std::string> suffixes;
  if (!tensor.is_cpu()) suffixes.push_back("device='" + tensor.device().str() + "'");
  if (tensor.is_sparse() || compressed) {
    suffixes.push_back("size=" + format_shape(tensor.sizes()));
    if (!tensor.is_meta()) suffixes.push_back("nnz=" + std::to_string(tensor._nnz()));
    if (!usual_type) suffixes.push_back(dtype);
    text = compressed ? format_compressed(tensor, indent)
                      : format_parts({format_part("indices", tensor._indices().detach(), indent),
                                      format_part("values", tensor._values().detach(), indent)}, indent);
  } else if (tensor.is_quantized()) {
    suffixes.push_back("size=" + format_shape(tensor.sizes()));
    suffixes.push_back(dtype);
    quantization_suffixes(tensor, suffixes);
    text = format_elements(tensor.dequantize(), indent);
  } else if (tensor.is_nested()) {
    text = format_nested(tensor);
  } else if (tensor.is_meta()) {
    suffixes.push_back("size=" + format_shape(tensor.sizes()));
    if (!real_default) suffixes.push_back(dtype);
    text = "...";
  } else if (tensor.numel() == 0) {
    if (tensor.dim() != 1) suffixes.push_back("size=" + format_shape(tensor.sizes()));
    if (!real_default) suffixes.push_back(dtype);
    text = "[]";
  } else {
    if (!usual_type) suffixes.push_back(dtype);
    text = format_elements(tensor.layout() == at::kStrided ? tensor : tensor.to_dense(), indent);
  }

  if (tensor.layout() != at::kStrided) suffixes.push_back("layout=" + layout_name(tensor.layout()));
  const std::string function = gradient_function(tensor);
  if (!function.empty()) suffixes.push_back("grad_fn=<" + function + ">");
  else if (tensor.requires_grad()) suffixes.push_back("requires_grad=True");
  return add_suffixes(prefix + text, suffixes, indent, tensor.is_sparse());
}

std::string summarize_tensor(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  std::string shape;
  if (tensor.is_nested()) shape = std::to_string(tensor.size(0)) + " nested";
  else for (int64_t size : tensor.sizes()) shape += (shape.empty() ? "" : " x ") + std::to_string(size);
  const std::string_view dtype = c10::getDtypeNames(tensor.scalar_type()).first;
  return "[" + shape + "] " + std::string(dtype) + " " + tensor.device().str();
}

}  // namespace brain
