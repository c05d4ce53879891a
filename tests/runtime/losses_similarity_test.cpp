// RDMs and CKA against loops over pairs and the defining formulas.
#include "losses/similarity.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

namespace {

double cosine(const at::Tensor& a, const at::Tensor& b) {
  return (a.dot(b) / (a.norm() * b.norm())).item<double>();
}

at::Tensor slow_distances(const at::Tensor& x, RdmDistance distance) {
  std::vector<double> list;
  for (int i = 0; i < x.size(0); ++i) {
    for (int j = i + 1; j < x.size(0); ++j) {
      const double squared = (x[i] - x[j]).square().sum().item<double>();
      if (distance == RdmDistance::correlation)
        list.push_back(1 - cosine(x[i] - x[i].mean(), x[j] - x[j].mean()));
      else if (distance == RdmDistance::cosine) list.push_back(1 - cosine(x[i], x[j]));
      else list.push_back(distance == RdmDistance::euclidean ? std::sqrt(squared) : squared);
    }
  }
  return at::tensor(list, at::kDouble);
}

at::Tensor square(const at::Tensor& condensed, std::int64_t n) {
  at::Tensor matrix = at::zeros({n, n}, at::kDouble);
  std::int64_t k = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < n; ++j, ++k) {
      matrix[i][j] = condensed[k];
      matrix[j][i] = condensed[k];
    }
  }
  return matrix;
}

double trace(const at::Tensor& a, const at::Tensor& b) { return a.matmul(b).trace().item<double>(); }

}  // namespace

TEST_CASE("distances and alignment with a target RDM") {
  const at::Tensor x = numbers({6, 4}), target = numbers({15}, 9);
  for (const auto distance :
       {RdmDistance::correlation, RdmDistance::cosine, RdmDistance::euclidean, RdmDistance::sqeuclidean}) {
    const at::Tensor slow = slow_distances(x, distance);
    CHECK(near(condensed_distances(x, distance), slow));
    CHECK(near(rdm_alignment(x, target, distance), 1 - cosine(slow - slow.mean(), target - target.mean())));
    CHECK(near(rdm_alignment(x, target, distance, RdmComparison::cosine), 1 - cosine(slow, target)));
    CHECK(near(rdm_alignment(x, square(target, 6), distance, RdmComparison::mse),
               (slow - target).square().mean()));
    CHECK(near(rdm_alignment(x, slow, distance), 0.0));
  }
  CHECK_THROWS_WITH(rdm_alignment(x, target.slice(0, 0, 14)),
                    "rdm: expected a target of shape [6, 6] or [15], got [14]");
}

TEST_CASE("cka by its definition, whichever side is longer") {
  for (const int columns : {3, 12}) {
    const at::Tensor x = numbers({6, columns}), y = numbers({6, 5}, 4) + 0.5 * numbers({6, 5});
    const at::Tensor h = at::eye(6, at::kDouble) - 1.0 / 6, k = x.matmul(x.t()), l = y.matmul(y.t());
    const auto hsic = [&](const at::Tensor& a, const at::Tensor& b) {
      return trace(h.matmul(a).matmul(h), b);
    };
    CHECK(near(cka(x, y), 1 - hsic(k, l) / std::sqrt(hsic(k, k) * hsic(l, l))));
    CHECK(near(cka(x, 2 * x + 1), 0.0));
    CHECK(near(cka(x, x, true), 0.0));

    const auto song = [](const at::Tensor& a, const at::Tensor& b) {  // equation 5 of Song et al. 2012, n = 6
      const at::Tensor ones = at::ones({6}, at::kDouble);
      return trace(a, b) + (a.sum() * b.sum()).item<double>() / 20 -
             2.0 / 4 * ones.dot(a.matmul(b).matmul(ones)).item<double>();
    };
    const at::Tensor hollow_k = k - k.diagonal().diag(), hollow_l = l - l.diagonal().diag();
    CHECK(near(cka(x, y, true), 1 - song(hollow_k, hollow_l) /
                                        std::sqrt(song(hollow_k, hollow_k) * song(hollow_l, hollow_l))));
  }
  CHECK_THROWS_AS(cka(numbers({3, 2}), numbers({4, 2})), Error);
  CHECK_THROWS_WITH(cka(numbers({3, 2}), numbers({3, 2}), true),
                    "cka: unbiased: expected at least 4 samples, got 3");
}
