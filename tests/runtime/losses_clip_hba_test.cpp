#include "losses/clip_hba.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

TEST_CASE("plain predictions are scaled cosines, pairs their softmax") {
  const at::Tensor image = numbers({3, 4}), text = numbers({6, 4}, 2), wide = numbers({3, 6}, 3),
                   narrow = numbers({3, 3}, 3);
  const ClipHba plain = clip_hba(image, text, wide), paired = clip_hba(image, text, narrow, true, 10);
  for (int i = 0; i < 3; ++i) {
    for (int k = 0; k < 6; ++k) {
      const double c = (image[i].dot(text[k]) / (image[i].norm() * text[k].norm())).item<double>();
      CHECK(plain.prediction[i][k].item<double>() == Approx(100 * c).epsilon(1e-12));
      if (k % 2) continue;
      const double other =
          (image[i].dot(text[k + 1]) / (image[i].norm() * text[k + 1].norm())).item<double>();
      const double p = std::exp(10 * c) / (std::exp(10 * c) + std::exp(10 * other));
      CHECK(paired.prediction[i][k / 2].item<double>() == Approx(p).epsilon(1e-12));
    }
  }
  CHECK(near(plain.loss, (plain.prediction - wide).square().mean()));
  CHECK(near(paired.loss, (paired.prediction - narrow).square().mean()));
  CHECK_THROWS_WITH(clip_hba(image, text, narrow),
                    "clip_hba: expected 3 prompts for a target of shape [3, 3] and 3 images, got 6 and 3");
}
