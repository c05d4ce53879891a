// Reading and replacing activations from Lua: m:capture and m:on; copies that run faster where nobody looks.
#include "bindings/wrap_nn.h"

#include "bindings/lua/object.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "nn/glob.h"
#include "nn/layers/fold.h"
#include "nn/taps.h"

namespace brain {

namespace {

// m:capture(x, {globs}, {stop_early = true}) or m:capture({globs}, function() ... end, {stop_early}) -> name -> tensor
int capture(lua_State* L) {
  const nn::LayerPtr layer = check_layer(L, 1, "capture");
  const bool given_input = test_tensor(L, 2) != nullptr;
  nn::Taps taps(*layer, check_patterns(L, given_input ? 3 : 2, "capture"));
  if (!given_input) luax::check_function(L, 3, "capture", "body");
  luax::Options options(L, 4, "capture");
  const bool stop_early = options.boolean("stop_early", given_input);
  options.finish();
  taps.run([&] {
    if (given_input) {
      layer->call({tensor_of(test_tensor(L, 2))});
    } else {
      lua_pushvalue(L, 3);
      lua_call(L, 0, 0);
    }
  }, stop_early);
  push_named(L, taps.results());
  return 1;
}

// What m:on returns: hooks:remove()
struct HooksHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrHooks_");
  luax::Tag tag = kTag;
  std::vector<std::pair<std::weak_ptr<nn::Layer>, int>> hooks;
};

int hooks_remove(lua_State* L) {
  auto& handle = luax::self<HooksHandle>(L, "remove", "hooks");
  for (const auto& [layer, number] : handle.hooks)
    if (const auto alive = layer.lock()) alive->remove_hook(number);
  handle.hooks.clear();
  return 0;
}

// m:on(glob, function(name, output, inputs...) ... end) -> hooks; a returned Tensor takes the output's place.
int on(lua_State* L) {
  nn::Layer& layer = *check_layer(L, 1, "on");
  std::vector<std::string> names;
  for (const auto& [name, inner] : layer.named_layers()) names.push_back(name);
  const auto chosen = nn::match_names(check_patterns(L, 2, "on"), names, "layer");
  luax::check_function(L, 3, "on", "hook");
  const auto callback = std::make_shared<luax::Reference>(L, 3);
  auto* handle = new (lua_newuserdatauv(L, sizeof(HooksHandle), 0)) HooksHandle;
  static const luaL_Reg methods[] = {{"remove", luax::guarded<hooks_remove>}, {nullptr, nullptr}};
  static const luaL_Reg metamethods[] = {{"__gc", luax::destroy<HooksHandle>}, {"__close", luax::guarded<hooks_remove>}, {nullptr, nullptr}};
  luax::set_class<HooksHandle>(L, "Hooks", methods, metamethods);
  for (const auto& name : chosen) {
    const nn::LayerPtr target = layer.get(name);
    const int number = target->add_hook([callback, name](nn::Layer&, const nn::Values& inputs, const nn::Value& output) -> std::optional<nn::Value> {
      lua_State* state = callback->push();
      const int base = lua_gettop(state);
      lua_pushlstring(state, name.data(), name.size());
      push_value(state, nn::Value(output), Kind::Unsupported);
      for (const auto& input : inputs) push_value(state, nn::Value(input), Kind::Unsupported);
      luax::call(state, static_cast<int>(inputs.size()) + 2, 1);
      std::optional<nn::Value> replaced;
      if (!lua_isnil(state, -1)) replaced = to_layer_value(state, -1, "hook");
      lua_settop(state, base - 1);
      return replaced;
    });
    handle->hooks.emplace_back(target, number);
  }
  return 1;
}

// m:optimize_for_evaluation(x) -> a copy for evaluation alone
int optimize_for_evaluation(lua_State* L) {
  const nn::LayerPtr layer = check_layer(L, 1, "optimize_for_evaluation");
  push_layer(L, nn::optimize_for_evaluation(*layer, check_tensor(L, 2, "optimize_for_evaluation", "example")));
  return 1;
}

}  // namespace

const luaL_Reg layer_tap_methods[] = {{"capture", luax::guarded<capture>},
                                      {"on", luax::guarded<on>},
                                      {"optimize_for_evaluation", luax::guarded<optimize_for_evaluation>},
                                      {nullptr, nullptr}};

}  // namespace brain
