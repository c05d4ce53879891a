#pragma once
// The MATLAB files of the shared golden files against their descriptions.
#include "io_expect.h"

namespace golden_mat {

using namespace brain::io;

// The descriptions have rows as vectors inside of cells and structs; MATLAB knows no vectors.
inline std::string difference(const Value& description, const Value& got) {
  const auto* dict = description.as<Dict>();
  if (const auto* array = got.as<Array>()) {
    Array same = *array;
    const Value* shape = dict->find("shape");
    if (shape && sequence(*shape)->size() == 1 && same.shape.size() == 2 && same.shape[0] == 1) {
      same.shape.erase(same.shape.begin());
      same.strides.erase(same.strides.begin());
    }
    return expect::difference(description, Value::of(same));
  }
  if (const auto* struct_ = got.as<Dict>()) {
    for (const auto& [key, value] : struct_->items()) {
      const Value* wanted = nullptr;
      for (const Value& item : *sequence(*dict->find("items")))
        if (expect::difference((*sequence(item))[0], key).empty()) wanted = &(*sequence(item))[1];
      if (!wanted) return key_text(key) + " should not be there";
      if (const auto d = difference(*wanted, value); !d.empty()) return key_text(key) + ": " + d;
    }
    return "";
  }
  if (expect::word(description, "t") == "ndarray_object") {
    const auto& wanted = *sequence(*dict->find("values"));
    const auto* items = sequence(got);
    if (!items || items->size() != wanted.size()) return std::string("cell is a ") + got.kind();
    for (std::size_t n = 0; n < wanted.size(); ++n)
      if (const auto d = difference(wanted[n], (*items)[n]); !d.empty()) return d;
    return "";
  }
  return expect::difference(description, got);
}

// "" when the variables are as described; `count` is how many were compared.
inline std::string differences(const std::string& note, const Value& variables, int& count) {
  const Value description = parse_json(read_text(note), note);
  const auto* wanted = description.as<Dict>()->find("variables")->as<Dict>();
  for (const auto& [key, value] : variables.as<Dict>()->items()) {
    const Value* one = wanted->find(key.as<Text>()->view());
    if (!one) continue;  // "sparse" is described apart
    if (const auto d = difference(*one, value); !d.empty()) return key_text(key) + ": " + d;
    ++count;
  }
  return "";
}

}  // namespace golden_mat
