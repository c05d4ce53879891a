#include "data/image_column.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/memory.h"
#include "io/image.h"

namespace brain::data {

ImageColumn::ImageColumn(ImageSource source, ImageTransform transform, const ImageColumnOptions& options)
    : source_(std::move(source)), transform_(std::move(transform)), options_(options) {
  if (options.threads < 0 || options.threads > 256)
    fail("image_column: threads: expected 1 to 256, got ", options.threads);
  if (options.prefetch < 1) fail("image_column: prefetch: expected at least 1, got ", options.prefetch);
  if (options.cache_bytes < 0) fail("image_column: cache: expected bytes of at least 0, got ", options.cache_bytes);
  if (options_.threads == 0) options_.threads = std::min(available_cores(), 8);
  const auto fixed = transform_.fixed_size();
  const Size common = source_.common_size();
  if (!fixed && common.height == 0)
    fail("image_column: pictures of different sizes do not make a batch: give the transform crop, or resize = {h, w}");
  row_size_ = fixed ? *fixed : transform_.output_size(common);
  io::check_image_size(row_size_.height, row_size_.width, "image_column: row");
  if (options.cache_bytes > 0) cache_.resize(static_cast<std::size_t>(source_.size()));
}

ImageColumn::~ImageColumn() { stop(); }

void ImageColumn::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wanted_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

std::int64_t ImageColumn::cached() const {
  const std::lock_guard lock(cache_mutex_);
  return cached_;
}

void ImageColumn::check(const std::vector<std::int64_t>& indices) const {
  for (const std::int64_t index : indices)
    if (index < 0 || index >= size())
      fail("image_column: index ", index, " is outside a column of ", size(), " pictures (0-based)");
}

at::Tensor ImageColumn::make_rows(std::size_t count) {
  const std::vector<std::int64_t> sizes{static_cast<std::int64_t>(count), 3, row_size_.height, row_size_.width};
  const std::lock_guard lock(memory_mutex_);
  const auto bytes = static_cast<std::size_t>(c10::multiply_integers(sizes)) * sizeof(float);
  for (const auto& storage : memory_)
    if (storage.use_count() == 1 && storage.nbytes() == bytes)
      return at::empty({0}, at::kFloat).set_(storage, 0, sizes, io::row_major_strides(sizes));
  at::Tensor rows = at::empty(sizes, at::kFloat);
  if (memory_.size() == static_cast<std::size_t>(options_.prefetch) + 2) memory_.pop_front();
  memory_.push_back(rows.storage());
  return rows;
}

void ImageColumn::fill(std::int64_t index, float* out) {
  const auto place = static_cast<std::size_t>(index);
  if (!cache_.empty()) {
    std::shared_ptr<const std::vector<std::uint8_t>> known;
    {
      const std::lock_guard lock(cache_mutex_);
      known = cache_[place];
    }
    if (known) return transform_.normalise(known->data(), row_size_, out);
  }
  const OwnedPicture loaded = source_.load(index);
  auto pixels = transform_.geometry(loaded.picture);
  transform_.normalise(pixels.data(), row_size_, out);
  if (cache_.empty()) return;
  const auto bytes = static_cast<std::int64_t>(pixels.size());
  const std::lock_guard lock(cache_mutex_);
  if (cache_[place] || (cached_ + 1) * bytes > options_.cache_bytes) return;
  cache_[place] = std::make_shared<const std::vector<std::uint8_t>>(std::move(pixels));
  ++cached_;
}

at::Tensor ImageColumn::rows(const std::vector<std::int64_t>& indices) {
  check(indices);
  at::Tensor out = make_rows(indices.size());
  if (indices.empty()) return out;
  auto* data = out.mutable_data_ptr<float>();
  const std::int64_t row = out.stride(0);
  std::atomic<bool> stopped{false};  // one error is enough
  at::parallel_for(0, out.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end && !stopped; ++i) {
      try {
        interrupt::check();
        fill(indices[static_cast<std::size_t>(i)], data + i * row);
      } catch (...) {
        stopped = true;
        throw;
      }
    }
  });
  return out;
}

void ImageColumn::request(std::vector<std::int64_t> indices) {
  check(indices);
  const auto batch = std::make_shared<Batch>();
  batch->failed_at = indices.size();
  batch->indices = std::move(indices);
  {
    const std::lock_guard lock(mutex_);
    batches_.push_back(batch);
  }
  if (threads_.empty()) start_threads();
  else wanted_.notify_all();
}

void ImageColumn::start_threads() {
  stopping_ = false;
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

// One picture at a time, of the oldest batch that has some left, so that all threads hurry the batch awaited next.
void ImageColumn::work() {
  for (;;) {
    std::shared_ptr<Batch> batch;
    std::size_t place = 0;
    {
      std::unique_lock lock(mutex_);
      wanted_.wait(lock, [&] {
        const auto end = batches_.begin() + std::min(options_.prefetch, static_cast<std::int64_t>(batches_.size()));
        const auto open = std::find_if(batches_.begin(), end, [](const auto& b) { return b->next < b->indices.size(); });
        batch = open == end ? nullptr : *open;
        return stopping_ || batch;
      });
      if (stopping_) return;
      place = batch->next++;
    }
    std::exception_ptr error;
    try {
      fill(batch->indices[place], row_of(*batch, place));
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    if (error && place < batch->failed_at) {
      batch->failed_at = place;
      batch->error = error;
    }
    if (++batch->done == batch->indices.size()) finished_.notify_all();
  }
}

float* ImageColumn::row_of(Batch& batch, std::size_t place) {
  const std::lock_guard lock(mutex_);
  if (!batch.out.defined()) batch.out = make_rows(batch.indices.size());
  return batch.out.mutable_data_ptr<float>() + static_cast<std::int64_t>(place) * batch.out.stride(0);
}

at::Tensor ImageColumn::take() {
  if (threads_.empty() && requested() > 0) start_threads();  // a fork has stopped them
  std::unique_lock lock(mutex_);
  if (batches_.empty()) fail("image_column: take: nothing was requested");
  const std::shared_ptr<Batch> batch = batches_.front();
  const auto ready = [&] { return batch->done == batch->indices.size(); };
  while (!finished_.wait_for(lock, std::chrono::milliseconds(50), ready)) interrupt::check();
  batches_.pop_front();
  lock.unlock();
  wanted_.notify_all();  // the next batch waiting may begin
  if (batch->error) std::rethrow_exception(batch->error);
  return batch->out.defined() ? batch->out : make_rows(0);
}

void ImageColumn::cancel() {
  const std::lock_guard lock(mutex_);
  batches_.clear();
}

std::int64_t ImageColumn::requested() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(batches_.size());
}

}  // namespace brain::data
