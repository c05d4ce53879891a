#pragma once
// The Tensor userdata: a handle to one at::Tensor, linked in creation order so that scopes can free what was made
// inside them, with its bytes told to Lua's collector. Coroutines interleave, so a scope frees what its own made.
#include <ATen/ATen.h>

#include "bindings/lua/luax.h"

namespace brain {

// A node of the creation-ordered list: a tensor handle or the marker of an open scope.
struct HandleNode {
  HandleNode* previous = nullptr;
  HandleNode* next = nullptr;
  std::uint64_t serial = 0;  // increases along the list; a kept handle takes the serial of the scope it left
  const lua_State* coroutine = nullptr;  // the one that made the tensor or opened the scope
  bool marker = false;
};

struct TensorHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrTensor");
  luax::Tag tag = kTag;
  at::Tensor tensor;          // undefined once released
  HandleNode node;
  std::int32_t released = 0;  // 0: live; otherwise where it was released (see release_place)
};

// Registers the Tensor metatable; must run before any push_tensor.
void open_tensor(lua_State* L);

// Pushes a new handle. Undefined tensors become nil.
void push_tensor(lua_State* L, at::Tensor tensor);

inline TensorHandle* test_tensor(lua_State* L, int index) { return luax::test<TensorHandle>(L, index); }

// The tensor of a handle; a released one is an error that says where it was released.
const at::Tensor& tensor_of(const TensorHandle* handle);
const at::Tensor& check_tensor(lua_State* L, int index, const char* function, const char* argument = "self");

// Drops the tensor of a handle now. `place` is an index from release_place.
void release_handle(TensorHandle* handle, std::int32_t place);
std::int32_t release_place(const std::string& description);

// Live handles in this process: what leak tests compare.
std::int64_t live_tensors();

namespace memory {
// What a coroutine makes between opening and closing a marker belongs to a scope.
void open_marker(lua_State* L, HandleNode& marker);
// Releases every live handle of its coroutine after `marker` and unlinks the marker (and markers of scopes left open
// inside it).
void close_marker(HandleNode& marker, std::int32_t place);
// Unlinks a marker and releases nothing.
void drop_marker(HandleNode& marker);
// Moves a handle of the scope in front of its `marker`: it now belongs to the enclosing scope.
void move_before(TensorHandle* handle, HandleNode& marker);

// Tells the collector about a new tensor and its bytes of native memory; may run a collection step.
void account(lua_State* L, std::size_t bytes);
// Takes back bytes that were freed without the collector.
void forgive(std::size_t bytes);
// A full collection, for the moment an allocation failed.
void collect(lua_State* L);
// Refuses single allocations above `bytes` (default: the machine's memory), so that an absurd size is an error
// instead of a killed process. Returns the limit that held before.
std::int64_t set_allocation_limit(std::int64_t bytes);
std::int64_t allocation_limit();
}  // namespace memory

}  // namespace brain
