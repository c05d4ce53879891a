#include "io/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <unordered_set>

#include "core/interrupt.h"
#include "core/nearest.h"
#include "io/error.h"

namespace brain::io {
namespace {

using Fields = std::vector<std::string_view>;

constexpr std::size_t kLongestName = 4096;  // bytes of the name of a column

// Splits the text into lines of fields. Fields with doubled quotes are kept unescaped in `owned`.
class Splitter {
 public:
  Splitter(std::string_view text, char separator, const std::string& name)
      : rest_(text), separator_(separator), name_(name) {
    if (rest_.substr(0, 3) == "\xEF\xBB\xBF") rest_.remove_prefix(3);
  }

  // The next line that is not empty; false at the end.
  bool next(Fields& fields) {
    fields.clear();
    while (skip_line_end()) {}
    if (rest_.empty()) return false;
    record_line_ = line_;
    for (;;) {
      fields.push_back(rest_.empty() || rest_[0] != '"' ? plain() : quoted());
      if (rest_.empty() || skip_line_end()) return true;
      rest_.remove_prefix(1);  // the separator
    }
  }

  std::size_t line() const { return record_line_; }  // where the last one began

 private:
  bool skip_line_end() {
    if (rest_.empty() || (rest_[0] != '\n' && rest_[0] != '\r')) return false;
    rest_.remove_prefix(rest_.substr(0, 2) == "\r\n" ? 2 : 1);
    ++line_;
    return true;
  }

  std::string_view plain() {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != separator_ && rest_[end] != '\n' && rest_[end] != '\r') ++end;
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return field;
  }

  std::string_view quoted() {
    bool doubled = false;
    std::size_t end = 1;
    for (;; ++end) {
      end = rest_.find('"', end);
      if (end == std::string_view::npos) refuse("a quoted field without its end");
      if (end + 1 >= rest_.size() || rest_[end + 1] != '"') break;
      doubled = true;
      ++end;
    }
    std::string_view field = rest_.substr(1, end - 1);
    line_ += static_cast<std::size_t>(std::count(field.begin(), field.end(), '\n'));
    rest_.remove_prefix(end + 1);
    if (!rest_.empty() && rest_[0] != separator_ && rest_[0] != '\n' && rest_[0] != '\r')
      refuse(std::string("expected '") + separator_ + "' or the end of the line after a quoted field, found '" +
             rest_[0] + "'");
    if (!doubled) return field;
    std::string& text = owned_.emplace_back();
    for (std::size_t i = 0; i < field.size(); ++i) {
      text += field[i];
      if (field[i] == '"') ++i;
    }
    return text;
  }

  [[noreturn]] void refuse(const std::string& what) const { fail(name_, ": line ", record_line_, ": ", what); }

  std::string_view rest_;
  char separator_;
  const std::string& name_;
  std::size_t line_ = 1, record_line_ = 1;
  std::deque<std::string> owned_;
};

std::string_view trimmed(std::string_view field) {
  while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
  while (!field.empty() && field.back() == ' ') field.remove_suffix(1);
  return field;
}

bool missing(std::string_view field) { return field.empty() || field == "NA"; }

bool same_word(std::string_view field, std::string_view word) {
  return field.size() == word.size() && std::equal(field.begin(), field.end(), word.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
         });
}

template <class T>
bool parse(std::string_view field, T& number) {
  if (field.size() > 1 && field[0] == '+' && field[1] != '-') field.remove_prefix(1);
  const char* end = field.data() + field.size();
  const auto result = std::from_chars(field.data(), end, number);
  return result.ec == std::errc() && result.ptr == end;
}

// "007", a label as subjects and stimuli have them.
bool leads_with_zero(std::string_view field) {
  field = trimmed(field);
  return field.size() > 1 && field[0] == '0' && field[1] >= '0' && field[1] <= '9';
}

bool as_integer(std::string_view field, std::int64_t& number) { return parse(trimmed(field), number); }

bool as_number(std::string_view field, double& number) {
  field = trimmed(field);
  if (!missing(field)) return parse(field, number);
  number = std::numeric_limits<double>::quiet_NaN();
  return true;
}

bool as_boolean(std::string_view field, bool& value) {
  field = trimmed(field);
  value = same_word(field, "true");
  return value || same_word(field, "false");
}

template <class T, class Parse>
bool all_parse(const Fields& fields, Parse parse_field) {
  T value{};
  return std::all_of(fields.begin(), fields.end(), [&](std::string_view field) { return parse_field(field, value); });
}

ColumnType guess(const Fields& fields) {
  if (fields.empty()) return ColumnType::text;
  if (std::any_of(fields.begin(), fields.end(), leads_with_zero)) return ColumnType::text;
  if (all_parse<std::int64_t>(fields, as_integer)) return ColumnType::integer;
  if (all_parse<bool>(fields, as_boolean)) return ColumnType::boolean;
  if (all_parse<double>(fields, as_number)) return ColumnType::number;
  return ColumnType::text;
}

const char* type_text(ColumnType type) {
  static constexpr const char* names[] = {"a number", "an integer", "true or false", "a text"};
  return names[static_cast<int>(type)];
}

template <class T>
struct Filled {
  std::vector<std::uint8_t> bytes;
  explicit Filled(std::size_t count) : bytes(count * sizeof(T)) {}
  void set(std::size_t i, T value) { std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T)); }
};

template <class T, class Parse>
Value numbers(const Fields& fields, DType dtype, ColumnType type, Parse parse_field, const std::string& where) {
  Filled<T> filled(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    T value{};
    if (!parse_field(fields[i], value))
      fail(where, ": row ", i, ": expected ", type_text(type), ", found '", fields[i].substr(0, 40), "'");
    filled.set(i, value);
  }
  return Value::of(Array{dtype, {static_cast<std::int64_t>(fields.size())}, {1}, 0, Bytes::from(std::move(filled.bytes))});
}

Value column_of(const Fields& fields, ColumnType type, const std::string& where) {
  switch (type) {
    case ColumnType::integer: return numbers<std::int64_t>(fields, DType::int64, type, as_integer, where);
    case ColumnType::number: return numbers<double>(fields, DType::float64, type, as_number, where);
    case ColumnType::boolean: return numbers<bool>(fields, DType::boolean, type, as_boolean, where);
    case ColumnType::text: break;
  }
  List list;
  list.items.reserve(fields.size());
  for (const std::string_view field : fields) list.items.push_back(text(field));
  return Value::of(std::move(list));
}

std::vector<std::string> names_of(const Fields& header, const std::string& file) {
  std::vector<std::string> names;
  std::unordered_set<std::string> known;
  for (const std::string_view field : header) {
    std::string column = field.empty() ? "column" + std::to_string(names.size() + 1) : std::string(field);
    if (column.size() > kLongestName)
      fail(file, ": expected a line of column names, found one of ", column.size(), " bytes");
    if (!known.insert(column).second) fail(file, ": column '", column, "' comes twice");
    names.push_back(std::move(column));
  }
  return names;
}

// --- writing

// The texts of one column, made one at a time.
class ColumnWriter {
 public:
  ColumnWriter(const Value& column, std::string where, char separator) : separator_(separator) {
    if (const auto* items = sequence(column)) {
      texts_ = items;
      size_ = items->size();
      return;
    }
    const auto* array = column.as<Array>();
    if (!array || array->shape.size() != 1)
      fail(where, ": expected a 1-D tensor or a list of texts, found ",
           array ? "a tensor of shape " + shape_text(array->shape) : std::string(column.kind()));
    dtype_ = array->dtype;
    packed_ = array->packed();
    size_ = static_cast<std::size_t>(array->shape[0]);
    const bool known = dtype_ == DType::boolean || dtype_ == DType::float64 || dtype_ == DType::float32 ||
                       dtype_ == DType::int64 || dtype_ == DType::int32 || dtype_ == DType::int16 ||
                       dtype_ == DType::int8 || dtype_ == DType::uint8;
    if (!known) fail(where, ": a column of ", dtype_name(dtype_), " cannot be written: convert it with :double()");
  }

  std::size_t size() const { return size_; }

  void append(std::string& out, std::size_t i, const std::string& where) const {
    if (texts_) {
      const auto* content = (*texts_)[i].as<Text>();
      if (!content) fail(where, ": row ", i, ": expected a text, found ", (*texts_)[i].kind());
      return quote(out, content->view());
    }
    switch (dtype_) {
      case DType::boolean: out += packed_.data[i] ? "true" : "false"; return;
      case DType::float64: return number<double>(out, i);
      case DType::float32: return number<float>(out, i);
      case DType::int64: return number<std::int64_t>(out, i);
      case DType::int32: return number<std::int32_t>(out, i);
      case DType::int16: return number<std::int16_t>(out, i);
      case DType::int8: return number<std::int8_t>(out, i);
      default: return number<std::uint8_t>(out, i);
    }
  }

  void quote(std::string& out, std::string_view field) const {
    const bool edges = !field.empty() && (field.front() == ' ' || field.back() == ' ');
    if (!field.empty() && !edges && field.find_first_of(std::string("\"\r\n") + separator_) == field.npos) {
      out += field;
      return;
    }
    out += '"';
    for (const char c : field) {
      out += c;
      if (c == '"') out += c;
    }
    out += '"';
  }

 private:
  template <class T>
  void number(std::string& out, std::size_t i) const {
    T value;
    std::memcpy(&value, packed_.data + i * sizeof(T), sizeof(T));
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(value)) {
        out += "NaN";
        return;
      }
    }
    char buffer[32];
    const std::size_t before = out.size();
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
    // A whole number of a floating column keeps its type when read back.
    if (std::is_floating_point_v<T> && out.find_first_of(".en", before) == out.npos) out += ".0";
  }

  const std::vector<Value>* texts_ = nullptr;
  DType dtype_ = DType::float64;
  Bytes packed_;
  std::size_t size_ = 0;
  char separator_;
};

}  // namespace

Value read_csv(const Bytes& content, const std::string& name, const CsvOptions& options) {
  Splitter splitter(content.text(), options.separator, name);
  Fields fields;
  std::vector<std::string> names = options.columns;
  if (names.empty()) {
    if (!splitter.next(fields)) fail(name, ": expected a line of column names, found an empty file");
    names = names_of(fields, name);
  }
  std::vector<Fields> columns(names.size());
  for (std::size_t row = 0; splitter.next(fields); ++row) {
    if (row % 65536 == 0) interrupt::check();
    if (fields.size() != names.size())
      fail(name, ": line ", splitter.line(), ": expected ", names.size(), " fields, found ", fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) columns[i].push_back(fields[i]);
  }
  for (const auto& [column, type] : options.types) {
    if (std::find(names.begin(), names.end(), column) != names.end()) continue;
    const std::string near = nearest(column, names);
    fail(name, ": types: no column '", column, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
  }
  Dict table;
  for (std::size_t i = 0; i < names.size(); ++i) {
    interrupt::check();
    const auto given = std::find_if(options.types.begin(), options.types.end(),
                                    [&](const auto& entry) { return entry.first == names[i]; });
    const ColumnType type = given != options.types.end() ? given->second : guess(columns[i]);
    table.put(names[i], column_of(columns[i], type, name + ": column '" + names[i] + "'"));
    columns[i] = {};
  }
  return Value::of(std::move(table));
}

std::string to_csv(const Value& columns, const std::string& name, char separator) {
  const auto* dict = columns.as<Dict>();
  if (!dict) fail(name, ": expected columns by name, found a ", columns.kind());
  std::string out;
  std::vector<ColumnWriter> writers;
  std::vector<std::string> places;
  for (const auto& [key, column] : dict->items()) {
    const auto* title = key.as<Text>();
    if (!title) fail(name, ": expected names of columns, found ", key_text(key));
    places.push_back(name + ": column '" + std::string(title->view()) + "'");
    writers.emplace_back(column, places.back(), separator);
    if (writers.back().size() != writers.front().size())
      fail(places.back(), ": expected ", writers.front().size(), " rows, found ", writers.back().size());
    if (writers.size() > 1) out += separator;
    writers.back().quote(out, title->view());
  }
  out += '\n';
  for (std::size_t row = 0; !writers.empty() && row < writers.front().size(); ++row) {
    if (row % 65536 == 0) interrupt::check();
    for (std::size_t i = 0; i < writers.size(); ++i) {
      if (i > 0) out += separator;
      writers[i].append(out, row, places[i]);
    }
    out += '\n';
  }
  return out;
}

}  // namespace brain::io
