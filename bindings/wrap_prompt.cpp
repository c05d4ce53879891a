// brain.prompt: the terminal for stdlib/repl.lua.
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <unistd.h>

#include "bindings/line_editor.h"
#include "bindings/lua/luax.h"
#include "core/error.h"
#include "core/terminal.h"

namespace brain {
namespace {

struct EditorHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrEditor");
  luax::Tag tag = kTag;
  std::unique_ptr<LineEditor> editor;
};

LineEditor& check_editor(lua_State* L, const char* function) {
  auto* handle = luax::test<EditorHandle>(L, 1);
  if (!handle || !handle->editor) luax::argument_error(function, "self", "line editor", L, 1);
  return *handle->editor;
}

// read(prompt) -> line, or nil and 'eof' or 'interrupt'
int read(lua_State* L) {
  LineEditor& editor = check_editor(L, "read");
  std::string line;
  const auto status = editor.read(luax::check_string(L, 2, "read", "prompt"), line);
  if (status == LineEditor::Status::kLine) return lua_pushlstring(L, line.data(), line.size()), 1;
  lua_pushnil(L);
  lua_pushstring(L, status == LineEditor::Status::kEof ? "eof" : "interrupt");
  return 2;
}

int add_history(lua_State* L) {
  check_editor(L, "add_history").add_history(luax::check_string(L, 2, "add_history", "input"));
  return 0;
}

// Protected: text -> list of candidates, 1-based start. The results are copied to the Completion at index 2.
int call_completer(lua_State* L) {
  auto& completion = *static_cast<Completion*>(lua_touserdata(L, 2));
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 3);
  lua_call(L, 1, 2);
  completion.start = static_cast<std::size_t>(luaL_checkinteger(L, -1) - 1);
  const auto count = luaL_len(L, -2);
  for (lua_Integer i = 1; i <= count; ++i) {
    lua_geti(L, -2, i);
    completion.candidates.emplace_back(luaL_checkstring(L, -1));
    lua_pop(L, 1);
  }
  return 0;
}

// A completer that fails offers nothing: there is no place on a half-typed line to say why.
Completion complete_with(const luax::Reference& function, std::string_view text) {
  Completion completion;
  lua_State* L = function.push();
  const int top = lua_gettop(L) - 1;
  lua_pushcfunction(L, call_completer);
  lua_insert(L, -2);
  lua_pushlightuserdata(L, &completion);
  lua_pushlstring(L, text.data(), text.size());
  if (lua_pcall(L, 3, 0, 0) != LUA_OK) completion = {};
  lua_settop(L, top);
  return completion;
}

int set_completer(lua_State* L) {
  LineEditor& editor = check_editor(L, "set_completer");
  luax::check_function(L, 2, "set_completer", "function");
  const auto function = std::make_shared<luax::Reference>(L, 2);
  editor.set_completer([function](std::string_view text) { return complete_with(*function, text); });
  return 0;
}

int collect(lua_State* L) {
  static_cast<EditorHandle*>(lua_touserdata(L, 1))->editor.reset();
  return 0;
}

constexpr char kEditorMetatable = 0;  // its address is the registry key

int editor(lua_State* L) {
  auto* handle = new (lua_newuserdatauv(L, sizeof(EditorHandle), 0)) EditorHandle;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &kEditorMetatable);
  lua_setmetatable(L, -2);
  handle->editor = make_line_editor();
  return 1;
}

int is_terminal(lua_State* L) {
  lua_pushboolean(L, isatty(static_cast<int>(luax::check_integer(L, 1, "isatty", "descriptor"))));
  return 1;
}

int terminal_width(lua_State* L) { return lua_pushinteger(L, terminal_columns()), 1; }

// state_directory() -> the folder for what outlives a session ($XDG_STATE_HOME/brainlua), or nil and why.
int state_directory(lua_State* L) {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder;
  if (state && *state == '/') folder = state;
  else if (home && *home) folder = std::filesystem::path(home) / ".local" / "state";
  else return lua_pushnil(L), lua_pushliteral(L, "neither XDG_STATE_HOME nor HOME is set"), 2;
  folder /= "brainlua";
  std::error_code error;
  const bool created = std::filesystem::create_directories(folder, error);
  if (error) {
    lua_pushnil(L);
    lua_pushstring(L, join_text(folder.string(), ": ", error.message()).c_str());
    return 2;
  }
  if (created) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  lua_pushstring(L, folder.c_str());
  return 1;
}

constexpr luaL_Reg kEditorMethods[] = {{"read", luax::guarded<read>},
                                       {"add_history", luax::guarded<add_history>},
                                       {"set_completer", luax::guarded<set_completer>},
                                       {nullptr, nullptr}};
constexpr luaL_Reg kEditorMetamethods[] = {{"__gc", collect}, {nullptr, nullptr}};
constexpr luaL_Reg kFunctions[] = {{"editor", luax::guarded<editor>},
                                   {"isatty", luax::guarded<is_terminal>},
                                   {"terminal_width", luax::guarded<terminal_width>},
                                   {"state_directory", luax::guarded<state_directory>},
                                   {nullptr, nullptr}};

}  // namespace

// Opens brain.prompt: editor() -> object with :read(prompt), :add_history(input), :set_completer(function);
// editor_name ('readline', 'edit' or 'plain'); isatty(descriptor); terminal_width(); state_directory().
int luaopen_brain_prompt(lua_State* L) {
  luax::new_metatable(L, "LineEditor", kEditorMethods, kEditorMetamethods);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &kEditorMetatable);
  lua_newtable(L);
  luaL_setfuncs(L, kFunctions, 0);
  lua_pushstring(L, terminal_editor_name());
  lua_setfield(L, -2, "editor_name");
  return 1;
}

}  // namespace brain
