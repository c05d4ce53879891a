#pragma once
// The global heap, where texts and lists of any length lie. The library's own reading of it trusts the file: a
// damaged reference crashes or hangs the process (seen with 1.10.8). Here every reference and every size is checked.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/hdf5_handle.h"
#include "io/value.h"

namespace brain::io::hdf5 {

class Budget;

class Heap {
 public:
  Heap(const std::string& path, hid_t file);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // An object of the collection at an address. Throws brain::Error (without the file's name) when there is none.
  std::string_view object(std::uint64_t address, std::uint32_t index);
  // As above, from a reference as it lies in the file: address and index.
  std::string_view object(const std::uint8_t* reference);
  // Bytes of an address in this file, and the address there; false for the "undefined" one.
  std::size_t address_size() const { return address_size_; }
  bool address(const std::uint8_t* bytes, std::uint64_t& value) const;

 private:
  struct Collection {
    std::vector<std::uint8_t> bytes;
    std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> objects;  // index: offset, size
  };
  const Collection& collection(std::uint64_t address);
  std::vector<std::uint8_t> read(std::uint64_t address, std::uint64_t size) const;

  int descriptor_ = -1;
  std::uint64_t base_ = 0, file_size_ = 0;
  std::size_t address_size_ = 8, length_size_ = 8;
  std::map<std::uint64_t, Collection> collections_;
  std::size_t held_ = 0;
};

// While one lives, the library takes texts and lists from this heap; their memory is malloc'ed (H5Dvlen_reclaim frees
// it) and held against the budget. One must live wherever it may read them: data, attributes, also values for filling.
class ReadingFromHeap {
 public:
  ReadingFromHeap(Heap& heap, Budget& budget);
  ~ReadingFromHeap();
  ReadingFromHeap(const ReadingFromHeap&) = delete;
  ReadingFromHeap& operator=(const ReadingFromHeap&) = delete;

  Heap& heap;
  Budget& budget;

 private:
  ReadingFromHeap* outer_;
};

}  // namespace brain::io::hdf5
