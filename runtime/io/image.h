#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "io/array.h"

namespace brain::io {

// Pictures, decoded and encoded by libjpeg-turbo, libpng, libtiff and libwebp. A build without them (minimal)
// knows the formats by sight and refuses them.
enum class ImageFormat { jpeg, png, tiff, webp };
const char* image_format_name(ImageFormat format);  // "JPEG", ...

// More pixels than this are refused before memory is taken: twice Pillow's MAX_IMAGE_PIXELS, where it refuses.
inline constexpr std::int64_t kMaxImagePixels = 178'956'970;

// The format by the first bytes; nothing where they are of no picture.
std::optional<ImageFormat> image_format(const Bytes& content);

struct ImageInfo {
  ImageFormat format = ImageFormat::jpeg;
  std::int64_t height = 0, width = 0;
  std::string mode;  // Pillow's word for what the file holds: "RGB", "L", "P", "CMYK", "I;16", ...
};

// Reads the header alone.
ImageInfo read_image_info(const Bytes& content, const std::string& name);

// uint8 [height, width, 3], the pixels of Pillow's Image.open(f).convert('RGB'): grey replicated, palettes
// looked up, alpha dropped, 16-bit grey cut at 255 and 16-bit colour to its high byte, CMYK by Pillow's formula,
// JPEG by the slow integer DCT with smooth chroma upsampling. The orientation of a TIFF is applied, that of EXIF
// data in other formats is not; of an animation comes the first frame. Throws "NAME: ..." for what is damaged,
// truncated or too large.
Array decode_image(const Bytes& content, const std::string& name);
Array load_image(const std::string& path);

struct JpegOptions {
  int quality = 75;          // 1 to 100
  bool full_chroma = false;  // 4:4:4 instead of 4:2:0
};

// Encode uint8 [h, w, 3] or [h, w] (grey); `where` begins the messages.
Bytes encode_jpeg(const Array& pixels, const JpegOptions& options, const std::string& where);
Bytes encode_png(const Array& pixels, const std::string& where);

}  // namespace brain::io
