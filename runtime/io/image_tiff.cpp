// TIFF by libtiff: strips and tiles of unsigned 1 to 16-bit samples. The samples are brought to 8 bits as Pillow
// does it, then to RGB by the photometric interpretation.
#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>

#include <tiffio.h>

#include "io/error.h"
#include "io/image_codecs.h"

namespace brain::io {
namespace {

struct Source {
  const Bytes& content;
  std::uint64_t position = 0;
  char message[300] = "";
};

tmsize_t read(thandle_t handle, void* to, tmsize_t count) {
  auto& source = *static_cast<Source*>(handle);
  if (source.position >= source.content.size) return 0;
  count = std::min(count, static_cast<tmsize_t>(source.content.size - source.position));
  std::memcpy(to, source.content.data + source.position, static_cast<std::size_t>(count));
  source.position += static_cast<std::uint64_t>(count);
  return count;
}
tmsize_t refuse_write(thandle_t, void*, tmsize_t) { return 0; }
toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto& source = *static_cast<Source*>(handle);
  source.position = offset + (whence == SEEK_CUR ? source.position : whence == SEEK_END ? source.content.size : 0);
  return source.position;
}
int do_nothing(thandle_t) { return 0; }
toff_t size(thandle_t handle) { return static_cast<Source*>(handle)->content.size; }

int keep_message(TIFF*, void* source, const char*, const char* format, std::va_list arguments) {
  char* message = static_cast<Source*>(source)->message;
  if (!message[0]) std::vsnprintf(message, sizeof Source::message, format, arguments);
  return 1;
}
int drop_message(TIFF*, void*, const char*, const char*, std::va_list) { return 1; }

class Decoder {
 public:
  Decoder(const Bytes& content, const std::string& name) : source_{content}, name_(name) {
    const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                   TIFFOpenOptionsFree);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMaxImagePixels * 8);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_message, &source_);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), drop_message, &source_);
    tiff_.reset(TIFFClientOpenExt(name.c_str(), "rm", &source_, read, refuse_write, seek, do_nothing, size,
                                  nullptr, nullptr, options.get()));
    if (!tiff_) refuse();
    read_header();
  }

  ImageInfo info() const { return {ImageFormat::tiff, upright() ? height_ : width_, upright() ? width_ : height_, mode()}; }
  Pixels decode();

 private:
  [[noreturn]] void refuse(const char* otherwise = "the file is truncated") const {
    fail(name_, ": damaged TIFF: ", source_.message[0] ? source_.message : otherwise);
  }
  template <class T>
  T tag(std::uint32_t which) const {
    T value = 0;
    TIFFGetFieldDefaulted(tiff_.get(), which, &value);
    return value;
  }
  void read_header();
  void take_block(const std::uint8_t* block, std::int64_t stride, std::int64_t top, std::int64_t left,
                  std::int64_t rows, std::int64_t columns, int plane);
  std::uint8_t sample(const std::uint8_t* row, std::int64_t i) const;
  void convert(Pixels& pixels) const;
  const char* mode() const;
  bool grey() const { return photometric_ <= PHOTOMETRIC_MINISBLACK; }
  bool upright() const { return orientation_ < ORIENTATION_LEFTTOP; }

  Source source_;
  const std::string& name_;
  std::unique_ptr<TIFF, decltype(&TIFFClose)> tiff_{nullptr, TIFFClose};
  std::int64_t height_ = 0, width_ = 0;
  int bits_ = 0, samples_ = 0, kept_ = 0, photometric_ = 0, orientation_ = 0;
  bool planar_ = false, premultiplied_ = false;
  std::unique_ptr<std::uint8_t[]> samples8_;  // [height, width, kept_]
};

void Decoder::read_header() {
  width_ = tag<std::uint32_t>(TIFFTAG_IMAGEWIDTH);
  height_ = tag<std::uint32_t>(TIFFTAG_IMAGELENGTH);
  bits_ = tag<std::uint16_t>(TIFFTAG_BITSPERSAMPLE);
  samples_ = tag<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL);
  planar_ = tag<std::uint16_t>(TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE && samples_ > 1;
  orientation_ = tag<std::uint16_t>(TIFFTAG_ORIENTATION);
  if (orientation_ < 1 || orientation_ > 8) orientation_ = ORIENTATION_TOPLEFT;
  std::uint16_t photometric = 0;
  if (!TIFFGetField(tiff_.get(), TIFFTAG_PHOTOMETRIC, &photometric)) photometric = PHOTOMETRIC_MINISWHITE;
  photometric_ = photometric;
  check_image_size(height_, width_, name_);
  if (photometric_ == PHOTOMETRIC_YCBCR && tag<std::uint16_t>(TIFFTAG_COMPRESSION) == COMPRESSION_JPEG) {
    TIFFSetField(tiff_.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    photometric_ = PHOTOMETRIC_RGB;
  }
  int needed = 1;
  switch (photometric_) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_PALETTE: break;
    case PHOTOMETRIC_RGB: needed = 3; break;
    case PHOTOMETRIC_SEPARATED: needed = 4; break;
    default: fail(name_, ": expected a TIFF in grey, palette, RGB or CMYK, found photometric ", photometric_);
  }
  const auto kind = tag<std::uint16_t>(TIFFTAG_SAMPLEFORMAT);
  const bool narrow = needed == 1 && samples_ == 1 && (bits_ == 1 || bits_ == 2 || bits_ == 4);
  const bool wide = bits_ == 16 && photometric_ != PHOTOMETRIC_PALETTE;
  if (kind != SAMPLEFORMAT_UINT || !(narrow || bits_ == 8 || wide))
    fail(name_, ": expected TIFF samples of 1, 2, 4, 8 or 16 bits without sign, found ",
         kind == SAMPLEFORMAT_UINT ? "" : kind == SAMPLEFORMAT_IEEEFP ? "floating-point " : "signed ", bits_, " bits",
         samples_ > 1 ? join_text(" in ", samples_, " samples") : "");
  if (samples_ < needed || samples_ > 64)
    fail(name_, ": expected a TIFF of ", needed, " samples a pixel and more, found ", samples_);
  std::uint16_t extra = 0, *kinds = nullptr;
  TIFFGetFieldDefaulted(tiff_.get(), TIFFTAG_EXTRASAMPLES, &extra, &kinds);
  premultiplied_ = photometric_ == PHOTOMETRIC_RGB && samples_ > 3 && extra && kinds[0] == EXTRASAMPLE_ASSOCALPHA;
  kept_ = needed + premultiplied_;
}

const char* Decoder::mode() const {
  if (grey()) return samples_ > 1 ? "LA" : bits_ == 1 ? "1" : bits_ == 16 ? "I;16" : "L";
  if (photometric_ == PHOTOMETRIC_PALETTE) return "P";
  return photometric_ == PHOTOMETRIC_SEPARATED ? "CMYK" : samples_ > 3 ? "RGBA" : "RGB";
}

// Sample i of a row at 8 bits; the index itself for palettes.
std::uint8_t Decoder::sample(const std::uint8_t* row, std::int64_t i) const {
  if (bits_ == 8) return row[i];
  if (bits_ == 16) {
    std::uint16_t value = 0;
    std::memcpy(&value, row + i * 2, 2);
    return static_cast<std::uint8_t>(grey() && samples_ == 1 ? std::min<int>(value, 255) : value >> 8);
  }
  const int top = (1 << bits_) - 1;
  const int value = row[i * bits_ / 8] >> (8 - bits_ - i * bits_ % 8) & top;
  return static_cast<std::uint8_t>(photometric_ == PHOTOMETRIC_PALETTE ? value : value * (255 / top));
}

void Decoder::take_block(const std::uint8_t* block, std::int64_t stride, std::int64_t top, std::int64_t left,
                         std::int64_t rows, std::int64_t columns, int plane) {
  const int in_block = planar_ ? 1 : samples_, taken = planar_ ? 1 : kept_;
  for (std::int64_t y = 0; y < std::min(rows, height_ - top); ++y) {
    std::uint8_t* to = samples8_.get() + ((top + y) * width_ + left) * kept_ + plane;
    for (std::int64_t x = 0; x < std::min(columns, width_ - left); ++x, to += kept_)
      for (int s = 0; s < taken; ++s) to[s] = sample(block + y * stride, x * in_block + s);
  }
}

void Decoder::convert(Pixels& pixels) const {
  std::array<std::array<std::uint8_t, 3>, 256> palette{};
  if (photometric_ == PHOTOMETRIC_PALETTE) {
    std::uint16_t* maps[3];
    if (!TIFFGetField(tiff_.get(), TIFFTAG_COLORMAP, &maps[0], &maps[1], &maps[2])) refuse("a palette is missing");
    for (int i = 0; i < 1 << bits_; ++i)
      for (std::size_t c = 0; c < 3; ++c)
        palette[static_cast<std::size_t>(i)][c] = static_cast<std::uint8_t>(maps[c][i] >> 8);
  }
  // Pillow reverses white and black up to 8 bits, not beyond.
  const int flip = photometric_ == PHOTOMETRIC_MINISWHITE && bits_ <= 8 ? 255 : 0;
  const std::uint8_t* from = samples8_.get();
  std::uint8_t* to = pixels.data.get();
  for (std::int64_t n = height_ * width_; n > 0; --n, from += kept_, to += 3) {
    if (grey()) std::fill_n(to, 3, static_cast<std::uint8_t>(*from ^ flip));
    else if (photometric_ == PHOTOMETRIC_PALETTE) std::copy_n(palette[*from].begin(), 3, to);
    else if (photometric_ == PHOTOMETRIC_SEPARATED) cmyk_to_rgb(from, to, 1);
    else if (premultiplied_ && from[3] != 255)
      for (int c = 0; c < 3; ++c) to[c] = from[3] ? static_cast<std::uint8_t>(std::min(255, from[c] * 255 / from[3])) : 0;
    else std::copy_n(from, 3, to);
  }
}

// The picture as its orientation says it is to be seen.
Pixels oriented(Pixels stored, int orientation, const std::string& name) {
  if (orientation == ORIENTATION_TOPLEFT) return stored;
  const bool turned = orientation >= ORIENTATION_LEFTTOP;
  Pixels seen = new_pixels(turned ? stored.width : stored.height, turned ? stored.height : stored.width, name);
  const bool right = orientation == ORIENTATION_TOPRIGHT || orientation == ORIENTATION_BOTRIGHT ||
                     orientation == ORIENTATION_RIGHTTOP || orientation == ORIENTATION_RIGHTBOT;
  const bool bottom = orientation == ORIENTATION_BOTRIGHT || orientation == ORIENTATION_BOTLEFT ||
                      orientation == ORIENTATION_RIGHTBOT || orientation == ORIENTATION_LEFTBOT;
  for (std::int64_t y = 0; y < seen.height; ++y)
    for (std::int64_t x = 0; x < seen.width; ++x) {
      const std::int64_t a = bottom ? seen.height - 1 - y : y, b = right ? seen.width - 1 - x : x;
      std::copy_n(stored.row(turned ? b : a) + (turned ? a : b) * 3, 3, seen.row(y) + x * 3);
    }
  return seen;
}

Pixels Decoder::decode() {
  Pixels pixels = new_pixels(height_, width_, name_);
  // Not cleared: pages are taken as rows arrive, so a short file that claims to be large costs little.
  samples8_ = std::make_unique_for_overwrite<std::uint8_t[]>(static_cast<std::size_t>(height_ * width_ * kept_));
  const bool tiled = TIFFIsTiled(tiff_.get());
  std::int64_t rows = tag<std::uint32_t>(tiled ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP);
  const std::int64_t columns = tiled ? tag<std::uint32_t>(TIFFTAG_TILEWIDTH) : width_;
  if (!tiled) rows = std::min(rows, height_);
  check_image_size(rows, columns, name_ + ": a tile or strip");
  const tmsize_t size = tiled ? TIFFTileSize(tiff_.get()) : TIFFStripSize(tiff_.get());
  const tmsize_t stride = tiled ? TIFFTileRowSize(tiff_.get()) : TIFFScanlineSize(tiff_.get());
  const std::int64_t bits = columns * bits_ * (planar_ ? 1 : samples_);
  if (size <= 0 || stride < (bits + 7) / 8 || size / stride < rows) refuse("the sizes make no sense");
  const auto block = std::make_unique_for_overwrite<std::uint8_t[]>(static_cast<std::size_t>(size));
  std::uint32_t index = 0;
  for (int plane = 0; plane < (planar_ ? kept_ : 1); ++plane)
    for (std::int64_t top = 0; top < height_; top += rows)
      for (std::int64_t left = 0; left < width_; left += columns, ++index) {
        const std::int64_t used = tiled ? rows : std::min(rows, height_ - top);
        const tmsize_t got = tiled ? TIFFReadEncodedTile(tiff_.get(), index, block.get(), size)
                                   : TIFFReadEncodedStrip(tiff_.get(), index, block.get(), used * stride);
        if (got < used * stride) refuse();
        take_block(block.get(), stride, top, left, rows, columns, plane);
      }
  convert(pixels);
  return oriented(std::move(pixels), orientation_, name_);
}

}  // namespace

ImageInfo tiff_info(const Bytes& content, const std::string& name) { return Decoder(content, name).info(); }

Pixels decode_tiff(const Bytes& content, const std::string& name) { return Decoder(content, name).decode(); }

}  // namespace brain::io
