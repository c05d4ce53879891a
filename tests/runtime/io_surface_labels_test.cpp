#include "io/surface_labels.h"

#include "volume_files.h"

using namespace brain::io;
using Catch::Contains;
using namespace volumes;

namespace {

std::vector<double> column(const Value& record, const char* name) { return numbers(*record.as<Dict>()->find(name)->as<Array>()); }
std::string_view name_at(const Value& record, std::size_t n) { return (*sequence(*record.as<Dict>()->find("names")))[n].as<Text>()->view(); }

}  // namespace

TEST_CASE("a label's vertices, positions and values") {
  const Value label = read_label(content("roi.label"), "roi.label");
  CHECK(column(label, "vertices") == std::vector<double>{12, 7, -1});
  CHECK(column(label, "positions") == std::vector<double>{-4.125, 60.5, 7.25, 1, 2, 3, 0, 0, 0});
  CHECK(column(label, "values") == std::vector<double>{0, 1.5, -2});
  const auto read = [](const char* text) { return read_label(Bytes::from(std::string(text)), "l"); };
  CHECK_THROWS_WITH(read(""), Contains("l: expected the number of points"));
  CHECK_THROWS_WITH(read("#\n1\n3 1.0 2.0 x 0\n"), Contains("l: line 3: expected a coordinate, found 'x'"));
  CHECK_THROWS_WITH(read("#\n2\n3 1.0 2.0 3.0 0 ......\n"), Contains("l: expected 2 points, found 1"));
  CHECK_THROWS_WITH(read("#\n99999999\n"), Contains("that the file can hold"));
}

TEST_CASE("a parcellation as nibabel wrote it, and colours") {
  const Value annot = read_annot(content("parcels.annot"), "parcels.annot");
  CHECK(column(annot, "labels") == std::vector<double>{0, 2, 1, -1, 2, 0});
  CHECK(column(annot, "colours") == std::vector<double>{25, 5, 25, 0, 10, 20, 30, 0, 200, 100, 50, 0});
  CHECK(name_at(annot, 2) == "V2");
  const Value colours = read_ctab(content("colours.ctab"), "colours.ctab");
  CHECK(column(colours, "index") == std::vector<double>{0, 17});
  CHECK(name_at(colours, 1) == "Left-Hippocampus");
  CHECK(column(colours, "colours")[5] == 216);
  CHECK_THROWS_WITH(read_ctab(Bytes::from(std::string("1 A 0 0 300 0")), "c"), Contains("c: expected a colour of 0 to 255, found 300"));
  CHECK_THROWS_WITH(read_annot(Bytes::from(std::string(40, '\x7f')), "a"), Contains("a: byte 4: expected a number of vertices"));
}

TEST_CASE("a parcellation in the older form, without numbers of regions") {
  const auto word = [](std::int32_t n) {
    std::string bytes;
    for (int k = 3; k >= 0; --k) bytes += static_cast<char>(n >> (8 * k));
    return bytes;
  };
  const auto named = [&](const std::string& name) { return word(static_cast<std::int32_t>(name.size()) + 1) + name + '\0'; };
  const std::string content = word(2) + word(1) + word(3 | 2 << 8 | 1 << 16) + word(0) + word(99) + word(1) + word(1) + named("table") +
                              named("V1") + word(3) + word(2) + word(1) + word(0);
  const Value annot = read_annot(Bytes::from(content), "a");
  CHECK(column(annot, "labels") == std::vector<double>{-1, 0});
  CHECK(name_at(annot, 0) == "V1");
}
