#include "optim/clip.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

namespace {

std::vector<at::Tensor> parameters() {
  std::vector<at::Tensor> list;
  for (int i = 0; i < 3; ++i) {
    list.push_back(at::zeros({4}, at::kDouble).set_requires_grad(true));
    if (i != 1) list.back().mutable_grad() = numbers({4}, i) * 3;
  }
  return list;
}

}  // namespace

TEST_CASE("the joint norm is reported and limited") {
  for (const double p : {1.0, 2.0, 3.0, std::numeric_limits<double>::infinity()}) {
    CAPTURE(p);
    auto list = parameters();
    const at::Tensor all = at::cat({list[0].grad(), list[2].grad()}).clone();
    const double norm = all.norm(p).item<double>();
    CHECK(near(clip_grad_norm_(list, 0.5, p), norm));
    const double factor = 0.5 / (norm + 1e-6);
    CHECK(near(at::cat({list[0].grad(), list[2].grad()}), all * factor));
    CHECK_FALSE(list[1].grad().defined());
  }
}

TEST_CASE("a norm below the limit leaves the gradients as they are") {
  auto list = parameters();
  const at::Tensor before = list[0].grad().clone();
  clip_grad_norm_(list, 1e6);
  CHECK(list[0].grad().equal(before));
  CHECK(clip_grad_norm_({at::zeros({2})}, 1).item<double>() == 0);
}

TEST_CASE("a norm that is not finite is an error where asked") {
  auto list = parameters();
  list[0].mutable_grad()[1] = std::nan("");
  CHECK_THROWS_AS(clip_grad_norm_(list, 1, 2, true), Error);
  CHECK(clip_grad_norm_(list, 1).isnan().item<bool>());
}

TEST_CASE("values are clamped") {
  auto list = parameters();
  const at::Tensor expected = list[2].grad().clamp(-0.7, 0.7);
  clip_grad_value_(list, 0.7);
  CHECK(list[2].grad().equal(expected));
}
