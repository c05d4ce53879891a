// Byte accounting, the allocation limit, and the last attempt when memory runs out.
#include <c10/core/CPUAllocator.h>

#include <algorithm>

#include "bindings/torch/tensor.h"
#include "core/memory.h"

namespace brain::memory {

namespace {

std::size_t g_debt = 0;                            // native bytes handed out since the last collection step
std::size_t g_handles = 0;                         // tensors made since the last full collection
std::size_t g_enough = 4096;                       // tensors after which everything is collected
constexpr std::size_t kStep = 256 << 10;           // debt that triggers a step while Lua's own heap is small
constexpr std::size_t kBudget = std::size_t{192} << 20;  // debt that triggers a full collection while it is large
constexpr int kLargeHeap = 24 << 10;               // KiB of Lua objects above which a step costs more than it frees

// Refuses what the machine cannot hold before the kernel promises it.
class LimitedAllocator final : public c10::Allocator {
 public:
  explicit LimitedAllocator(c10::Allocator* inner) : inner_(inner), limit_(physical_memory()) {}

  c10::DataPtr allocate(std::size_t bytes) override {
    TORCH_CHECK_WITH(OutOfMemoryError, bytes <= static_cast<std::size_t>(limit_), "cannot allocate ", bytes,
                     " bytes: the limit is ", limit_);
    return inner_->allocate(bytes);
  }
  c10::DeleterFnPtr raw_deleter() const override { return inner_->raw_deleter(); }
  void copy_data(void* to, const void* from, std::size_t count) const override { inner_->copy_data(to, from, count); }

  std::int64_t limit() const { return limit_; }
  void set_limit(std::int64_t limit) { limit_ = limit; }

 private:
  c10::Allocator* inner_;
  std::int64_t limit_;
};

LimitedAllocator& allocator() {
  static LimitedAllocator* instance = [] {
    auto* made = new LimitedAllocator(c10::GetCPUAllocator());
    c10::SetCPUAllocator(made, 100);
    return made;
  }();
  return *instance;
}

}  // namespace

// Many small tensors: Lua's own pacing counts what finalizers keep alive as live and lets such garbage grow without
// bound, so after a number of tensors everything is collected (25 us on a heap of 400 KB).
// Large tensors: with a small Lua heap a step in proportion to the bytes frees garbage as promptly as reference counting. With a large
// one a step marks little of it, so debt is left to grow to a budget and then everything is collected at once.
void account(lua_State* L, std::size_t bytes) {
  g_debt += bytes;
  if (++g_handles > g_enough) return collect(L);
  if (g_debt < kStep) return;
  const int heap = lua_gc(L, LUA_GCCOUNT);
  if (heap < kLargeHeap) {
    const std::size_t step = std::min<std::size_t>(g_debt >> 10, 1 << 20);
    g_debt = 0;
    lua_gc(L, LUA_GCSTEP, static_cast<int>(step));
  } else if (g_debt >= kBudget) {
    collect(L);
  }
}

void forgive(std::size_t bytes) { g_debt -= std::min(bytes, g_debt); }

void collect(lua_State* L) {
  g_debt = g_handles = 0;
  lua_gc(L, LUA_GCCOLLECT);
  // A full collection costs time in proportion to the heap: the larger the heap, the rarer.
  g_enough = 4096 + 4 * static_cast<std::size_t>(lua_gc(L, LUA_GCCOUNT));
}

std::int64_t set_allocation_limit(std::int64_t bytes) {
  const std::int64_t before = allocator().limit();
  allocator().set_limit(bytes);
  return before;
}

std::int64_t allocation_limit() { return allocator().limit(); }

}  // namespace brain::memory
