// WebP by libwebp: stills directly, of an animation the first frame on its canvas.
#include <webp/decode.h>
#include <webp/demux.h>

#include "io/error.h"
#include "io/image_codecs.h"

namespace brain::io {
namespace {

WebPBitstreamFeatures features_of(const Bytes& content, const std::string& name) {
  WebPBitstreamFeatures features;
  const VP8StatusCode status = WebPGetFeatures(content.data, content.size, &features);
  if (status != VP8_STATUS_OK)
    fail(name, ": damaged WebP: ",
         status == VP8_STATUS_NOT_ENOUGH_DATA ? "the file is truncated" : "the header makes no sense");
  return features;
}

bool first_frame(const Bytes& content, Pixels& pixels) {
  const WebPData data{content.data, content.size};
  const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
      WebPAnimDecoderNew(&data, nullptr), WebPAnimDecoderDelete);
  WebPAnimInfo info;
  std::uint8_t* rgba = nullptr;
  int time = 0;
  if (!decoder || !WebPAnimDecoderGetInfo(decoder.get(), &info) || info.canvas_width != pixels.width ||
      info.canvas_height != pixels.height || !WebPAnimDecoderGetNext(decoder.get(), &rgba, &time))
    return false;
  for (std::int64_t i = 0; i < pixels.height * pixels.width; ++i)
    for (int c = 0; c < 3; ++c) pixels.data[i * 3 + c] = rgba[i * 4 + c];
  return true;
}

}  // namespace

ImageInfo webp_info(const Bytes& content, const std::string& name) {
  const WebPBitstreamFeatures features = features_of(content, name);
  return {ImageFormat::webp, features.height, features.width, features.has_alpha ? "RGBA" : "RGB"};
}

Pixels decode_webp(const Bytes& content, const std::string& name) {
  const WebPBitstreamFeatures features = features_of(content, name);
  Pixels pixels = new_pixels(features.height, features.width, name);
  const auto size = static_cast<std::size_t>(pixels.height * pixels.width * 3);
  const int stride = static_cast<int>(pixels.width * 3);
  const bool decoded =
      features.has_animation
          ? first_frame(content, pixels)
          : WebPDecodeRGBInto(content.data, content.size, pixels.data.get(), size, stride) != nullptr;
  if (!decoded) fail(name, ": damaged WebP: the pixels are truncated or make no sense");
  return pixels;
}

}  // namespace brain::io
