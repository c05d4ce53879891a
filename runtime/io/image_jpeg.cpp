// JPEG by libjpeg-turbo. The library reports errors by a long jump: functions with a setjmp hold nothing that has
// a destructor.
#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>
#include <jerror.h>

#include "io/error.h"
#include "io/image_codecs.h"

namespace brain::io {
namespace {

constexpr int kMostScans = 500;  // a progressive file of many scans costs time without end; encoders write about 10

struct Failure {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void leave(j_common_ptr common) {
  auto* failure = reinterpret_cast<Failure*>(common->err);
  common->err->format_message(common, failure->message);
  std::longjmp(failure->jump, 1);
}
void ignore_message(j_common_ptr, int) {}
void ignore_output(j_common_ptr) {}

jpeg_error_mgr* error_manager(Failure& failure) {
  jpeg_error_mgr* manager = jpeg_std_error(&failure.manager);
  manager->error_exit = leave;
  manager->emit_message = ignore_message;  // damage that the decoder bridges, as Pillow lets it
  manager->output_message = ignore_output;
  failure.message[0] = 0;
  return manager;
}

void do_nothing(j_decompress_ptr) {}
boolean at_end(j_decompress_ptr jpeg) { ERREXIT(jpeg, JERR_INPUT_EOF); return FALSE; }
void skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if (static_cast<std::size_t>(count) > jpeg->src->bytes_in_buffer) ERREXIT(jpeg, JERR_INPUT_EOF);
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

void count_scans(j_common_ptr common) {
  auto* jpeg = reinterpret_cast<j_decompress_ptr>(common);
  if (common->is_decompressor && jpeg->input_scan_number > kMostScans) {
    std::snprintf(reinterpret_cast<Failure*>(common->err)->message, JMSG_LENGTH_MAX, "more than %d scans", kMostScans);
    std::longjmp(reinterpret_cast<Failure*>(common->err)->jump, 1);
  }
}

struct Decoder {
  Failure failure{};
  jpeg_source_mgr source{};
  jpeg_progress_mgr progress{};
  jpeg_decompress_struct jpeg{};

  Decoder(const Bytes& content, const std::string& name) {
    jpeg.err = error_manager(failure);
    if (!read_header(content)) refuse(name);
    const int components = jpeg.num_components;
    if (components != 1 && components != 3 && components != 4) {
      jpeg_destroy_decompress(&jpeg);
      fail(name, ": a JPEG has 1, 3 or 4 components, found ", components);
    }
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }
  Decoder(const Decoder&) = delete;

  [[noreturn]] void refuse(const std::string& name) {
    jpeg_destroy_decompress(&jpeg);  // may be called twice
    fail(name, ": damaged JPEG: ",
         jpeg.err->msg_code == JERR_INPUT_EOF ? "the file is truncated" : failure.message);
  }

  bool read_header(const Bytes& content) {
    if (setjmp(failure.jump)) return false;
    jpeg_create_decompress(&jpeg);
    source.init_source = do_nothing;
    source.fill_input_buffer = at_end;
    source.skip_input_data = skip;
    source.resync_to_restart = jpeg_resync_to_restart;
    source.term_source = do_nothing;
    source.next_input_byte = content.data;
    source.bytes_in_buffer = content.size;
    jpeg.src = &source;
    progress.progress_monitor = count_scans;
    jpeg.progress = &progress;
    jpeg_read_header(&jpeg, TRUE);
    return true;
  }

  bool read_pixels(Pixels& pixels) {
    if (setjmp(failure.jump)) return false;
    const bool ink = jpeg.num_components == 4;
    jpeg.out_color_space = ink ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(&jpeg);
    JSAMPROW inks = nullptr;
    if (ink)
      inks = static_cast<JSAMPROW>(
          jpeg.mem->alloc_small(reinterpret_cast<j_common_ptr>(&jpeg), JPOOL_IMAGE, jpeg.output_width * 4));
    constexpr JDIMENSION kRows = 16;
    while (jpeg.output_scanline < jpeg.output_height) {
      const JDIMENSION y = jpeg.output_scanline;
      JSAMPROW rows[kRows];
      for (JDIMENSION i = 0; i < kRows; ++i)
        rows[i] = pixels.row(std::min<std::int64_t>(y + i, pixels.height - 1));
      if (!ink) {
        jpeg_read_scanlines(&jpeg, rows, std::min(kRows, jpeg.output_height - y));
        continue;
      }
      jpeg_read_scanlines(&jpeg, &inks, 1);
      for (JDIMENSION i = 0; i < jpeg.output_width * 4; ++i) inks[i] = static_cast<JSAMPLE>(255 - inks[i]);
      cmyk_to_rgb(inks, rows[0], pixels.width);
    }
    jpeg_finish_decompress(&jpeg);
    return true;
  }
};

struct Encoder {
  Failure failure{};
  jpeg_compress_struct jpeg{};
  unsigned char* memory = nullptr;
  unsigned long size = 0;

  ~Encoder() {
    jpeg_destroy_compress(&jpeg);
    std::free(memory);
  }

  bool compress(const std::uint8_t* pixels, std::int64_t height, std::int64_t width, int channels,
                const JpegOptions& options) {
    jpeg.err = error_manager(failure);
    if (setjmp(failure.jump)) return false;
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &memory, &size);
    jpeg.image_height = static_cast<JDIMENSION>(height);
    jpeg.image_width = static_cast<JDIMENSION>(width);
    jpeg.input_components = channels;
    jpeg.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, options.quality, TRUE);
    if (channels == 3 && options.full_chroma)
      jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
      auto* row = const_cast<JSAMPROW>(pixels + static_cast<std::int64_t>(jpeg.next_scanline) * width * channels);
      jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    return true;
  }
};

}  // namespace

ImageInfo jpeg_info(const Bytes& content, const std::string& name) {
  const Decoder decoder(content, name);
  const int components = decoder.jpeg.num_components;
  return {ImageFormat::jpeg, decoder.jpeg.image_height, decoder.jpeg.image_width,
          components == 1 ? "L" : components == 3 ? "RGB" : "CMYK"};
}

Pixels decode_jpeg(const Bytes& content, const std::string& name) {
  Decoder decoder(content, name);
  Pixels pixels = new_pixels(decoder.jpeg.image_height, decoder.jpeg.image_width, name);
  if (!decoder.read_pixels(pixels)) decoder.refuse(name);
  return pixels;
}

Bytes compress_jpeg(const std::uint8_t* pixels, std::int64_t height, std::int64_t width, int channels,
                    const JpegOptions& options, const std::string& where) {
  if (height > JPEG_MAX_DIMENSION || width > JPEG_MAX_DIMENSION)
    fail(where, ": a JPEG has sides of at most ", JPEG_MAX_DIMENSION, ", found ", height, " x ", width);
  Encoder encoder;
  if (!encoder.compress(pixels, height, width, channels, options)) fail(where, ": ", encoder.failure.message);
  return Bytes::from(std::vector<std::uint8_t>(encoder.memory, encoder.memory + encoder.size));
}

}  // namespace brain::io
