#include "io/image.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "core/error.h"
#include "core/hash.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

const std::string folder = "tests/data/images/";

[[maybe_unused]] std::string digest(const Array& pixels) { return brain::sha256(pixels.packed().text()); }

// Waves that compress well, every value different from its neighbours' in colour.
Array waves(std::int64_t height, std::int64_t width, int channels) {
  std::vector<std::uint8_t> bytes;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c) bytes.push_back(static_cast<std::uint8_t>(x * 3 + y * 2 + c * 40));
  Array array;
  array.dtype = DType::uint8;
  array.shape = {height, width};
  if (channels > 1) array.shape.push_back(channels);
  array.strides = row_major_strides(array.shape);
  array.storage = Bytes::from(std::move(bytes));
  return array;
}

// Of a decoded picture and of one that may be grey: the largest difference.
[[maybe_unused]] int largest_difference(const Array& got, const Array& expected) {
  const Bytes a = got.packed(), b = expected.packed();
  const std::size_t channels = expected.shape.size() == 2 ? 1 : 3;
  int most = 0;
  for (std::size_t i = 0; i < a.size; ++i)
    most = std::max(most, std::abs(a.data[i] - b.data[channels == 1 ? i / 3 : i]));
  return most;
}

}  // namespace

TEST_CASE("the first bytes tell the format") {
  const auto format = [](std::string text) { return image_format(Bytes::from(std::move(text))); };
  CHECK(format("\xff\xd8\xff\xe0") == ImageFormat::jpeg);
  CHECK(format("\x89PNG\r\n\x1a\n") == ImageFormat::png);
  CHECK(format(std::string("II*\0", 4)) == ImageFormat::tiff);
  CHECK(format("RIFF1234WEBPVP8 ") == ImageFormat::webp);
  CHECK(format("RIFF1234WAVE") == std::nullopt);
  CHECK(format("") == std::nullopt);
}

#ifdef BRAIN_IMAGES

TEST_CASE("pixels and modes are Pillow's to the bit") {
  std::istringstream lines(read_text(folder + "expected.tsv"));
  std::string name, mode, hash;
  std::int64_t height = 0, width = 0;
  int count = 0;
  for (; lines >> name >> mode >> height >> width >> hash; ++count) {
    INFO(name);
    const Array pixels = load_image(folder + name);
    CHECK(pixels.dtype == DType::uint8);
    CHECK(pixels.shape == Shape{height, width, 3});
    CHECK(digest(pixels) == hash);
    CHECK(read_image_info(File(folder + name).bytes(), name).mode == mode);
  }
  CHECK(count == 59);
}

TEST_CASE("PNG gives back what was saved, JPEG nearly") {
  for (const int channels : {1, 3}) {
    const Array picture = waves(23, 37, channels);
    const Array png = decode_image(encode_png(picture, "a.png"), "a.png");
    CHECK(largest_difference(png, picture) == 0);
    const Bytes fine = encode_jpeg(picture, {100, true}, "a.jpg"), coarse = encode_jpeg(picture, {60}, "a.jpg");
    CHECK(largest_difference(decode_image(fine, "a.jpg"), picture) <= 60);  // where the waves jump from 255 to 0
    CHECK(coarse.size < fine.size);
    CHECK(read_image_info(fine, "a.jpg").mode == (channels == 1 ? "L" : "RGB"));
  }
  CHECK_THROWS_WITH(encode_png(waves(2, 3, 2), "a.png"),
                    "a.png: an image is uint8 [h, w, 3] or [h, w], found uint8 of shape (2, 3, 2)");
  CHECK_THROWS_WITH(encode_jpeg(waves(2, 3, 3), {0}, "a.jpg"), "a.jpg: quality: expected 1 to 100, found 0");
  CHECK_THROWS_WITH(encode_jpeg(waves(70000, 1, 3), {}, "a.jpg"), Contains("sides of at most 65500"));
}

TEST_CASE("truncated files and other content are errors that name the file") {
  for (const std::string name : {"420.jpg", "progressive.jpg", "rgb.png", "interlaced.png", "lzw.tif", "tiles.tif",
                                 "lossy.webp", "lossless.webp", "animated.webp"}) {
    const std::string content = read_text(folder + name);
    for (const double part : {0.02, 0.3, 0.7, 0.95}) {
      INFO(name << " cut to " << part);
      auto size = static_cast<std::size_t>(static_cast<double>(content.size()) * part);
      size = std::max<std::size_t>(size, 12);
      const Bytes cut = Bytes::from(content.substr(0, size));
      if (part == 0.95 && content.ends_with("IEND\xae" "B`\x82")) continue;
      CHECK_THROWS_WITH(decode_image(cut, name), Catch::StartsWith(name + ": damaged"));
    }
  }
  CHECK_THROWS_WITH(load_image("none.jpg"), Contains("none.jpg: cannot open"));
  CHECK_THROWS_WITH(decode_image(Bytes::from("GIF89a"), "a.jpg"),
                    "a.jpg: expected a JPEG, PNG, TIFF or WebP image, found something else");
  CHECK_THROWS_WITH(decode_image({}, "a.jpg"), Contains("an empty file"));
}

TEST_CASE("sizes beyond the limit are refused before memory is taken") {
  std::string jpeg = read_text(folder + "420.jpg");
  const std::size_t frame = jpeg.find("\xff\xc0");
  jpeg.replace(frame + 5, 4, "\xff\x00\xff\x00", 4);
  CHECK_THROWS_WITH(decode_image(Bytes::from(jpeg), "big.jpg"),
                    "big.jpg: an image may have 178956970 pixels, found 65280 x 65280");
  std::string tiff = read_text(folder + "raw.tif");
  const std::size_t width = tiff.find(std::string("\x00\x01\x04\x00\x01\x00\x00\x00", 8));
  REQUIRE(width != std::string::npos);
  tiff.replace(width + 8, 4, "\xff\xff\xff\x7f");
  CHECK_THROWS_WITH(decode_image(Bytes::from(tiff), "big.tif"), Contains("pixels, found 22 x 2147483647"));
}

#else

TEST_CASE("a build without the libraries says so") {
  CHECK_THROWS_WITH(load_image(folder + "420.jpg"), Contains("this build has no pictures"));
  CHECK_THROWS_WITH(encode_png(waves(2, 3, 3), "a.png"), Contains("a.png: this build has no pictures"));
}

#endif
