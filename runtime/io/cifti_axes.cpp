#include "io/cifti_axes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "io/error.h"
#include "io/xml.h"

namespace brain::io {
namespace {

// 'CIFTI_STRUCTURE_CORTEX_LEFT' without what all of its kind begin with.
std::string without(const std::string& word, std::string_view prefix) {
  return word.starts_with(prefix) ? word.substr(prefix.size()) : word;
}

class Axes : public XmlReader {
 public:
  Axes(const Bytes& xml, const Shape* matrix, const std::string& name, std::uint64_t max_bytes)
      : xml_(xml), matrix_(matrix), name_(name), max_bytes_(max_bytes) {
    if (matrix) axes_.resize(matrix->size());
  }

  void begin(const XmlElement& element) override {
    if (!is_cifti_ && element.name != "CIFTI")
      fail(name_, ": expected the element CIFTI in its XML, found '", element.name.substr(0, 30), "'");
    if (!is_cifti_ && !element.attribute("Version").starts_with('2'))
      fail(name_, ": expected CIFTI version 2, found version '", element.attribute("Version"), "'");
    is_cifti_ = true;
    line_ = element.line;
    if (element.name == "MatrixIndicesMap") begin_axis(element);
    else if (element.name == "BrainModel") begin_model(element);
    else if (element.name == "Volume") volume_ = integers(element.attribute("VolumeDimensions"), ',');
    else if (element.name == "TransformationMatrixVoxelIndicesIJKtoXYZ") exponent_ = number<int>(element.attribute("MeterExponent", "-3"));
    else if (element.name == "Parcel") names_.items.push_back(text(element.attribute("Name")));
    else if (element.name == "Label") begin_label(element);
    else if (element.name == "NamedMap") keys_.clear(), colours_.clear(), labels_ = {};
  }

  void end(std::string_view name, std::string& content, std::uint64_t byte) override {
    if (name == "Name") entry_ = content;
    else if (name == "Value" && !in_axis_) metadata_.put(entry_, text(content));
    else if (name == "MapName") names_.items.push_back(text(content));
    else if (name == "Label") labels_.items.push_back(text(content));
    else if (name == "LabelTable") end_labels();
    else if (name == "VertexIndices") vertices_of(content);
    else if (name == "VoxelIndicesIJK") voxels_of(content);
    else if (name == "TransformationMatrixVoxelIndicesIJKtoXYZ") affine_of(content);
    else if (name == "BrainModel") in_model_ = false;
    else if (name == "MatrixIndicesMap") end_axis(byte);
  }

  void finish(Dict& dict) {
    List axes;
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
      if (!axes_[axis]) fail(name_, ": its XML says nothing of axis ", axis);
      axes.items.push_back(*axes_[axis]);
    }
    dict.put("axes", Value::of(std::move(axes)));
    dict.put("metadata", Value::of(std::move(metadata_)));
  }

  const std::string& models() const {
    if (models_.empty()) fail(name_, ": expected brain models along its second axis (.dscalar.nii, .dtseries.nii, .dlabel.nii)");
    return models_;
  }

 private:
  template <class T>
  T number(std::string_view word) const {
    T value{};
    if (word.starts_with('+')) word.remove_prefix(1);
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size())
      fail(name_, ": line ", line_, " of its XML: expected a number, found '", word.substr(0, 30), "'");
    return value;
  }
  template <class T>
  std::vector<T> split(std::string_view words, char separator = ' ') const {
    const auto blank = [separator](char c) { return c == separator || c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
    std::vector<T> values;
    for (std::size_t at = 0; at < words.size();) {
      std::size_t stop = at;
      while (stop < words.size() && !blank(words[stop])) ++stop;
      if (stop > at) values.push_back(number<T>(words.substr(at, stop - at)));
      at = stop + 1;
    }
    return values;
  }
  std::vector<std::int64_t> integers(std::string_view words, char separator = ' ') const { return split<std::int64_t>(words, separator); }

  void begin_axis(const XmlElement& element) {
    if (in_axis_) fail(name_, ": line ", line_, " of its XML: an axis within an axis");
    in_axis_ = true;
    start_ = element.byte;
    applies_ = integers(element.attribute("AppliesToMatrixDimension"), ',');
    kind_ = without(element.attribute("IndicesMapToDataType"), "CIFTI_INDEX_TYPE_");
    names_ = {};
    tables_ = {};
    structures_ = {};
    volume_.clear();
    affine_.clear();
    surface_vertices_.clear();
    description_ = Dict();
    std::string lower = kind_;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    description_.put("kind", text(lower));
    if (!matrix_) return;
    size_ = 0;
    for (const std::int64_t axis : applies_) {
      if (axis < 0 || axis >= static_cast<std::int64_t>(axes_.size())) fail(name_, ": its XML describes an axis ", axis, " of ", axes_.size());
      size_ = (*matrix_)[static_cast<std::size_t>(axis)];
    }
    if (kind_ == "BRAIN_MODELS") {
      if (static_cast<std::uint64_t>(size_) > max_bytes_ / 40) fail(name_, ": ", size_, " places need more than ", max_bytes_, " bytes");
      const auto places = static_cast<std::size_t>(size_);
      structure_.assign(places, -1);
      vertex_.assign(places, -1);
      voxel_.assign(places * 3, -1);
    } else if (kind_ == "SERIES") {
      const double exponent = number<double>(element.attribute("SeriesExponent", "0"));
      description_.put("start", Value(number<double>(element.attribute("SeriesStart", "0")) * std::pow(10, exponent)));
      description_.put("step", Value(number<double>(element.attribute("SeriesStep", "1")) * std::pow(10, exponent)));
      description_.put("unit", text(element.attribute("SeriesUnit", "SECOND")));
    }
  }

  void begin_model(const XmlElement& element) {
    if (!in_axis_ || kind_ != "BRAIN_MODELS") fail(name_, ": line ", line_, " of its XML: a brain model outside of their axis");
    if (!matrix_) return;
    in_model_ = true;
    offset_ = number<std::int64_t>(element.attribute("IndexOffset"));
    count_ = number<std::int64_t>(element.attribute("IndexCount"));
    structure_name_ = without(element.attribute("BrainStructure"), "CIFTI_STRUCTURE_");
    if (offset_ < 0 || count_ < 0 || offset_ > size_ || count_ > size_ - offset_)
      fail(name_, ": ", structure_name_, " has places ", offset_, " to ", offset_ + count_ - 1, " of ", size_);
    const std::string vertices = element.attribute("SurfaceNumberOfVertices", "0");
    surface_vertices_.push_back(number<std::int64_t>(vertices));
    const auto place = static_cast<std::int64_t>(structures_.items.size());
    structures_.items.push_back(text(structure_name_));
    for (std::int64_t n = offset_; n < offset_ + count_; ++n) {
      if (structure_[static_cast<std::size_t>(n)] >= 0) fail(name_, ": place ", n, " belongs to two structures");
      structure_[static_cast<std::size_t>(n)] = place;
    }
  }

  std::vector<std::int64_t> indices_of(const std::string& content, std::int64_t each) {
    std::vector<std::int64_t> values = integers(content);
    if (static_cast<std::int64_t>(values.size()) != count_ * each)
      fail(name_, ": ", structure_name_, ": expected ", count_ * each, " indices, found ", values.size());
    return values;
  }

  void vertices_of(const std::string& content) {
    if (!matrix_ || !in_model_) return;  // those of a parcel
    const auto values = indices_of(content, 1);
    for (const std::int64_t vertex : values)
      if (vertex < 0 || vertex >= surface_vertices_.back())
        fail(name_, ": ", structure_name_, ": vertex ", vertex, " of ", surface_vertices_.back());
    std::copy(values.begin(), values.end(), vertex_.begin() + offset_);
  }

  void voxels_of(const std::string& content) {
    if (!matrix_ || !in_model_) return;
    const auto values = indices_of(content, 3);
    if (std::any_of(values.begin(), values.end(), [](auto value) { return value < 0; }))
      fail(name_, ": ", structure_name_, ": expected voxel indices of at least 0");
    std::copy(values.begin(), values.end(), voxel_.begin() + 3 * offset_);
  }

  void affine_of(const std::string& content) {
    affine_ = split<double>(content);
    if (affine_.size() != 16) fail(name_, ": expected 16 numbers that say where its voxels lie, found ", affine_.size());
    const double scale = std::pow(10, exponent_ + 3);
    for (std::size_t n = 0; n < 12; ++n) affine_[n] *= scale;
  }

  void begin_label(const XmlElement& element) {
    keys_.push_back(number<std::int64_t>(element.attribute("Key")));
    for (const char* part : {"Red", "Green", "Blue", "Alpha"}) colours_.push_back(number<float>(element.attribute(part, "0")));
  }

  void end_labels() {
    const auto count = static_cast<std::int64_t>(keys_.size());
    Dict table;
    table.put("key", Value::of(array_of(keys_, DType::int64, {count})));
    table.put("names", Value::of(std::move(labels_)));
    table.put("colours", Value::of(array_of(colours_, DType::float32, {count, 4})));
    tables_.items.push_back(Value::of(std::move(table)));
    labels_ = {};
  }

  void end_axis(std::uint64_t byte) {
    in_axis_ = false;
    if (kind_ == "BRAIN_MODELS" && applies_ == std::vector<std::int64_t>{1} && start_ < byte && byte <= xml_.size)
      models_ = xml_.text().substr(start_, byte - start_);
    if (!matrix_) return;
    if (kind_ == "BRAIN_MODELS") {
      put_models();
    } else if (kind_ == "SCALARS" || kind_ == "LABELS" || kind_ == "PARCELS") {
      if (static_cast<std::int64_t>(names_.items.size()) != size_) fail(name_, ": expected ", size_, " names of ", description_.find("kind")->as<Text>()->view(), ", found ", names_.items.size());
      description_.put("names", Value::of(std::move(names_)));
      if (kind_ == "LABELS") description_.put("tables", Value::of(std::move(tables_)));
    } else if (kind_ != "SERIES") {
      fail(name_, ": line ", line_, " of its XML: unknown axis '", kind_, "'");
    }
    const Value axis = Value::of(std::move(description_));
    for (const std::int64_t place : applies_) {
      if (axes_[static_cast<std::size_t>(place)]) fail(name_, ": its XML describes axis ", place, " twice");
      axes_[static_cast<std::size_t>(place)] = axis;
    }
  }

  void put_models() {
    const auto nowhere = std::find(structure_.begin(), structure_.end(), -1);
    if (nowhere != structure_.end()) fail(name_, ": place ", nowhere - structure_.begin(), " belongs to no structure");
    description_.put("structures", Value::of(std::move(structures_)));
    description_.put("structure", Value::of(array_of(structure_, DType::int64, {size_})));
    description_.put("vertex", Value::of(array_of(vertex_, DType::int64, {size_})));
    description_.put("voxel", Value::of(array_of(voxel_, DType::int64, {size_, 3})));
    description_.put("surface_vertices", Value::of(array_of(surface_vertices_, DType::int64, {static_cast<std::int64_t>(surface_vertices_.size())})));
    if (volume_.empty()) return;
    if (volume_.size() != 3 || affine_.size() != 16) fail(name_, ": expected three sizes of its volume and where that lies");
    for (std::size_t n = 0; n < voxel_.size(); ++n)
      if (voxel_[n] >= volume_[n % 3]) fail(name_, ": a voxel lies outside of its volume of ", shape_text(volume_));
    description_.put("volume_shape", Value::of(array_of(volume_, DType::int64, {3})));
    description_.put("affine", Value::of(array_of(affine_, DType::float64, {4, 4})));
  }

  const Bytes& xml_;
  const Shape* matrix_;
  const std::string& name_;
  std::uint64_t max_bytes_, line_ = 0, start_ = 0;
  bool is_cifti_ = false, in_axis_ = false, in_model_ = false;
  std::vector<std::int64_t> applies_, structure_, vertex_, voxel_, surface_vertices_, volume_, keys_;
  std::vector<double> affine_;
  std::vector<float> colours_;
  std::int64_t size_ = 0, offset_ = 0, count_ = 0;
  int exponent_ = -3;
  std::string kind_, entry_, structure_name_, models_;
  List names_, tables_, structures_, labels_;
  Dict description_, metadata_;
  std::vector<std::optional<Value>> axes_;
};

}  // namespace

void read_cifti_axes(const Bytes& xml, const Shape& matrix, const std::string& name, std::uint64_t max_bytes, Dict& dict) {
  Axes axes(xml, &matrix, name, max_bytes);
  read_xml(xml, name, "CIFTI", axes);
  axes.finish(dict);
}

std::string brain_models_xml(const Bytes& xml, const std::string& name) {
  Axes axes(xml, nullptr, name, 0);
  read_xml(xml, name, "CIFTI", axes);
  return axes.models();
}

}  // namespace brain::io
