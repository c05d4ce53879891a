#pragma once
// Every call that a run of a network makes, in the order in which the calls end.
#include <string>
#include <vector>

#include "nn/layer.h"

namespace brain::nn {

struct LayerCall {
  std::string name;        // of the layer: "layer1.0.relu", with #k where it is called more than once
  std::string class_name;
  // "ReLU-3": the class and 1 + the number of earlier names that hold the class name, over everything but Sequential
  // and ModuleList (Conwell et al. 2024); an element i of a tuple adds "-i" (from 1). Empty for the two containers.
  std::string numbered;
  std::vector<std::int64_t> shape;  // of the output
  std::int64_t parameters = 0;      // of the layer and all below
  std::string duplicate_of;         // the first numbered call with the same flattened numbers, if any
};

// Runs the network on x once, as it stands and without gradients. Outputs that are not tensors are left out.
std::vector<LayerCall> trace_calls(Layer& network, const at::Tensor& x);

}  // namespace brain::nn
