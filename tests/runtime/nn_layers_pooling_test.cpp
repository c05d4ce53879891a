#include "nn/layers/pooling.h"

#include "layer_checks.h"

using namespace brain::nn;

namespace {

at::Tensor grid() { return at::arange(16, at::kFloat).view({1, 1, 4, 4}); }

}  // namespace

TEST_CASE("maximum and mean of windows") {
  MaxPool2d pool({.kernel_size = 2});
  CHECK(close(pool(grid()).flatten(), row({5, 7, 13, 15})));
  MaxPool2d dilated({.kernel_size = 2, .stride = PerAxis<2>(1), .dilation = 2});
  CHECK(close(dilated(grid()).flatten(), row({10, 11, 14, 15})));
  AvgPool2d mean({.kernel_size = 2});
  CHECK(close(mean(grid()).flatten(), row({2.5, 4.5, 10.5, 12.5})));
  AvgPool2d divided({.kernel_size = 2, .divisor_override = 2});
  CHECK(close(divided(grid()).flatten(), row({5, 9, 21, 25})));
  MaxPool1d line({.kernel_size = 3, .stride = 2, .padding = 1});
  CHECK(close(line(at::tensor({3.f, 1.f, 4.f, 1.f, 5.f}).view({1, 1, 5})).flatten(), row({3, 4, 5})));
  CHECK(close(pool(grid()[0]), pool(grid())[0]));
}

TEST_CASE("windows at the border: padding in the divisor, ceil_mode") {
  const at::Tensor ones = at::ones({1, 1, 3, 3});
  AvgPool2d with({.kernel_size = 3, .stride = 2, .padding = 1});
  AvgPool2d without({.kernel_size = 3, .stride = 2, .padding = 1, .count_include_pad = false});
  CHECK(close(with(ones).flatten(), at::full({4}, 4.0 / 9)));
  CHECK(close(without(ones).flatten(), at::ones({4})));
  MaxPool2d floor({.kernel_size = 2}), ceiling({.kernel_size = 2, .ceil_mode = true});
  CHECK(floor(ones).size(2) == 1);
  CHECK(ceiling(ones).size(2) == 2);
}

TEST_CASE("adaptive pools give the size asked for, -1 keeps an axis") {
  AdaptiveAvgPool2d whole(1), rows({2, -1});
  CHECK(whole(grid()).item<double>() == 7.5);
  CHECK(close(rows(grid()).flatten(), row({2, 3, 4, 5, 10, 11, 12, 13})));
  AdaptiveMaxPool2d most({1, 2});
  CHECK(close(most(grid()).flatten(), row({13, 15})));
  AdaptiveAvgPool1d line(2);
  CHECK(close(line(grid()[0]).flatten(), row({0.5, 2.5, 4.5, 6.5, 8.5, 10.5, 12.5, 14.5})));
  CHECK(rows.description() == "output_size=(2, None)");
  CHECK(whole.description() == "output_size=1");
}

TEST_CASE("pools describe themselves as PyTorch's do and refuse what is no image") {
  MaxPool2d pool({.kernel_size = 3, .stride = 2, .padding = 1});
  CHECK(pool.description() == "kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False");
  AvgPool2d mean({.kernel_size = {2, 3}});
  CHECK(mean.description() == "kernel_size=(2, 3), stride=(2, 3), padding=0");
  CHECK_THROWS_WITH(pool(at::ones({4, 4})), "MaxPool2d: expected input [N, C, H, W], found [4, 4]");
}
