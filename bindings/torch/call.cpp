#include "bindings/torch/call.h"

#include <ATen/core/stack.h>

#include "bindings/torch/convert.h"
#include "bindings/torch/fast_call.h"
#include "bindings/torch/guarded_arguments.h"
#include "bindings/torch/match.h"
#include "core/error.h"

namespace brain {

namespace {

using torch::jit::Stack;

// Argument stacks are reused: calls nest (hooks, callbacks), so there is one per depth.
class StackLease {
 public:
  StackLease() {
    if (depth_ == pool_.size()) pool_.push_back(std::make_unique<Stack>());
    stack_ = pool_[depth_++].get();
    stack_->clear();
  }
  ~StackLease() {
    stack_->clear();
    --depth_;
  }
  StackLease(const StackLease&) = delete;
  Stack& operator*() { return *stack_; }

 private:
  static thread_local std::vector<std::unique_ptr<Stack>> pool_;
  static thread_local std::size_t depth_;
  Stack* stack_;
};
thread_local std::vector<std::unique_ptr<Stack>> StackLease::pool_;
thread_local std::size_t StackLease::depth_ = 0;

// callBoxed validates nothing: the stack must hold exactly the schema's arguments.
void call_boxed(const Overload& overload, Stack& stack) {
  if (stack.size() != overload.arguments.size())
    fail("internal: ", overload.handle.schema().name(), " got ", stack.size(), " of ", overload.arguments.size(), " arguments");
  overload.handle.callBoxed(stack);
}

int push_results(lua_State* L, const Overload& overload, const Arguments& given, Stack& stack) {
  const auto& returns = overload.returns;
  luaL_checkstack(L, static_cast<int>(stack.size()) + 4, "results");
  for (std::size_t i = 0; i < stack.size(); ++i) {
    const Return* result = i < returns.size() ? &returns[i] : nullptr;
    if (result && result->alias >= 0) {  // in-place and out=: the same object comes back
      const int source = given.source_of(L, overload, result->alias);
      if (source != 0) {
        lua_pushvalue(L, source);
        const TensorHandle* handle = test_tensor(L, -1);
        if (handle && stack[i].isTensor() && handle->tensor.is_same(stack[i].toTensor())) continue;
        lua_pop(L, 1);
      }
    }
    push_value(L, std::move(stack[i]), result ? result->kind : Kind::Unsupported);
  }
  const int count = static_cast<int>(stack.size());
  stack.clear();
  return count;
}

// Sees to it that a failed call leaves no argument resized beyond its memory; a second attempt would write there.
void restore_sizes(lua_State* L, const Arguments& given) {
  const auto restore = [&](int index) {
    if (const TensorHandle* handle = test_tensor(L, index); handle && !handle->released) restore_size(handle->tensor);
  };
  for (int i = given.first; i < given.first + given.count; ++i) restore(i);
  for (int i = 0; i < given.named_count; ++i) restore(given.named[i].index);
  if (given.out == 0) return;
  restore(given.out);
  if (lua_type(L, given.out) != LUA_TTABLE) return;
  const auto n = static_cast<lua_Integer>(lua_rawlen(L, given.out));
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(L, given.out, i);
    restore(-1);
    lua_pop(L, 1);
  }
}

int attempt(lua_State* L, const Operator& op, const Overload* only, const Arguments& given) {
  StackLease lease;
  Stack& stack = *lease;
  const Overload* overload = find_match(L, op, only, given, stack);
  if (!overload) fail(explain_mismatch(L, op, only, given));
  if (op.guards) check_guarded_arguments(op, *overload, stack);
  if (overload->outs > 1) check_outs(op, *overload, stack);
  try {
    call_boxed(*overload, stack);
  } catch (...) {
    restore_sizes(L, given);
    throw;
  }
  if (given.requires_grad)
    for (auto& value : stack)
      if (value.isTensor()) value.toTensor().set_requires_grad(true);
  return push_results(L, *overload, given, stack);
}

const Operator& upvalue_operator(lua_State* L) {
  return *static_cast<const Operator*>(lua_touserdata(L, lua_upvalueindex(1)));
}

// Every bound function: upvalue 1 is the operator, upvalue 2 the single overload or nil.
int call_bound(lua_State* L) {
  const Operator& op = upvalue_operator(L);
  const auto* only = static_cast<const Overload*>(lua_touserdata(L, lua_upvalueindex(2)));
  std::string message;
  try {
    if (op.fast && !only) {
      const int results = call_fast(L, *op.fast);
      if (results >= 0) return results;
    }
    return call_operator(L, op, only, 1);
  } catch (const std::exception& error) {
    message = describe_torch_exception(error);
  }
  if (message.rfind(op.name, 0) != 0 && message != "interrupted") message = op.name + ": " + message;
  luax::raise(L, message);
}

}  // namespace

void push_operator(lua_State* L, const Operator& op) {
  lua_pushlightuserdata(L, const_cast<Operator*>(&op));
  lua_pushnil(L);
  lua_pushcclosure(L, call_bound, 2);
}

void push_overload(lua_State* L, const Operator& op, const Overload& overload) {
  lua_pushlightuserdata(L, const_cast<Operator*>(&op));
  lua_pushlightuserdata(L, const_cast<Overload*>(&overload));
  lua_pushcclosure(L, call_bound, 2);
}

const Operator* operator_of(lua_State* L, int index) {
  if (lua_tocfunction(L, index) != call_bound) return nullptr;
  lua_getupvalue(L, index, 1);
  const auto* op = static_cast<const Operator*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return op;
}

int call_operator(lua_State* L, const Operator& op, const Overload* only, int first) {
  const Arguments given(L, op, first);
  return with_memory(L, [&] { return attempt(L, op, only, given); });
}

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return true;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error)) return true;
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  return torch_error && std::string_view(torch_error->what_without_backtrace()).find("can't allocate memory") != std::string_view::npos;
}

std::string describe_torch_exception(const std::exception& error) {
  std::string text;
  if (const auto* torch_error = dynamic_cast<const c10::Error*>(&error)) text = torch_error->what_without_backtrace();
  else if (dynamic_cast<const std::bad_alloc*>(&error)) text = "out of memory";
  else text = error.what();
  for (const char* marker : {"\nException raised from", "\nC++ CapturedTraceback", "Exception raised from "})
    text = text.substr(0, text.find(marker));
  if (is_out_of_memory(error) && text != "out of memory") text = "out of memory: " + text;
  for (const char* part : {"from the 'CUDA' backend", "linked with support for cuda", "Cannot initialize CUDA",
                           "CUDA driver version is insufficient", "no CUDA-capable device", "Found no NVIDIA driver"})
    if (text.find(part) != std::string::npos && !at::globalContext().hasCUDA())
      return "no CUDA device is available (torch.cuda.is_available() is false)";
  // Where a kernel is missing the message lists every backend there is; the first sentence says it all.
  if (text.rfind("Could not run '", 0) == 0) text = text.substr(0, text.find(". This could be because"));
  text = text.substr(0, text.find(". You may have run into this message"));
  return one_line(text);
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!line.empty() && line.back() != ' ') line += ' ';
    } else {
      line += c;
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() > 600) line = line.substr(0, 597) + "...";
  return line;
}

}  // namespace brain
