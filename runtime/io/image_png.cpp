// PNG by libpng. The library reports errors by a long jump: functions with a setjmp hold nothing that has a
// destructor.
#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <png.h>

#include "io/error.h"
#include "io/image_codecs.h"

namespace brain::io {
namespace {

struct Failure {
  char message[200] = "";
};

[[noreturn]] void leave(png_structp png, png_const_charp message) {
  auto* failure = static_cast<Failure*>(png_get_error_ptr(png));
  std::snprintf(failure->message, sizeof failure->message, "%s", message);
  png_longjmp(png, 1);
}
void ignore(png_structp, png_const_charp) {}

struct Decoder {
  Failure failure;
  const std::uint8_t* next = nullptr;
  std::size_t left = 0;
  png_structp png = nullptr;
  png_infop info = nullptr;
  png_uint_32 height = 0, width = 0;
  int depth = 0, colour = 0;
  std::uint8_t* memory = nullptr;  // the rows as the file holds them
  png_bytep* rows = nullptr;

  Decoder(const Bytes& content, const std::string& name) : next(content.data), left(content.size) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &failure, leave, ignore);
    info = png ? png_create_info_struct(png) : nullptr;
    if (!info || !read_header()) refuse(name);
  }
  ~Decoder() { release(); }
  Decoder(const Decoder&) = delete;

  void release() {
    png_destroy_read_struct(&png, &info, nullptr);
    std::free(memory);
    std::free(rows);
    memory = nullptr;
    rows = nullptr;
  }
  [[noreturn]] void refuse(const std::string& name) {
    release();
    fail(name, ": damaged PNG: ", failure.message[0] ? failure.message : "out of memory");
  }

  static void read(png_structp png, png_bytep to, std::size_t count) {
    auto* self = static_cast<Decoder*>(png_get_io_ptr(png));
    if (count > self->left) png_error(png, "the file is truncated");
    std::memcpy(to, self->next, count);
    self->next += count;
    self->left -= count;
  }

  bool read_header() {
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_read_fn(png, this, read);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_read_info(png, info);
    png_get_IHDR(png, info, &width, &height, &depth, &colour, nullptr, nullptr, nullptr);
    return true;
  }

  // Rows of one byte a sample, or two (high byte first) for 16-bit grey. The caller has checked the size.
  bool read_rows() {
    if (setjmp(png_jmpbuf(png))) return false;
    if (colour == PNG_COLOR_TYPE_PALETTE) png_set_packing(png);
    else if (colour == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
    if (depth == 16 && colour != PNG_COLOR_TYPE_GRAY) png_set_strip_16(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const std::size_t stride = png_get_rowbytes(png, info);
    memory = static_cast<std::uint8_t*>(std::malloc(stride * height));
    rows = static_cast<png_bytep*>(std::malloc(sizeof(png_bytep) * height));
    if (!memory || !rows) png_error(png, "out of memory");
    for (png_uint_32 y = 0; y < height; ++y) rows[y] = memory + stride * y;
    png_read_image(png, rows);
    return true;
  }

  const char* mode() const {
    switch (colour) {
      case PNG_COLOR_TYPE_GRAY: return depth == 1 ? "1" : depth == 16 ? "I;16" : "L";
      case PNG_COLOR_TYPE_PALETTE: return "P";
      case PNG_COLOR_TYPE_RGB: return "RGB";
      case PNG_COLOR_TYPE_GRAY_ALPHA: return depth == 16 ? "RGBA" : "LA";
      default: return "RGBA";
    }
  }
};

// RGB of every index; what the palette lacks is black, as in Pillow.
void palette_of(const Decoder& decoder, std::uint8_t (&table)[256][3]) {
  std::memset(table, 0, sizeof table);
  png_colorp colours = nullptr;
  int count = 0;
  png_get_PLTE(decoder.png, decoder.info, &colours, &count);
  for (int i = 0; i < std::min(count, 256); ++i) {
    table[i][0] = colours[i].red;
    table[i][1] = colours[i].green;
    table[i][2] = colours[i].blue;
  }
}

void to_rgb(const Decoder& decoder, Pixels& pixels) {
  std::uint8_t palette[256][3];
  if (decoder.colour == PNG_COLOR_TYPE_PALETTE) palette_of(decoder, palette);
  for (std::int64_t y = 0; y < pixels.height; ++y) {
    const std::uint8_t* from = decoder.rows[y];
    std::uint8_t* to = pixels.row(y);
    const std::uint8_t* const end = to + pixels.width * 3;
    switch (decoder.colour) {
      case PNG_COLOR_TYPE_RGB: std::memcpy(to, from, static_cast<std::size_t>(pixels.width) * 3); break;
      case PNG_COLOR_TYPE_RGB_ALPHA:
        for (; to != end; to += 3, from += 4) std::copy_n(from, 3, to);
        break;
      case PNG_COLOR_TYPE_PALETTE:
        for (; to != end; to += 3, ++from) std::copy_n(palette[*from], 3, to);
        break;
      case PNG_COLOR_TYPE_GRAY_ALPHA:
        for (; to != end; to += 3, from += 2) std::fill_n(to, 3, *from);
        break;
      default:
        if (decoder.depth == 16)
          for (; to != end; to += 3, from += 2) std::fill_n(to, 3, from[0] ? std::uint8_t{255} : from[1]);
        else
          for (; to != end; to += 3, ++from) std::fill_n(to, 3, *from);
    }
  }
}

struct Encoder {
  Failure failure;
  std::vector<std::uint8_t> content;
  png_structp png = nullptr;
  png_infop info = nullptr;

  Encoder() {
    png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &failure, leave, ignore);
    info = png ? png_create_info_struct(png) : nullptr;
  }
  ~Encoder() { png_destroy_write_struct(&png, &info); }
  Encoder(const Encoder&) = delete;

  static void append(png_structp png, png_bytep bytes, std::size_t count) {
    auto& content = static_cast<Encoder*>(png_get_io_ptr(png))->content;
    content.insert(content.end(), bytes, bytes + count);
  }
  static void flush(png_structp) {}

  bool compress(const std::uint8_t* pixels, std::int64_t height, std::int64_t width, int channels) {
    if (!info || setjmp(png_jmpbuf(png))) return false;
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_write_fn(png, this, append, flush);
    png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
                 channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (std::int64_t y = 0; y < height; ++y) png_write_row(png, pixels + y * width * channels);
    png_write_end(png, info);
    return true;
  }
};

}  // namespace

ImageInfo png_info(const Bytes& content, const std::string& name) {
  const Decoder decoder(content, name);
  return {ImageFormat::png, decoder.height, decoder.width, decoder.mode()};
}

Pixels decode_png(const Bytes& content, const std::string& name) {
  Decoder decoder(content, name);
  Pixels pixels = new_pixels(decoder.height, decoder.width, name);
  if (!decoder.read_rows()) decoder.refuse(name);
  to_rgb(decoder, pixels);
  return pixels;
}

Bytes compress_png(const std::uint8_t* pixels, std::int64_t height, std::int64_t width, int channels,
                   const std::string& where) {
  Encoder encoder;
  if (!encoder.compress(pixels, height, width, channels)) fail(where, ": ", encoder.failure.message);
  return Bytes::from(std::move(encoder.content));
}

}  // namespace brain::io
