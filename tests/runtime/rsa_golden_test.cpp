// Figures of rsatoolbox and mne-rsa on the shared golden files, and the published ceilings of the 92-object
// data.
#include "rsa/compare.h"

#include <catch2/catch.hpp>

#include "hdf5_file.h"
#include "io_expect.h"
#include "numbers.h"
#include "rsa/rdm.h"
#include "rsa/resampled.h"
#include "stats/rank.h"

using namespace brain;
using rsa::Comparison;

namespace {

at::Tensor read(const Hdf5File& file, const std::string& name, at::IntArrayRef shape) {
  return at::tensor(file.numbers(name), at::kDouble).view(shape);
}

at::Tensor once(std::int64_t n) { return at::ones({1, n}, at::kDouble); }

}  // namespace

TEST_CASE("comparisons and ceilings of rsatoolbox on the 92 objects and on ties") {
  const std::string path = shared_path("data/peers/golden/golden_rsatoolbox.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const at::Tensor brain = read(file, "compare92/in/brain", {8, 4186}),
                   models = read(file, "compare92/in/models", {8, 4186});
  const at::Tensor a = read(file, "compare_ties/a", {3, 45}), b = read(file, "compare_ties/b", {4, 45});
  for (const std::string name : {"corr", "spearman", "rho-a", "tau-a", "kendall", "cosine", "cosine_cov", "corr_cov"}) {
    INFO(name);
    const auto method = rsa::comparison_of(name, "compare");
    const at::Tensor expected = read(file, "compare92/out/" + name, {8, 8}),
                     got = rsa::compare(models, brain, method);
    CHECK((near(got, expected, 1e-10) || near(got.t(), expected, 1e-10)));
    if (file.has("compare_ties/" + name))
      CHECK(near(rsa::compare(a, b, method), read(file, "compare_ties/" + name, {3, 4}), 1e-10, 1e-12));
    if (file.has("noise_ceiling92/" + name)) {
      const auto ceiling = rsa::evaluate_resampled(models, brain, once(92), once(8), method).ceiling[0];
      CHECK(near(ceiling, read(file, "noise_ceiling92/" + name, {2}), 1e-10));
    }
  }
}

TEST_CASE("every recorded bootstrap draw of rsatoolbox") {
  const std::string path = shared_path("data/peers/golden/golden_bootstrap_rsatoolbox.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const at::Tensor data = read(file, "data_rdms", {6, 435}), models = read(file, "model_rdms", {3, 435});
  for (const std::string name : {"corr", "spearman", "rho-a", "tau-a", "cosine", "cosine_cov", "corr_cov"}) {
    const at::Tensor patterns = read(file, name + "/pattern_idx", {40, 30}),
                     people = read(file, name + "/rdm_idx", {40, 6});
    const at::Tensor conditions =
        at::zeros({40, 30}, at::kDouble).scatter_add_(1, patterns.to(at::kLong), at::ones_like(patterns));
    const at::Tensor subjects =
        at::zeros({40, 6}, at::kDouble).scatter_add_(1, people.to(at::kLong), at::ones_like(people));
    const auto got =
        rsa::evaluate_resampled(models, data, conditions, subjects, rsa::comparison_of(name, "evaluate"));
    INFO(name);
    // rsatoolbox solves the whitened ones by conjugate gradients, to 1e-5 of the residual.
    CHECK(near(got.similarity, read(file, name + "/evaluations", {40, 3}), 0, 1e-12));
    CHECK(near(got.ceiling, read(file, name + "/noise_ceiling", {40, 2}), 0, 1e-12));
  }
}

TEST_CASE("RDMs and partial correlations of mne-rsa") {
  const std::string path = shared_path("data/peers/golden/golden_mne_rsa.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const at::Tensor x = read(file, "rdm/X", {10, 7});
  for (const std::string name : {"correlation", "cosine", "euclidean", "sqeuclidean"})
    CHECK(near(rsa::rdm(x, rsa::distance_of(name)), read(file, "rdm/" + name, {45}), 1e-10, 1e-12));
  const at::Tensor brain = read(file, "rsa92/brain", {8, 4186}),
                   models = read(file, "rsa92/models", {3, 4186});
  for (const bool ranked : {false, true}) {
    const at::Tensor expected = read(file, ranked ? "rsa92/partial-spearman" : "rsa92/partial", {8, 3});
    CHECK(near(rsa::compare_partial_each(brain, models, ranked), expected, 1e-9));
    for (int m = 0; m < 3; ++m) {  // each model given the other two
      const at::Tensor others = at::stack({models[(m + 1) % 3], models[(m + 2) % 3]});
      CHECK(near(rsa::compare_partial(brain, models.slice(0, m, m + 1), others, ranked).squeeze(1),
                 expected.select(1, m), 1e-9));
    }
  }
}

TEST_CASE("regression weights and a covariance-weighted distance of mne-rsa") {
  const std::string path = shared_path("data/peers/golden/golden_mne_rsa.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  CHECK(near(rsa::compare_regression(read(file, "rsa92/brain", {8, 4186}), read(file, "rsa92/models", {3, 4186})),
             read(file, "rsa92/regression", {8, 3}), 1e-9));
  rsa::RdmOptions options;
  options.precision = read(file, "rdm/VI", {7, 7});
  // there it is the root of the sum over features
  const at::Tensor got = (rsa::rdm(read(file, "rdm/X", {10, 7}), rsa::Distance::mahalanobis, options) * 7).sqrt();
  CHECK(near(got, read(file, "rdm/mahalanobis", {45}), 1e-10, 1e-12));
}

TEST_CASE("noise ceilings of the 92-object data sets, as their README reports them") {
  const std::string path = shared_path("data/rsa92/rsa92.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  // They are Pearson correlations of ranks with mean ranks, which are not ranked anew.
  const auto ceiling = [](const at::Tensor& x) {
    const at::Tensor ranks = stats::average_ranks(x);
    return rsa::evaluate_resampled(ranks, ranks, once(92), once(x.size(0)), Comparison::pearson).ceiling[0];
  };
  const auto is = [](const at::Tensor& got, double lower, double upper) {  // four decimals are given
    CHECK(got[0].item<double>() == Approx(lower).epsilon(0).margin(5.1e-5));
    CHECK(got[1].item<double>() == Approx(upper).epsilon(0).margin(5.1e-5));
  };
  is(ceiling(read(file, "rdm/mur2013/behaviour_16subjects", {16, 4186})), 0.5541, 0.6203);
  is(ceiling(read(file, "rdm/cichy2014/fmri_EVC_15subjects", {15, 4186})), 0.2468, 0.3986);
  is(ceiling(read(file, "rdm/cichy2014/fmri_IT_15subjects", {15, 4186})), 0.4587, 0.5489);
  is(ceiling(read(file, "rdm/kriegeskorte2008/human_IT_subjects_sessions", {4, 2, 4186}).mean(1)), 0.3770,
     0.6719);
  const at::Tensor monkey = read(file, "rdm/kriegeskorte2008/monkey_IT_674neurons", {1, 4186});
  const at::Tensor human = read(file, "rdm/kriegeskorte2008/human_IT_316vox", {1, 4186});
  CHECK(rsa::compare(monkey, human, Comparison::spearman).item<double>() ==
        Approx(0.43892380943522014).epsilon(1e-12));
  CHECK(rsa::compare(monkey, human, Comparison::pearson).item<double>() ==
        Approx(0.49120979614604915).epsilon(1e-12));
}
