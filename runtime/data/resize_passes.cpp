#include "data/resize_passes.h"

#include <algorithm>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace brain::data {
namespace {

constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

std::uint8_t to_byte(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255)); }

void horizontal_plain(const std::uint8_t* from, const Taps& taps, std::uint8_t* to) {
  const std::int32_t* weights = taps.weights.data();
  for (const auto& place : taps.places) {
    std::int32_t sums[3] = {kHalf, kHalf, kHalf};
    const std::uint8_t* pixel = from + place.first * 3;
    for (std::int64_t k = 0; k < place.count; ++k, pixel += 3)
      for (int c = 0; c < 3; ++c) sums[c] += pixel[c] * weights[k];
    for (int c = 0; c < 3; ++c) *to++ = to_byte(sums[c]);
    weights += taps.most;
  }
}

void vertical_plain(const std::uint8_t* from, std::int64_t stride, const std::int32_t* weights, std::int64_t count,
                    std::int64_t size, std::uint8_t* to) {
  for (std::int64_t i = 0; i < size; ++i) {
    std::int32_t sum = kHalf;
    for (std::int64_t k = 0; k < count; ++k) sum += from[k * stride + i] * weights[k];
    to[i] = to_byte(sum);
  }
}

#ifdef __x86_64__

// Shifted to whole grey levels and cut to 0 ... 255 by the saturation of two packings.
[[gnu::target("avx2")]] inline __m128i pack(__m128i a, __m128i b) {
  const __m128i words = _mm_packs_epi32(_mm_srai_epi32(a, kWeightBits), _mm_srai_epi32(b, kWeightBits));
  return _mm_packus_epi16(words, words);
}

[[gnu::target("avx2")]] void horizontal_avx2(const std::uint8_t* from, const Taps& taps, std::uint8_t* to) {
  const std::int32_t* weights = taps.weights.data();
  for (const auto& place : taps.places) {
    __m128i sums = _mm_set1_epi32(kHalf);
    const std::uint8_t* pixel = from + place.first * 3;
    for (std::int64_t k = 0; k < place.count; ++k, pixel += 3) {
      std::int32_t four;
      std::memcpy(&four, pixel, 4);
      const __m128i values = _mm_cvtepu8_epi32(_mm_cvtsi32_si128(four));
      sums = _mm_add_epi32(sums, _mm_mullo_epi32(values, _mm_set1_epi32(weights[k])));
    }
    const std::int32_t pixels = _mm_cvtsi128_si32(pack(sums, sums));
    std::memcpy(to, &pixels, 4);
    to += 3;
    weights += taps.most;
  }
}

[[gnu::target("avx2")]] void vertical_avx2(const std::uint8_t* from, std::int64_t stride, const std::int32_t* weights,
                                           std::int64_t count, std::int64_t size, std::uint8_t* to) {
  std::int64_t i = 0;
  for (; i + 16 <= size; i += 16) {
    __m256i a = _mm256_set1_epi32(kHalf), b = a;
    for (std::int64_t k = 0; k < count; ++k) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + k * stride + i));
      const __m256i weight = _mm256_set1_epi32(weights[k]);
      a = _mm256_add_epi32(a, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(bytes), weight));
      b = _mm256_add_epi32(b, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(_mm_srli_si128(bytes, 8)), weight));
    }
    const __m128i low = pack(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    const __m128i high = pack(_mm256_castsi256_si128(b), _mm256_extracti128_si256(b, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm_unpacklo_epi64(low, high));
  }
  vertical_plain(from + i, stride, weights, count, size - i, to + i);
}

#endif

}  // namespace

const Passes& plain_passes() {
  static constexpr Passes passes{horizontal_plain, vertical_plain};
  return passes;
}

const Passes& fastest_passes() {
#ifdef __x86_64__
  static constexpr Passes avx2{horizontal_avx2, vertical_avx2};
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  if (has_avx2) return avx2;
#endif
  return plain_passes();
}

}  // namespace brain::data
