#pragma once
// CORnet-R and CORnet-RT: four areas with lateral recurrence, unrolled over five time steps. At the first
// step only V1 sees the picture and the higher areas get zeros. Later R hands an area what the one below has
// just computed, RT what it computed one step earlier, as signals in a brain need time.
#include "models/registry.h"

namespace brain::models {

nn::LayerPtr cornet_r(const ModelOptions& options);
nn::LayerPtr cornet_rt(const ModelOptions& options);

}  // namespace brain::models
