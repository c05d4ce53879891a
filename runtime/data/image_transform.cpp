#include "data/image_transform.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "io/image.h"

namespace brain::data {
namespace {

void check_positive(Size size, const char* option) {
  if (size.height < 1 || size.width < 1)
    fail("transform: ", option, ": expected sizes of at least 1, got ", size.height, " x ", size.width);
}

std::string text(Size size) { return join_text(size.height, " x ", size.width); }
std::string text(const std::array<double, 3>& three) {
  return join_text("{", three[0], ", ", three[1], ", ", three[2], "}");
}

// Half of what remains beside the crop; Python's round: a half goes to the even neighbour.
std::int64_t margin(std::int64_t size, std::int64_t crop) {
  return std::lrint(static_cast<double>(size - crop) / 2);
}

// The range of a crop inside a picture: `from` the picture, `to` the result, both from there on; `count` pixels.
struct Overlap {
  std::int64_t from, to, count;
};
Overlap overlap(std::int64_t size, std::int64_t crop) {
  if (crop <= size) return {margin(size, crop), 0, crop};
  return {0, (crop - size) / 2, size};  // torchvision pads the smaller half in front
}

}  // namespace

ImageTransform::ImageTransform(const ImageTransformOptions& options) : options_(options) {
  if (options.shorter_side < 0) fail("transform: resize: expected a size of at least 1, got ", options.shorter_side);
  if (options.squash) check_positive(*options.squash, "resize");
  if (options.crop) check_positive(*options.crop, "crop");
  if (options.scale != 1 && options.scale != 255) fail("transform: scale: expected 1 or 255, got ", options.scale);
  if (!options.antialias && options.interpolation != Interpolation::bilinear)
    fail("transform: antialias = false is for bilinear interpolation, got ", interpolation_name(options.interpolation));
  for (std::size_t c = 0; c < 3; ++c) {
    const auto mean = static_cast<float>(options.mean[c]), deviation = static_cast<float>(options.deviation[c]);
    if (!(deviation > 0)) fail("transform: std: expected positive numbers, got ", text(options.deviation));
    if (!std::isfinite(mean)) fail("transform: mean: expected finite numbers, got ", text(options.mean));
    for (std::size_t level = 0; level < 256; ++level) {
      const auto value = static_cast<float>(level) / (options.scale == 1 ? 255.0f : 1.0f);
      values_[c][level] = (value - mean) / deviation;
    }
  }
}

Size ImageTransform::resized(Size picture) const {
  if (options_.squash) return *options_.squash;
  if (options_.shorter_side == 0) return picture;
  const auto longer = [&](std::int64_t shorter_size, std::int64_t longer_size) {
    return static_cast<std::int64_t>(static_cast<double>(options_.shorter_side * longer_size) /
                                     static_cast<double>(shorter_size));
  };
  if (picture.width <= picture.height) return {longer(picture.width, picture.height), options_.shorter_side};
  return {options_.shorter_side, longer(picture.height, picture.width)};
}

Size ImageTransform::output_size(Size picture) const { return options_.crop ? *options_.crop : resized(picture); }

std::optional<Size> ImageTransform::fixed_size() const { return options_.crop ? options_.crop : options_.squash; }

std::vector<std::uint8_t> ImageTransform::geometry(const Picture& picture) const {
  const Size size = resized({picture.height, picture.width}), out = output_size({picture.height, picture.width});
  io::check_image_size(size.height, size.width, "transform: resized");
  io::check_image_size(out.height, out.width, "transform: cropped");
  const Overlap rows = overlap(size.height, out.height), columns = overlap(size.width, out.width);
  const Window window{rows.from, columns.from, rows.count, columns.count};
  auto inside = options_.antialias ? resize(picture, size, options_.interpolation, window)
                                   : resize_without_antialias(picture, size, window);
  if (out == Size{window.height, window.width}) return inside;
  std::vector<std::uint8_t> padded(static_cast<std::size_t>(out.height * out.width * 3));
  for (std::int64_t y = 0; y < window.height; ++y)
    std::copy_n(inside.data() + y * window.width * 3, window.width * 3,
                padded.data() + ((rows.to + y) * out.width + columns.to) * 3);
  return padded;
}

void ImageTransform::normalise(const std::uint8_t* rgb, Size size, float* out) const {
  const std::int64_t pixels = size.height * size.width;
  const std::size_t red = options_.bgr ? 2 : 0;
  float* const planes[3] = {out, out + pixels, out + 2 * pixels};
  for (std::int64_t i = 0; i < pixels; ++i, rgb += 3) {
    planes[0][i] = values_[0][rgb[red]];
    planes[1][i] = values_[1][rgb[1]];
    planes[2][i] = values_[2][rgb[2 - red]];
  }
}

void ImageTransform::operator()(const Picture& picture, float* out) const {
  normalise(geometry(picture).data(), output_size({picture.height, picture.width}), out);
}

std::string ImageTransform::describe() const {
  std::vector<std::string> parts;
  const bool resizes = options_.shorter_side > 0 || options_.squash;
  if (options_.shorter_side > 0) parts.push_back(join_text("resize ", options_.shorter_side, " (shorter side)"));
  if (options_.squash) parts.push_back("resize " + text(*options_.squash));
  if (resizes) parts.push_back(interpolation_name(options_.interpolation));
  if (resizes && !options_.antialias) parts.push_back("no antialias");
  if (options_.crop) parts.push_back("crop " + text(*options_.crop));
  if (options_.scale != 1) parts.push_back("0 to 255");
  if (options_.bgr) parts.push_back("bgr");
  if (options_.mean != std::array<double, 3>{0, 0, 0}) parts.push_back("mean " + text(options_.mean));
  if (options_.deviation != std::array<double, 3>{1, 1, 1}) parts.push_back("std " + text(options_.deviation));
  std::string all;
  for (const auto& part : parts) all += (all.empty() ? "" : ", ") + part;
  return all.empty() ? "0 to 1" : all;
}

Picture picture_of(const io::Array& array, io::Bytes& kept, const std::string& where) {
  if (array.dtype != io::DType::uint8 || array.shape.size() != 3 || array.shape[2] != 3 || array.elements() == 0)
    fail(where, ": expected a uint8 image [h, w, 3], found ", io::dtype_name(array.dtype), " of shape ",
         io::shape_text(array.shape));
  kept = array.packed();
  return {kept.data, array.shape[0], array.shape[1]};
}

}  // namespace brain::data
