#include "optim/schedule.h"

#include <algorithm>

#include "core/error.h"
#include "core/nearest.h"

namespace brain {

namespace {

// Rates that depend on the step alone.
class RateSchedule final : public Schedule {
 public:
  RateSchedule(const ScheduleKind& kind, OptionValues options, std::shared_ptr<Optimizer> optimizer)
      : kind_(kind), options_(std::move(options)), optimizer_(std::move(optimizer)) {
    for (std::size_t g = 0; g < optimizer_->groups(); ++g) base_.push_back(optimizer_->lr(g));
    apply(0);
  }

  void step(std::optional<double> metric) override {
    if (metric) fail(kind_.name, ": step: expected no metric, got ", *metric);
    apply(step_ + 1);
    ++step_;
  }

  std::vector<Rate> rates(std::int64_t n) const override {
    std::vector<Rate> rates;
    for (std::int64_t i = 0; i < n; ++i)
      rates.push_back(kind_.rate(options_, static_cast<double>(i), base_.at(0)));
    return rates;
  }

  NamedNumbers state() const override {
    NamedNumbers numbers{{"step", static_cast<double>(step_)}};
    for (std::size_t g = 0; g < base_.size(); ++g) numbers.emplace_back(join_text("base.", g + 1), base_[g]);
    return numbers;
  }

  void load_state(const NamedNumbers& numbers) override {
    StateReader reader(kind_.name, numbers);
    const std::int64_t step = reader.take_count("step");
    std::vector<double> base;
    for (std::size_t g = 0; g < base_.size(); ++g) base.push_back(reader.take(join_text("base.", g + 1)));
    reader.finish();
    step_ = step;
    base_ = std::move(base);
    apply(step_);
  }

 private:
  void apply(std::int64_t step) {
    for (std::size_t g = 0; g < base_.size(); ++g) {
      const Rate rate = kind_.rate(options_, static_cast<double>(step), base_[g]);
      optimizer_->set_lr(g, rate.lr);
      if (rate.momentum) set_momentum(g, *rate.momentum);
    }
  }

  void set_momentum(std::size_t g, double momentum) {
    const OptionValues& options = optimizer_->group(g).options;
    const char* name = options.knows("betas") ? "betas" : "momentum";
    if (!options.knows(name))
      fail(kind_.name, ": cycle_momentum: expected an optimiser with momentum or betas, got ",
           options.owner());
    const std::size_t option = options.find(name);
    std::vector<double> values = options.list(option);
    values[0] = momentum;
    optimizer_->set_option(g, option, std::move(values));
  }

  const ScheduleKind& kind_;
  OptionValues options_;
  std::shared_ptr<Optimizer> optimizer_;
  std::vector<double> base_;  // the rate each group began with
  std::int64_t step_ = 0;
};

}  // namespace

const ScheduleKind& schedule_kind(const std::string& name) {
  std::vector<std::string> names;
  for (const ScheduleKind* kind : schedule_kinds()) {
    if (name == kind->name) return *kind;
    names.emplace_back(kind->name);
  }
  const std::string near = nearest(name, names);
  fail("unknown schedule '", name, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
}

std::unique_ptr<Schedule> make_schedule(const ScheduleKind& kind, OptionValues options,
                                        std::shared_ptr<Optimizer> optimizer) {
  options.require_all();
  if (!kind.rate) return make_plateau(std::move(options), std::move(optimizer));
  return std::make_unique<RateSchedule>(kind, std::move(options), std::move(optimizer));
}

StateReader::StateReader(const char* owner, const NamedNumbers& numbers)
    : owner_(owner), numbers_(numbers) {}

bool StateReader::has(const std::string& name) const {
  return std::any_of(numbers_.begin(), numbers_.end(),
                     [&](const auto& number) { return number.first == name; });
}

double StateReader::take(const std::string& name) {
  const auto found = std::find_if(numbers_.begin(), numbers_.end(),
                                  [&](const auto& number) { return number.first == name; });
  if (found == numbers_.end()) fail(owner_, ": load_state_dict: '", name, "' is missing");
  const double value = found->second;
  numbers_.erase(found);
  return value;
}

void StateReader::finish() const {
  if (!numbers_.empty()) fail(owner_, ": load_state_dict: '", numbers_[0].first, "' is unknown");
}

}  // namespace brain
