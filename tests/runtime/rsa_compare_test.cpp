// Comparisons of RDMs against their formulas written pair by pair.
#include "rsa/compare.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"
#include "stats/rank.h"

using namespace brain;
using rsa::Comparison;

namespace {

double pearson(at::Tensor a, at::Tensor b) {
  a = a - a.mean(), b = b - b.mean();
  return (a.dot(b) / (a.norm() * b.norm())).item<double>();
}

double slow_tau(const at::Tensor& a, const at::Tensor& b, bool tau_a) {
  const at::Tensor x = (a.unsqueeze(0) - a.unsqueeze(1)).sign(), y = (b.unsqueeze(0) - b.unsqueeze(1)).sign();
  const double n = static_cast<double>(a.numel()), sum = (x * y).sum().item<double>();
  return tau_a ? sum / (n * (n - 1))
               : sum / std::sqrt(x.square().sum().item<double>() * y.square().sum().item<double>());
}

double slow(const at::Tensor& a, const at::Tensor& b, Comparison method) {
  const double p = static_cast<double>(a.numel());
  switch (method) {
    case Comparison::pearson: return pearson(a, b);
    case Comparison::spearman: return pearson(stats::average_ranks(a), stats::average_ranks(b));
    case Comparison::cosine: return (a.dot(b) / (a.norm() * b.norm())).item<double>();
    case Comparison::rho_a:
      return 12 / (p * p * p - p) *
             (stats::average_ranks(a) - (p + 1) / 2)
                 .dot(stats::average_ranks(b) - (p + 1) / 2)
                 .item<double>();
    default: return slow_tau(a, b, method == Comparison::tau_a);
  }
}

constexpr Comparison all[] = {Comparison::pearson, Comparison::spearman, Comparison::rho_a,
                              Comparison::tau_a,   Comparison::tau_b,    Comparison::cosine};

}  // namespace

TEST_CASE("every method, with ties and with missing pairs") {
  const at::Tensor smooth_a = numbers({3, 45}), smooth_b = numbers({4, 45}, 2);
  const at::Tensor tied_a = (smooth_a * 3).round(), tied_b = (smooth_b * 2 + 1).round();
  for (const auto method : all) {
    for (const bool tied : {false, true}) {
      at::Tensor a = tied ? tied_a : smooth_a, b = tied ? tied_b : smooth_b;
      const at::Tensor got = rsa::compare(a, b, method);
      REQUIRE(got.sizes() == at::IntArrayRef{3, 4});
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 4; ++j)
          CHECK(got[i][j].item<double>() == Approx(slow(a[i], b[j], method)).epsilon(1e-12).margin(1e-14));
      at::Tensor holed = a.clone();
      holed[1][7] = NAN;
      holed[2][0] = NAN;
      const at::Tensor kept = at::cat({at::arange(1, 7), at::arange(8, 45)}).to(at::kLong);
      CHECK(near(rsa::compare(holed, b, method),
                 rsa::compare(a.index_select(1, kept), b.index_select(1, kept), method)));
    }
  }
}

TEST_CASE("an RDM without variance compares to nothing") {
  const at::Tensor flat = at::full({1, 45}, 0.3, at::kDouble), b = numbers({2, 45});
  for (const auto method : {Comparison::pearson, Comparison::spearman, Comparison::tau_b})
    CHECK(rsa::compare(flat, b, method).isnan().all().item<bool>());
}

TEST_CASE("partial correlation is that of the residuals") {
  const at::Tensor a = numbers({2, 45}), b = numbers({3, 45}, 2) + a[0], c = numbers({2, 45}, 3);
  for (const bool ranked : {false, true}) {
    const auto residual = [&](at::Tensor x) {
      const auto maybe = [&](const at::Tensor& t) { return ranked ? stats::average_ranks(t) : t; };
      x = maybe(x);
      const at::Tensor design = at::stack({at::ones({45}, at::kDouble), maybe(c[0]), maybe(c[1])}, 1);
      return x - design.matmul(at::linalg_pinv(design)).matmul(x);
    };
    const at::Tensor got = rsa::compare_partial(a, b, c, ranked);
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 3; ++j)
        CHECK(got[i][j].item<double>() == Approx(pearson(residual(a[i]), residual(b[j]))).epsilon(1e-10));
    // a control that says the same twice changes nothing; one that is the RDM itself leaves nothing
    CHECK(near(rsa::compare_partial(a, b, at::cat({c, c * 2 + 1}), ranked), got, 1e-10));
    CHECK(rsa::compare_partial(a, b, a, ranked).isnan().all().item<bool>());
  }
}

TEST_CASE("names of comparisons") {
  CHECK(rsa::comparison_of("corr", "compare") == Comparison::pearson);
  CHECK(rsa::comparison_of("kendall tau-a", "compare") == Comparison::tau_a);
  CHECK_THROWS_WITH(rsa::comparison_of("sperman", "compare"), Catch::Contains("expected pearson, spearman"));
  CHECK_THROWS_AS(rsa::compare(numbers({1, 3}), numbers({1, 6}), Comparison::cosine), Error);
}

TEST_CASE("RDMs without a pair in common have no similarity") {
  at::Tensor a = numbers({2, 6}), b = numbers({3, 6}, 2);
  a[0].slice(0, 0, 3).fill_(NAN), b[1].slice(0, 3).fill_(NAN);
  for (const auto method : {rsa::Comparison::pearson, rsa::Comparison::spearman, rsa::Comparison::cosine,
                            rsa::Comparison::tau_a, rsa::Comparison::rho_a}) {
    const at::Tensor r = rsa::compare(a, b, method);
    CHECK(r.sizes() == at::IntArrayRef({2, 3}));
    CHECK(r.isnan().all().item<bool>());
  }
}
