// file.open: an HDF5 file whose data sets are read when they are indexed. Handles are "HDF5 file" (at a group) and
// "HDF5 array".
#include "bindings/wrap_io_hdf5.h"

#include "bindings/file_values.h"
#include "bindings/lua/object.h"
#include "bindings/partial_read.h"
#include "bindings/torch/convert.h"
#include "core/error.h"

namespace brain {
namespace {

struct FileHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrHdf5Fi");
  luax::Tag tag = kTag;
  io::Hdf5File file;
  std::string path, group;
};

struct ArrayHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrHdf5Ar");
  luax::Tag tag = kTag;
  io::Hdf5Dataset data;
  std::string path;
};

FileHandle& check_file(lua_State* L, const char* method) { return luax::self<FileHandle>(L, method, "HDF5 file"); }
ArrayHandle& check_array(lua_State* L, const char* method) { return luax::self<ArrayHandle>(L, method, "HDF5 array"); }

// The name in argument 2 as a path in the file; the handle's own group when there is none.
std::string check_name(lua_State* L, const FileHandle& handle, const char* method) {
  if (lua_isnoneornil(L, 2)) return handle.group;
  const std::string name = luax::check_string(L, 2, method, "name");
  return handle.group.empty() || (!name.empty() && name[0] == '/') ? name : handle.group + "/" + name;
}

int file_keys(lua_State* L) {
  const FileHandle& handle = check_file(L, "keys");
  const auto names = handle.file.keys(check_name(L, handle, "keys"));
  lua_createtable(L, static_cast<int>(names.size()), 0);
  for (std::size_t n = 0; n < names.size(); ++n) {
    lua_pushlstring(L, names[n].data(), names[n].size());
    lua_rawseti(L, -2, static_cast<lua_Integer>(n) + 1);
  }
  return 1;
}

int array_index(lua_State* L);
int array_read(lua_State* L);
int array_length(lua_State* L);
int array_text(lua_State* L);

void push_array(lua_State* L, io::Hdf5Dataset data, const std::string& path) {
  new (lua_newuserdatauv(L, sizeof(ArrayHandle), 0)) ArrayHandle{.data = std::move(data), .path = path};
  static const luaL_Reg metamethods[] = {{"__index", luax::guarded<array_index>},
                                         {"__len", luax::guarded<array_length>},
                                         {"__tostring", luax::guarded<array_text>},
                                         {"__gc", luax::destroy<ArrayHandle>},
                                         {nullptr, nullptr}};
  luax::set_class<ArrayHandle>(L, "HDF5 array", nullptr, metamethods);
}

void push_file(lua_State* L, const io::Hdf5File& file, const std::string& path, const std::string& group);

// A group as a handle, numbers with axes as an array, what else there is as its value.
int file_get(lua_State* L) {
  const FileHandle& handle = check_file(L, "get");
  const std::string name = check_name(L, handle, "get");
  const io::Hdf5Entry entry = handle.file.entry(name);
  if (entry.kind == io::Hdf5Entry::Kind::group) push_file(L, handle.file, handle.path, entry.path);
  else if (entry.dtype && !entry.shape.empty()) push_array(L, handle.file.dataset(name), handle.path);
  else push_file_value(L, handle.file.read(name));
  return 1;
}

int file_attributes(lua_State* L) {
  const FileHandle& handle = check_file(L, "attributes");
  push_file_value(L, handle.file.attributes(check_name(L, handle, "attributes")));
  return 1;
}

void set_text(lua_State* L, const char* field, const std::string& text) {
  lua_pushlstring(L, text.data(), text.size());
  lua_setfield(L, -2, field);
}

// h:list([name]) -> list of {path, kind, type, shape, bytes, stored, note} of everything below, without its data
int file_list(lua_State* L) {
  static constexpr const char* kinds[] = {"group", "dataset", "other"};
  const FileHandle& handle = check_file(L, "list");
  const auto entries = handle.file.list(check_name(L, handle, "list"));
  lua_createtable(L, static_cast<int>(entries.size()), 0);
  for (std::size_t n = 0; n < entries.size(); ++n) {
    const io::Hdf5Entry& entry = entries[n];
    lua_createtable(L, 0, 7);
    set_text(L, "path", entry.path);
    set_text(L, "kind", kinds[static_cast<int>(entry.kind)]);
    set_text(L, "type", entry.type);
    set_text(L, "note", entry.note);
    push_size(L, entry.shape);
    lua_setfield(L, -2, "shape");
    lua_pushinteger(L, entry.bytes);
    lua_setfield(L, -2, "bytes");
    lua_pushinteger(L, entry.stored);
    lua_setfield(L, -2, "stored");
    lua_rawseti(L, -2, static_cast<lua_Integer>(n) + 1);
  }
  return 1;
}

int file_close(lua_State* L) {
  check_file(L, "close").file.close();
  return 0;
}

int file_text(lua_State* L) {
  const FileHandle& handle = check_file(L, "tostring");
  const std::string text = "HDF5 file " + handle.path + (handle.group.empty() ? "" : ": " + handle.group);
  lua_pushlstring(L, text.data(), text.size());
  return 1;
}

void push_file(lua_State* L, const io::Hdf5File& file, const std::string& path, const std::string& group) {
  new (lua_newuserdatauv(L, sizeof(FileHandle), 0)) FileHandle{.file = file, .path = path, .group = group};
  static const luaL_Reg methods[] = {{"keys", luax::guarded<file_keys>},
                                     {"get", luax::guarded<file_get>},
                                     {"attributes", luax::guarded<file_attributes>},
                                     {"list", luax::guarded<file_list>},
                                     {"close", luax::guarded<file_close>},
                                     {nullptr, nullptr}};
  static const luaL_Reg metamethods[] = {{"__tostring", luax::guarded<file_text>},
                                         {"__close", luax::guarded<file_close>},
                                         {"__gc", luax::destroy<FileHandle>},
                                         {nullptr, nullptr}};
  luax::set_class<FileHandle>(L, "HDF5 file", methods, metamethods);
}

int array_read(lua_State* L) {
  push_tensor(L, read_part(check_array(L, "read").data, {at::indexing::Ellipsis}));
  return 1;
}

// a.shape, a.dtype, a.name, a:read(), or the part at an index
int array_index(lua_State* L) {
  const ArrayHandle& handle = check_array(L, "index");
  const io::Hdf5Entry& entry = handle.data.entry();
  if (lua_type(L, 2) == LUA_TSTRING && !is_index_text(lua_tostring(L, 2))) {
    const std::string name = lua_tostring(L, 2);
    if (name == "shape") push_size(L, entry.shape);
    else if (name == "dtype") lua_pushlstring(L, entry.type.data(), entry.type.size());
    else if (name == "name") lua_pushlstring(L, entry.path.data(), entry.path.size());
    else if (name == "read") lua_pushcfunction(L, luax::guarded<array_read>);
    else fail("an HDF5 array has shape, dtype, name and read, not '", name, "'");
    return 1;
  }
  const at::Tensor shape = at::empty(entry.shape, at::TensorOptions().dtype(at::kByte).device(at::kMeta));
  push_tensor(L, read_part(handle.data, check_index(L, 2, shape)));
  return 1;
}

int array_length(lua_State* L) {
  lua_pushinteger(L, check_array(L, "length").data.entry().shape.front());
  return 1;
}

int array_text(lua_State* L) {
  const ArrayHandle& handle = check_array(L, "tostring");
  const io::Hdf5Entry& entry = handle.data.entry();
  const std::string text = join_text("HDF5 array ", entry.path, " ", io::shape_text(entry.shape), " ", entry.type,
                                     " of ", handle.path);
  lua_pushlstring(L, text.data(), text.size());
  return 1;
}

}  // namespace

int open_hdf5(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "file.open", "path");
  push_file(L, io::Hdf5File(path), path, "");
  return 1;
}

}  // namespace brain
