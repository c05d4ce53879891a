#include "data/simulate_pictures.h"

#include <cmath>
#include <map>
#include <numbers>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "data/draw.h"

namespace brain::data {

namespace {

constexpr std::int64_t kFactors =
    static_cast<std::int64_t>(kCategories.size()) + Concept::kForms + kTextures + 2 + 5;

// The category, the proportions, the main texture and hue; size, place, mirror and angle in the picture.
void write_factors(const Concept& concept_, const View& view, float* out) {
  for (std::size_t i = 0; i < kCategories.size(); ++i)
    *out++ = static_cast<int>(i) == concept_.category ? 2.0f : 0.0f;
  for (const float form : concept_.form) *out++ = 2 * form - 1;
  for (int i = 0; i < kTextures; ++i)
    *out++ = static_cast<int>(concept_.surfaces[0].texture) == i ? 1.0f : 0.0f;
  const float turn = 2 * std::numbers::pi_v<float> * concept_.hue;
  *out++ = std::cos(turn);
  *out++ = std::sin(turn);
  *out++ = (view.size - 0.7f) * 3;
  *out++ = view.place.x * 2;
  *out++ = view.place.y * 2;
  *out++ = view.mirrored ? 0.3f : -0.3f;
  *out = view.angle * 0.5f;
}

}  // namespace

SimulatedPictures simulate_pictures(std::uint64_t seed, const at::Tensor& concepts, const at::Tensor& indices,
                                    int categories, int size) {
  if (size < 16 || size > 1024) fail("simulated pictures: size: expected 16 to 1024 pixels, got ", size);
  if (concepts.dim() != 1 || concepts.scalar_type() != at::kLong || indices.sizes() != concepts.sizes() ||
      indices.scalar_type() != at::kLong)
    fail("simulated pictures: expected concepts and indices as int64 of one length, got ", concepts.sizes(),
         " and ", indices.sizes());
  const std::int64_t n = concepts.size(0);
  std::map<std::int64_t, Concept> known;
  SimulatedPictures made{at::empty({n, size, size, 3}, at::kByte), at::empty({n, kFactors}, at::kFloat),
                         at::empty({n}, at::kLong)};
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t concept_ = concepts[i].item<std::int64_t>();
    if (!known.count(concept_))
      known.emplace(concept_, make_concept(seed, static_cast<std::uint64_t>(concept_), categories));
    made.categories.mutable_data_ptr<std::int64_t>()[i] = known.at(concept_).category;
  }
  const at::Tensor which = concepts.contiguous(), index = indices.contiguous();
  auto* pixels = made.pixels.mutable_data_ptr<std::uint8_t>();
  auto* factors = made.factors.mutable_data_ptr<float>();
  Progress progress("drawing", n, "pictures");
  at::parallel_for(0, n, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      interrupt::check();
      const Concept& concept_ = known.at(which.const_data_ptr<std::int64_t>()[i]);
      const View view =
          draw_picture(concept_, seed, static_cast<std::uint64_t>(index.const_data_ptr<std::int64_t>()[i]),
                       size, pixels + i * size * size * 3);
      write_factors(concept_, view, factors + i * kFactors);
      progress.advance();
    }
  });
  return made;
}

}  // namespace brain::data
