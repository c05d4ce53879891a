// Evaluations under draws against the same comparison on RDMs with the drawn conditions and subjects written
// out.
#include "rsa/resampled.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "core/philox.h"
#include "numbers.h"
#include "rsa/pairs.h"
#include "stats/rank.h"

using namespace brain;
using rsa::Comparison;

namespace {

at::Tensor counts_of(const std::vector<std::int64_t>& drawn, std::int64_t n) {
  return at::bincount(at::tensor(drawn, at::kLong), {}, n).to(at::kDouble);
}

// Drops the pairs of copies, which subset() makes NaN.
at::Tensor drawn_rdms(const at::Tensor& rdms, const std::vector<std::int64_t>& conditions) {
  const at::Tensor all = rsa::subset(rdms, conditions);
  return all.index_select(1, at::nonzero(all.isnan().any(0).logical_not()).flatten());
}

at::Tensor scaled(const at::Tensor& x, Comparison method) {
  if (rsa::uses_ranks(method)) return stats::average_ranks(x);
  if (method == Comparison::cosine) return x / x.square().mean(1, true).sqrt();
  return (x - x.mean(1, true)) / x.std(1, false, true);
}

}  // namespace

TEST_CASE("multiplicities equal written-out copies, ceilings leave out every copy of a subject") {
  const std::int64_t n = 9, s = 5;
  at::Tensor data = numbers({s, 36}) * 0.5 + numbers({1, 36}, 8), models = numbers({3, 36}, 2);
  models[2].copy_((models[2] * 2).round());
  std::vector<at::Tensor> conditions{at::ones({n}, at::kDouble)}, subjects{at::ones({s}, at::kDouble)};
  std::vector<std::vector<std::int64_t>> chosen{{0, 1, 2, 3, 4, 5, 6, 7, 8}}, people{{0, 1, 2, 3, 4}};
  for (std::uint64_t d = 0; d < 6; ++d) {
    chosen.push_back(sample_with_replacement(4, d, n, n));
    people.push_back(sample_with_replacement(5, d, s, s));
    conditions.push_back(counts_of(chosen.back(), n));
    subjects.push_back(counts_of(people.back(), s));
  }
  for (const auto method : {Comparison::pearson, Comparison::spearman, Comparison::rho_a, Comparison::tau_a,
                            Comparison::tau_b, Comparison::cosine}) {
    const auto got =
        rsa::evaluate_resampled(models, data, at::stack(conditions), at::stack(subjects), method);
    const auto to_mean = rsa::evaluate_resampled(models, data, at::stack(conditions), at::stack(subjects), method,
                                                 std::nullopt, false, true);
    for (std::size_t d = 0; d < chosen.size(); ++d) {
      const at::Tensor x = drawn_rdms(models, chosen[d]), y = drawn_rdms(data, chosen[d]);
      const at::Tensor drawn = at::tensor(people[d], at::kLong), each = rsa::compare(x, y, method);
      const at::Tensor expected = each.index_select(1, drawn).mean(1);
      INFO("method " << int(method) << ", draw " << d);
      CHECK(near(got.similarity[d], expected, 1e-11, 1e-13));
      at::Tensor mean = at::zeros({1, y.size(1)}, at::kDouble);  // as counts have it: ties may hang on the last digit
      for (std::int64_t k = 0; k < s; ++k)
        mean += y[k] * subjects[d][k];
      CHECK(near(to_mean.similarity[d], rsa::compare(x, mean, method).squeeze(1), 1e-11, 1e-13));
      double lower = 0, different = 0;
      std::vector<std::int64_t> seen;
      const at::Tensor z = scaled(y, method);
      for (std::int64_t k = 0; k < s; ++k) {
        const at::Tensor others = at::nonzero(drawn != k).flatten();
        if (others.numel() == drawn.numel()) continue;
        const at::Tensor pool = z.index_select(0, drawn.index_select(0, others)).sum(0, true);
        lower += rsa::compare(pool, y.slice(0, k, k + 1), method).item<double>();
        different += 1;
        seen.push_back(k);
      }
      const at::Tensor pool = z.index_select(0, drawn).sum(0, true);
      CHECK(got.ceiling[d][0].item<double>() == Approx(lower / different).epsilon(1e-11));
      CHECK(got.ceiling[d][1].item<double>() ==
            Approx(rsa::compare(pool, y.index_select(0, at::tensor(seen, at::kLong)), method)
                       .mean()
                       .item<double>())
                .epsilon(1e-11));
    }
  }
}

TEST_CASE("partial similarity under draws") {
  const at::Tensor data = numbers({4, 36}), models = numbers({2, 36}, 2), control = numbers({2, 36}, 3);
  const auto chosen = sample_with_replacement(1, 0, 9, 9);
  const at::Tensor conditions = counts_of(chosen, 9).unsqueeze(0),
                   subjects = at::tensor({2.0, 1.0, 0.0, 1.0}, at::kDouble).unsqueeze(0);
  for (const bool ranked : {false, true}) {
    const auto got = rsa::evaluate_resampled(models, data, conditions, subjects,
                                             ranked ? Comparison::spearman : Comparison::pearson, control);
    const at::Tensor expected = rsa::compare_partial(drawn_rdms(models, chosen), drawn_rdms(data, chosen),
                                                     drawn_rdms(control, chosen), ranked);
    CHECK(near(got.similarity[0], expected.matmul(subjects[0]) / 4, 1e-10, 1e-12));
    const auto to_mean = rsa::evaluate_resampled(models, data, conditions, subjects,
                                                 ranked ? Comparison::spearman : Comparison::pearson, control, false, true);
    const at::Tensor mean = subjects.matmul(data) / 4;
    CHECK(near(to_mean.similarity[0], rsa::compare_partial(drawn_rdms(models, chosen), drawn_rdms(mean, chosen),
                                                           drawn_rdms(control, chosen), ranked).squeeze(1), 1e-10, 1e-12));
    CHECK(got.per_subject[0][1][2].isnan().item<bool>());
    CHECK(got.ceiling.isnan().all().item<bool>());
  }
}

TEST_CASE("NaN pairs are left out; one subject has no lower ceiling") {
  at::Tensor data = numbers({3, 36}), models = numbers({2, 36}, 2);
  const at::Tensor once = at::ones({1, 9}, at::kDouble);
  const at::Tensor first = at::tensor({1.0, 0.0, 0.0}, at::kDouble).unsqueeze(0);
  data.select(1, 5).fill_(NAN), models[1][7] = NAN;
  const auto got = rsa::evaluate_resampled(models, data, once, first, Comparison::spearman);
  CHECK(near(got.similarity[0], rsa::compare(models, data, Comparison::spearman).select(1, 0)));
  data[1][6] = NAN;  // of a subject alone: the others keep theirs
  CHECK(near(rsa::evaluate_resampled(models, data, once, first, Comparison::spearman).similarity, got.similarity));
  CHECK(got.ceiling[0][0].isnan().item<bool>());
  CHECK(got.ceiling[0][1].item<double>() == Approx(1));
  CHECK_THROWS_AS(rsa::evaluate_resampled(models, data, once, once, Comparison::cosine), Error);
}
