// brain.csv: tables of separated values for stdlib/frame.
#include "bindings/file_values.h"
#include "bindings/lua/luax.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "io/csv.h"

namespace brain {
namespace {

char check_separator(luax::Options& options, const char* function, const std::string& path) {
  const bool tabs = path.size() > 4 && path.compare(path.size() - 4, 4, ".tsv") == 0;
  const std::string text = options.string("separator", tabs ? "\t" : ",");
  if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r")
    fail(function, ": separator: expected one character, found '", text, "'");
  return text[0];
}

io::ColumnType column_type(const std::string& column, const std::string& name) {
  if (name == "number") return io::ColumnType::number;
  if (name == "integer") return io::ColumnType::integer;
  if (name == "boolean") return io::ColumnType::boolean;
  if (name == "text") return io::ColumnType::text;
  fail("frame.read: types: ", column, ": expected 'number', 'integer', 'boolean' or 'text', found '", name, "'");
}

// read(path, {separator=, columns=, types=}) -> table name -> 1-D Tensor or list of strings, in the file's order
int read(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "frame.read", "path");
  luax::Options options(L, 2, "frame.read");
  io::CsvOptions how;
  how.separator = check_separator(options, "frame.read", path);
  if (options.get("columns")) {
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; ++i) {
      how.columns.push_back(luax::check_string(L, -1, "frame.read", "columns"));
      lua_pop(L, 1);
    }
    lua_pop(L, 2);
  }
  if (options.get("types")) {
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
      const std::string column = luax::check_string(L, -2, "frame.read", "types");
      how.types.emplace_back(column, column_type(column, luax::check_string(L, -1, "frame.read", "types")));
    }
    lua_pop(L, 1);
  }
  options.finish();
  const io::File file(path);
  push_file_value(L, io::read_csv(file.bytes(), path, how));
  file.check();
  return 1;
}

// write(path, columns, {separator=}): columns as read gives them
int write(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "write", "path");
  luax::Options options(L, 3, "write");
  const char separator = check_separator(options, "write", path);
  options.finish();
  write_file_atomically(path, io::to_csv(check_file_value(L, 2, "write"), path, separator));
  return 0;
}

// format(columns) -> the text of such a file
int format(lua_State* L) {
  const std::string text = io::to_csv(check_file_value(L, 1, "format"), "format");
  lua_pushlstring(L, text.data(), text.size());
  return 1;
}

const luaL_Reg functions[] = {{"read", luax::guarded<read>}, {"write", luax::guarded<write>},
                              {"format", luax::guarded<format>}, {nullptr, nullptr}};

}  // namespace

int luaopen_brain_csv(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
