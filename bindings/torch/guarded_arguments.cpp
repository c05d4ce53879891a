#include "bindings/torch/guarded_arguments.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"

namespace brain {

namespace {

using Stack = torch::jit::Stack;

struct Limits {
  double least, largest;
};

// Numbers, elements of lists and elements of tensors must lie within the limits.
struct Guard {
  std::string_view op, argument;
  Limits limits;
};

constexpr double kPieces = 1 << 22;  // views one call may make
constexpr double kLayers = 1 << 12;  // layers of a recurrent network
constexpr double kDegree = 1 << 12;  // degrees of polynomials, which are computed term by term
constexpr double kFinite = 1e300;

constexpr Guard kGuards[] = {
    {"combinations", "r", {0, 64}},
    {"binomial", "count", {0, 0x1p53}},
    {"binomial", "prob", {0, 1}},
    {"choose_qparams_optimized", "n_bins", {1, 1 << 16}},
    {"choose_qparams_optimized", "ratio", {0, 1}},
    {"col2im", "padding", {0, 1 << 20}},
    {"max_pool1d", "kernel_size", {1, 1 << 24}},
    {"max_pool1d", "dilation", {1, 1 << 30}},
    {"diff", "n", {0, kDegree}},
    {"native_channel_shuffle", "groups", {1, kFinite}},
    {"chunk", "chunks", {1, kPieces}},
    {"unsafe_chunk", "chunks", {1, kPieces}},
    {"matrix_power", "n", {-0x1p53, 0x1p53}},
    {"linalg_matrix_power", "n", {-0x1p53, 0x1p53}},
    {"tensor_split", "sections", {1, kPieces}},
    {"tensor_split", "tensor_indices_or_sections", {-kFinite, kPieces}},
    {"hsplit", "sections", {1, kPieces}},
    {"vsplit", "sections", {1, kPieces}},
    {"dsplit", "sections", {1, kPieces}},
    {"lstm", "num_layers", {1, kLayers}},
    {"gru", "num_layers", {1, kLayers}},
    {"rnn_tanh", "num_layers", {1, kLayers}},
    {"rnn_relu", "num_layers", {1, kLayers}},
    {"segment_reduce", "unsafe", {0, 0}},  // no checks of its own
};

std::string text_of(double value) {
  if (std::abs(value) < 0x1p63 && value == std::floor(value)) return std::to_string(static_cast<std::int64_t>(value));
  return join_text(value);
}

void check_number(const Operator& op, const std::string& argument, double value, Limits limits) {
  if (value >= limits.least && value <= limits.largest) return;
  const std::string end = limits.largest == kFinite ? "or more" : "to " + text_of(limits.largest);
  fail(op.name, ": ", argument, ": expected ", text_of(limits.least), " ", end, ", got ", text_of(value));
}

// Elements of a tensor of the processor's memory; one on a device is left to its kernels, which do not end
// the process.
void check_elements(const Operator& op, const std::string& argument, const at::Tensor& tensor, Limits limits) {
  if (!tensor.defined() || !tensor.is_cpu() || tensor.layout() != at::kStrided || tensor.numel() == 0) return;
  if (tensor.is_complex() || tensor.is_quantized()) return;
  const at::NoGradGuard guard;
  check_number(op, argument, tensor.min().item().toDouble(), limits);
  check_number(op, argument, tensor.max().item().toDouble(), limits);
}

const c10::IValue& value_of(const Overload& overload, const Stack& stack, std::string_view name) {
  static const c10::IValue none;
  for (std::size_t i = 0; i < overload.arguments.size(); ++i)
    if (overload.arguments[i].name == name) return stack[i];
  return none;
}

void check_value(const Operator& op, const std::string& argument, const c10::IValue& value, Limits limits) {
  if (value.isBool()) {
    if (value.toBool() && limits.largest < 1) fail(op.name, ": ", argument, ": expected false, got true");
  } else if (value.isInt()) {
    check_number(op, argument, static_cast<double>(value.toInt()), limits);
  } else if (value.isDouble()) {
    check_number(op, argument, value.toDouble(), limits);
  } else if (value.isIntList()) {
    for (const std::int64_t element : value.toIntVector())
      check_number(op, argument, static_cast<double>(element), limits);
  } else if (value.isTensor()) {
    check_elements(op, argument, value.toTensor(), limits);
  }
}

// The special_*_polynomial_* family.
constexpr Guard kPolynomial = {"", "n", {-kDegree, kDegree}};
bool is_polynomial(std::string_view name) {
  return name.rfind("special_", 0) == 0 && name.find("_polynomial_") != std::string_view::npos;
}

// random_(from, to) searches for the largest float below `to` and does not end near the ends of int64.
bool draws_integers(std::string_view name) { return name.rfind("random", 0) == 0; }
void check_drawn(const Operator& op, const Overload& overload, const Stack& stack) {
  if (!stack[0].isTensor() || !stack[0].toTensor().is_floating_point()) return;
  for (const char* end : {"from", "to"}) check_value(op, end, value_of(overload, stack, end), {-0x1p62, 0x1p62});
}

// sparse_*_tensor: LibTorch's own checks, which are off by default.
void check_sparse(const Operator&, const Overload&, const Stack&) {
  at::globalContext().setCheckSparseTensorInvariants(true);
}
bool makes_sparse(std::string_view name) {
  constexpr std::string_view end = "_tensor";
  return name.rfind("sparse_", 0) == 0 && name.size() > end.size() && name.substr(name.size() - end.size()) == end;
}

// ctc_loss(log_probs (T, N, C), targets (N, S) or concatenated, input_lengths, target_lengths): the labels in
// use must be classes. Padding behind a target's length may be anything.
void check_labels(const Operator& op, const Stack& stack) {
  const at::Tensor& scores = stack[0].toTensor();
  const at::Tensor& targets = stack[1].toTensor();
  if (scores.dim() == 0 || !targets.is_cpu() || targets.numel() == 0) return;
  const double last = static_cast<double>(scores.size(-1)) - 1;
  std::vector<std::int64_t> lengths;
  if (stack[3].isIntList()) {
    lengths = stack[3].toIntVector();
  } else if (const at::Tensor& given = stack[3].toTensor(); given.is_cpu() && !given.is_floating_point()) {
    const at::Tensor flat = given.reshape(-1).to(at::kLong).contiguous();
    lengths.assign(flat.data_ptr<std::int64_t>(), flat.data_ptr<std::int64_t>() + flat.numel());
  }
  if (targets.dim() != 2 || static_cast<std::int64_t>(lengths.size()) != targets.size(0))
    return check_elements(op, "targets", targets, {0, last});
  for (std::int64_t i = 0; i < targets.size(0); ++i) {
    const std::int64_t length = std::clamp<std::int64_t>(lengths[i], 0, targets.size(1));
    check_elements(op, "targets", targets[i].narrow(0, 0, length), {0, last});
  }
}

// Offsets of consecutive pieces of something `size` long: from 0 to size, ascending.
void check_ascending(const Operator& op, const at::Tensor& offsets, std::int64_t size) {
  if (!offsets.is_cpu() || offsets.dim() == 0) return;
  check_elements(op, "offsets", offsets, {0, static_cast<double>(size)});
  check_elements(op, "steps of offsets", offsets.diff(), {0, kFinite});
}

// segment_reduce(data, reduce, lengths, indices, offsets, axis, ...).
void check_offsets(const Operator& op, const Stack& stack) {
  const at::Tensor& data = stack[0].toTensor();
  if (!stack[4].isTensor() || !stack[4].toTensor().defined()) return;
  const at::Tensor& offsets = stack[4].toTensor();
  const std::int64_t axis = stack[5].toInt();
  if (axis >= -data.dim() && axis < data.dim()) check_ascending(op, offsets, data.size(axis));
}

// embedding_bag(weight, indices, offsets, ...): bags are consecutive runs of a list of indices, and there is one.
void check_bags(const Operator& op, const Stack& stack) {
  const at::Tensor& indices = stack[1].toTensor();
  const at::Tensor& offsets = stack[2].toTensor();
  if (indices.dim() != 1) fail(op.name, ": indices: expected 1 dimension, got ", indices.dim());
  if (offsets.numel() == 0 && indices.numel() > 0) fail(op.name, ": offsets: expected one per bag, got none");
  check_ascending(op, offsets, indices.numel());
}

// The tensor must have the shape, and the dtype and device of `like`.
void check_like(const Operator& op, const std::string& argument, const at::Tensor& tensor, at::IntArrayRef shape,
                const at::Tensor& like) {
  if (tensor.sizes() != shape)
    fail(op.name, ": ", argument, ": expected shape ", shape, ", got ", tensor.sizes());
  if (at::autocast::is_autocast_enabled(like.device().type())) return;  // which casts them all
  if (tensor.scalar_type() != like.scalar_type() || tensor.device() != like.device() ||
      tensor.layout() != like.layout())
    fail(op.name, ": ", argument, ": expected ", like.toString(), " as the input, got ", tensor.toString());
}

// lstm(input, {h, c}, params, has_biases, num_layers, dropout, train, bidirectional, batch_first): oneDNN's
// kernel reads states and weights as if they had the shapes they should have. Per layer and direction the
// weights are w_ih (4H, in), w_hh (4H, P), both biases (4H), and w_hr (P, H) where the output is projected (P
// != H).
void check_lstm(const Operator& op, const Stack& stack) {
  const at::Tensor& input = stack[0].toTensor();
  const auto states = stack[1].toTensorVector(), params = stack[2].toTensorVector();
  const bool biases = stack[3].toBool();
  const std::int64_t layers = stack[4].toInt(), directions = stack[7].toBool() ? 2 : 1;
  if (states.size() != 2 || states[0].dim() == 0 || states[1].dim() == 0) return;
  if (input.dim() != 3) fail(op.name, ": input: expected 3 dimensions, got ", input.dim());
  const std::int64_t batch = input.size(stack[8].toBool() ? 0 : 1);
  const std::int64_t output = states[0].size(-1), hidden = states[1].size(-1);
  const std::size_t per_layer = 2 + (biases ? 2 : 0) + (output != hidden ? 1 : 0);
  const std::size_t expected = static_cast<std::size_t>(layers * directions) * per_layer;
  if (params.size() != expected) fail(op.name, ": params: expected ", expected, " tensors, got ", params.size());
  check_like(op, "hx[1]", states[0], {layers * directions, batch, output}, input);
  check_like(op, "hx[2]", states[1], {layers * directions, batch, hidden}, input);
  for (std::size_t i = 0; i < params.size(); ++i) {
    const std::string name = "params[" + std::to_string(i + 1) + "]";
    const bool first = i / per_layer < static_cast<std::size_t>(directions);
    const std::size_t role = i % per_layer;
    if (role == 0) check_like(op, name, params[i], {4 * hidden, first ? input.size(2) : output * directions}, input);
    else if (role == 1) check_like(op, name, params[i], {4 * hidden, output}, input);
    else if (biases && role < 4) check_like(op, name, params[i], {4 * hidden}, input);
    else check_like(op, name, params[i], {output, hidden}, input);
  }
}

// unbind(self, dim), split(self, split_size, dim): the length of the dimension over that of a piece.
void check_pieces(const Operator& op, const Overload& overload, const Stack& stack) {
  const at::Tensor& self = stack[0].toTensor();
  const c10::IValue& dim = value_of(overload, stack, "dim");
  const c10::IValue& size = value_of(overload, stack, "split_size");
  if (!dim.isInt() || (!size.isNone() && !size.isInt())) return;
  if (dim.toInt() < -self.dim() || dim.toInt() >= self.dim()) return;
  const std::int64_t piece = size.isInt() ? std::max<std::int64_t>(size.toInt(), 1) : 1;
  check_number(op, "number of pieces", static_cast<double>(self.size(dim.toInt()) / piece), {0, kPieces});
}

// gru, rnn_tanh, rnn_relu: one state per layer and direction, which are unbound before they are counted.
void check_states(const Operator& op, const Overload& overload, const Stack& stack) {
  const at::Tensor& states = value_of(overload, stack, "hx").toTensor();
  if (states.dim() > 0) check_number(op, "states in hx", static_cast<double>(states.size(0)), {0, 2 * kLayers});
}

// range with integers divides by the step rounded to one.
void check_range(const Operator& op, const Overload& overload, const Stack& stack) {
  const c10::IValue& step = value_of(overload, stack, "step");
  const c10::IValue& dtype = value_of(overload, stack, "dtype");
  const bool integers = overload.outs > 0 ? c10::isIntegralType(stack.back().toTensor().scalar_type(), true)
                                          : dtype.isInt() && c10::isIntegralType(dtype.toScalarType(), true);
  if (integers && step.isDouble() && std::abs(step.toDouble()) < 1)
    fail(op.name, ": step: expected 1 or more for integers, got ", step.toDouble());
}

// Negative pivots of ldl stand for blocks of two rows each; LAPACK follows a single one beyond the matrix.
void check_blocks(const Operator& op, const at::Tensor& pivots) {
  if (pivots.dim() == 0) return;
  const at::Tensor list = pivots.to(at::kLong).contiguous();
  const std::int64_t* pivot = list.data_ptr<std::int64_t>();
  const std::int64_t n = list.size(-1);
  for (std::int64_t i = 0; i < list.numel(); ++i) {
    if (pivot[i] >= 0) continue;
    if ((i + 1) % n == 0 || pivot[i + 1] >= 0) fail(op.name, ": pivots: expected negative ones in pairs, got a single ", pivot[i]);
    ++i;
  }
}

// LAPACK's solvers follow the pivots wherever they point: 1 to n, for ldl also -n to -1 in pairs.
void check_pivots(const Operator& op, const Overload& overload, const Stack& stack) {
  const at::Tensor& factors = stack[op.name == "lu_solve" ? 1 : 0].toTensor();
  const at::Tensor& pivots = stack[op.name == "lu_solve" ? 2 : 1].toTensor();
  if (factors.dim() < 2 || !pivots.is_cpu() || pivots.is_floating_point() || pivots.is_complex()) return;
  const double n = static_cast<double>(factors.size(-1));
  const bool blocks = op.name == "linalg_ldl_solve";
  check_elements(op, "pivots", blocks ? pivots.abs() : pivots, {1, n});
  if (blocks) check_blocks(op, pivots);
}

// The eigenvalue routines do not end well with NaN.
void check_finite(const Operator& op, const Overload&, const Stack& stack) {
  const at::Tensor& matrix = stack[0].toTensor();
  if (matrix.is_cpu() && matrix.layout() == at::kStrided && !matrix.isfinite().all().item<bool>())
    fail(op.name, ": self: expected finite numbers, got infinities or NaN");
}

// LibTorch 2.11 reads as many elements as there are axes, whatever the length of the list.
template <std::size_t N>
void check_lengths(const Operator& op, const Overload& overload, const Stack& stack) {
  for (std::size_t i = 0; i < overload.arguments.size(); ++i)
    if (stack[i].isIntList() && stack[i].toIntVector().size() != N)
      fail(op.name, ": ", overload.arguments[i].name, ": expected ", N, " numbers, got ", stack[i].toIntVector().size());
}

void refuse_quantized(const Operator& op, const Overload&, const Stack& stack) {
  if (stack[0].toTensor().is_quantized()) fail(op.name, ": self: bounds of quantized tensors are not checked");
}

// Operators with a check that is their own.
using Check = void (*)(const Operator& op, const Overload& overload, const Stack& stack);

constexpr std::pair<std::string_view, Check> kChecks[] = {
    {"split", check_pieces},
    {"split_copy", check_pieces},
    {"unsafe_split", check_pieces},
    {"unbind", check_pieces},
    {"unbind_copy", check_pieces},
    {"gru", check_states},
    {"rnn_tanh", check_states},
    {"rnn_relu", check_states},
    {"range", check_range},
    {"as_strided", refuse_quantized},
    {"as_strided_", refuse_quantized},
    {"ctc_loss", [](const Operator& op, const Overload&, const Stack& stack) { check_labels(op, stack); }},
    {"segment_reduce", [](const Operator& op, const Overload&, const Stack& stack) { check_offsets(op, stack); }},
    {"embedding_bag", [](const Operator& op, const Overload&, const Stack& stack) { check_bags(op, stack); }},
    {"linalg_eigvals", check_finite},
    {"linalg_eigvalsh", check_finite},
    {"linalg_eigh", check_finite},
    {"linalg_ldl_solve", check_pivots},
    {"linalg_lu_solve", check_pivots},
    {"lu_solve", check_pivots},
    {"lstm", [](const Operator& op, const Overload& overload, const Stack& stack) {
       if (overload.name == "input") check_lstm(op, stack);
     }},
    {"histogramdd", [](const Operator& op, const Overload&, const Stack& stack) {
       const at::Tensor& points = stack[0].toTensor();
       if (points.dim() > 0) check_number(op, "columns of self", static_cast<double>(points.size(-1)), {0, 1024});
     }},
    {"reflection_pad3d", check_lengths<6>},
    {"slow_conv3d", check_lengths<3>},
    {"reflection_pad1d", [](const Operator& op, const Overload& overload, const Stack& stack) {
       if (overload.outs > 0 && stack[0].toTensor().is_quantized())
         fail(op.name, ": out: not for quantized tensors");
     }},
};

}  // namespace

struct Guards {
  std::vector<Guard> arguments;
  Check check = nullptr;
};

std::shared_ptr<const Guards> find_guards(std::string_view name) {
  Guards guards;
  for (const Guard& guard : kGuards)
    if (guard.op == name) guards.arguments.push_back(guard);
  if (is_polynomial(name)) guards.arguments.push_back(kPolynomial);
  for (const auto& [op, check] : kChecks)
    if (op == name) guards.check = check;
  if (draws_integers(name)) guards.check = check_drawn;
  if (makes_sparse(name)) guards.check = check_sparse;
  if (guards.arguments.empty() && !guards.check) return nullptr;
  return std::make_shared<const Guards>(std::move(guards));
}

void check_guarded_arguments(const Operator& op, const Overload& overload, const Stack& stack) {
  for (std::size_t i = 0; i < overload.arguments.size(); ++i)
    for (const Guard& guard : op.guards->arguments)
      if (guard.argument == overload.arguments[i].name) check_value(op, overload.arguments[i].name, stack[i], guard.limits);
  if (op.guards->check) op.guards->check(op, overload, stack);
}

void check_outs(const Operator& op, const Overload& overload, const Stack& stack) {
  const std::size_t first = stack.size() - static_cast<std::size_t>(overload.outs);
  for (std::size_t i = first; i < stack.size(); ++i)
    for (std::size_t j = first; j < i; ++j)
      if (stack[i].isTensor() && stack[j].isTensor() && stack[i].toTensor().is_same(stack[j].toTensor()))
        fail(op.name, ": out: tensors ", j - first + 1, " and ", i - first + 1, " are the same");
}

void restore_size(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.layout() != at::kStrided || !tensor.has_storage() || tensor.numel() == 0) return;
  if (tensor.is_meta() || tensor.is_nested()) return;
  auto* impl = tensor.unsafeGetTensorImpl();
  const std::size_t needed = at::detail::computeStorageNbytes(tensor.sizes(), tensor.strides(), tensor.itemsize(),
                                                              static_cast<std::size_t>(tensor.storage_offset()));
  if (needed <= tensor.storage().nbytes()) return;
  impl->set_storage_offset(0);
  impl->set_sizes_contiguous({0});
}

}  // namespace brain
