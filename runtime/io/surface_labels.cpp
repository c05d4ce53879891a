#include "io/surface_labels.h"

#include <charconv>
#include <unordered_map>

#include "io/error.h"

namespace brain::io {
namespace {

// The words of a text file, line by line.
class Lines {
 public:
  Lines(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  // False at the end of the file.
  bool next() {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line_ = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    ++number_;
    return true;
  }
  bool blank() const { return line_.find_first_not_of(" \t\r") == std::string_view::npos; }
  std::string_view line() const { return line_; }
  std::string_view word(const char* what) {
    const std::size_t start = line_.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) fail(name_, ": line ", number_, ": expected ", what, ", found nothing");
    line_.remove_prefix(start);
    const std::string_view word = line_.substr(0, line_.find_first_of(" \t\r"));
    line_.remove_prefix(word.size());
    return word;
  }
  template <class T>
  T number(const char* what) {
    const std::string_view text = word(what);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      fail(name_, ": line ", number_, ": expected ", what, ", found '", text.substr(0, 30), "'");
    return value;
  }

 private:
  std::string_view rest_, line_;
  const std::string& name_;
  std::int64_t number_ = 0;
};

struct Table {
  std::vector<std::int64_t> index;
  List names;
  std::vector<std::uint8_t> colours;

  std::size_t size() const { return index.size(); }
  void put_into(Dict& dict) const {
    const auto count = static_cast<std::int64_t>(size());
    dict.put("names", Value::of(List(names)));
    dict.put("colours", Value::of(array_of(colours, DType::uint8, {count, 4})));
    dict.put("index", Value::of(array_of(index, DType::int64, {count})));
  }
};

class AnnotReader {
 public:
  AnnotReader(const Bytes& content, const std::string& name) : cursor_(content, name) {}

  Value read() {
    const std::size_t count = counted(8, "vertices");
    std::vector<std::int32_t> colour_of(count, 0);
    std::vector<bool> seen(count);
    for (std::size_t n = 0; n < count; ++n) {
      const std::int32_t vertex = integer();
      if (vertex < 0 || static_cast<std::size_t>(vertex) >= count || seen[static_cast<std::size_t>(vertex)])
        cursor_.refuse(join_text("expected each of ", count, " vertices once, found vertex ", vertex));
      seen[static_cast<std::size_t>(vertex)] = true;
      colour_of[static_cast<std::size_t>(vertex)] = integer();
    }
    if (cursor_.remaining() < 4 || integer() == 0) fail(cursor_.name(), ": has no table of its regions");
    const Table table = read_table();
    std::unordered_map<std::int32_t, std::int64_t> place;
    for (std::size_t n = 0; n < table.size(); ++n) {
      const auto* c = &table.colours[4 * n];
      place.emplace(c[0] | c[1] << 8 | c[2] << 16, static_cast<std::int64_t>(n));
    }
    std::vector<std::int64_t> labels(count, -1);
    for (std::size_t n = 0; n < count; ++n)
      if (const auto found = place.find(colour_of[n]); found != place.end()) labels[n] = found->second;
    Dict dict;
    dict.put("labels", Value::of(array_of(labels, DType::int64, {static_cast<std::int64_t>(count)})));
    table.put_into(dict);
    return Value::of(std::move(dict));
  }

 private:
  std::int32_t integer() { return static_cast<std::int32_t>(__builtin_bswap32(cursor_.u32())); }

  // How many things follow, of at least `bytes` each.
  std::size_t counted(std::size_t bytes, const char* what) {
    const std::int32_t count = integer();
    if (count < 0 || static_cast<std::size_t>(count) > cursor_.remaining() / bytes)
      cursor_.refuse(join_text("expected a number of ", what, " that the file can hold, found ", count));
    return static_cast<std::size_t>(count);
  }

  std::string word() {
    const std::string_view padded = cursor_.take(counted(1, "characters")).text();
    return std::string(padded.substr(0, padded.find('\0')));
  }

  // The first form has the number of regions first, the second -2 and an index for each region.
  Table read_table() {
    const std::int32_t form = integer();
    if (form != -2 && form < 0) cursor_.refuse(join_text("unknown version ", -static_cast<std::int64_t>(form), " of the table of regions"));
    if (form == -2) integer();  // the largest index and one
    word();                     // the name of the file that the table is from
    const std::size_t count = form == -2 ? counted(24, "regions") : static_cast<std::size_t>(form);
    if (count > cursor_.remaining() / 20) cursor_.refuse(join_text("expected ", count, " regions in ", cursor_.remaining(), " bytes"));
    Table table;
    for (std::size_t n = 0; n < count; ++n) {
      table.index.push_back(form == -2 ? integer() : static_cast<std::int64_t>(n));
      table.names.items.push_back(text(word()));
      for (int part = 0; part < 4; ++part) {
        const std::int32_t value = integer();
        if (value < 0 || value > 255) cursor_.refuse(join_text("expected a colour of 0 to 255, found ", value));
        table.colours.push_back(static_cast<std::uint8_t>(value));
      }
    }
    return table;
  }

  Cursor cursor_;
};

}  // namespace

Value read_label(const Bytes& content, const std::string& name) {
  Lines lines(content.text(), name);
  Dict dict;
  std::string_view comment;
  bool more = lines.next();
  if (more && lines.line().starts_with("#")) {
    comment = lines.line();
    more = lines.next();
  }
  if (!more) fail(name, ": expected the number of points, found the end of the file");
  const auto count = lines.number<std::int64_t>("the number of points");
  if (count < 0 || static_cast<std::uint64_t>(count) > content.size / 10)
    fail(name, ": expected a number of points that the file can hold, found ", count);
  std::vector<std::int64_t> vertices;
  std::vector<double> positions, values;
  for (std::int64_t n = 0; n < count; ++n) {
    if (!lines.next()) fail(name, ": expected ", count, " points, found ", n);
    vertices.push_back(lines.number<std::int64_t>("a vertex"));
    for (int axis = 0; axis < 3; ++axis) positions.push_back(lines.number<double>("a coordinate"));
    values.push_back(lines.number<double>("a value"));
  }
  dict.put("vertices", Value::of(array_of(vertices, DType::int64, {count})));
  dict.put("positions", Value::of(array_of(positions, DType::float64, {count, 3})));
  dict.put("values", Value::of(array_of(values, DType::float64, {count})));
  dict.put("comment", text(comment));
  return Value::of(std::move(dict));
}

Value read_annot(const Bytes& content, const std::string& name) { return AnnotReader(content, name).read(); }

Value read_ctab(const Bytes& content, const std::string& name) {
  Lines lines(content.text(), name);
  Table table;
  while (lines.next()) {
    if (lines.blank() || lines.line()[lines.line().find_first_not_of(" \t\r")] == '#') continue;
    table.index.push_back(lines.number<std::int64_t>("the number of a region"));
    table.names.items.push_back(text(lines.word("the name of a region")));
    for (int part = 0; part < 4; ++part) {
      const int value = lines.number<int>("a colour of 0 to 255");
      if (value < 0 || value > 255) fail(name, ": expected a colour of 0 to 255, found ", value);
      table.colours.push_back(static_cast<std::uint8_t>(value));
    }
  }
  Dict dict;
  table.put_into(dict);
  return Value::of(std::move(dict));
}

}  // namespace brain::io
