#include "io/image.h"

#include <cstring>

#include "io/error.h"
#include "io/image_codecs.h"

namespace brain::io {
namespace {

[[noreturn]] [[maybe_unused]] void refuse_without_codecs(const std::string& where) {
  fail(where, ": this build has no pictures: libjpeg, libpng, libtiff and libwebp were left out of it");
}

ImageFormat check_format(const Bytes& content, const std::string& name) {
  const auto format = image_format(content);
  if (!format)
    fail(name, ": expected a JPEG, PNG, TIFF or WebP image, found ",
         content.size == 0 ? "an empty file" : "something else");
  return *format;
}

// The pixels row-major, and the number of channels.
std::pair<Bytes, int> check_pixels(const Array& pixels, const std::string& where) {
  const auto& shape = pixels.shape;
  const bool grey = shape.size() == 2, colour = shape.size() == 3 && shape[2] == 3;
  if (pixels.dtype != DType::uint8 || !(grey || colour))
    fail(where, ": an image is uint8 [h, w, 3] or [h, w], found ", dtype_name(pixels.dtype), " of shape ",
         shape_text(shape));
  check_image_size(shape[0], shape[1], where);
  return {pixels.packed(), grey ? 1 : 3};
}

}  // namespace

const char* image_format_name(ImageFormat format) {
  static constexpr const char* names[] = {"JPEG", "PNG", "TIFF", "WebP"};
  return names[static_cast<int>(format)];
}

std::optional<ImageFormat> image_format(const Bytes& content) {
  const std::string_view text = content.text();
  const auto begins = [&](std::string_view magic) { return text.substr(0, magic.size()) == magic; };
  using namespace std::string_view_literals;
  if (begins("\xff\xd8\xff"sv)) return ImageFormat::jpeg;
  if (begins("\x89PNG\r\n\x1a\n"sv)) return ImageFormat::png;
  if (begins("II*\0"sv) || begins("MM\0*"sv) || begins("II+\0"sv) || begins("MM\0+"sv))
    return ImageFormat::tiff;
  if (begins("RIFF"sv) && text.size() >= 12 && text.substr(8, 4) == "WEBP") return ImageFormat::webp;
  return std::nullopt;
}

Array Pixels::array() const {
  Array array;
  array.dtype = DType::uint8;
  array.shape = {height, width, 3};
  array.strides = row_major_strides(array.shape);
  array.storage = {data.get(), static_cast<std::size_t>(height * width * 3), data};
  return array;
}

void check_image_size(std::int64_t height, std::int64_t width, const std::string& name) {
  if (height < 1 || width < 1) fail(name, ": an image has at least one pixel, found ", height, " x ", width);
  if (height > kMaxImagePixels / width)
    fail(name, ": an image may have ", kMaxImagePixels, " pixels, found ", height, " x ", width);
}

Pixels new_pixels(std::int64_t height, std::int64_t width, const std::string& name) {
  check_image_size(height, width, name);
  return {height, width,
          std::make_shared_for_overwrite<std::uint8_t[]>(static_cast<std::size_t>(height * width * 3))};
}

void cmyk_to_rgb(const std::uint8_t* cmyk, std::uint8_t* rgb, std::int64_t pixels) {
  for (; pixels > 0; --pixels, cmyk += 4, rgb += 3) {
    const int paper = 255 - cmyk[3];
    for (int c = 0; c < 3; ++c) {
      const int product = cmyk[c] * paper + 128;
      rgb[c] = static_cast<std::uint8_t>(paper - (((product >> 8) + product) >> 8));
    }
  }
}

ImageInfo read_image_info(const Bytes& content, const std::string& name) {
  const ImageFormat format = check_format(content, name);
#ifdef BRAIN_IMAGES
  switch (format) {
    case ImageFormat::jpeg: return jpeg_info(content, name);
    case ImageFormat::png: return png_info(content, name);
    case ImageFormat::tiff: return tiff_info(content, name);
    case ImageFormat::webp: return webp_info(content, name);
  }
#endif
  static_cast<void>(format);
  refuse_without_codecs(name);
}

Array decode_image(const Bytes& content, const std::string& name) {
  const ImageFormat format = check_format(content, name);
#ifdef BRAIN_IMAGES
  switch (format) {
    case ImageFormat::jpeg: return decode_jpeg(content, name).array();
    case ImageFormat::png: return decode_png(content, name).array();
    case ImageFormat::tiff: return decode_tiff(content, name).array();
    case ImageFormat::webp: return decode_webp(content, name).array();
  }
#endif
  static_cast<void>(format);
  refuse_without_codecs(name);
}

Array load_image(const std::string& path) {
  const File file(path);
  Array pixels = decode_image(file.bytes(), path);
  file.check();
  return pixels;
}

Bytes encode_jpeg(const Array& pixels, const JpegOptions& options, const std::string& where) {
  const auto [rows, channels] = check_pixels(pixels, where);
  if (options.quality < 1 || options.quality > 100)
    fail(where, ": quality: expected 1 to 100, found ", options.quality);
#ifdef BRAIN_IMAGES
  return compress_jpeg(rows.data, pixels.shape[0], pixels.shape[1], channels, options, where);
#else
  refuse_without_codecs(where);
#endif
}

Bytes encode_png(const Array& pixels, const std::string& where) {
  const auto [rows, channels] = check_pixels(pixels, where);
#ifdef BRAIN_IMAGES
  return compress_png(rows.data, pixels.shape[0], pixels.shape[1], channels, where);
#else
  refuse_without_codecs(where);
#endif
}

}  // namespace brain::io
