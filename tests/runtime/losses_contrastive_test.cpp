// The vectorised losses against loops over pairs and triplets.
#include "losses/contrastive.h"

#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

namespace {

double cosine(const at::Tensor& a, const at::Tensor& b) {
  return (a.dot(b) / (a.norm() * b.norm())).item<double>();
}
double correlation(const at::Tensor& a, const at::Tensor& b) { return cosine(a - a.mean(), b - b.mean()); }

// InfoNCE pair by pair; ids[i] == ids[j] makes j a positive of i, or leaves it out.
double info_nce(const at::Tensor& image, const at::Tensor& text, double scale, const std::vector<int>& ids,
                bool mask) {
  const auto n = static_cast<int>(image.size(0));
  double loss = 0;
  for (int direction = 0; direction < 2; ++direction) {
    const at::Tensor &from = direction ? text : image, &to = direction ? image : text;
    for (int i = 0; i < n; ++i) {
      double sum = 0, positive = 0, count = 0;
      for (int j = 0; j < n; ++j) {
        const double score = scale * cosine(from[i], to[j]);
        const bool same = ids[static_cast<std::size_t>(i)] == ids[static_cast<std::size_t>(j)];
        if (!mask || i == j || !same) sum += std::exp(score);
        if (mask ? i == j : same) {
          positive += score;
          ++count;
        }
      }
      loss += (std::log(sum) - positive / count) / (2 * n);
    }
  }
  return loss;
}

}  // namespace

TEST_CASE("clip_contrastive, with and without duplicates") {
  const at::Tensor image = numbers({5, 4}), text = numbers({5, 4}, 3);
  CHECK(near(clip_contrastive(image, text), info_nce(image, text, 1 / 0.07, {0, 1, 2, 3, 4}, false)));
  const at::Tensor scale = at::scalar_tensor(7.5, at::kDouble), ids = at::tensor({4, 9, 4, 2, 4});
  CHECK(near(clip_contrastive(image, text, {.scale = scale}),
             info_nce(image, text, 7.5, {0, 1, 2, 3, 4}, false)));
  CHECK(near(clip_contrastive(image, text, {.scale = scale, .ids = ids}),
             info_nce(image, text, 7.5, {4, 9, 4, 2, 4}, false)));
  CHECK(near(clip_contrastive(image, text, {.scale = scale, .ids = ids, .duplicates = Duplicates::mask}),
             info_nce(image, text, 7.5, {4, 9, 4, 2, 4}, true)));
  CHECK(near(clip_contrastive(image, text, {.ids = at::arange(5)}), clip_contrastive(image, text)));
  CHECK_THROWS_WITH(clip_contrastive(image, text, {.ids = at::arange(4)}),
                    "clip_contrastive: ids: expected shape [5], got [4]");
  CHECK_THROWS_AS(clip_contrastive(image, text.slice(0, 0, 4)), Error);
}

TEST_CASE("ranks average ties") {
  const at::Tensor x = at::tensor({3.0, 1.0, 3.0, 2.0, 3.0}, at::kDouble).view({1, 5});
  CHECK(near(average_ranks(x), at::tensor({4.0, 1.0, 4.0, 2.0, 4.0}, at::kDouble).view({1, 5})));
}

TEST_CASE("realnet_generation is MSE plus contrast") {
  const at::Tensor a = numbers({4, 6}), b = numbers({4, 6}, 3) + 0.5 * a;
  for (const auto kind : {Correlation::pearson, Correlation::spearman}) {
    const at::Tensor p = kind == Correlation::spearman ? average_ranks(a) : a;
    const at::Tensor t = kind == Correlation::spearman ? average_ranks(b) : b;
    double same = 0, different = 0;
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) (i == j ? same : different) += correlation(p[i], t[j]);
    }
    const RealnetGeneration loss = realnet_generation(a, b, kind);
    CHECK(near(loss.contrast, 1 - same / 4 + different / 12));
    CHECK(near(loss.mse, (a - b).square().mean()));
    CHECK(near(loss.total, loss.mse + loss.contrast));
    CHECK(near(realnet_generation(a, b, kind, true).total, loss.total));
  }
  CHECK_THROWS_WITH(realnet_generation(a.slice(0, 0, 1), b.slice(0, 0, 1)),
                    "realnet_generation: expected at least 2 samples, got 1");
}

TEST_CASE("triplet_odd_one_out is the negative log choice probability") {
  const at::Tensor embedding = numbers({6, 3}),
                   triplets = at::tensor({0, 1, 2, 5, 3, 4, 2, 2, 0}).view({3, 3});
  for (const bool use_cosine : {false, true}) {
    double loss = 0;
    for (int t = 0; t < 3; ++t) {
      const auto row = [&](int c) { return embedding[triplets[t][c].item<std::int64_t>()]; };
      const auto e = [&](int a, int b) {
        return std::exp((use_cosine ? cosine(row(a), row(b)) : row(a).dot(row(b)).item<double>()) / 0.5);
      };
      loss -= std::log(e(0, 1) / (e(0, 1) + e(0, 2) + e(1, 2))) / 3;
    }
    CHECK(near(triplet_odd_one_out(embedding, triplets, use_cosine, 0.5), loss));
  }
  CHECK_THROWS_AS(triplet_odd_one_out(embedding, triplets.to(at::kDouble)), Error);
  CHECK_THROWS(triplet_odd_one_out(embedding, triplets + 4));
}
