#include "rsa/draw.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "stats/kendall.h"
#include "stats/rank.h"

namespace brain::rsa {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

RdmSet::RdmSet(const at::Tensor& x, const at::Tensor& kept, Comparison method) {
  const at::Tensor rows = x.index_select(1, kept).contiguous();
  for (std::int64_t k = 0; k < rows.size(0); ++k) {
    const auto* first = rows.const_data_ptr<double>() + k * rows.size(1);
    values.emplace_back(first, first + rows.size(1));
    if (uses_ranks(method)) order.push_back(stats::ascending(values.back()));
    if (is_tau(method)) ranks.push_back(stats::dense_ranks(values.back()));
  }
}

Draw::Draw(Comparison method, Numbers weights) : method_(method), w_(std::move(weights)) {
  total_ = std::accumulate(w_.begin(), w_.end(), 0.0);
  if (!is_tau(method)) return;
  for (std::size_t p = 0; p < w_.size(); ++p) {
    if (w_[p] == 0) continue;
    drawn_.push_back(static_cast<std::int32_t>(p));
    copies_.push_back(static_cast<std::int32_t>(w_[p]));
  }
}

Numbers Draw::ranked(const Numbers& x, const Places& order) const {
  if (!uses_ranks(method_)) return x;
  Numbers y(x.size());
  stats::average_ranks(x, order, w_, y);
  return y;
}

Numbers Draw::unit(Numbers y) const {
  double least = 0;  // what is not longer is rounding; sums of ranks have none
  if (!uses_ranks(method_)) {
    if (method_ == Comparison::pearson) {
      const double mean = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(y.size());
      for (auto& v : y)
        v -= mean;
    }
    least = 1e-6 * std::sqrt(product(y, y));
  }
  if (method_ != Comparison::cosine) centre(y);
  const double length = std::sqrt(product(y, y));
  const double scale = method_ == Comparison::rho_a ? std::sqrt(12 / (total_ * total_ * total_ - total_))
                       : length < least             ? kNaN
                                                    : 1 / length;
  for (std::size_t p = 0; p < y.size(); ++p)
    y[p] *= std::sqrt(w_[p]) * scale;
  return y;
}

Places Draw::of_drawn(const Places& ranks) const {
  Places list(drawn_.size());
  for (std::size_t k = 0; k < list.size(); ++k)
    list[k] = ranks[drawn_[k]];
  return list;
}

Prepared Draw::prepare(const Numbers& x, const Places& order, const Places* ranks) const {
  if (is_tau(method_)) return {{}, of_drawn(*ranks)};
  return {unit(ranked(x, order)), {}};
}

Prepared Draw::prepare(const Numbers& x) const {
  const Places ranks = is_tau(method_) ? stats::dense_ranks(x) : Places{};
  return prepare(x, uses_ranks(method_) ? stats::ascending(x) : Places{}, &ranks);
}

std::vector<Prepared> Draw::prepare(const RdmSet& rdms) const {
  const Places none;
  std::vector<Prepared> list;
  for (std::size_t k = 0; k < rdms.size(); ++k)
    list.push_back(prepare(rdms.values[k], rdms.order.empty() ? none : rdms.order[k],
                           rdms.ranks.empty() ? nullptr : &rdms.ranks[k]));
  return list;
}

double Draw::similarity(const Prepared& a, const Prepared& b) const {
  if (!is_tau(method_)) return dot(a.unit, b.unit);
  const auto tau = stats::kendall(a.ranks, b.ranks, copies_);
  return method_ == Comparison::tau_a ? tau.tau_a : tau.tau_b;
}

void Draw::centre(Numbers& y) const {
  double sum = 0;
  for (std::size_t p = 0; p < y.size(); ++p)
    sum += w_[p] * y[p];
  for (auto& v : y)
    v -= sum / total_;
}

double Draw::product(const Numbers& a, const Numbers& b) const {
  double sum = 0;
  for (std::size_t p = 0; p < a.size(); ++p)
    sum += w_[p] * a[p] * b[p];
  return sum;
}

double dot(const Numbers& a, const Numbers& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void remove_controls(const std::vector<Prepared>& controls, std::vector<Prepared>& from) {
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

}  // namespace brain::rsa
