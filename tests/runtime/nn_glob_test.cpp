#include "nn/glob.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using brain::nn::Glob;
using brain::nn::match_names;

TEST_CASE("stars stay within a segment, double stars cross") {
  CHECK(Glob("layer1.*").matches("layer1.0"));
  CHECK_FALSE(Glob("layer1.*").matches("layer1.0.conv1"));
  CHECK(Glob("layer1.**").matches("layer1.0.conv1"));
  CHECK(Glob("layer1.**").matches("layer1"));
  CHECK(Glob("**.conv1").matches("conv1"));
  CHECK(Glob("**.conv1").matches("layer1.0.conv1"));
  CHECK_FALSE(Glob("**.conv1").matches("layer1.0.xconv1"));
  CHECK(Glob("a.**.b").matches("a.b"));
  CHECK(Glob("a.**.b").matches("a.x.y.b"));
  CHECK(Glob("torchvision/*").matches("torchvision/resnet50"));
  CHECK_FALSE(Glob("torchvision*").matches("torchvision/resnet50"));
  CHECK(Glob("**").matches(""));
  CHECK(Glob("conv?").matches("conv1"));
  CHECK_FALSE(Glob("conv?").matches("conv"));
}

TEST_CASE("braces list and count") {
  const Glob list("blocks.{2,4,10..12}.attn");
  CHECK(list.matches("blocks.2.attn"));
  CHECK_FALSE(list.matches("blocks.3.attn"));
  const Glob range("blocks.{22..23}.{q,v}_proj");
  CHECK(range.matches("blocks.22.q_proj"));
  CHECK(range.matches("blocks.23.v_proj"));
  CHECK_FALSE(range.matches("blocks.24.q_proj"));
  CHECK(Glob("{V1,V2}.{conv{1,2},norm}").matches("V2.conv2"));
  CHECK_THROWS_WITH(Glob("a{b"), "pattern 'a{b': '{' without '}'");
  CHECK_THROWS_WITH(Glob("a}b"), "pattern 'a}b': '}' without '{'");
  CHECK_THROWS_WITH(Glob("{5..2}"), Catch::Contains("rising range"));
  CHECK_THROWS_WITH(Glob("{0..9999}{0..99}"), Catch::Contains("rising range"));
}

TEST_CASE("names keep their order and an unmatched pattern is told") {
  const std::vector<std::string> names = {"conv1", "layer1.0", "layer1.1", "fc"};
  CHECK(match_names({"fc", "layer1.*"}, names, "layer") == std::vector<std::string>{"layer1.0", "layer1.1", "fc"});
  CHECK_THROWS_WITH(match_names({"conv2"}, names, "layer"), "no layer matches 'conv2', did you mean 'conv1'?");
}
