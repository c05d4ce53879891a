#pragma once
// Helpers every binding uses. Lua is compiled as C++, so destructors run through Lua errors; C++ exceptions are turned
// into Lua errors at the boundary by guarded<>.
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <lua.hpp>

namespace brain::luax {

// Every userdata of ours begins with a tag, so that a type test is one comparison instead of a registry look-up.
using Tag = std::uint64_t;
constexpr Tag make_tag(const char (&name)[9]) {
  Tag tag = 0;
  for (int i = 0; i < 8; ++i) tag = tag << 8 | static_cast<unsigned char>(name[i]);
  return tag;
}

// The object of type T (first member: `Tag tag`, static member: `kTag`) at index, or null.
template <class T>
inline T* test(lua_State* L, int index) {
  auto* p = static_cast<T*>(lua_touserdata(L, index));
  return p && lua_rawlen(L, index) == sizeof(T) && p->tag == T::kTag ? p : nullptr;
}

// Turns an exception into one line for the user; the torch binding replaces it to drop C++ frames.
extern std::string (*describe_exception)(const std::exception&);

// Raises `message` with the position of the calling Lua line in front.
[[noreturn]] void raise(lua_State* L, const std::string& message);

// Wraps a binding function: C++ exceptions become Lua errors. Lua's own errors pass through untouched.
template <lua_CFunction F>
int guarded(lua_State* L) {
  std::string message;
  try {
    return F(L);
  } catch (const std::exception& error) {
    message = describe_exception(error);
  }
  raise(L, message);
}

// "number", "Tensor", "table", "string 'abc'": what a value is, for messages.
std::string describe(lua_State* L, int index);
// Class name of a value: __name of its metatable, else Lua's type name.
std::string type_name(lua_State* L, int index);

// Arguments; errors name the function and the argument: "set_num_threads: n: expected integer, got nil".
[[noreturn]] void argument_error(const char* function, const char* argument, const std::string& expected,
                                 lua_State* L, int index);
std::int64_t check_integer(lua_State* L, int index, const char* function, const char* argument);
double check_number(lua_State* L, int index, const char* function, const char* argument);
bool check_boolean(lua_State* L, int index, const char* function, const char* argument);
std::string check_string(lua_State* L, int index, const char* function, const char* argument);
void check_function(lua_State* L, int index, const char* function, const char* argument);

// Whether the value at index is an options table: string keys and no list part. An empty table is a list.
bool is_options(lua_State* L, int index);
bool is_empty_table(lua_State* L, int index);

// A table of options read one by one; `finish` refuses what was not read, naming the nearest known option.
class Options {
 public:
  Options(lua_State* L, int index, const char* function);
  // Pushes option `name` and returns true, or pushes nothing and returns false when absent.
  bool get(const char* name);
  bool boolean(const char* name, bool otherwise);
  std::string string(const char* name, const std::string& otherwise);
  std::int64_t integer(const char* name, std::int64_t otherwise);
  void finish();

 private:
  lua_State* L_;
  int index_;  // 0: no table was given
  const char* function_;
  std::vector<std::string> known_;
};

// Leaves a new metatable with __name, __index table of methods, and metamethods on the stack.
void new_metatable(lua_State* L, const char* name, const luaL_Reg* methods, const luaL_Reg* metamethods);

// A Lua value kept alive from C++ (a callback). Releasing after the state has closed is harmless.
class Reference {
 public:
  Reference(lua_State* L, int index);
  ~Reference();
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  // Pushes the value on the state's main thread stack; throws when called from another thread of execution.
  lua_State* push() const;

 private:
  int reference_;
};

// The one Lua state of the process and the thread that may enter it.
void set_main_state(lua_State* L);
lua_State* main_state();
void forget_main_state();
bool on_main_thread();

// Calls the function below `arguments` values on the stack; a Lua failure becomes a brain::Error.
void call(lua_State* L, int arguments, int results);

}  // namespace brain::luax
