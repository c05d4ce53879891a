#include "io/tensor.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;

namespace {

Array array(DType dtype, Shape shape, std::int64_t offset, Bytes storage) {
  Shape strides = row_major_strides(shape);
  return {dtype, std::move(shape), std::move(strides), offset, std::move(storage)};
}

}  // namespace

TEST_CASE("every dtype has its tensor and comes back") {
  TensorMaker make;
  for (int i = 0; i < kDTypes; ++i) {
    const auto dtype = static_cast<DType>(i);
    const Bytes bytes = Bytes::from(std::string(2 * item_size(dtype), '\1'));
    const at::Tensor tensor = make(array(dtype, {2}, 0, bytes));
    CHECK(tensor.element_size() == static_cast<std::int64_t>(item_size(dtype)));
    const Array back = array_of(tensor, "x");
    CHECK(back.dtype == dtype);
    CHECK(back.packed().text() == bytes.text());
  }
}

TEST_CASE("tensors use the array's memory, keep it alive and share storages") {
  at::Tensor whole, part;
  const void* place = nullptr;
  {
    TensorMaker make;
    const Bytes bytes = Bytes::from(std::vector<std::uint8_t>(64, 0));
    place = bytes.data;
    whole = make(array(DType::float32, {4, 4}, 0, bytes));
    part = make(array(DType::float32, {2}, 14, bytes));
  }
  CHECK(whole.data_ptr() == place);
  CHECK(whole.storage().is_alias_of(part.storage()));
  whole.fill_(3);
  CHECK(part[1].item<float>() == 3);
}

TEST_CASE("memory that is not aligned is copied, once for each storage") {
  const Bytes bytes = Bytes::from(std::vector<std::uint8_t>(33, 0)).slice(1, 32);
  TensorMaker make;
  const at::Tensor a = make(array(DType::float64, {4}, 0, bytes)),
                   b = make(array(DType::float64, {2}, 2, bytes));
  CHECK(a.data_ptr() != bytes.data);
  a.fill_(2);
  CHECK(b[0].item<double>() == 2);
  CHECK(make(array(DType::float32, {0, 3}, 0, Bytes())).sizes() == at::IntArrayRef({0, 3}));
}

TEST_CASE("tensors of any strides become packed arrays; those without values are refused") {
  const at::Tensor t = at::arange(6, at::kInt).view({2, 3}).t();
  const Bytes bytes = array_of(t, "x").packed();
  CHECK(reinterpret_cast<const std::int32_t*>(bytes.data)[1] == 3);
  CHECK_THROWS_WITH(array_of(at::empty({2}, at::kMeta), "x"),
                    Contains("x: expected a dense tensor") && Contains("meta"));
  CHECK_THROWS_WITH(array_of(at::eye(2).to_sparse(), "x"), Contains("sparse"));
}
