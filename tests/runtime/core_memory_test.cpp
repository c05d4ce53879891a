#include "core/memory.h"

#include <catch2/catch.hpp>

#include <cstring>
#include <memory>

#include <sys/mman.h>
#include <unistd.h>

#include "scratch.h"

using namespace brain;

TEST_CASE("memory figures are sane") {
  CHECK(physical_memory() > 64 << 20);
  CHECK(available_memory() > 0);
  CHECK(available_memory() <= physical_memory());
  CHECK(resident_memory() > 1 << 20);
  CHECK(resident_memory() < physical_memory());
  CHECK(peak_resident_memory() > 1 << 20);
  CHECK(load_average() >= 0);
  CHECK(available_cores() >= 1);
  CHECK(available_cores() <= sysconf(_SC_NPROCESSORS_ONLN));
}

TEST_CASE("resident memory and its peak follow an allocation") {
  constexpr std::int64_t size = 64 << 20, slack = 8 << 20;
  reset_peak_resident_memory();
  const std::int64_t before = resident_memory(), peak_before = peak_resident_memory();
  void* block = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(block != MAP_FAILED);
  std::memset(block, 1, size);
  CHECK(resident_memory() - before > size - slack);
  munmap(block, size);
  CHECK(resident_memory() - before < slack);
  CHECK(peak_resident_memory() - before > size - slack);
  const bool can_reset = access("/proc/self/clear_refs", W_OK) == 0;
  reset_peak_resident_memory();
  if (can_reset) CHECK(peak_resident_memory() - peak_before < slack);
}

TEST_CASE("control groups, version 2: the tightest limit on the way to the root") {
  Scratch scratch;
  write_text(scratch.path("self"), "0::/slurm/job_7/step_0\n");
  write_text(scratch.path("cgroup/cpu.max"), "max 100000\n");
  write_text(scratch.path("cgroup/slurm/memory.max"), "max\n");
  write_text(scratch.path("cgroup/slurm/job_7/memory.max"), "8000000000\n");
  write_text(scratch.path("cgroup/slurm/job_7/memory.current"), "5000000000\n");
  write_text(scratch.path("cgroup/slurm/job_7/memory.stat"), "anon 1\nfile 2\ninactive_file 2000000000\n");
  write_text(scratch.path("cgroup/slurm/job_7/cpu.max"), "350000 100000\n");
  write_text(scratch.path("cgroup/slurm/job_7/step_0/memory.max"), "9000000000\n");
  write_text(scratch.path("cgroup/slurm/job_7/step_0/memory.current"), "100\n");
  const CgroupLimits limits = cgroup_limits(scratch.path("cgroup"), scratch.path("self"));
  CHECK(limits.memory == 8000000000);
  CHECK(limits.free_memory == 5000000000);
  CHECK(limits.cores == 3.5);
}

TEST_CASE("control groups, version 1, seen from inside a container") {
  Scratch scratch;
  // The group's path is the host's; what is mounted at the root is the group itself.
  write_text(scratch.path("self"), "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n");
  write_text(scratch.path("cgroup/memory/memory.limit_in_bytes"), "4000000000\n");
  write_text(scratch.path("cgroup/memory/memory.usage_in_bytes"), "5000000000\n");
  write_text(scratch.path("cgroup/memory/memory.stat"), "inactive_file 7\ntotal_inactive_file 500000000\n");
  write_text(scratch.path("cgroup/cpu/cpu.cfs_quota_us"), "200000\n");
  write_text(scratch.path("cgroup/cpu/cpu.cfs_period_us"), "100000\n");
  CgroupLimits limits = cgroup_limits(scratch.path("cgroup"), scratch.path("self"));
  CHECK(limits.memory == 4000000000);
  CHECK(limits.free_memory == 0);
  CHECK(limits.cores == 2.0);

  write_text(scratch.path("cgroup/memory/memory.limit_in_bytes"), "9223372036854771712\n");  // no limit
  write_text(scratch.path("cgroup/cpu/cpu.cfs_quota_us"), "-1\n");
  limits = cgroup_limits(scratch.path("cgroup"), scratch.path("self"));
  CHECK_FALSE(limits.memory);
  CHECK_FALSE(limits.cores);
}

TEST_CASE("no control groups, no limits") {
  Scratch scratch;
  const CgroupLimits limits = cgroup_limits(scratch.path("none"), scratch.path("none"));
  CHECK_FALSE(limits.memory);
  CHECK_FALSE(limits.free_memory);
  CHECK_FALSE(limits.cores);
}

TEST_CASE("address space is set aside without taking memory") {
  const auto before = brain::resident_memory();
  const bool reserved = brain::reserve_address_space(std::int64_t{1} << 30);
  CHECK(brain::resident_memory() - before < 64 << 20);
  if (reserved) CHECK_FALSE(brain::reserve_address_space(std::int64_t{1} << 60));
}
