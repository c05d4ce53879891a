#include "linalg/gram.h"

namespace brain::linalg {

namespace {

// Adds x x' to the part of gram on and below the block diagonal, in bands of rows: the upper half is its
// mirror.
void add_products(at::Tensor& gram, const at::Tensor& x) {
  const std::int64_t n = x.size(0), band = std::max<std::int64_t>(64, (n + 7) / 8);
  for (std::int64_t first = 0; first < n; first += band) {
    const std::int64_t last = std::min(first + band, n);
    at::Tensor part = gram.slice(0, first, last).slice(1, 0, last);
    part.addmm_(x.slice(0, first, last), x.slice(0, 0, last).t());
  }
}

}  // namespace

at::Tensor row_means(const at::Tensor& x) {
  at::Tensor sums = at::zeros({x.size(0), 1}, x.options().dtype(at::kDouble));
  each_block(x, [&](const at::Tensor& block) { sums += block.sum(1, /*keepdim=*/true); });
  return sums / static_cast<double>(x.size(1));
}

at::Tensor gram(const at::Tensor& x, Centring centring, const at::Tensor& known_means) {
  const at::Tensor means = centring != Centring::rows ? at::Tensor() : known_means.defined() ? known_means : row_means(x);
  at::Tensor products = at::zeros({x.size(0), x.size(0)}, x.options().dtype(at::kDouble));
  each_block(x, [&](at::Tensor block) {
    if (centring != Centring::none) {
      const at::Tensor mean = centring == Centring::rows ? means : block.mean(0, /*keepdim=*/true);
      block = x.scalar_type() == at::kDouble ? block - mean : block.sub_(mean);  // a copy already, or x itself
    }
    add_products(products, block);
  });
  return products.tril() + products.tril(-1).t();
}

}  // namespace brain::linalg
