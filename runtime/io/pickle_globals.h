#pragma once
#include <string>
#include <string_view>

#include "io/value.h"

namespace brain::io {

// What a pickle's "MODULE NAME" stands for: the name of a dtype for torch's dtypes, else a Record that is no
// instance, under the name of today ("numpy._core" is "numpy.core", "__builtin__" is "builtins"). Throws
// "WHERE: ..." for what could run code: functions of the system and of Python itself.
Value pickle_global(std::string_view module, std::string_view name, const std::string& where);

// What a call would give: tensors for torch's _rebuild functions, arrays and numbers for NumPy's, collections
// as lists and dicts; a Record of any other class. Nothing is ever called. What is copied is taken from
// `budget` (bytes).
Value pickle_call(const Record& callable, const Value& arguments, const std::string& where,
                  std::size_t& budget);

// Gives an object its state: the elements of a NumPy array, the attributes of a Record. Attributes of a list,
// a dict or a tensor are dropped.
void pickle_build(const Value& object, const Value& state, const std::string& where, std::size_t& budget);

}  // namespace brain::io
