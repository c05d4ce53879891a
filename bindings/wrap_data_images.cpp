// brain.data.images: preprocessing of pictures and columns of pictures; stdlib/data/images.lua gives them to `data`.
#include "bindings/image_arguments.h"
#include "bindings/lua/object.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "data/image_column.h"
#include "io/image.h"
#include "io/tensor.h"

namespace brain {
namespace {

using namespace data;

struct TransformHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrImgTrf");
  luax::Tag tag = kTag;
  std::unique_ptr<ImageTransform> transform;
};
struct ColumnHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrImgCol");
  luax::Tag tag = kTag;
  std::unique_ptr<ImageColumn> column;  // none once closed
};

ImageColumn& column_at(lua_State* L, const char* method) {
  const auto& handle = luax::self<ColumnHandle>(L, method, "image column");
  if (!handle.column) fail(method, ": the image column is closed");
  return *handle.column;
}
const ImageTransform& transform_at(lua_State* L, int index, const char* function) {
  auto* handle = luax::test<TransformHandle>(L, index);
  if (!handle) luax::argument_error(function, "transform", "what data.transform returns", L, index);
  return *handle->transform;
}

// transform{resize=, interpolation=, antialias=, crop=, scale=, colour=, mean=, std=}
int new_transform(lua_State* L) {
  auto transform = std::make_unique<ImageTransform>(check_transform_options(L, 1));
  auto* handle = new (lua_newuserdatauv(L, sizeof(TransformHandle), 0)) TransformHandle;
  luaL_setmetatable(L, "brain.ImageTransform");
  handle->transform = std::move(transform);
  return 1;
}

// transform(image or path) -> float32 [3, h, w]
int apply(lua_State* L) {
  const ImageTransform& transform = transform_at(L, 1, "transform");
  io::Bytes kept;
  Picture picture;
  if (lua_type(L, 2) == LUA_TSTRING) {
    const std::string path = lua_tostring(L, 2);
    picture = picture_of(io::load_image(path), kept, path);
  } else {
    picture = picture_of(io::array_of(check_tensor(L, 2, "transform", "image"), "transform: image"), kept, "transform: image");
  }
  const Size size = transform.output_size({picture.height, picture.width});
  at::Tensor out = at::empty({3, size.height, size.width}, at::kFloat);
  transform(picture, out.mutable_data_ptr<float>());
  push_tensor(L, std::move(out));
  return 1;
}

int describe(lua_State* L) {
  lua_pushfstring(L, "transform: %s", transform_at(L, 1, "transform").describe().c_str());
  return 1;
}

// image_files(folder) -> list of paths, list of the folders' names
int list_files(lua_State* L) {
  const ImageFiles files = image_files(luax::check_string(L, 1, "image_files", "folder"));
  for (const auto* list : {&files.paths, &files.folders}) {
    lua_createtable(L, static_cast<int>(list->size()), 0);
    for (std::size_t i = 0; i < list->size(); ++i) {
      lua_pushlstring(L, (*list)[i].data(), (*list)[i].size());
      lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
    }
  }
  return 2;
}

// image_column(source, {transform=, threads=, prefetch=, cache=})
int new_column(lua_State* L) {
  ImageSource source = check_image_source(L, 1);
  lua_settop(L, 2);
  luax::Options given(L, 2, "image_column");
  if (!given.get("transform")) fail("image_column: transform: expected what data.transform returns, got none");
  const ImageTransform& transform = transform_at(L, -1, "image_column");
  ImageColumnOptions options;
  options.threads = static_cast<int>(std::clamp<std::int64_t>(given.integer("threads", 0), -1, 1000));
  options.prefetch = given.integer("prefetch", options.prefetch);
  options.cache_bytes = given.integer("cache", 0);
  given.finish();
  auto column = std::make_unique<ImageColumn>(std::move(source), transform, options);
  auto* handle = new (lua_newuserdatauv(L, sizeof(ColumnHandle), 0)) ColumnHandle;
  luaL_setmetatable(L, "brain.ImageColumn");
  handle->column = std::move(column);
  return 1;
}

// A list of 0-based numbers or an int64 Tensor.
std::vector<std::int64_t> check_indices(lua_State* L, int index, const char* method) {
  if (!test_tensor(L, index)) {
    if (lua_type(L, index) != LUA_TTABLE) luax::argument_error(method, "indices", "list of integers or int64 Tensor", L, index);
    return lua_rawlen(L, index) ? check_shape(L, index, method) : std::vector<std::int64_t>{};
  }
  const at::Tensor tensor = check_tensor(L, index, method, "indices").to(at::kCPU).contiguous();
  if (tensor.scalar_type() != at::kLong || tensor.dim() != 1)
    fail(method, ": indices: expected int64 [n], got ", c10::toString(tensor.scalar_type()), " of shape ", tensor.sizes());
  const auto* data = tensor.const_data_ptr<std::int64_t>();
  return {data, data + tensor.numel()};
}

int rows(lua_State* L) {
  push_tensor(L, column_at(L, "rows").rows(check_indices(L, 2, "rows")));
  return 1;
}
int request(lua_State* L) {
  column_at(L, "request").request(check_indices(L, 2, "request"));
  return 0;
}
int take(lua_State* L) {
  push_tensor(L, column_at(L, "take").take());
  return 1;
}
int cancel(lua_State* L) {
  column_at(L, "cancel").cancel();
  return 0;
}
int cached(lua_State* L) {
  lua_pushinteger(L, column_at(L, "cached").cached());
  return 1;
}
int count(lua_State* L) {
  lua_pushinteger(L, column_at(L, "#").size());
  return 1;
}
int close_column(lua_State* L) {
  if (auto* handle = luax::test<ColumnHandle>(L, 1)) handle->column.reset();
  return 0;
}

constexpr luaL_Reg methods[] = {{"rows", luax::guarded<rows>},     {"request", luax::guarded<request>},
                                {"take", luax::guarded<take>},     {"cancel", luax::guarded<cancel>},
                                {"cached", luax::guarded<cached>}, {"close", luax::guarded<close_column>},
                                {nullptr, nullptr}};

// column.shape, or a method
int column_index(lua_State* L) {
  if (lua_type(L, 2) != LUA_TSTRING || std::string_view(lua_tostring(L, 2)) != "shape") {
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
  }
  const Size size = column_at(L, "shape").row_size();
  push_size(L, {3, size.height, size.width});
  return 1;
}

int column_text(lua_State* L) {
  const auto* handle = luax::test<ColumnHandle>(L, 1);
  if (!handle || !handle->column) lua_pushliteral(L, "image column, closed");
  else
    lua_pushfstring(L, "image column of %I pictures, %s", static_cast<lua_Integer>(handle->column->size()),
                    handle->column->transform().describe().c_str());
  return 1;
}

}  // namespace

int luaopen_brain_data_images(lua_State* L) {
  static constexpr luaL_Reg transform_meta[] = {{"__call", luax::guarded<apply>}, {"__tostring", luax::guarded<describe>},
                                                {"__gc", luax::destroy<TransformHandle>}, {nullptr, nullptr}};
  static constexpr luaL_Reg column_meta[] = {{"__len", luax::guarded<count>}, {"__tostring", luax::guarded<column_text>},
                                             {"__gc", luax::destroy<ColumnHandle>}, {"__close", close_column}, {nullptr, nullptr}};
  luax::new_metatable(L, "ImageTransform", nullptr, transform_meta);
  lua_setfield(L, LUA_REGISTRYINDEX, "brain.ImageTransform");
  luax::new_metatable(L, "ImageColumn", nullptr, column_meta);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, luax::guarded<column_index>, 1);
  lua_setfield(L, -2, "__index");
  lua_setfield(L, LUA_REGISTRYINDEX, "brain.ImageColumn");
  static constexpr luaL_Reg functions[] = {{"transform", luax::guarded<new_transform>},
                                           {"image_column", luax::guarded<new_column>},
                                           {"image_files", luax::guarded<list_files>}, {nullptr, nullptr}};
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
