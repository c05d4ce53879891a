#pragma once
// Learning rates over steps, with PyTorch's conventions: a schedule sets the rate of step 0 when it is made,
// and that of the next step at every call of step().
#include <cstdint>
#include <memory>
#include <optional>

#include "optim/optimizer.h"

namespace brain {

struct Rate {
  double lr = 0;
  std::optional<double> momentum{};  // where it cycles: SGD's and RMSprop's momentum, Adam's first beta
};

struct ScheduleKind {
  const char* name;
  std::vector<OptionSpec> options;
  // The rate at a step of a group that began with rate `base`; null for plateau, whose rates follow a metric.
  Rate (*rate)(const OptionValues& options, double step, double base);
};

// step, multistep, exponential, cosine, cosine_restarts, linear, polynomial, constant, onecycle, cyclic,
// linear_warmup_cosine, linear_warmup_linear, plateau.
const std::vector<const ScheduleKind*>& schedule_kinds();
const ScheduleKind& schedule_kind(const std::string& name);

// A schedule at work on an optimiser's groups; groups added later keep their own rate.
class Schedule {
 public:
  virtual ~Schedule() = default;
  // Whether step() needs a metric.
  virtual bool follows_metric() const { return false; }
  // Sets the next rates. plateau needs the metric, the others take none.
  virtual void step(std::optional<double> metric = {}) = 0;
  // The first n rates of the first group; the optimiser stays as it is. An error for plateau.
  virtual std::vector<Rate> rates(std::int64_t n) const = 0;
  // The whole state in a few named numbers; with the optimiser's state it resumes exactly. A missing or
  // unknown number is an error and changes nothing.
  virtual NamedNumbers state() const = 0;
  virtual void load_state(const NamedNumbers& numbers) = 0;
};

std::unique_ptr<Schedule> make_schedule(const ScheduleKind& kind, OptionValues options,
                                        std::shared_ptr<Optimizer> optimizer);

// Multiplies the rates by `factor` once a metric has not improved for more than `patience` steps.
extern const ScheduleKind plateau;
std::unique_ptr<Schedule> make_plateau(OptionValues options, std::shared_ptr<Optimizer> optimizer);

// Takes named numbers out of a saved state one by one; `finish` refuses what was not asked for.
class StateReader {
 public:
  StateReader(const char* owner, const NamedNumbers& numbers);
  bool has(const std::string& name) const;
  double take(const std::string& name);
  std::int64_t take_count(const std::string& name) { return static_cast<std::int64_t>(take(name)); }
  void finish() const;

 private:
  const char* owner_;
  NamedNumbers numbers_;
};

}  // namespace brain
