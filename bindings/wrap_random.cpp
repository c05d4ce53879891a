// brain.random: draws that are the same for any number of threads, for stdlib/.
#include "bindings/lua/luax.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "core/philox.h"

namespace brain {

namespace {

using Draw = std::vector<std::int64_t> (*)(std::uint64_t, std::uint64_t, std::int64_t, std::int64_t);

int push_draw(lua_State* L, const char* name, Draw draw, std::int64_t k) {
  const auto seed = static_cast<std::uint64_t>(luax::check_integer(L, 1, name, "seed"));
  const auto index = static_cast<std::uint64_t>(luax::check_integer(L, 2, name, "index"));
  const auto n = luax::check_integer(L, 3, name, "n");
  if (n < 0) fail(name, ": n: expected at least 0, got ", n);
  push_tensor(L, at::tensor(draw(seed, index, n, k < 0 ? n : k), at::kLong));
  return 1;
}

// permutation(seed, index, n) -> int64 [n]
int permutation_(lua_State* L) {
  return push_draw(L, "permutation", [](auto seed, auto index, auto n, auto) { return permutation(seed, index, n); }, -1);
}

// sample_with_replacement(seed, index, n [, k = n]) -> int64 [k]
int with_replacement(lua_State* L) {
  const auto k = lua_isnoneornil(L, 4) ? -1 : luax::check_integer(L, 4, "sample_with_replacement", "k");
  return push_draw(L, "sample_with_replacement", sample_with_replacement, k);
}

const luaL_Reg functions[] = {{"permutation", luax::guarded<permutation_>},
                              {"sample_with_replacement", luax::guarded<with_replacement>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_random(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
