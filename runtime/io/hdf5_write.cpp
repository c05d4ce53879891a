// Writes a tree of values as HDF5.
#include <algorithm>

#include "core/atomic_file.h"
#include "core/interrupt.h"
#include "io/error.h"
#include "io/hdf5.h"
#include "io/hdf5_handle.h"
#include "io/hdf5_type.h"

namespace brain::io {
namespace {

using hdf5::check;
using hdf5::Handle;

constexpr std::int64_t kChunk = 1 << 20;          // bytes
constexpr std::int64_t kCompressedFrom = 4 << 10;  // bytes: smaller arrays gain nothing
constexpr int kDepth = 200;

// What a data set or attribute holds: its type, shape and where the bytes lie.
struct Content {
  Handle type, space;
  Shape shape;
  Bytes bytes;
  std::vector<const char*> pointers;  // of texts
  std::vector<std::string> texts;
  const void* data() const { return pointers.empty() ? static_cast<const void*>(bytes.data) : pointers.data(); }
};

Handle space_of(const Shape& shape, const std::string& where) {
  if (shape.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
  if (shape.size() > H5S_MAX_RANK) fail(where, ": at most ", H5S_MAX_RANK, " dimensions, found ", shape.size());
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  return {H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose};
}

Content number_content(DType dtype, const Shape& shape, Bytes bytes, const std::string& where) {
  Content content;
  content.type = hdf5::number_type(dtype, where);
  content.space = space_of(shape, where);
  content.shape = shape;
  content.bytes = std::move(bytes);
  return content;
}

template <class T>
Bytes bytes_of(const std::vector<T>& values) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  return Bytes::from(std::vector<std::uint8_t>(first, first + values.size() * sizeof(T)));
}

// A text with NUL bytes is no string of HDF5; it becomes bytes without meaning.
Content opaque_content(std::string_view bytes) {
  Content content;
  content.type = Handle(H5Tcreate(H5T_OPAQUE, std::max<std::size_t>(bytes.size(), 1)), H5Tclose);
  content.space = Handle(H5Screate(bytes.empty() ? H5S_NULL : H5S_SCALAR), H5Sclose);
  content.bytes = Bytes::from(std::string(bytes));
  return content;
}

Content text_content(std::vector<std::string> texts, const Shape& shape, const std::string& where) {
  Content content;
  content.type = Handle(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(content.type, H5T_VARIABLE);
  H5Tset_cset(content.type, H5T_CSET_UTF8);
  content.space = space_of(shape, where);
  content.shape = shape;
  content.texts = std::move(texts);
  for (const std::string& one : content.texts) {
    if (one.find('\0') != std::string::npos) fail(where, ": a list of texts holds one with a NUL byte");
    content.pointers.push_back(one.c_str());
  }
  return content;
}

// The longest text decides the length; shorter ones end in NUL bytes.
Content fixed_text_content(const std::vector<std::string>& texts, const Shape& shape, const std::string& where) {
  Content content;
  std::size_t length = 1;
  for (const std::string& one : texts) length = std::max(length, one.size());
  std::string bytes;
  for (const std::string& one : texts) {
    if (one.find('\0') != std::string::npos) fail(where, ": a list of texts holds one with a NUL byte");
    bytes += one;
    bytes.append(length - one.size(), '\0');
  }
  content.type = Handle(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(content.type, length);
  H5Tset_strpad(content.type, H5T_STR_NULLPAD);
  H5Tset_cset(content.type, H5T_CSET_UTF8);
  content.space = space_of(shape, where);
  content.shape = shape;
  content.bytes = Bytes::from(std::move(bytes));
  return content;
}

Content null_content() {
  Content content;
  content.type = Handle(H5Tcopy(H5T_IEEE_F64LE), H5Tclose);
  content.space = Handle(H5Screate(H5S_NULL), H5Sclose);
  return content;
}

// The values of nested lists of one shape, in row-major order; false when they have none.
bool flatten(const Value& value, std::size_t depth, Shape& shape, std::vector<const Value*>& flat) {
  const auto* items = sequence(value);
  if (!items) {
    if (depth != shape.size() || value.is_null() || value.as<Array>() || value.as<Dict>()) return false;
    flat.push_back(&value);
    return true;
  }
  const auto size = static_cast<std::int64_t>(items->size());
  if (depth == shape.size() && flat.empty()) shape.push_back(size);
  else if (depth >= shape.size() || shape[depth] != size) return false;
  for (const Value& item : *items)
    if (!flatten(item, depth + 1, shape, flat)) return false;
  return true;
}

// Nested lists of numbers, of booleans or of texts as one array; nothing for other lists.
std::optional<Content> list_content(const Value& list, bool fixed_texts, const std::string& where) {
  Shape shape;
  std::vector<const Value*> flat;
  if (!flatten(list, 0, shape, flat)) return {};
  const auto all = [&](auto is) { return std::all_of(flat.begin(), flat.end(), is); };
  if (flat.empty()) return number_content(DType::float64, shape, {}, where);
  if (all([](const Value* v) { return v->as<Text>() != nullptr; })) {
    std::vector<std::string> texts;
    for (const Value* value : flat) texts.emplace_back(value->as<Text>()->view());
    return fixed_texts ? fixed_text_content(texts, shape, where) : text_content(std::move(texts), shape, where);
  }
  if (all([](const Value* v) { return v->boolean() != nullptr; })) {
    std::vector<std::uint8_t> values;
    for (const Value* value : flat) values.push_back(*value->boolean());
    return number_content(DType::boolean, shape, Bytes::from(std::move(values)), where);
  }
  if (all([](const Value* v) { return v->integer() != nullptr; })) {
    std::vector<std::int64_t> values;
    for (const Value* value : flat) values.push_back(*value->integer());
    return number_content(DType::int64, shape, bytes_of(values), where);
  }
  if (all([](const Value* v) { return v->integer() || v->number(); })) {
    std::vector<double> values;
    for (const Value* v : flat) values.push_back(v->integer() ? static_cast<double>(*v->integer()) : *v->number());
    return number_content(DType::float64, shape, bytes_of(values), where);
  }
  return {};
}

// What is no group.
std::optional<Content> content_of(const Value& value, bool fixed_texts, const std::string& where) {
  if (value.is_null()) return null_content();
  if (const auto* b = value.boolean())
    return number_content(DType::boolean, {}, bytes_of(std::vector<std::uint8_t>{*b}), where);
  if (const auto* i = value.integer()) return number_content(DType::int64, {}, bytes_of(std::vector{*i}), where);
  if (const auto* d = value.number()) return number_content(DType::float64, {}, bytes_of(std::vector{*d}), where);
  if (const auto* array = value.as<Array>())
    return number_content(array->dtype, array->shape, array->packed(), where);
  if (const auto* blob = value.as<Blob>()) return opaque_content(blob->bytes.text());
  if (const auto* one = value.as<Text>()) {
    if (one->view().find('\0') != std::string_view::npos) return opaque_content(one->view());
    return text_content({std::string(one->view())}, {}, where);
  }
  if (sequence(value)) return list_content(value, fixed_texts, where);
  return {};
}

// Chunks of about kChunk bytes: whole rows of the last axes, as many as fit.
std::vector<hsize_t> chunks(const Shape& shape, std::size_t item) {
  std::vector<hsize_t> sizes(shape.begin(), shape.end());
  std::int64_t bytes = static_cast<std::int64_t>(item);
  for (std::size_t d = shape.size(); d-- > 0;) {
    const std::int64_t fit = std::max<std::int64_t>(1, kChunk / bytes);
    sizes[d] = static_cast<hsize_t>(std::min(shape[d], fit));
    bytes *= static_cast<std::int64_t>(sizes[d]);
  }
  return sizes;
}

// While it lives external links can be made, but not followed: the library's own class for them is not there.
class ExternalLinks {
 public:
  ExternalLinks() { H5Lregister(&kClass); }
  ~ExternalLinks() { H5Lunregister(H5L_TYPE_EXTERNAL); }
  ExternalLinks(const ExternalLinks&) = delete;
  ExternalLinks& operator=(const ExternalLinks&) = delete;

 private:
  static hid_t refuse(const char*, hid_t, const void*, size_t, hid_t, hid_t) { return -1; }
  static constexpr H5L_class_t kClass = {H5L_LINK_CLASS_T_VERS, H5L_TYPE_EXTERNAL, "external", nullptr, nullptr,
                                         nullptr, refuse, nullptr, nullptr};
};

class Writer {
 public:
  Writer(std::string path, const std::string& temporary, const Hdf5WriteOptions& options)
      : path_(std::move(path)), compress_(options.compress), fixed_texts_(options.fixed_texts) {
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose), create(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(access, false, true);  // the temporary is ours alone
#endif
    H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(create, false);
    file_ = Handle(check(H5Fcreate(temporary.c_str(), H5F_ACC_TRUNC, create, access), path_, "cannot create"), H5Fclose);
  }

  void write(hid_t group, const std::string& name, const Value& value, int depth) {
    const std::string where = path_ + ": " + name;
    if (depth > kDepth) fail(where, ": nested deeper than ", kDepth);
    if (const auto content = content_of(value, fixed_texts_, where)) return write_dataset(group, name, *content);
    if (const auto* items = sequence(value)) {
      const Handle made = make_groups(group, name);
      for (std::size_t n = 0; n < items->size(); ++n) write(made, std::to_string(n), (*items)[n], depth + 1);
      return;
    }
    const auto* dict = value.as<Dict>();
    if (!dict) fail(where, ": HDF5 cannot hold a ", value.kind());
    write_members(make_groups(group, name), *dict, depth);
  }

  void write_members(hid_t group, const Dict& dict, int depth) {
    for (const auto& [key, value] : dict.items()) {
      const auto* name = key.as<Text>();
      write(group, name ? std::string(name->view()) : key_text(key), value, depth + 1);
    }
  }

  void write_links(const Value& links_to_make) {
    const auto* dict = links_to_make.as<Dict>();
    if (!dict) fail(path_, ": links: expected a table from paths to 'FILE:OBJECT', found a ", links_to_make.kind());
    const ExternalLinks allowed;
    for (const auto& [key, value] : dict->items()) {
      const std::string name = key.as<Text>() ? std::string(key.as<Text>()->view()) : key_text(key);
      const auto* target = value.as<Text>();
      const std::string text = target ? std::string(target->view()) : "";
      const std::size_t colon = text.rfind(':'), slash = name.rfind('/');
      if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
        fail(path_, ": links: ", name, ": expected 'FILE:OBJECT', found ", target ? "'" + text + "'" : value.kind());
      const Handle place = make_groups(file_, slash == std::string::npos ? "" : name.substr(0, slash));
      const std::string leaf = slash == std::string::npos ? name : name.substr(slash + 1);
      check(H5Lcreate_external(text.substr(0, colon).c_str(), text.substr(colon + 1).c_str(), place, leaf.c_str(),
                               links(), H5P_DEFAULT),
            path_ + ": " + name, "cannot make the link");
    }
  }

  void write_attributes(const Value& attributes) {
    const auto* objects = attributes.as<Dict>();
    if (!objects) fail(path_, ": attributes: expected a table from paths to attributes, found a ", attributes.kind());
    for (const auto& [key, value] : objects->items()) {
      const std::string name = key.as<Text>() ? std::string(key.as<Text>()->view()) : key_text(key);
      const auto* dict = value.as<Dict>();
      if (!dict) {
        const auto* none = sequence(value);
        if (none && none->empty()) continue;
        fail(path_, ": attributes of ", name, ": expected a table by name, found a ", value.kind());
      }
      const Handle object(H5Oopen(file_, name.c_str(), H5P_DEFAULT), H5Oclose);
      if (!object.valid()) fail(path_, ": attributes of '", name, "', which the file does not hold");
      for (const auto& [title, one] : dict->items())
        write_attribute(object, name, title.as<Text>() ? std::string(title.as<Text>()->view()) : key_text(title), one);
    }
  }

  hid_t root() const { return file_; }
  void close() { check(H5Fflush(file_, H5F_SCOPE_LOCAL), path_, "cannot write"), file_.reset(); }

 private:
  // Opens the groups of a name with slashes, making those that are not there.
  Handle make_groups(hid_t group, const std::string& name) {
    Handle here(H5Oopen(group, ".", H5P_DEFAULT), H5Oclose);
    for (std::size_t start = 0; start < name.size();) {
      const std::size_t end = std::min(name.find('/', start), name.size());
      const std::string part = name.substr(start, end - start);
      start = end + 1;
      if (part.empty()) continue;
      if (part == ".") fail(path_, ": ", name, ": '.' is no name");
      if (H5Lexists(here, part.c_str(), H5P_DEFAULT) > 0) {
        here = Handle(check(H5Gopen2(here, part.c_str(), H5P_DEFAULT), path_ + ": " + name, "is a data set and a group"), H5Gclose);
        continue;
      }
      const Handle how(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
      H5Pset_link_creation_order(how, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
      H5Pset_obj_track_times(how, false);
      here = Handle(check(H5Gcreate2(here, part.c_str(), links(), how, H5P_DEFAULT), path_ + ": " + name, "cannot make the group"), H5Gclose);
    }
    return here;
  }

  Handle& links() {
    if (!links_.valid()) {
      links_ = Handle(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
      H5Pset_char_encoding(links_, H5T_CSET_UTF8);
    }
    return links_;
  }

  void write_dataset(hid_t group, const std::string& name, const Content& content) {
    const std::string where = path_ + ": " + name;
    interrupt::check();
    const std::size_t last = name.find_last_not_of('/');
    if (last == std::string::npos) fail(path_, ": a data set without a name");
    const std::size_t slash = name.rfind('/', last);
    const std::string parent = slash == std::string::npos ? "" : name.substr(0, slash);
    const std::string leaf = name.substr(slash == std::string::npos ? 0 : slash + 1, last - (slash == std::string::npos ? 0 : slash + 1) + 1);
    if (leaf == "." || leaf.find('\0') != std::string::npos) fail(where, ": not a name for a data set");
    const Handle place = make_groups(group, parent);
    if (H5Lexists(place, leaf.c_str(), H5P_DEFAULT) > 0) fail(where, ": is there twice");
    const Handle how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(how, false);
    const std::size_t item = H5Tget_size(content.type);
    const std::int64_t bytes = count_elements(content.shape, where) * static_cast<std::int64_t>(item);
    if (compress_ > 0 && content.pointers.empty() && !content.shape.empty() && bytes >= kCompressedFrom) {
      const auto sizes = chunks(content.shape, item);
      H5Pset_chunk(how, static_cast<int>(sizes.size()), sizes.data());
      H5Pset_shuffle(how);
      H5Pset_deflate(how, static_cast<unsigned>(compress_));
    }
    const Handle data(check(H5Dcreate2(place, leaf.c_str(), content.type, content.space, links(), how, H5P_DEFAULT), where, "cannot make the data set"), H5Dclose);
    if (content.data() && H5Sget_simple_extent_npoints(content.space) > 0)
      check(H5Dwrite(data, content.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, content.data()), where, "cannot write");
  }

  void write_attribute(hid_t object, const std::string& name, const std::string& title, const Value& value) {
    const std::string where = path_ + ": " + name + "@" + title;
    const auto content = content_of(value, false, where);
    if (!content) fail(where, ": an attribute cannot hold a ", value.kind());
    const Handle how(H5Pcreate(H5P_ATTRIBUTE_CREATE), H5Pclose);
    H5Pset_char_encoding(how, H5T_CSET_UTF8);
    const Handle attribute(check(H5Acreate2(object, title.c_str(), content->type, content->space, how, H5P_DEFAULT), where, "cannot make the attribute (at most 64 KiB)"), H5Aclose);
    if (content->data() && H5Sget_simple_extent_npoints(content->space) > 0)
      check(H5Awrite(attribute, content->type, content->data()), where, "cannot write");
  }

  std::string path_;
  int compress_;
  bool fixed_texts_;
  Handle file_, links_;
};

}  // namespace

void write_hdf5(const std::string& path, const Value& tree, const Hdf5WriteOptions& options) {
  if (options.compress < 0 || options.compress > 9)
    fail(path, ": compress: expected a level from 0 to 9, found ", options.compress);
  const auto* dict = tree.as<Dict>();
  const auto* items = sequence(tree);
  if (!dict && !(items && items->empty()))
    fail(path, ": an HDF5 file holds a table of named values, found a ", tree.kind());
  check_nesting(tree, path, kDepth);
  AtomicFile target(path);
  const hdf5::Library library;
  Writer writer(path, target.temporary(), options);
  if (dict) writer.write_members(writer.root(), *dict, 0);
  if (!options.links.is_null()) writer.write_links(options.links);
  if (!options.attributes.is_null()) writer.write_attributes(options.attributes);
  writer.close();
  target.commit();
}

}  // namespace brain::io
