// Takes the place of xml.cpp in builds without expat.
#include "io/error.h"
#include "io/xml.h"

namespace brain::io {

void read_xml(const Bytes&, const std::string& name, const char* format, XmlReader&) {
  fail(name, ": this build has no ", format, " (it was configured with -DBRAIN_MINIMAL=ON)");
}

}  // namespace brain::io
