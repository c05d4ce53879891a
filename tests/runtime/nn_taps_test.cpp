// Which calls a tap reads, and when a run stops early.
#include "nn/taps.h"

#include <catch2/catch.hpp>

#include "small_network.h"

using namespace brain::nn;

TEST_CASE("taps: last, k-th and all calls") {
  auto net = network();
  Taps taps(*net, {"inner.inner", "inner.inner#0", "inner.last", ""});
  taps.run([&] { run(*net); });
  std::vector<std::pair<std::string, double>> seen;
  for (const auto& [name, value] : taps.results()) seen.emplace_back(name, value.item<double>());
  CHECK(seen == std::vector<std::pair<std::string, double>>{
                    {"inner.inner#0", 2}, {"inner.inner", 4}, {"inner.last", 12}, {"", 60}});
  Taps all(*net, {"inner.inner#*"});
  all.run([&] { run(*net); });
  CHECK(names(all.results()) == std::vector<std::string>{"inner.inner#0", "inner.inner#1"});
  Taps beyond(*net, {"inner.inner#2"});
  CHECK_THROWS_WITH(beyond.run([&] { run(*net); }), "tap 'inner.inner#2': the layer was called 2 times");
  CHECK_THROWS_WITH(Taps(*net, {"inner.iner"}), Catch::Contains("did you mean 'inner.inner'?"));
}

TEST_CASE("early stop ends after the last wanted call") {
  auto net = network();
  int after = 0;
  net->get("last")->add_hook([&](Layer&, const Values&, const Value&) -> std::optional<Value> {
    ++after;
    return std::nullopt;
  });
  Taps first(*net, {"inner.inner#0"});
  first.run([&] { run(*net); }, true);
  CHECK(after == 0);
  CHECK(first.results().size() == 1);
  Taps last(*net, {"inner.inner"});
  last.run([&] { run(*net); }, true);  // runs whole: how often the layer is called is not known yet
  CHECK(after == 1);
  last.run([&] { run(*net); }, true);
  CHECK(after == 1);
  CHECK(last.results()[0].value.item<double>() == 4);
}
