#pragma once
// What Cairo's writers leave out, added to the bytes of the file.
#include <string>

namespace brain::plot {

// A PNG with its dots per inch in a pHYs chunk (PNG specification, 11.3.5.3), so that it has its size in print.
std::string with_resolution(std::string png, double dpi);

// An SVG whose ids, and the references to them, begin with a hash of its content: several figures can stand
// inline in one page. Cairo counts them from 0 in every file.
std::string with_own_ids(const std::string& svg);

}  // namespace brain::plot
