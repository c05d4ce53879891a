#include "plot/figure.h"

#include "core/error.h"

namespace brain::plot {
namespace {

template <class T>
void expect_length(const char* kind, const std::string& series, const char* what, const std::vector<T>& list,
                   std::size_t expected, bool optional) {
  if (list.size() == expected || (optional && list.empty())) return;
  fail(kind, series.empty() ? "" : " '" + series + "'", ": ", what, ": expected ", expected,
       expected == 1 ? " value" : " values", ", as x, got ", list.size());
}

void check(const Curve& c) {
  expect_length("curve", c.series, "y", c.y, c.x.size(), true);
  expect_length("curve", c.series, "low", c.low, c.x.size(), true);
  expect_length("curve", c.series, "high", c.high, c.low.size(), false);
}

void check(const Bars& b) {
  expect_length("bars", b.series, "y", b.y, b.x.size(), false);
  expect_length("bars", b.series, "low", b.low, b.x.size(), true);
  expect_length("bars", b.series, "high", b.high, b.low.size(), false);
  expect_length("bars", b.series, "names", b.names, b.x.size(), true);
  if (b.colours.size() != 1) expect_length("bars", b.series, "colours", b.colours, b.x.size(), false);
}

void check(const Histogram& h) {
  if (h.edges.size() < 2 || h.counts.size() + 1 != h.edges.size())
    fail("histogram: expected one count fewer than edges, got ", h.counts.size(), " and ", h.edges.size());
}

void check(const Points& p) {
  expect_length("points", p.series, "y", p.y, p.x.size(), false);
  expect_length("points", p.series, "names", p.names, p.x.size(), true);
  expect_length("points", p.series, "texts", p.texts, p.x.size(), true);
  if (p.colours.size() != 1) expect_length("points", p.series, "colours", p.colours, p.x.size(), false);
}

void check(const Heat& h) {
  if (h.rows < 1 || h.columns < 1 || h.values.size() != static_cast<std::size_t>(h.rows) * h.columns)
    fail("matrix: expected ", h.rows, " x ", h.columns, " values, got ", h.values.size());
  if (!h.names.empty() && h.names.size() != static_cast<std::size_t>(h.rows))
    fail("matrix: labels: expected ", h.rows, ", one a row, got ", h.names.size());
}

void check(const Picture& p) {
  if (p.image.width < 1 || p.image.height < 1 ||
      p.image.rgb.size() != static_cast<std::size_t>(p.image.width) * p.image.height * 3)
    fail("picture: expected ", p.image.height, " x ", p.image.width, " x 3 bytes, got ", p.image.rgb.size());
}

template <class T>
void check(const T&) {}

void append(Numbers& list, const Numbers& more) { list.insert(list.end(), more.begin(), more.end()); }

Numbers edges(const Numbers& centres, double width) {
  Numbers result;
  for (double x : centres) result.push_back(x - width / 2), result.push_back(x + width / 2);
  return result;
}

}  // namespace

const Names& legend_names() {
  static const Names names = {"auto", "none", "top left", "top right", "bottom left", "bottom right", "right"};
  return names;
}

const Panel& only_panel(const Figure& figure) {
  if (figure.rows.size() != 1 || figure.rows[0].size() != 1)
    fail("expected a figure of one panel, got a grid");
  return figure.rows[0][0];
}

void add(Panel& panel, Mark mark) {
  std::visit([](const auto& m) { check(m); }, mark);
  panel.marks.push_back(std::move(mark));
}

Numbers x_values(const Mark& mark) {
  if (auto* c = std::get_if<Curve>(&mark)) return c->x;
  if (auto* b = std::get_if<Bars>(&mark)) return edges(b->x, b->width);
  if (auto* h = std::get_if<Histogram>(&mark)) return h->edges;
  if (auto* p = std::get_if<Points>(&mark)) return p->x;
  if (auto* r = std::get_if<Rule>(&mark)) return r->vertical ? Numbers{r->value} : Numbers{};
  if (auto* s = std::get_if<Significance>(&mark)) return {s->from, s->to};
  if (auto* h = std::get_if<Heat>(&mark)) return {-0.5, h->columns - 0.5};
  if (auto* p = std::get_if<Picture>(&mark)) return edges({p->x}, p->width);
  return {};
}

Numbers y_values(const Mark& mark) {
  Numbers values;
  if (auto* c = std::get_if<Curve>(&mark)) append(values, c->y), append(values, c->low), append(values, c->high);
  if (auto* b = std::get_if<Bars>(&mark)) {
    append(values, b->y), append(values, b->low), append(values, b->high);
    values.push_back(0);
  }
  if (auto* h = std::get_if<Histogram>(&mark)) append(values, h->counts), values.push_back(0);
  if (auto* p = std::get_if<Points>(&mark)) return p->y;
  if (auto* r = std::get_if<Rule>(&mark)) return r->vertical ? Numbers{} : Numbers{r->value};
  if (auto* h = std::get_if<Heat>(&mark)) return {0.5 - h->rows, 0.5};
  if (auto* p = std::get_if<Picture>(&mark)) return edges({p->y}, p->height);
  return values;
}

}  // namespace brain::plot
