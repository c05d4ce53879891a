#include "bindings/file_values.h"

#include <algorithm>
#include <unordered_map>

#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "io/tensor.h"

namespace brain {
namespace {

void push_text(lua_State* L, std::string_view text) { lua_pushlstring(L, text.data(), text.size()); }

// Parts that the file shares are shared tables and tensors; `seen` is a table node -> Lua value.
class Pusher {
 public:
  explicit Pusher(lua_State* L) : L_(L) {
    lua_newtable(L_);
    seen_ = lua_gettop(L_);
  }
  void push(const io::Value& value);

 private:
  void push_list(const std::vector<io::Value>& items);
  void push_dict(const io::Dict& dict);
  void push_key(const io::Value& key);
  void push_record(const io::Record& record);

  lua_State* L_;
  int seen_;
  io::TensorMaker make_tensor_;
};

void Pusher::push(const io::Value& value) {
  luaL_checkstack(L_, 8, "nested too deeply");
  if (value.is_null()) return push_null(L_);
  if (const auto* b = value.boolean()) return lua_pushboolean(L_, *b);
  if (const auto* i = value.integer()) return lua_pushinteger(L_, *i);
  if (const auto* d = value.number()) return lua_pushnumber(L_, *d);
  if (const auto* text = value.as<io::Text>()) return push_text(L_, text->view());
  if (const auto* blob = value.as<io::Blob>()) return push_text(L_, blob->bytes.text());
  if (const auto* big = value.as<io::BigInteger>()) return push_text(L_, big->decimal);
  const void* node = value.node()->get();
  if (lua_rawgetp(L_, seen_, node) != LUA_TNIL) return;
  lua_pop(L_, 1);
  if (const auto* array = value.as<io::Array>()) push_tensor(L_, make_tensor_(*array));
  else if (const auto* items = io::sequence(value)) push_list(*items);
  else if (const auto* dict = value.as<io::Dict>()) push_dict(*dict);
  else push_record(*value.as<io::Record>());
  lua_pushvalue(L_, -1);
  lua_rawsetp(L_, seen_, node);
}

void Pusher::push_list(const std::vector<io::Value>& items) {
  lua_createtable(L_, static_cast<int>(std::min<std::size_t>(items.size(), 1 << 20)), 0);
  for (std::size_t i = 0; i < items.size(); ++i) {
    push(items[i]);
    lua_rawseti(L_, -2, static_cast<lua_Integer>(i) + 1);
  }
}

void Pusher::push_key(const io::Value& key) {
  if (key.boolean() || key.integer() || key.as<io::Text>() || key.as<io::Blob>()) return push(key);
  const double* number = key.number();
  if (number && *number == *number) return lua_pushnumber(L_, *number);
  push_text(L_, io::key_text(key));
}

void Pusher::push_dict(const io::Dict& dict) {
  lua_newtable(L_);
  lua_newtable(L_);  // the keys in order
  lua_Integer count = 0;
  for (const auto& [key, value] : dict.items()) {
    push_key(key);
    lua_pushvalue(L_, -1);
    const bool again = lua_rawget(L_, -4) != LUA_TNIL;  // keys that differ in Python only, as 1 and 1.0
    lua_pop(L_, 1);
    if (!again) {
      lua_pushvalue(L_, -1);
      lua_rawseti(L_, -3, ++count);
    }
    push(value);
    lua_rawset(L_, -4);
  }
  lua_getfield(L_, LUA_REGISTRYINDEX, "brain.ordered");  // function(table, keys) -> table
  lua_insert(L_, -3);
  lua_call(L_, 2, 1);
}

void Pusher::push_record(const io::Record& record) {
  lua_newtable(L_);
  push_text(L_, record.name);
  lua_setfield(L_, -2, "class");
  const auto part = [&](const char* name, const io::Value& value) {
    if (value.is_null()) return;
    push(value);
    lua_setfield(L_, -2, name);
  };
  const auto* arguments = io::sequence(record.arguments);
  if (arguments && !arguments->empty()) part("arguments", record.arguments);
  part("state", record.state);
  part("items", record.items);
  part("entries", record.entries);
}

class Checker {
 public:
  Checker(lua_State* L, const char* function) : L_(L), function_(function) {}
  io::Value check(int index, const std::string& path, int depth);

 private:
  io::Value check_list(int index, const std::string& path, int depth);
  io::Value check_dict(int index, const std::string& path, int depth);

  lua_State* L_;
  const char* function_;
};

io::Value Checker::check(int index, const std::string& path, int depth) {
  if (depth > 200)
    fail(function_, ": ", path.substr(0, 60), "...: nested deeper than 200, or a table contains itself");
  luaL_checkstack(L_, 8, "nested too deeply");
  index = lua_absindex(L_, index);
  switch (lua_type(L_, index)) {
    case LUA_TNIL: return {};
    case LUA_TBOOLEAN: return lua_toboolean(L_, index) != 0;
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L_, index, &size);
      return io::text({text, size});
    }
    case LUA_TNUMBER:
      if (lua_isinteger(L_, index)) return static_cast<std::int64_t>(lua_tointeger(L_, index));
      return lua_tonumber(L_, index);
    case LUA_TUSERDATA:
      if (is_null(L_, index)) return {};
      if (const auto* handle = test_tensor(L_, index))
        return io::Value::of(io::array_of(tensor_of(handle), std::string(function_) + ": " + path));
      break;
    case LUA_TTABLE:
      return luax::is_empty_table(L_, index) ? check_list(index, path, depth)
             : lua_rawlen(L_, index) > 0     ? check_list(index, path, depth)
                                             : check_dict(index, path, depth);
    default: break;
  }
  fail(function_, ": ", path, ": a file cannot hold a ", luax::type_name(L_, index));
}

io::Value Checker::check_list(int index, const std::string& path, int depth) {
  const bool ordered = luaL_getmetafield(L_, index, "__pairs") != LUA_TNIL;
  if (ordered) {
    lua_pop(L_, 1);
    return check_dict(index, path, depth);
  }
  io::List list;
  const auto count = static_cast<lua_Integer>(lua_rawlen(L_, index));
  lua_Integer entries = 0;
  for (lua_pushnil(L_); lua_next(L_, index); lua_pop(L_, 1)) ++entries;
  if (entries != count) return check_dict(index, path, depth);
  for (lua_Integer i = 1; i <= count; ++i) {
    lua_rawgeti(L_, index, i);
    list.items.push_back(check(-1, path + "[" + std::to_string(i) + "]", depth + 1));
    lua_pop(L_, 1);
  }
  return io::Value::of(std::move(list));
}

io::Value Checker::check_dict(int index, const std::string& path, int depth) {
  std::vector<std::pair<io::Value, io::Value>> entries;
  const bool ordered = luaL_getmetafield(L_, index, "__pairs") != LUA_TNIL;
  if (ordered) {  // the iterator, its state and its first key
    lua_pushvalue(L_, index);
    lua_call(L_, 1, 3);
  }
  const auto next = [&] {  // leaves key and value
    if (!ordered) return lua_next(L_, index) != 0;
    lua_pushvalue(L_, -3);
    lua_pushvalue(L_, -3);
    lua_pushvalue(L_, -3);
    lua_remove(L_, -4);
    lua_call(L_, 2, 2);
    return !lua_isnil(L_, -2);
  };
  if (!ordered) lua_pushnil(L_);
  while (next()) {
    const io::Value key =
        lua_type(L_, -2) == LUA_TSTRING || lua_type(L_, -2) == LUA_TNUMBER || lua_isboolean(L_, -2)
            ? check(-2, path, depth)
            : io::Value();
    if (key.is_null())
      fail(function_, ": ", path, ": a file cannot hold a ", luax::type_name(L_, -2), " as key");
    const std::string name = key.as<io::Text>() ? std::string(key.as<io::Text>()->view()) : io::key_text(key);
    entries.emplace_back(key, check(-1, path + "." + name, depth + 1));
    lua_pop(L_, 1);
  }
  lua_pop(L_, ordered ? 4 : 0);
  if (!ordered)
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      const auto *i = a.first.integer(), *j = b.first.integer();
      return i && j ? *i < *j : io::key_text(a.first) < io::key_text(b.first);
    });
  io::Dict dict;
  for (auto& [key, value] : entries) dict.set(std::move(key), std::move(value));
  return io::Value::of(std::move(dict));
}

}  // namespace

void push_file_value(lua_State* L, const io::Value& value) {
  if (value.is_null()) return lua_pushnil(L);
  Pusher pusher(L);
  pusher.push(value);
  lua_remove(L, -2);
}

io::Value check_file_value(lua_State* L, int index, const char* function) {
  return Checker(L, function).check(index, "value", 0);
}

}  // namespace brain
