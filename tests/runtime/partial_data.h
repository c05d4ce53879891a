#pragma once
// RDMs of subjects with different conditions, draws of them, and every draw written out: a slow reference.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/philox.h"
#include "numbers.h"
#include "rsa/compare.h"
#include "rsa/pairs.h"
#include "rsa/resampled.h"
#include "stats/rank.h"

struct PartialData {
  static constexpr std::int64_t n = 12, s = 7;
  at::Tensor data, models, control, conditions, subjects;  // conditions [draws, n], subjects [draws, s]
  std::vector<std::vector<std::int64_t>> chosen, people;

  // Two subjects of the same conditions, one of everything but two pairs, one of four conditions, one of five that overlap
  // with nobody's but the third's, and two of nine.
  explicit PartialData(bool isolated = true) {
    const std::vector<std::vector<std::int64_t>> seen{{0, 1, 2, 3, 4, 5, 6, 7}, {0, 1, 2, 3, 4, 5, 6, 7},
                                                      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {0, 2, 4, 6}, {1, 8, 9, 10, 11},
                                                      {0, 1, 2, 3, 4, 5, 8, 9, 10}, {3, 4, 5, 6, 7, 8, 9, 10, 11}};
    data = normals({s, 66}, 3) * 0.6 + normals({1, 66}, 4) + 3;
    data[1].copy_((data[1] * 2).round());
    models = normals({3, 66}, 5) + 0.5 * normals({1, 66}, 4) + 2;
    models[2].copy_((models[2] * 2).round());
    control = normals({2, 66}, 6) + 0.5 * models.slice(0, 0, 1);
    for (std::int64_t k = 0; k < s; ++k) {
      for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t j = i + 1; j < n; ++j) {
          const auto has = [&](std::int64_t c) { return std::find(seen[k].begin(), seen[k].end(), c) != seen[k].end(); };
          if (!has(i) || !has(j)) data[k][brain::rsa::pair_place(i, j, n)] = NAN;
        }
      }
    }
    if (isolated) data[2][5] = NAN, data[2][40] = NAN, models[1][20] = NAN;
    std::vector<at::Tensor> counts{at::ones({n}, at::kDouble)}, who{at::ones({s}, at::kDouble)};
    chosen.emplace_back(), people.emplace_back();
    for (std::int64_t i = 0; i < n; ++i)
      chosen[0].push_back(i);
    for (std::int64_t k = 0; k < s; ++k)
      people[0].push_back(k);
    for (std::uint64_t d = 0; d < 70; ++d) {  // more than one batch
      chosen.push_back(brain::sample_with_replacement(4, d, n, n));
      people.push_back(brain::sample_with_replacement(5, d, s, s));
      counts.push_back(at::bincount(at::tensor(chosen.back(), at::kLong), {}, n).to(at::kDouble));
      who.push_back(at::bincount(at::tensor(people.back(), at::kLong), {}, s).to(at::kDouble));
    }
    conditions = at::stack(counts), subjects = at::stack(who);
  }
};

// One draw with its copies written out, on the pairs of each subject.
struct WrittenOut {
  at::Tensor similarity, per_subject;  // [m], [m, s]
  double lower, upper;

  WrittenOut(const PartialData& p, std::size_t draw, brain::rsa::Comparison method, bool with_control, bool to_mean) {
    using namespace brain;
    const auto& chosen = p.chosen[draw];
    const at::Tensor models = rsa::subset(p.models, chosen), data = rsa::subset(p.data, chosen),
                     control = rsa::subset(p.control, chosen), counts = p.subjects[draw], numbers = at::arange(66, at::kDouble),
                     number = rsa::subset(numbers.unsqueeze(0), chosen)[0];
    const at::Tensor usable = models.isnan().any(0).logical_not();
    const std::int64_t m = models.size(0), s = data.size(0);
    // Places of pairs that a subject has, empty where it is not there.
    const auto enough = [&](const at::Tensor& mask, const at::Tensor& row) {
      const at::Tensor places = at::nonzero(mask).flatten(), x = row.index_select(0, places);
      const auto different = std::get<0>(at::_unique(number.index_select(0, places))).numel();
      const bool varies = different >= 3 && x.max().item<double>() > x.min().item<double>();
      return varies ? places : at::empty({0}, at::kLong);
    };
    const auto compared = [&](const at::Tensor& a, const at::Tensor& b, const at::Tensor& places) {
      const auto take = [&](const at::Tensor& x) { return x.reshape({-1, x.size(-1)}).index_select(1, places); };
      return with_control ? rsa::compare_partial(take(a), take(b), take(control), method == rsa::Comparison::spearman)
                          : rsa::compare(take(a), take(b), method);
    };
    per_subject = at::full({m, s}, NAN, at::kDouble);
    at::Tensor scaled = at::full_like(data, NAN), there = at::zeros({s}, at::kDouble);
    std::vector<at::Tensor> places;
    for (std::int64_t k = 0; k < s; ++k) {
      places.push_back(enough(usable & data[k].isnan().logical_not(), data[k]));
      if (counts[k].item<double>() == 0 || places[k].numel() == 0) continue;
      there[k] = counts[k];
      per_subject.select(1, k).copy_(compared(models, data[k], places[k]).squeeze(1));
      at::Tensor x = data[k].index_select(0, places[k]);
      if (rsa::uses_ranks(method)) x = stats::average_ranks(x) / static_cast<double>(x.numel());
      else if (method == rsa::Comparison::cosine) x = x / x.square().mean().sqrt();
      else x = (x - x.mean()) / x.std(0, false, false);
      scaled[k].index_copy_(0, places[k], x);
    }
    const auto pool_of = [&](const at::Tensor& rows, const at::Tensor& times) {
      const at::Tensor weights = rows.isnan().logical_not() * times.unsqueeze(1);
      return at::where(weights.sum(0) > 0, (rows.nan_to_num(0) * weights).sum(0) / weights.sum(0), NAN);
    };
    const at::Tensor valid = per_subject.isnan().logical_not() * there;
    similarity = (per_subject.nan_to_num(0) * there).sum(1) / valid.sum(1);
    if (to_mean) {
      const at::Tensor own = at::where(usable, data, NAN), mean = joined(pool_of(own, there), method);
      const at::Tensor at_mean = enough(mean.isnan().logical_not(), mean);
      similarity = at_mean.numel() > 0 ? compared(models, mean, at_mean).squeeze(1) : at::full({m}, NAN, at::kDouble);
    }
    double low = 0, up = 0, below = 0, above = 0;
    for (std::int64_t k = 0; k < s; ++k) {
      if (there[k].item<double>() == 0) continue;
      const at::Tensor all = joined(pool_of(scaled, there), method);
      up += rsa::compare(all.index_select(0, places[k]).unsqueeze(0), data[k].index_select(0, places[k]).unsqueeze(0), method)
                .item<double>();
      ++above;
      at::Tensor rest = there.clone();
      rest[k] = 0;
      const at::Tensor pool = joined(pool_of(scaled, rest), method),
                       both = enough(pool.isnan().logical_not() & scaled[k].isnan().logical_not(), data[k]);
      if (both.numel() == 0) continue;
      const double value = rsa::compare(pool.index_select(0, both).unsqueeze(0), data[k].index_select(0, both).unsqueeze(0), method)
                               .item<double>();
      if (!std::isnan(value)) low += value, ++below;
    }
    lower = below > 0 ? low / below : NAN, upper = above > 0 ? up / above : NAN;
  }

  // What should be ties (of copies of a pair, or of ranks over different numbers), and hangs on the last digit.
  static at::Tensor joined(const at::Tensor& pool, brain::rsa::Comparison method) {
    return brain::rsa::uses_ranks(method) ? (pool * 1e11).round() : pool;
  }
};
