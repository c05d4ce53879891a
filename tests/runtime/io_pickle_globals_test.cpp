#include "io/pickle_globals.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;

namespace {

Value integer(std::int64_t value) { return value; }
Value tuple(std::vector<Value> items) { return Value::of(Tuple{std::move(items)}); }
Value storage() { return Value::of(Array{DType::uint8, {6}, {1}, 0, Bytes::from(std::string("abcdef"))}); }

Value call(const char* module, const char* name, std::vector<Value> arguments) {
  std::size_t budget = 1 << 20;
  return pickle_call(*pickle_global(module, name, "p").as<Record>(), tuple(std::move(arguments)), "p",
                     budget);
}

}  // namespace

TEST_CASE("old and new names are one, dtypes are text") {
  CHECK(pickle_global("numpy._core.multiarray", "scalar", "p").as<Record>()->name ==
        "numpy.core.multiarray.scalar");
  CHECK(pickle_global("__builtin__", "set", "p").as<Record>()->name == "builtins.set");
  CHECK(pickle_global("torch", "float16", "p").as<Text>()->view() == "float16");
  CHECK(!pickle_global("torch", "FloatStorage", "p").as<Record>()->instance);
  for (const char* module : {"os", "posix", "subprocess", "os.path", "runpy", "multiprocessing.util"})
    CHECK_THROWS_WITH(pickle_global(module, "f", "p"), Contains("could run code"));
  CHECK_THROWS_WITH(pickle_global(std::string(600, 'x'), "f", "p"), Contains("longer than"));
}

TEST_CASE("tensors are views of their storage, checked") {
  const Value shape = tuple({integer(2), integer(2)}), strides = tuple({integer(2), integer(1)});
  const Value view =
      call("torch._utils", "_rebuild_tensor_v2", {storage(), integer(1), shape, strides, false, {}});
  CHECK(view.as<Array>()->packed().text() == "bcde");
  CHECK_THROWS_WITH(
      call("torch._utils", "_rebuild_tensor_v2", {storage(), integer(3), shape, strides, false, {}}),
      Contains("outside"));
  CHECK_THROWS_WITH(call("torch._utils", "_rebuild_tensor_v2", {storage(), integer(3)}),
                    Contains("arguments, found 2"));
  CHECK_THROWS_WITH(call("torch._utils", "_rebuild_tensor_v2", {text("x"), integer(0), shape, strides}),
                    Contains("expected a storage"));
  const Value wide =
      call("torch._utils", "_rebuild_tensor_v3",
           {storage(), integer(1), tuple({integer(2)}), tuple({integer(1)}), false, {}, text("int16")});
  CHECK(wide.as<Array>()->packed().text() == "cdef");
  CHECK(call("torch._utils", "_rebuild_parameter", {view, true, {}}).as<Array>());
  const Value function = pickle_global("torch._utils", "_rebuild_tensor_v2", "p");
  const Value arguments = tuple({storage(), integer(0), shape, strides, false, {}});
  CHECK(call("torch._tensor", "_rebuild_from_type_v2", {function, {}, arguments, {}}).as<Array>());
  CHECK_THROWS_WITH(call("torch._utils", "_rebuild_qtensor", {}), Contains("_rebuild_qtensor"));
}

TEST_CASE("collections and small classes") {
  const Value pairs = Value::of(List{{tuple({text("a"), integer(1)})}});
  CHECK(*call("collections", "OrderedDict", {pairs}).as<Dict>()->find("a")->integer() == 1);
  CHECK(call("collections", "defaultdict", {}).as<Dict>());
  CHECK(call("builtins", "set", {pairs}).as<Set>());
  CHECK(call("torch", "Size", {tuple({integer(2)})}).as<Tuple>());
  CHECK(call("torch", "device", {text("cuda"), integer(1)}).as<Text>()->view() == "cuda:1");
  CHECK(call("pathlib", "PosixPath", {text("/"), text("a"), text("b")}).as<Text>()->view() == "/a/b");
  CHECK(call("_codecs", "encode", {text("\u00e9x"), text("latin1")}).as<Blob>()->bytes.text() == "\xe9x");
  CHECK_THROWS_WITH(call("_codecs", "encode", {text("\u65e5"), text("latin1")}), Contains("one byte"));
  CHECK(call("builtins", "complex", {Value(1.0), Value(2.0)}).as<Array>()->dtype == DType::complex128);
  CHECK(call("mine", "Thing", {integer(1)}).as<Record>()->name == "mine.Thing");
}

TEST_CASE("NumPy's arrays get their elements from their state") {
  const Value dtype = call("numpy", "dtype", {text("u1"), false, true});
  const Value array = call("numpy._core.multiarray", "_reconstruct", {});
  std::size_t budget = 1 << 20;
  const Value data = Value::of(Blob{Bytes::from(std::string("abcdef"))});
  pickle_build(array, tuple({integer(1), tuple({integer(2), integer(3)}), dtype, true, data}), "p", budget);
  CHECK(array.as<Array>()->packed().text() == "acebdf");
  CHECK(*call("numpy.core.multiarray", "scalar", {dtype, Value::of(Blob{Bytes::from(std::string("a"))})})
             .integer() == 97);
  const Value objects = call("numpy._core.multiarray", "_reconstruct", {});
  const Value any = call("numpy", "dtype", {text("O8"), false, true});
  pickle_build(objects, tuple({integer(1), tuple({}), any, false, Value::of(List{{text("x")}})}), "p",
               budget);
  CHECK(objects.as<Text>()->view() == "x");
  CHECK_THROWS_WITH(pickle_build(text("x"), {}, "p", budget), Contains("has no state"));
}
