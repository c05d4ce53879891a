#include "plot/table.h"

#include <charconv>
#include <cmath>

namespace brain::plot {
namespace {

std::string shortest(double value) {
  if (std::isnan(value)) return {};
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

class Table {
 public:
  std::string text = "panel,series,x,y,low,high\n";
  std::string panel;

  void line(const std::string& series, const std::string& x, double y, double low = NAN, double high = NAN) {
    text += panel + ',' + field(series) + ',' + field(x);
    for (double value : {y, low, high}) text += ',' + shortest(value);
    text += '\n';
  }

  void operator()(const Curve& c) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      line(c.series, shortest(c.x[i]), at(c.y, i), at(c.low, i), at(c.high, i));
  }
  void operator()(const Bars& b) {
    for (std::size_t i = 0; i < b.x.size(); ++i)
      line(b.series, name(b.names, i, b.x[i]), b.y[i], at(b.low, i), at(b.high, i));
  }
  void operator()(const Histogram& h) {
    for (std::size_t i = 0; i < h.counts.size(); ++i)
      line(h.series, shortest((h.edges[i] + h.edges[i + 1]) / 2), h.counts[i], h.edges[i], h.edges[i + 1]);
  }
  void operator()(const Points& p) {
    for (std::size_t i = 0; i < p.x.size(); ++i) line(p.series, name(p.names, i, p.x[i]), p.y[i]);
  }
  void operator()(const Rule& r) {
    line("line", r.vertical ? shortest(r.value) : "", r.vertical ? NAN : r.value);
  }
  void operator()(const Significance& s) {
    for (double end : {s.from, s.to}) line(s.series + " significant", shortest(end), NAN);
  }
  void operator()(const Heat& h) {
    for (int row = 0; row < h.rows; ++row)
      for (int column = h.pairs ? row + 1 : 0; column < h.columns; ++column)
        line(name(h.names, row, row), name(h.names, column, column),
             h.values[static_cast<std::size_t>(row) * h.columns + column]);
  }
  void operator()(const Picture& p) { line(p.series.empty() ? p.caption : p.series, shortest(p.x), p.y); }
  void operator()(const Note&) {}

 private:
  static double at(const Numbers& list, std::size_t i) { return i < list.size() ? list[i] : NAN; }
  static std::string name(const Names& names, std::size_t i, double otherwise) {
    return i < names.size() ? names[i] : shortest(otherwise);
  }
};

}  // namespace

std::string table(const Figure& figure) {
  Table table;
  int place = 0;
  for (const auto& row : figure.rows)
    for (const Panel& panel : row) {
      ++place;
      table.panel = field(!panel.letter.empty() ? panel.letter : !panel.title.empty() ? panel.title : std::to_string(place));
      for (const Mark& mark : panel.marks) std::visit(table, mark);
    }
  return table.text;
}

}  // namespace brain::plot
