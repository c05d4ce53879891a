#pragma once
#include <cstdint>

#include <ATen/core/Tensor.h>

namespace brain::data {

struct SimulatedPictures {
  at::Tensor pixels;      // uint8 [n, size, size, 3]
  at::Tensor factors;     // float32 [n, factors]: what is shown, about -1 to 1 each (see the .cpp)
  at::Tensor categories;  // int64 [n]: places in kCategories
};

// Draws (draw.h) picture indices[i] of concept concepts[i] (int64 [n] each), in parallel; `categories`: how
// many of kCategories there are. The same for any number of threads.
SimulatedPictures simulate_pictures(std::uint64_t seed, const at::Tensor& concepts, const at::Tensor& indices,
                                    int categories, int size);

}  // namespace brain::data
