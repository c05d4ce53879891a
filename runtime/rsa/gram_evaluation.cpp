#include "rsa/gram_evaluation.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "core/philox.h"
#include "core/progress.h"
#include "rsa/each_draw.h"
#include "rsa/pair_gram.h"
#include "rsa/partial_evaluation.h"

namespace brain::rsa {

namespace {

constexpr std::int64_t kBatch = 64;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using List = std::vector<double>;

// The products of one draw; subjects stand behind `offset` other RDMs.
struct Products {
  const double *k, *sizes;
  std::int64_t size, offset;

  double operator()(std::int64_t i, std::int64_t j) const { return k[i * size + j]; }
  double length(std::int64_t i) const { return (*this)(i, i) > 0 ? std::sqrt((*this)(i, i)) : kNaN; }
};

// A pool of subjects' RDMs, each divided by its size, times its count: only products are needed of it.
struct Pool {
  const Products& k;
  List weights;
  double square = 0;  // its product with itself

  Pool(const Products& products, const List& counts) : k(products), weights(counts) {
    for (std::size_t s = 0; s < weights.size(); ++s)
      weights[s] = counts[s] > 0 ? counts[s] / k.sizes[k.offset + static_cast<std::int64_t>(s)] : 0;
    for (std::size_t s = 0; s < weights.size(); ++s) {
      if (weights[s] != 0) square += weights[s] * with(k.offset + static_cast<std::int64_t>(s));
    }
  }
  // The product of RDM i with the pool.
  double with(std::int64_t i) const {
    double sum = 0;
    for (std::size_t s = 0; s < weights.size(); ++s) {
      if (weights[s] != 0) sum += weights[s] * k(i, k.offset + static_cast<std::int64_t>(s));
    }
    return sum;
  }
};

std::pair<double, double> ceiling(const Products& k, const List& counts) {
  const Pool pool(k, counts);
  double lower = 0, upper = 0, different = 0;
  for (std::size_t s = 0; s < counts.size(); ++s) {
    if (counts[s] == 0) continue;
    const auto i = k.offset + static_cast<std::int64_t>(s);
    const double own = k.length(i), product = pool.with(i), mine = pool.weights[s];
    upper += product / (std::sqrt(pool.square) * own);
    // Without all of its copies.
    const double rest = pool.square - 2 * mine * product + mine * mine * own * own;
    lower += (product - mine * own * own) / (std::sqrt(rest) * own);
    ++different;
  }
  return {different < 2 ? kNaN : lower / different, upper / different};
}

// Products of RDM i < k.offset with the mean of the subjects that count, over both lengths. lengths: of each RDM before K was
// divided by them, or 1.
double to_mean_of(const Products& k, std::int64_t i, const List& counts, const double* lengths) {
  double product = 0, square = 0;
  for (std::size_t s = 0; s < counts.size(); ++s) {
    if (counts[s] == 0) continue;
    const auto a = k.offset + static_cast<std::int64_t>(s);
    product += counts[s] * lengths[a] * k(i, a);
    for (std::size_t u = 0; u < counts.size(); ++u) {
      const auto b = k.offset + static_cast<std::int64_t>(u);
      if (counts[u] != 0) square += counts[s] * lengths[a] * counts[u] * lengths[b] * k(a, b);
    }
  }
  return square > 0 ? product / (std::sqrt(square) * k.length(i)) : kNaN;
}

void check(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions, const at::Tensor& subjects,
           std::int64_t n) {
  if (models.size(1) != rdms.size(1))
    fail("evaluate: expected RDMs of the same conditions, got ", models.size(1), " pairs of models and ", rdms.size(1),
         " of data");
  if (conditions.size(1) != n || subjects.size(1) != rdms.size(0) || subjects.size(0) != conditions.size(0))
    fail("evaluate: expected counts [draws, ", n, "] of conditions and [draws, ", rdms.size(0), "] of subjects, got ",
         conditions.sizes(), " and ", subjects.sizes());
}

List row(const at::Tensor& counts, std::int64_t draw) {
  const auto* first = counts.const_data_ptr<double>() + draw * counts.size(1);
  return {first, first + counts.size(1)};
}

// Fold of each thing that was drawn, -1 of the others, by (seed, stream); empty when there are too few.
std::vector<std::int64_t> dealt(const List& counts, std::int64_t folds, std::int64_t least, std::uint64_t seed,
                                std::uint64_t stream) {
  std::vector<std::int64_t> drawn, fold(counts.size(), -1);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) drawn.push_back(static_cast<std::int64_t>(i));
  }
  const auto n = static_cast<std::int64_t>(drawn.size());
  if (n < folds * least) return {};
  const auto order = permutation(seed, stream, n);
  for (std::int64_t i = 0; i < n; ++i)
    fold[drawn[order[i]]] = i % folds;
  return fold;
}

// Of counts those inside the fold, or outside it; the same ones when there is one fold.
List part(const List& counts, const std::vector<std::int64_t>& fold, std::int64_t which, bool inside, bool split) {
  List result(counts.size(), 0);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (fold[i] >= 0 && (!split || (fold[i] == which) == inside)) result[i] = counts[i];
  }
  return result;
}

List fitted(const FittedModel& model, const Products& k, const Pool& pool) {
  if (model.kind == Combination::fixed) return {1};
  const std::size_t m = model.rdms.size();
  List products(m * m), target(m);
  for (std::size_t i = 0; i < m; ++i) {
    target[i] = pool.with(model.rdms[i]);
    for (std::size_t j = 0; j < m; ++j)
      products[i * m + j] = k(model.rdms[i], model.rdms[j]);
  }
  return fit_weights(model, products, target);
}

// Mean similarity of the mixture to the subjects that count.
double similarity(const FittedModel& model, const List& w, const Products& k, const List& counts) {
  double square = 0, sum = 0, number = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    for (std::size_t j = 0; j < w.size(); ++j)
      square += w[i] * w[j] * k(model.rdms[i], model.rdms[j]);
  }
  for (std::size_t s = 0; s < counts.size(); ++s) {
    if (counts[s] == 0) continue;
    const auto subject = k.offset + static_cast<std::int64_t>(s);
    double product = 0;
    for (std::size_t i = 0; i < w.size(); ++i)
      product += w[i] * k(model.rdms[i], subject);
    sum += counts[s] * product / (square > 0 ? std::sqrt(square) * k.length(subject) : kNaN);
    number += counts[s];
  }
  return sum / number;
}

// Mean similarity of a pool to the subjects that count.
double similarity(const Pool& pool, const List& counts) {
  double sum = 0, number = 0;
  for (std::size_t s = 0; s < counts.size(); ++s) {
    if (counts[s] == 0) continue;
    const auto subject = pool.k.offset + static_cast<std::int64_t>(s);
    sum += counts[s] * pool.with(subject) / (std::sqrt(pool.square) * pool.k.length(subject));
    number += counts[s];
  }
  return sum / number;
}

void check_shared_pairs(const at::Tensor& rdms) {
  if (pairs_differ(rdms))
    fail("evaluate: crossvalidate and fitted models need subjects with the same pairs, and here some are NaN in one subject and "
         "not in another");
}

}  // namespace

at::Tensor without_controls(const at::Tensor& k, std::int64_t controls) {
  const std::int64_t rest = k.size(1) - controls;
  const at::Tensor size = k.diagonal(0, 1, 2).sqrt();
  const at::Tensor r = k / (size.unsqueeze(1) * size.unsqueeze(2));
  const at::Tensor inner = r.slice(1, rest).slice(2, rest), outer = r.slice(1, 0, rest).slice(2, rest);
  // A control that is constant in a draw has no length, and explains nothing.
  const at::Tensor inverse = at::linalg_pinv(inner.nan_to_num(0), 1e-12, /*hermitian=*/true);
  const at::Tensor side = outer.nan_to_num(0);
  const at::Tensor left = r.slice(1, 0, rest).slice(2, 0, rest) - side.matmul(inverse).matmul(side.transpose(1, 2));
  const at::Tensor own = left.diagonal(0, 1, 2), kept = at::where(own > 1e-12, own, kNaN);
  at::Tensor result = left.contiguous();
  result.diagonal(0, 1, 2).copy_(kept);
  return result;
}

Evaluations evaluate_grams(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions,
                           const at::Tensor& subjects, Comparison method, const std::optional<at::Tensor>& control,
                           bool ceilings, bool to_mean) {
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> stack{models, rdms};
  if (control) stack.push_back(*control);
  const PairGram gram(models.size(0) == 0 && !control ? rdms : at::cat(stack), method, conditions.size(0));
  check(models, rdms, conditions, subjects, gram.conditions());
  const std::int64_t draws = conditions.size(0), m = models.size(0), s = rdms.size(0);
  const at::Tensor counts = conditions.to(at::kDouble).contiguous(), people = subjects.to(at::kDouble).contiguous();
  Evaluations result{at::empty({draws, m}, at::kDouble), at::full({draws, m, s}, kNaN, at::kDouble),
                     at::full({draws, 2}, kNaN, at::kDouble)};
  auto* similarities = result.similarity.mutable_data_ptr<double>();
  auto* each = result.per_subject.mutable_data_ptr<double>();
  auto* bounds = result.ceiling.mutable_data_ptr<double>();
  Progress progress("evaluate", draws, "draws");
  each_batch(draws, kBatch, [&](std::int64_t begin, std::int64_t end) {
    const PairProducts products = gram(counts.slice(0, begin, end));
    const at::Tensor all =
        (control ? without_controls(products.products, control->size(0)) : products.products).contiguous();
    const at::Tensor lengths = (control ? products.products.diagonal(0, 1, 2).sqrt()
                                        : at::ones({end - begin, gram.rdms()}, at::kDouble)).contiguous();
    for (std::int64_t d = begin; d < end; ++d) {
      const std::int64_t here = d - begin, size = all.size(1);
      const Products k{all.const_data_ptr<double>() + here * size * size,
                       products.sizes.const_data_ptr<double>() + here * gram.rdms(), size, m};
      const List drawn = row(people, d);
      for (std::int64_t i = 0; i < m; ++i) {
        double sum = 0, number = 0;
        for (std::int64_t j = 0; j < s; ++j) {
          if (drawn[j] == 0) continue;
          const double value = k(i, m + j) / (k.length(i) * k.length(m + j));
          each[(d * m + i) * s + j] = value;
          sum += drawn[j] * value;
          number += drawn[j];
        }
        similarities[d * m + i] =
            to_mean ? to_mean_of(k, i, drawn, lengths.const_data_ptr<double>() + here * gram.rdms()) : sum / number;
      }
      if (ceilings && !control) std::tie(bounds[2 * d], bounds[2 * d + 1]) = ceiling(k, drawn);
      progress.advance();
    }
  });
  return result;
}

std::int64_t default_condition_folds(std::int64_t n) { return n < 20 ? 2 : n < 30 ? 3 : n < 40 ? 4 : 5; }
std::int64_t default_subject_folds(std::int64_t n) { return n < 4 ? 1 : n < 8 ? 2 : n < 14 ? 3 : n < 20 ? 4 : 5; }

CrossvalidatedEvaluations evaluate_crossvalidated(const std::vector<FittedModel>& models, const at::Tensor& all,
                                                  const at::Tensor& rdms, const at::Tensor& conditions,
                                                  const at::Tensor& subjects, Comparison method,
                                                  const CrossvalidationOptions& options) {
  const c10::NoGradGuard no_grad;
  check_shared_pairs(rdms);
  const PairGram gram(at::cat({all, rdms}), method, 2 * conditions.size(0) * options.repeats);
  check(all, rdms, conditions, subjects, gram.conditions());
  const std::int64_t draws = conditions.size(0), m = static_cast<std::int64_t>(models.size()), n = gram.conditions(),
                     offset = all.size(0), s = rdms.size(0), repeats = options.repeats;
  const std::int64_t kc = options.condition_folds ? options.condition_folds : default_condition_folds(n),
                     ks = options.subject_folds ? options.subject_folds : default_subject_folds(s);
  if (kc < 2 || ks < 1 || repeats < 1)
    fail("evaluate: crossvalidate: expected at least 2 folds of conditions, 1 of subjects and 1 repeat, got ", kc, ", ",
         ks, " and ", repeats);
  if (n < 3 * kc || s < ks)
    fail("evaluate: crossvalidate: expected at least 3 conditions and 1 subject in each fold, got ", n, " and ", s,
         " for ", kc, " and ", ks, " folds");
  const at::Tensor counts = conditions.to(at::kDouble).contiguous(), people = subjects.to(at::kDouble).contiguous();
  CrossvalidatedEvaluations result{at::full({draws, repeats, m}, kNaN, at::kDouble),
                                   at::full({draws, repeats, 2}, kNaN, at::kDouble)};
  auto* similarities = result.similarity.mutable_data_ptr<double>();
  auto* bounds = result.ceiling.mutable_data_ptr<double>();
  bool fits = false;
  for (const auto& model : models)
    fits = fits || model.kind != Combination::fixed;
  const std::int64_t masks_of_one = fits ? 2 * kc : kc;  // inside each fold, and outside where models are fitted
  Progress progress("evaluate", draws * repeats, "draws");
  each_batch(draws * repeats, kBatch / 4, [&](std::int64_t first, std::int64_t last) {
    at::Tensor masks = at::zeros({(last - first) * masks_of_one, n}, at::kDouble);
    auto* mask = masks.mutable_data_ptr<double>();
    for (std::int64_t place = first; place < last; ++place) {
      const List drawn = row(counts, place / repeats);
      const auto fold = dealt(drawn, kc, 3, options.seed, static_cast<std::uint64_t>(2 * place));
      for (std::int64_t k = 0; k < masks_of_one; ++k, mask += n) {
        if (fold.empty()) continue;
        const List chosen = part(drawn, fold, k % kc, k < kc, true);
        std::copy(chosen.begin(), chosen.end(), mask);
      }
    }
    const PairProducts products = gram(masks);
    for (std::int64_t place = first; place < last; ++place, progress.advance()) {
      const List drawn = row(counts, place / repeats), who = row(people, place / repeats);
      const auto person_fold = dealt(who, ks, 1, options.seed, static_cast<std::uint64_t>(2 * place + 1));
      if (person_fold.empty() || dealt(drawn, kc, 3, options.seed, static_cast<std::uint64_t>(2 * place)).empty())
        continue;
      const auto of_fold = [&](std::int64_t k) {
        const std::int64_t at = (place - first) * masks_of_one + k, size = gram.rdms();
        return Products{products.products.const_data_ptr<double>() + at * size * size,
                        products.sizes.const_data_ptr<double>() + at * size, size, offset};
      };
      List sums(static_cast<std::size_t>(m), 0);
      double lower = 0, upper = 0, parts = 0;
      for (std::int64_t f = 0; f < kc; ++f) {
        const Products tested = of_fold(f), trained = of_fold(fits ? kc + f : f);
        const Pool everybody(tested, who);
        const auto* in_fold = masks.const_data_ptr<double>() + ((place - first) * masks_of_one + f) * n;
        const double copies = std::accumulate(in_fold, in_fold + n, 0.0);
        for (std::int64_t g = 0; g < ks; ++g) {
          const List inside = part(who, person_fold, g, true, ks > 1),
                     outside = part(who, person_fold, g, false, ks > 1);
          const Pool target(trained, outside);
          const double weight = copies * std::accumulate(inside.begin(), inside.end(), 0.0);
          parts += weight;
          for (std::int64_t i = 0; i < m; ++i)
            sums[i] += weight * similarity(models[i], fitted(models[i], trained, target), tested, inside);
          upper += weight * similarity(everybody, inside);
          lower += ks > 1 ? weight * similarity(Pool(tested, outside), inside) : kNaN;
        }
      }
      for (std::int64_t i = 0; i < m; ++i)
        similarities[place * m + i] = sums[i] / parts;
      bounds[2 * place] = lower / parts, bounds[2 * place + 1] = upper / parts;
    }
  });
  return result;
}

std::vector<std::vector<double>> fit_models(const std::vector<FittedModel>& models, const at::Tensor& all,
                                            const at::Tensor& rdms, Comparison method) {
  check_shared_pairs(rdms);
  const PairGram gram(at::cat({all, rdms}), method, 1);
  const PairProducts products = gram(at::ones({1, gram.conditions()}, at::kDouble));
  const Products k{products.products.const_data_ptr<double>(), products.sizes.const_data_ptr<double>(), gram.rdms(),
                   all.size(0)};
  const Pool pool(k, List(static_cast<std::size_t>(rdms.size(0)), 1));
  std::vector<List> weights;
  for (const auto& model : models)
    weights.push_back(fitted(model, k, pool));
  return weights;
}

}  // namespace brain::rsa
