#include "io/image_codecs.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "core/error.h"
#include "scratch.h"

using namespace brain::io;

TEST_CASE("CMYK becomes RGB as paper less ink") {
  const std::uint8_t cmyk[] = {0, 0, 0, 0, 255, 128, 0, 0, 255, 255, 255, 255, 10, 20, 30, 100};
  std::uint8_t rgb[12];
  cmyk_to_rgb(cmyk, rgb, 4);
  CHECK(std::vector<int>(rgb, rgb + 3) == std::vector<int>{255, 255, 255});
  CHECK(std::vector<int>(rgb + 3, rgb + 6) == std::vector<int>{0, 127, 255});
  CHECK(std::vector<int>(rgb + 6, rgb + 9) == std::vector<int>{0, 0, 0});
  CHECK(std::vector<int>(rgb + 9, rgb + 12) == std::vector<int>{149, 143, 137});  // 155 (1 - ink / 255)
}

TEST_CASE("pictures have at least one pixel and at most the limit") {
  CHECK(new_pixels(3, 5, "a").array().shape == Shape{3, 5, 3});
  CHECK_THROWS_WITH(new_pixels(0, 5, "a"), "a: an image has at least one pixel, found 0 x 5");
  CHECK_THROWS_AS(new_pixels(std::int64_t{1} << 62, 4, "a"), brain::Error);
  check_image_size(kMaxImagePixels, 1, "a");
  CHECK_THROWS_AS(check_image_size(kMaxImagePixels + 1, 1, "a"), brain::Error);
}

#ifdef BRAIN_IMAGES
TEST_CASE("damaged pictures give pixels or an error of one line, never a crash") {
  std::vector<std::pair<std::string, std::string>> corpus;
  for (const auto& entry : std::filesystem::directory_iterator("tests/data/images"))
    if (entry.path().extension() != ".tsv")
      corpus.emplace_back(entry.path().filename().native(), read_text(entry.path()));
  std::sort(corpus.begin(), corpus.end());
  std::uint64_t state = 20240711;
  const auto draw = [&](std::size_t below) {  // Knuth's linear congruential generator
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>((state >> 33) % below);
  };
  int decoded = 0, refused = 0;
  for (int round = 0; round < 4000; ++round) {
    auto [name, content] = corpus[draw(corpus.size())];
    if (draw(6) == 0) content.resize(draw(content.size()));
    const std::size_t reach = draw(2) ? content.size() : std::min<std::size_t>(content.size(), 200);  // headers too
    for (std::size_t flips = draw(5) + 1; flips-- > 0 && reach > 0;)
      content[draw(reach)] = static_cast<char>(draw(3) == 0 ? 0xff : draw(256));
    if (name.ends_with(".tif") && content.size() > 8 && draw(2))  // the directory stands at the end
      content[content.size() - 1 - draw(std::min<std::size_t>(content.size() - 8, 180))] = static_cast<char>(draw(256));
    try {
      const Bytes bytes = Bytes::from(content);
      if (read_image_info(bytes, name).height * read_image_info(bytes, name).width > 4'000'000) {
        ++refused;  // of legal size: decoding zeros for seconds proves nothing
        continue;
      }
      const Array pixels = decode_image(bytes, name);
      pixels.check(name);
      ++decoded;
    } catch (const brain::Error& error) {
      INFO(name << ", round " << round);
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
      ++refused;
    }
  }
  CHECK(decoded > 400);
  CHECK(refused > 400);
}
#endif
