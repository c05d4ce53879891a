#include "io/zip.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

std::string archive_of(const std::vector<std::pair<std::string, std::string>>& entries, bool zip64 = false) {
  Scratch scratch;
  brain::AtomicFile file(scratch.path("a.zip"));
  ZipWriter writer(file, zip64);
  for (const auto& [name, content] : entries) writer.add(name, content);
  writer.finish();
  file.commit();
  return read_text(scratch.path("a.zip"));
}

ZipReader reader(std::string archive) { return ZipReader(Bytes::from(std::move(archive)), "a.zip"); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

TEST_CASE("archives that are written read back, aligned, in both sizes of the format") {
  for (const bool zip64 : {false, true}) {
    const ZipReader archive =
        reader(archive_of({{"top/a", "first"}, {"top/b", ""}, {"c", std::string(1000, 'x')}}, zip64));
    REQUIRE(archive.entries().size() == 3);
    for (const auto& entry : archive.entries()) CHECK(entry.data % 64 == 0);
    CHECK(archive.read(*archive.find("top/a"), true).text() == "first");
    CHECK(archive.read(*archive.find("top/b"), true).size == 0);
    CHECK(archive.read(*archive.find("c"), true, 10).text() == "xxxxxxxxxx");
    CHECK(archive.find("d") == nullptr);
  }
  CHECK(reader(archive_of({})).entries().empty());
}

TEST_CASE("the checksum is compared when asked for") {
  const ZipReader archive = reader(replaced(archive_of({{"a", "content"}}), "content", "CONTENT"));
  CHECK(archive.read(*archive.find("a")).text() == "CONTENT");
  CHECK_THROWS_WITH(archive.read(*archive.find("a"), true), Contains("entry 'a': the checksum differs"));
  CHECK(crc32("123456789", 9) == 0xcbf43926);
}

TEST_CASE("deflated entries") {
  const ZipReader archive(File("tests/data/checkpoints/packed.npz").bytes(), "packed.npz");
  const auto* entry = archive.find("x.npy");
  REQUIRE(entry);
  CHECK(entry->deflated);
#ifdef BRAIN_ZLIB
  CHECK(archive.read(*entry).size == 7328);
  CHECK(archive.read(*entry, false, 6).text() == "\x93NUMPY");
#else
  CHECK_THROWS_WITH(archive.read(*entry), Contains("no zlib"));
#endif
}

#ifdef BRAIN_ZLIB
TEST_CASE("what deflated entries unpack to is limited in all") {
  const Bytes content = File("tests/data/checkpoints/packed.npz").bytes();
  std::uint64_t all = 0;
  const ZipReader reader(content, "p");
  for (const auto& entry : reader.entries()) all += entry.size;
  const ZipReader archive(content, "p.npz", all - 1);
  archive.read(archive.entries()[0]);
  CHECK_THROWS_WITH(archive.read(archive.entries()[1]), Catch::Contains("that are allowed"));
}
#endif

TEST_CASE("archives that lie are refused") {
  const std::string good = archive_of({{"aa", "one"}, {"bb", "two"}});
  CHECK_THROWS_WITH(reader(good.substr(0, good.size() - 1)), Contains("no directory at its end"));
  CHECK_THROWS_WITH(reader(""), Contains("no directory"));
  CHECK_THROWS_WITH(reader(replaced(good, "bb", "aa")), Contains("'aa' comes twice"));
  CHECK_THROWS_WITH(reader(replaced(good, "bb", "..")), Contains("leads elsewhere"));
  CHECK_THROWS_WITH(reader(replaced(good, "bb", "/b")), Contains("leads elsewhere"));
  CHECK_THROWS_WITH(reader(replaced(good, "bb", "b\\")), Contains("leads elsewhere"));
  std::string other_name = good;
  other_name[good.find("bb")] = 'c';
  CHECK_THROWS_WITH(reader(other_name), Contains("another name"));
  const std::size_t central = good.find("PK\x01\x02");
  std::string large = good;
  large[central + 20 + 2] = large[central + 24 + 2] = 1;  // both sizes: 65539
  CHECK_THROWS_WITH(reader(large), Contains("reaches outside") || Contains("overlap"));
  std::string unequal = good;
  unequal[central + 24] = 9;
  CHECK_THROWS_WITH(reader(unequal), Contains("cannot unpack to 9"));
  std::string method = good;
  method[central + 10] = 12;
  CHECK_THROWS_WITH(reader(method), Contains("method 12"));
  std::string locked = good;
  locked[central + 8] = 1;
  CHECK_THROWS_WITH(reader(locked), Contains("encrypted"));
  std::string same_place = good;
  const std::size_t second = good.find("PK\x01\x02", central + 1);
  std::copy_n(good.begin() + static_cast<std::ptrdiff_t>(central) + 42, 4,
              same_place.begin() + static_cast<std::ptrdiff_t>(second) + 42);
  CHECK_THROWS_AS(reader(same_place), brain::Error);
}
