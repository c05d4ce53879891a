// Lua functions in forked processes, for stdlib/.
#include "bindings/children.h"

#include <algorithm>

#include <unistd.h>

#include "bindings/lua/object.h"
#include "core/child.h"
#include "core/interrupt.h"

namespace brain {

namespace {

struct ChildHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrChild_");
  luax::Tag tag = kTag;
  Child child;
};

Child& child_at(lua_State* L, const char* method) {
  return luax::self<ChildHandle>(L, method, "child").child;
}

// child:poll() -> nil while it runs, else what went wrong (or '') and what it printed
int poll(lua_State* L) {
  const auto& end = child_at(L, "poll").poll();
  if (!end) return 0;
  lua_pushlstring(L, end->problem.data(), end->problem.size());
  lua_pushlstring(L, end->printed.data(), end->printed.size());
  return 2;
}

int stop(lua_State* L) {
  child_at(L, "stop").stop();
  return 0;
}

const luaL_Reg methods[] = {{"poll", luax::guarded<poll>}, {"stop", luax::guarded<stop>}, {nullptr, nullptr}};
const luaL_Reg metamethods[] = {{"__gc", luax::destroy<ChildHandle>}, {nullptr, nullptr}};

// start_child(fn) -> child. It ends with fn, or with fn's error.
int start_child(lua_State* L) {
  luax::check_function(L, 1, "start_child", "fn");
  void* memory = lua_newuserdatauv(L, sizeof(ChildHandle), 0);
  new (memory) ChildHandle{ChildHandle::kTag, Child([L] {
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 0, 0, 0) == LUA_OK) return std::string();
    const char* message = lua_tostring(L, -1);
    return std::string(message && *message ? message : "an error without a message");
  })};
  luax::set_class<ChildHandle>(L, "Child", methods, metamethods);
  return 1;
}

// sleep(seconds), which Ctrl-C ends
int sleep_(lua_State* L) {
  for (double left = luax::check_number(L, 1, "sleep", "seconds"); left > 0; left -= 0.01) {
    interrupt::check();
    usleep(static_cast<useconds_t>(std::min(left, 0.01) * 1e6));
  }
  return 0;
}

const luaL_Reg functions[] = {{"start_child", luax::guarded<start_child>}, {"sleep", luax::guarded<sleep_>}, {nullptr, nullptr}};

}  // namespace

void set_child_functions(lua_State* L) { luaL_setfuncs(L, functions, 0); }

}  // namespace brain
