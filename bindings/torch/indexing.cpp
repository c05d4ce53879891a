#include "bindings/torch/indexing.h"

#include <cctype>

#include "bindings/torch/construct.h"
#include "bindings/torch/convert.h"
#include "core/error.h"

namespace brain {

namespace {

using at::indexing::TensorIndex;

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

[[noreturn]] void bad_item(std::string_view text, std::string_view item) {
  fail("index '", text, "': expected integers, slices, '...' or None, found '", item, "'");
}

std::int64_t parse_integer(std::string_view text, std::string_view item, std::string_view whole) {
  std::size_t i = 0;
  const bool negative = !item.empty() && item[0] == '-';
  if (negative || (!item.empty() && item[0] == '+')) i = 1;
  if (i == item.size() || item.size() - i > 18) bad_item(text, whole);
  std::int64_t value = 0;
  for (; i < item.size(); ++i) {
    if (item[i] < '0' || item[i] > '9') bad_item(text, whole);
    value = value * 10 + (item[i] - '0');
  }
  return negative ? -value : value;
}

TensorIndex parse_item(std::string_view text, std::string_view item) {
  if (item == "...") return at::indexing::Ellipsis;
  if (item == "None") return at::indexing::None;
  if (item == "True") return TensorIndex(true);
  if (item == "False") return TensorIndex(false);
  const auto colon = item.find(':');
  if (colon == std::string_view::npos) return TensorIndex(parse_integer(text, item, item));
  std::optional<c10::SymInt> parts[3];
  int count = 0;
  std::string_view rest = item;
  while (true) {
    if (count == 3) bad_item(text, item);
    const auto next = rest.find(':');
    const auto part = trim(rest.substr(0, next));
    if (!part.empty()) parts[count] = parse_integer(text, part, item);
    ++count;
    if (next == std::string_view::npos) break;
    rest.remove_prefix(next + 1);
  }
  if (parts[2] && *parts[2] <= 0) fail("index '", text, "': a slice step must be positive (torch.flip reverses)");
  return at::indexing::Slice(parts[0], parts[1], parts[2]);
}

void append_key(lua_State* L, int key, Index& index) {
  switch (lua_type(L, key)) {
    case LUA_TNUMBER: {
      int ok = 0;
      const auto value = lua_tointegerx(L, key, &ok);
      if (!ok) fail("index: expected integer, got ", luax::describe(L, key));
      index.emplace_back(static_cast<std::int64_t>(value));
      return;
    }
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, key, &size);
      return parse_index_text({text, size}, index);
    }
    case LUA_TBOOLEAN: index.emplace_back(lua_toboolean(L, key) != 0); return;
    case LUA_TUSERDATA:
      if (is_null(L, key)) return void(index.emplace_back(at::indexing::None));
      if (const TensorHandle* handle = test_tensor(L, key)) {
        at::Tensor tensor = tensor_of(handle);
        if (tensor.scalar_type() == at::kInt || tensor.scalar_type() == at::kShort || tensor.scalar_type() == at::kChar)
          tensor = tensor.to(at::kLong);
        return void(index.emplace_back(tensor));
      }
      break;
    case LUA_TTABLE: {
      if (luax::is_options(L, key)) break;
      at::Tensor list = lua_rawlen(L, key) == 0 ? at::empty({0}, at::kLong) : tensor_from_table(L, key, {}, "index");
      if (list.is_floating_point()) {
        list = tensor_from_table(L, key, at::kDouble, "index");
        const at::Tensor whole = list.to(at::kLong);
        if (!at::equal(whole.to(at::kDouble), list)) fail("index: a list of indices holds a number that is no integer");
        list = whole;
      }
      return void(index.emplace_back(list));
    }
    default: break;
  }
  fail("index: expected integer, index text, Tensor, list or torch.null, got ", luax::describe(L, key));
}

Index checked(const at::Tensor& tensor, Index index) {
  if (tensor.dim() == 0)
    for (const auto& item : index)
      if (item.is_integer()) fail("index: a 0-d tensor has no elements to select; t:item() is its number");
  return index;
}

}  // namespace

bool is_index_text(std::string_view text) {
  if (text == "None") return true;
  if (text.empty()) return false;
  for (const char c : text)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return true;
  return std::isdigit(static_cast<unsigned char>(text[0])) != 0;
}

void parse_index_text(std::string_view text, Index& index) {
  std::string_view rest = text;
  while (true) {
    const auto comma = rest.find(',');
    const auto item = trim(rest.substr(0, comma));
    if (item.empty() && comma == std::string_view::npos && !index.empty()) break;  // a trailing comma, as in Python
    index.push_back(parse_item(text, item));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
}

Index check_index(lua_State* L, int key, const at::Tensor& tensor) {
  Index index;
  if (lua_type(L, key) != LUA_TTABLE) {
    append_key(L, key, index);
    return checked(tensor, std::move(index));
  }
  if (luax::is_options(L, key)) fail("index: expected a list, found named options");
  const auto n = static_cast<lua_Integer>(lua_rawlen(L, key));
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(L, key, i);
    append_key(L, lua_gettop(L), index);
    lua_pop(L, 1);
  }
  if (index.empty()) index.emplace_back(at::indexing::Ellipsis);
  return checked(tensor, std::move(index));
}

at::Tensor get_index(lua_State* L, const at::Tensor& tensor, int key) {
  if (lua_type(L, key) == LUA_TNUMBER) {
    int ok = 0;
    const auto value = lua_tointegerx(L, key, &ok);
    if (ok && tensor.dim() > 0) return at::select(tensor, 0, value);
  }
  return tensor.index(check_index(L, key, tensor));
}

void set_index(lua_State* L, const at::Tensor& tensor, int key, int value) {
  const Index index = check_index(L, key, tensor);
  at::Tensor self = tensor;
  at::Scalar scalar;
  if (to_scalar(L, value, scalar)) return void(self.index_put_(index, scalar));
  if (const TensorHandle* handle = test_tensor(L, value)) return void(self.index_put_(index, tensor_of(handle)));
  if (lua_type(L, value) == LUA_TTABLE && !luax::is_options(L, value))
    return void(self.index_put_(index, tensor_from_table(L, value, {}, "assignment").to(self.options())));
  fail("assignment: expected number, boolean, Tensor or table, got ", luax::describe(L, value));
}

}  // namespace brain
