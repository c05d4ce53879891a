#include "bindings/partial_read.h"

#include <algorithm>

#include "core/error.h"
#include "io/tensor.h"

namespace brain {
namespace {

using at::indexing::TensorIndex;

// Axis by axis: what is read of it, and the index into what was read.
class Part {
 public:
  Part(const io::Shape& shape, std::string name) : shape_(shape), name_(std::move(name)) {}

  void add(const TensorIndex& item, std::size_t elided) {
    if (item.is_none() || item.is_boolean()) return rest_.push_back(item);
    if (item.is_ellipsis()) {
      for (std::size_t n = 0; n < elided; ++n) add_all();
    } else if (item.is_integer()) {
      add_integer(item.integer().expect_int());
    } else if (item.is_slice()) {
      add_slice(item.slice());
    } else {
      add_tensor(item.tensor());
    }
  }
  void add_all() { add_range({0, 1, shape_[axis()]}, at::indexing::Slice()); }

  std::size_t axis() const { return selection_.size(); }
  const io::Hdf5Selection& selection() const { return selection_; }
  // The index into what was read; empty when that is already all.
  const Index& rest() const { return rest_; }

 private:
  void add_range(const io::Hdf5Range& range, const TensorIndex& rest) {
    selection_.push_back({range});
    rest_.push_back(rest);
  }

  void add_integer(std::int64_t index) { add_range({wrapped(index), 1, 1}, TensorIndex(std::int64_t{0})); }

  void add_slice(const at::indexing::Slice& slice) {
    const std::int64_t size = shape_[axis()], step = slice.step().expect_int();
    const auto clamped = [size](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size); };
    const std::int64_t start = clamped(slice.start().expect_int()), stop = clamped(slice.stop().expect_int());
    const std::int64_t count = stop > start ? (stop - start - 1) / step + 1 : 0;
    add_range({start, step, count}, at::indexing::Slice());
  }

  // A mask names its elements by one list of indices for each of its axes.
  void add_tensor(const at::Tensor& tensor) {
    const bool mask = tensor.scalar_type() == at::kBool || tensor.scalar_type() == at::kByte;
    if (!mask) return add_list(tensor);
    for (std::int64_t d = 0; d < tensor.dim(); ++d)
      if (tensor.size(d) != shape_[axis() + static_cast<std::size_t>(d)])
        fail(name_, ": a mask of shape ", tensor.sizes(), " does not fit axis ", axis() + static_cast<std::size_t>(d),
             ", which has ", shape_[axis() + static_cast<std::size_t>(d)], " elements");
    const at::Tensor places = at::nonzero(tensor.to(at::kCPU));
    for (std::int64_t d = 0; d < tensor.dim(); ++d) add_list(places.select(1, d));
  }

  void add_list(const at::Tensor& list) {
    at::Tensor indices = list.to(at::kCPU, at::kLong).contiguous().clone();
    auto* values = indices.mutable_data_ptr<std::int64_t>();
    for (std::int64_t n = 0; n < indices.numel(); ++n) values[n] = wrapped(values[n]);
    const auto [chosen, places, counts] = at::_unique2(indices, /*sorted=*/true, /*return_inverse=*/true);
    std::vector<io::Hdf5Range> ranges;
    const auto* ascending = chosen.const_data_ptr<std::int64_t>();
    for (std::int64_t n = 0; n < chosen.numel(); ++n) {
      if (ranges.empty() || ranges.back().start + ranges.back().count != ascending[n]) ranges.push_back({ascending[n], 1, 0});
      ++ranges.back().count;
    }
    selection_.push_back(std::move(ranges));
    rest_.emplace_back(places);
  }

  std::int64_t wrapped(std::int64_t index) const {
    const std::int64_t size = shape_[axis()];
    if (index < -size || index >= size)
      fail(name_, ": index ", index, " is out of range for axis ", axis(), ", which has ", size, " elements");
    return index < 0 ? index + size : index;
  }

  const io::Shape& shape_;
  std::string name_;
  io::Hdf5Selection selection_;
  Index rest_;
};

// How many axes an item takes.
std::size_t axes_of(const TensorIndex& item) {
  if (item.is_none() || item.is_boolean() || item.is_ellipsis()) return 0;
  if (!item.is_tensor()) return 1;
  const bool mask = item.tensor().scalar_type() == at::kBool || item.tensor().scalar_type() == at::kByte;
  return mask ? static_cast<std::size_t>(item.tensor().dim()) : 1;
}

}  // namespace

at::Tensor read_part(const io::Hdf5Dataset& data, const Index& index) {
  const io::Shape& shape = data.entry().shape;
  std::size_t taken = 0, ellipses = 0;
  for (const TensorIndex& item : index) {
    taken += axes_of(item);
    ellipses += item.is_ellipsis();
  }
  if (taken > shape.size())
    fail(data.entry().path, ": an index for ", taken, " axes, the data set has ", shape.size());
  if (ellipses > 1) fail(data.entry().path, ": an index with more than one '...'");
  Part part(shape, data.entry().path);
  for (const TensorIndex& item : index) part.add(item, shape.size() - taken);
  while (part.axis() < shape.size()) part.add_all();
  const io::Value value = data.read(part.selection());
  const at::Tensor read = io::TensorMaker()(*value.as<io::Array>());
  const bool all = std::all_of(part.rest().begin(), part.rest().end(), [](const TensorIndex& item) { return item.is_slice(); });
  return all ? read : read.index(part.rest());
}

}  // namespace brain
