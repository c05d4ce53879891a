#include "core/nearest.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace brain {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string folded(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

// Edits between a and b, or limit + 1 as soon as they exceed the limit. Only the cells within `limit` of the
// diagonal can lie on a path that cheap, so only they are computed. The three rows are the caller's, to be
// reused.
int edits_within(std::string_view a, std::string_view b, int limit, std::vector<int> (&rows)[3]) {
  const int n = static_cast<int>(a.size()), m = static_cast<int>(b.size()), beyond = limit + 1;
  if (std::abs(n - m) > limit) return beyond;
  for (auto& row : rows) row.assign(m + 1, beyond);
  auto *before = &rows[0], *last = &rows[1], *current = &rows[2];
  for (int j = 0; j <= std::min(m, limit); ++j) (*last)[j] = j;
  for (int i = 1; i <= n; ++i) {
    const int from = std::max(1, i - limit), to = std::min(m, i + limit);
    (*current)[from - 1] = from == 1 ? std::min(i, beyond) : beyond;
    int cheapest = (*current)[from - 1];
    for (int j = from; j <= to; ++j) {
      int edits = (*last)[j - 1] + (a[i - 1] != b[j - 1]);
      edits = std::min({edits, (*last)[j] + 1, (*current)[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) edits = std::min(edits, (*before)[j - 2] + 1);
      (*current)[j] = std::min(edits, beyond);
      cheapest = std::min(cheapest, (*current)[j]);
    }
    if (to < m) (*current)[to + 1] = beyond;
    if (cheapest > limit) return beyond;
    std::swap(before, last);
    std::swap(last, current);
  }
  return (*last)[m];
}

int common_prefix(std::string_view a, std::string_view b) {
  return static_cast<int>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

int case_differences(std::string_view a, std::string_view b) {
  int count = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) count += a[i] != b[i];
  return count;
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
  const std::string wanted = folded(word);
  int limit = std::max<int>(1, static_cast<int>(word.size()) / 3);
  const std::string* best = nullptr;
  std::tuple<int, int, int> best_rank;
  std::vector<int> rows[3];
  for (const std::string& name : names) {
    if (std::abs(static_cast<int>(name.size()) - static_cast<int>(word.size())) > limit) continue;
    const std::string candidate = folded(name);
    const int edits = edits_within(wanted, candidate, limit, rows);
    if (edits > limit || edits >= static_cast<int>(std::max(wanted.size(), candidate.size()))) continue;
    const std::tuple rank(edits, -common_prefix(wanted, candidate), case_differences(word, name));
    if (best && rank >= best_rank) continue;
    best = &name;
    best_rank = rank;
    limit = edits;
  }
  return best ? *best : std::string();
}

}  // namespace brain
