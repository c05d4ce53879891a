#pragma once
// The links of a group that lie in its own header. The library makes a list of them, and where one cannot be decoded it frees
// what was never filled (seen with 1.10.8: a damaged file ends the process); here they are looked at first.
#include <hdf5.h>

#include <string>

namespace brain::io::hdf5 {

// Throws "WHERE: ..." where a group with compact links has one that is not as the format has it, another number of them than
// the library counts, or a header that leads outside of the file. The file must have been opened by our driver (hdf5_driver.h).
void check_compact_links(hid_t group, const std::string& where);

}  // namespace brain::io::hdf5
