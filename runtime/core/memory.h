#pragma once
// How much memory and how many processors this process may use. Bytes throughout.

#include <cstdint>
#include <filesystem>
#include <optional>

namespace brain {

// Installed memory, or the control group's limit where that is lower (containers, SLURM jobs).
std::int64_t physical_memory();

// What can still be used without swapping; file cache counts as free, for it gives way.
std::int64_t available_memory();

// What this process holds in memory now, and at most since its start or the last reset.
std::int64_t resident_memory();
std::int64_t peak_resident_memory();

// Begins a new peak. Where the kernel does not offer it (/proc/self/clear_refs), the old peak stays.
void reset_peak_resident_memory();

// Sets aside address space (not memory) for the allocator, mimalloc, where it is linked: large blocks then come from it
// and are used again when freed, instead of being returned to the system and faulted in anew, which costs a training step
// on pictures a third of its time. False where there is no mimalloc or no space.
bool reserve_address_space(std::int64_t bytes);

// Processors this process may run on: its affinity, cut to the control group's quota; at least 1.
int available_cores();

// Programs that wanted to run at once, mean over the last minute; 0 where it is not known.
double load_average();

// The tightest limits on the way from this process's control group (v1 or v2) to the root.
struct CgroupLimits {
  std::optional<std::int64_t> memory, free_memory;  // bytes
  std::optional<double> cores;
};
CgroupLimits cgroup_limits(const std::filesystem::path& root = "/sys/fs/cgroup",
                           const std::filesystem::path& membership = "/proc/self/cgroup");

}  // namespace brain
