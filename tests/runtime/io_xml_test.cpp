#include <catch2/catch.hpp>

#include "io/xml.h"

using Catch::Matchers::Contains;
using namespace brain::io;

namespace {

// Every event as text: "begin" or "end", the name, what came with it.
struct Recorder : XmlReader {
  std::vector<std::string> events;
  void begin(const XmlElement& element) override {
    events.push_back("begin " + std::string(element.name) + " a=" + element.attribute("a", "none") + " line " + std::to_string(element.line));
  }
  void end(std::string_view name, std::string& text, std::uint64_t byte) override {
    events.push_back("end " + std::string(name) + " '" + text + "' byte " + std::to_string(byte));
  }
};

Bytes bytes(const std::string& text) { return Bytes::from(std::string(text)); }

}  // namespace

TEST_CASE("markup characters are escaped") { CHECK(xml_escaped("a<b & \"c\">\x01") == "a&lt;b &amp; &quot;c&quot;&gt; "); }

#ifdef BRAIN_EXPAT
TEST_CASE("elements, attributes on one line, text and places") {
  Recorder recorder;
  read_xml(bytes("<x a='1'>\n<y a='p&#10;q'>one &amp; two</y></x>"), "f", "XML", recorder);
  CHECK(recorder.events == std::vector<std::string>{"begin x a=1 line 1", "begin y a=p?q line 2", "end y 'one & two' byte 42", "end x '' byte 46"});
}

TEST_CASE("what no document may do") {
  Recorder recorder;
  CHECK_THROWS_WITH(read_xml(bytes("<x><y></x>"), "f", "XML", recorder), Contains("f: line 1: mismatched tag"));
  CHECK_THROWS_WITH(read_xml(bytes("<!DOCTYPE x [<!ENTITY e 'boom'>]><x>&e;</x>"), "f", "XML", recorder),
                    "f: entities of a file's own are not read");
  std::string deep;
  for (int n = 0; n < 30; ++n) deep += "<x>";
  CHECK_THROWS_WITH(read_xml(bytes(deep), "f", "XML", recorder), "f: elements nested deeper than 20");
}
#else
TEST_CASE("without expat there is no XML") {
  Recorder recorder;
  CHECK_THROWS_WITH(read_xml(bytes("<x/>"), "f", "GIFTI", recorder), Contains("f: this build has no GIFTI"));
}
#endif
