// Layer handles in Lua: calling, names, state dicts, modes, hooks and taps.
#include "bindings/wrap_nn.h"

#include "bindings/lua_layer.h"
#include "bindings/torch/call.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/methods.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "core/nearest.h"

namespace brain {

namespace {

struct LayerHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrLayer_");
  luax::Tag tag = kTag;
  nn::LayerPtr layer;
};

const int kMetatableKey = 0;

nn::Layer& self_of(lua_State* L, const char* method) { return *check_layer(L, 1, method); }

int call_entry(lua_State* L, nn::Layer& layer, const char* entry) {
  const int count = lua_gettop(L) - 1;
  nn::Values inputs;
  for (int i = 2; i <= count + 1; ++i) inputs.push_back(to_layer_value(L, i, entry));
  return push_layer_output(L, layer.call(inputs, entry));
}

int call(lua_State* L) {
  const nn::LayerPtr layer = check_layer(L, 1, "forward");
  return call_entry(L, *layer, "forward");
}

int call_named_entry(lua_State* L) {
  const nn::LayerPtr layer = check_layer(L, 1, "forward");
  return call_entry(L, *layer, lua_tostring(L, lua_upvalueindex(1)));
}

int to(lua_State* L) {
  nn::Layer& layer = self_of(L, "to");
  std::optional<at::Device> device;
  std::optional<at::ScalarType> dtype;
  std::optional<at::MemoryFormat> format;
  for (int i = 2; i <= lua_gettop(L); ++i) {
    at::ScalarType type{};
    at::Device place(at::kCPU);
    at::MemoryFormat layout{};
    const std::string text = luax::check_string(L, i, "to", "device, dtype or memory format");
    if (parse_dtype(text, type)) dtype = type;
    else if (parse_device(text, place)) device = place;
    else if (parse_memory_format(text, layout)) format = layout;
    else fail("to: expected dtype ('float64'), device ('cuda:0') or memory format ('channels_last'), got '", text, "'");
  }
  layer.to(device, dtype, format);
  lua_settop(L, 1);
  return 1;
}

int train(lua_State* L) {
  self_of(L, "train").train(lua_isnoneornil(L, 2) || luax::check_boolean(L, 2, "train", "mode"));
  lua_settop(L, 1);
  return 1;
}

int eval(lua_State* L) {
  self_of(L, "eval").eval();
  lua_settop(L, 1);
  return 1;
}

int is_training(lua_State* L) { return lua_pushboolean(L, self_of(L, "training").training()), 1; }

int freeze(lua_State* L) {
  self_of(L, "freeze").freeze(lua_isnoneornil(L, 2) ? std::vector<std::string>{"**"} : check_patterns(L, 2, "freeze"));
  lua_settop(L, 1);
  return 1;
}

int unfreeze(lua_State* L) {
  self_of(L, "unfreeze").unfreeze(lua_isnoneornil(L, 2) ? std::vector<std::string>{"**"} : check_patterns(L, 2, "unfreeze"));
  lua_settop(L, 1);
  return 1;
}

int get(lua_State* L) { return push_layer(L, self_of(L, "get").get(luax::check_string(L, 2, "get", "name"))), 1; }

int replace(lua_State* L) {
  self_of(L, "replace").replace(luax::check_string(L, 2, "replace", "name"), check_layer(L, 3, "replace", "layer"));
  lua_settop(L, 1);
  return 1;
}

int clone(lua_State* L) { return push_layer(L, self_of(L, "clone").clone()), 1; }

int count_parameters(lua_State* L) {
  luax::Options options(L, 2, "count_parameters");
  const bool trainable = options.boolean("trainable", false);
  options.finish();
  lua_pushinteger(L, self_of(L, "count_parameters").count_parameters(trainable));
  return 1;
}

int class_name(lua_State* L) { return lua_pushstring(L, self_of(L, "class_name").class_name().c_str()), 1; }

int zero_grad(lua_State* L) {
  for (auto& parameter : self_of(L, "zero_grad").named_parameters()) parameter.value.mutable_grad() = at::Tensor();
  return 0;
}

void describe_tree(nn::Layer& layer, const std::string& name, int depth, std::string& text) {
  text += std::string(static_cast<std::size_t>(2 * depth), ' ') + (name.empty() ? "" : "(" + name + "): ") + layer.class_name() + "(";
  if (layer.children().empty()) {
    text += layer.description() + ")";
    return;
  }
  text += layer.description();
  for (const auto& child : layer.children()) {
    text += '\n';
    describe_tree(*child.layer, child.name, depth + 1, text);
  }
  text += "\n" + std::string(static_cast<std::size_t>(2 * depth), ' ') + ")";
}

int tostring(lua_State* L) {
  std::string text;
  describe_tree(self_of(L, "tostring"), "", 0, text);
  lua_pushlstring(L, text.data(), text.size());
  return 1;
}

int layer_gc(lua_State* L) {
  auto* handle = static_cast<LayerHandle*>(lua_touserdata(L, 1));
  handle->layer.~shared_ptr();
  handle->tag = 0;
  return 0;
}

int layer_eq(lua_State* L) {
  const auto* a = luax::test<LayerHandle>(L, 1);
  const auto* b = luax::test<LayerHandle>(L, 2);
  lua_pushboolean(L, a && b && a->layer == b->layer);
  return 1;
}

// m.name: a method, a child, a parameter or buffer, or a field of a Lua-defined module.
int index(lua_State* L) {
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  nn::Layer& layer = self_of(L, "index");
  if (lua_type(L, 2) != LUA_TSTRING) fail(layer.class_name(), ": expected a name, got ", luax::describe(L, 2));
  const std::string name = lua_tostring(L, 2);
  for (const auto& child : layer.children())
    if (child.name == name) return push_layer(L, child.layer), 1;
  for (const auto& parameter : layer.parameters())
    if (parameter.name == name) return push_tensor(L, parameter.value), 1;
  for (const auto& buffer : layer.buffers())
    if (buffer.name == name) return push_tensor(L, buffer.value), 1;
  for (const auto& entry : layer.entries())
    if (entry == name) {
      lua_pushvalue(L, 2);
      lua_pushcclosure(L, luax::guarded<call_named_entry>, 1);
      return 1;
    }
  if (auto* own = dynamic_cast<LuaLayer*>(&layer)) return own->push_field(L, name), 1;
  std::vector<std::string> names;
  for (const auto& child : layer.children()) names.push_back(child.name);
  for (const auto& parameter : layer.parameters()) names.push_back(parameter.name);
  for (lua_pushnil(L); lua_next(L, lua_upvalueindex(1)); lua_pop(L, 1)) names.emplace_back(lua_tostring(L, -2));
  const std::string near = nearest(name, names);
  fail(layer.class_name(), " has no member '", name, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
}

int newindex(lua_State* L) {
  nn::Layer& layer = self_of(L, "assignment");
  auto* own = dynamic_cast<LuaLayer*>(&layer);
  if (!own) fail(layer.class_name(), ": members are set with :replace(name, layer) or :load_state_dict(...)");
  own->set_field(L, luax::check_string(L, 2, "assignment", "name"), 3);
  return 0;
}

const luaL_Reg layer_methods[] = {
    {"to", luax::guarded<to>}, {"train", luax::guarded<train>},
    {"eval", luax::guarded<eval>}, {"is_training", luax::guarded<is_training>}, {"freeze", luax::guarded<freeze>},
    {"unfreeze", luax::guarded<unfreeze>}, {"get", luax::guarded<get>}, {"replace", luax::guarded<replace>},
    {"clone", luax::guarded<clone>}, {"count_parameters", luax::guarded<count_parameters>},
    {"class_name", luax::guarded<class_name>}, {"zero_grad", luax::guarded<zero_grad>},
    {nullptr, nullptr}};

}  // namespace

void push_layer(lua_State* L, nn::LayerPtr layer) {
  if (!layer) return lua_pushnil(L);
  auto* handle = new (lua_newuserdatauv(L, sizeof(LayerHandle), 0)) LayerHandle;
  handle->layer = std::move(layer);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &kMetatableKey);
  lua_setmetatable(L, -2);
}

bool is_layer(lua_State* L, int index) { return luax::test<LayerHandle>(L, index) != nullptr; }

nn::LayerPtr check_layer(lua_State* L, int index, const char* function, const char* argument) {
  auto* handle = luax::test<LayerHandle>(L, index);
  if (!handle) luax::argument_error(function, argument, "layer", L, index);
  return handle->layer;
}

int luaopen_brain_nn(lua_State* L) {
  lua_newtable(L);
  lua_pushliteral(L, "Layer");
  lua_setfield(L, -2, "__name");
  lua_newtable(L);
  luaL_setfuncs(L, layer_methods, 0);
  luaL_setfuncs(L, layer_state_methods, 0);
  luaL_setfuncs(L, layer_tap_methods, 0);
  luaL_setfuncs(L, layer_network_methods, 0);
  lua_pushcclosure(L, luax::guarded<index>, 1);
  lua_setfield(L, -2, "__index");
  static const luaL_Reg metamethods[] = {{"__call", luax::guarded<call>}, {"__tostring", luax::guarded<tostring>},
                                         {"__gc", layer_gc}, {"__eq", layer_eq}, {"__newindex", luax::guarded<newindex>},
                                         {nullptr, nullptr}};
  luaL_setfuncs(L, metamethods, 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &kMetatableKey);
  lua_newtable(L);
  luaL_setfuncs(L, layer_constructors, 0);
  lua_pushcfunction(L, luax::guarded<nn_class>);
  lua_setfield(L, -2, "class");
  lua_pushcfunction(L, luax::guarded<new_encoding_head>);
  lua_setfield(L, -2, "EncodingHead");
  return 1;
}

}  // namespace brain
