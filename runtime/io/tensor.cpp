#include "io/tensor.h"

#include <ATen/ATen.h>

#include <cstring>

#include "io/error.h"

namespace brain::io {
namespace {

constexpr at::ScalarType types[kDTypes] = {at::kBool,
                                           at::kByte,
                                           at::kUInt16,
                                           at::kUInt32,
                                           at::kUInt64,
                                           at::kChar,
                                           at::kShort,
                                           at::kInt,
                                           at::kLong,
                                           at::kHalf,
                                           at::kBFloat16,
                                           at::kFloat,
                                           at::kDouble,
                                           at::kFloat8_e4m3fn,
                                           at::kFloat8_e4m3fnuz,
                                           at::kFloat8_e5m2,
                                           at::kFloat8_e5m2fnuz,
                                           at::kFloat8_e8m0fnu,
                                           at::kComplexHalf,
                                           at::kComplexFloat,
                                           at::kComplexDouble};

void release(void* owner) { delete static_cast<std::shared_ptr<const void>*>(owner); }

at::Storage make_storage(const Bytes& bytes, std::size_t alignment) {
  if (bytes.size == 0 || reinterpret_cast<std::uintptr_t>(bytes.data) % alignment != 0) {
    auto* allocator = at::getCPUAllocator();
    at::Storage storage(at::Storage::use_byte_size_t(), bytes.size, allocator, true);
    if (bytes.size) std::memcpy(storage.mutable_data(), bytes.data, bytes.size);
    return storage;
  }
  auto* owner = new std::shared_ptr<const void>(bytes.owner);
  at::DataPtr pointer(const_cast<std::uint8_t*>(bytes.data), owner, release, at::kCPU);
  return at::Storage(at::Storage::use_byte_size_t(), bytes.size, std::move(pointer), nullptr, false);
}

}  // namespace

at::ScalarType scalar_type(DType dtype) { return types[static_cast<int>(dtype)]; }

at::Tensor TensorMaker::operator()(const Array& array) {
  auto [place, added] = storages_.try_emplace({array.storage.data, array.storage.size});
  const std::size_t item = item_size(array.dtype);
  if (added) place->second = make_storage(array.storage, item > 8 ? 8 : item);
  const bool aligned = reinterpret_cast<std::uintptr_t>(place->second.data()) % (item > 8 ? 8 : item) == 0;
  const at::Storage& storage = aligned ? place->second : make_storage(array.storage, item);
  at::Tensor tensor = at::empty({0}, at::TensorOptions().dtype(scalar_type(array.dtype)));
  tensor.set_(storage, array.offset, array.shape, array.strides);
  return tensor;
}

Array array_of(const at::Tensor& tensor, const std::string& where) {
  if (tensor.layout() != at::kStrided || tensor.is_quantized() || tensor.is_meta())
    fail(where, ": expected a dense tensor with values, found a ",
         tensor.is_meta()        ? "meta"
         : tensor.is_quantized() ? "quantised"
                                 : "sparse",
         " one");
  int dtype = 0;
  while (dtype < kDTypes && types[dtype] != tensor.scalar_type()) ++dtype;
  if (dtype == kDTypes) fail(where, ": tensors of ", c10::toString(tensor.scalar_type()), " cannot be saved");
  const auto values = std::make_shared<const at::Tensor>(
      tensor.detach().resolve_conj().resolve_neg().to(at::kCPU).contiguous());
  Array array;
  array.dtype = static_cast<DType>(dtype);
  array.shape = values->sizes().vec();
  array.strides = row_major_strides(array.shape);
  array.storage = {static_cast<const std::uint8_t*>(values->const_data_ptr()), values->nbytes(), values};
  return array;
}

}  // namespace brain::io
