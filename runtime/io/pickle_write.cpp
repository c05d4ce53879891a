#include "io/pickle_write.h"

#include <bit>

#include "io/error.h"
#include "io/numpy_type.h"

namespace brain::io {

Pickler::Pickler(int protocol, Out out, Tensor tensor, std::string what)
    : out_(std::move(out)), tensor_(std::move(tensor)), what_(std::move(what)) {
  const char head[] = {'\x80', static_cast<char>(protocol)};
  raw({head, 2});
}

void Pickler::little(std::uint64_t value, int count) {
  char text[8];
  for (int i = 0; i < count; ++i) text[i] = static_cast<char>(value >> (8 * i));
  raw({text, static_cast<std::size_t>(count)});
}

void Pickler::string(std::string_view content) {
  if (content.size() > UINT32_MAX)
    fail("a text of ", content.size(), " bytes is longer than ", what_, " can hold");
  raw("X");
  little(content.size(), 4);
  raw(content);
}

void Pickler::bytes(std::string_view content) {
  raw("\x8e");
  little(content.size(), 8);
  raw(content);
}

void Pickler::integer(std::int64_t value) {
  const bool narrow = value >= INT32_MIN && value <= INT32_MAX;
  raw(narrow ? "J" : "\x8a\x08");
  little(static_cast<std::uint64_t>(value), narrow ? 4 : 8);
}

void Pickler::sizes(const Shape& shape) {
  raw("(");
  for (const std::int64_t size : shape) integer(size);
  raw("t");
}

void Pickler::write(const Value& value) { write(value, 0); }

void Pickler::write(const Value& value, int depth) {
  if (depth > 1000) fail(what_, " is nested at most 1000 deep");
  const auto each = [&](const std::vector<Value>& items) {
    for (const Value& item : items) write(item, depth + 1);
  };
  if (value.is_null()) raw("N");
  else if (const auto* b = value.boolean()) raw(*b ? "\x88" : "\x89");
  else if (const auto* i = value.integer()) integer(*i);
  else if (const auto* d = value.number()) {
    raw("G");
    little(__builtin_bswap64(std::bit_cast<std::uint64_t>(*d)), 8);
  } else if (const auto* big = value.as<BigInteger>()) raw("L" + big->decimal + "L\n");
  else if (const auto* t = value.as<Text>()) string(t->view());
  else if (const auto* array = value.as<Array>()) tensor_(*this, *array);
  else if (const auto* list = value.as<List>()) {
    raw("](");
    each(list->items);
    raw("e");
  } else if (const auto* tuple = value.as<Tuple>()) {
    raw("(");
    each(tuple->items);
    raw("t");
  } else if (const auto* dict = value.as<Dict>()) {
    raw("}(");
    for (const auto& [key, item] : dict->items()) {
      write(key, depth + 1);
      write(item, depth + 1);
    }
    raw("u");
  } else {
    fail(what_, " cannot hold a ", value.kind());
  }
}

namespace {

// An array without elements, and then its state up to the shape; the names are those that NumPy 1 and 2 both
// know.
void open_array(Pickler& pickler, const Shape& shape, std::string_view descriptor) {
  pickler.raw("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n");
  pickler.sizes({0});
  pickler.bytes("b");
  pickler.raw("tR(");
  pickler.integer(1);  // version of the state
  pickler.sizes(shape);
  pickler.raw("cnumpy\ndtype\n(");
  pickler.string(descriptor.substr(1));
  pickler.raw("\x89\x88tR(");  // neither aligned nor shared
  pickler.integer(3);          // version of the state
  pickler.string(descriptor.substr(0, 1));
  pickler.raw("NNN");  // no subtype, no fields
  pickler.integer(-1);
  pickler.integer(-1);
  pickler.integer(descriptor == "|O" ? 63 : 0);  // objects need care
  pickler.raw("tb\x89");                         // row-major
}

}  // namespace

void pickle_numpy(Pickler& pickler, const Array& array) {
  open_array(pickler, array.shape, numpy_descriptor(array.dtype, "a pickle"));
  pickler.bytes(array.packed().text());
  pickler.raw("tb");
}

void pickle_numpy_object(const Value& value, const Pickler::Out& out, const std::string& what) {
  Pickler pickler(4, out, pickle_numpy, what);
  open_array(pickler, {}, "|O");
  pickler.raw("](");
  pickler.write(value);
  pickler.raw("etb");
  pickler.finish();
}

}  // namespace brain::io
