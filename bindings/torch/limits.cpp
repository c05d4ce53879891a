// brain.limits: the small calls of `brainlua bench` in plain C++ on the same library, in the same process: how near the
// binding comes to them.
#include "bindings/torch/limits.h"

#include <c10/core/InferenceMode.h>

#include "bindings/torch/tensor.h"
#include "core/error.h"

namespace brain {

namespace {

// The weights of the two-layer network: w1 [128, 64], b1, w2 [10, 128], b2, and its input x [8, 64].
struct Network {
  at::Tensor w1 = at::randn({128, 64}), b1 = at::zeros({128}), w2 = at::randn({10, 128}), b2 = at::zeros({10});
  at::Tensor x = at::randn({8, 64});
  at::Tensor forward() const { return at::linear(at::relu(at::linear(x, w1, b1)), w2, b2); }
};

template <class F>
void repeat(std::int64_t calls, F body) {
  for (std::int64_t i = 0; i < calls; ++i) body();
}

// run(name, calls): runs the named loop; false when there is none of that name.
int run(lua_State* L) {
  const std::string name = luax::check_string(L, 1, "limits", "name");
  const std::int64_t calls = luax::check_integer(L, 2, "limits", "calls");
  const at::Tensor a = at::randn({2, 2}), b = at::randn({2, 2}), m = at::randn({16, 16});
  bool known = true;
  if (name == "add_2x2" || name == "plus_2x2") repeat(calls, [&] { at::add(a, b); });
  else if (name == "add_number_2x2") repeat(calls, [&] { at::add(a, at::Scalar(2)); });
  else if (name == "add_inplace_2x2") repeat(calls, [&] { a.add_(b); });
  else if (name == "sum_dim_16x16") repeat(calls, [&] { m.sum(1); });
  else if (name == "sum_16x16") repeat(calls, [&] { m.sum(); });
  else if (name == "view_16x16") repeat(calls, [&] { m.view({4, 64}); });
  else if (name == "index_row") repeat(calls, [&] { m.select(0, 3); });
  else if (name == "index_slice") repeat(calls, [&] { m.slice(0, 1, 3); });
  else if (name == "index_column") repeat(calls, [&] { m.slice(0, 1, 3).select(1, 2); });
  else if (name == "index_item") repeat(calls, [&] { (void)m.select(0, 3).select(0, 4).item<float>(); });
  else if (name == "mlp_forward_inference") {
    const Network network;
    repeat(calls, [&] { c10::InferenceMode guard; network.forward(); });
  } else if (name == "mlp_forward_grad") {
    Network network;
    for (auto* p : {&network.w1, &network.b1, &network.w2, &network.b2}) p->set_requires_grad(true);
    repeat(calls, [&] { network.forward(); });
  } else if (name.rfind("temporaries_", 0) == 0) {
    const at::Tensor x = at::ones({1024, 1024});
    repeat(calls, [&] { const at::Tensor y = at::mul(at::add(x, at::Scalar(1)), at::Scalar(2)); });
  } else {
    known = false;
  }
  lua_pushboolean(L, known);
  return 1;
}

}  // namespace

int open_limits(lua_State* L) {
  lua_newtable(L);
  lua_pushcfunction(L, luax::guarded<run>);
  lua_setfield(L, -2, "run");
  return 1;
}

}  // namespace brain
