#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace brain {

// The name a misspelt word most likely meant, or "" when none is close: more than max(1, length/3) edits
// away, or nothing in common. An edit inserts, deletes, replaces or swaps neighbours (optimal string
// alignment); letter case is free. Ties go to the longer common prefix, then to fewer differences in case,
// then to the earlier name.
std::string nearest(std::string_view word, const std::vector<std::string>& names);

}  // namespace brain
