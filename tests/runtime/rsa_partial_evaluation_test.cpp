// Subjects with different pairs, against every draw written out for each of them.
#include "rsa/partial_evaluation.h"

#include <ATen/Parallel.h>

#include <catch2/catch.hpp>

#include "core/error.h"
#include "partial_data.h"

using namespace brain;
using rsa::Comparison;

namespace {

const std::vector<Comparison> kMethods{Comparison::pearson, Comparison::spearman, Comparison::rho_a,
                                       Comparison::tau_a,   Comparison::tau_b,    Comparison::cosine};

bool same(const at::Tensor& got, const at::Tensor& expected) {
  return at::allclose(got, expected, 1e-12, 1e-12, /*equal_nan=*/true);
}
bool same(const at::Tensor& got, double expected) { return same(got, at::full({}, expected, at::kDouble)); }

}  // namespace

TEST_CASE("different pairs: similarities and ceilings of each method are those of written-out copies") {
  const PartialData p;
  REQUIRE(rsa::pairs_differ(p.data));
  for (const auto method : kMethods) {
    const auto got = rsa::evaluate_resampled(p.models, p.data, p.conditions, p.subjects, method);
    const auto to_mean = rsa::evaluate_resampled(p.models, p.data, p.conditions, p.subjects, method, std::nullopt, true, true);
    int absent = 0;
    for (std::size_t d = 0; d < p.chosen.size(); ++d) {
      INFO("method " << int(method) << ", draw " << d);
      const WrittenOut expected(p, d, method, false, false), mean(p, d, method, false, true);
      const auto k = static_cast<std::int64_t>(d);
      CHECK(same(got.per_subject[k], expected.per_subject));
      CHECK(same(got.similarity[k], expected.similarity));
      CHECK(same(got.ceiling[k][0], expected.lower));
      CHECK(same(got.ceiling[k][1], expected.upper));
      CHECK(same(to_mean.similarity[k], mean.similarity));
      CHECK(same(to_mean.per_subject[k], expected.per_subject));
      CHECK(same(to_mean.ceiling[k], got.ceiling[k]));
      absent += (expected.per_subject[0].isnan() & (p.subjects[k] > 0)).any().item<bool>();
    }
    CHECK(absent > 5);  // draws in which someone has too few pairs
  }
}

TEST_CASE("different pairs: controls are taken out on each subject's own") {
  const PartialData p(false);  // a NaN of a control would be left out for all: tested below
  for (const auto method : {Comparison::pearson, Comparison::spearman}) {
    const auto got = rsa::evaluate_resampled(p.models, p.data, p.conditions, p.subjects, method, p.control);
    const auto to_mean = rsa::evaluate_resampled(p.models, p.data, p.conditions, p.subjects, method, p.control, false, true);
    for (std::size_t d = 0; d < 20; ++d) {
      INFO("method " << int(method) << ", draw " << d);
      const WrittenOut expected(p, d, method, true, false), mean(p, d, method, true, true);
      const auto k = static_cast<std::int64_t>(d);
      // Of 6 pairs and fewer two controls leave next to nothing: subjects 0, 1, 2, 5 and 6 have more.
      const at::Tensor many = at::tensor({0, 1, 2, 5, 6}, at::kLong);
      CHECK(at::allclose(got.per_subject[k].index_select(1, many), expected.per_subject.index_select(1, many), 1e-9, 1e-10, true));
      CHECK(at::allclose(to_mean.similarity[k], mean.similarity, 1e-9, 1e-10));
    }
    CHECK(got.ceiling.isnan().all().item<bool>());
    at::Tensor holed = p.control.clone(), data = p.data.clone();
    holed[0][17] = NAN;
    data.select(1, 17).fill_(NAN);
    const auto without = rsa::evaluate_resampled(p.models, data, p.conditions, p.subjects, method, p.control);
    CHECK(same(rsa::evaluate_resampled(p.models, p.data, p.conditions, p.subjects, method, holed).similarity, without.similarity));
  }
}

TEST_CASE("equal pairs: the paths for different ones give what the shared ones give") {
  const PartialData p;
  at::Tensor data = normals({5, 66}, 3) * 0.6 + normals({1, 66}, 4) + 3, models = p.models.clone();
  data[1].copy_((data[1] * 2).round());
  data.select(1, 30).fill_(NAN);
  const at::Tensor subjects = p.subjects.slice(1, 0, 5).clone();
  subjects.select(1, 0) += subjects.sum(1) == 0;
  for (const auto method : kMethods) {
    INFO("method " << int(method));
    for (const bool to_mean : {false, true}) {
      const auto shared = rsa::evaluate_resampled(models, data, p.conditions, subjects, method, std::nullopt, true, to_mean);
      const auto own = rsa::evaluate_partial(models, data, p.conditions, subjects, method, std::nullopt, true, to_mean);
      CHECK(same(own.similarity, shared.similarity));
      CHECK(same(own.per_subject, shared.per_subject));
      CHECK(same(own.ceiling, shared.ceiling));
    }
  }
}

TEST_CASE("different pairs: each subject is as alone, and threads change nothing") {
  const PartialData p;
  const at::Tensor everyone = at::ones({p.conditions.size(0), p.s}, at::kDouble), one = everyone.slice(1, 0, 1);
  const int threads = at::get_num_threads();
  for (const auto method : kMethods) {
    INFO("method " << int(method));
    const auto got = rsa::evaluate_resampled(p.models, p.data, p.conditions, everyone, method);
    for (std::int64_t k = 0; k < p.s; ++k) {
      const auto alone = rsa::evaluate_resampled(p.models, p.data.slice(0, k, k + 1), p.conditions, one, method);
      const at::Tensor there = got.per_subject.select(2, k), nan = there.isnan();
      CHECK(same(there, alone.per_subject.select(2, 0).masked_fill(nan, NAN)));
    }
    at::set_num_threads(1);
    const auto single = rsa::evaluate_resampled(p.models, p.data, p.conditions, p.subjects, method);
    at::set_num_threads(2);
    const auto twin = rsa::evaluate_resampled(p.models, p.data, p.conditions, p.subjects, method);
    at::set_num_threads(threads);
    CHECK(at::equal(single.similarity.nan_to_num(9), twin.similarity.nan_to_num(9)));
    CHECK(at::equal(single.ceiling.nan_to_num(9), twin.ceiling.nan_to_num(9)));
  }
}

TEST_CASE("different pairs: no overlap has no lower ceiling, no pairs no similarity; whitened methods are refused") {
  at::Tensor data = normals({2, 66}, 1), models = normals({2, 66}, 2);
  for (std::int64_t i = 0; i < 12; ++i) {
    for (std::int64_t j = i + 1; j < 12; ++j) {
      if (i >= 6 || j >= 6) data[0][rsa::pair_place(i, j, 12)] = NAN;
      if (i < 6 || j < 6) data[1][rsa::pair_place(i, j, 12)] = NAN;
    }
  }
  at::Tensor first = at::zeros({1, 12}, at::kDouble);
  first.slice(1, 0, 6).fill_(1);
  const at::Tensor both = at::ones({1, 2}, at::kDouble), once = at::ones({1, 12}, at::kDouble);
  for (const auto method : kMethods) {
    const auto got = rsa::evaluate_resampled(models, data, once, both, method);
    CHECK(got.ceiling[0][0].isnan().item<bool>());
    // With itself alone a subject agrees entirely (tau-a and rho-a: no ties here).
    CHECK(same(got.ceiling[0][1], 1));
    const auto half = rsa::evaluate_resampled(models, data, first, both, method);
    CHECK(half.per_subject[0].select(1, 1).isnan().all().item<bool>());
    CHECK(same(half.similarity, half.per_subject.select(2, 0)));
    const auto nobody = rsa::evaluate_resampled(models, data, first * 0, both, method);
    CHECK(nobody.similarity.isnan().all().item<bool>());
    CHECK(nobody.ceiling.isnan().all().item<bool>());
  }
  CHECK_THROWS_WITH(rsa::evaluate_resampled(models, data, once, both, Comparison::cosine_cov),
                    Catch::Contains("whiten by all pairs, and subjects have different ones"));
  const auto sets = rsa::shared_pairs(at::cat({data, data}), {models});
  CHECK(sets.size() == 2);
  CHECK(sets[1].subjects == std::vector<std::int64_t>{1, 3});
  CHECK(sets[1].first[0] == 6);
  CHECK(sets[1].second[0] == 7);
  CHECK(sets[1].kept.numel() == 15);
}

TEST_CASE("different pairs: a subject that does not vary is not there") {
  const PartialData p(false);
  at::Tensor data = p.data.clone();
  data[5].copy_(at::where(data[5].isnan(), data[5], 0.3));
  const at::Tensor once = p.conditions.slice(0, 0, 1), all = p.subjects.slice(0, 0, 1), others = all.clone();
  others[0][5] = 0;
  for (const auto method : {Comparison::pearson, Comparison::spearman, Comparison::rho_a, Comparison::tau_a, Comparison::tau_b}) {
    const auto with = rsa::evaluate_resampled(p.models, data, once, all, method),
               without = rsa::evaluate_resampled(p.models, data, once, others, method);
    CHECK(same(with.similarity, without.similarity));
    CHECK(same(with.ceiling, without.ceiling));
    CHECK(with.per_subject[0].select(1, 5).isnan().all().item<bool>());
  }
}
