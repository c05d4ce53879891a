// brain.core: logging, progress bars, atomic files, hashes and the machine, for stdlib/.
#include <filesystem>

#include "bindings/lua/object.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/progress.h"

namespace brain {

namespace {

template <LogLevel level>
int log_at(lua_State* L) {
  log_write(level, luax::check_string(L, 1, "log", "message"));
  return 0;
}

int log_level_(lua_State* L) {
  log_set_level(log_level_from(luax::check_string(L, 1, "level", "name")));
  return 0;
}

int log_file(lua_State* L) {
  if (lua_isnoneornil(L, 1)) log_close_file();
  else log_open_file(luax::check_string(L, 1, "file", "path"));
  return 0;
}

struct ProgressHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrProgrs");
  luax::Tag tag = kTag;
  Progress progress;
};

Progress& progress_at(lua_State* L, const char* method) {
  return luax::self<ProgressHandle>(L, method, "progress").progress;
}

int progress_advance(lua_State* L) {
  progress_at(L, "advance").advance(lua_isnoneornil(L, 2) ? 1 : luax::check_integer(L, 2, "advance", "n"));
  return 0;
}

int progress_note(lua_State* L) {
  progress_at(L, "note").note(luax::check_string(L, 2, "note", "text"));
  return 0;
}

int progress_finish(lua_State* L) {
  progress_at(L, "finish").finish();
  return 0;
}

// progress(label, total, unit): a bar with time left; total 0 or nil when it is not known.
int progress(lua_State* L) {
  const std::string label = luax::check_string(L, 1, "progress", "label");
  const auto total = lua_isnoneornil(L, 2) ? 0 : luax::check_integer(L, 2, "progress", "total");
  const std::string unit = luaL_optstring(L, 3, "");
  void* memory = lua_newuserdatauv(L, sizeof(ProgressHandle), 0);
  new (memory) ProgressHandle{ProgressHandle::kTag, Progress(label, total, unit)};
  static const luaL_Reg methods[] = {{"advance", luax::guarded<progress_advance>}, {"note", luax::guarded<progress_note>},
                                     {"finish", luax::guarded<progress_finish>}, {nullptr, nullptr}};
  static const luaL_Reg metamethods[] = {{"__gc", luax::destroy<ProgressHandle>}, {"__close", luax::guarded<progress_finish>}, {nullptr, nullptr}};
  luax::set_class<ProgressHandle>(L, "Progress", methods, metamethods);
  return 1;
}

int push_text(lua_State* L, const std::string& text) {
  lua_pushlstring(L, text.data(), text.size());
  return 1;
}

int sha256_(lua_State* L) { return push_text(L, sha256(luax::check_string(L, 1, "sha256", "text"))); }
int sha256_file_(lua_State* L) { return push_text(L, sha256_file(luax::check_string(L, 1, "sha256_file", "path"))); }
int duration(lua_State* L) { return push_text(L, format_duration(luax::check_number(L, 1, "duration", "seconds"))); }
int bytes(lua_State* L) { return push_text(L, format_bytes(luax::check_number(L, 1, "bytes", "n"))); }

int write_file(lua_State* L) {
  write_file_atomically(luax::check_string(L, 1, "write_file", "path"), luax::check_string(L, 2, "write_file", "text"));
  return 0;
}

// remove_abandoned(path): temporaries that killed writers of this file left
int remove_abandoned(lua_State* L) {
  remove_abandoned_temporaries(luax::check_string(L, 1, "remove_abandoned", "path"));
  return 0;
}

int fingerprint(lua_State* L) { return push_text(L, fingerprint_file(luax::check_string(L, 1, "fingerprint", "path"))); }

// exists(path) -> 'file', 'folder', or nil
int exists(lua_State* L) {
  std::error_code error;
  const auto status = std::filesystem::status(luax::check_string(L, 1, "exists", "path"), error);
  if (!std::filesystem::exists(status)) return 0;
  lua_pushstring(L, std::filesystem::is_directory(status) ? "folder" : "file");
  return 1;
}

int make_folders(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "make_folders", "path");
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) fail(path, ": the folder cannot be made: ", error.message());
  return 0;
}

// machine() -> {memory=, available=, cores=, load=}
int machine(lua_State* L) {
  lua_createtable(L, 0, 4);
  lua_pushnumber(L, load_average());
  lua_setfield(L, -2, "load");
  lua_pushinteger(L, physical_memory());
  lua_setfield(L, -2, "memory");
  lua_pushinteger(L, available_memory());
  lua_setfield(L, -2, "available");
  lua_pushinteger(L, available_cores());
  lua_setfield(L, -2, "cores");
  return 1;
}

const luaL_Reg functions[] = {
    {"trace", luax::guarded<log_at<LogLevel::trace>>}, {"debug", luax::guarded<log_at<LogLevel::debug>>},
    {"info", luax::guarded<log_at<LogLevel::info>>}, {"warn", luax::guarded<log_at<LogLevel::warn>>},
    {"error", luax::guarded<log_at<LogLevel::error>>}, {"log_level", luax::guarded<log_level_>},
    {"log_file", luax::guarded<log_file>}, {"progress", luax::guarded<progress>}, {"sha256", luax::guarded<sha256_>},
    {"sha256_file", luax::guarded<sha256_file_>}, {"duration", luax::guarded<duration>}, {"bytes", luax::guarded<bytes>},
    {"write_file", luax::guarded<write_file>}, {"remove_abandoned", luax::guarded<remove_abandoned>},
    {"fingerprint", luax::guarded<fingerprint>}, {"exists", luax::guarded<exists>},
    {"make_folders", luax::guarded<make_folders>}, {"machine", luax::guarded<machine>}, {nullptr, nullptr}};

}  // namespace

int luaopen_brain_core(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
