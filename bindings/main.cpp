// brainlua: makes the Lua state, gives it the native modules and the embedded library, and runs stdlib/main.lua.
#include <clocale>
#include <cstdio>
#include <cstring>
#include <string>
#include <unistd.h>

#include "bindings/embedded.h"
#include "bindings/lua/luax.h"
#include "bindings/modules.h"
#include "core/interrupt.h"
#include "core/memory.h"

namespace brain {
namespace {

// require 'brain.NAME': an embedded file, run in the library's own global table.
int search_embedded(lua_State* L) {
  const std::string name = luaL_checkstring(L, 1);
  if (name.rfind("brain.", 0) != 0) {
    lua_pushnil(L);
    return 1;
  }
  std::string file = name.substr(6);
  for (char& c : file) c = c == '.' ? '/' : c;
  file += ".lua";
  for (const auto& embedded : embedded_files()) {
    if (embedded.name != file) continue;
    const std::string chunk = "=brain/" + file;
    if (luaL_loadbufferx(L, embedded.text.data(), embedded.text.size(), chunk.c_str(), "t") != LUA_OK) return lua_error(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "brain.globals");
    lua_setupvalue(L, -2, 1);
    lua_pushstring(L, chunk.c_str());
    return 2;
  }
  lua_pushfstring(L, "no module '%s' in brainlua", name.c_str());
  return 1;
}

void add_searcher(lua_State* L) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "searchers");
  for (lua_Integer i = static_cast<lua_Integer>(lua_rawlen(L, -1)); i >= 2; --i) {
    lua_rawgeti(L, -1, i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushcfunction(L, search_embedded);
  lua_rawseti(L, -2, 2);
  lua_pop(L, 2);
}

// Runs in protected mode; argument 1 is a light pointer to main's arguments.
int protected_main(lua_State* L) {
  const auto* arguments = static_cast<char**>(lua_touserdata(L, 1));
  luaL_openlibs(L);
  lua_pushglobaltable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, "brain.globals");
  add_searcher(L);
  for (const auto& [name, open] : native_modules()) {
    luaL_requiref(L, name, open, 0);
    lua_pop(L, 1);
  }
  lua_getglobal(L, "require");
  lua_pushliteral(L, "brain.main");
  lua_call(L, 1, 1);
  lua_newtable(L);
  for (int i = 0; arguments[i]; ++i) {
    lua_pushstring(L, arguments[i]);
    lua_rawseti(L, -2, i);
  }
  lua_pushliteral(L, BRAIN_VERSION);
  lua_call(L, 2, 1);
  return 1;
}

int run(char** arguments) {
  lua_State* L = luaL_newstate();
  if (!L) {
    std::fputs("brainlua: not enough memory for a Lua state\n", stderr);
    return 1;
  }
  luax::set_main_state(L);
  lua_pushcfunction(L, protected_main);
  lua_pushlightuserdata(L, arguments);
  int code = 1;
  if (lua_pcall(L, 1, 1, 0) == LUA_OK) {
    code = static_cast<int>(lua_tointeger(L, -1));
  } else {
    const char* message = lua_tostring(L, -1);
    std::fprintf(stderr, "brainlua: %s\n", message ? message : "unknown error");
    if (message && std::strcmp(message, "interrupted") == 0) code = 130;
  }
  lua_close(L);
  luax::forget_main_state();
  return code;
}

}  // namespace
}  // namespace brain

int main(int, char** arguments) {
  std::setlocale(LC_CTYPE, "");
  brain::interrupt::install();
  brain::reserve_address_space(brain::physical_memory() / 4);
  int code = brain::run(arguments);
  if ((std::fflush(stdout) != 0 || std::ferror(stdout)) && code == 0) {
    std::perror("brainlua: standard output");
    code = 1;
  }
  std::fflush(nullptr);
  _exit(code);  // the libraries' own tear-down would only cost time
}
