// The schedules in closed form: sources are the classes of torch.optim.lr_scheduler and the warm-ups of
// transformers.
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "optim/schedule.h"

namespace brain {

namespace {

constexpr double kPi = 3.14159265358979323846;

double cosine_between(double start, double stop, double part) {
  return stop + (start - stop) / 2 * (1 + std::cos(kPi * part));
}
double line_between(double start, double stop, double part) { return start + (stop - start) * part; }

// step{step_size, gamma}: times gamma every step_size steps
Rate step_rate(const OptionValues& o, double i, double base) {
  return {base * std::pow(o[1], std::floor(i / o[0]))};
}

// multistep{milestones, gamma}: times gamma at each milestone
Rate multistep_rate(const OptionValues& o, double i, double base) {
  const auto& milestones = o.list(0);
  const auto passed = std::count_if(milestones.begin(), milestones.end(), [&](double m) { return m <= i; });
  return {base * std::pow(o[1], static_cast<double>(passed))};
}

// exponential{gamma}
Rate exponential_rate(const OptionValues& o, double i, double base) {
  return {base * std::pow(o[0], i)};
}

// cosine{T_max, eta_min}: down to eta_min at T_max, then up again
Rate cosine_rate(const OptionValues& o, double i, double base) {
  return {cosine_between(base, o[1], i / o[0])};
}

// cosine_restarts{T_0, T_mult, eta_min}: periods of T_0, T_0 T_mult, ... each from the base rate
Rate cosine_restarts_rate(const OptionValues& o, double i, double base) {
  double period = o[0], at = i;
  if (o[1] == 1) at = std::fmod(at, period);
  else
    while (at >= period) {
      at -= period;
      period *= o[1];
    }
  return {cosine_between(base, o[2], at / period)};
}

// linear{start_factor, end_factor, total_iters}
Rate linear_rate(const OptionValues& o, double i, double base) {
  return {base * line_between(o[0], o[1], std::min(i / o[2], 1.0))};
}

// polynomial{total_iters, power}: to 0 at total_iters
Rate polynomial_rate(const OptionValues& o, double i, double base) {
  return {base * std::pow(1 - std::min(i / o[0], 1.0), o[1])};
}

// constant{factor, total_iters}: times factor for the first total_iters steps
Rate constant_rate(const OptionValues& o, double i, double base) {
  return {i < o[1] ? base * o[0] : base};
}

// onecycle: max_lr / div_factor up to max_lr in pct_start of the steps, then down to 1 / final_div_factor of
// the start (with three_phase first back to the start in as many steps); the momentum runs against it.
// (Smith & Topin 2018)
Rate onecycle_rate(const OptionValues& o, double i, double) {
  enum { kMaxLr, kSteps, kStart, kAnneal, kCycle, kBaseMomentum, kMaxMomentum, kDiv, kFinalDiv, kThree };
  if (i > o[kSteps]) fail(o.owner(), ": step: the cycle of ", o[kSteps], " steps is over");
  struct Point { double step, lr, momentum; };
  const double start = o[kMaxLr] / o[kDiv], peak = o[kStart] * o[kSteps] - 1;
  std::vector<Point> points{{0, start, o[kMaxMomentum]}, {peak, o[kMaxLr], o[kBaseMomentum]}};
  if (o[kThree] != 0) points.push_back({2 * o[kStart] * o[kSteps] - 2, start, o[kMaxMomentum]});
  points.push_back({o[kSteps] - 1, start / o[kFinalDiv], o[kMaxMomentum]});
  std::size_t phase = 1;
  while (phase + 1 < points.size() && i > points[phase].step) ++phase;
  const Point &from = points[phase - 1], &to = points[phase];
  const double length = to.step - from.step;
  const double part = length > 0 ? std::min((i - from.step) / length, 1.0) : 1.0;
  const auto between = o[kAnneal] == 0 ? cosine_between : line_between;
  Rate rate{between(from.lr, to.lr, part)};
  if (o[kCycle] != 0) rate.momentum = between(from.momentum, to.momentum, part);
  return rate;
}

// cyclic: triangles from base_lr up to max_lr; triangular2 halves them each cycle, exp_range scales by
// gamma^step; the momentum runs against it. (Smith 2017)
Rate cyclic_rate(const OptionValues& o, double i, double) {
  enum { kBaseLr, kMaxLr, kUp, kDown, kMode, kGamma, kCycleMomentum, kBaseMomentum, kMaxMomentum };
  const double up = o[kUp], total = up + (o.given(kDown) ? o[kDown] : up);
  const double cycle = std::floor(i / total), at = i - cycle * total;
  double height = at <= up ? at / up : (total - at) / (total - up);
  if (o[kMode] == 1) height /= std::pow(2.0, cycle);
  if (o[kMode] == 2) height *= std::pow(o[kGamma], i);
  Rate rate{line_between(o[kBaseLr], o[kMaxLr], height)};
  if (o[kCycleMomentum] != 0) rate.momentum = line_between(o[kMaxMomentum], o[kBaseMomentum], height);
  return rate;
}

// linear_warmup_cosine{warmup_steps, total_steps, start_factor, eta_min}: a line from start_factor of the
// rate, then a cosine to eta_min at total_steps, where it stays. linear_warmup_linear: a line to 0 instead.
template <auto between>
Rate warmup_rate(const OptionValues& o, double i, double base) {
  const double warmup = o[0], total = o[1];
  if (i < warmup) return {base * line_between(o[2], 1, i / warmup)};
  const double part = total > warmup ? std::min((i - warmup) / (total - warmup), 1.0) : 1.0;
  return {between(base, o[3], part)};
}

const OptionSpec kTotal{"total_steps", OptionKind::integer, {}, 1};
const OptionSpec kEtaMin{"eta_min", OptionKind::number, {0}};
const OptionSpec kGamma{"gamma", OptionKind::number, {0.1}};

const std::vector<OptionSpec> warmup_options{
    {"warmup_steps", OptionKind::integer, {}}, kTotal, {"start_factor", OptionKind::number, {0}}, kEtaMin};

const ScheduleKind step{"schedule.step", {{"step_size", OptionKind::integer, {}, 1}, kGamma}, step_rate};
const ScheduleKind multistep{
    "schedule.multistep", {{"milestones", OptionKind::list, {}}, kGamma}, multistep_rate};
const ScheduleKind exponential{"schedule.exponential", {{"gamma", OptionKind::number, {}}}, exponential_rate};
const ScheduleKind cosine{"schedule.cosine", {{"T_max", OptionKind::integer, {}, 1}, kEtaMin}, cosine_rate};
const ScheduleKind cosine_restarts{
    "schedule.cosine_restarts",
    {{"T_0", OptionKind::integer, {}, 1}, {"T_mult", OptionKind::integer, {1}, 1}, kEtaMin},
    cosine_restarts_rate};
const ScheduleKind linear{"schedule.linear",
                          {{"start_factor", OptionKind::number, {1.0 / 3}},
                           {"end_factor", OptionKind::number, {1}},
                           {"total_iters", OptionKind::integer, {5}, 1}},
                          linear_rate};
const ScheduleKind polynomial{
    "schedule.polynomial",
    {{"total_iters", OptionKind::integer, {5}, 1}, {"power", OptionKind::number, {1}}},
    polynomial_rate};
const ScheduleKind constant{
    "schedule.constant",
    {{"factor", OptionKind::number, {1.0 / 3}}, {"total_iters", OptionKind::integer, {5}}},
    constant_rate};
const ScheduleKind onecycle{"schedule.onecycle",
                            {{"max_lr", OptionKind::number, {}},
                             kTotal,
                             {"pct_start", OptionKind::number, {0.3}, 0, 1},
                             choice_of("anneal_strategy", {"cos", "linear"}),
                             {"cycle_momentum", OptionKind::flag, {1}},
                             {"base_momentum", OptionKind::number, {0.85}, 0, 1},
                             {"max_momentum", OptionKind::number, {0.95}, 0, 1},
                             {"div_factor", OptionKind::number, {25}},
                             {"final_div_factor", OptionKind::number, {1e4}},
                             {"three_phase", OptionKind::flag, {0}}},
                            onecycle_rate};
const ScheduleKind cyclic{
    "schedule.cyclic",
    {{"base_lr", OptionKind::number, {}},
     {"max_lr", OptionKind::number, {}},
     {"step_size_up", OptionKind::integer, {2000}, 1},
     {.name = "step_size_down", .kind = OptionKind::integer, .low = 1, .optional = true},
     choice_of("mode", {"triangular", "triangular2", "exp_range"}),
     {"gamma", OptionKind::number, {1}},
     {"cycle_momentum", OptionKind::flag, {1}},
     {"base_momentum", OptionKind::number, {0.8}, 0, 1},
     {"max_momentum", OptionKind::number, {0.9}, 0, 1}},
    cyclic_rate};
const ScheduleKind linear_warmup_cosine{"schedule.linear_warmup_cosine", warmup_options,
                                        warmup_rate<cosine_between>};
const ScheduleKind linear_warmup_linear{"schedule.linear_warmup_linear", warmup_options,
                                        warmup_rate<line_between>};

}  // namespace

const std::vector<const ScheduleKind*>& schedule_kinds() {
  static const std::vector<const ScheduleKind*> kinds{
      &step,       &multistep, &exponential, &cosine, &cosine_restarts,      &linear,
      &polynomial, &constant,  &onecycle,    &cyclic, &linear_warmup_cosine, &linear_warmup_linear,
      &plateau};
  return kinds;
}

}  // namespace brain
