#pragma once
// Loops over draws of conditions and subjects, spread over threads.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cstdint>
#include <functional>

#include "core/interrupt.h"
#include "rsa/resampled.h"

namespace brain::rsa {

// Calls f(first, last) for batches of draws, spread over threads: several at once, so that the products of RDMs are read
// once for all of them, and the same ones for any number of threads, so that they round alike.
template <class F>
void each_batch(std::int64_t draws, std::int64_t size, F f) {
  at::parallel_for(0, (draws + size - 1) / size, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad;
    for (std::int64_t batch = begin; batch < end; ++batch) {
      interrupt::check();
      f(batch * size, std::min((batch + 1) * size, draws));
    }
  });
}

// One draw: how often each condition [n] and each subject [s] was drawn, and where its results go, which hold NaN before:
// similarity [models], per subject [models, s], ceilings [2].
struct DrawResult {
  const double *conditions, *subjects;
  double *similarity, *per_subject, *ceiling;
};

// What f gives of each draw: conditions [draws, n] and subjects [draws, s] are how often each was drawn. Shows progress.
Evaluations each_draw(const at::Tensor& conditions, const at::Tensor& subjects, std::int64_t models,
                      const std::function<void(const DrawResult&)>& f);

}  // namespace brain::rsa
