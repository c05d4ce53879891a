#include "io/xml.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <expat.h>

#include "io/error.h"


namespace brain::io {
namespace {

constexpr int kDepth = 20;
constexpr std::size_t kPiece = std::size_t{1} << 24;  // bytes that expat is given at a time

// What expat calls, through which no exception may pass.
struct Parsing {
  XML_Parser parser;
  XmlReader& reader;
  std::string text;
  int depth = 0;
  std::optional<std::string> problem;

  template <class Action>
  void guarded(Action&& action) {
    if (problem) return;
    try {
      action();
    } catch (const std::exception& error) {
      problem = error.what();
      XML_StopParser(parser, XML_FALSE);
    }
  }
  std::uint64_t byte() const { return static_cast<std::uint64_t>(XML_GetCurrentByteIndex(parser)); }
};

Parsing& of(void* self) { return *static_cast<Parsing*>(self); }

}  // namespace

void read_xml(const Bytes& content, const std::string& name, const char*, XmlReader& reader) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  if (!parser) fail(name, ": not enough memory to read");
  Parsing parsing{parser.get(), reader, {}, 0, {}};
  XML_SetUserData(parser.get(), &parsing);
  XML_SetElementHandler(
      parser.get(),
      [](void* self, const XML_Char* element, const XML_Char** attributes) {
        Parsing& p = of(self);
        p.guarded([&] {
          if (++p.depth > kDepth) fail("elements nested deeper than ", kDepth);
          p.text.clear();
          p.reader.begin({element, attributes, XML_GetCurrentLineNumber(p.parser), p.byte()});
        });
      },
      [](void* self, const XML_Char* element) {
        Parsing& p = of(self);
        p.guarded([&] {
          --p.depth;
          p.reader.end(element, p.text, p.byte() + static_cast<std::uint64_t>(XML_GetCurrentByteCount(p.parser)));
          p.text.clear();
        });
      });
  XML_SetCharacterDataHandler(parser.get(), [](void* self, const XML_Char* text, int size) {
    Parsing& p = of(self);
    p.guarded([&] { p.text.append(text, static_cast<std::size_t>(size)); });
  });
  XML_SetEntityDeclHandler(parser.get(), [](void* self, auto...) {
    of(self).guarded([] { fail("entities of a file's own are not read"); });
  });
  for (std::size_t at = 0;;) {
    const std::size_t size = std::min(content.size - at, kPiece);
    const bool last = at + size == content.size;
    const XML_Status status =
        XML_Parse(parser.get(), reinterpret_cast<const char*>(content.data + at), static_cast<int>(size), last);
    if (parsing.problem) fail(parsing.problem->starts_with(name) ? *parsing.problem : name + ": " + *parsing.problem);
    if (status != XML_STATUS_OK)
      fail(name, ": line ", XML_GetCurrentLineNumber(parser.get()), ": ", XML_ErrorString(XML_GetErrorCode(parser.get())));
    if (last) break;
    at += size;
  }
}

}  // namespace brain::io
