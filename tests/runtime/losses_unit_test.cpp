#include "losses/unit.h"

#include <catch2/catch.hpp>
#include <torch/csrc/autograd/autograd.h>

#include "numbers.h"

using namespace brain;

namespace {

at::Tensor gradient(const at::Tensor& x, at::Tensor (*f)(const at::Tensor&, std::int64_t)) {
  const at::Tensor leaf = x.clone().set_requires_grad(true);
  return torch::autograd::grad({(f(leaf, 1) * numbers(x.sizes(), 8).to(x.scalar_type())).sum()}, {leaf})[0];
}

}  // namespace

TEST_CASE("rows get length 1 and mean 0") {
  const at::Tensor x = numbers({3, 5});
  CHECK(near(unit(x, 1).square().sum(1), at::ones({3}, at::kDouble)));
  CHECK(near(unit(x, 1) * x.norm(2, 1, true), x));
  CHECK(near(centred_unit(x, 1), unit(x - x.mean(1, true), 1)));
  CHECK(near(centred_unit(x, 0), centred_unit(x.t(), 1).t()));
}

TEST_CASE("zero and constant rows give zeros without gradient") {
  for (const auto dtype : {at::kDouble, at::kFloat}) {
    at::Tensor x = numbers({3, 1000}).to(dtype);
    x[0].fill_(0);
    CHECK(unit(x, 1)[0].eq(0).all().item<bool>());
    CHECK(gradient(x, unit)[0].eq(0).all().item<bool>());
    x[1].fill_(0.1);  // its mean is not exact
    CHECK(centred_unit(x, 1).slice(0, 0, 2).eq(0).all().item<bool>());
    CHECK(gradient(x, centred_unit).slice(0, 0, 2).eq(0).all().item<bool>());
    CHECK(gradient(x, centred_unit)[2].isfinite().all().item<bool>());
  }
}
