#include "io/gifti.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include <expat.h>

#include "core/memory.h"
#include "io/error.h"
#include "io/gifti_data.h"

namespace brain::io {
namespace {

constexpr int kDepth = 20;
constexpr std::size_t kPiece = std::size_t{1} << 24;  // bytes that expat is given at a time

class Reader {
 public:
  Reader(const std::string& name, std::uint64_t max_bytes) : name_(name), max_bytes_(max_bytes) {}

  Value read(const Bytes& content) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
    if (!parser) fail(name_, ": not enough memory to read");
    parser_ = parser.get();
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, guarded<&Reader::begin, const XML_Char*, const XML_Char**>, guarded<&Reader::end, const XML_Char*>);
    XML_SetCharacterDataHandler(parser_, guarded<&Reader::characters, const XML_Char*, int>);
    XML_SetEntityDeclHandler(parser_, [](void* self, auto...) {
      static_cast<Reader*>(self)->stop("entities of a file's own are not read");
    });
    for (std::size_t at = 0;;) {
      const std::size_t size = std::min(content.size - at, kPiece);
      const bool last = at + size == content.size;
      const XML_Status status = XML_Parse(parser_, reinterpret_cast<const char*>(content.data + at), static_cast<int>(size), last);
      if (problem_) fail(*problem_);
      if (status != XML_STATUS_OK)
        fail(name_, ": line ", XML_GetCurrentLineNumber(parser_), ": ", XML_ErrorString(XML_GetErrorCode(parser_)));
      if (last) break;
      at += size;
    }
    if (!is_gifti_) fail(name_, ": not a GIFTI file: expected the element GIFTI");
    Dict dict;
    dict.put("arrays", Value::of(std::move(arrays_)));
    if (!keys_.empty()) dict.put("labels", labels());
    dict.put("metadata", Value::of(std::move(metadata_)));
    return Value::of(std::move(dict));
  }

 private:
  // Calls a member from expat, through which no exception may pass.
  template <auto Member, class... Arguments>
  static void guarded(void* self, Arguments... arguments) {
    auto* reader = static_cast<Reader*>(self);
    if (reader->problem_) return;
    try {
      (reader->*Member)(arguments...);
    } catch (const std::exception& error) {
      reader->problem_ = error.what();
      XML_StopParser(reader->parser_, XML_FALSE);
    }
  }
  void stop(const char* what) {
    problem_ = name_ + ": " + what;
    XML_StopParser(parser_, XML_FALSE);
  }

  std::string where() const { return join_text(name_, ": array ", arrays_.items.size() + 1); }

  // On one line, as messages quote it.
  static std::string attribute(const XML_Char** attributes, std::string_view name, const std::string& otherwise = "") {
    for (; *attributes; attributes += 2) {
      if (attributes[0] != name) continue;
      std::string value = attributes[1];
      std::replace_if(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
      return value;
    }
    return otherwise;
  }

  template <class T>
  T number(const std::string& text, const char* what) const {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      fail(name_, ": line ", XML_GetCurrentLineNumber(parser_), ": expected ", what, ", found '", text.substr(0, 30), "'");
    return value;
  }

  void begin(const XML_Char* element, const XML_Char** attributes) {
    if (++depth_ > kDepth) fail(name_, ": elements nested deeper than ", kDepth);
    const std::string_view name = element;
    if (depth_ == 1) is_gifti_ = name == "GIFTI";
    if (!is_gifti_) fail(name_, ": not a GIFTI file: expected the element GIFTI, found '", name.substr(0, 30), "'");
    text_.clear();
    if (name == "DataArray") {
      in_array_ = true;
      notes_ = Dict();
      content_.reset();
      intent_ = attribute(attributes, "Intent");
      space_.clear();
      data_ = GiftiData{attribute(attributes, "DataType"), attribute(attributes, "Encoding", "ASCII"),
                        attribute(attributes, "Endian", "LittleEndian"), attribute(attributes, "ArrayIndexingOrder", "RowMajorOrder"), {}};
      if (data_.encoding == "ExternalFileBinary") fail(where(), ": lies in another file, which is not read");
      const int axes = number<int>(attribute(attributes, "Dimensionality"), "a number of axes");
      if (axes < 1 || axes > 6) fail(where(), ": expected 1 to 6 axes, found ", axes);
      for (int axis = 0; axis < axes; ++axis)
        data_.shape.push_back(number<std::int64_t>(attribute(attributes, join_text("Dim", axis)), "a size"));
    } else if (name == "Label") {
      const std::string key = attribute(attributes, "Key", attribute(attributes, "Index"));  // Index: before 1.0
      keys_.push_back(number<std::int64_t>(key, "the key of a label"));
      for (const char* part : {"Red", "Green", "Blue", "Alpha"})
        colours_.push_back(number<float>(attribute(attributes, part, "0"), "a colour"));
    }
  }

  void characters(const XML_Char* text, int size) { text_.append(text, static_cast<std::size_t>(size)); }

  void end(const XML_Char* element) {
    --depth_;
    const std::string_view name = element;
    if (name == "Name") entry_ = text_;
    else if (name == "Value") (in_array_ ? notes_ : metadata_).put(entry_, text(text_));
    else if (name == "Label") names_.items.push_back(text(text_));
    else if (name == "DataSpace" && in_array_) space_ = text_;
    else if (name == "Data" && in_array_) content_ = data_.decode(text_, where(), max_bytes_);
    else if (name == "DataArray") finish_array();
    text_.clear();
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
  XML_Parser parser_ = nullptr;
  std::optional<std::string> problem_;
  bool is_gifti_ = false, in_array_ = false;
  int depth_ = 0;
  std::string text_, entry_, intent_, space_;
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
