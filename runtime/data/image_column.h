#pragma once
// A column of pictures of a data set: decoded, resized and normalised on demand or ahead of time.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/child.h"
#include "data/image_source.h"
#include "data/image_transform.h"

namespace brain::data {

struct ImageColumnOptions {
  int threads = 0;              // that decode requested batches; 0: as many as there are cores, at most 8
  std::int64_t prefetch = 3;     // requested batches that are worked on or wait decoded; further ones only wait
  std::int64_t cache_bytes = 0;  // for resized pictures (uint8), kept until full, so that later epochs decode nothing
};

// Of one thread's use, but for the loader threads it starts with the first request.
class ImageColumn {
 public:
  // Throws where rows could differ in size: the transform must fix it, or the source have it.
  ImageColumn(ImageSource source, ImageTransform transform, const ImageColumnOptions& options = {});
  ~ImageColumn();  // stops the loader threads after the picture each is at
  ImageColumn(const ImageColumn&) = delete;
  ImageColumn& operator=(const ImageColumn&) = delete;

  std::int64_t size() const { return source_.size(); }
  Size row_size() const { return row_size_; }
  const ImageTransform& transform() const { return transform_; }
  std::int64_t cached() const;  // pictures in the cache

  // float32 [n, 3, h, w] of the pictures named (0-based, any order, also more than once), now, on the compute threads.
  // The error of a picture names it. Can be interrupted.
  at::Tensor rows(const std::vector<std::int64_t>& indices);

  // Begins a batch on the loader threads.
  void request(std::vector<std::int64_t> indices);
  // The oldest batch requested, when it is ready; its first error in the order of its pictures, and the batch is gone.
  // Can be interrupted: the batch then stays the oldest.
  at::Tensor take();
  // Forgets what was requested and not taken.
  void cancel();
  std::int64_t requested() const;

 private:
  struct Batch {
    std::vector<std::int64_t> indices;
    at::Tensor out;  // made when the first picture is begun
    std::size_t next = 0, done = 0;
    std::size_t failed_at = 0;
    std::exception_ptr error;  // of the picture at failed_at, the earliest so far
  };

  void check(const std::vector<std::int64_t>& indices) const;
  at::Tensor make_rows(std::size_t count);
  void fill(std::int64_t index, float* out);
  float* row_of(Batch& batch, std::size_t place);
  void start_threads();
  void work();
  void stop() noexcept;

  ImageSource source_;
  ImageTransform transform_;
  ImageColumnOptions options_;
  Size row_size_;

  mutable std::mutex cache_mutex_;
  std::vector<std::shared_ptr<const std::vector<std::uint8_t>>> cache_;
  std::int64_t cached_ = 0;

  // Of the latest batches: whatever nobody else holds any more is used again, as fresh memory of this size costs a page
  // fault for each 4 KiB, more than the resampling.
  std::mutex memory_mutex_;
  std::deque<c10::Storage> memory_;

  mutable std::mutex mutex_;  // of everything below
  std::condition_variable wanted_, finished_;
  std::deque<std::shared_ptr<Batch>> batches_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
  BeforeFork before_fork_{[this] { stop(); }};
};

}  // namespace brain::data
