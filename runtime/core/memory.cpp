#include "core/memory.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

extern "C" int mi_reserve_os_memory(size_t size, bool commit, bool allow_large) __attribute__((weak));

namespace brain {
namespace {

using std::filesystem::path;

// The first number of a one-line file; nothing for "max", a missing file or a negative number (no limit).
std::optional<double> number_in(const path& file) {
  std::ifstream in(file);
  double value;
  return in >> value && value >= 0 ? std::optional(value) : std::nullopt;
}

// The number after a keyword at the start of a line, as in /proc/meminfo, /proc/self/status and memory.stat.
std::optional<std::int64_t> number_after(const path& file, const std::string& keyword) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.compare(0, keyword.size(), keyword) == 0) return std::stoll(line.substr(keyword.size()));
  return std::nullopt;
}

template <class T>
void tighten(std::optional<T>& limit, T value) {
  limit = limit ? std::min(*limit, value) : value;
}

struct MemoryFiles {
  const char *limit, *usage, *file_cache;
};
constexpr MemoryFiles memory_v1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "};
constexpr MemoryFiles memory_v2{"memory.max", "memory.current", "inactive_file "};

void add_memory(CgroupLimits& limits, const path& group, const MemoryFiles& files) {
  const auto limit = number_in(group / files.limit);
  if (!limit || *limit > 0x1p62) return;  // v1 writes "no limit" as the largest number
  const double usage = number_in(group / files.usage).value_or(0);
  const auto cache = static_cast<double>(number_after(group / "memory.stat", files.file_cache).value_or(0));
  tighten(limits.memory, static_cast<std::int64_t>(*limit));
  const double free = *limit - std::max(usage - cache, 0.0);
  tighten(limits.free_memory, static_cast<std::int64_t>(std::max(free, 0.0)));
}

void add_cores(CgroupLimits& limits, std::optional<double> quota, std::optional<double> period) {
  if (quota && period && *period > 0) tighten(limits.cores, *quota / *period);
}

void add_cores_v2(CgroupLimits& limits, const path& group) {
  std::ifstream in(group / "cpu.max");  // "QUOTA PERIOD" or "max PERIOD"
  double quota, period;
  if (in >> quota >> period) add_cores(limits, quota, period);
}

// Calls visit for the group and each of its parents up to the root. Inside a container the group's path may
// not exist below the mounted root; the root is then the container's own group.
template <class F>
void for_each_group(const path& root, const std::string& group, F visit) {
  path relative = group.find("..") == std::string::npos ? path(group).relative_path() : path();
  for (;; relative = relative.parent_path()) {
    visit(root / relative);
    if (relative.empty()) return;
  }
}

std::int64_t page_size() { return sysconf(_SC_PAGESIZE); }

}  // namespace

CgroupLimits cgroup_limits(const path& root, const path& membership) {
  CgroupLimits limits;
  std::ifstream in(membership);  // lines "ID:CONTROLLER,CONTROLLER:PATH", v2 as "0::PATH"
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string group = line.substr(second + 1);
    const auto has = [&](const char* name) { return controllers.find(name) != std::string::npos; };
    if (controllers == ",,") {
      for_each_group(root, group, [&](const path& g) {
        add_memory(limits, g, memory_v2);
        add_cores_v2(limits, g);
      });
    }
    if (has(",memory,"))
      for_each_group(root / "memory", group, [&](const path& g) { add_memory(limits, g, memory_v1); });
    if (has(",cpu,")) {
      for_each_group(root / "cpu", group, [&](const path& g) {
        add_cores(limits, number_in(g / "cpu.cfs_quota_us"), number_in(g / "cpu.cfs_period_us"));
      });
    }
  }
  return limits;
}

std::int64_t physical_memory() {
  const std::int64_t installed = sysconf(_SC_PHYS_PAGES) * page_size();
  return std::min(installed, cgroup_limits().memory.value_or(installed));
}

std::int64_t available_memory() {
  const auto kilobytes = number_after("/proc/meminfo", "MemAvailable:");
  const std::int64_t available = kilobytes ? *kilobytes * 1024 : sysconf(_SC_AVPHYS_PAGES) * page_size();
  return std::min(available, cgroup_limits().free_memory.value_or(available));
}

std::int64_t resident_memory() {
  std::ifstream in("/proc/self/statm");
  std::int64_t size = 0, resident = 0;
  in >> size >> resident;
  return resident * page_size();
}

std::int64_t peak_resident_memory() {
  if (const auto kilobytes = number_after("/proc/self/status", "VmHWM:")) return *kilobytes * 1024;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

void reset_peak_resident_memory() { std::ofstream("/proc/self/clear_refs") << '5'; }

bool reserve_address_space(std::int64_t bytes) {
  return mi_reserve_os_memory && mi_reserve_os_memory(static_cast<std::size_t>(bytes), true, true) == 0;
}

double load_average() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

int available_cores() {
  int cores = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  for (int processors = 1024; processors <= 1 << 16; processors *= 2) {  // the kernel refuses too small a set
    std::vector<unsigned long> set(processors / (8 * sizeof(unsigned long)));
    auto* mask = reinterpret_cast<cpu_set_t*>(set.data());
    const std::size_t size = set.size() * sizeof(unsigned long);
    if (sched_getaffinity(0, size, mask) != 0) continue;
    cores = CPU_COUNT_S(size, mask);
    break;
  }
  const double quota = cgroup_limits().cores.value_or(cores);
  return std::max(1, static_cast<int>(std::min<double>(cores, std::floor(quota))));
}

}  // namespace brain
