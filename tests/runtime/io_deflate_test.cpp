#include "io/deflate.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;

#ifdef BRAIN_ZLIB
TEST_CASE("what is compressed comes back, from several members too") {
  std::string content;
  for (int n = 0; n < 100'000; ++n) content += static_cast<char>(n * n >> 7);
  const std::string packed = gzip(content, "a");
  CHECK(is_gzip(Bytes::from(packed)));
  CHECK(gunzip(Bytes::from(packed), "a").text() == content);
  CHECK(gunzip(Bytes::from(packed + gzip("more", "a") + std::string(3, '\0')), "a").text() == content + "more");
  CHECK(gunzip(Bytes::from(gzip("", "a")), "a").size == 0);
  const std::string zlib("\x78\x9c\x4b\x4c\x4a\x06\x00\x02\x4d\x01\x27", 11);  // "abc"
  CHECK(inflate_zlib(Bytes::from(zlib), "a").text() == "abc");
  CHECK(inflate_start(Bytes::from(zlib), 2, "a").text() == "ab");
  CHECK(inflate_start(Bytes::from(zlib), 9, "a").text() == "abc");
}

TEST_CASE("bombs, cuts and damage are errors") {
  const std::string bomb = gzip(std::string(10 << 20, 'x'), "a");
  CHECK(bomb.size() < 20'000);
  CHECK_THROWS_WITH(gunzip(Bytes::from(bomb), "a", 1 << 20), "a: holds more than 1048576 bytes when unpacked");
  for (std::size_t cut : {std::size_t{10}, std::size_t{17}, bomb.size() / 2, bomb.size() - 1})
    CHECK_THROWS_AS(gunzip(Bytes::from(bomb.substr(0, cut)), "a"), brain::Error);
  const std::string words = "some words that are here";
  CHECK(has_zlib());
  CHECK(inflate_zlib(Bytes::from(deflate_zlib(words, "a")), "a").text() == words);
  std::string damaged = gzip(words, "a");
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  CHECK_THROWS_WITH(gunzip(Bytes::from(damaged), "a"), Contains("a: the compressed data are damaged"));
  CHECK_THROWS_WITH(gunzip(Bytes::from(std::string("plain words, no gzip")), "a"), Contains("expected gzip"));
}
#else
TEST_CASE("without zlib compressed data are refused") {
  CHECK_THROWS_WITH(gunzip(Bytes::from(std::string("\x1f\x8b")), "a"), Contains("this build has no zlib"));
}
#endif
