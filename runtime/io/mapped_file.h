#pragma once
#include "io/bytes.h"

namespace brain::io {

// Maps a file's content, privately: writing to the memory leaves the file as it is. Where the file becomes shorter, the pages
// that are lost would end the process with SIGBUS. A handler of that signal stands guard over these mappings: while the file
// is being read, that is until guard_read(), what is lost reads as zeros and guard_read() says so; afterwards, when values of
// the file are in use all over the program, it ends with status 1 and one line that names the file.
Bytes map_file(int descriptor, std::size_t size, const std::string& path);

// Reading is done. True where pages have been lost since; also for memory that is no mapping: false.
bool guard_read(const void* begin);

}  // namespace brain::io
