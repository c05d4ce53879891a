#include "bindings/torch/tensor.h"

#include <unordered_map>

#include "bindings/torch/methods.h"
#include "core/error.h"

namespace brain {

namespace {

int g_metatable = LUA_NOREF;
std::int64_t g_live = 0;
HandleNode g_list{&g_list, &g_list};  // circular, oldest first
std::uint64_t g_serial = 0;

std::vector<std::string>& places() {
  static std::vector<std::string> list{""};
  return list;
}

void unlink(HandleNode& node) {
  if (!node.next) return;
  node.previous->next = node.next;
  node.next->previous = node.previous;
  node.previous = node.next = nullptr;
}

void link_before(HandleNode& node, HandleNode& place) {
  node.previous = place.previous;
  node.next = &place;
  place.previous->next = &node;
  place.previous = &node;
}

TensorHandle* handle_of(HandleNode* node) {
  return reinterpret_cast<TensorHandle*>(reinterpret_cast<char*>(node) - offsetof(TensorHandle, node));
}

constexpr std::size_t kHandleBytes = 512;  // about what a tensor costs besides its elements

// Bytes that exist because of this tensor: those of a storage nobody else holds. Views cost nothing.
std::size_t own_bytes(const at::Tensor& tensor) {
  const auto* impl = tensor.unsafeGetTensorImpl();
  if (!impl->has_storage()) return 0;
  const auto& storage = impl->unsafe_storage();
  return storage && storage.use_count() == 1 ? storage.nbytes() : 0;
}

int tensor_gc(lua_State* L) {
  auto* handle = static_cast<TensorHandle*>(lua_touserdata(L, 1));
  if (!handle->released) {
    unlink(handle->node);
    --g_live;
    handle->released = -1;
  }
  handle->tensor.~Tensor();
  handle->tag = 0;
  return 0;
}

}  // namespace

void open_tensor(lua_State* L) {
  lua_newtable(L);
  lua_pushliteral(L, "Tensor");
  lua_setfield(L, -2, "__name");
  lua_pushliteral(L, "locked");
  lua_setfield(L, -2, "__metatable");
  lua_pushcfunction(L, tensor_gc);
  lua_setfield(L, -2, "__gc");
  set_tensor_metamethods(L);
  g_metatable = luaL_ref(L, LUA_REGISTRYINDEX);
}

void push_tensor(lua_State* L, at::Tensor tensor) {
  if (!tensor.defined()) return lua_pushnil(L);
  const std::size_t bytes = own_bytes(tensor);
  auto* handle = new (lua_newuserdatauv(L, sizeof(TensorHandle), 0)) TensorHandle;
  handle->tensor = std::move(tensor);
  handle->node.serial = ++g_serial;
  handle->node.coroutine = L;
  link_before(handle->node, g_list);
  ++g_live;
  lua_rawgeti(L, LUA_REGISTRYINDEX, g_metatable);
  lua_setmetatable(L, -2);
  memory::account(L, bytes + kHandleBytes);
}

const at::Tensor& tensor_of(const TensorHandle* handle) {
  if (handle->released) {
    const auto& all = places();
    const auto place = static_cast<std::size_t>(handle->released);
    fail("this tensor was released", place < all.size() && place > 0 ? " " + all[place] : "");
  }
  return handle->tensor;
}

const at::Tensor& check_tensor(lua_State* L, int index, const char* function, const char* argument) {
  const TensorHandle* handle = test_tensor(L, index);
  if (!handle) luax::argument_error(function, argument, "Tensor", L, index);
  return tensor_of(handle);
}

void release_handle(TensorHandle* handle, std::int32_t place) {
  if (handle->released) return;
  unlink(handle->node);
  --g_live;
  handle->released = place;
  memory::forgive(own_bytes(handle->tensor) + kHandleBytes);
  handle->tensor.reset();
}

std::int32_t release_place(const std::string& description) {
  static std::unordered_map<std::string, std::int32_t> known;
  auto [position, added] = known.try_emplace(description, static_cast<std::int32_t>(places().size()));
  if (added) places().push_back(description);
  return position->second;
}

std::int64_t live_tensors() { return g_live; }

namespace memory {

void open_marker(lua_State* L, HandleNode& marker) {
  marker.marker = true;
  marker.coroutine = L;
  marker.serial = ++g_serial;
  link_before(marker, g_list);
}

void close_marker(HandleNode& marker, std::int32_t place) {
  if (!marker.next) return;  // closed before
  for (HandleNode* node = marker.next; node != &g_list;) {
    HandleNode* next = node->next;
    if (node->coroutine == marker.coroutine) {
      if (node->marker) unlink(*node);
      else release_handle(handle_of(node), place);
    }
    node = next;
  }
  unlink(marker);
}

void drop_marker(HandleNode& marker) { unlink(marker); }

void move_before(TensorHandle* handle, HandleNode& marker) {
  HandleNode& node = handle->node;
  if (handle->released || node.coroutine != marker.coroutine || node.serial <= marker.serial) return;
  unlink(node);
  link_before(node, marker);
  node.serial = marker.serial;
}

}  // namespace memory

}  // namespace brain
