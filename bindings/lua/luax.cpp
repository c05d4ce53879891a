#include "bindings/lua/luax.h"

#include <cmath>
#include <thread>

#include "core/error.h"
#include "core/nearest.h"

namespace brain::luax {

namespace {
lua_State* g_state = nullptr;
std::thread::id g_thread;

std::string plain_description(const std::exception& error) { return error.what(); }
}  // namespace

std::string (*describe_exception)(const std::exception&) = plain_description;

void raise(lua_State* L, const std::string& message) {
  if (message == "interrupted") {  // recognised by its text, so it carries no position
    lua_pushliteral(L, "interrupted");
    lua_error(L);
  }
  luaL_where(L, 1);
  lua_pushlstring(L, message.data(), message.size());
  lua_concat(L, 2);
  lua_error(L);
  std::terminate();  // lua_error does not return
}

std::string type_name(lua_State* L, int index) {
  if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) {
    std::string name = lua_tostring(L, -1);
    lua_pop(L, 1);
    return name;
  }
  return lua_type(L, index) == LUA_TNONE ? "nothing" : luaL_typename(L, index);
}

std::string describe(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TSTRING: {
      std::string text = lua_tostring(L, index);
      if (text.size() > 40) text = text.substr(0, 37) + "...";
      for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
      return "string '" + text + "'";
    }
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) return "integer " + std::to_string(lua_tointeger(L, index));
      lua_pushvalue(L, index);
      {
        std::string text = lua_tostring(L, -1);
        lua_pop(L, 1);
        return "number " + text;
      }
    case LUA_TBOOLEAN: return lua_toboolean(L, index) ? "true" : "false";
    default: return type_name(L, index);
  }
}

void argument_error(const char* function, const char* argument, const std::string& expected, lua_State* L, int index) {
  fail(function, ": ", argument, ": expected ", expected, ", got ", describe(L, index));
}

std::int64_t check_integer(lua_State* L, int index, const char* function, const char* argument) {
  int ok = 0;
  std::int64_t value = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &ok) : 0;
  if (!ok) argument_error(function, argument, "integer", L, index);
  return value;
}

double check_number(lua_State* L, int index, const char* function, const char* argument) {
  if (lua_type(L, index) != LUA_TNUMBER) argument_error(function, argument, "number", L, index);
  return lua_tonumber(L, index);
}

bool check_boolean(lua_State* L, int index, const char* function, const char* argument) {
  if (lua_type(L, index) != LUA_TBOOLEAN) argument_error(function, argument, "boolean", L, index);
  return lua_toboolean(L, index) != 0;
}

std::string check_string(lua_State* L, int index, const char* function, const char* argument) {
  if (lua_type(L, index) != LUA_TSTRING) argument_error(function, argument, "string", L, index);
  std::size_t size = 0;
  const char* text = lua_tolstring(L, index, &size);
  return {text, size};
}

void check_function(lua_State* L, int index, const char* function, const char* argument) {
  if (lua_type(L, index) == LUA_TFUNCTION) return;
  if (luaL_getmetafield(L, index, "__call") != LUA_TNIL) return lua_pop(L, 1);
  argument_error(function, argument, "function", L, index);
}

bool is_options(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TTABLE || lua_rawlen(L, index) != 0) return false;
  index = lua_absindex(L, index);
  lua_pushnil(L);
  if (!lua_next(L, index)) return false;
  const bool named = lua_type(L, -2) == LUA_TSTRING;
  lua_pop(L, 2);
  return named;
}

bool is_empty_table(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TTABLE) return false;
  index = lua_absindex(L, index);
  lua_pushnil(L);
  if (!lua_next(L, index)) return true;
  lua_pop(L, 2);
  return false;
}

Options::Options(lua_State* L, int index, const char* function) : L_(L), index_(0), function_(function) {
  if (lua_isnoneornil(L, index)) return;
  if (lua_type(L, index) != LUA_TTABLE) argument_error(function, "options", "table of named options", L, index);
  if (lua_rawlen(L, index) != 0) fail(function, ": options: expected named options only, found a list part");
  index_ = lua_absindex(L, index);
}

bool Options::get(const char* name) {
  known_.emplace_back(name);
  if (index_ == 0) return false;
  if (lua_getfield(L_, index_, name) != LUA_TNIL) return true;
  lua_pop(L_, 1);
  return false;
}

bool Options::boolean(const char* name, bool otherwise) {
  if (!get(name)) return otherwise;
  const bool value = check_boolean(L_, -1, function_, name);
  lua_pop(L_, 1);
  return value;
}

std::string Options::string(const char* name, const std::string& otherwise) {
  if (!get(name)) return otherwise;
  std::string value = check_string(L_, -1, function_, name);
  lua_pop(L_, 1);
  return value;
}

std::int64_t Options::integer(const char* name, std::int64_t otherwise) {
  if (!get(name)) return otherwise;
  const std::int64_t value = check_integer(L_, -1, function_, name);
  lua_pop(L_, 1);
  return value;
}

void Options::finish() {
  if (index_ == 0) return;
  lua_pushnil(L_);
  while (lua_next(L_, index_)) {
    lua_pop(L_, 1);
    if (lua_type(L_, -1) != LUA_TSTRING) fail(function_, ": options: expected names as keys, found ", describe(L_, -1));
    const std::string key = lua_tostring(L_, -1);
    bool found = false;
    for (const auto& name : known_) found = found || name == key;
    if (found) continue;
    const std::string near = nearest(key, known_);
    std::string all;
    for (const auto& name : known_) all += (all.empty() ? "" : ", ") + name;
    fail(function_, ": unknown option '", key, "'", near.empty() ? "; options are " + all : ", did you mean '" + near + "'?");
  }
}

void new_metatable(lua_State* L, const char* name, const luaL_Reg* methods, const luaL_Reg* metamethods) {
  lua_newtable(L);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushliteral(L, "locked");
  lua_setfield(L, -2, "__metatable");
  if (methods) {
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
  }
  if (metamethods) luaL_setfuncs(L, metamethods, 0);
}

Reference::Reference(lua_State* L, int index) {
  lua_pushvalue(L, index);
  reference_ = luaL_ref(L, LUA_REGISTRYINDEX);
}

Reference::~Reference() {
  if (g_state && on_main_thread()) luaL_unref(g_state, LUA_REGISTRYINDEX, reference_);
}

lua_State* Reference::push() const {
  if (!g_state) fail("a Lua callback was called after the Lua state was closed");
  if (!on_main_thread()) fail("a Lua callback was called from another thread: hooks run on CPU tensors only");
  luaL_checkstack(g_state, 8, "callback");
  lua_rawgeti(g_state, LUA_REGISTRYINDEX, reference_);
  return g_state;
}

void set_main_state(lua_State* L) {
  g_state = L;
  g_thread = std::this_thread::get_id();
}

lua_State* main_state() { return g_state; }
void forget_main_state() { g_state = nullptr; }
bool on_main_thread() { return std::this_thread::get_id() == g_thread; }

void call(lua_State* L, int arguments, int results) {
  if (lua_pcall(L, arguments, results, 0) == LUA_OK) return;
  if (lua_type(L, -1) == LUA_TTABLE) {  // an error value that tells its text
    if (lua_getfield(L, -1, "message") == LUA_TSTRING) lua_replace(L, -2);
    else lua_pop(L, 1);
  }
  std::string message = luaL_tolstring(L, -1, nullptr);
  lua_pop(L, 2);
  if (message == "interrupted") throw Interrupted();
  throw Error(message);
}

}  // namespace brain::luax
