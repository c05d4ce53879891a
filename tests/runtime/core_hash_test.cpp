#include "core/hash.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/philox.h"
#include "scratch.h"

using namespace brain;
namespace fs = std::filesystem;

static std::string portable_sha256(std::string_view text) {
  Sha256 hash(false);
  hash.update(text);
  return hash.hex();
}

TEST_CASE("SHA-256 of the standard's examples") {  // FIPS 180-4; NIST CAVP
  const std::pair<std::string, std::string> examples[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1000000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
  for (const auto& [text, digest] : examples) {
    CHECK(sha256(text) == digest);
    CHECK(portable_sha256(text) == digest);
  }
}

TEST_CASE("portable and hardware digests agree for every length and every cut") {
  CAPTURE(sha256_in_hardware());
  Philox random(1, 0);
  std::string text(300, ' ');
  for (char& c : text) c = static_cast<char>(random.next());
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const std::string_view part = std::string_view(text).substr(0, length);
    const std::string digest = portable_sha256(part);
    CHECK(sha256(part) == digest);
    Sha256 pieces;
    for (std::size_t at = 0; at < length;) {
      const std::size_t n = std::min<std::size_t>(random.below(100), length - at);
      pieces.update(part.substr(at, n));
      at += n;
    }
    CHECK(pieces.hex() == digest);
  }
}

TEST_CASE("a digest may be read in between") {
  Sha256 hash;
  hash.update("ab");
  CHECK(hash.hex() == sha256("ab"));
  hash.update("c");
  CHECK(hash.hex() == sha256("abc"));
  CHECK(hash.hex() == sha256("abc"));
}

TEST_CASE("sha256_file reads whole files and can be interrupted") {
  Scratch scratch;
  const std::string text(3 * (1 << 20) + 17, 'x');
  write_text(scratch.path("a"), text);
  write_text(scratch.path("empty"), "");
  CHECK(sha256_file(scratch.path("a")) == sha256(text));
  CHECK(sha256_file(scratch.path("empty")) == sha256(""));
  CHECK(fingerprint_file(scratch.path("a")) == sha256(text));
  interrupt::request();
  CHECK_THROWS_AS(sha256_file(scratch.path("a")), Interrupted);
  interrupt::clear();
  const std::string missing = scratch.path("b");
  CHECK_THROWS_WITH(sha256_file(missing), missing + ": cannot read: No such file or directory");
  CHECK_THROWS_WITH(sha256_file(scratch.folder), scratch.folder.native() + ": cannot read: Is a directory");
}

TEST_CASE("hash64 is FNV-1a") {
  CHECK(hash64("") == 0xcbf29ce484222325);
  CHECK(hash64("a") == 0xaf63dc4c8601ec8c);
  CHECK(hash64("foobar") == 0x85944171f73967e8);
  CHECK(hash64("\xff") != hash64("\x7f"));
}

TEST_CASE("a file over a gibibyte is told by size, time and sampled blocks") {
  Scratch scratch;
  const std::string path = scratch.path("sparse");
  write_text(path, "start");
  fs::resize_file(path, (std::uintmax_t{1} << 30) + 1000);
  const auto time = fs::last_write_time(path);
  const std::string first = fingerprint_file(path);
  CHECK(first.find("sampled:") == 0);
  CHECK(first.size() == 8 + 64);
  CHECK(fingerprint_file(path) == first);

  const auto change_at = [&](std::uintmax_t position) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(position));
    file.put('!');
    file.close();
    fs::last_write_time(path, time);
    return fingerprint_file(path);
  };
  CHECK(change_at(fs::file_size(path) - 1) != first);  // the last byte lies in the last block
  const std::string second = fingerprint_file(path);
  CHECK(change_at((fs::file_size(path) - 65536) / 63 + 65535) != second);  // the end of the second block
  const std::string third = fingerprint_file(path);
  CHECK(change_at(100000) == third);  // between the first two blocks
  fs::last_write_time(path, time + std::chrono::seconds(1));
  CHECK(fingerprint_file(path) != third);
  fs::resize_file(path, fs::file_size(path) + 1);
  fs::last_write_time(path, time);
  CHECK(fingerprint_file(path) != third);
}
