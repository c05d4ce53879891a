#pragma once
// A network's evaluation preprocessing: a picture to a row of a batch.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/resize.h"
#include "io/array.h"

namespace brain::data {

// What torchvision's Resize, CenterCrop, ToTensor and Normalize do to a PIL image, in that order.
struct ImageTransformOptions {
  std::int64_t shorter_side = 0;  // resize to: keeping the aspect, the longer side rounded down; 0: no
  std::optional<Size> squash;     // or to exactly this size
  Interpolation interpolation = Interpolation::bilinear;
  bool antialias = true;     // false: plain bilinear between four pixels (resize_without_antialias)
  std::optional<Size> crop;  // the centre, zeros around pictures that are smaller
  double scale = 1;          // values end in 0 ... scale: 1 or 255
  bool bgr = false;          // the order of the channels; mean and std are in this order
  std::array<double, 3> mean{0, 0, 0}, deviation{1, 1, 1};  // after scaling: (x - mean) / deviation

  bool operator==(const ImageTransformOptions&) const = default;
};

class ImageTransform {
 public:
  // Throws "transform: ..." for sizes and deviations that are not positive, and antialias without bilinear.
  explicit ImageTransform(const ImageTransformOptions& options);
  const ImageTransformOptions& options() const { return options_; }

  // Of the result for a picture of this size.
  Size output_size(Size picture) const;
  // The size that every result has, where the options fix it.
  std::optional<Size> fixed_size() const;

  // Resized and cropped: RGB bytes of output_size. Throws for a picture too large to resize.
  std::vector<std::uint8_t> geometry(const Picture& picture) const;
  // RGB bytes to planes of floats [3, height, width]: scaled and normalised in float32, as torchvision computes.
  void normalise(const std::uint8_t* rgb, Size size, float* out) const;
  void operator()(const Picture& picture, float* out) const;

  // The settings in one line: "resize 256, bilinear, crop 224 x 224, mean {0.485, 0.456, 0.406}, ...".
  std::string describe() const;

 private:
  Size resized(Size picture) const;

  ImageTransformOptions options_;
  std::array<std::array<float, 256>, 3> values_;  // of each grey level, by channel of the output
};

// A uint8 [h, w, 3] array as a picture: of the array's memory, or of `kept`, which takes a packed copy. Throws
// "WHERE: ..." for another dtype or shape.
Picture picture_of(const io::Array& array, io::Bytes& kept, const std::string& where);

}  // namespace brain::data
