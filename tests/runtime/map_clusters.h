#pragma once
// Sets of neighbouring points by repeated joining: slow, and plain to see.
#include <vector>

#include "stats/point_graph.h"

// A number for the set each point with kept[k] is in, -1 for the others.
inline std::vector<int> sets_of(const std::vector<bool>& kept, const brain::stats::PointGraph& graph) {
  std::vector<int> set(kept.size(), -1);
  for (std::size_t k = 0; k < kept.size(); ++k)
    if (kept[k]) set[k] = static_cast<int>(k);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t k = 0; k < kept.size(); ++k)
      for (auto j = graph.offsets[k]; j < graph.offsets[k + 1]; ++j) {
        const auto other = static_cast<std::size_t>(graph.neighbours[j]);
        if (kept[k] && kept[other] && set[other] < set[k]) set[k] = set[other], changed = true;
      }
  }
  return set;
}
