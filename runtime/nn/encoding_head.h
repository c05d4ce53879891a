#pragma once
// A network that predicts responses beside its own output: each tapped layer is flattened, reduced by a Linear and a
// ReLU, and a last Linear maps all of them to the responses (the read-out of ReAlnet, Lu and Wang 2024).
#include <string>
#include <vector>

#include "nn/layer.h"

namespace brain::nn {

// Children trunk, read_out (a ModuleList with one Linear per tap), output. call({x}) gives the trunk's output and the
// prediction [N, outputs]; the entry "predict" the prediction alone, leaving out what comes after the last tap.
class EncodingHead : public Copyable<EncodingHead> {
 public:
  // taps: names of layers in the trunk, each with an optional #k, in the order of their read-outs. example: an input of
  // the trunk, [1, ...], run once in evaluation to learn how many features each tap has.
  EncodingHead(LayerPtr trunk, std::vector<std::string> taps, std::int64_t width, std::int64_t outputs,
               const at::Tensor& example);
  std::string class_name() const override { return "EncodingHead"; }
  std::string description() const override;
  std::vector<std::string> entries() const override { return {"forward", "predict"}; }
  // The trunk's stages before the first tap, then all the rest as one layer.
  std::vector<LayerPtr> stages() const override;

 protected:
  Value forward_values(const Values& inputs, std::string_view entry) override;

 private:
  class Rest;
  // Runs the trunk from one of its stages (0: the whole trunk) and the read-outs.
  Value run_from(std::size_t stage, const at::Tensor& x, bool prediction_only);
  std::vector<at::Tensor> read_taps(const std::function<void()>& body, bool stop_early);

  std::vector<std::string> taps_;
  int trunk_, read_out_, output_;
};

}  // namespace brain::nn
