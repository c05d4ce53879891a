#include "io/npy.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/atomic_file.h"
#include "core/nearest.h"
#include "io/error.h"
#include "io/numpy_type.h"
#include "io/pickle.h"
#include "io/pickle_write.h"
#include "io/zip.h"

namespace brain::io {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::uint32_t kLongestHeader = 1 << 20;

struct Header {
  std::string descriptor;
  bool column_major = false;
  Shape shape;
  std::size_t data = 0;  // where the elements begin
};

// The header is a Python dict of three entries: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& where) : rest_(text), where_(where) {}

  Header parse() {
    Header header;
    bool descriptor = false, order = false, shape = false;
    expect('{');
    while (!take('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !descriptor) {
        descriptor = true;
        if (peek() == '[') fail(where_, ": elements are records of several fields: save each field");
        header.descriptor = quoted();
      } else if (key == "fortran_order" && !order) {
        order = true;
        header.column_major = word("True");
        if (!header.column_major && !word("False")) refuse("True or False");
      } else if (key == "shape" && !shape) {
        shape = true;
        header.shape = sizes();
      } else {
        refuse("descr, fortran_order and shape once each");
      }
      if (!take(',') && peek() != '}') refuse("',' or '}'");
    }
    if (!descriptor || !order || !shape) refuse("descr, fortran_order and shape");
    return header;
  }

 private:
  [[noreturn]] void refuse(const char* expected) const {
    fail(where_, ": expected ", expected, " in the header, found '",
         rest_.substr(0, std::min<std::size_t>(rest_.find('\n'), 30)), "'");
  }
  char peek() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) rest_.remove_prefix(1);
    return rest_.empty() ? '\0' : rest_[0];
  }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    const char text[] = {'\'', c, '\'', '\0'};
    if (!take(c)) refuse(text);
  }
  bool word(std::string_view text) {
    peek();
    if (rest_.substr(0, text.size()) != text) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string quoted() {
    const char quote = peek();
    const std::size_t end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) refuse("a quoted text");
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }
  Shape sizes() {
    Shape shape;
    expect('(');
    while (!take(')')) {
      peek();
      std::int64_t size = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
      if (error != std::errc()) refuse("sizes");
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      take('L');  // as Python 2 wrote them
      shape.push_back(size);
      if (!take(',') && peek() != ')') refuse("',' or ')'");
    }
    return shape;
  }

  std::string_view rest_;
  const std::string& where_;
};

Header read_header(Cursor& cursor) {
  if (cursor.remaining() < kMagic.size() || cursor.take(kMagic.size()).text() != kMagic)
    fail(cursor.name(), ": not a .npy file: expected it to begin with \\x93NUMPY");
  const int version = cursor.u8();
  cursor.u8();
  if (version < 1 || version > 3) cursor.refuse(join_text("unknown version ", version));
  const std::uint32_t length = version == 1 ? cursor.u16() : cursor.u32();
  if (length > kLongestHeader)
    cursor.refuse(join_text("expected a header of at most 1 MiB, found ", length, " bytes"));
  Header header = HeaderParser(cursor.take(length).text(), cursor.name()).parse();
  header.data = cursor.position();
  return header;
}

std::string header_text(std::string_view descriptor, const Shape& shape) {
  std::string text = join_text("{'descr': '", descriptor, "', 'fortran_order': False, 'shape': ",
                               shape_text(shape), ", }");
  text.append((64 - (10 + text.size() + 1) % 64) % 64, ' ');
  text += '\n';
  std::string header(kMagic);
  header.append({1, 0, static_cast<char>(text.size()), static_cast<char>(text.size() >> 8)});
  return header + text;
}

std::string header_text(const Array& array, const std::string& where) {
  return header_text(numpy_descriptor(array.dtype, where), array.shape);
}

const Array& tensor_of(const Value& value, const std::string& where) {
  const auto* array = value.as<Array>();
  if (!array) fail(where, ": NumPy's files hold tensors, found a ", value.kind());
  return *array;
}

}  // namespace

Value read_npy(const Bytes& content, const std::string& name, bool allow_pickle) {
  Cursor cursor(content, name);
  const Header header = read_header(cursor);
  const NumpyType type = numpy_type(header.descriptor, name);
  const Bytes data = cursor.take(cursor.remaining());
  if (type.kind != NumpyType::Kind::object)
    return numpy_array(type, header.shape, header.column_major, data, name);
  if (!allow_pickle) fail(name, ": holds Python objects (a pickle): {allow_pickle=true} reads them as data");
  return read_pickle(data, name);
}

Value read_npz(const Bytes& content, const std::string& name, bool allow_pickle, const std::string& key,
               std::uint64_t max_bytes) {
  const ZipReader archive(content, name, max_bytes);
  Dict arrays;
  std::vector<std::string> titles;
  for (const auto& entry : archive.entries()) {
    std::string title = entry.name;
    if (title.size() < 4 || title.compare(title.size() - 4, 4, ".npy") != 0)
      fail(name, ": an .npz archive holds .npy files, found '", title, "'");
    title.resize(title.size() - 4);
    titles.push_back(title);
    if (!key.empty() && title != key) continue;
    const std::string where = name + ": " + title;
    if (entry.deflated) {  // a small array in front of much else is found out before unpacking
      Cursor start(archive.read(entry, false, kLongestHeader), where);
      const Header header = read_header(start);
      const NumpyType type = numpy_type(header.descriptor, where);
      const auto count = static_cast<std::uint64_t>(count_elements(header.shape, where));
      if (type.kind != NumpyType::Kind::object &&
          (entry.size - header.data) / std::max<std::size_t>(type.size, 1) != count)
        fail(where, ": shape ", shape_text(header.shape), " does not fit ", entry.size - header.data,
             " bytes of data");
    }
    Value array = read_npy(archive.read(entry), where, allow_pickle);
    if (!key.empty()) return array;
    arrays.put(title, std::move(array));
  }
  if (!key.empty()) {
    const std::string near = nearest(key, titles);
    fail(name, ": no array '", key, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
  }
  return Value::of(std::move(arrays));
}

void write_npy(const std::string& path, const Value& value, bool allow_pickle) {
  if (allow_pickle && !value.as<Array>()) {
    check_nesting(value, path);
    AtomicFile file(path);
    file.write(header_text("|O", {}));
    pickle_numpy_object(value, [&](std::string_view piece) { file.write(piece); }, path);
    return file.commit();
  }
  const Array& array = tensor_of(value, path);
  const std::string header = header_text(array, path);
  const Bytes data = array.packed();
  AtomicFile file(path);
  file.write(header);
  file.write(data.text());
  file.commit();
}

void write_npz(const std::string& path, const Value& value) {
  const auto* dict = value.as<Dict>();
  if (!dict) fail(path, ": an .npz file holds a table of tensors, found a ", value.kind());
  AtomicFile file(path);
  ZipWriter archive(file);
  for (const auto& [key, item] : dict->items()) {
    const auto* name = key.as<Text>();
    if (!name) fail(path, ": an .npz file has text as keys, found ", key_text(key));
    const std::string title(name->view());
    const Array& array = tensor_of(item, path + ": '" + title + "'");
    archive.add(title + ".npy", header_text(array, path) + std::string(array.packed().text()));
  }
  archive.finish();
  file.commit();
}

}  // namespace brain::io
