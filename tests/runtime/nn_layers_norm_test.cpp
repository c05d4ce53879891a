#include "nn/layers/norm.h"

#include "layer_checks.h"

using namespace brain::nn;

namespace {

at::Tensor normalised(const at::Tensor& x, at::IntArrayRef axes, double eps = 1e-5) {
  return (x - x.mean(axes, true)) / at::sqrt(x.var(axes, false, true) + eps);
}

}  // namespace

TEST_CASE("BatchNorm normalises by the batch, remembers it, and uses that in evaluation") {
  seed(1);
  auto layer = std::make_shared<BatchNorm2d>(3, BatchNormOptions{.momentum = 0.25});
  const at::Tensor x = at::randn({4, 3, 2, 2}) * 2 + 1;
  CHECK(close((*layer)(x), normalised(x, {0, 2, 3}), 1e-5));
  const at::Tensor mean = x.mean({0, 2, 3}), variance = x.var(at::IntArrayRef{0, 2, 3}, true);
  CHECK(close(tensor_named(*layer, "running_mean"), 0.25 * mean, 1e-5));
  CHECK(close(tensor_named(*layer, "running_var"), 0.75 + 0.25 * variance, 1e-5));
  CHECK(tensor_named(*layer, "num_batches_tracked").item<std::int64_t>() == 1);
  layer->eval();
  const auto spread = at::sqrt(0.75 + 0.25 * variance + 1e-5).view({3, 1, 1});
  CHECK(close((*layer)(x), (x - 0.25 * mean.view({3, 1, 1})) / spread, 1e-5));
  CHECK(tensor_named(*layer, "num_batches_tracked").item<std::int64_t>() == 1);
  CHECK(state_names(*layer) ==
        std::vector<std::string>{"weight", "bias", "running_mean", "running_var", "num_batches_tracked"});
  check_clone(*layer, x);
}

TEST_CASE("without a momentum the running figures are averages over batches") {
  BatchNorm1d layer(2, {.momentum = std::nullopt});
  const at::Tensor a = at::tensor({1.f, 2.f, 3.f, 4.f}).view({2, 2}), b = 3 * a;
  layer(a);
  layer(b);
  CHECK(close(tensor_named(layer, "running_mean"), (a.mean(0) + b.mean(0)) / 2));
  CHECK(layer.description() == "2, eps=1e-05, momentum=None, affine=True, bias=True, track_running_stats=True");
}

TEST_CASE("a batch without running figures is normalised by itself in evaluation too") {
  const auto layer = std::make_shared<BatchNorm3d>(1, BatchNormOptions{.affine = false, .track_running_stats = false});
  layer->eval();
  const at::Tensor x = at::randn({2, 1, 2, 2, 2});
  CHECK(close((*layer)(x), normalised(x, {0, 2, 3, 4}), 1e-5));
  CHECK(state_names(*layer).empty());
}

TEST_CASE("batches BatchNorm cannot take") {
  BatchNorm2d layer(3);
  CHECK_THROWS_WITH(layer(at::ones({1, 3, 1, 1})),
                    "BatchNorm2d: training needs more than one value per channel, found [1, 3, 1, 1]");
  CHECK(tensor_named(layer, "num_batches_tracked").item<std::int64_t>() == 0);
  CHECK_THROWS_WITH(layer(at::ones({2, 4, 2, 2})), "BatchNorm2d: expected input [N, 3, H, W], found [2, 4, 2, 2]");
  BatchNorm1d line(3);
  CHECK_THROWS_WITH(line(at::ones({3})), "BatchNorm1d: expected input [N, 3, L], found [3]");
}

TEST_CASE("InstanceNorm, LayerNorm, GroupNorm, RMSNorm by their definitions") {
  seed(2);
  const at::Tensor x = at::randn({2, 4, 3, 3});
  InstanceNorm2d instance(4);
  CHECK(close(instance(x), normalised(x, {2, 3}), 1e-5));
  CHECK(close(instance(x[0]), instance(x)[0]));
  LayerNorm layer({3, 3});
  CHECK(close(layer(x), normalised(x, {2, 3}), 1e-5));
  LayerNorm last(3, {.eps = 0.5});
  CHECK(close(last(x), normalised(x, {3}, 0.5), 1e-5));
  GroupNorm group(2, 4);
  CHECK(close(group(x), normalised(x.view({2, 2, -1}), {2}).view_as(x), 1e-5));
  RMSNorm rms(3, {.eps = 0.1});
  CHECK(close(rms(x), x / at::sqrt((x * x).mean(at::IntArrayRef{3}, true) + 0.1), 1e-5));
  RMSNorm bare(3, {.elementwise_affine = false});
  CHECK(close(bare(x), x / at::sqrt((x * x).mean(at::IntArrayRef{3}, true)), 1e-5));
  CHECK(bare.description() == "(3,), eps=None, elementwise_affine=False");
  CHECK(layer.description() == "(3, 3), eps=1e-05, elementwise_affine=True, bias=True");
  CHECK(group.description() == "2, 4, eps=1e-05, affine=True, bias=True");
  CHECK_THROWS_WITH(layer(at::ones({3})), "LayerNorm: expected input [..., 3, 3], found [3]");
  CHECK_THROWS_WITH(group(at::ones({2, 3})), "GroupNorm: expected input [N, 4, ...], found [2, 3]");
  CHECK_THROWS_WITH(GroupNorm(3, 4), "GroupNorm: expected groups that divide 4 channels, found 3");
}
