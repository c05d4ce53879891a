// That draws equal PyTorch's is tested through the layers (tests/bindings/layers_test.lua); here the distributions.
#include "nn/layers/init.h"

#include <cmath>

#include "layer_checks.h"

using namespace brain::nn;

namespace {

double smallest(const at::Tensor& x) { return x.min().item<double>(); }
double largest(const at::Tensor& x) { return x.max().item<double>(); }
double spread(const at::Tensor& x) { return x.std(false).item<double>(); }

}  // namespace

TEST_CASE("fans count the kernel's elements") {
  CHECK(init::fan(at::empty({4, 3}), init::Fan::in) == 3);
  CHECK(init::fan(at::empty({4, 3, 2, 5}), init::Fan::in) == 30);
  CHECK(init::fan(at::empty({4, 3, 2, 5}), init::Fan::out) == 40);
  CHECK_THROWS_WITH(init::fan(at::empty({4}), init::Fan::in), "init: expected at least 2 dimensions, found [4]");
}

TEST_CASE("gains are those of the literature") {
  CHECK(init::gain("relu") == std::sqrt(2.0));
  CHECK(init::gain("leaky_relu", 1) == 1);
  CHECK(init::gain("tanh") == Approx(1.6667).epsilon(1e-4));
  CHECK_THROWS_WITH(init::gain("swish"), Catch::Contains("found 'swish'"));
}

TEST_CASE("uniform draws fill their bounds, normal ones their spread") {
  seed(0);
  const at::Tensor w = at::empty({200, 50});
  init::xavier_uniform_(w);
  const double xavier = std::sqrt(6.0 / 250);
  CHECK(largest(w) < xavier);
  CHECK(largest(w) > 0.99 * xavier);
  CHECK(smallest(w) < -0.99 * xavier);
  init::kaiming_uniform_(w, 0, init::Fan::out, "relu");
  CHECK(largest(w) == Approx(std::sqrt(6.0 / 200)).epsilon(0.01));
  CHECK(spread(init::kaiming_normal_(w, 0, init::Fan::in, "relu")) == Approx(std::sqrt(2.0 / 50)).epsilon(0.05));
  CHECK(spread(init::xavier_normal_(w)) == Approx(std::sqrt(2.0 / 250)).epsilon(0.05));
  CHECK(spread(init::normal_(w, 1, 0.5)) == Approx(0.5).epsilon(0.05));
  CHECK(largest(init::constant_(w, 4)) == 4);
  CHECK(init::kaiming_uniform_(at::empty({3, 0})).numel() == 0);
}

TEST_CASE("truncated normal numbers stay inside, near the mean and in the tail") {
  seed(0);
  const at::Tensor w = at::empty({10000});
  init::trunc_normal_(w, 0, 0.02, -0.04, 0.04);
  CHECK(smallest(w) >= -0.04f);
  CHECK(largest(w) <= 0.04f);
  CHECK(spread(w) == Approx(0.02 * 0.8796).epsilon(0.03));  // a normal cut at two standard deviations
  init::trunc_normal_(w, 0, 1, 2, 3);
  CHECK(smallest(w) >= 2);
  CHECK(largest(w) <= 3);
  CHECK(w.mean().item<double>() == Approx(2.3158).epsilon(0.01));  // (phi(2) - phi(3)) / (Phi(3) - Phi(2))
}

TEST_CASE("orthogonal matrices have orthonormal rows or columns") {
  seed(0);
  const at::Tensor tall = init::orthogonal_(at::empty({6, 4})), wide = init::orthogonal_(at::empty({3, 2, 5}), 2);
  CHECK(close(at::matmul(tall.t(), tall), at::eye(4), 1e-5));
  CHECK(close(at::matmul(wide.flatten(1), wide.flatten(1).t()), 4 * at::eye(3), 1e-5));
}

TEST_CASE("parameters that require gradients are filled without recording") {
  const at::Tensor w = at::empty({2, 2}).set_requires_grad(true);
  init::linear_(w, at::Tensor());
  CHECK_FALSE(w.grad_fn());
}
