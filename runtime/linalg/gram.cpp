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

at::Tensor gram(const at::Tensor& x, Centring centring) {
  const at::Tensor mean =
      centring == Centring::rows ? x.mean(1, /*keepdim=*/true, at::kDouble) : at::Tensor();
  at::Tensor products = at::zeros({x.size(0), x.size(0)}, x.options().dtype(at::kDouble));
  each_block(x, [&](at::Tensor block) {
    if (centring == Centring::rows) block = block - mean;
    if (centring == Centring::columns) block = block - block.mean(0, /*keepdim=*/true);
    add_products(products, block);
  });
  return products.tril() + products.tril(-1).t();
}

}  // namespace brain::linalg
