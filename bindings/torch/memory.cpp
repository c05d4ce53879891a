// Byte accounting, the allocation limit, and the last attempt when memory runs out.
#include <c10/core/CPUAllocator.h>

#include <algorithm>

#include "bindings/torch/tensor.h"
#include "core/memory.h"

namespace brain::memory {

namespace {

std::size_t g_debt = 0;                            // native bytes handed out since the last collection step
std::size_t g_handles = 0;                         // tensors made since the last full collection
std::size_t g_enough = 2048;                       // tensors after which everything is collected
std::size_t g_budget = std::size_t{8} << 20;      // debt after which everything is collected
constexpr std::size_t kLeastBudget = std::size_t{8} << 20, kLargestBudget = std::size_t{192} << 20;

// Garbage of small tensors is collected after a megabyte, while a core's cache still holds it; of larger ones, which
// leave the cache anyway, after eight.
std::size_t weighted(std::size_t bytes) { return bytes <= (std::size_t{64} << 10) ? 8 * bytes : bytes; }

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
// bound, so after a number of tensors everything is collected (60 us on a heap of 850 KB). The number is small enough
// that their memory is used again while the cache holds it: with four times as many, a small operation takes half as
// long again. Large tensors: the same after a number of bytes. Both grow with Lua's heap, which a collection has to walk.
void account(lua_State* L, std::size_t bytes) {
  g_debt += weighted(bytes);
  if (++g_handles > g_enough || g_debt >= g_budget) collect(L);
}

void forgive(std::size_t bytes) { g_debt -= std::min(weighted(bytes), g_debt); }

void collect(lua_State* L) {
  g_debt = g_handles = 0;
  lua_gc(L, LUA_GCCOLLECT);
  // A full collection costs time in proportion to the heap: the larger the heap, the rarer.
  const auto heap = static_cast<std::size_t>(lua_gc(L, LUA_GCCOUNT));
  g_enough = 1024 + heap;
  g_budget = std::clamp(4096 * heap, kLeastBudget, kLargestBudget);
}

std::int64_t set_allocation_limit(std::int64_t bytes) {
  const std::int64_t before = allocator().limit();
  allocator().set_limit(bytes);
  return before;
}

std::int64_t allocation_limit() { return allocator().limit(); }

}  // namespace brain::memory
