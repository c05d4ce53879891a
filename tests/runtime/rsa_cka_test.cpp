// CKA against the figures of thingsvision and Brain-Score, and against the centring matrix written out.
#include "rsa/cka.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "hdf5_file.h"
#include "numbers.h"

using namespace brain;

TEST_CASE("CKA of thingsvision and Brain-Score") {
  const std::string path = shared_path("data/peers/golden/golden_similarity.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const at::Tensor x = at::tensor(file.numbers("in/X"), at::kDouble).view({50, 30}),
                   y = at::tensor(file.numbers("in/Y"), at::kDouble).view({50, 20});
  const auto is = [&](const std::string& name, rsa::CkaOptions options) {
    INFO(name);
    CHECK(rsa::cka(x, y, options) == Approx(file.numbers("cka/" + name)[0]).epsilon(1e-11));
  };
  using rsa::Kernel;
  is("thingsvision_linear_unbiased_False", {});
  is("brainscore_biased", {});
  is("thingsvision_linear_unbiased_True", {Kernel::linear, true});
  is("thingsvision_rbf_sigma4_unbiased_False", {Kernel::rbf, false, 4});
  is("thingsvision_rbf_sigma4_unbiased_True", {Kernel::rbf, true, 4});
  is("thingsvision_rbf_sigmaNone_unbiased_False", {Kernel::rbf});
  is("thingsvision_rbf_sigmaNone_unbiased_True", {Kernel::rbf, true});
  CHECK(rsa::hsic(x.matmul(x.t()), y.matmul(y.t()), true) == Approx(file.numbers("cka/unbiased_hsic")[0]).epsilon(1e-11));
}

TEST_CASE("CKA by the centring matrix, in minibatches, and of float32") {
  const at::Tensor x = normals({12, 7}) + 5, y = normals({12, 9}, 2);
  const auto slow = [](const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor h = at::eye(a.size(0), at::kDouble) - 1.0 / static_cast<double>(a.size(0));
    const at::Tensor k = h.matmul(a).matmul(a.t()).matmul(h), l = h.matmul(b).matmul(b.t()).matmul(h);
    return std::array{(k * l).sum().item<double>(), k.square().sum().item<double>(), l.square().sum().item<double>()};
  };
  const auto all = slow(x, y);
  CHECK(rsa::cka(x, y) == Approx(all[0] / std::sqrt(all[1] * all[2])).epsilon(1e-12));
  rsa::CkaOptions options;
  options.batch = 5;
  const auto one = slow(x.slice(0, 0, 5), y.slice(0, 0, 5)), two = slow(x.slice(0, 5, 10), y.slice(0, 5, 10));
  CHECK(rsa::cka(x, y, options) ==
        Approx((one[0] + two[0]) / std::sqrt((one[1] + two[1]) * (one[2] + two[2]))).epsilon(1e-12));
  CHECK(rsa::cka(x, x.matmul(at::diag(at::ones({7}, at::kDouble) * 3))) == Approx(1).epsilon(1e-13));
  CHECK(rsa::cka(x.to(at::kFloat), y.to(at::kFloat)) == Approx(rsa::cka(x, y)).epsilon(1e-6));
  CHECK(std::isnan(rsa::cka(at::ones({12, 3}), y)));
  options.batch = 3, options.unbiased = true;
  CHECK_THROWS_WITH(rsa::cka(x, y, options), Catch::Contains("at least 4 stimuli in a minibatch, got 3"));
  CHECK_THROWS_WITH(rsa::cka(x, y.slice(0, 0, 4)), Catch::Contains("as many stimuli, got 12 and 4"));
}
