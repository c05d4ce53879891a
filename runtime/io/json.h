#pragma once
#include <string>
#include <string_view>

#include "io/value.h"

namespace brain::io {

// JSON (RFC 8259) as a Value: objects keep their order, integers stay exact. Refuses, naming `name` and the
// place: bad UTF-8, a key that comes twice in an object, nesting deeper than `depth`, anything after the
// value.
Value parse_json(std::string_view content, const std::string& name, int depth = 1000);

// The value as JSON, objects and lists of lists on lines of their own, numbers so that they read back
// exactly. Throws for what JSON does not have: NaN, infinities, tensors, bytes, text that is not UTF-8.
std::string to_json(const Value& value);

}  // namespace brain::io
