#pragma once
// Modules whose forward is written in Lua: nn.class(name, init) makes their constructor. Their fields live in a registry
// table that never holds the module's own handle; layers and parameters among them are slots like any other.
#include "bindings/lua/luax.h"
#include "nn/layer.h"

namespace brain {

class LuaLayer : public nn::Copyable<LuaLayer> {
 public:
  LuaLayer(std::string name, std::shared_ptr<luax::Reference> methods);
  LuaLayer(const LuaLayer& other);  // fields are copied deeply, as clone() asks
  std::string class_name() const override { return name_; }
  bool is_random() const override { return true; }  // what Lua code does is not known

  // self.name: a method of the class, or a field; nil when there is none.
  void push_field(lua_State* L, const std::string& name) const;
  // self.name = value: a layer becomes a child, a leaf that requires gradients a parameter, anything else a field.
  void set_field(lua_State* L, const std::string& name, int index);

 protected:
  nn::Value forward_values(const nn::Values& inputs, std::string_view entry) override;
  at::Tensor forward(const at::Tensor& x) override { return forward_values({x}, "forward").toTensor(); }

 private:
  std::string name_;
  std::shared_ptr<luax::Reference> methods_;  // the class table
  std::shared_ptr<luax::Reference> fields_;
};

// nn.class(name, init) -> class: class(...) makes a module; function class:forward(x) ... end defines what it does.
int nn_class(lua_State* L);

}  // namespace brain
