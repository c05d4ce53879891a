#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace brain {

// SHA-256 (FIPS 180-4), fed piece by piece. Uses the processor's SHA instructions where it has them, unless
// asked not to; the digests are the same.
class Sha256 {
 public:
  explicit Sha256(bool allow_hardware = true);
  void update(const void* bytes, std::size_t size);
  void update(std::string_view text) { update(text.data(), text.size()); }
  // 64 lower-case hexadecimal digits for everything so far; more may follow.
  std::string hex() const;

 private:
  using Compress = void (*)(std::uint32_t* state, const unsigned char* blocks, std::size_t count);
  Compress compress_;
  std::array<std::uint32_t, 8> state_;
  std::array<unsigned char, 64> block_{};
  std::size_t filled_ = 0;
  std::uint64_t length_ = 0;  // bytes
};

// Whether this processor has SHA instructions that Sha256 uses.
bool sha256_in_hardware();

std::string sha256(std::string_view text);

// Of a file's content, read in blocks of 1 MiB; can be interrupted.
std::string sha256_file(const std::string& path);

// FNV-1a, 64 bits (Fowler, Noll and Vo): to tell strings apart and to derive seeds; not against malice.
constexpr std::uint64_t hash64(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// Identifies an input file for a result's provenance: its SHA-256 up to 1 GiB; above that "sampled:" and the
// SHA-256 of "SIZE MTIME\n" (bytes; nanoseconds since 1970) followed by 64 blocks of 64 KiB, the first at the
// start of the file, the last at its end, the others evenly between.
std::string fingerprint_file(const std::string& path);

}  // namespace brain
