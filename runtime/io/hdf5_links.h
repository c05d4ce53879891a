#pragma once
// The links of a group that lie in its own header. The library trusts the number of them that the file states, makes room
// for so many and overruns it, or frees what was never filled (seen with 1.10.8); here they are counted first.
#include <hdf5.h>

#include <string>

namespace brain::io::hdf5 {

// Throws "WHERE: ..." where a group with compact links has another number of them than it says, or a header that leads
// outside of the file. The file must have been opened by our driver (hdf5_driver.h).
void check_compact_links(hid_t group, const std::string& where);

}  // namespace brain::io::hdf5
