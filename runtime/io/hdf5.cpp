#include "io/hdf5.h"

#include <algorithm>
#include <set>

#include <sys/stat.h>

#include "io/error.h"
#include "io/hdf5_driver.h"
#include "io/hdf5_state.h"

namespace brain::io {

using hdf5::check;
using hdf5::Handle;
using hdf5::Library;

namespace {

// Walks a group with all below it.
class Reading {
 public:
  explicit Reading(const Hdf5State& state) : state_(state), budget_(state.options), left_(state.options.max_objects) {}

  Value read(hid_t object, const std::string& name, int depth = 0) {
    const H5O_info_t info = hdf5::object_info(object, state_.where(name));
    if (open_.contains(info.addr)) fail(state_.where(name), ": the group lies in itself");
    const auto known = known_.find(info.addr);
    if (known != known_.end()) return known->second;
    count(name, depth);
    Value value;
    if (info.type == H5O_TYPE_DATASET) value = hdf5::read_dataset(state_, object, name, nullptr, budget_);
    else if (info.type == H5O_TYPE_GROUP) {
      open_.insert(info.addr);
      value = read_group(object, name, depth);
      open_.erase(info.addr);
    }
    return known_[info.addr] = value;
  }

  // Appends what is below; `attributes` also collects those.
  void list(hid_t object, const std::string& name, int depth, std::vector<Hdf5Entry>& entries) {
    count(name, depth);
    entries.push_back(describe(object, name));
    const H5O_info_t info = hdf5::object_info(object, state_.where(name));
    if (const auto first = listed_.emplace(info.addr, name); !first.second) {
      entries.back().note = "as " + (first.first->second.empty() ? "/" : first.first->second);
      return;
    }
    if (info.type != H5O_TYPE_GROUP) return;
    for (const hdf5::Link& link : hdf5::links(object, state_.where(name), left_)) {
      const std::string path = hdf5::joined(name, link.name);
      const Handle member = follow(object, link);
      if (member.valid()) {
        list(member, path, depth + 1, entries);
      } else {
        entries.push_back({});
        entries.back().path = path;
        entries.back().type = "link";
        entries.back().note = link.type > H5L_TYPE_SOFT    ? "into another file, not followed"
                              : link.type == H5L_TYPE_SOFT ? "leads to nothing in this file"
                                                           : "damaged";
      }
    }
  }

  void attributes(hid_t object, const std::string& name, int depth, Dict& all) {
    count(name, depth);
    const H5O_info_t info = hdf5::object_info(object, state_.where(name));
    if (!listed_.emplace(info.addr, name).second) return;
    if (info.num_attrs > 0) all.put("/" + name, hdf5::read_attributes(state_, object, name, budget_));
    if (info.type != H5O_TYPE_GROUP) return;
    for (const hdf5::Link& link : hdf5::links(object, state_.where(name), left_))
      if (const Handle member = follow(object, link); member.valid())
        attributes(member, hdf5::joined(name, link.name), depth + 1, all);
  }

  Hdf5Entry describe(hid_t object, const std::string& name);
  hdf5::Budget& budget() { return budget_; }

 private:
  void count(const std::string& name, int depth) {
    if (depth > state_.options.max_depth)
      fail(state_.where(name), ": groups nested deeper than ", state_.options.max_depth);
    if (left_-- <= 0) fail(state_.where(name), ": more than ", state_.options.max_objects, " objects");
  }

  // The object a link leads to; invalid for links into other files and to nothing.
  Handle follow(hid_t group, const hdf5::Link& link) const {
    if (link.type > H5L_TYPE_SOFT) return {};
    return Handle(H5Oopen(group, link.name.c_str(), state_.access), H5Oclose);
  }

  Value read_group(hid_t group, const std::string& name, int depth) {
    Dict dict;
    for (const hdf5::Link& link : hdf5::links(group, state_.where(name), left_)) {
      const std::string path = hdf5::joined(name, link.name);
      const Handle member = follow(group, link);
      if (!member.valid() && link.type == H5L_TYPE_HARD) hdf5::fail_with_reason(state_.where(path), "cannot open");
      if (member.valid() && H5Iget_type(member) == H5I_DATATYPE) continue;
      dict.put(link.name, member.valid() ? read(member, path, depth + 1) : Value());
    }
    return Value::of(std::move(dict));
  }

  const Hdf5State& state_;
  hdf5::Budget budget_;
  std::int64_t left_;
  std::set<haddr_t> open_;
  std::unordered_map<haddr_t, Value> known_;
  std::unordered_map<haddr_t, std::string> listed_;
};

Hdf5Entry Reading::describe(hid_t object, const std::string& name) {
  const std::string where = state_.where(name);
  const hdf5::ReadingFromHeap from_heap(state_.heap(), budget_);
  Hdf5Entry entry;
  entry.path = name;
  const H5I_type_t kind = H5Iget_type(object);
  if (kind == H5I_GROUP) {
    entry.kind = Hdf5Entry::Kind::group;
    entry.type = "group";
    return entry;
  }
  if (kind != H5I_DATASET) {
    entry.type = "type";
    return entry;
  }
  entry.kind = Hdf5Entry::Kind::dataset;
  entry.stored = static_cast<std::int64_t>(H5Dget_storage_size(object));
  const Handle space(check(H5Dget_space(object), where, "cannot read the shape"), H5Sclose);
  const hdf5::Extent extent = hdf5::extent_of(space, where);
  entry.shape = extent.shape;
  const Handle type(check(H5Dget_type(object), where, "cannot read the type"), H5Tclose);
  try {
    const hdf5::Element element = hdf5::describe_type(type, where);
    entry.type = element.describe();
    if (element.kind == hdf5::Element::Kind::number && !extent.empty) entry.dtype = element.dtype;
    if (__builtin_mul_overflow(count_elements(entry.shape, where), static_cast<std::int64_t>(element.size),
                               &entry.bytes))
      entry.bytes = INT64_MAX;
    if (extent.empty) entry.bytes = 0;
    entry.note = extent.empty ? "empty" : hdf5::describe_storage(object, where);
  } catch (const Error& error) {  // what reading it will say
    entry.note = std::string(error.what()).substr(std::min(std::string(error.what()).size(), where.size() + 2));
    if (entry.type.empty()) entry.type = "unknown";
  }
  return entry;
}

std::string plain_name(const std::string& name) {
  const std::size_t first = name.find_first_not_of('/');
  if (first == std::string::npos) return "";
  return name.substr(first, name.find_last_not_of('/') - first + 1);
}

Handle open_group(const Hdf5State& state, const std::string& name) {
  Handle group = state.open(name);
  if (H5Iget_type(group) != H5I_GROUP) fail(state.where(name), ": expected a group, found a data set");
  return group;
}

}  // namespace

struct Hdf5Dataset::Impl {
  std::shared_ptr<const Hdf5State> state;
  std::string name;
  Handle dataset;
  ~Impl() {
    const Library library;
    dataset.reset();
  }
  Value read(const Hdf5Selection* selection) const {
    const Library library;
    state->check_open();
    hdf5::Budget budget(state->options);
    return hdf5::read_dataset(*state, dataset, name, selection, budget);
  }
};

Value Hdf5Dataset::read() const { return impl_->read(nullptr); }
Value Hdf5Dataset::read(const Hdf5Selection& selection) const { return impl_->read(&selection); }

Hdf5File::Hdf5File(const std::string& path, const Hdf5Options& options) : state_(std::make_shared<Hdf5State>()) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) fail(path, ": cannot open: ", system_message());
  if (!S_ISREG(status.st_mode)) fail(path, ": expected a file", S_ISDIR(status.st_mode) ? ", found a folder" : "");
  const Library library;
  state_->path = path;
  state_->options = options;
  const Handle how(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(how, H5F_CLOSE_STRONG);
  hdf5::read_through_own_driver(how);  // without locks: reading needs none, and network file systems may lack them
  state_->file = Handle(check(H5Fopen(path.c_str(), H5F_ACC_RDONLY, how), path, "not a readable HDF5 file"), H5Fclose);
  state_->access = Handle(H5Pcreate(H5P_LINK_ACCESS), H5Pclose);
  H5Pset_elink_cb(state_->access, [](const char*, const char*, const char*, const char*, unsigned*, hid_t, void*) -> herr_t {
    return -1;
  }, nullptr);
}

void Hdf5File::close() {
  const Library library;
  state_->texts.reset();
  state_->file.reset();
}

bool Hdf5File::has(const std::string& name) const {
  const Library library;
  state_->check_open();
  if (plain_name(name).empty()) return true;
  return Handle(H5Oopen(state_->file, name.c_str(), state_->access), H5Oclose).valid();
}

std::vector<std::string> Hdf5File::keys(const std::string& group) const {
  const Library library;
  std::vector<std::string> names;
  for (const hdf5::Link& link : hdf5::links(open_group(*state_, group), state_->where(group), state_->options.max_objects))
    names.push_back(link.name);
  return names;
}

Hdf5Entry Hdf5File::entry(const std::string& name) const {
  const Library library;
  return Reading(*state_).describe(state_->open(name), plain_name(name));
}

std::vector<Hdf5Entry> Hdf5File::list(const std::string& group) const {
  const Library library;
  std::vector<Hdf5Entry> entries;
  Reading(*state_).list(state_->open(group), plain_name(group), 0, entries);
  return entries;
}

Value Hdf5File::read(const std::string& name) const {
  const Library library;
  return Reading(*state_).read(state_->open(name), plain_name(name));
}

Value Hdf5File::attributes(const std::string& name) const {
  const Library library;
  Reading reading(*state_);
  return hdf5::read_attributes(*state_, state_->open(name), plain_name(name), reading.budget());
}

Value Hdf5File::all_attributes(const std::string& name) const {
  const Library library;
  Dict all;
  Reading(*state_).attributes(state_->open(name), plain_name(name), 0, all);
  return Value::of(std::move(all));
}

Hdf5Dataset Hdf5File::dataset(const std::string& name) const {
  const Library library;
  Hdf5Dataset dataset;
  dataset.entry_ = entry(name);
  if (dataset.entry_.kind != Hdf5Entry::Kind::dataset) fail(state_->where(name), ": expected a data set, found a group");
  dataset.impl_ = std::make_shared<Hdf5Dataset::Impl>();
  dataset.impl_->state = state_;
  dataset.impl_->name = plain_name(name);
  const Handle how(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_chunk_cache(how, 12421, 32 << 20, 1);  // slots (a prime), bytes
  dataset.impl_->dataset =
      Handle(check(H5Dopen2(state_->file, name.c_str(), how), state_->where(name), "cannot open"), H5Dclose);
  return dataset;
}

}  // namespace brain::io
