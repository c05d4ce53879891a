#pragma once
// Numbers and texts of an HDF5 file, for tests that read golden values.
#include <stdexcept>
#include <string>
#include <vector>

#include "io/hdf5.h"
#include "io_expect.h"

class Hdf5File {
 public:
  explicit Hdf5File(const std::string& path) : file_(path) {}

  bool has(const std::string& name) const { return file_.has(name); }

  // A data set in row-major order.
  std::vector<double> numbers(const std::string& name) const { return numbers_of(file_.read(name)); }

  std::vector<double> attributes(const std::string& object, const std::string& name) const {
    return numbers_of(value(object, name));
  }

  double attribute(const std::string& object, const std::string& name) const {
    return attributes(object, name).at(0);
  }

  std::string text(const std::string& object, const std::string& name) const {
    return std::string(value(object, name).as<brain::io::Text>()->view());
  }

 private:
  brain::io::Value value(const std::string& object, const std::string& name) const {
    const brain::io::Value all = file_.attributes(object);
    const brain::io::Value* found = all.as<brain::io::Dict>()->find(name);
    if (!found) throw std::runtime_error("no attribute " + object + "@" + name);
    return *found;
  }
  static std::vector<double> numbers_of(const brain::io::Value& value) {
    const auto* array = value.as<brain::io::Array>();
    if (!array) return {expect::number(value)};
    std::vector<double> all;
    const brain::io::Bytes packed = array->packed();
    const auto copy = [&](auto zero) {  // the common types at once, for whole sets of pictures
      const auto* first = reinterpret_cast<const decltype(zero)*>(packed.data);
      return std::vector<double>(first, first + array->elements());
    };
    if (array->dtype == brain::io::DType::uint8) return copy(std::uint8_t());
    if (array->dtype == brain::io::DType::float32) return copy(float());
    if (array->dtype == brain::io::DType::float64) return copy(double());
    for (std::int64_t n = 0; n < array->elements(); ++n)
      for (const double part : expect::element(packed, array->dtype, static_cast<std::size_t>(n))) all.push_back(part);
    return all;
  }

  brain::io::Hdf5File file_;
};
