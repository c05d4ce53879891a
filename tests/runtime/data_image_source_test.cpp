#include "data/image_source.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "noise.h"
#include "scratch.h"

using namespace brain::data;
using Catch::Contains;

namespace {

at::Tensor bytes_tensor(const std::string& text) {
  return at::from_blob(const_cast<char*>(text.data()), {static_cast<std::int64_t>(text.size())}, at::kByte).clone();
}

}  // namespace

TEST_CASE("pixels in memory are pictures") {
  const auto pixels = noise_picture(6, 5);
  const ImageSource source(at::from_blob(const_cast<std::uint8_t*>(pixels.data()), {2, 3, 5, 3}, at::kByte));
  CHECK(source.size() == 2);
  CHECK(source.common_size() == Size{3, 5});
  CHECK(source.name(1) == "picture 1");
  const OwnedPicture second = source.load(1);
  CHECK(std::equal(pixels.begin() + 45, pixels.end(), second.picture.pixels));
  CHECK_THROWS_WITH(ImageSource(at::zeros({2, 3, 5}, at::kByte)),
                    "image_column: pixels: expected uint8 [n, h, w, 3], got Byte of shape [2, 3, 5]");
}

#ifdef BRAIN_IMAGES
TEST_CASE("encoded pictures lie between offsets") {
  const std::string a = read_text("tests/data/images/420.jpg"), b = read_text("tests/data/images/rgb.png");
  const auto first = static_cast<std::int64_t>(a.size()), both = first + static_cast<std::int64_t>(b.size());
  const at::Tensor bytes = bytes_tensor(a + b);
  const ImageSource source(bytes, at::tensor({std::int64_t{0}, first, both}));
  CHECK(source.size() == 2);
  CHECK(source.load(0).picture.width == 53);
  CHECK(source.load(1).picture.height == 23);
  CHECK_THROWS_WITH(ImageSource(bytes, at::tensor({first, std::int64_t{0}})), Contains("offsets: expected rising numbers"));
  CHECK_THROWS_WITH(ImageSource(bytes, at::tensor({std::int64_t{0}, both + 1})), Contains("got "));
  const ImageSource cut(bytes, at::tensor({std::int64_t{0}, first - 200}));
  CHECK_THROWS_WITH(cut.load(0), "picture 0: damaged JPEG: the file is truncated");
}

TEST_CASE("files are decoded when asked for") {
  const ImageSource source({"tests/data/images/444.jpg", "absent.jpg"});
  CHECK(source.load(0).picture.height == 37);
  CHECK_THROWS_WITH(source.load(1), Contains("absent.jpg: cannot open"));
}
#endif

TEST_CASE("the pictures of a folder, sorted, with their concepts") {
  Scratch scratch;
  for (const char* name : {"b/2.JPG", "b/10.png", "a/x.webp", "a/notes.txt", ".hidden/y.jpg", "top.tiff", "a/.z.jpg"})
    write_text(scratch.path(name), "");
  const ImageFiles files = image_files(scratch.folder.native());
  CHECK(files.paths == std::vector<std::string>{scratch.path("a/x.webp"), scratch.path("b/10.png"), scratch.path("b/2.JPG"),
                                                scratch.path("top.tiff")});
  CHECK(files.folders == std::vector<std::string>{"a", "b", "b", ""});
  CHECK_THROWS_WITH(image_files(scratch.path("none")), Contains("expected a folder of images, found nothing"));
  std::filesystem::create_directory(scratch.path("empty"));
  CHECK_THROWS_WITH(image_files(scratch.path("empty")), Contains("no images (jpg, jpeg, png, tif, tiff, webp)"));
}
