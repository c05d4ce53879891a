// The part of xml.h that every build has.
#include <algorithm>

#include "io/xml.h"

namespace brain::io {

std::string XmlElement::attribute(std::string_view key, const std::string& otherwise) const {
  for (const char** pair = attributes; pair && *pair; pair += 2) {
    if (pair[0] != key) continue;
    std::string value = pair[1];
    std::replace_if(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
    return value;
  }
  return otherwise;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? ' ' : c;
  }
  return out;
}

}  // namespace brain::io
