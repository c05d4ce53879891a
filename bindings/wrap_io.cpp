// brain.file: files of data as Lua values. stdlib calls it `file`.
#include <algorithm>

#include "bindings/file_values.h"
#include "bindings/lua/luax.h"
#include "bindings/wrap_io_hdf5.h"
#include "core/error.h"
#include "io/format.h"

namespace brain {
namespace {

// file.load(path, {key=, allow_pickle=, metadata=, scaled=, max_bytes=}) -> value; with metadata = true also what the file
// says of itself
int load(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "file.load", "path");
  luax::Options options(L, 2, "file.load");
  io::LoadOptions how;
  how.key = options.string("key", "");
  how.allow_pickle = options.boolean("allow_pickle", false);
  how.metadata = options.boolean("metadata", false);
  how.scaled = options.boolean("scaled", true);
  const std::int64_t most = options.integer("max_bytes", 0);
  if (most < 0) fail("file.load: max_bytes: expected at least 0, got ", most);
  how.max_bytes = static_cast<std::uint64_t>(most);
  options.finish();
  const io::Loaded loaded = io::load_file(path, how);
  push_file_value(L, loaded.value);
  if (!how.metadata || loaded.metadata.is_null()) return 1;
  push_file_value(L, loaded.metadata);
  return 2;
}

// The options of JPEG files: quality = 75, subsampling = '4:2:0' | '4:4:4'
io::JpegOptions jpeg_options(luax::Options& options) {
  io::JpegOptions jpeg;
  jpeg.quality = static_cast<int>(std::clamp<std::int64_t>(options.integer("quality", jpeg.quality), -1, 101));
  const std::string subsampling = options.string("subsampling", "4:2:0");
  if (subsampling != "4:2:0" && subsampling != "4:4:4")
    fail("file.save: subsampling: expected '4:2:0' or '4:4:4', got '", subsampling, "'");
  jpeg.full_chroma = subsampling == "4:4:4";
  return jpeg;
}

// file.save(path, value, {metadata=, attributes=, compress=, links=, allow_pickle=, quality=, subsampling=, like=, texts=})
int save(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "file.save", "path");
  luaL_checkany(L, 2);
  luax::Options options(L, 3, "file.save");
  io::SaveOptions how;
  for (const char* name : {"metadata", "attributes"})
    if (options.get(name)) how.metadata = check_file_value(L, -1, "file.save");
  how.compress = static_cast<int>(options.integer("compress", 0));
  how.allow_pickle = options.boolean("allow_pickle", false);
  how.jpeg = jpeg_options(options);
  how.like = options.string("like", "");
  const std::string texts = options.string("texts", "variable");
  if (texts != "variable" && texts != "fixed") fail("file.save: texts: expected 'variable' or 'fixed', got '", texts, "'");
  how.fixed_texts = texts == "fixed";
  if (options.get("links")) how.links = check_file_value(L, -1, "file.save");
  options.finish();
  io::save_file(path, check_file_value(L, 2, "file.save"), how);
  return 0;
}

// file.format(path) -> "PyTorch checkpoint", "safetensors", ...
int format(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "file.format", "path");
  lua_pushstring(L, io::format_name(io::detect_format(path, io::File(path).bytes())));
  return 1;
}

const luaL_Reg functions[] = {{"load", luax::guarded<load>},
                              {"save", luax::guarded<save>},
                              {"format", luax::guarded<format>},
                              {"open_hdf5", luax::guarded<open_hdf5>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_file(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
