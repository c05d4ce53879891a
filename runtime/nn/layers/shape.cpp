#include "nn/layers/shape.h"

#include "nn/layers/repr.h"

namespace brain::nn {

std::string Flatten::description() const { return "start_dim=" + repr(start_dim_) + ", end_dim=" + repr(end_dim_); }

std::string Unflatten::description() const {
  return "dim=" + repr(dim_) + ", unflattened_size=" + repr(at::IntArrayRef(sizes_));
}

}  // namespace brain::nn
