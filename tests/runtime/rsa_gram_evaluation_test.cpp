// Cross-validated evaluation against the same folds written out, and fits of rsatoolbox.
#include "rsa/gram_evaluation.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/philox.h"
#include "hdf5_file.h"
#include "numbers.h"
#include "rsa/pairs.h"
#include "rsa/whitened.h"

using namespace brain;
using rsa::Combination;
using rsa::Comparison;
using rsa::FittedModel;

namespace {

using Places = std::vector<std::int64_t>;

at::Tensor rows(const at::Tensor& x, const Places& places) { return x.index_select(0, at::tensor(places, at::kLong)); }

// The pool of RDMs with the drawn conditions written out.
at::Tensor pooled(const at::Tensor& x) {
  const at::Tensor kept = at::nonzero(x.isnan().any(0).logical_not()).flatten(), y = x.index_select(1, kept);
  return ((x - y.mean(1, true)) / y.std(1, false, true)).sum(0, /*keepdim=*/true);
}

double mean_similarity(const at::Tensor& a, const at::Tensor& b) {
  return rsa::compare(a, b, Comparison::pearson).mean().item<double>();
}

}  // namespace

TEST_CASE("folds keep copies together; fits see nothing of the fold") {
  const std::int64_t n = 14, s = 6;
  const at::Tensor truth = normals({1, 91}).square(), data = truth + normals({s, 91}, 2) * 0.5;
  const at::Tensor all = at::cat({truth + normals({1, 91}, 3), normals({2, 91}, 4).square()});
  const std::vector<FittedModel> models{{{0}}, {{0, 1, 2}, Combination::select}, {{0, 1, 2}, Combination::weighted}};
  const Places drawn = sample_with_replacement(7, 0, n, n), people = sample_with_replacement(8, 0, s, s);
  const auto counts = [](const Places& places, std::int64_t size) {
    return at::bincount(at::tensor(places, at::kLong), {}, size).to(at::kDouble).unsqueeze(0);
  };
  rsa::CrossvalidationOptions options;
  options.condition_folds = 2, options.subject_folds = 2, options.seed = 5;
  const auto got = rsa::evaluate_crossvalidated(models, all, data, counts(drawn, n), counts(people, s), Comparison::pearson, options);
  for (std::uint64_t repeat = 0; repeat < 2; ++repeat) {
    const auto dealt = [&](const Places& places, std::int64_t size, std::uint64_t stream) {
      Places different;
      for (std::int64_t i = 0; i < size; ++i) {
        if (std::find(places.begin(), places.end(), i) != places.end()) different.push_back(i);
      }
      const auto order = permutation(5, stream, static_cast<std::int64_t>(different.size()));
      Places fold(static_cast<std::size_t>(size), -1);
      for (std::size_t i = 0; i < order.size(); ++i) fold[different[order[i]]] = static_cast<std::int64_t>(i % 2);
      return fold;
    };
    const Places fold = dealt(drawn, n, 2 * repeat), person_fold = dealt(people, s, 2 * repeat + 1);
    const auto part = [](const Places& places, const Places& folds, std::int64_t which) {
      Places list;
      for (const auto p : places) {
        if (folds[p] == which) list.push_back(p);
      }
      return list;
    };
    at::Tensor sums = at::zeros({3}, at::kDouble);
    double lower = 0, upper = 0, parts = 0;
    for (int f = 0; f < 2; ++f) {
      for (int g = 0; g < 2; ++g) {
        const Places in = part(drawn, fold, f), out = part(drawn, fold, 1 - f), who = part(people, person_fold, g),
                     others = part(people, person_fold, 1 - g);
        const auto weight = static_cast<double>(in.size() * who.size());  // copies count
        parts += weight;
        const auto of = [](const at::Tensor& x, const Places& conditions) { return rsa::subset(x, conditions); };
        const at::Tensor test = of(rows(data, who), in), target = pooled(of(rows(data, others), out));
        const at::Tensor basis = of(all, in), training = of(all, out);
        sums[0] += weight * mean_similarity(basis.slice(0, 0, 1), test);
        const auto best = rsa::compare(training, target, Comparison::pearson).argmax().item<std::int64_t>();
        sums[1] += weight * mean_similarity(basis.slice(0, best, best + 1), test);
        const at::Tensor kept = at::nonzero(training.isnan().any(0).logical_not()).flatten();
        const at::Tensor x = training.index_select(1, kept), y = target.index_select(1, kept);
        const at::Tensor design = (x - x.mean(1, true)).t();
        const at::Tensor w = std::get<0>(at::linalg_lstsq(design, (y - y.mean()).t(), {}, "gelsd"));
        sums[2] += weight * mean_similarity(w.t().matmul(basis.nan_to_num(0)).masked_fill(basis.isnan().any(0), NAN), test);
        lower += weight * mean_similarity(pooled(of(rows(data, others), in)), test);
        upper += weight * mean_similarity(pooled(of(rows(data, people), in)), test);
      }
    }
    CHECK(near(got.similarity[0][static_cast<std::int64_t>(repeat)], sums / parts, 1e-9, 1e-11));
    CHECK(got.ceiling[0][static_cast<std::int64_t>(repeat)][0].item<double>() == Approx(lower / parts).epsilon(1e-10));
    CHECK(got.ceiling[0][static_cast<std::int64_t>(repeat)][1].item<double>() == Approx(upper / parts).epsilon(1e-10));
  }
  // A draw of too few different conditions has no folds.
  at::Tensor few = at::zeros({1, n}, at::kDouble);
  few.slice(1, 0, 5).fill_(2);
  CHECK(rsa::evaluate_crossvalidated(models, all, data, few, counts(people, s), Comparison::pearson, options)
            .similarity.isnan().all().item<bool>());
  options.condition_folds = 5;
  CHECK_THROWS_WITH(
      rsa::evaluate_crossvalidated(models, all, data, counts(drawn, n), counts(people, s), Comparison::pearson, options),
      Catch::Contains("at least 3 conditions and 1 subject in each fold, got 14 and 6 for 5 and 2 folds"));
}

TEST_CASE("weights of rsatoolbox") {
  const std::string path = shared_path("data/peers/golden/golden_rsatoolbox.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const at::Tensor brain = at::tensor(file.numbers("compare92/in/brain"), at::kDouble).view({8, 4186}),
                   models = at::tensor(file.numbers("compare92/in/models"), at::kDouble).view({8, 4186}).slice(0, 0, 5);
  const Places five{0, 1, 2, 3, 4};
  for (const std::string name : {"cosine", "corr", "cosine_cov", "corr_cov"}) {
    INFO(name);
    const auto method = rsa::comparison_of(name, "evaluate");
    const auto fit = [&](const FittedModel& model) {
      return at::tensor(rsa::fit_models({model}, models, brain, method)[0], at::kDouble);
    };
    const auto golden = [&](const std::string& of) {
      const at::Tensor w = at::tensor(file.numbers("fit/" + name + "/" + of), at::kDouble);
      return w / w.norm();
    };
    if (rsa::is_whitened(method)) {
      // rsatoolbox solves for V^-1 by conjugate gradients to 1e-5, which moves the weights of models that are alike;
      // here they are those of least squares in the whitened space.
      const bool centre = method == Comparison::corr_cov;
      const at::Tensor size = centre ? brain.std(1, false, true) : brain.square().mean(1, true).sqrt();
      const auto whitened = rsa::whiten({models, (brain / size).mean(0, true)}, centre);
      const at::Tensor k = whitened[0].matmul(whitened[0].t()), b = whitened[0].matmul(whitened[1].t()).squeeze(1);
      const at::Tensor w = at::linalg_solve(k, b);
      CHECK(near(fit({five, Combination::weighted}), w / w.norm(), 0, 1e-9));
      continue;
    }
    CHECK(near(fit({five, Combination::weighted}), golden("regress"), 0, 1e-9));
    CHECK(near(fit({five, Combination::weighted, true}), golden("regress_nn_scipy_nnls"), 0, 1e-9));
    if (method == Comparison::cosine)
      CHECK(near(fit({five, Combination::weighted, false, 1}), golden("regress_ridge1"), 0, 1e-8));
  }
  const auto weights = rsa::fit_models({{five, Combination::select}, {five, Combination::interpolate}}, models, brain, Comparison::pearson);
  CHECK((weights[0] == std::vector<double>{1, 0, 0, 0, 0}));
  // its search along the line stops 1e-5 from the end
  CHECK(near(at::tensor(weights[1], at::kDouble), at::tensor(file.numbers("fit/interpolate/theta"), at::kDouble), 0, 1e-5));
}

TEST_CASE("as many folds as suit the numbers") {
  CHECK(rsa::default_condition_folds(10) == 2);
  CHECK(rsa::default_condition_folds(20) == 3);
  CHECK(rsa::default_condition_folds(30) == 4);
  CHECK(rsa::default_condition_folds(92) == 5);
  CHECK(rsa::default_subject_folds(3) == 1);
  CHECK(rsa::default_subject_folds(5) == 2);
  CHECK(rsa::default_subject_folds(11) == 3);
  CHECK(rsa::default_subject_folds(19) == 4);
}
