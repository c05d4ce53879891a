#pragma once
// Reading the part of a data set that an index stands for.
#include "bindings/torch/indexing.h"
#include "io/hdf5.h"

namespace brain {

// What t.index(index) would give for the whole data set t of numbers, reading no more than it needs: slices and
// single indices as such, lists of indices and masks the elements they name along their axis.
at::Tensor read_part(const io::Hdf5Dataset& data, const Index& index);

}  // namespace brain
