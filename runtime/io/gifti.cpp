#include "io/gifti.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/memory.h"
#include "io/error.h"
#include "io/gifti_data.h"
#include "io/xml.h"

namespace brain::io {
namespace {

class Reader : public XmlReader {
 public:
  Reader(const std::string& name, std::uint64_t max_bytes) : name_(name), max_bytes_(max_bytes) {}

  Value read(const Bytes& content) {
    read_xml(content, name_, "GIFTI", *this);
    Dict dict;
    dict.put("arrays", Value::of(std::move(arrays_)));
    if (!keys_.empty()) dict.put("labels", labels());
    dict.put("metadata", Value::of(std::move(metadata_)));
    return Value::of(std::move(dict));
  }

  void begin(const XmlElement& element) override {
    if (!is_gifti_ && element.name != "GIFTI")
      fail(name_, ": not a GIFTI file: expected the element GIFTI, found '", element.name.substr(0, 30), "'");
    is_gifti_ = true;
    if (element.name == "DataArray") begin_array(element);
    else if (element.name == "Label") begin_label(element);
  }

  void end(std::string_view name, std::string& content, std::uint64_t) override {
    if (name == "Name") entry_ = content;
    else if (name == "Value") (in_array_ ? notes_ : metadata_).put(entry_, text(content));
    else if (name == "Label") names_.items.push_back(text(content));
    else if (name == "DataSpace" && in_array_) space_ = content;
    else if (name == "Data" && in_array_) content_ = data_.decode(content, where(), max_bytes_);
    else if (name == "DataArray") finish_array();
  }

 private:
  std::string where() const { return join_text(name_, ": array ", arrays_.items.size() + 1); }

  template <class T>
  T number(const XmlElement& element, const std::string& text, const char* what) const {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      fail(name_, ": line ", element.line, ": expected ", what, ", found '", text.substr(0, 30), "'");
    return value;
  }

  void begin_array(const XmlElement& element) {
    in_array_ = true;
    notes_ = Dict();
    content_.reset();
    intent_ = element.attribute("Intent");
    space_.clear();
    data_ = GiftiData{element.attribute("DataType"), element.attribute("Encoding", "ASCII"),
                      element.attribute("Endian", "LittleEndian"), element.attribute("ArrayIndexingOrder", "RowMajorOrder"), {}};
    if (data_.encoding == "ExternalFileBinary") fail(where(), ": lies in another file, which is not read");
    const int axes = number<int>(element, element.attribute("Dimensionality"), "a number of axes");
    if (axes < 1 || axes > 6) fail(where(), ": expected 1 to 6 axes, found ", axes);
    for (int axis = 0; axis < axes; ++axis)
      data_.shape.push_back(number<std::int64_t>(element, element.attribute(join_text("Dim", axis)), "a size"));
  }

  void begin_label(const XmlElement& element) {
    const std::string key = element.attribute("Key", element.attribute("Index"));  // Index: before 1.0
    keys_.push_back(number<std::int64_t>(element, key, "the key of a label"));
    for (const char* part : {"Red", "Green", "Blue", "Alpha"})
      colours_.push_back(number<float>(element, element.attribute(part, "0"), "a colour"));
  }

  void finish_array() {
    if (!content_) fail(where(), ": has no data");
    Dict array;
    array.put("data", Value::of(std::move(*content_)));
    array.put("intent", text(plain(intent_, "NIFTI_INTENT_")));
    if (!space_.empty()) array.put("space", text(plain(space_, "NIFTI_XFORM_")));
    array.put("metadata", Value::of(std::move(notes_)));
    arrays_.items.push_back(Value::of(std::move(array)));
    in_array_ = false;
  }

  // NIFTI_INTENT_TIME_SERIES as time_series.
  static std::string plain(std::string name, std::string_view prefix) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return name;
  }

  Value labels() {
    const auto array = [](const void* data, std::size_t bytes, DType dtype, const Shape& shape) {
      return Value::of(Array{dtype, shape, row_major_strides(shape), 0, Bytes::from(std::string(static_cast<const char*>(data), bytes))});
    };
    const auto count = static_cast<std::int64_t>(keys_.size());
    Dict dict;
    dict.put("key", array(keys_.data(), keys_.size() * sizeof(std::int64_t), DType::int64, {count}));
    dict.put("names", Value::of(std::move(names_)));
    dict.put("colours", array(colours_.data(), colours_.size() * sizeof(float), DType::float32, {count, 4}));
    return Value::of(std::move(dict));
  }

  const std::string& name_;
  std::uint64_t max_bytes_;
  bool is_gifti_ = false, in_array_ = false;
  std::string entry_, intent_, space_;
  GiftiData data_;
  std::optional<Array> content_;
  Dict notes_, metadata_;
  List arrays_, names_;
  std::vector<std::int64_t> keys_;
  std::vector<float> colours_;
};

}  // namespace

Value read_gifti(const Bytes& content, const std::string& name, std::uint64_t max_bytes) {
  return Reader(name, max_bytes ? max_bytes : static_cast<std::uint64_t>(physical_memory()) / 2).read(content);
}

}  // namespace brain::io
