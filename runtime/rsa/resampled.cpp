#include "rsa/resampled.h"

#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "core/error.h"
#include "rsa/draw.h"
#include "rsa/each_draw.h"
#include "rsa/gram_evaluation.h"
#include "rsa/pair_gram.h"
#include "rsa/pairs.h"
#include "rsa/partial_evaluation.h"

namespace brain::rsa {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The mean RDM of subjects under their counts, ready to be compared.
Prepared mean_of(const Draw& draw, const RdmSet& rdms, const double* counts) {
  Numbers sum(draw.weights().size(), 0.0);
  for (std::size_t s = 0; s < rdms.size(); ++s) {
    for (std::size_t p = 0; counts[s] != 0 && p < sum.size(); ++p)
      sum[p] += counts[s] * rdms.values[s][p];
  }
  return draw.prepare(sum);
}

// lower and upper ceiling; counts: how often each subject was drawn.
std::pair<double, double> ceiling(const Draw& draw, const RdmSet& rdms, const std::vector<Prepared>& prepared,
                                  const double* counts) {
  const std::size_t pairs = draw.weights().size();
  std::vector<Numbers> ranks(rdms.size());
  Numbers sum(pairs, 0.0);
  double different = 0;
  for (std::size_t s = 0; s < rdms.size(); ++s) {
    if (counts[s] == 0) continue;
    ranks[s] = draw.ranked(rdms.values[s], rdms.order[s]);
    for (std::size_t p = 0; p < pairs; ++p)
      sum[p] += counts[s] * ranks[s][p];
    ++different;
  }
  const Prepared all = draw.prepare(sum);
  double lower = 0, upper = 0;
  for (std::size_t s = 0; s < rdms.size(); ++s) {
    if (counts[s] == 0) continue;
    upper += draw.similarity(all, prepared[s]);
    if (different < 2) continue;
    Numbers others = sum;
    // Sums of ranks are multiples of 1/2, so ties of the pool stay ties.
    for (std::size_t p = 0; p < pairs; ++p)
      others[p] -= counts[s] * ranks[s][p];
    lower += draw.similarity(draw.prepare(others), prepared[s]);
  }
  return {different < 2 ? kNaN : lower / different, upper / different};
}

Numbers pair_weights(const double* counts, std::int64_t n, const at::Tensor& kept) {
  Numbers all;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j)
      all.push_back(counts[i] * counts[j]);
  }
  Numbers w;
  const auto* places = kept.const_data_ptr<std::int64_t>();
  for (std::int64_t k = 0; k < kept.numel(); ++k)
    w.push_back(all[places[k]]);
  return w;
}

}  // namespace

Evaluations evaluate_resampled(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions,
                               const at::Tensor& subjects, Comparison method,
                               const std::optional<at::Tensor>& control, bool ceilings, bool to_mean) {
  const std::int64_t n = conditions_of(rdms.size(1)), draws = conditions.size(0), s = rdms.size(0),
                     m = models.size(0);
  if (models.size(1) != rdms.size(1) || (control && control->size(1) != rdms.size(1)))
    fail("evaluate: expected RDMs of the same conditions, got ", models.size(1), " pairs of models and ",
         rdms.size(1), " of data");
  if (conditions.size(1) != n || subjects.size(1) != s || subjects.size(0) != draws)
    fail("evaluate: expected counts [draws, ", n, "] of conditions and [draws, ", s, "] of subjects, got ",
         conditions.sizes(), " and ", subjects.sizes());
  if (control && method != Comparison::pearson && method != Comparison::spearman)
    fail("evaluate: control: expected method pearson or spearman");
  if (is_of_moments(method))
    fail(
        "evaluate: method: bures, bures_metric and neg_riem_dist need every pair, and conditions drawn twice have "
        "none");
  if (pairs_differ(rdms))
    return evaluate_partial(models, rdms, conditions, subjects, method, control, ceilings, to_mean);
  if (is_quadratic(method)) return evaluate_grams(models, rdms, conditions, subjects, method, control, ceilings, to_mean);
  at::Tensor missing = models.isnan().any(0) | rdms.isnan().any(0);
  if (control) missing = missing | control->isnan().any(0);
  const at::Tensor kept = at::nonzero(missing.logical_not()).flatten();
  const RdmSet model_set(models, kept, method), data_set(rdms, kept, method);
  const RdmSet control_set(control ? *control : models.slice(0, 0, 0), kept, method);
  return each_draw(conditions, subjects, m, [&](const DrawResult& result) {
    const Draw draw(method, pair_weights(result.conditions, n, kept));
    const double* drawn = result.subjects;
    auto model = draw.prepare(model_set), data = draw.prepare(data_set);
    if (to_mean) data.push_back(mean_of(draw, data_set, drawn));
    if (control) {
      const auto controls = draw.prepare(control_set);
      remove_controls(controls, model);
      remove_controls(controls, data);
    }
    for (std::int64_t k = 0; k < m; ++k) {
      double sum = 0, number = 0;
      for (std::int64_t j = 0; j < s; ++j) {
        if (drawn[j] == 0) continue;
        const double value = result.per_subject[k * s + j] = draw.similarity(model[k], data[j]);
        sum += drawn[j] * value;
        number += drawn[j];
      }
      result.similarity[k] = to_mean ? draw.similarity(model[k], data.back()) : sum / number;
    }
    if (ceilings && !control)
      std::tie(result.ceiling[0], result.ceiling[1]) = ceiling(draw, data_set, data, drawn);
  });
}

}  // namespace brain::rsa
