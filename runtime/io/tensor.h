#pragma once
#include <unordered_map>

#include <ATen/core/Tensor.h>

#include "io/array.h"

namespace brain::io {

// Arrays as tensors. A tensor uses the array's memory and keeps it alive: for a mapped file that memory is
// private to this process, so writing to the tensor does not change the file. Arrays of one storage become
// tensors of one storage. Memory that is not aligned for its elements is copied first. One maker for the
// arrays of one file.
class TensorMaker {
 public:
  at::Tensor operator()(const Array& array);

 private:
  struct Key {
    const void* data;
    std::size_t size;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const { return std::hash<const void*>()(key.data) ^ key.size; }
  };
  std::unordered_map<Key, at::Storage, Hash> storages_;
};

// A tensor's values as an array: of the same memory for dense CPU tensors, copied from a device. Throws
// "WHERE: ..." for sparse, quantised and meta tensors.
Array array_of(const at::Tensor& tensor, const std::string& where);

at::ScalarType scalar_type(DType dtype);

}  // namespace brain::io
