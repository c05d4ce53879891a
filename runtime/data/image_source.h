#pragma once
// Where a column of pictures comes from.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <ATen/core/Tensor.h>

#include "data/resize.h"
#include "io/bytes.h"

namespace brain::data {

// A decoded picture and what keeps its pixels.
struct OwnedPicture {
  Picture picture;
  io::Bytes kept;
};

// Pictures by number, from 0. Every function may be called from any thread.
class ImageSource {
 public:
  // Files, decoded when asked for.
  explicit ImageSource(std::vector<std::string> paths);
  // Files in memory: uint8 [bytes] and int64 [n + 1], picture i in bytes offsets[i] ... offsets[i + 1] - 1.
  ImageSource(const at::Tensor& bytes, const at::Tensor& offsets);
  // Pixels: uint8 [n, h, w, 3].
  explicit ImageSource(const at::Tensor& pixels);

  std::int64_t size() const { return size_; }
  // The path, or "picture 12".
  std::string name(std::int64_t index) const;
  // Throws "NAME: ..." where the file is missing or damaged.
  OwnedPicture load(std::int64_t index) const;
  // The size all pictures are known to have (pixels in memory); 0 x 0 where they may differ.
  Size common_size() const;

 private:
  struct Encoded {
    at::Tensor bytes, offsets;
  };
  std::variant<std::vector<std::string>, Encoded, at::Tensor> content_;
  std::int64_t size_ = 0;
};

// The pictures (.jpg .jpeg .png .tif .tiff .webp, in either case) below a folder, sorted by their path inside it;
// hidden files and folders are left out. `folders`: the name of the folder each lies in, relative to `folder` ("" for
// itself), which data sets use as the concept. Throws where the folder is missing or holds none.
struct ImageFiles {
  std::vector<std::string> paths, folders;
};
ImageFiles image_files(const std::string& folder);

}  // namespace brain::data
