#include "io/deflate.h"

#include <algorithm>

#include "core/interrupt.h"
#include "core/memory.h"
#include "io/error.h"

#ifdef BRAIN_ZLIB
#include <zlib.h>
#endif

namespace brain::io {

bool is_gzip(const Bytes& content) { return content.text().substr(0, 2) == "\x1f\x8b"; }

#ifdef BRAIN_ZLIB
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 24;
constexpr std::size_t kMostPerByte = 1032;  // what deflate can make of a byte

enum class Wrapping { zlib, gzip };

class Inflater {
 public:
  Inflater(const Bytes& packed, Wrapping wrapping, const std::string& where) : packed_(packed), where_(where) {
    if (inflateInit2(&stream_, MAX_WBITS + (wrapping == Wrapping::gzip ? 16 : 0)) != Z_OK)
      fail(where_, ": not enough memory to unpack");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Appends up to `room` bytes; false at the end of the stream.
  bool step(std::vector<std::uint8_t>& content, std::size_t room) {
    const std::size_t before = content.size(), give = std::min(packed_.size - in_, kPiece);
    content.resize(before + room);
    stream_.next_in = const_cast<Bytef*>(packed_.data + in_);
    stream_.avail_in = static_cast<uInt>(give);
    stream_.next_out = content.data() + before;
    stream_.avail_out = static_cast<uInt>(room);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    in_ += give - stream_.avail_in;
    content.resize(before + room - stream_.avail_out);
    if (status == Z_STREAM_END) return false;
    if (status == Z_BUF_ERROR || (status == Z_OK && in_ == packed_.size && stream_.avail_out > 0))
      fail(where_, ": the compressed data are cut short");
    if (status != Z_OK) fail(where_, ": the compressed data are damaged", stream_.msg ? join_text(": ", stream_.msg) : "");
    return true;
  }

  // Goes on with the next member of a gzip file; false where there is none. Zeros may follow the last one, as on tapes.
  bool next_member() {
    while (in_ < packed_.size && packed_.data[in_] == 0) ++in_;
    if (in_ == packed_.size) return false;
    if (inflateReset(&stream_) != Z_OK) fail(where_, ": not enough memory to unpack");
    return true;
  }

 private:
  z_stream stream_{};
  const Bytes& packed_;
  const std::string& where_;
  std::size_t in_ = 0;
};

Bytes inflate_all(const Bytes& packed, Wrapping wrapping, const std::string& where, std::uint64_t limit,
                  std::size_t expected) {
  if (limit == 0) limit = static_cast<std::uint64_t>(physical_memory()) / 2;
  Inflater inflater(packed, wrapping, where);
  std::vector<std::uint8_t> content;
  content.reserve(static_cast<std::size_t>(std::min<std::uint64_t>({expected, limit, packed.size * kMostPerByte})) + 1);
  for (bool more = true; more;) {
    interrupt::check();
    const std::size_t spare = content.capacity() - content.size();
    more = inflater.step(content, std::clamp<std::size_t>(spare, 4096, kPiece));
    if (content.size() > limit) fail(where, ": holds more than ", limit, " bytes when unpacked");
    if (!more && wrapping == Wrapping::gzip) more = inflater.next_member();
  }
  return Bytes::from(std::move(content));
}

}  // namespace

Bytes gunzip(const Bytes& packed, const std::string& where, std::uint64_t limit) {
  if (!is_gzip(packed) || packed.size < 18) fail(where, ": expected gzip-compressed data");
  const std::uint8_t* end = packed.data + packed.size;  // the last four bytes say how long the last member is
  return inflate_all(packed, Wrapping::gzip, where, limit,
                     end[-4] | std::size_t{end[-3]} << 8 | std::size_t{end[-2]} << 16 | std::size_t{end[-1]} << 24);
}

Bytes inflate_zlib(const Bytes& packed, const std::string& where, std::uint64_t limit) {
  return inflate_all(packed, Wrapping::zlib, where, limit, packed.size * 2);
}

Bytes inflate_start(const Bytes& packed, std::size_t count, const std::string& where) {
  Inflater inflater(packed, Wrapping::zlib, where);
  std::vector<std::uint8_t> content;
  while (content.size() < count && inflater.step(content, count - content.size())) {
  }
  return Bytes::from(std::move(content));
}

namespace {

std::string deflate_all(std::string_view content, Wrapping wrapping, const std::string& where, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + (wrapping == Wrapping::gzip ? 16 : 0), 8, Z_DEFAULT_STRATEGY) != Z_OK)
    fail(where, ": not enough memory to compress");
  std::string packed;
  std::size_t in = 0;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    const std::size_t give = std::min(content.size() - in, kPiece), before = packed.size();
    packed.resize(before + give / 2 + 4096);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data() + in));
    stream.avail_in = static_cast<uInt>(give);
    stream.next_out = reinterpret_cast<Bytef*>(packed.data() + before);
    stream.avail_out = static_cast<uInt>(packed.size() - before);
    status = deflate(&stream, in + give == content.size() ? Z_FINISH : Z_NO_FLUSH);
    in += give - stream.avail_in;
    packed.resize(packed.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  return packed;
}

}  // namespace

std::string gzip(std::string_view content, const std::string& where, int level) {
  return deflate_all(content, Wrapping::gzip, where, level);
}

std::string deflate_zlib(std::string_view content, const std::string& where, int level) {
  return deflate_all(content, Wrapping::zlib, where, level);
}

bool has_zlib() { return true; }

#else

namespace {
[[noreturn]] void refuse(const std::string& where) { fail(where, ": is compressed, and this build has no zlib"); }
}  // namespace

Bytes gunzip(const Bytes&, const std::string& where, std::uint64_t) { refuse(where); }
Bytes inflate_zlib(const Bytes&, const std::string& where, std::uint64_t) { refuse(where); }
Bytes inflate_start(const Bytes&, std::size_t, const std::string& where) { refuse(where); }
std::string gzip(std::string_view, const std::string& where, int) { refuse(where); }
std::string deflate_zlib(std::string_view, const std::string& where, int) { refuse(where); }
bool has_zlib() { return false; }

#endif

}  // namespace brain::io
