#include "nn/layers/conv.h"

#include "layer_checks.h"

using namespace brain::nn;

namespace {

// The definition, sum by sum; padding on both sides with zeros.
at::Tensor slow_conv2d(const at::Tensor& x, const at::Tensor& w, const at::Tensor& b, std::int64_t stride,
                       std::int64_t padding, std::int64_t dilation, std::int64_t groups) {
  const at::Tensor p = at::constant_pad_nd(x, {padding, padding, padding, padding});
  const auto out = [&](int axis) { return (p.size(axis) - dilation * (w.size(axis) - 1) - 1) / stride + 1; };
  at::Tensor y = at::zeros({x.size(0), w.size(0), out(2), out(3)});
  const std::int64_t inputs = w.size(1), outputs = w.size(0) / groups;
  for (std::int64_t n = 0; n < y.size(0); ++n)
    for (std::int64_t o = 0; o < y.size(1); ++o)
      for (std::int64_t i = 0; i < y.size(2); ++i)
        for (std::int64_t j = 0; j < y.size(3); ++j) {
          double sum = b[o].item<double>();
          for (std::int64_t c = 0; c < inputs; ++c)
            for (std::int64_t u = 0; u < w.size(2); ++u)
              for (std::int64_t v = 0; v < w.size(3); ++v)
                sum += w[o][c][u][v].item<double>() *
                       p[n][o / outputs * inputs + c][i * stride + u * dilation][j * stride + v * dilation].item<double>();
          y[n][o][i][j] = sum;
        }
  return y;
}

}  // namespace

TEST_CASE("Conv2d is the sum it is defined as") {
  seed(1);
  auto layer = std::make_shared<Conv2d>(
      2, 4, Conv2dOptions{.kernel_size = {3, 2}, .stride = 2, .padding = 1, .dilation = {2, 2}, .groups = 2});
  const at::Tensor x = at::randn({1, 2, 6, 5});
  CHECK(close((*layer)(x), slow_conv2d(x, layer->weight(), layer->bias(), 2, 1, 2, 2), 1e-5));
  CHECK(close((*layer)(x[0]), (*layer)(x)[0]));
  CHECK(layer->description() ==
        "2, 4, kernel_size=(3, 2), stride=(2, 2), padding=(1, 1), dilation=(2, 2), groups=2");
  CHECK(state_names(*layer) == std::vector<std::string>{"weight", "bias"});
  check_clone(*layer, x);
}

TEST_CASE("padding by mode and by name equals padding by hand") {
  seed(2);
  auto layer = std::make_shared<Conv2d>(
      1, 2, Conv2dOptions{.kernel_size = {4, 3}, .padding = "same", .padding_mode = "replicate"});
  auto bare = std::make_shared<Conv2d>(1, 2, Conv2dOptions{.kernel_size = {4, 3}, .padding = "valid"});
  bare->load_state_dict(layer->state_dict());
  const at::Tensor x = at::randn({1, 1, 5, 5});
  CHECK((*layer)(x).sizes().slice(2) == at::IntArrayRef({5, 5}));
  CHECK(close((*layer)(x), (*bare)(at::pad(x, {1, 1, 1, 2}, "replicate"))));
}

TEST_CASE("one and three axes, and the transpose") {
  seed(3);
  Conv1d line(2, 3, Conv1dOptions{.kernel_size = 2, .bias = false});
  CHECK(line(at::ones({1, 2, 5})).sizes() == at::IntArrayRef({1, 3, 4}));
  Conv3d volume(1, 1, Conv3dOptions{.kernel_size = 2});
  CHECK(volume(at::ones({1, 1, 3, 4, 5})).sizes() == at::IntArrayRef({1, 1, 2, 3, 4}));
  // the transpose: <conv(x), y> = <x, transpose(y)> with the same weight
  Conv2d forward(2, 3, Conv2dOptions{.kernel_size = 3, .stride = 2, .padding = 1, .bias = false});
  ConvTranspose2d backward(3, 2, {.kernel_size = 3, .stride = 2, .padding = 1, .output_padding = 1, .bias = false});
  assign(backward, "weight", forward.weight());
  const at::Tensor x = at::randn({1, 2, 6, 6}), y = at::randn({1, 3, 3, 3});
  CHECK((forward(x) * y).sum().item<double>() == Approx((x * backward(y)).sum().item<double>()).epsilon(1e-4));
  CHECK(backward.description() ==
        "3, 2, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1), bias=False");
}

TEST_CASE("wrong settings and inputs are refused") {
  CHECK_THROWS_WITH(Conv2d(3, 4, {.kernel_size = 3, .groups = 2}),
                    "Conv2d: expected groups that divide 3 and 4 channels, found 2");
  CHECK_THROWS_WITH(Conv2d(3, 4, {.kernel_size = 0}), "Conv2d: kernel_size: expected positive integers, found (0, 0)");
  CHECK_THROWS_WITH(Conv2d(3, 4, {.kernel_size = 3, .stride = 2, .padding = "same"}),
                    "Conv2d: padding='same' needs stride 1, found (2, 2)");
  CHECK_THROWS_WITH(Conv1d(3, 4, {.padding_mode = "mirror"}),
                    "Conv1d: padding_mode: expected zeros, reflect, replicate or circular, found 'mirror'");
  Conv2d layer(3, 4, {.kernel_size = 3});
  CHECK_THROWS_WITH(layer(at::ones({1, 4, 8, 8})), "Conv2d: expected input [N, 3, H, W], found [1, 4, 8, 8]");
}

// The rule of TensorFlow: ceil(size / stride) outputs; what is missing for them is padded, the larger half at the end.
TEST_CASE("Conv2dSame pads as TensorFlow does") {
  for (const std::int64_t size : {7, 8, 9})
    for (const std::int64_t stride : {1, 2, 3}) {
      Conv2dSame layer(2, 3, {.kernel_size = 3, .stride = stride});
      const at::Tensor x = at::randn({1, 2, size, size});
      const std::int64_t outputs = (size + stride - 1) / stride;
      const std::int64_t missing = std::max<std::int64_t>(0, (outputs - 1) * stride + 3 - size), before = missing / 2;
      const at::Tensor padded = at::constant_pad_nd(x, {before, missing - before, before, missing - before});
      const at::Tensor expected = slow_conv2d(padded, layer.weight(), layer.bias(), stride, 0, 1, 1);
      const at::Tensor found = layer(x);
      CHECK(found.sizes() == expected.sizes());
      CHECK(at::allclose(found, expected, 1e-5, 1e-6));
    }
}
