#include "data/image_transform.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <sstream>

#include "core/error.h"
#include "core/hash.h"
#include "noise.h"
#include "scratch.h"

using namespace brain::data;

namespace {

std::vector<float> apply(const ImageTransform& transform, const std::vector<std::uint8_t>& pixels, Size size) {
  const Size out = transform.output_size(size);
  std::vector<float> planes(static_cast<std::size_t>(3 * out.height * out.width));
  transform({pixels.data(), size.height, size.width}, planes.data());
  return planes;
}

ImageTransformOptions with_normalisation() {
  ImageTransformOptions options;
  options.mean = {0.485, 0.456, 0.406};
  options.deviation = {0.229, 0.224, 0.225};
  return options;
}

}  // namespace

TEST_CASE("preprocessing is Pillow's and torchvision's to the bit") {
  std::istringstream lines(read_text("tests/data/transform_golden.tsv"));
  std::string resized, filter, crop, hash;
  Size size;
  int normalised = 0, count = 0;
  for (; lines >> size.height >> size.width >> resized >> filter >> crop >> normalised >> hash; ++count) {
    ImageTransformOptions options = normalised ? with_normalisation() : ImageTransformOptions();
    options.interpolation = interpolation_named(filter, "test");
    const std::size_t by = resized.find('x');
    if (by != std::string::npos) options.squash = Size{std::stoll(resized), std::stoll(resized.substr(by + 1))};
    else if (resized != "-") options.shorter_side = std::stoll(resized);
    if (crop != "-") options.crop = Size{std::stoll(crop), std::stoll(crop)};
    const auto planes = apply(ImageTransform(options), noise_picture(size.height, size.width), size);
    INFO(size.height << " x " << size.width << ", resize " << resized << ", crop " << crop);
    CHECK(brain::sha256({reinterpret_cast<const char*>(planes.data()), planes.size() * 4}).substr(0, 16) == hash);
  }
  CHECK(count == 11);
}

TEST_CASE("colours may be reversed, values may reach 255") {
  const std::vector<std::uint8_t> pixels{10, 20, 30, 200, 100, 0};
  ImageTransformOptions options;
  options.scale = 255;
  CHECK(apply(ImageTransform(options), pixels, {1, 2}) == std::vector<float>{10, 200, 20, 100, 30, 0});
  options.bgr = true;
  options.mean = {1, 2, 3};  // of blue, green, red
  options.deviation = {1, 2, 4};
  CHECK(apply(ImageTransform(options), pixels, {1, 2}) == std::vector<float>{29, -1, 9, 49, 1.75f, 49.25f});
}

TEST_CASE("without antialias a picture is interpolated as torch does it") {
  const Size size{57, 83};
  const auto pixels = noise_picture(size.height, size.width);
  const at::Tensor image = at::from_blob(const_cast<std::uint8_t*>(pixels.data()), {1, 57, 83, 3}, at::kByte)
                               .permute({0, 3, 1, 2})
                               .to(at::kFloat)
                               .contiguous();
  for (const Size& target : {Size{31, 40}, Size{90, 120}, Size{57, 20}, Size{1, 1}}) {
    const auto ours = resize_without_antialias({pixels.data(), 57, 83}, target, {0, 0, target.height, target.width});
    const at::Tensor theirs = at::upsample_bilinear2d(image, {target.height, target.width}, false).round();
    const at::Tensor mine = at::from_blob(const_cast<std::uint8_t*>(ours.data()), {target.height, target.width, 3}, at::kByte)
                                .permute({2, 0, 1})
                                .to(at::kFloat)
                                .unsqueeze(0);
    const at::Tensor apart = (mine - theirs).abs();
    // Sums in another order may round a value at a half the other way: one grey level, in very few places.
    CHECK(apart.max().item<float>() <= 1);
    CHECK((apart > 0).sum().item<std::int64_t>() <= apart.numel() / 1000);
  }
}

TEST_CASE("sizes of the result") {
  ImageTransformOptions options;
  CHECK(ImageTransform(options).output_size({5, 7}) == Size{5, 7});
  CHECK_FALSE(ImageTransform(options).fixed_size());
  options.shorter_side = 256;
  CHECK(ImageTransform(options).output_size({375, 500}) == Size{256, 341});
  CHECK(ImageTransform(options).output_size({500, 375}) == Size{341, 256});
  options.crop = Size{224, 200};
  CHECK(ImageTransform(options).output_size({375, 500}) == Size{224, 200});
  CHECK(ImageTransform(options).fixed_size() == Size{224, 200});
  CHECK(ImageTransform(options).describe() == "resize 256 (shorter side), bilinear, crop 224 x 200");
}

TEST_CASE("settings that cannot be met are refused") {
  ImageTransformOptions options;
  options.crop = Size{0, 5};
  CHECK_THROWS_WITH(ImageTransform(options), "transform: crop: expected sizes of at least 1, got 0 x 5");
  options = {};
  options.deviation = {1, 0, 1};
  CHECK_THROWS_WITH(ImageTransform(options), "transform: std: expected positive numbers, got {1, 0, 1}");
  options = {};
  options.antialias = false;
  options.interpolation = Interpolation::lanczos;
  CHECK_THROWS_WITH(ImageTransform(options), "transform: antialias = false is for bilinear interpolation, got lanczos");
  options = {};
  options.squash = Size{1 << 20, 1 << 20};
  const std::uint8_t pixel[3] = {};
  CHECK_THROWS_WITH(ImageTransform(options).geometry({pixel, 1, 1}), Catch::Contains("may have 178956970 pixels"));
}

TEST_CASE("only uint8 images of three channels are pictures") {
  brain::io::Array array;
  array.dtype = brain::io::DType::uint8;
  array.shape = {2, 1, 3};
  array.strides = {3, 3, 1};
  array.storage = brain::io::Bytes::from(std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6});
  brain::io::Bytes kept;
  CHECK(picture_of(array, kept, "x").height == 2);
  array.shape = {1, 2, 3};
  array.strides = {3, 3, 1};
  CHECK(picture_of(array, kept, "x").width == 2);
  array.shape = {6};
  array.strides = {1};
  CHECK_THROWS_WITH(picture_of(array, kept, "x"), "x: expected a uint8 image [h, w, 3], found uint8 of shape (6,)");
}
