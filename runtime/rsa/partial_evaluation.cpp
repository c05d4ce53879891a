#include "rsa/partial_evaluation.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "core/error.h"
#include "rsa/draw.h"
#include "rsa/each_draw.h"
#include "rsa/pair_gram.h"
#include "rsa/pairs.h"
#include "rsa/partial_grams.h"
#include "stats/rank.h"

namespace brain::rsa {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Some of the pairs of a set, and how often each counts (never 0).
struct Chosen {
  Places places;  // among those of the set
  Numbers weights;
  Places number;  // of each pair of the set among the chosen, or -1

  template <class F>  // f(place): its weight
  Chosen(std::size_t pairs, F f) : number(pairs, -1) {
    for (std::size_t p = 0; p < pairs; ++p) {
      const double w = f(p);
      if (w == 0) continue;
      number[p] = static_cast<std::int32_t>(places.size());
      places.push_back(static_cast<std::int32_t>(p));
      weights.push_back(w);
    }
  }
  std::size_t size() const { return places.size(); }

  template <class T>
  std::vector<T> take(const std::vector<T>& of_set) const {
    std::vector<T> x(places.size());
    for (std::size_t p = 0; p < x.size(); ++p)
      x[p] = of_set[places[p]];
    return x;
  }
  Places take_order(const Places& order) const {
    Places x;
    x.reserve(places.size());
    for (const auto place : order) {
      if (number[place] >= 0) x.push_back(number[place]);
    }
    return x;
  }
};

// One draw of a set of pairs.
struct Drawn {
  Comparison method;
  Chosen chosen;
  Draw draw;

  Drawn(Comparison m, Chosen c) : method(m), chosen(std::move(c)), draw(m, chosen.weights) {}

  bool varies(const Numbers& x) const {
    if (x.size() < kLeastPairs) return false;
    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    return method == Comparison::cosine ? *low != 0 || *high != 0 : *low < *high;
  }
  Prepared prepare(const RdmSet& rdms, std::size_t k) const { return prepare(rdms, k, chosen.take(rdms.values[k])); }
  // x: its values on the chosen pairs.
  Prepared prepare(const RdmSet& rdms, std::size_t k, const Numbers& x) const {
    const Places ranks = is_tau(method) ? chosen.take(rdms.ranks[k]) : Places{};
    return draw.prepare(x, uses_ranks(method) ? chosen.take_order(rdms.order[k]) : Places{}, &ranks);
  }
  std::vector<Prepared> prepare_all(const RdmSet& rdms) const {
    std::vector<Prepared> list;
    for (std::size_t k = 0; k < rdms.size(); ++k)
      list.push_back(prepare(rdms, k));
    return list;
  }
  // Values of the chosen pairs. Of ranks over different numbers what should be a tie hangs on the last digit.
  Prepared prepare_pool(Numbers x) const {
    const Places order = uses_ranks(method) ? stats::ascending(x) : Places{};
    for (std::size_t k = 1; k < order.size(); ++k) {
      if (x[order[k]] - x[order[k - 1]] <= 1e-13) x[order[k]] = x[order[k - 1]];
    }
    const Places ranks = is_tau(method) ? stats::dense_ranks(x) : Places{};
    return draw.prepare(x, order, &ranks);
  }
  // On one scale for all subjects, whatever their pairs.
  Numbers scaled(const RdmSet& rdms, std::size_t k) const {
    Numbers x = draw.ranked(chosen.take(rdms.values[k]), uses_ranks(method) ? chosen.take_order(rdms.order[k]) : Places{});
    double size = draw.total();
    if (!uses_ranks(method)) {
      if (method == Comparison::pearson) draw.centre(x);
      size = std::sqrt(draw.product(x, x) / draw.total());
    }
    for (auto& v : x)
      v /= size;
    return x;
  }
};

// What does not depend on the draw: a set of pairs with all RDMs on it.
struct Group {
  SharedPairs pairs;
  RdmSet models, controls, data;  // data: the subjects of the set
  Places place;                   // of each pair among those that anyone has

  Group(SharedPairs p, const at::Tensor& m, const at::Tensor& c, const at::Tensor& d, Comparison method)
      : pairs(std::move(p)), models(m, pairs.kept, method), controls(c, pairs.kept, method),
        data(d.index_select(0, at::tensor(pairs.subjects, at::kLong)), pairs.kept, method) {}

  // counts: of conditions; without them no pair.
  Drawn drawn(Comparison method, const double* counts) const {
    return {method, Chosen(counts ? pairs.first.size() : 0,
                           [&](std::size_t p) { return counts[pairs.first[p]] * counts[pairs.second[p]]; })};
  }
};

// A sum over subjects, and how often each pair was in it.
struct Pool {
  Numbers sum, count;

  explicit Pool(std::size_t pairs) : sum(pairs, 0), count(pairs, 0) {}
  void add(const Numbers& x, const Chosen& chosen, const Places& place, double times) {
    for (std::size_t p = 0; p < x.size(); ++p) {
      const auto at = place[chosen.places[p]];
      sum[at] += times * x[p];
      count[at] += times;
    }
  }
  // The means of these pairs.
  Numbers of(const Places& places) const {
    Numbers x(places.size());
    for (std::size_t p = 0; p < x.size(); ++p)
      x[p] = sum[places[p]] / count[places[p]];
    return x;
  }
};

struct Mean {
  double sum = 0, number = 0;
  void add(double x, double times = 1) {
    if (!std::isnan(x)) sum += times * x, number += times;
  }
  double value() const { return number > 0 ? sum / number : kNaN; }
};

// A subject that is there in a draw.
struct Subject {
  std::int64_t number;
  double times;
  std::size_t group, row;  // its RDM
  Prepared prepared;
};

class Evaluation {
 public:
  Evaluation(const at::Tensor& models, const at::Tensor& rdms, Comparison method, const std::optional<at::Tensor>& control,
             bool ceilings, bool to_mean)
      : method_(method), m_(models.size(0)), s_(rdms.size(0)), ceilings_(ceilings && !control), to_mean_(to_mean) {
    const at::Tensor controls = control ? *control : models.slice(0, 0, 0);
    const auto sets = shared_pairs(rdms, {models, controls});
    at::Tensor present = at::zeros({rdms.size(1)}, at::kBool);
    for (const auto& set : sets)
      present.index_fill_(0, set.kept, true);
    SharedPairs all = shared_pairs(at::where(present, 0.0, kNaN).unsqueeze(0), {})[0];
    all.subjects.clear();
    pairs_ = all.first.size();
    const at::Tensor number = at::cumsum(present, 0) - 1;
    for (const auto& set : sets) {
      groups_.emplace_back(set, models, controls, rdms, method);
      const at::Tensor place = number.index_select(0, set.kept).to(at::kInt).contiguous();
      const auto* first = place.const_data_ptr<std::int32_t>();
      groups_.back().place.assign(first, first + place.numel());
    }
    if (to_mean) anyone_.emplace(all, models, controls, rdms, method);
  }

  void operator()(const DrawResult& result) const {
    const double *counts = result.conditions, *people = result.subjects;
    std::vector<Drawn> draws;
    std::vector<Subject> there;
    std::vector<Mean> means(static_cast<std::size_t>(m_));
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const Group& group = groups_[g];
      const bool anyone = std::any_of(group.pairs.subjects.begin(), group.pairs.subjects.end(),
                                      [&](std::int64_t subject) { return people[subject] > 0; });
      draws.push_back(group.drawn(method_, anyone ? counts : nullptr));
      const Drawn& drawn = draws.back();
      const std::size_t before = there.size();
      for (std::size_t row = 0; row < group.data.size(); ++row) {
        const auto number = group.pairs.subjects[row];
        if (people[number] == 0) continue;
        const Numbers x = drawn.chosen.take(group.data.values[row]);
        if (drawn.varies(x)) there.push_back({number, people[number], g, row, drawn.prepare(group.data, row, x)});
      }
      if (there.size() == before || m_ == 0) continue;
      auto models = drawn.prepare_all(group.models);
      std::vector<Prepared> data;
      for (std::size_t k = before; k < there.size(); ++k)
        data.push_back(there[k].prepared);
      if (group.controls.size() > 0) {
        const auto controls = drawn.prepare_all(group.controls);
        remove_controls(controls, models);
        remove_controls(controls, data);
      }
      for (std::size_t i = 0; i < models.size(); ++i) {
        for (std::size_t k = 0; k < data.size(); ++k) {
          const Subject& subject = there[before + k];
          const double value = drawn.draw.similarity(models[i], data[k]);
          result.per_subject[static_cast<std::int64_t>(i) * s_ + subject.number] = value;
          means[i].add(value, subject.times);
        }
      }
    }
    if (to_mean_) similarity_to_mean(counts, there, draws, result.similarity);
    for (std::size_t i = 0; i < means.size() && !to_mean_; ++i)
      result.similarity[i] = means[i].value();
    if (ceilings_) ceiling(there, draws, result.ceiling);
  }

 private:
  void similarity_to_mean(const double* counts, const std::vector<Subject>& there, const std::vector<Drawn>& draws,
                          double* similarity) const {
    Pool pool(pairs_);
    for (const auto& subject : there) {
      const Chosen& chosen = draws[subject.group].chosen;
      pool.add(chosen.take(groups_[subject.group].data.values[subject.row]), chosen, groups_[subject.group].place, subject.times);
    }
    const Drawn drawn{method_, Chosen(pairs_, [&](std::size_t p) {
                        return pool.count[p] > 0 ? counts[anyone_->pairs.first[p]] * counts[anyone_->pairs.second[p]] : 0;
                      })};
    const Numbers mean = pool.of(drawn.chosen.places);
    auto models = drawn.prepare_all(anyone_->models);
    std::vector<Prepared> data{drawn.draw.prepare(mean)};
    if (anyone_->controls.size() > 0) {
      const auto controls = drawn.prepare_all(anyone_->controls);
      remove_controls(controls, models);
      remove_controls(controls, data);
    }
    const bool varies = drawn.varies(mean);
    for (std::size_t i = 0; i < models.size(); ++i)
      similarity[i] = varies ? drawn.draw.similarity(models[i], data[0]) : kNaN;
  }

  void ceiling(const std::vector<Subject>& there, const std::vector<Drawn>& draws, double* bounds) const {
    Pool pool(pairs_);
    std::vector<Numbers> scaled;
    for (const auto& subject : there) {
      const Drawn& drawn = draws[subject.group];
      const Group& group = groups_[subject.group];
      scaled.push_back(drawn.scaled(group.data, subject.row));
      pool.add(scaled.back(), drawn.chosen, group.place, subject.times);
    }
    Mean lower, upper;
    for (std::size_t k = 0; k < there.size(); ++k) {
      const Subject& subject = there[k];
      const Drawn& drawn = draws[subject.group];
      const Group& group = groups_[subject.group];
      Places places = drawn.chosen.places;
      for (auto& place : places)
        place = group.place[place];
      upper.add(drawn.draw.similarity(drawn.prepare_pool(pool.of(places)), subject.prepared));
      Numbers others;
      const Drawn overlap{method_, Chosen(group.place.size(), [&](std::size_t p) {
                            const auto number = drawn.chosen.number[p];
                            return number >= 0 && pool.count[group.place[p]] > subject.times ? drawn.chosen.weights[number] : 0;
                          })};
      for (const auto place : overlap.chosen.places) {
        const auto at = group.place[place];
        others.push_back((pool.sum[at] - subject.times * scaled[k][drawn.chosen.number[place]]) /
                         (pool.count[at] - subject.times));
      }
      const Numbers x = overlap.chosen.take(group.data.values[subject.row]);
      if (!overlap.varies(x)) continue;
      lower.add(overlap.draw.similarity(overlap.prepare_pool(others), overlap.prepare(group.data, subject.row, x)));
    }
    bounds[0] = lower.value(), bounds[1] = upper.value();
  }

  Comparison method_;
  std::int64_t m_, s_;
  bool ceilings_, to_mean_;
  std::size_t pairs_;  // that anyone has
  std::vector<Group> groups_;
  std::optional<Group> anyone_;
};

}  // namespace

bool pairs_differ(const at::Tensor& rdms) {
  if (rdms.size(0) < 2 || !std::isnan(rdms.sum().item<double>())) return false;
  const at::Tensor missing = rdms.isnan();
  return missing.ne(missing.slice(0, 0, 1)).any().item<bool>();
}

std::vector<SharedPairs> shared_pairs(const at::Tensor& rdms, const std::vector<at::Tensor>& others) {
  at::Tensor left_out = at::zeros({rdms.size(1)}, at::kBool);
  for (const auto& x : others)
    left_out = left_out | x.isnan().any(0);
  const at::Tensor missing = rdms.isnan(), pairs = at::triu_indices(conditions_of(rdms.size(1)), conditions_of(rdms.size(1)), 1);
  std::vector<SharedPairs> sets;
  for (std::int64_t s = 0; s < rdms.size(0); ++s) {
    const auto same = std::find_if(sets.begin(), sets.end(), [&](const SharedPairs& set) {
      return at::equal(missing[set.subjects[0]], missing[s]);
    });
    if (same != sets.end()) {
      same->subjects.push_back(s);
      continue;
    }
    SharedPairs set{{s}, at::nonzero((missing[s] | left_out).logical_not()).flatten(), {}, {}};
    for (const int side : {0, 1}) {
      const at::Tensor conditions = pairs[side].index_select(0, set.kept).to(at::kInt).contiguous();
      const auto* first = conditions.const_data_ptr<std::int32_t>();
      (side == 0 ? set.first : set.second).assign(first, first + conditions.numel());
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

Evaluations evaluate_partial(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions,
                             const at::Tensor& subjects, Comparison method, const std::optional<at::Tensor>& control,
                             bool ceilings, bool to_mean) {
  if (is_whitened(method) || is_of_moments(method))
    fail("evaluate: method: corr_cov and cosine_cov whiten by all pairs, and subjects have different ones: expected pearson, "
         "spearman, cosine, rho-a, tau-a or tau-b");
  if (is_quadratic(method) && !to_mean)
    return evaluate_partial_grams(models, rdms, conditions, subjects, method, control, ceilings);
  const c10::NoGradGuard no_grad;
  const Evaluation evaluation(models, rdms, method, control, ceilings, to_mean);
  return each_draw(conditions, subjects, models.size(0), std::cref(evaluation));
}

}  // namespace brain::rsa
