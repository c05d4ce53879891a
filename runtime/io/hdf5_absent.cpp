// Takes the place of hdf5*.cpp in builds without the library.
#include "io/error.h"
#include "io/hdf5.h"

namespace brain::io {
namespace {

[[noreturn]] void refuse(const std::string& path) {
  fail(path, ": this build has no HDF5 (it was configured with -DBRAIN_MINIMAL=ON)");
}

}  // namespace

struct Hdf5State {};
struct Hdf5Dataset::Impl {};

Hdf5File::Hdf5File(const std::string& path, const Hdf5Options&) { refuse(path); }
void Hdf5File::close() {}
bool Hdf5File::has(const std::string& name) const { refuse(name); }
std::vector<std::string> Hdf5File::keys(const std::string& group) const { refuse(group); }
Hdf5Entry Hdf5File::entry(const std::string& name) const { refuse(name); }
std::vector<Hdf5Entry> Hdf5File::list(const std::string& group) const { refuse(group); }
Value Hdf5File::read(const std::string& name) const { refuse(name); }
Value Hdf5File::attributes(const std::string& name) const { refuse(name); }
Value Hdf5File::all_attributes(const std::string& name) const { refuse(name); }
Hdf5Dataset Hdf5File::dataset(const std::string& name) const { refuse(name); }
Value Hdf5Dataset::read() const { refuse(entry_.path); }
Value Hdf5Dataset::read(const Hdf5Selection&) const { refuse(entry_.path); }
void write_hdf5(const std::string& path, const Value&, const Hdf5WriteOptions&) { refuse(path); }

}  // namespace brain::io
