#include "bindings/torch/match.h"

#include "bindings/torch/convert.h"
#include "core/error.h"
#include "core/nearest.h"

namespace brain {

namespace {

enum class Why { Fits, TooMany, Missing, Type, UnknownOption, GivenTwice, Outs, Unsupported };

struct Mismatch {
  Why why = Why::Fits;
  int argument = 0;  // position in the overload
  int index = 0;     // position on the Lua stack
};

bool same_argument(std::string_view given, const std::string& name) {
  return given == name || (given == "input" && name == "self") || (given == "stop" && name == "end") ||
         (given == "self" && name == "input");
}

// Pushes the out tensors of the call in the overload's order.
bool push_outs(lua_State* L, const Overload& overload, const Arguments& given, int position, torch::jit::Stack& stack) {
  const int outs = overload.outs;
  const int nth = position - static_cast<int>(overload.arguments.size()) + outs;
  const Argument& argument = overload.arguments[position];
  c10::IValue value;
  if (argument.kind == Kind::TensorList && outs == 1) {
    if (!to_argument(L, given.out, argument, false, false, value)) return false;
  } else if (lua_type(L, given.out) == LUA_TTABLE) {
    if (static_cast<int>(lua_rawlen(L, given.out)) != outs) return false;
    lua_rawgeti(L, given.out, nth + 1);
    const bool ok = to_argument(L, -1, argument, false, false, value);
    lua_pop(L, 1);
    if (!ok) return false;
  } else if (outs != 1 || !to_argument(L, given.out, argument, false, false, value)) {
    return false;
  }
  stack.push_back(std::move(value));
  return true;
}

// Numbers written out as one list; anything but plain integers, and tensors, go through a table.
bool push_spread(lua_State* L, const Argument& argument, int first, int count, bool lenient, torch::jit::Stack& stack) {
  if (argument.kind == Kind::IntList) {
    c10::List<std::int64_t> list;
    list.reserve(static_cast<std::size_t>(count));
    int k = 0;
    for (; k < count && lua_isinteger(L, first + k); ++k) list.push_back(lua_tointeger(L, first + k));
    if (k == count) return stack.emplace_back(std::move(list)), true;
  }
  c10::IValue value;
  lua_createtable(L, count, 0);
  for (int k = 0; k < count; ++k) {
    lua_pushvalue(L, first + k);
    lua_rawseti(L, -2, k + 1);
  }
  const bool ok = to_argument(L, -1, argument, false, lenient, value);
  lua_pop(L, 1);
  if (ok) stack.push_back(std::move(value));
  return ok;
}

bool is_whole(lua_State* L, int index) {
  int ok = 0;
  if (lua_type(L, index) == LUA_TNUMBER) lua_tointegerx(L, index, &ok);
  return ok != 0;
}

// The first of the values that is no element of a list of that kind; 0 when all are.
int first_wrong(lua_State* L, Kind kind, int first, int last) {
  for (int i = first; i <= last; ++i)
    if (kind == Kind::IntList ? !is_whole(L, i) : !test_tensor(L, i) && !(kind == Kind::OptionalTensorList && is_null(L, i))) return i;
  return 0;
}

Mismatch match(lua_State* L, const Operator& op, const Overload& overload, const Arguments& given, bool lenient,
               torch::jit::Stack& stack) {
  stack.clear();
  if (!overload.supported) return {Why::Unsupported};
  int count = given.count;
  const int positional = overload.positional;
  // t:view(2, 3): numbers written out take the place of one list.
  int spread = -1;
  if (overload.varargs) {
    const int last = positional - 1;
    const int type = count > last ? lua_type(L, given.first + last) : LUA_TNIL;
    const bool numbers = overload.arguments[last].kind == Kind::IntList;
    if ((numbers && type == LUA_TNUMBER) || type == LUA_TUSERDATA) spread = last;
  }
  if (count > positional && spread < 0) {
    for (int i = positional; i < count; ++i)
      if (!lua_isnil(L, given.first + i)) return {Why::TooMany, positional, given.first + positional};
    count = positional;
  }
  int used = 0;
  const int total = static_cast<int>(overload.arguments.size());
  for (int i = 0; i < total; ++i) {
    const Argument& argument = overload.arguments[i];
    if (argument.out) {
      if (!push_outs(L, overload, given, i, stack)) return {Why::Outs, i, given.out};
      continue;
    }
    if (i == spread) {
      if (push_spread(L, argument, given.first + i, count - i, lenient, stack)) continue;
      return {Why::Type, i, std::max(given.first + i, first_wrong(L, argument.kind, given.first + i, given.first + count - 1))};
    }
    int index = i < count && i < positional ? given.first + i : 0;
    if (given.named_count > 0) {
      const int name = given.find(argument.name);
      if (name != 0) {
        if (index != 0 && !lua_isnil(L, index)) return {Why::GivenTwice, i, name};
        index = name;
        ++used;
      }
    }
    if (index == 0) {
      if (!argument.has_default && !argument.optional) return {Why::Missing, i, 0};
      stack.push_back(argument.otherwise);
      continue;
    }
    stack.emplace_back();
    if (!to_argument(L, index, argument, op.takes_numbers && i > 0, lenient, stack.back()))
      return {lua_isnil(L, index) ? Why::Missing : Why::Type, i, index};
  }
  if (used != given.named_count) return {Why::UnknownOption};
  if (given.has_requires_grad && !overload.factory) return {Why::UnknownOption};
  return {};
}

const std::vector<Overload>& candidates(const Operator& op, const Arguments& given) {
  return given.out != 0 ? op.out : op.plain;
}

// 1 where the call is written t:add(x), whose receiver the caller does not count.
int receiver(lua_State* L) {
  lua_Debug info;
  return lua_getstack(L, 0, &info) && lua_getinfo(L, "n", &info) && std::string_view(info.namewhat) == "method";
}

// "argument 2 (other)"
std::string place(lua_State* L, const Argument& argument, int index, const Arguments& given) {
  if (index < given.first || index >= given.first + given.count) return "option '" + argument.name + "'";
  const int position = index - given.first + 1 - receiver(L);
  if (position == 0) return "self";
  return "argument " + std::to_string(position) + " (" + argument.name + ")";
}

std::string expected(const Operator& op, const Overload& overload, int position) {
  const Argument& argument = overload.arguments[position];
  if (overload.varargs && position == overload.positional - 1)
    return argument.kind == Kind::IntList ? "integers or a list of them" : "Tensors or a list of them";
  return expected_text(argument, op.takes_numbers && position > 0);
}

// What a value is; of a list given for a list, the first element that does not fit.
std::string found(lua_State* L, Kind kind, int index) {
  const bool lists = kind == Kind::IntList || kind == Kind::TensorList || kind == Kind::OptionalTensorList;
  const bool list = lists && lua_type(L, index) == LUA_TTABLE && !luax::is_options(L, index);
  const int n = list ? static_cast<int>(lua_rawlen(L, index)) : 0;
  for (int i = 1; i <= n; ++i) {
    lua_rawgeti(L, index, i);
    const std::string text = first_wrong(L, kind, lua_gettop(L), lua_gettop(L)) != 0 ? luax::describe(L, -1) : "";
    lua_pop(L, 1);
    if (!text.empty()) return join_text(text, " at [", i, "]");
  }
  return luax::describe(L, index);
}

// Why one overload does not take the arguments.
std::string reason(lua_State* L, const Operator& op, const Overload& overload, const Mismatch& mismatch, const Arguments& given) {
  const Argument* argument = mismatch.argument < static_cast<int>(overload.arguments.size())
                                 ? &overload.arguments[mismatch.argument] : nullptr;
  switch (mismatch.why) {
    case Why::Unsupported: return "has an argument that Lua cannot make";
    case Why::TooMany:
      return join_text("expected at most ", overload.positional - receiver(L), " positional arguments, got ", given.count - receiver(L));
    case Why::Missing: return "missing " + argument->name + ": expected " + expected(op, overload, mismatch.argument);
    case Why::GivenTwice: return argument->name + " is given both by position and by name";
    case Why::Outs: return join_text("out: expected ", overload.outs == 1 ? "Tensor" : "list of " +
                                     std::to_string(overload.outs) + " Tensors", ", got ", luax::describe(L, given.out));
    case Why::Type:
      return place(L, *argument, mismatch.index, given) + ": expected " + expected(op, overload, mismatch.argument) + ", got " +
             found(L, argument->kind, mismatch.index);
    default: return "the arguments do not fit";
  }
}

// The reason that all overloads share which have such names and so many arguments; "" when they differ.
std::string common_reason(lua_State* L, const Operator& op, const std::vector<Overload>& overloads, const Arguments& given) {
  torch::jit::Stack scratch;
  std::string common;
  for (const auto& overload : overloads) {
    const Mismatch mismatch = match(L, op, overload, given, false, scratch);
    if (mismatch.why == Why::TooMany || mismatch.why == Why::UnknownOption || mismatch.why == Why::Unsupported) continue;
    const std::string text = reason(L, op, overload, mismatch, given);
    if (!common.empty() && text != common) return {};
    common = text;
  }
  return common;
}

// An option no overload knows, with the nearest name; "" when all are known.
std::string unknown_option(const Operator& op, const std::vector<Overload>& overloads, const Arguments& given) {
  std::vector<std::string> known;
  for (const auto& overload : overloads) {
    for (const auto& argument : overload.arguments) known.push_back(argument.name);
    if (overload.factory) known.emplace_back("requires_grad");
  }
  if (!op.out.empty()) known.emplace_back("out");
  const auto check = [&](std::string_view name) -> std::string {
    for (const auto& candidate : known)
      if (same_argument(name, candidate)) return {};
    const std::string near = nearest(name, known);
    return join_text(op.name, ": unknown option '", name, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
  };
  for (int i = 0; i < given.named_count; ++i)
    if (std::string text = check(given.named[i].name()); !text.empty()) return text;
  return given.has_requires_grad ? check("requires_grad") : std::string();
}

}  // namespace

Arguments::Arguments(lua_State* L, const Operator& op, int first) : first(first) {
  const int top = lua_gettop(L);
  count = top - first + 1;
  if (count <= 0 || lua_type(L, top) != LUA_TTABLE) {
    luaL_checkstack(L, 8, "arguments");
    return;
  }
  if (!luax::is_options(L, top)) {
    // A list, unless names are mixed in.
    lua_pushnil(L);
    while (lua_next(L, top)) {
      lua_pop(L, 1);
      if (lua_type(L, -1) == LUA_TSTRING)
        fail(op.name, ": a table mixes list values with the option '", lua_tostring(L, -1), "'; give options in a table of their own");
      if (lua_type(L, -1) == LUA_TNUMBER && count > 0 && lua_rawlen(L, top) > 16) {  // long lists are lists
        lua_pop(L, 1);
        break;
      }
    }
    luaL_checkstack(L, 8, "arguments");
    return;
  }
  --count;
  luaL_checkstack(L, 2 * kMaxNamed + 8, "arguments");
  lua_pushnil(L);
  while (lua_next(L, top)) {
    if (lua_type(L, -2) != LUA_TSTRING) fail(op.name, ": options: expected names as keys, found ", luax::describe(L, -2));
    std::size_t size = 0;
    const char* key = lua_tolstring(L, -2, &size);
    const std::string_view name(key, size);
    if (name == "out" && !op.out.empty()) {
      out = lua_gettop(L);
    } else if (name == "requires_grad") {
      if (!lua_isboolean(L, -1)) fail(op.name, ": requires_grad: expected boolean, got ", luax::describe(L, -1));
      has_requires_grad = true;
      requires_grad = lua_toboolean(L, -1) != 0;
    } else {
      if (named_count == kMaxNamed) fail(op.name, ": too many options");
      named[named_count++] = {key, size, lua_gettop(L)};
    }
    lua_pushvalue(L, -2);
  }
}

int Arguments::find(const std::string& name) const {
  for (int i = 0; i < named_count; ++i)
    if (same_argument(named[i].name(), name)) return named[i].index;
  return 0;
}

int Arguments::source_of(lua_State* L, const Overload& overload, int position) const {
  if (position < count && !overload.arguments[position].out) return first + position;
  if (!overload.arguments[position].out) return find(overload.arguments[position].name);
  if (out == 0 || lua_type(L, out) != LUA_TTABLE) return out;
  const int nth = position - static_cast<int>(overload.arguments.size()) + overload.outs;
  lua_rawgeti(L, out, nth + 1);
  lua_replace(L, out - 1);  // the key below the option's value is no longer needed
  return out - 1;
}

const Overload* find_match(lua_State* L, const Operator& op, const Overload* only, const Arguments& given,
                           torch::jit::Stack& stack) {
  for (const bool lenient : {false, true}) {
    if (only) {
      if (match(L, op, *only, given, lenient, stack).why == Why::Fits) return only;
      continue;
    }
    for (const auto& overload : candidates(op, given)) {
      if (overload_denied(op.name, overload.name)) continue;
      if (match(L, op, overload, given, lenient, stack).why == Why::Fits) return &overload;
    }
  }
  stack.clear();
  // f(x, {dtype = nil}) passes an empty table: no list fitted, so it holds no options.
  const int last = given.first + given.count - 1;
  if (given.count > 0 && lua_type(L, last) == LUA_TTABLE && luax::is_empty_table(L, last)) {
    Arguments fewer = given;
    --fewer.count;
    return find_match(L, op, only, fewer, stack);
  }
  return nullptr;
}

std::string explain_mismatch(lua_State* L, const Operator& op, const Overload* only, const Arguments& given) {
  const auto& overloads = candidates(op, given);
  if (!only && overloads.empty()) return op.name + ": has no overload for these arguments";
  if (!only) {
    if (std::string text = unknown_option(op, overloads, given); !text.empty()) return text;
    if (overloads.size() == 1) only = &overloads[0];
  }
  if (only) {
    torch::jit::Stack scratch;
    const std::string usage = "; usage: " + signature(op, *only);
    if (only->outs > 0 && given.out == 0) return op.name + ": missing out" + usage;
    return op.name + ": " + reason(L, op, *only, match(L, op, *only, given, false, scratch), given) + usage;
  }
  std::string why = common_reason(L, op, overloads, given);
  if (why.empty()) {
    std::vector<std::string> all;
    for (int i = receiver(L); i < given.count; ++i) all.push_back(luax::describe(L, given.first + i));
    for (int i = 0; i < given.named_count; ++i)
      all.push_back(join_text(given.named[i].name(), " = ", luax::describe(L, given.named[i].index)));
    if (given.out != 0) all.push_back("out = " + luax::describe(L, given.out));
    for (const auto& one : all) why += (why.empty() ? "" : ", ") + one;
    why = "no overload takes (" + why + ")";
  }
  std::string text = op.name + ": " + why + "; candidates: ";
  bool first = true;
  for (const auto& overload : overloads) {
    if (!overload.supported) continue;
    text += (first ? "" : " | ") + signature(op, overload);
    first = false;
  }
  return text;
}

}  // namespace brain
