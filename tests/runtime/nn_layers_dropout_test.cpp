#include "nn/layers/dropout.h"

#include "layer_checks.h"

using namespace brain::nn;

TEST_CASE("dropout omits in training only, and keeps the mean") {
  seed(0);
  const auto layer = std::make_shared<Dropout>(0.25);
  const at::Tensor x = at::ones({100, 100}), y = (*layer)(x);
  CHECK((y == 0).to(at::kFloat).mean().item<double>() == Approx(0.25).epsilon(0.05));
  CHECK(y.max().item<double>() == Approx(4.0 / 3));
  CHECK(close(x, at::ones({100, 100})));
  layer->eval();
  CHECK(at::equal((*layer)(x), x));
  CHECK(layer->description() == "p=0.25, inplace=False");
  CHECK_THROWS_WITH(Dropout(1.5), "Dropout: p: expected a probability, found 1.5");
}

TEST_CASE("Dropout2d omits whole channels, StochasticDepth whole samples") {
  seed(0);
  Dropout2d channels(0.5);
  const at::Tensor y = channels(at::ones({8, 16, 3, 3})).flatten(2);
  CHECK(at::equal(std::get<0>(y.min(-1)), std::get<0>(y.max(-1))));
  CHECK(y.min().item<double>() == 0);
  const auto depth = std::make_shared<StochasticDepth>(0.5);
  const at::Tensor z = (*depth)(at::ones({64, 3})), each = z.select(1, 0);
  CHECK(at::equal(z, each.unsqueeze(1).expand_as(z)));
  CHECK(each.min().item<double>() == 0);
  CHECK(each.max().item<double>() == 2);
  StochasticDepth batch(0.5, "batch");
  const at::Tensor all = batch(at::ones({64, 3}));
  CHECK(at::equal(all, all[0][0].expand_as(all)));
  depth->eval();
  CHECK(close((*depth)(at::ones({2, 2})), at::ones({2, 2})));
  CHECK(depth->description() == "p=0.5, mode=row");
  CHECK_THROWS_WITH(StochasticDepth(0.5, "column"), "StochasticDepth: mode: expected 'row' or 'batch', found 'column'");
}

TEST_CASE("StochasticDepth draws one Bernoulli number per sample from torch's generator") {
  seed(5);
  const at::Tensor noise = at::empty({6, 1}).bernoulli_(0.75) / 0.75;
  seed(5);
  StochasticDepth depth(0.25);
  const at::Tensor x = at::arange(12, at::kFloat).view({6, 2});
  CHECK(close(depth(x), x * noise));
}
