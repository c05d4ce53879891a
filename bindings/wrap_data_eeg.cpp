// brain.data.eeg: reading the files of THINGS-EEG2, for stdlib/data/things_eeg2.lua.
#include "bindings/lua/luax.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "core/folder.h"
#include "data/things_eeg2.h"

namespace brain {

namespace {

// Arguments path, channels (list), from, to.
data::EegSelection check_selection(lua_State* L) {
  data::EegSelection selection;
  luaL_checktype(L, 2, LUA_TTABLE);
  for (lua_Integer i = 1; lua_rawgeti(L, 2, i) != LUA_TNIL; ++i) {
    selection.channels.push_back(luax::check_string(L, -1, "things_eeg2", "channels"));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  selection.from = luax::check_number(L, 3, "things_eeg2", "window");
  selection.to = luax::check_number(L, 4, "things_eeg2", "window");
  return selection;
}

void set_tensor(lua_State* L, const char* field, at::Tensor tensor) {
  push_tensor(L, std::move(tensor));
  lua_setfield(L, -2, field);
}

void set_number(lua_State* L, const char* field, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, field);
}

// average(path, channels, from, to) -> {values, repetitions, times, mean, sd}
int average(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "things_eeg2", "path");
  const data::EegSelection selection = check_selection(L);
  data::EegAverage result = with_memory(L, [&] { return data::average_things_eeg2(path, selection); });
  lua_newtable(L);
  set_tensor(L, "times", at::tensor(result.times, at::kDouble));
  set_tensor(L, "values", std::move(result.values));
  set_tensor(L, "repetitions", std::move(result.repetitions));
  set_number(L, "mean", result.mean);
  set_number(L, "sd", result.sd);
  return 1;
}

// trials(path, channels, from, to) -> {values, times}
int trials(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "things_eeg2", "path");
  const data::EegSelection selection = check_selection(L);
  data::EegTrials result = with_memory(L, [&] { return data::things_eeg2_trials(path, selection); });
  lua_newtable(L);
  set_tensor(L, "times", at::tensor(result.times, at::kDouble));
  set_tensor(L, "values", std::move(result.values));
  return 1;
}

// entries(folder) -> sorted list of names, nil when there is no such folder
int entries(lua_State* L) {
  const auto names = folder_entries(luax::check_string(L, 1, "entries", "folder"));
  if (!names) return 0;
  lua_createtable(L, static_cast<int>(names->size()), 0);
  for (std::size_t i = 0; i < names->size(); ++i) {
    lua_pushlstring(L, (*names)[i].data(), (*names)[i].size());
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  return 1;
}

// make_folders(path)
int make(lua_State* L) {
  make_folders(luax::check_string(L, 1, "make_folders", "path"));
  return 0;
}

const luaL_Reg functions[] = {{"average", luax::guarded<average>},
                              {"trials", luax::guarded<trials>},
                              {"entries", luax::guarded<entries>},
                              {"make_folders", luax::guarded<make>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_data_eeg(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
