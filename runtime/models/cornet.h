#pragma once
// CORnet (Kubilius et al. 2018, bioRxiv 408385): S, Z, R and RT, named as in the package cornet.
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> cornet_entries();

}  // namespace brain::models
