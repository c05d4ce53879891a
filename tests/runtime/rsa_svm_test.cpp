// The optimality conditions of the dual, and scikit-learn's decisions.
#include "rsa/svm.h"

#include <ATen/ATen.h>  // before Catch2, which has the last word on CHECK

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>

#include "io/json.h"
#include "io_expect.h"
#include "numbers.h"

using namespace brain;

namespace {

void fill(rsa::LinearSvm& svm, const at::Tensor& x, const std::vector<int>& y) {
  const at::Tensor gram = x.matmul(x.t()).contiguous();
  svm.resize(x.size(0));
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    for (std::int64_t j = 0; j < x.size(0); ++j)
      svm.gram_row(i)[j] = gram[i][j].item<double>();
    svm.label(i) = y[i];
  }
}

}  // namespace

TEST_CASE("the solution meets the conditions of Karush, Kuhn and Tucker") {
  for (const int n : {2, 5, 24, 37}) {
    for (const int d : {1, 3, 50}) {
      const at::Tensor x = numbers({n, d}, n + d);
      std::vector<int> y;
      for (int i = 0; i < n; ++i)
        y.push_back(i % 2 ? 1 : -1);
      rsa::LinearSvm svm(1, 1e-6);
      fill(svm, x, y);
      svm.fit();
      at::Tensor w = at::zeros({d}, at::kDouble);
      double sum = 0;
      for (int i = 0; i < n; ++i) {
        w += svm.coefficient(i) * x[i];
        sum += svm.coefficient(i);
      }
      INFO(n << " points, " << d << " dimensions");
      CHECK(std::fabs(sum) < 1e-12);
      for (int i = 0; i < n; ++i) {
        const double alpha = y[i] * svm.coefficient(i),
                     margin = y[i] * (w.dot(x[i]).item<double>() + svm.bias());
        CHECK((alpha >= 0 && alpha <= 1));
        if (alpha == 0) CHECK(margin > 1 - 1e-5);
        else if (alpha == 1) CHECK(margin < 1 + 1e-5);
        else CHECK(margin == Approx(1).margin(1e-5));
      }
    }
  }
}

TEST_CASE("points on top of each other end too") {
  rsa::LinearSvm svm;
  fill(svm, at::ones({6, 2}, at::kDouble), {1, -1, 1, -1, 1, -1});
  svm.fit();
  CHECK(std::fabs(svm.bias()) < 1.1);
}

TEST_CASE("decisions of scikit-learn's SVC(kernel='linear', tol=1e-4) on 32 points in 17 dimensions") {
  const std::string path = shared_path("data/realnet/golden/realnet_golden.json");
  if (path.empty()) return;
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto golden = io::parse_json(text, path);
  const auto& decisions =
      *io::sequence(*golden.as<io::Dict>()->find("svm_32x17")->as<io::Dict>()->find("decision"));
  // wave(n, seed, amp): the hash of the golden files, float64
  const auto wave = [](std::uint32_t k, std::uint32_t seed) {
    std::uint32_t h = k + seed * 0x9E3779B9u;
    h ^= h >> 16, h *= 0x7feb352du, h ^= h >> 15, h *= 0x846ca68bu, h ^= h >> 16;
    return static_cast<double>(h >> 8) / 8388608.0 - 1.0;
  };
  at::Tensor x = at::empty({32, 17}, at::kDouble);
  for (std::uint32_t k = 0; k < 32 * 17; ++k)
    x[k / 17][k % 17] = wave(k, 951) + (k / 17 >= 16 ? 0.35 * wave(k % 17, 952) : 0);
  for (int fold = 0; fold < 4; ++fold) {
    std::vector<at::Tensor> training, testing;
    std::vector<int> y;
    for (int i = 0; i < 32; ++i) {
      (i % 4 == fold ? testing : training).push_back(x[i]);
      if (i % 4 != fold) y.push_back(i < 16 ? -1 : 1);
    }
    rsa::LinearSvm svm;
    const at::Tensor points = at::stack(training);
    fill(svm, points, y);
    svm.fit();
    for (std::size_t k = 0; k < testing.size(); ++k) {
      double decision = svm.bias();
      for (int i = 0; i < 24; ++i)
        decision += svm.coefficient(i) * points[i].dot(testing[k]).item<double>();
      // both stop within 1e-4 of the optimum
      CHECK(decision == Approx(expect::number((*io::sequence(decisions[fold]))[k])).epsilon(0).margin(5e-4));
    }
  }
}
