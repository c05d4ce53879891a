#include "data/image_source.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/error.h"
#include "data/image_transform.h"
#include "io/image.h"

namespace brain::data {
namespace {

const std::uint8_t* byte_data(const at::Tensor& tensor) {
  return static_cast<const std::uint8_t*>(tensor.const_data_ptr());
}

at::Tensor on_cpu(const at::Tensor& tensor) { return tensor.detach().to(at::kCPU).contiguous(); }

// A tensor's bytes, kept alive by it.
io::Bytes view(const at::Tensor& tensor, std::int64_t begin, std::int64_t size) {
  return {byte_data(tensor) + begin, static_cast<std::size_t>(size), std::make_shared<const at::Tensor>(tensor)};
}

}  // namespace

ImageSource::ImageSource(std::vector<std::string> paths) : content_(std::move(paths)) {
  size_ = static_cast<std::int64_t>(std::get<0>(content_).size());
}

ImageSource::ImageSource(const at::Tensor& bytes, const at::Tensor& offsets) {
  if (bytes.dim() != 1 || bytes.scalar_type() != at::kByte)
    fail("image_column: bytes: expected uint8 [n], got ", c10::toString(bytes.scalar_type()), " of shape ", bytes.sizes());
  if (offsets.dim() != 1 || offsets.scalar_type() != at::kLong || offsets.size(0) < 1)
    fail("image_column: offsets: expected int64 [pictures + 1], got ", c10::toString(offsets.scalar_type()),
         " of shape ", offsets.sizes());
  const Encoded encoded{on_cpu(bytes), on_cpu(offsets)};
  const auto* at = encoded.offsets.const_data_ptr<std::int64_t>();
  size_ = encoded.offsets.size(0) - 1;
  for (std::int64_t i = 0; i <= size_; ++i)
    if (at[i] < (i ? at[i - 1] : 0) || at[i] > bytes.size(0))
      fail("image_column: offsets: expected rising numbers from 0 to ", bytes.size(0), ", got ", at[i], " at ", i);
  content_ = encoded;
}

ImageSource::ImageSource(const at::Tensor& pixels) {
  if (pixels.dim() != 4 || pixels.size(3) != 3 || pixels.scalar_type() != at::kByte)
    fail("image_column: pixels: expected uint8 [n, h, w, 3], got ", c10::toString(pixels.scalar_type()), " of shape ",
         pixels.sizes());
  if (pixels.size(0) > 0) io::check_image_size(pixels.size(1), pixels.size(2), "image_column: pixels");
  size_ = pixels.size(0);
  content_ = on_cpu(pixels);
}

std::string ImageSource::name(std::int64_t index) const {
  const auto* paths = std::get_if<0>(&content_);
  return paths ? (*paths)[static_cast<std::size_t>(index)] : join_text("picture ", index);
}

OwnedPicture ImageSource::load(std::int64_t index) const {
  const std::string where = name(index);
  OwnedPicture result;
  if (std::get_if<0>(&content_)) {
    result.picture = picture_of(io::load_image(where), result.kept, where);
  } else if (const auto* encoded = std::get_if<1>(&content_)) {
    const auto* at = encoded->offsets.const_data_ptr<std::int64_t>() + index;
    result.picture = picture_of(io::decode_image(view(encoded->bytes, at[0], at[1] - at[0]), where), result.kept, where);
  } else {
    const auto& pixels = std::get<2>(content_);
    const std::int64_t bytes = pixels.size(1) * pixels.size(2) * 3;
    result.kept = view(pixels, index * bytes, bytes);
    result.picture = {result.kept.data, pixels.size(1), pixels.size(2)};
  }
  return result;
}

Size ImageSource::common_size() const {
  const auto* pixels = std::get_if<2>(&content_);
  return pixels ? Size{pixels->size(1), pixels->size(2)} : Size{};
}

ImageFiles image_files(const std::string& folder) {
  namespace fs = std::filesystem;
  static constexpr std::array known = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"};
  std::error_code error;
  if (!fs::is_directory(folder, error)) fail(folder, ": expected a folder of images, found ", fs::exists(folder, error) ? "a file" : "nothing");
  std::vector<fs::path> found;  // relative
  fs::recursive_directory_iterator walk(folder, fs::directory_options::follow_directory_symlink |
                                                    fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    const fs::path& path = walk->path();
    if (path.filename().native().front() == '.') {
      if (walk->is_directory(error)) walk.disable_recursion_pending();
      continue;
    }
    if (walk.depth() > 64) fail(folder, ": folders lie more than 64 deep: does a link lead back?");
    std::string extension = path.extension().native();
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
    if (std::find(known.begin(), known.end(), extension) != known.end() && walk->is_regular_file(error))
      found.push_back(path.lexically_relative(folder));
  }
  if (error) fail(folder, ": cannot list: ", error.message());
  if (found.empty()) fail(folder, ": no images (jpg, jpeg, png, tif, tiff, webp) in it or below");
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
  ImageFiles files;
  for (const auto& path : found) {
    files.paths.push_back((fs::path(folder) / path).native());
    files.folders.push_back(path.parent_path().native());
  }
  return files;
}

}  // namespace brain::data
