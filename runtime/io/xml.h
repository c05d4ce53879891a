#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "io/bytes.h"

namespace brain::io {

// The start of an element, while XmlReader::begin runs.
struct XmlElement {
  std::string_view name;
  const char** attributes = nullptr;  // name, value, name, value, ..., null
  std::uint64_t line = 0, byte = 0;   // where it stands in the content

  // On one line, as messages quote it.
  std::string attribute(std::string_view key, const std::string& otherwise = "") const;
};

// What a format makes of its elements. Either may throw.
class XmlReader {
 public:
  virtual ~XmlReader() = default;
  virtual void begin(const XmlElement& element) = 0;
  // `text` is what stands in the element behind its last child; `byte` is where the element ends.
  virtual void end(std::string_view name, std::string& text, std::uint64_t byte) = 0;
};

// Reads an XML document without a grammar: entities of its own are refused, as are elements nested deeper than 20. Errors
// begin with `name`; a minimal build has no `format` ("GIFTI").
void read_xml(const Bytes& content, const std::string& name, const char* format, XmlReader& reader);

// & < > and " as entities.
std::string xml_escaped(std::string_view text);

}  // namespace brain::io
