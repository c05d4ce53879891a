#include "rsa/partial_grams.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/interrupt.h"
#include "core/progress.h"
#include "rsa/each_draw.h"
#include "rsa/gram_evaluation.h"
#include "rsa/partial_evaluation.h"

namespace brain::rsa {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kLanes = 64;    // draws of a batch
constexpr std::int64_t kBlock = 2048;  // pairs of one product
using Lanes = std::array<double, kLanes>;  // a number for each draw of a batch

// How often each condition [n] was drawn in each draw of a batch.
using Counts = std::vector<Lanes>;

void multiply(const Lanes& a, const Lanes& b, double* __restrict to) {
  for (std::int64_t d = 0; d < kLanes; ++d)
    to[d] = a[d] * b[d];
}

// A set of pairs with the RDMs on it: the constant one, models, its subjects, controls, without their means for pearson.
struct Group {
  SharedPairs pairs;
  at::Tensor values;  // [k, pairs]
  std::vector<std::pair<std::int64_t, std::int64_t>> wanted;  // products of which sums are asked for

  Group(SharedPairs p, const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& controls, bool centred)
      : pairs(std::move(p)) {
    const at::Tensor own = rdms.index_select(0, at::tensor(pairs.subjects, at::kLong));
    at::Tensor x = at::cat({models, own, controls}).index_select(1, pairs.kept);
    if (centred && x.size(1) > 0) {
      const at::Tensor about = x - x.mean(1, /*keepdim=*/true);  // what is left of a constant RDM is rounding
      x = about.masked_fill(about.norm(2, 1, true) <= 1e-13 * x.norm(2, 1, true), 0);
    }
    values = at::cat({at::ones({1, x.size(1)}, at::kDouble), x});
    const std::int64_t m = models.size(0), s = own.size(0), k = values.size(0);
    for (std::int64_t i = 0; i < k; ++i) {
      wanted.emplace_back(0, i);
      if (i > 0) wanted.emplace_back(i, i);
      for (std::int64_t j = std::max(i, m) + 1; i > 0 && j < k; ++j) {
        if (i <= m || j > m + s) wanted.emplace_back(i, j);
      }
    }
  }

  // Products [draws, k - 1, k - 1] of the RDMs about their weighted means, those asked for; the raw sums [k, k, draws] with the
  // constant one in place 0, and how many different pairs each draw has.
  struct Sums {
    at::Tensor products, raw;
    Lanes drawn{};
  };
  Sums sums(const Counts& counts, bool centred) const {
    const std::int64_t all = values.size(1), k = values.size(0), rows = static_cast<std::int64_t>(wanted.size());
    Sums result;
    at::Tensor total = at::zeros({rows, kLanes}, at::kDouble), weights = at::empty({kBlock, kLanes}, at::kDouble);
    const auto* x = values.const_data_ptr<double>();
    for (std::int64_t from = 0; from < all; from += kBlock) {
      const std::int64_t size = std::min(kBlock, all - from);
      auto* w = weights.mutable_data_ptr<double>();
      for (std::int64_t p = 0; p < size; ++p, w += kLanes) {
        multiply(counts[pairs.first[from + p]], counts[pairs.second[from + p]], w);
        for (std::int64_t d = 0; d < kLanes; ++d)
          result.drawn[d] += w[d] > 0;
      }
      at::Tensor terms = at::empty({rows, size}, at::kDouble);
      auto* to = terms.mutable_data_ptr<double>();
      for (const auto& [i, j] : wanted) {
        const double *a = x + i * all + from, *b = x + j * all + from;
        for (std::int64_t p = 0; p < size; ++p)
          to[p] = a[p] * b[p];
        to += size;
      }
      total.addmm_(terms, weights.slice(0, 0, size));
    }
    result.raw = at::zeros({k, k, kLanes}, at::kDouble);
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto [i, j] = wanted[row];
      result.raw[i][j].copy_(total[row]);
      if (i != j) result.raw[j][i].copy_(total[row]);
    }
    at::Tensor inner = result.raw.slice(0, 1).slice(1, 1);
    const at::Tensor squares = inner.diagonal(0, 0, 1).clone();
    if (centred) {
      const at::Tensor means = result.raw[0].slice(0, 1);
      inner = inner - means.unsqueeze(0) * means.unsqueeze(1) / result.raw[0][0];
    }
    result.products = inner.permute({2, 0, 1}).contiguous();
    at::Tensor own = result.products.diagonal(0, 1, 2);
    // Or of zeros: no length, whatever rounding says. NaN of a draw without pairs is none either.
    own.masked_fill_((own > 1e-12 * squares).logical_not(), 0);
    return result;
  }
};

// A subject in a batch: how often it counts (0 where it is not there), what its RDM is divided by after its mean is taken off.
struct Scale {
  Lanes times{}, mean{}, inverse{}, total{};  // total: of the weights of its pairs
};

// Pairs that several subjects have, each with these subjects and their values (less their mean over their pairs for pearson).
struct Overlaps {
  std::vector<std::int32_t> first, second;
  std::vector<std::size_t> begin{0};
  std::vector<std::pair<std::int32_t, double>> owners;

  Overlaps(const std::vector<Group>& groups, std::int64_t models, std::int64_t all_pairs) {
    std::vector<std::int32_t> number(static_cast<std::size_t>(all_pairs), 0);  // of owners
    const auto each = [&](auto f) {
      for (const auto& group : groups) {
        const auto* kept = group.pairs.kept.const_data_ptr<std::int64_t>();
        for (std::int64_t p = 0; p < group.pairs.kept.numel(); ++p)
          f(group, p, kept[p]);
      }
    };
    each([&](const Group& group, std::int64_t, std::int64_t place) {
      number[place] += static_cast<std::int32_t>(group.pairs.subjects.size());
    });
    std::vector<std::int64_t> at(number.size(), -1);  // where each of these pairs writes its next owner
    std::vector<bool> seen(number.size(), false);
    std::size_t end = 0;
    each([&](const Group& group, std::int64_t p, std::int64_t place) {
      if (number[place] < 2 || seen[place]) return;
      seen[place] = true;
      first.push_back(group.pairs.first[p]), second.push_back(group.pairs.second[p]);
      at[place] = static_cast<std::int64_t>(end);
      begin.push_back(end += static_cast<std::size_t>(number[place]));
    });
    owners.resize(end);
    each([&](const Group& group, std::int64_t p, std::int64_t place) {
      if (at[place] < 0) return;
      const std::int64_t all = group.values.size(1);
      const auto* x = group.values.const_data_ptr<double>() + (1 + models) * all + p;
      for (const auto subject : group.pairs.subjects) {
        owners[at[place]++] = {static_cast<std::int32_t>(subject), *x};
        x += all;
      }
    });
  }
};

// Sums over pairs for two vectors: a subject z and a pool g.
struct PoolSums {
  Lanes w{}, z{}, zz{}, g{}, gg{}, zg{};
};

// Correlation (about the means where centred) from sums; NaN where one does not vary.
double correlation(double w, double z, double zz, double g, double gg, double zg, bool centred) {
  const double a = centred ? zz - z * z / w : zz, b = centred ? gg - g * g / w : gg, product = centred ? zg - z * g / w : zg;
  return a > 1e-12 * zz && b > 1e-12 * gg ? product / std::sqrt(a * b) : kNaN;
}

// Lower and upper ceilings of a batch.
void ceilings_of(const Overlaps& overlaps, const Counts& counts, const std::vector<Scale>& scales, bool centred,
                 std::int64_t draws, double* bounds) {
  std::vector<PoolSums> all(scales.size()), others(scales.size());
  std::vector<Lanes> overlapping(scales.size(), Lanes{}), scaled(scales.size());
  for (std::size_t q = 0; q < overlaps.first.size(); ++q) {
    Lanes weight, sum{}, number{};
    multiply(counts[overlaps.first[q]], counts[overlaps.second[q]], weight.data());
    for (std::size_t o = overlaps.begin[q]; o < overlaps.begin[q + 1]; ++o) {
      const auto [subject, x] = overlaps.owners[o];
      const Scale& scale = scales[subject];
      Lanes& z = scaled[subject];
      for (std::int64_t d = 0; d < kLanes; ++d) {
        z[d] = (x - scale.mean[d]) * scale.inverse[d];
        sum[d] += scale.times[d] * z[d];
        number[d] += scale.times[d];
      }
    }
    for (std::size_t o = overlaps.begin[q]; o < overlaps.begin[q + 1]; ++o) {
      const auto subject = overlaps.owners[o].first;
      const Scale& scale = scales[subject];
      const Lanes& z = scaled[subject];
      PoolSums &a = all[subject], &b = others[subject];
      Lanes& pairs = overlapping[subject];
      for (std::int64_t d = 0; d < kLanes; ++d) {
        const double w = weight[d], g = sum[d] / std::max(number[d], 1.0);
        a.z[d] += w * z[d], a.zz[d] += w * z[d] * z[d];
        a.g[d] += w * g, a.gg[d] += w * g * g, a.zg[d] += w * z[d] * g;
      }
      for (std::int64_t d = 0; d < kLanes; ++d) {
        const double rest = number[d] - scale.times[d], w = weight[d] * std::min(rest, 1.0),
                     g = (sum[d] - scale.times[d] * z[d]) / std::max(rest, 1.0);
        pairs[d] += std::min(w, 1.0);
        b.w[d] += w, b.z[d] += w * z[d], b.zz[d] += w * z[d] * z[d];
        b.g[d] += w * g, b.gg[d] += w * g * g, b.zg[d] += w * z[d] * g;
      }
    }
  }
  for (std::int64_t d = 0; d < draws; ++d) {
    double lower = 0, upper = 0, below = 0, above = 0;
    for (std::size_t s = 0; s < scales.size(); ++s) {
      if (scales[s].times[d] == 0) continue;
      // On pairs that it alone has the pool is the subject itself. Over all its pairs z sums up to 0 (pearson), its square to w.
      const PoolSums &a = all[s], &b = others[s];
      const double w = scales[s].total[d], alone = w - a.zz[d];
      const double up = correlation(w, 0, w, a.g[d] - a.z[d], a.gg[d] + alone, a.zg[d] + alone, centred);
      if (!std::isnan(up)) upper += up, ++above;
      if (overlapping[s][d] < kLeastPairs) continue;
      const double low = correlation(b.w[d], b.z[d], b.zz[d], b.g[d], b.gg[d], b.zg[d], centred);
      if (!std::isnan(low)) lower += low, ++below;
    }
    bounds[2 * d] = below > 0 ? lower / below : kNaN, bounds[2 * d + 1] = above > 0 ? upper / above : kNaN;
  }
}

}  // namespace

Evaluations evaluate_partial_grams(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions,
                                   const at::Tensor& subjects, Comparison method, const std::optional<at::Tensor>& control,
                                   bool ceilings) {
  const c10::NoGradGuard no_grad;
  const bool centred = method == Comparison::pearson, bounded = ceilings && !control;
  const std::int64_t draws = conditions.size(0), n = conditions.size(1), m = models.size(0), s = rdms.size(0);
  const at::Tensor controls = control ? *control : models.slice(0, 0, 0);
  const at::Tensor counts = conditions.to(at::kDouble).contiguous(), people = subjects.to(at::kDouble).contiguous();
  std::vector<Group> groups;
  for (auto& set : shared_pairs(rdms, {models, controls}))
    groups.emplace_back(std::move(set), models, rdms, controls, centred);
  const std::vector<Group> none;
  const Overlaps overlaps(bounded ? groups : none, m, rdms.size(1));
  Evaluations result{at::full({draws, m}, kNaN, at::kDouble), at::full({draws, m, s}, kNaN, at::kDouble),
                     at::full({draws, 2}, kNaN, at::kDouble)};
  auto* similarities = result.similarity.mutable_data_ptr<double>();
  auto* each = result.per_subject.mutable_data_ptr<double>();
  auto* bounds = result.ceiling.mutable_data_ptr<double>();
  Progress progress("evaluate", draws, "draws");
  each_batch(draws, kLanes, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t here = end - begin;
    Counts batch(static_cast<std::size_t>(n), Lanes{});
    for (std::int64_t d = 0; d < here; ++d) {
      for (std::int64_t i = 0; i < n; ++i)
        batch[i][d] = counts.const_data_ptr<double>()[(begin + d) * n + i];
    }
    std::vector<Scale> scales(static_cast<std::size_t>(s));
    std::vector<Lanes> sums(static_cast<std::size_t>(m), Lanes{}), numbers = sums;
    for (const auto& group : groups) {
      interrupt::check();
      const auto of_group = group.sums(batch, centred);
      const std::int64_t rows = static_cast<std::int64_t>(group.pairs.subjects.size());
      const at::Tensor left = control ? without_controls(of_group.products, control->size(0)) : of_group.products;
      const auto k = left.accessor<double, 3>(), before = of_group.products.accessor<double, 3>(),
                 raw = of_group.raw.accessor<double, 3>();
      for (std::int64_t row = 0; row < rows; ++row) {
        const std::int64_t subject = group.pairs.subjects[row], j = m + row;
        Scale& scale = scales[subject];
        for (std::int64_t d = 0; d < here; ++d) {
          const double drawn = people.const_data_ptr<double>()[(begin + d) * s + subject], square = before[d][j][j];
          if (drawn == 0 || of_group.drawn[d] < kLeastPairs || !(square > 0)) continue;
          const double total = raw[0][0][d];
          scale.times[d] = drawn, scale.total[d] = total;
          scale.mean[d] = centred ? raw[0][j + 1][d] / total : 0;
          scale.inverse[d] = std::sqrt(total / square);
          for (std::int64_t i = 0; i < m; ++i) {
            const double value = k[d][i][i] > 0 && k[d][j][j] > 0 ? k[d][i][j] / std::sqrt(k[d][i][i] * k[d][j][j]) : kNaN;
            each[((begin + d) * m + i) * s + subject] = value;
            if (!std::isnan(value)) sums[i][d] += drawn * value, numbers[i][d] += drawn;
          }
        }
      }
    }
    for (std::int64_t d = 0; d < here; ++d, progress.advance()) {
      for (std::int64_t i = 0; i < m; ++i)
        if (numbers[i][d] > 0) similarities[(begin + d) * m + i] = sums[i][d] / numbers[i][d];
    }
    if (bounded) ceilings_of(overlaps, batch, scales, centred, here, bounds + 2 * begin);
  });
  return result;
}

}  // namespace brain::rsa
