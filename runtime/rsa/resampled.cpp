#include "rsa/resampled.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "rsa/gram_evaluation.h"
#include "rsa/pair_gram.h"
#include "rsa/pairs.h"
#include "stats/kendall.h"
#include "stats/rank.h"

namespace brain::rsa {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Numbers = std::vector<double>;
using Places = std::vector<std::int32_t>;

// A set of RDMs with everything that does not depend on the draw.
struct Rdms {
  std::vector<Numbers> values;  // of the complete pairs
  std::vector<Places> order;    // ascending
  std::vector<Places> ranks;    // dense, for tau

  Rdms(const at::Tensor& x, const at::Tensor& kept, Comparison method) {
    const at::Tensor rows = x.index_select(1, kept).contiguous();
    for (std::int64_t k = 0; k < rows.size(0); ++k) {
      const auto* first = rows.const_data_ptr<double>() + k * rows.size(1);
      values.emplace_back(first, first + rows.size(1));
      order.push_back(stats::ascending(values.back()));
      if (is_tau(method)) ranks.push_back(stats::dense_ranks(values.back()));
    }
  }
  std::size_t size() const { return values.size(); }
};

// One draw: the weight of each pair, and what RDMs become under it.
class Draw {
 public:
  Draw(Comparison method, Numbers weights) : method_(method), w_(std::move(weights)) {
    total_ = std::accumulate(w_.begin(), w_.end(), 0.0);
    if (!is_tau(method)) return;
    for (std::size_t p = 0; p < w_.size(); ++p) {
      if (w_[p] == 0) continue;
      drawn_.push_back(static_cast<std::int32_t>(p));
      copies_.push_back(static_cast<std::int32_t>(w_[p]));
    }
  }

  Numbers ranked(const Numbers& x, const Places& order) const {
    Numbers y(x.size());
    stats::average_ranks(x, order, w_, y);
    return y;
  }

  // Vectors whose plain product is the similarity, from ranks.
  Numbers unit(Numbers y) const {
    centre(y);
    const double length = std::sqrt(product(y, y));
    const double scale =
        method_ == Comparison::rho_a ? std::sqrt(12 / (total_ * total_ * total_ - total_)) : 1 / length;
    for (std::size_t p = 0; p < y.size(); ++p)
      y[p] *= std::sqrt(w_[p]) * scale;
    return y;
  }

  Places of_drawn(const Places& ranks) const {
    Places list(drawn_.size());
    for (std::size_t k = 0; k < list.size(); ++k)
      list[k] = ranks[drawn_[k]];
    return list;
  }
  double tau(const Places& a, const Places& b) const {
    const auto tau = stats::kendall(a, b, copies_);
    return method_ == Comparison::tau_a ? tau.tau_a : tau.tau_b;
  }

  void centre(Numbers& y) const {
    double sum = 0;
    for (std::size_t p = 0; p < y.size(); ++p)
      sum += w_[p] * y[p];
    for (auto& v : y)
      v -= sum / total_;
  }
  double product(const Numbers& a, const Numbers& b) const {
    double sum = 0;
    for (std::size_t p = 0; p < a.size(); ++p)
      sum += w_[p] * a[p] * b[p];
    return sum;
  }
  const Numbers& weights() const { return w_; }

 private:
  Comparison method_;
  Numbers w_;
  double total_ = 0;
  Places drawn_, copies_;  // tau: pairs that were drawn, and how often
};

double dot(const Numbers& a, const Numbers& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// An RDM ready to be compared under a draw.
struct Prepared {
  Numbers unit;
  Places ranks;  // tau
};

Prepared prepare(const Draw& draw, Comparison method, const Numbers& values, const Places& order,
                 const Places* ranks) {
  if (is_tau(method)) return {{}, draw.of_drawn(*ranks)};
  return {draw.unit(draw.ranked(values, order)), {}};
}

std::vector<Prepared> prepare_all(const Draw& draw, Comparison method, const Rdms& rdms) {
  std::vector<Prepared> list;
  for (std::size_t k = 0; k < rdms.size(); ++k)
    list.push_back(prepare(draw, method, rdms.values[k], rdms.order[k],
                           rdms.ranks.empty() ? nullptr : &rdms.ranks[k]));
  return list;
}

double similarity(const Draw& draw, Comparison method, const Prepared& a, const Prepared& b) {
  return is_tau(method) ? draw.tau(a.ranks, b.ranks) : dot(a.unit, b.unit);
}

// Takes the fit by the controls out of every vector, whose weights are already inside.
void remove(const std::vector<Prepared>& controls, std::vector<Prepared>& from) {
  std::vector<Numbers> basis;
  for (const auto& control : controls) {
    Numbers b = control.unit;
    for (int pass = 0; pass < 2; ++pass) {
      for (const auto& e : basis) {
        const double share = dot(b, e);
        for (std::size_t p = 0; p < b.size(); ++p)
          b[p] -= share * e[p];
      }
    }
    const double length = std::sqrt(dot(b, b));
    if (!(length > 1e-8)) continue;  // it follows from the others
    for (auto& v : b)
      v /= length;
    basis.push_back(std::move(b));
  }
  for (auto& x : from) {
    for (const auto& e : basis) {
      const double share = dot(x.unit, e);
      for (std::size_t p = 0; p < e.size(); ++p)
        x.unit[p] -= share * e[p];
    }
    const double length = std::sqrt(dot(x.unit, x.unit));
    for (auto& v : x.unit)
      v /= length > 1e-10 ? length : kNaN;
  }
}

// The mean RDM of subjects under their counts, ready to be compared.
Prepared mean_of(const Draw& draw, Comparison method, const Rdms& rdms, const double* counts) {
  Numbers sum(draw.weights().size(), 0.0);
  for (std::size_t s = 0; s < rdms.size(); ++s) {
    for (std::size_t p = 0; counts[s] != 0 && p < sum.size(); ++p)
      sum[p] += counts[s] * rdms.values[s][p];
  }
  const Places dense = is_tau(method) ? stats::dense_ranks(sum) : Places{};
  return prepare(draw, method, sum, stats::ascending(sum), &dense);
}

// lower and upper ceiling; counts: how often each subject was drawn.
std::pair<double, double> ceiling(const Draw& draw, Comparison method, const Rdms& rdms,
                                  const std::vector<Prepared>& prepared, const double* counts) {
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
  auto prepared_pool = [&](const Numbers& pool) {
    const Places dense = is_tau(method) ? stats::dense_ranks(pool) : Places{};
    return prepare(draw, method, pool, stats::ascending(pool), &dense);
  };
  const Prepared all = prepared_pool(sum);
  double lower = 0, upper = 0;
  for (std::size_t s = 0; s < rdms.size(); ++s) {
    if (counts[s] == 0) continue;
    upper += similarity(draw, method, all, prepared[s]);
    if (different < 2) continue;
    Numbers others = sum;
    // Sums of ranks are multiples of 1/2, so ties of the pool stay ties.
    for (std::size_t p = 0; p < pairs; ++p)
      others[p] -= counts[s] * ranks[s][p];
    lower += similarity(draw, method, prepared_pool(others), prepared[s]);
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
  if (is_quadratic(method)) return evaluate_grams(models, rdms, conditions, subjects, method, control, ceilings, to_mean);
  at::Tensor missing = models.isnan().any(0) | rdms.isnan().any(0);
  if (control) missing = missing | control->isnan().any(0);
  const at::Tensor kept = at::nonzero(missing.logical_not()).flatten();
  const Rdms model_set(models, kept, method), data_set(rdms, kept, method);
  const Rdms control_set(control ? *control : models.slice(0, 0, 0), kept, method);
  const at::Tensor counts = conditions.to(at::kDouble).contiguous(),
                   people = subjects.to(at::kDouble).contiguous();
  Evaluations result{at::empty({draws, m}, at::kDouble), at::empty({draws, m, s}, at::kDouble),
                     at::full({draws, 2}, kNaN, at::kDouble)};
  auto* similarities = result.similarity.mutable_data_ptr<double>();
  auto* each = result.per_subject.mutable_data_ptr<double>();
  auto* bounds = result.ceiling.mutable_data_ptr<double>();
  Progress progress("evaluate", draws, "draws");
  at::parallel_for(0, draws, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t d = begin; d < end; ++d) {
      interrupt::check();
      const Draw draw(method, pair_weights(counts.const_data_ptr<double>() + d * n, n, kept));
      const double* drawn = people.const_data_ptr<double>() + d * s;
      auto model = prepare_all(draw, method, model_set), data = prepare_all(draw, method, data_set);
      if (to_mean) data.push_back(mean_of(draw, method, data_set, drawn));
      if (control) {
        const auto controls = prepare_all(draw, method, control_set);
        remove(controls, model);
        remove(controls, data);
      }
      for (std::int64_t k = 0; k < m; ++k) {
        double sum = 0, number = 0;
        for (std::int64_t j = 0; j < s; ++j) {
          double& value = each[(d * m + k) * s + j] = kNaN;
          if (drawn[j] == 0) continue;
          value = similarity(draw, method, model[k], data[j]);
          sum += drawn[j] * value;
          number += drawn[j];
        }
        similarities[d * m + k] = to_mean ? similarity(draw, method, model[k], data.back()) : sum / number;
      }
      if (ceilings && !control)
        std::tie(bounds[2 * d], bounds[2 * d + 1]) = ceiling(draw, method, data_set, data, drawn);
      progress.advance();
    }
  });
  return result;
}

}  // namespace brain::rsa
