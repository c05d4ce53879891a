#include "losses/classification.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

TEST_CASE("cross-entropy of classes and probabilities, with smoothing and weights") {
  const at::Tensor logits = numbers({4, 3}) * 2, target = at::tensor({2, 0, 1, 1}, at::kLong);
  const at::Tensor soft = numbers({4, 3}, 5).softmax(1), weight = at::tensor({0.5, 1.0, 2.0}, at::kDouble);
  const at::Tensor log_p = logits - logits.exp().sum(1, true).log();
  double hard = 0, smooth = 0, weighted = 0, total = 0, spread = 0;
  for (int i = 0; i < 4; ++i) {
    const auto t = target[i].item<std::int64_t>();
    const double own = -log_p[i][t].item<double>(), w = weight[t].item<double>();
    hard += own / 4;
    smooth += (0.9 * own - 0.1 / 3 * log_p[i].sum().item<double>()) / 4;
    weighted += w * own;
    total += w;
    spread -= (soft[i] * log_p[i]).sum().item<double>() / 4;
  }
  CHECK(near(cross_entropy(logits, target), hard));
  CHECK(near(cross_entropy(logits, target, {.label_smoothing = 0.1}), smooth));
  CHECK(near(cross_entropy(logits, target, {.weight = weight}), weighted / total));
  CHECK(near(cross_entropy(logits, soft), spread));
  CHECK(cross_entropy(logits, target, {.reduction = at::Reduction::None}).sizes() == at::IntArrayRef{4});
  CHECK_THROWS_WITH(cross_entropy(logits, soft.slice(0, 0, 1)),
                    "cross_entropy: expected probabilities of the logits' shape [4, 3], got [1, 3]");
}
