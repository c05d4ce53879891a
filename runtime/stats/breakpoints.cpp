#include "stats/breakpoints.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/interrupt.h"

namespace brain::stats {

namespace {

constexpr int kTerms = 5;  // intercept, slope, three breaks
using Row = std::array<double, kTerms>;

// Sums over the points at and above each different x.
struct Sums {
  double n = 0, x = 0, xx = 0, y = 0, xy = 0;
};

class Search {
 public:
  Search(std::vector<double> knots, std::vector<Sums> above, double yy, std::int64_t breaks, std::int64_t apart)
      : knots_(std::move(knots)), above_(std::move(above)), yy_(yy), breaks_(breaks), apart_(apart) {
    const Sums& all = above_[0];
    gram_[0][0] = all.n, gram_[1][0] = all.x, gram_[1][1] = all.xx;
    right_[0] = all.y, right_[1] = all.xy;
    solve(2);
  }

  // Every choice of breaks from knot `first` on, those before being chosen.
  void run(std::int64_t chosen, std::int64_t first) {
    const auto last = static_cast<std::int64_t>(knots_.size()) - 1 - apart_ * (breaks_ - chosen);
    for (std::int64_t k = first; k <= last; ++k) {
      interrupt::check();
      places_[chosen] = k;
      const int term = static_cast<int>(chosen) + 2;
      add(term, k);
      solve(term + 1);
      if (chosen + 1 < breaks_) run(chosen + 1, k + apart_);
      else if (const double residual = yy_ - explained(); residual < best_) {
        best_ = residual;
        found_ = places_;
      }
    }
  }
  const std::array<std::int64_t, 3>& found() const { return found_; }

 private:
  // Products of max(0, x - knot k) with the terms before it.
  void add(int term, std::int64_t k) {
    const Sums& s = above_[k];
    const double b = knots_[k];
    gram_[term][0] = s.x - b * s.n;
    gram_[term][1] = s.xx - b * s.x;
    for (int other = 2; other <= term; ++other) {
      const double a = knots_[places_[other - 2]];
      gram_[term][other] = s.xx - (a + b) * s.x + a * b * s.n;
    }
    right_[term] = s.xy - b * s.y;
  }

  // Brings Cholesky's factor and the solution of its lower triangle up to `terms` rows: the last row only.
  void solve(int terms) {
    for (int i = terms == 2 ? 0 : terms - 1; i < terms; ++i) {
      double projected = right_[i];
      for (int j = 0; j <= i; ++j) {
        double sum = gram_[i][j];
        for (int k = 0; k < j; ++k)
          sum -= factor_[i][k] * factor_[j][k];
        factor_[i][j] = i == j ? std::sqrt(std::max(sum, 0.0)) : sum / factor_[j][j];
      }
      for (int j = 0; j < i; ++j)
        projected -= factor_[i][j] * solved_[j];
      solved_[i] = factor_[i][i] > 0 ? projected / factor_[i][i] : 0;
    }
  }
  double explained() const {
    double sum = 0;
    for (int i = 0; i < breaks_ + 2; ++i)
      sum += solved_[i] * solved_[i];
    return sum;
  }

  std::vector<double> knots_;
  std::vector<Sums> above_;
  double yy_;
  std::int64_t breaks_, apart_;
  std::array<Row, kTerms> gram_{}, factor_{};
  Row right_{}, solved_{};
  std::array<std::int64_t, 3> places_{}, found_{};
  double best_ = std::numeric_limits<double>::infinity();
};

}  // namespace

Breakpoints breakpoints(const at::Tensor& given_x, const at::Tensor& given_y, std::int64_t breaks,
                        std::int64_t apart) {
  if (given_x.dim() != 1 || given_x.sizes() != given_y.sizes())
    fail("breakpoints: expected x and y of equal length, got ", given_x.sizes(), " and ", given_y.sizes());
  if (breaks < 1 || breaks > 3) fail("breakpoints: breaks: expected 1 to 3, got ", breaks);
  if (apart < 1) fail("breakpoints: apart: expected at least 1, got ", apart);
  const at::Tensor rows = at::stack({given_x, given_y}).detach().to(at::kCPU, at::kDouble);
  if (!at::isfinite(rows).all().item<bool>()) fail("breakpoints: expected finite numbers");
  const auto [sorted, order] = rows[0].sort();
  // On [0, 1], so that no product is large; y without its mean.
  const double low = sorted[0].item<double>(), width = sorted[-1].item<double>() - low;
  const at::Tensor x = (sorted - low) / (width > 0 ? width : 1), raw = rows[1].index_select(0, order),
                   y = raw - raw.mean();
  const auto* px = x.const_data_ptr<double>();
  const auto* py = y.const_data_ptr<double>();
  std::vector<double> knots;
  std::vector<Sums> above;
  Sums sum;
  for (std::int64_t k = x.size(0) - 1; k >= 0; --k) {
    sum.n += 1, sum.x += px[k], sum.xx += px[k] * px[k], sum.y += py[k], sum.xy += px[k] * py[k];
    if (k > 0 && px[k - 1] == px[k]) continue;
    knots.push_back(px[k]), above.push_back(sum);
  }
  std::reverse(knots.begin(), knots.end());
  std::reverse(above.begin(), above.end());
  if (static_cast<std::int64_t>(knots.size()) < (breaks + 1) * apart + 1 ||
      static_cast<std::int64_t>(knots.size()) < breaks + 2)
    fail("breakpoints: expected at least ", std::max((breaks + 1) * apart + 1, breaks + 2), " different x, got ",
         knots.size());
  Search search(knots, above, y.square().sum().item<double>(), breaks, apart);
  search.run(0, apart);
  // The best once more, on x itself.
  std::vector<at::Tensor> columns{at::ones_like(sorted), sorted};
  Breakpoints result;
  for (std::int64_t k = 0; k < breaks; ++k) {
    const double knot = knots[search.found()[k]];
    result.breaks.push_back(sorted[at::nonzero(x.eq(knot))[0][0].item<std::int64_t>()].item<double>());
    columns.push_back((sorted - result.breaks.back()).clamp_min(0));
  }
  const at::Tensor design = at::stack(columns, 1);
  const at::Tensor solution = std::get<0>(at::linalg_lstsq(design, raw.unsqueeze(1), {}, "gelsd")).squeeze(1);
  result.coefficients.assign(solution.const_data_ptr<double>(), solution.const_data_ptr<double>() + breaks + 2);
  result.residual = (raw - design.matmul(solution)).square().sum().item<double>();
  return result;
}

}  // namespace brain::stats
