#include "rsa/each_draw.h"

#include <limits>

#include "core/progress.h"

namespace brain::rsa {

Evaluations each_draw(const at::Tensor& conditions, const at::Tensor& subjects, std::int64_t models,
                      const std::function<void(const DrawResult&)>& f) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const at::Tensor counts = conditions.to(at::kDouble).contiguous(), people = subjects.to(at::kDouble).contiguous();
  const std::int64_t draws = counts.size(0), n = counts.size(1), s = people.size(1), m = models;
  Evaluations result{at::full({draws, m}, nan, at::kDouble), at::full({draws, m, s}, nan, at::kDouble),
                     at::full({draws, 2}, nan, at::kDouble)};
  const auto *of_conditions = counts.const_data_ptr<double>(), *of_subjects = people.const_data_ptr<double>();
  auto *similarity = result.similarity.mutable_data_ptr<double>(), *each = result.per_subject.mutable_data_ptr<double>(),
       *ceiling = result.ceiling.mutable_data_ptr<double>();
  Progress progress("evaluate", draws, "draws");
  each_batch(draws, 1, [&](std::int64_t d, std::int64_t) {
    f({of_conditions + d * n, of_subjects + d * s, similarity + d * m, each + d * m * s, ceiling + 2 * d});
    progress.advance();
  });
  return result;
}

}  // namespace brain::rsa
