#include "core/hash.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "core/error.h"
#include "core/interrupt.h"

namespace brain {
namespace {

alignas(16) constexpr std::uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

void compress_portable(std::uint32_t* state, const unsigned char* p, std::size_t count) {
  using std::rotr;
  for (; count > 0; --count, p += 64) {
    std::uint32_t w[64];
    for (int t = 0; t < 16; ++t)
      w[t] = std::uint32_t{p[4 * t]} << 24 | p[4 * t + 1] << 16 | p[4 * t + 2] << 8 | p[4 * t + 3];
    for (int t = 16; t < 64; ++t) {
      const std::uint32_t s0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
      const std::uint32_t s1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
      w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    std::uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    std::uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int t = 0; t < 64; ++t) {
      const std::uint32_t t1 =
          h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
      const std::uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    const std::uint32_t sums[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; ++i) state[i] += sums[i];
  }
}

#if defined(__x86_64__)
// The instructions keep the state as (a, b, e, f) and (c, d, g, h), do four rounds per pair of sha256rnds2,
// and extend the message schedule four words at a time; `w` holds the last sixteen words.
__attribute__((target("sha,sse4.1,ssse3")))
void compress_hardware(std::uint32_t* state, const unsigned char* p, std::size_t count) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i dcba = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state));
  const __m128i hgfe = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state + 4));
  const __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1), efgh = _mm_shuffle_epi32(hgfe, 0x1B);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);
  for (; count > 0; --count, p += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; ++i)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p) + i), big_endian);
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      const __m128i constants = _mm_load_si128(reinterpret_cast<const __m128i*>(round_constants) + i);
      const __m128i words = _mm_add_epi32(w[i % 4], constants);
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(words, 0x0E));
      if (i >= 12) continue;
      const __m128i last = w[(i + 3) % 4];
      const __m128i seventh = _mm_alignr_epi8(last, w[(i + 2) % 4], 4);  // w[t-7]
      const __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]), seventh);
      w[i % 4] = _mm_sha256msg2_epu32(partial, last);
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state), _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

bool processor_has_sha() {
  unsigned a, b, c, d;
  return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") &&
         __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}
#else
constexpr auto compress_hardware = compress_portable;
bool processor_has_sha() { return false; }
#endif

// A file open for reading; errors name it.
class InputFile {
 public:
  explicit InputFile(const std::string& path)
      : path_(path), descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail(path_, ": cannot read: ", system_message());
  }
  ~InputFile() { close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  struct stat status() const {
    struct stat s {};
    if (fstat(descriptor_, &s) != 0) fail(path_, ": cannot read: ", system_message());
    return s;
  }
  // Up to `size` bytes from where the last read ended; 0 at the end.
  std::size_t read(void* bytes, std::size_t size) const {
    ssize_t n;
    do n = ::read(descriptor_, bytes, size);
    while (n < 0 && errno == EINTR);
    if (n < 0) fail(path_, ": cannot read: ", system_message());
    return static_cast<std::size_t>(n);
  }
  void seek(off_t position) const {
    if (lseek(descriptor_, position, SEEK_SET) < 0) fail(path_, ": cannot read: ", system_message());
  }

 private:
  const std::string& path_;
  int descriptor_;
};

}  // namespace

bool sha256_in_hardware() {
  static const bool yes = processor_has_sha();
  return yes;
}

Sha256::Sha256(bool allow_hardware)
    : compress_(allow_hardware && sha256_in_hardware() ? compress_hardware : compress_portable),
      state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {}

void Sha256::update(const void* bytes, std::size_t size) {
  const auto* p = static_cast<const unsigned char*>(bytes);
  length_ += size;
  if (filled_ > 0) {
    const std::size_t n = std::min(size, block_.size() - filled_);
    std::copy_n(p, n, block_.data() + filled_);
    filled_ += n, p += n, size -= n;
    if (filled_ < block_.size()) return;
    compress_(state_.data(), block_.data(), 1);
  }
  compress_(state_.data(), p, size / 64);
  filled_ = size % 64;
  std::copy_n(p + size - filled_, filled_, block_.data());
}

std::string Sha256::hex() const {
  Sha256 last = *this;
  unsigned char padding[72] = {0x80};
  const std::size_t zeros_to = (filled_ < 56 ? 56 : 120) - filled_;  // there the length ends a block
  for (int i = 0; i < 8; ++i) padding[zeros_to + i] = static_cast<unsigned char>(length_ * 8 >> (56 - 8 * i));
  last.update(padding, zeros_to + 8);
  std::string text;
  for (const std::uint32_t word : last.state_)
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[word >> shift & 15];
  return text;
}

std::string sha256(std::string_view text) {
  Sha256 hash;
  hash.update(text);
  return hash.hex();
}

std::string sha256_file(const std::string& path) {
  const InputFile file(path);
  Sha256 hash;
  std::vector<char> block(1 << 20);
  while (const std::size_t n = file.read(block.data(), block.size())) {
    hash.update(block.data(), n);
    interrupt::check();
  }
  return hash.hex();
}

std::string fingerprint_file(const std::string& path) {
  const InputFile file(path);
  const struct stat s = file.status();
  if (s.st_size <= off_t{1} << 30) return sha256_file(path);
  Sha256 hash;
  hash.update(join_text(s.st_size, ' ', s.st_mtim.tv_sec * 1'000'000'000LL + s.st_mtim.tv_nsec, '\n'));
  constexpr off_t gaps = 63;  // between 64 blocks
  std::vector<char> block(1 << 16);
  const off_t last = s.st_size - static_cast<off_t>(block.size());
  for (off_t i = 0; i <= gaps; ++i) {
    interrupt::check();
    file.seek(last / gaps * i + last % gaps * i / gaps);  // last * i / gaps without overflow
    std::size_t have = 0;
    while (const std::size_t n = file.read(block.data() + have, block.size() - have)) have += n;
    hash.update(block.data(), have);
  }
  return "sampled:" + hash.hex();
}

}  // namespace brain
