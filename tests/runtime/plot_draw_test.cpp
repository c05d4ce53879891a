// Every kind of panel becomes a file of every format; the same figure gives the same bytes.
#include <catch2/catch.hpp>

#include "plot/draw.h"
#include "plot_figures.h"

using namespace brain::plot;

TEST_CASE("each kind in each format") {
  for (const Panel& panel : {curves(2), bars({"a", "b"}), matrix(6, true), map_of_pictures()}) {
    const Figure figure = single(panel);
    CHECK(render(figure, Format::png, 150).substr(1, 3) == "PNG");
    CHECK(render(figure, Format::pdf, 150).substr(0, 5) == "%PDF-");
    const std::string svg = render(figure, Format::svg, 150);
    CHECK(svg.find("</svg>") != std::string::npos);
    CHECK(render(figure, Format::svg, 150) == svg);
    CHECK(render(figure, Format::png, 150) == render(figure, Format::png, 150));
  }
}

TEST_CASE("no two figures share an id") {
  const std::string a = render(single(curves(1)), Format::svg, 72), b = render(single(curves(2)), Format::svg, 72);
  const auto first_id = [](const std::string& svg) {
    const auto at = svg.find(" id=\"") + 5;
    return svg.substr(at, svg.find('"', at) - at);
  };
  CHECK(first_id(a) != first_id(b));
  CHECK(b.find('"' + first_id(a) + '"') == std::string::npos);
}

TEST_CASE("formats by extension") {
  CHECK(format_of("a/b.png") == Format::png);
  CHECK(format_of("x.svg") == Format::svg);
  CHECK(format_of("x.y.pdf") == Format::pdf);
  CHECK_THROWS_WITH(format_of("x.jpg"), "x.jpg: expected a name that ends with .pdf, .svg or .png");
}
