#include "io/hdf5_state.h"

#include "core/memory.h"
#include "core/nearest.h"
#include "io/error.h"
#include "io/hdf5_links.h"

namespace brain::io {
namespace {

constexpr std::size_t kAddresses = 10'000'000;

// Where every object below a group lies, and the first of its names. The library's own walk (H5Ovisit) would not look at
// the links first, as links() does.
void note_addresses(const Hdf5State& state, hid_t group, const std::string& name, int depth,
                    std::unordered_map<haddr_t, std::string>& addresses) {
  if (depth > state.options.max_depth || addresses.size() > kAddresses) return;
  for (const hdf5::Link& link : hdf5::links(group, state.where(name), state.options.max_objects)) {
    const std::string path = name + "/" + link.name;
    if (link.type != H5L_TYPE_HARD || !addresses.emplace(link.address, path).second) continue;
    const hdf5::Handle member(H5Oopen(group, link.name.c_str(), state.access), H5Oclose);
    if (member.valid() && H5Iget_type(member) == H5I_GROUP) note_addresses(state, member, path, depth + 1, addresses);
  }
}

}  // namespace

Hdf5State::~Hdf5State() {
  const hdf5::Library library;
  file.reset();
  access.reset();
}

std::string Hdf5State::where(const std::string& name) const {
  return name.empty() || name == "/" ? path : path + ": " + name;
}

void Hdf5State::check_open() const {
  if (!file.valid()) fail(path, ": is closed");
}

hdf5::Heap& Hdf5State::heap() const {
  if (!texts) texts = std::make_unique<hdf5::Heap>(path, file);
  return *texts;
}

hdf5::Handle Hdf5State::open(const std::string& name) const {
  check_open();
  if (name.find('\0') != std::string::npos) fail(path, ": a name with a NUL byte");
  const bool root = name.find_first_not_of('/') == std::string::npos;
  hdf5::Handle object(H5Oopen(file, root ? "/" : name.c_str(), access), H5Oclose);
  if (object.valid()) return object;
  // The deepest group on the way that is there tells what could have been meant.
  std::string group, part;
  std::size_t start = name.find_first_not_of('/');
  while (start != std::string::npos) {
    const std::size_t end = name.find('/', start);
    part = name.substr(start, end == std::string::npos ? end : end - start);
    const std::string next = hdf5::joined(group, part);
    if (H5Lexists(file, next.c_str(), access) <= 0) break;
    H5L_info_t info{};
    if (H5Lget_info(file, next.c_str(), &info, access) >= 0 && info.type > H5L_TYPE_SOFT)
      fail(path, ": ", next, ": a link into another file, which is not followed");
    const hdf5::Handle opened(H5Oopen(file, next.c_str(), access), H5Oclose);
    if (!opened.valid()) hdf5::fail_with_reason(where(next), "cannot open");
    if (H5Iget_type(opened) != H5I_GROUP) fail(path, ": ", next, " is no group, so there is no '", name, "'");
    group = next;
    start = end == std::string::npos ? end : name.find_first_not_of('/', end);
  }
  const hdf5::Handle parent(H5Oopen(file, group.empty() ? "/" : group.c_str(), access), H5Oclose);
  std::vector<std::string> names;
  if (parent.valid())
    for (const hdf5::Link& link : hdf5::links(parent, where(group), options.max_objects))
      names.push_back(link.name);
  const std::string near = nearest(part, names);
  fail(path, ": no '", name, "'", near.empty() ? "" : ", did you mean '" + hdf5::joined(group, near) + "'?");
}

const std::string* Hdf5State::path_of(haddr_t address) const {
  if (!addresses) {
    const hdf5::Handle root(hdf5::check(H5Oopen(file, "/", H5P_DEFAULT), path, "cannot open"), H5Oclose);
    addresses.emplace();
    addresses->emplace(hdf5::object_info(root, path).addr, "/");
    note_addresses(*this, root, "", 0, *addresses);
  }
  const auto found = addresses->find(address);
  return found == addresses->end() ? nullptr : &found->second;
}

namespace hdf5 {
namespace {

struct Collected {
  std::vector<Link> links;
  std::size_t limit = 0;
};

herr_t collect(hid_t, const char* name, const H5L_info_t* info, void* out) {
  auto& collected = *static_cast<Collected*>(out);
  if (collected.links.size() >= collected.limit) return 1;
  collected.links.push_back({name, info->type, info->type == H5L_TYPE_HARD ? info->u.address : HADDR_UNDEF});
  return 0;
}

}  // namespace

std::vector<Link> links(hid_t group, const std::string& where, std::int64_t limit) {
  Collected collected;
  collected.limit = static_cast<std::size_t>(limit);
  check_compact_links(group, where);
  const Handle how(H5Gget_create_plist(group), H5Pclose);
  unsigned order = 0;
  const bool kept = how.valid() && H5Pget_link_creation_order(how, &order) >= 0 && (order & H5P_CRT_ORDER_TRACKED);
  const H5_index_t index = kept ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  const herr_t result = H5Literate(group, index, H5_ITER_INC, nullptr, collect, &collected);
  check(result, where, "cannot list the group");
  if (result > 0) fail(where, ": more than ", limit, " objects");
  return std::move(collected.links);
}

std::string joined(const std::string& group, const std::string& name) {
  return group.empty() || group == "/" ? name : group + "/" + name;
}

H5O_info_t object_info(hid_t object, const std::string& where) {
  H5O_info_t info{};
  check(H5Oget_info2(object, &info, H5O_INFO_BASIC | H5O_INFO_NUM_ATTRS), where, "cannot open");
  return info;
}

Budget::Budget(const Hdf5Options& options)
    : left_(options.max_bytes > 0 ? options.max_bytes : physical_memory() / 2) {}

void Budget::take(std::int64_t count, std::size_t size, const std::string& where) {
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(count, static_cast<std::int64_t>(size), &bytes) || bytes < 0 || bytes > left_)
    fail(where, ": ", count, " elements of ", size, " bytes are more than the ", left_,
         " bytes of memory it may take: read a part, with file.open");
  left_ -= bytes;
}

bool Budget::take_quietly(std::size_t bytes) noexcept {
  if (bytes > static_cast<std::size_t>(left_)) return false;
  left_ -= static_cast<std::int64_t>(bytes);
  return true;
}

}  // namespace hdf5
}  // namespace brain::io
