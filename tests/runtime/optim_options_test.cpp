#include "optim/options.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain;

static const std::vector<OptionSpec> specs{{"lr", OptionKind::number, {0.5}},
                                           {"betas", OptionKind::list, {0.9, 0.99}, 0, 1},
                                           {"steps", OptionKind::integer, {}, 1},
                                           {"amsgrad", OptionKind::flag, {0}},
                                           choice_of("mode", {"min", "max"})};

TEST_CASE("values start from the defaults and are found by name") {
  OptionValues values("Owner", specs);
  CHECK(values[0] == 0.5);
  CHECK(values.list(1) == std::vector<double>{0.9, 0.99});
  CHECK_FALSE(values.given(2));
  CHECK(values.find("amsgrad") == 3);
  CHECK(values.knows("mode"));
  CHECK(values.choice(4, "max") == 1);
  CHECK_THROWS_WITH(values.find("amsgrade"), "Owner: unknown option 'amsgrade', did you mean 'amsgrad'?");
  CHECK_THROWS_WITH(values.find("zzzzz"),
                    "Owner: unknown option 'zzzzz'; options are lr, betas, steps, amsgrad, mode");
  CHECK_THROWS_WITH(values.choice(4, "mix"), "Owner: mode: expected one of 'min', 'max', got 'mix'");
}

TEST_CASE("values are checked when they are set") {
  OptionValues values("Owner", specs);
  values.set(1, {0.1, 0.2});
  CHECK(values.list(1)[1] == 0.2);
  CHECK_THROWS_WITH(values.set(0, {-1}), "Owner: lr: expected a number >= 0, got -1");
  CHECK_THROWS_AS(values.set(0, {std::numeric_limits<double>::quiet_NaN()}), Error);
  CHECK_THROWS_AS(values.set(0, {std::numeric_limits<double>::infinity()}), Error);
  CHECK_THROWS_WITH(values.set(1, {0.1, 1}), "Owner: betas: expected a number >= 0 and < 1, got 1");
  CHECK_THROWS_WITH(values.set(1, {0.1}), "Owner: betas: expected 2 numbers, got 1");
  CHECK_THROWS_WITH(values.set(2, {1.5}), "Owner: steps: expected an integer >= 1, got 1.5");
  CHECK_THROWS_WITH(values.require_all(), "Owner: steps: expected an integer >= 1, got nothing");
  values.set(2, {3});
  values.require_all();
}
