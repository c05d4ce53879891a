// Schedules against the recursions they are closed forms of; the golden rates are in
// tests/bindings/optim_test.lua.
#include "optim/schedule.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

namespace {

std::shared_ptr<Optimizer> optimizer(const char* kind, std::vector<double> rates) {
  auto made = std::make_shared<Optimizer>(optimizer_kind(kind));
  for (std::size_t i = 0; i < rates.size(); ++i) {
    ParameterGroup group{{{std::to_string(i), numbers({2}).set_requires_grad(true)}}, made->defaults()};
    group.options.set(0, {rates[i]});
    made->add_group(std::move(group));
  }
  return made;
}

std::unique_ptr<Schedule> schedule(const std::string& name,
                                   const std::vector<std::pair<const char*, std::vector<double>>>& options,
                                   std::shared_ptr<Optimizer> target) {
  const ScheduleKind& kind = schedule_kind("schedule." + name);
  OptionValues values(kind.name, kind.options);
  for (const auto& [option, given] : options) values.set(values.find(option), given);
  return make_schedule(kind, std::move(values), std::move(target));
}

}  // namespace

TEST_CASE("step multiplies every group's own rate") {
  auto target = optimizer("SGD", {0.1, 0.4});
  auto made = schedule("step", {{"step_size", {2}}, {"gamma", {0.5}}}, target);
  for (int i = 0; i < 7; ++i) {
    CHECK(target->lr(0) == Approx(0.1 * std::pow(0.5, i / 2)));
    CHECK(target->lr(1) == Approx(0.4 * std::pow(0.5, i / 2)));
    made->step();
  }
}

TEST_CASE("rates foretells what step sets") {
  for (const ScheduleKind* kind : schedule_kinds()) {
    if (!kind->rate) continue;
    CAPTURE(kind->name);
    auto target = optimizer("SGD", {0.1});
    OptionValues values(kind->name, kind->options);
    for (std::size_t o = 0; o < kind->options.size(); ++o) {
      const OptionSpec& spec = kind->options[o];
      if (values.given(o) || spec.optional) continue;
      if (spec.kind == OptionKind::list) values.set(o, {3, 8});
      else values.set(o, {spec.kind == OptionKind::integer ? 12.0 : 0.9});
    }
    auto made = make_schedule(*kind, values, target);
    const auto rates = made->rates(12);
    for (const Rate& rate : rates) {
      CHECK(target->lr(0) == rate.lr);
      if (rate.momentum) CHECK(target->group(0).options[1] == *rate.momentum);
      made->step();
    }
  }
}

TEST_CASE("exponential and cosine follow their recursions") {
  auto target = optimizer("SGD", {0.1});
  auto made = schedule("exponential", {{"gamma", {0.93}}}, target);
  double rate = 0.1;
  for (int i = 0; i < 20; ++i, made->step(), rate *= 0.93)
    CHECK(target->lr(0) == Approx(rate).epsilon(1e-12));

  target = optimizer("SGD", {0.1});
  made = schedule("cosine", {{"T_max", {10}}, {"eta_min", {0.001}}}, target);
  for (int i = 0; i < 10; ++i, made->step()) {
    const double before = 0.001 + 0.099 * (1 + std::cos(M_PI * i / 10)) / 2;
    CHECK(target->lr(0) == Approx(before).epsilon(1e-12));
  }
  CHECK(target->lr(0) == Approx(0.001));
}

TEST_CASE("the warm-up reaches the rate and the end keeps its minimum") {
  auto target = optimizer("SGD", {0.2});
  auto made = schedule("linear_warmup_cosine",
                       {{"warmup_steps", {4}}, {"total_steps", {10}}, {"eta_min", {0.01}}}, target);
  const auto rates = made->rates(14);
  CHECK(rates[0].lr == 0);
  CHECK(rates[2].lr == Approx(0.1));
  CHECK(rates[4].lr == Approx(0.2));
  for (std::size_t i = 10; i < 14; ++i) CHECK(rates[i].lr == Approx(0.01));
}

TEST_CASE("onecycle moves the momentum the other way and ends") {
  auto target = optimizer("Adam", {0.1});
  auto made = schedule("onecycle", {{"max_lr", {1}}, {"total_steps", {10}}, {"cycle_momentum", {1}}}, target);
  CHECK(target->group(0).options.list(1)[0] == Approx(0.95));
  CHECK(target->group(0).options.list(1)[1] == 0.999);
  made->step();
  made->step();
  CHECK(target->lr(0) == Approx(1));
  CHECK(target->group(0).options.list(1)[0] == Approx(0.85));
  for (int i = 2; i < 10; ++i) made->step();
  CHECK_THROWS_WITH(made->step(), "schedule.onecycle: step: the cycle of 10 steps is over");
  CHECK_THROWS_WITH(
      schedule("onecycle", {{"max_lr", {1}}, {"total_steps", {10}}}, optimizer("Adagrad", {0.1})),
      "schedule.onecycle: cycle_momentum: expected an optimiser with momentum or betas, got Adagrad");
}

TEST_CASE("plateau waits, reduces, rests and stops at the minimum") {
  auto target = optimizer("SGD", {0.1});
  auto made = schedule("plateau",
                       {{"factor", {0.5}}, {"patience", {1}}, {"cooldown", {1}}, {"min_lr", {0.03}}}, target);
  std::vector<double> seen;
  for (const double metric : {1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.4, 0.4, 0.4}) {
    made->step(metric);
    seen.push_back(target->lr(0));
  }
  CHECK(seen == std::vector<double>{0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.03, 0.03, 0.03, 0.03});
  CHECK_THROWS_WITH(made->step(), "schedule.plateau: step: expected the metric, got nothing");
  CHECK_THROWS_AS(made->rates(3), Error);
}

TEST_CASE("a saved state resumes") {
  auto first = optimizer("SGD", {0.1}), second = optimizer("SGD", {0.9});
  auto a = schedule("cosine", {{"T_max", {10}}}, first), b = schedule("cosine", {{"T_max", {10}}}, second);
  for (int i = 0; i < 4; ++i) a->step();
  b->load_state(a->state());
  CHECK(second->lr(0) == first->lr(0));
  a->step();
  b->step();
  CHECK(second->lr(0) == first->lr(0));
  CHECK_THROWS_WITH(b->load_state({{"step", 1}}), "schedule.cosine: load_state_dict: 'base.1' is missing");
  CHECK_THROWS_WITH(b->load_state({{"step", 1}, {"base.1", 1}, {"x", 1}}),
                    "schedule.cosine: load_state_dict: 'x' is unknown");

  auto c = schedule("plateau", {{"patience", {1}}}, first),
       d = schedule("plateau", {{"patience", {1}}}, first);
  c->step(0.5);
  c->step(0.6);
  d->load_state(c->state());
  CHECK(d->state() == c->state());
}

TEST_CASE("unknown schedules suggest the nearest") {
  CHECK_THROWS_WITH(schedule_kind("schedule.cosin"),
                    "unknown schedule 'schedule.cosin', did you mean 'schedule.cosine'?");
}
