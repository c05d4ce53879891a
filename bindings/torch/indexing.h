#pragma once
// Python's indexing in Lua: t[0], t['1:3, ..., ::2'], t[{0, '1:', mask, {1, 2}, torch.null}].
#include <ATen/TensorIndexing.h>

#include <string_view>
#include <vector>

#include "bindings/lua/luax.h"

namespace brain {

using Index = std::vector<at::indexing::TensorIndex>;

// Whether a string key is index text rather than the name of a member: an identifier other than None is a member.
bool is_index_text(std::string_view text);
// Appends the items of Python index text; errors show the text and the item.
void parse_index_text(std::string_view text, Index& index);
// The index a Lua key (integer, text or table) stands for.
Index check_index(lua_State* L, int key, const at::Tensor& tensor);

at::Tensor get_index(lua_State* L, const at::Tensor& tensor, int key);
void set_index(lua_State* L, const at::Tensor& tensor, int key, int value);

}  // namespace brain
