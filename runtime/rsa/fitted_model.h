#pragma once
// Models whose RDM is chosen or mixed from several to fit data.
#include <cstdint>
#include <string>
#include <vector>

namespace brain::rsa {

// fixed: one RDM. select: the one of several that is most similar. weighted: a mixture by least squares, with weights
// of any sign or none below 0. interpolate: between two neighbours of a list.
enum class Combination { fixed, select, weighted, interpolate };
Combination combination_of(const std::string& name);  // errors list the names

struct FittedModel {
  std::vector<std::int64_t> rdms;  // places among all RDMs
  Combination kind = Combination::fixed;
  bool nonnegative = false;  // weighted
  double ridge = 0;          // weighted: added to the diagonal of the products
};

// Weights of the model's RDMs of length 1 from the products K [k, k] of the RDMs of the model (row-major) and their
// products b [k] with the target: least squares (K + ridge) w = b; an RDM that repeats those before it has weight 0;
// without negative ones by the active set of Lawson and Hanson (1974), until no gradient is above 1e-10 of the largest
// product; or what brings b w / sqrt(w' K w) to its largest. All 0 where no RDM of a nonnegative or interpolated model
// has a positive product.
std::vector<double> fit_weights(const FittedModel& model, const std::vector<double>& products,
                                const std::vector<double>& target);

}  // namespace brain::rsa
