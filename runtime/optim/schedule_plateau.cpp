// ReduceLROnPlateau.
#include <algorithm>

#include "core/error.h"
#include "optim/schedule.h"

namespace brain {

namespace {

enum { kMode, kFactor, kPatience, kThreshold, kThresholdMode, kCooldown, kMinLr, kEps };

class Plateau final : public Schedule {
 public:
  Plateau(OptionValues options, std::shared_ptr<Optimizer> optimizer)
      : o_(std::move(options)), optimizer_(std::move(optimizer)) {}

  bool follows_metric() const override { return true; }
  void step(std::optional<double> metric) override {
    if (!metric) fail(o_.owner(), ": step: expected the metric, got nothing");
    if (improves(*metric)) {
      best_ = metric;
      bad_ = 0;
    } else {
      ++bad_;
    }
    if (cooldown_ > 0) {
      --cooldown_;
      bad_ = 0;
    }
    if (bad_ <= static_cast<std::int64_t>(o_[kPatience])) return;
    cooldown_ = static_cast<std::int64_t>(o_[kCooldown]);
    bad_ = 0;
    for (std::size_t g = 0; g < optimizer_->groups(); ++g) {
      const double before = optimizer_->lr(g), after = std::max(before * o_[kFactor], o_[kMinLr]);
      if (before - after > o_[kEps]) optimizer_->set_lr(g, after);
    }
  }

  std::vector<Rate> rates(std::int64_t) const override {
    fail(o_.owner(), ": rates: they follow the metric and are not known before");
  }

  NamedNumbers state() const override {
    NamedNumbers numbers{{"bad", static_cast<double>(bad_)},
                                                        {"cooldown", static_cast<double>(cooldown_)}};
    if (best_) numbers.emplace_back("best", *best_);
    return numbers;
  }

  void load_state(const NamedNumbers& numbers) override {
    StateReader reader(o_.owner(), numbers);
    const std::int64_t bad = reader.take_count("bad"), cooldown = reader.take_count("cooldown");
    const auto best = reader.has("best") ? std::optional(reader.take("best")) : std::nullopt;
    reader.finish();
    bad_ = bad;
    cooldown_ = cooldown;
    best_ = best;
  }

 private:
  bool improves(double metric) const {
    if (!best_) return metric == metric;
    const double sign = o_[kMode] == 0 ? -1 : 1;  // min, max
    if (o_[kThresholdMode] == 1 /* abs */) return sign * metric > sign * (*best_ + sign * o_[kThreshold]);
    return sign * metric > sign * (*best_ * (1 + sign * o_[kThreshold]));
  }

  OptionValues o_;
  std::shared_ptr<Optimizer> optimizer_;
  std::optional<double> best_;  // none before the first metric
  std::int64_t bad_ = 0;       // steps without improvement
  std::int64_t cooldown_ = 0;  // steps left during which none are counted
};

}  // namespace

const ScheduleKind plateau{"schedule.plateau",
                           {choice_of("mode", {"min", "max"}),
                            {"factor", OptionKind::number, {0.1}, 0, 1},
                            {"patience", OptionKind::integer, {10}},
                            {"threshold", OptionKind::number, {1e-4}},
                            choice_of("threshold_mode", {"rel", "abs"}),
                            {"cooldown", OptionKind::integer, {0}},
                            {"min_lr", OptionKind::number, {0}},
                            {"eps", OptionKind::number, {1e-8}}},
                           nullptr};

std::unique_ptr<Schedule> make_plateau(OptionValues options, std::shared_ptr<Optimizer> optimizer) {
  return std::make_unique<Plateau>(std::move(options), std::move(optimizer));
}

}  // namespace brain
