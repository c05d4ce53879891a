// The process as stdlib/ sees it: Ctrl-C in running Lua code, forked children for tests, clocks.
#include "bindings/process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/memory.h"

namespace brain {

namespace {

// Ctrl-C: the signal arms a hook in the running Lua thread, which raises at the next instruction. A pcall in user code
// may swallow the error; the hook then comes back after ever fewer instructions (to land outside that pcall) until the
// host has seen the interruption.
lua_State* volatile g_running = nullptr;
int g_raised = 0;  // times, since the interruption

int instructions_until_raise() { return g_raised == 0 ? 1 : std::max(1, 1 << std::max(0, 30 - 10 * g_raised)); }

void interrupt_hook(lua_State* L, lua_Debug*) {
  lua_sethook(L, nullptr, 0, 0);
  if (!interrupt::requested()) return;
  ++g_raised;
  lua_sethook(L, interrupt_hook, LUA_MASKCOUNT, instructions_until_raise());
  lua_pushliteral(L, "interrupted");
  lua_error(L);
}

void arm_hook() {
  if (g_running) lua_sethook(g_running, interrupt_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

// The Lua thread that runs now. A pending interruption follows from a coroutine to the thread that goes on. A hook
// that waits there already, no longer than now asked for, is left alone: set anew by each coroutine that ends, it would
// never be reached.
struct Running {
  explicit Running(lua_State* L) : before(g_running) { enter(L); }
  ~Running() { enter(before); }
  static void enter(lua_State* L) {
    g_running = L;
    if (!L || !interrupt::requested()) return;
    const int wait = instructions_until_raise();
    if (lua_gethook(L) != interrupt_hook || lua_gethookcount(L) > wait) lua_sethook(L, interrupt_hook, LUA_MASKCOUNT, wait);
  }
  lua_State* before;
};

// interruptible(fn, handler, ...) -> true, results | false, handled error. Ctrl-C inside raises "interrupted".
int interruptible(lua_State* L) {
  Running running(L);
  g_raised = 0;
  interrupt::on_signal(arm_hook);
  if (interrupt::requested()) arm_hook();
  const int arguments = lua_gettop(L) - 2;
  lua_pushvalue(L, 1);
  lua_insert(L, 3);  // [fn, handler, fn, arguments...]
  const int status = lua_pcall(L, arguments, LUA_MULTRET, 2);
  lua_sethook(L, nullptr, 0, 0);
  interrupt::clear();
  lua_pushboolean(L, status == LUA_OK);
  lua_replace(L, 2);
  return lua_gettop(L) - 1;
}

// Wraps coroutine.resume so that Ctrl-C reaches the coroutine that runs.
int resume(lua_State* L) {
  lua_State* thread = lua_tothread(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  Running running(thread ? thread : L);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  if (thread) lua_sethook(thread, nullptr, 0, 0);
  return lua_gettop(L);
}

int wrapped(lua_State* L) {
  lua_State* thread = lua_tothread(L, lua_upvalueindex(1));
  Running running(thread);
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_insert(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 2);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  if (lua_toboolean(L, 1)) return lua_gettop(L) - 1;
  lua_settop(L, 2);
  return lua_error(L);
}

int wrap(lua_State* L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State* thread = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, thread, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushcclosure(L, wrapped, 2);
  return 1;
}

void wrap_coroutines(lua_State* L) {
  lua_getglobal(L, "coroutine");
  lua_getfield(L, -1, "resume");
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, resume, 1);
  lua_setfield(L, -3, "resume");
  lua_pushcclosure(L, wrap, 1);
  lua_setfield(L, -2, "wrap");
  lua_pop(L, 1);
}

double clock_seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Waits for the child. False once it has used `seconds` of processor time, or has used none for as long: a busy
// machine makes it late, but does not count against it.
bool wait_for(pid_t child, double seconds, int& status) {
  clockid_t clock{};
  clock_getcpuclockid(child, &clock);
  double used = 0, used_at = clock_seconds(CLOCK_MONOTONIC);
  while (waitpid(child, &status, WNOHANG) != child) {
    const double now = clock_seconds(CLOCK_MONOTONIC), using_now = clock_seconds(clock);
    if (using_now > used) used_at = now;
    used = using_now;
    if (used > seconds || now - used_at > seconds) return false;
    usleep(2000);
  }
  return true;
}

// in_child(fn, seconds) -> "exit", status | "signal", number | "timeout": fn in a forked process that may use so many
// seconds of processor time.
int in_child(lua_State* L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  const double seconds = luaL_optnumber(L, 2, 5);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) fail("in_child: fork: ", system_message());
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    lua_settop(L, 1);
    const int status = lua_pcall(L, 0, 1, 0);
    const int code = status == LUA_OK ? static_cast<int>(lua_tointeger(L, -1)) : 99;
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  if (!wait_for(child, seconds, status)) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    lua_pushliteral(L, "timeout");
    return 1;
  }
  if (WIFSIGNALED(status)) {
    lua_pushliteral(L, "signal");
    lua_pushinteger(L, WTERMSIG(status));
  } else {
    lua_pushliteral(L, "exit");
    lua_pushinteger(L, WEXITSTATUS(status));
  }
  return 2;
}

int send_interrupt(lua_State* L) {
  std::raise(SIGINT);
  return 0;
}

int cpu_seconds(lua_State* L) { return lua_pushnumber(L, clock_seconds(CLOCK_PROCESS_CPUTIME_ID)), 1; }
int wall_seconds(lua_State* L) { return lua_pushnumber(L, clock_seconds(CLOCK_MONOTONIC)), 1; }

int reset_peak(lua_State* L) { return reset_peak_resident_memory(), 0; }

const luaL_Reg functions[] = {
    {"interruptible", interruptible}, {"in_child", luax::guarded<in_child>}, {"send_interrupt", send_interrupt},
    {"cpu_seconds", cpu_seconds}, {"wall_seconds", wall_seconds}, {"reset_peak_memory", luax::guarded<reset_peak>},
    {nullptr, nullptr}};

}  // namespace

void set_process_functions(lua_State* L) {
  wrap_coroutines(L);
  luaL_setfuncs(L, functions, 0);
}

}  // namespace brain
