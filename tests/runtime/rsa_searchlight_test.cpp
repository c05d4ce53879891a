// The searchlight against each neighbourhood's RDM by rsa/rdm.h and its comparison by rsa/compare.h.
#include "rsa/searchlight.h"

#include <ATen/Parallel.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"
#include "rsa/crossvalidated.h"
#include "rsa/rdm.h"

using namespace brain;
using namespace brain::rsa;

namespace {

Neighbourhoods hoods_of(const std::vector<std::vector<std::int64_t>>& lists) {
  std::vector<std::int64_t> centres, offsets{0}, places;
  for (const auto& list : lists) {
    centres.push_back(list[0]);
    places.insert(places.end(), list.begin(), list.end());
    offsets.push_back(static_cast<std::int64_t>(places.size()));
  }
  return {at::tensor(centres, at::kLong), at::tensor(offsets, at::kLong), at::tensor(places, at::kLong)};
}

at::Tensor members(const Neighbourhoods& hoods, std::int64_t k) {
  return hoods.places.slice(0, hoods.offsets[k].item<std::int64_t>(), hoods.offsets[k + 1].item<std::int64_t>());
}

}  // namespace

TEST_CASE("spheres are the voxels of the mask nearer than the radius") {
  const at::Tensor mask = numbers({5, 6, 4}) > -0.5, size = at::tensor({1.0, 1.5, 2.0}, at::kDouble);
  const at::Tensor places = at::nonzero(mask).to(at::kDouble) * size;
  const at::Tensor near = at::cdist(places, places, 2, 2) < 2.5;
  const auto hoods = spheres(mask, 2.5, size);
  REQUIRE(at::equal(hoods.centres, at::nonzero(near.sum(1) >= 2).flatten()));
  for (std::int64_t k = 0; k < hoods.centres.numel(); ++k)
    REQUIRE(at::equal(members(hoods, k), at::nonzero(near[hoods.centres[k]]).flatten()));

  // By the part of a sphere that is in the mask: of the sphere cut at the border of the volume.
  const at::Tensor all = at::nonzero(at::ones({5, 6, 4})).to(at::kDouble) * size;
  const at::Tensor volume = (at::cdist(places, all, 2, 2) < 2.5).sum(1).to(at::kDouble);
  const auto most = spheres(mask, 2.5, size, 0.7);
  CHECK(at::equal(most.centres, at::nonzero((near.sum(1) >= 0.7 * volume) & (near.sum(1) >= 2)).flatten()));
  CHECK(most.centres.numel() < hoods.centres.numel());
  CHECK(spheres(at::ones({10, 10, 10}), 3, at::ones({3})).places.numel() == 67264);
  CHECK_THROWS_AS(spheres(mask, 0.5, at::ones({3})), Error);
  CHECK_THROWS_AS(spheres(mask[0], 2, at::ones({3})), Error);
}

TEST_CASE("a searchlight is the comparison of every neighbourhood's RDM") {
  const std::int64_t n = 9, voxels = 60;
  const at::Tensor x = normals({n, voxels}) + 2 * normals({n, 1}, 7) + 100;
  const at::Tensor models = normals({3, 36}, 2), control = normals({2, 36}, 3);
  std::vector<std::vector<std::int64_t>> lists;
  for (std::int64_t k = 0; k < 150; ++k) {
    lists.emplace_back();
    for (std::int64_t j = 0; j < 4 + k % 13; ++j)
      lists.back().push_back((k * 7 + j * 11) % voxels);
  }
  const auto hoods = hoods_of(lists);
  const auto slow = [&](Distance distance, Comparison method, bool partial) {
    std::vector<at::Tensor> rows;
    for (std::size_t k = 0; k < lists.size(); ++k) {
      const at::Tensor d = rdm(x.index_select(1, members(hoods, static_cast<std::int64_t>(k))), distance).unsqueeze(0);
      rows.push_back(partial ? compare_partial(d, models, control, method == Comparison::spearman)
                             : compare(d, models, method));
    }
    return at::cat(rows, 0);
  };
  // 1e-9: patches are centred before they are multiplied, as there, but summed in another order.
  for (const auto& [mine, theirs] : {std::pair{SearchlightDistance::correlation, Distance::correlation},
                                     {SearchlightDistance::cosine, Distance::cosine},
                                     {SearchlightDistance::euclidean, Distance::euclidean},
                                     {SearchlightDistance::sqeuclidean, Distance::sqeuclidean},
                                     {SearchlightDistance::sqeuclidean_mean, Distance::sqeuclidean_mean}}) {
    for (const auto method : {Comparison::spearman, Comparison::pearson, Comparison::cosine})
      CHECK(near(searchlight(x, hoods, models, mine, method), slow(theirs, method, false), 1e-9, 1e-12));
  }
  const auto correlation = SearchlightDistance::correlation;
  for (const auto method : {Comparison::tau_a, Comparison::rho_a, Comparison::corr_cov})
    CHECK(near(searchlight(x, hoods, models, correlation, method), slow(Distance::correlation, method, false), 1e-9, 1e-12));
  for (const auto method : {Comparison::pearson, Comparison::spearman})
    CHECK(near(searchlight(x, hoods, models, correlation, method, control), slow(Distance::correlation, method, true), 1e-9,
               1e-12));
  CHECK_THROWS_AS(searchlight(x, hoods, models, correlation, Comparison::cosine, control), Error);
  CHECK_THROWS_AS(searchlight(x, hoods, models.slice(1, 0, 28), correlation, Comparison::cosine), Error);
  CHECK_THROWS_AS(searchlight(x.slice(1, 0, 30), hoods, models, correlation, Comparison::cosine), Error);

  const int threads = at::get_num_threads();
  const at::Tensor two = searchlight(x, hoods, models, correlation, Comparison::spearman);
  at::set_num_threads(1);
  CHECK(at::equal(two, searchlight(x, hoods, models, correlation, Comparison::spearman)));
  at::set_num_threads(threads);
}

TEST_CASE("searchlight crossnobis multiplies different folds") {
  const at::Tensor x = normals({4, 6, 20}), models = normals({2, 15}, 2);
  const auto hoods = hoods_of({{0, 1, 2, 3, 4}, {5, 6, 7}, {19, 3, 8, 11, 10, 2, 1}});
  const at::Tensor got = searchlight(x, hoods, models, SearchlightDistance::crossnobis, Comparison::pearson);
  for (std::int64_t k = 0; k < 3; ++k) {
    const at::Tensor d = crossnobis(balanced_folds(x.index_select(2, members(hoods, k)))).unsqueeze(0);
    CHECK(near(got[k], compare(d, models, Comparison::pearson)[0], 1e-10, 1e-12));
  }
  CHECK_THROWS_AS(searchlight(x[0], hoods, models, SearchlightDistance::crossnobis, Comparison::pearson), Error);
}

TEST_CASE("pairs that are missing in a searchlight") {
  at::Tensor x = normals({7, 12}), models = normals({2, 21}, 2);
  x[2].slice(0, 0, 4).fill_(3);  // one condition does not vary in the first neighbourhood
  const auto hoods = hoods_of({{0, 1, 2, 3}, {4, 5, 6, 7}});
  const auto correlation = SearchlightDistance::correlation;
  const auto each = [&](Comparison method) {
    std::vector<at::Tensor> rows;
    for (std::int64_t k = 0; k < 2; ++k)
      rows.push_back(compare(rdm(x.index_select(1, members(hoods, k)), Distance::correlation).unsqueeze(0), models, method));
    return at::cat(rows, 0);
  };
  CHECK(near(searchlight(x, hoods, models, correlation, Comparison::spearman), each(Comparison::spearman), 1e-10));
  CHECK(searchlight(x, hoods, models, correlation, Comparison::corr_cov).isnan().sum().item<std::int64_t>() == 2);
  CHECK_THROWS_AS(searchlight(x, {{}, hoods.offsets.slice(0, 0, 2), hoods.places}, models, correlation, Comparison::pearson),
                  Error);
  at::Tensor holed = x.clone();
  holed[1][6] = NAN;  // what is missing in one neighbourhood leaves the others as they are
  for (const auto distance : {correlation, SearchlightDistance::euclidean}) {
    const at::Tensor got = searchlight(holed, hoods, models, distance, Comparison::pearson);
    CHECK(near(got[0], searchlight(x, hoods, models, distance, Comparison::pearson)[0], 1e-10));
    CHECK(got[1].isnan().all().item<bool>() == (distance != correlation));
  }
  CHECK(searchlight(at::ones({7, 12}), hoods, models, correlation, Comparison::spearman).isnan().all().item<bool>());
  models[0][5] = NAN;
  for (const auto method : {Comparison::spearman, Comparison::pearson})
    CHECK(near(searchlight(x, hoods, models, correlation, method), each(method), 1e-10));
}
