// Reads data sets, whole or in part, and attributes.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/interrupt.h"
#include "io/error.h"
#include "io/hdf5_state.h"

namespace brain::io::hdf5 {
namespace {

constexpr std::int64_t kBlock = 64 << 20;  // bytes between two looks at Ctrl-C
constexpr std::size_t kTextBytes = 128;    // of memory for one text beside its content

// Frees the texts and lists that reading leaves behind, when the values have been made.
struct Reclaim {
  const Element& element;
  hid_t space;
  std::uint8_t* bytes;
  bool filled = false;
  ~Reclaim() {
    if (filled && element.holds_pointers()) H5Dvlen_reclaim(element.type, space, H5P_DEFAULT, bytes);
  }
};

struct Buffer {
  explicit Buffer(std::size_t size) : memory(new std::uint8_t[std::max<std::size_t>(size, 1)]), size(size) {}
  std::shared_ptr<std::uint8_t[]> memory;  // not set: every byte is read into
  std::size_t size;
  Bytes bytes() const { return {memory.get(), size, memory}; }
};

Value resolve_reference(const Hdf5State& state, const Element& element, const std::uint8_t* raw) {
  if (element.kind == Element::Kind::object) {
    hobj_ref_t address = 0;
    std::memcpy(&address, raw, sizeof address);
    const std::string* path = address == 0 ? nullptr : state.path_of(address);
    return path ? text(*path) : Value();
  }
  std::uint64_t address = 0;  // of the heap, then of the data set that the object there begins with
  Heap& heap = state.heap();
  if (!heap.address(raw, address)) return {};
  std::string_view region;
  try {
    region = heap.object(raw);
  } catch (const Error& error) {
    fail(state.path, ": ", error.what());
  }
  if (region.size() < heap.address_size()) fail(state.path, ": a region reference of ", region.size(), " bytes");
  if (!heap.address(reinterpret_cast<const std::uint8_t*>(region.data()), address)) return {};
  const std::string* path = state.path_of(address);
  return path ? text(*path) : Value();
}

// A block of the selection: one range of each axis, and where it comes to lie in memory.
struct Block {
  std::vector<hsize_t> start, step, count, place;
};

void read_block(const Block& block, hid_t dataset, const Element& element, const Shape& shape,
                std::uint8_t* memory, const std::string& where) {
  const auto rank = static_cast<int>(shape.size());
  const Handle file_space(check(H5Dget_space(dataset), where, "cannot read"), H5Sclose);
  check(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, block.start.data(), block.step.data(),
                            block.count.data(), nullptr),
        where, "cannot choose the part");
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  const Handle memory_space(check(H5Screate_simple(rank, sizes.data(), nullptr), where, "cannot read"), H5Sclose);
  check(H5Sselect_hyperslab(memory_space, H5S_SELECT_SET, block.place.data(), nullptr, block.count.data(), nullptr),
        where, "cannot choose the part");
  check(H5Dread(dataset, element.type, memory_space, file_space, H5P_DEFAULT, memory), where, "cannot read");
}

// Reads range by range; along the first axis in steps of at most kBlock bytes, whole chunks where possible.
void read_ranges(const Hdf5Selection& selection, hid_t dataset, const Element& element,
                 const Shape& shape, const Shape& chunk, std::uint8_t* memory, const std::string& where) {
  const std::size_t rank = shape.size();
  std::int64_t row = static_cast<std::int64_t>(element.size);
  for (std::size_t d = 1; d < rank; ++d) row *= shape[d];
  std::int64_t rows = std::max<std::int64_t>(1, kBlock / std::max<std::int64_t>(row, 1));
  if (!chunk.empty()) rows = (rows + chunk[0] - 1) / chunk[0] * chunk[0];
  std::vector<std::size_t> which(rank, 0);
  Shape place(rank, 0);
  while (true) {
    Block block;
    for (std::size_t d = 0; d < rank; ++d) {
      const Hdf5Range& range = selection[d][which[d]];
      block.start.push_back(static_cast<hsize_t>(range.start));
      block.step.push_back(static_cast<hsize_t>(range.step));
      block.count.push_back(static_cast<hsize_t>(range.count));
      block.place.push_back(static_cast<hsize_t>(place[d]));
    }
    const Hdf5Range& first = selection[0][which[0]];
    for (std::int64_t done = 0; done < first.count;) {
      const std::int64_t begin = first.start + done * first.step;
      std::int64_t now = rows;
      if (!chunk.empty() && first.step == 1) now -= begin % chunk[0];  // end with a chunk
      now = std::min(now, first.count - done);
      block.start[0] = static_cast<hsize_t>(begin);
      block.count[0] = static_cast<hsize_t>(now);
      block.place[0] = static_cast<hsize_t>(place[0] + done);
      interrupt::check();
      read_block(block, dataset, element, shape, memory, where);
      done += now;
    }
    std::size_t d = rank;
    while (d-- > 0) {
      place[d] += selection[d][which[d]].count;
      if (++which[d] < selection[d].size()) break;
      which[d] = 0;
      place[d] = 0;
    }
    if (d == static_cast<std::size_t>(-1)) return;
  }
}

// The shape of what is chosen; throws unless it lies inside.
Shape chosen_shape(const Hdf5Selection& selection, const Shape& shape, const std::string& where) {
  if (selection.size() != shape.size())
    fail(where, ": expected a choice for each of ", shape.size(), " axes, found ", selection.size());
  Shape chosen;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    std::int64_t total = 0;
    for (const Hdf5Range& range : selection[d]) {
      if (range.count < 0 || range.step < 1 || range.start < 0 ||
          (range.count > 0 && (range.start >= shape[d] || (shape[d] - 1 - range.start) / range.step < range.count - 1)))
        fail(where, ": axis ", d, " has ", shape[d], " elements, asked for ", range.count, " from ", range.start,
             " in steps of ", range.step);
      total += range.count;
    }
    chosen.push_back(total);
  }
  return chosen;
}

Hdf5Selection everything(const Shape& shape) {
  Hdf5Selection selection;
  for (const std::int64_t size : shape) selection.push_back({{0, 1, size}});
  return selection;
}

void take_memory(const Element& element, std::int64_t count, Budget& budget, const std::string& where) {
  budget.take(count, element.size, where);
  if (element.kind != Element::Kind::number && element.kind != Element::Kind::array)
    budget.take(count, kTextBytes, where);
  if (element.kind == Element::Kind::compound) budget.take(count, element.size, where);  // columns are copies
}

}  // namespace

Extent extent_of(hid_t space, const std::string& where) {
  Extent extent;
  const H5S_class_t kind = H5Sget_simple_extent_type(space);
  if (kind == H5S_NO_CLASS) fail_with_reason(where, "cannot read the shape");
  extent.empty = kind == H5S_NULL;
  if (kind != H5S_SIMPLE) return extent;
  hsize_t sizes[H5S_MAX_RANK] = {};
  const int rank = check(H5Sget_simple_extent_dims(space, sizes, nullptr), where, "cannot read the shape");
  for (int d = 0; d < rank; ++d) {
    if (sizes[d] > INT64_MAX) fail(where, ": an axis of ", sizes[d], " elements");
    extent.shape.push_back(static_cast<std::int64_t>(sizes[d]));
  }
  count_elements(extent.shape, where);
  return extent;
}

std::string describe_storage(hid_t dataset, const std::string& where, Shape* chunk) {
  const Handle how(check(H5Dget_create_plist(dataset), where, "cannot read the layout"), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(how);
  if (layout == H5D_VIRTUAL) fail(where, ": a virtual data set, whose data lie in other files: not followed");
  if (layout == H5D_LAYOUT_ERROR) fail_with_reason(where, "cannot read the layout");
  if (layout == H5D_CONTIGUOUS && H5Pget_external_count(how) > 0)
    fail(where, ": its data lie in another file, which is not followed");
  std::string text;
  const int filters = check(H5Pget_nfilters(how), where, "cannot read the layout");
  for (int n = 0; n < filters; ++n) {
    unsigned flags = 0, values[8] = {}, options = 0;
    std::size_t count = 8;
    char name[64] = {};
    const H5Z_filter_t filter = H5Pget_filter2(how, static_cast<unsigned>(n), &flags, &count, values,
                                               sizeof name - 1, name, &options);
    text += n ? ", " : "";
    switch (filter) {
      case H5Z_FILTER_DEFLATE: text += "gzip"; break;
      case H5Z_FILTER_SHUFFLE: text += "shuffle"; break;
      case H5Z_FILTER_FLETCHER32: text += "fletcher32"; break;
      case H5Z_FILTER_SZIP: text += "szip"; break;
      case H5Z_FILTER_NBIT: text += "nbit"; break;
      case H5Z_FILTER_SCALEOFFSET: text += "scale-offset"; break;
      default:
        for (char& c : name)
          if (c && (c < ' ' || c > '~')) c = '?';
        fail(where, ": compressed by the filter ", filter, name[0] ? join_text(" (", name, ")") : "",
             ", which HDF5 itself lacks: write it with gzip instead (h5repack -f GZIP=4)");
    }
    if (filter == H5Z_FILTER_DEFLATE && count > 0) text += join_text(" ", values[0]);
  }
  if (layout == H5D_CHUNKED) {
    hsize_t sizes[H5S_MAX_RANK] = {};
    const int rank = check(H5Pget_chunk(how, H5S_MAX_RANK, sizes), where, "cannot read the layout");
    Shape shape(sizes, sizes + rank);
    text += (text.empty() ? "" : ", ") + ("chunks " + shape_text(shape));
    if (chunk) *chunk = std::move(shape);
  }
  return text;
}

Value read_dataset(const Hdf5State& state, hid_t dataset, const std::string& name,
                   const Hdf5Selection* selection, Budget& budget) {
  const std::string where = state.where(name);
  const ReadingFromHeap from_heap(state.heap(), budget);
  const Handle space(check(H5Dget_space(dataset), where, "cannot read the shape"), H5Sclose);
  const Extent extent = extent_of(space, where);
  const Handle file_type(check(H5Dget_type(dataset), where, "cannot read the type"), H5Tclose);
  const Element element = describe_type(file_type, where);
  Shape chunk;
  describe_storage(dataset, where, &chunk);
  if (extent.empty) return {};
  Hdf5Selection chosen = selection ? *selection : everything(extent.shape);
  const Shape shape = chosen_shape(chosen, extent.shape, where);
  const std::int64_t count = count_elements(shape, where);
  for (auto& ranges : chosen) std::erase_if(ranges, [](const Hdf5Range& range) { return range.count == 0; });
  if (!chunk.empty()) {  // the library holds a chunk while it reads
    Budget one = budget;
    one.take(count_elements(chunk, where), H5Tget_size(file_type), where + ": a chunk");
  }
  take_memory(element, count, budget, where);
  const Buffer buffer(static_cast<std::size_t>(count) * element.size);
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  const Handle memory_space(shape.empty() ? H5Screate(H5S_SCALAR)
                                          : H5Screate_simple(static_cast<int>(shape.size()), sizes.data(), nullptr),
                            H5Sclose);
  if (element.holds_pointers()) std::memset(buffer.memory.get(), 0, buffer.size);
  Reclaim reclaim{element, memory_space, buffer.memory.get()};
  reclaim.filled = true;
  if (shape.empty())
    check(H5Dread(dataset, element.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer.memory.get()), where,
          "cannot read");
  else if (count > 0)
    read_ranges(chosen, dataset, element, shape, chunk, buffer.memory.get(), where);
  const auto resolve = [&](const Element& kind, const std::uint8_t* raw) {
    return resolve_reference(state, kind, raw);
  };
  return make_value(element, buffer.bytes(), shape, resolve, where);
}

Value read_attributes(const Hdf5State& state, hid_t object, const std::string& name, Budget& budget) {
  Dict attributes;
  const ReadingFromHeap from_heap(state.heap(), budget);
  const H5O_info_t info = object_info(object, state.where(name));
  for (hsize_t n = 0; n < info.num_attrs; ++n) {
    const Handle attribute(check(H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, n, H5P_DEFAULT, H5P_DEFAULT),
                                 state.where(name), "cannot open an attribute"),
                           H5Aclose);
    char title[1024] = {};
    check(H5Aget_name(attribute, sizeof title, title), state.where(name), "cannot open an attribute");
    const std::string where = state.where(name) + "@" + title;
    const Handle space(check(H5Aget_space(attribute), where, "cannot read the shape"), H5Sclose);
    const Extent extent = extent_of(space, where);
    if (extent.empty) {
      attributes.put(title, Value());
      continue;
    }
    const Handle file_type(check(H5Aget_type(attribute), where, "cannot read the type"), H5Tclose);
    const Element element = describe_type(file_type, where);
    const std::int64_t count = count_elements(extent.shape, where);
    take_memory(element, count, budget, where);
    const Buffer buffer(static_cast<std::size_t>(count) * element.size);
    std::memset(buffer.memory.get(), 0, buffer.size);
    Reclaim reclaim{element, space, buffer.memory.get()};
    reclaim.filled = count > 0;
    if (count > 0) check(H5Aread(attribute, element.type, buffer.memory.get()), where, "cannot read");
    attributes.put(title, make_value(element, buffer.bytes(), extent.shape,
                                     [&](const Element& kind, const std::uint8_t* raw) {
                                       return resolve_reference(state, kind, raw);
                                     },
                                     where));
  }
  return Value::of(std::move(attributes));
}

}  // namespace brain::io::hdf5
