#include "data/image_column.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <catch2/catch.hpp>
#include <unistd.h>

#include "core/child.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "io/image.h"
#include "noise.h"
#include "scratch.h"

using namespace brain::data;
using Catch::Contains;

namespace {

ImageTransform small() {
  ImageTransformOptions options;
  options.shorter_side = 10;
  options.crop = Size{8, 8};
  return ImageTransform(options);
}

at::Tensor pictures(std::int64_t count) {
  const auto bytes = noise_picture(12 * count, 15);
  return at::from_blob(const_cast<std::uint8_t*>(bytes.data()), {count, 12, 15, 3}, at::kByte).clone();
}

}  // namespace

TEST_CASE("rows are the transformed pictures in the order asked") {
  const at::Tensor pixels = pictures(7);
  const ImageTransform transform = small();
  ImageColumn column{ImageSource(pixels), transform};
  CHECK(column.size() == 7);
  CHECK(column.row_size() == Size{8, 8});
  const at::Tensor rows = column.rows({6, 0, 6, 3});
  REQUIRE(rows.sizes().vec() == std::vector<std::int64_t>{4, 3, 8, 8});
  for (const auto& [row, picture] : {std::pair{0, 6}, {1, 0}, {2, 6}, {3, 3}}) {
    at::Tensor expected = at::empty({3, 8, 8});
    transform({pixels[picture].const_data_ptr<std::uint8_t>(), 12, 15}, expected.mutable_data_ptr<float>());
    CHECK(at::equal(rows[row], expected));
  }
  CHECK(column.rows({}).sizes().vec() == std::vector<std::int64_t>{0, 3, 8, 8});
  CHECK_THROWS_WITH(column.rows({7}), "image_column: index 7 is outside a column of 7 pictures (0-based)");
  CHECK_THROWS_WITH(column.request({-1}), Contains("index -1 is outside"));
}

TEST_CASE("requested batches come in order, whatever the number of threads") {
  const at::Tensor pixels = pictures(40);
  for (const int threads : {1, 2, 5}) {
    ImageColumnOptions options;
    options.threads = threads;
    options.prefetch = 2;
    ImageColumn column{ImageSource(pixels), small(), options};
    std::vector<std::vector<std::int64_t>> batches;
    for (std::int64_t i = 0; i < 9; ++i) batches.push_back({i * 4, i * 4 + 3, i, 39 - i});
    batches.push_back({});
    for (const auto& batch : batches) column.request(batch);
    CHECK(column.requested() == 10);
    for (const auto& batch : batches) CHECK(at::equal(column.take(), column.rows(batch)));
    CHECK(column.requested() == 0);
    CHECK_THROWS_WITH(column.take(), "image_column: take: nothing was requested");
    column.request({1});
    column.request({2});
    column.cancel();
    column.request({3});
    CHECK(at::equal(column.take(), column.rows({3})));
    for (int i = 0; i < 5; ++i) column.request({0, 1, 2, 3, 4, 5, 6, 7});  // left behind: destruction joins
  }
}

TEST_CASE("the cache keeps as many pictures as fit, and gives the same") {
  const at::Tensor pixels = pictures(10);
  ImageColumnOptions options;
  options.cache_bytes = 8 * 8 * 3 * 4 + 5;
  ImageColumn column{ImageSource(pixels), small(), options}, plain{ImageSource(pixels), small()};
  const std::vector<std::int64_t> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const at::Tensor first = column.rows(all);
  CHECK(column.cached() == 4);
  CHECK(at::equal(first, plain.rows(all)));
  CHECK(at::equal(column.rows(all), first));
  CHECK(column.cached() == 4);
  CHECK(plain.cached() == 0);
}

TEST_CASE("memory of a batch is used again once nobody holds it") {
  ImageColumn column{ImageSource(pictures(4)), small()};
  at::Tensor first = column.rows({0, 1});
  const void* const memory = first.const_data_ptr();
  at::Tensor view = first[1];
  const at::Tensor expected = view.clone();
  first = at::Tensor();
  const at::Tensor second = column.rows({2, 3});
  CHECK(second.const_data_ptr() != memory);
  CHECK(at::equal(view, expected));
  view = at::Tensor();
  CHECK(column.rows({3, 2}).const_data_ptr() == memory);
  CHECK(column.rows({3}).size(0) == 1);
}

TEST_CASE("a column needs rows of one size") {
  ImageTransformOptions options;
  options.shorter_side = 10;
  CHECK_THROWS_WITH((ImageColumn{ImageSource({"a.jpg"}), ImageTransform(options)}),
                    Contains("pictures of different sizes do not make a batch"));
  ImageColumn same{ImageSource(pictures(2)), ImageTransform(options)};
  CHECK(same.row_size() == Size{10, 12});
  ImageColumnOptions none;
  none.prefetch = 0;
  CHECK_THROWS_WITH((ImageColumn{ImageSource(pictures(2)), small(), none}),
                    "image_column: prefetch: expected at least 1, got 0");
}

#ifdef BRAIN_IMAGES
TEST_CASE("the error of a picture comes out of its batch and names it") {
  Scratch scratch;
  const std::string good = "tests/data/images/444.jpg";
  write_text(scratch.path("cut.jpg"), read_text(good).substr(0, 700));
  ImageColumnOptions options;
  options.threads = 3;
  ImageColumn column{ImageSource({good, scratch.path("cut.jpg"), "absent.jpg"}), small(), options};
  for (int round = 0; round < 20; ++round) {
    column.request({0, 0});
    column.request({0, 1, 2, 0});
    column.request({2, 1});
    column.request({0});
    CHECK(column.take().size(0) == 2);
    CHECK_THROWS_WITH(column.take(), scratch.path("cut.jpg") + ": damaged JPEG: the file is truncated");
    CHECK_THROWS_WITH(column.take(), Contains("absent.jpg: cannot open"));
    CHECK(column.take().size(0) == 1);
  }
  CHECK_THROWS_WITH(column.rows({1}), Contains("truncated"));
}
#endif

TEST_CASE("waiting for a batch and computing rows can be interrupted") {
  ImageColumnOptions options;
  options.threads = 1;
  const at::Tensor large = at::zeros({1, 3000, 3000, 3}, at::kByte);
  ImageTransformOptions slow;
  slow.squash = Size{2900, 2900};
  slow.interpolation = Interpolation::lanczos;
  ImageColumn column{ImageSource(large), ImageTransform(slow), options};
  column.request(std::vector<std::int64_t>(3, 0));
  brain::interrupt::request();
  CHECK_THROWS_AS(column.take(), brain::Interrupted);
  CHECK_THROWS_AS(column.rows({0}), brain::Interrupted);
  brain::interrupt::clear();
  CHECK(column.requested() == 1);
  column.cancel();
}

TEST_CASE("a forked child and its parent both go on with what was requested before") {
  const at::Tensor pixels = pictures(20);
  ImageColumnOptions options;
  options.threads = 3;
  ImageColumn column{ImageSource(pixels), small(), options};
  const at::Tensor expected = column.rows({3, 4});
  for (const std::int64_t first : {3, 5, 7}) column.request({first, first + 1});
  CHECK(at::equal(column.take(), expected));
  const auto rest = [&] {
    const at::Tensor second = column.take();
    column.request({3, 4});
    column.take();
    return at::equal(second[0], column.rows({5})[0]) && at::equal(column.take(), expected);
  };
  const int threads = at::get_num_threads();
  brain::Child child([&] {
    at::set_num_threads(1);
    return std::string(rest() ? "" : "other pictures");
  });
  for (int i = 0; i < 6000 && !child.poll(); ++i) usleep(10000);
  REQUIRE(child.poll());
  CHECK(child.poll()->problem.empty());
  CHECK(at::get_num_threads() == threads);
  CHECK(rest());
}
