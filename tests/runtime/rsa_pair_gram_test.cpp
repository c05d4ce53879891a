// Products under counts against RDMs with the drawn conditions written out.
#include "rsa/pair_gram.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/philox.h"
#include "numbers.h"
#include "rsa/pairs.h"

using namespace brain;
using rsa::Comparison;

TEST_CASE("products of a draw are those of its copies") {
  const std::int64_t n = 8;
  const at::Tensor rdms = normals({5, 28}).square() + 2;
  std::vector<at::Tensor> counts{at::ones({n}, at::kDouble)};
  std::vector<std::vector<std::int64_t>> chosen{{0, 1, 2, 3, 4, 5, 6, 7}};
  for (std::uint64_t d = 0; d < 12; ++d) {
    chosen.push_back(sample_with_replacement(3, d, n, n));
    counts.push_back(at::bincount(at::tensor(chosen.back(), at::kLong), {}, n).to(at::kDouble));
  }
  // One condition as often as makes the diagonal of the whitened inverse 0: 5 of 8.
  chosen.push_back({2, 2, 2, 2, 2, 0, 1, 5});
  counts.push_back(at::bincount(at::tensor(chosen.back(), at::kLong), {}, n).to(at::kDouble));
  for (const auto method : {Comparison::pearson, Comparison::cosine, Comparison::corr_cov, Comparison::cosine_cov}) {
    const auto got = rsa::PairGram(rdms, method, 14)(at::stack(counts)), few = rsa::PairGram(rdms, method, 1)(at::stack(counts));
    CHECK(near(few.products, got.products, 1e-9, 1e-9));
    for (std::size_t d = 0; d < chosen.size(); ++d) {
      INFO("method " << int(method) << ", draw " << d);
      const at::Tensor drawn = rsa::subset(rdms, chosen[d]);
      const at::Tensor k = got.products[d], size = k.diagonal().sqrt();
      // A draw of few conditions leaves ill-conditioned whitening; 1e-7 is the perturbation of the last draw.
      CHECK(near(k / at::outer(size, size), rsa::compare(drawn, drawn, method), 1e-8, d + 1 == chosen.size() ? 1e-6 : 1e-9));
      const at::Tensor kept = drawn.index_select(1, at::nonzero(drawn.isnan().any(0).logical_not()).flatten());
      const bool centred = method == Comparison::pearson || method == Comparison::corr_cov;
      const at::Tensor expected = centred ? kept.std(1, false) : kept.square().mean(1).sqrt();
      CHECK(near(got.sizes[d] / got.sizes[d][0], expected / expected[0], 1e-9));
    }
  }
}

TEST_CASE("an RDM that does not vary in a draw has no length") {
  // Two categories of 4: conditions of one category are all alike.
  const at::Tensor category = at::arange(8).div(4, "floor");
  const at::Tensor model = rsa::condensed(category.unsqueeze(0).ne(category.unsqueeze(1)).to(at::kDouble), "model");
  const at::Tensor rdms = at::cat({model * 0.3 + 0.1, at::full({1, 28}, 0.7, at::kDouble), normals({1, 28}).square()});
  at::Tensor counts = at::ones({2, 8}, at::kDouble);
  counts[1].slice(0, 4).zero_();
  for (const auto method : {Comparison::pearson, Comparison::corr_cov}) {
    for (const int draws : {1, 100}) {
      const at::Tensor k = rsa::PairGram(rdms, method, draws)(counts).products;
      CHECK(k[0][0][0].item<double>() > 0);
      CHECK(k[1][0][0].item<double>() == 0);
      CHECK(k[0][1][1].item<double>() == 0);
      CHECK(k[1][2][2].item<double>() > 0);
    }
  }
}

TEST_CASE("missing pairs, and many RDMs at once") {
  at::Tensor rdms = normals({4, 45}).square();
  rdms[2][7] = NAN;
  const at::Tensor counts = at::ones({1, 10}, at::kDouble), k = rsa::PairGram(rdms, Comparison::pearson, 1)(counts).products[0];
  const at::Tensor size = k.diagonal().sqrt();
  CHECK(near(k / at::outer(size, size), rsa::compare(rdms, rdms, Comparison::pearson), 1e-11, 1e-13));
  CHECK_THROWS_WITH(rsa::PairGram(rdms, Comparison::corr_cov, 1), Catch::Contains("need every pair, and 1 are missing"));
  CHECK_THROWS_WITH(rsa::PairGram(rdms, Comparison::spearman, 1), Catch::Contains("expected pearson, cosine"));
  // 130 RDMs of 4950 pairs: their products do not fit in 64 MB and are made for each draw.
  const at::Tensor many = normals({130, 4950});
  const at::Tensor twice = at::stack({at::ones({100}, at::kDouble), at::arange(100).remainder(3).to(at::kDouble)});
  const at::Tensor all = rsa::PairGram(many, Comparison::pearson, 100)(twice).products,
                   some = rsa::PairGram(many.slice(0, 0, 20), Comparison::pearson, 100)(twice).products;
  CHECK(near(all.slice(1, 0, 20).slice(2, 0, 20), some, 1e-9, 1e-8));
}
