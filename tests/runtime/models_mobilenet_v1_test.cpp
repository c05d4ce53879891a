#include "models/mobilenet_v1.h"

#include "golden_rsa.h"

TEST_CASE("coral/mobilenet_v1 has the published sizes") {
  CHECK(brain::models::outline("coral/mobilenet_v1_0.25_128")->count_parameters() == 467593);
}

TEST_CASE("coral/mobilenet_v1_0.25_128 takes its real weights") {
  const std::string file = shared_path("data/weights/mobilenet_v1_0.25_128_imagenet.safetensors");
  if (file.empty()) return;
  const at::NoGradGuard no_grad;
  const auto network = brain::models::create("coral/mobilenet_v1_0.25_128", {}, 1);
  brain::models::load_weights(*network, brain::models::find("coral/mobilenet_v1_0.25_128"), file);
  network->eval();
  CHECK((*network)(at::zeros({1, 3, 128, 128})).sizes() == at::IntArrayRef{1, 1001});
}
