#pragma once
// How the library reads the bytes of a file: a driver of ours for files that are only read. It differs from the library's
// own ("sec2") in three respects: there is no accumulator of metadata, which an address near 2^64 in a damaged file leads
// outside of its memory; what lies behind the end of the file, as when it has become shorter since it was opened, is an error
// and not zeros; and whatever the file says of its driver is not heeded. H5Fget_vfd_handle
// gives the file's descriptor (const int*).
#include <hdf5.h>

namespace brain::io::hdf5 {

// Sets the driver in a list of properties for opening files. The caller holds the Library.
void read_through_own_driver(hid_t access);

}  // namespace brain::io::hdf5
