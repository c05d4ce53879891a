#include "rsa/fitted_model.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace brain::rsa {

namespace {

using List = std::vector<double>;

// Solves the rows and columns `chosen` of K w = b by Cholesky's factor; a pivot that is rounding has weight 0.
List solve(const List& k, const List& b, const std::vector<std::size_t>& chosen) {
  const std::size_t n = b.size(), m = chosen.size();
  List factor(m * m, 0), y(m, 0), w(n, 0);
  std::vector<bool> follows(m, false);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = k[chosen[i] * n + chosen[j]];
      for (std::size_t l = 0; l < j; ++l)
        sum -= factor[i * m + l] * factor[j * m + l];
      if (i == j) {
        follows[i] = !(sum > 1e-12 * k[chosen[i] * n + chosen[i]]);
        factor[i * m + i] = follows[i] ? 1 : std::sqrt(sum);
      } else {
        factor[i * m + j] = follows[j] ? 0 : sum / factor[j * m + j];
      }
    }
    if (follows[i]) {
      for (std::size_t l = 0; l < i; ++l)
        factor[i * m + l] = 0;
      continue;
    }
    y[i] = b[chosen[i]];
    for (std::size_t l = 0; l < i; ++l)
      y[i] -= factor[i * m + l] * y[l];
    y[i] /= factor[i * m + i];
  }
  for (std::size_t i = m; i-- > 0;) {
    double sum = y[i];
    for (std::size_t l = i + 1; l < m; ++l)
      sum -= factor[l * m + i] * w[chosen[l]];
    w[chosen[i]] = follows[i] ? 0 : sum / factor[i * m + i];
  }
  return w;
}

List least_squares(const List& k, const List& b) {
  std::vector<std::size_t> all(b.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = i;
  return solve(k, b, all);
}

List nonnegative(const List& k, const List& b) {
  const std::size_t n = b.size();
  List w(n, 0);
  std::vector<bool> active(n, false);
  double scale = 0;
  for (const double v : b)
    scale = std::max(scale, std::fabs(v));
  const auto chosen = [&] {
    std::vector<std::size_t> list;
    for (std::size_t i = 0; i < n; ++i) {
      if (active[i]) list.push_back(i);
    }
    return list;
  };
  for (std::size_t round = 0; round < 10 * n + 10; ++round) {
    std::size_t best = n;
    double steepest = 1e-10 * scale;
    for (std::size_t i = 0; i < n; ++i) {
      double gradient = b[i];
      for (std::size_t j = 0; j < n; ++j)
        gradient -= k[i * n + j] * w[j];
      if (!active[i] && gradient > steepest) best = i, steepest = gradient;
    }
    if (best == n) break;
    active[best] = true;
    for (;;) {
      List next = solve(k, b, chosen());
      // As far towards it as no weight falls below 0; the one that reaches 0 first leaves.
      double step = 1;
      std::size_t leaving = n;
      for (const std::size_t i : chosen()) {
        const double reach = next[i] > 0 ? 1 : w[i] > 0 ? w[i] / (w[i] - next[i]) : 0;
        if (reach < step) step = reach, leaving = i;
      }
      for (const std::size_t i : chosen())
        w[i] += step * (next[i] - w[i]);
      const bool whole = leaving == n;
      if (!whole) w[leaving] = 0, active[leaving] = false;
      if (whole) break;
    }
  }
  return w;
}

// b w / sqrt(w' K w); 0 for a w of no length.
double similarity(const List& k, const List& b, const List& w) {
  const std::size_t n = b.size();
  double product = 0, square = 0;
  for (std::size_t i = 0; i < n; ++i) {
    product += b[i] * w[i];
    for (std::size_t j = 0; j < n; ++j)
      square += w[i] * k[i * n + j] * w[j];
  }
  return square > 0 ? product / std::sqrt(square) : 0;
}

List select(const List& k, const List& b) {
  const std::size_t n = b.size();
  List best(n, 0);
  double most = -HUGE_VAL;
  for (std::size_t i = 0; i < n; ++i) {
    List w(n, 0);
    w[i] = 1;
    if (const double s = similarity(k, b, w); k[i * n + i] > 0 && s > most) most = s, best = w;
  }
  return best;
}

// The best w, 1 - w of two neighbours is where K w is parallel to b, or at an end.
List interpolate(const List& k, const List& b) {
  const std::size_t n = b.size();
  List best(n, 0);
  double most = 0;
  const auto consider = [&](const List& w) {
    if (const double s = similarity(k, b, w); s > most) most = s, best = w;
  };
  for (std::size_t i = 0; i < n; ++i) {
    List w(n, 0);
    w[i] = 1;
    consider(w);
    if (i + 1 == n) break;
    const double u = b[i] * k[(i + 1) * n + i + 1] - b[i + 1] * k[i * n + i + 1],
                 v = b[i + 1] * k[i * n + i] - b[i] * k[i * n + i + 1];
    if (!(u > 0 && v > 0)) continue;
    w[i] = u / (u + v), w[i + 1] = v / (u + v);
    consider(w);
  }
  return best;
}

}  // namespace

Combination combination_of(const std::string& name) {
  for (const auto& [known, kind] : {std::pair{"fixed", Combination::fixed},
                                    {"select", Combination::select},
                                    {"weighted", Combination::weighted},
                                    {"interpolate", Combination::interpolate}}) {
    if (name == known) return kind;
  }
  fail("evaluate: model: expected fixed, select, weighted or interpolate, got '", name, "'");
}

std::vector<double> fit_weights(const FittedModel& model, const std::vector<double>& products,
                                const std::vector<double>& target) {
  if (model.kind == Combination::fixed) return {1};
  if (model.kind == Combination::select) return select(products, target);
  if (model.kind == Combination::interpolate) return interpolate(products, target);
  List k = products;
  for (std::size_t i = 0; i < target.size(); ++i)
    k[i * target.size() + i] += model.ridge;
  List w = model.nonnegative ? nonnegative(k, target) : least_squares(k, target);
  double square = 0;
  for (const double v : w)
    square += v * v;
  if (square > 0) {
    for (double& v : w)
      v /= std::sqrt(square);
  }
  return w;
}

}  // namespace brain::rsa
