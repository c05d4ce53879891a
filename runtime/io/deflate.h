#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "io/bytes.h"

namespace brain::io {

// Deflated data that do not say how long they are: gzip (RFC 1952, also several members) and zlib (RFC 1950). More
// than `limit` bytes (0: half of the machine's memory) are an error, as is what is cut short or damaged. Errors begin
// with `where`. A build without zlib throws that it has none.
Bytes gunzip(const Bytes& packed, const std::string& where, std::uint64_t limit = 0);
Bytes inflate_zlib(const Bytes& packed, const std::string& where, std::uint64_t limit = 0);

// The first `count` bytes of a zlib stream, or fewer where it has not as many; nothing behind them is looked at.
Bytes inflate_start(const Bytes& packed, std::size_t count, const std::string& where);

bool is_gzip(const Bytes& content);
std::string gzip(std::string_view content, const std::string& where, int level = 6);  // one member, no time stamp
std::string deflate_zlib(std::string_view content, const std::string& where, int level = 6);
bool has_zlib();

}  // namespace brain::io
