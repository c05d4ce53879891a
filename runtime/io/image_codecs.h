#pragma once
// What image.cpp and the codecs share: one decoder and one header reader for each format.
#include <memory>

#include "io/image.h"

namespace brain::io {

// RGB rows without padding, not initialised.
struct Pixels {
  std::int64_t height = 0, width = 0;
  std::shared_ptr<std::uint8_t[]> data;

  std::uint8_t* row(std::int64_t y) { return data.get() + y * width * 3; }
  Array array() const;
};

// Throws "NAME: ..." for sizes below 1 and above kMaxImagePixels.
void check_image_size(std::int64_t height, std::int64_t width, const std::string& name);
Pixels new_pixels(std::int64_t height, std::int64_t width, const std::string& name);

// Pillow's CMYK to RGB: (255 - k) less its share of the ink, rounded.
void cmyk_to_rgb(const std::uint8_t* cmyk, std::uint8_t* rgb, std::int64_t pixels);

ImageInfo jpeg_info(const Bytes& content, const std::string& name);
ImageInfo png_info(const Bytes& content, const std::string& name);
ImageInfo tiff_info(const Bytes& content, const std::string& name);
ImageInfo webp_info(const Bytes& content, const std::string& name);

Pixels decode_jpeg(const Bytes& content, const std::string& name);
Pixels decode_png(const Bytes& content, const std::string& name);
Pixels decode_tiff(const Bytes& content, const std::string& name);
Pixels decode_webp(const Bytes& content, const std::string& name);

// Rows of `channels` (1 or 3) bytes a pixel.
Bytes compress_jpeg(const std::uint8_t* pixels, std::int64_t height, std::int64_t width, int channels,
                    const JpegOptions& options, const std::string& where);
Bytes compress_png(const std::uint8_t* pixels, std::int64_t height, std::int64_t width, int channels,
                   const std::string& where);

}  // namespace brain::io
