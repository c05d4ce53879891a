#include "tests/fuzz/readers.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <unistd.h>

#include "core/error.h"
#include "io/archive.h"
#include "io/checkpoint.h"
#include "io/cifti.h"
#include "io/csv.h"
#include "io/deflate.h"
#include "io/freesurfer_surface.h"
#include "io/gifti.h"
#include "io/hdf5.h"
#include "io/image.h"
#include "io/json.h"
#include "io/matlab.h"
#include "io/mgh.h"
#include "io/module_state.h"
#include "io/nifti.h"
#include "io/npy.h"
#include "io/numpy_type.h"
#include "io/pickle.h"
#include "io/safetensors.h"
#include "io/surface_labels.h"

namespace fuzz {
namespace {

using namespace brain::io;

constexpr std::uint64_t kMaxBytes = 64 << 20;

// Touches every array, so that one that reaches outside its storage is seen.
void touch(const Value& value) {
  for (const Node* node : check_nesting(value, "value")) {
    const auto* array = std::get_if<Array>(&node->content);
    if (!array) continue;
    array->check("array");
    if (array->elements() > 1 << 20) continue;
    const Bytes packed = array->packed();
    std::uint8_t sum = 0;
    for (std::size_t i = 0; i < packed.size; ++i) sum = static_cast<std::uint8_t>(sum + packed.data[i]);
    [[maybe_unused]] volatile std::uint8_t kept = sum;
  }
}

// In memory where the system has a place for that.
std::string name_for(int process) {
  const bool shared = std::filesystem::is_directory("/dev/shm");
  return (shared ? "/dev/shm" : std::filesystem::temp_directory_path().native()) + "/brain_fuzz_" + std::to_string(process);
}

// HDF5 opens files by name.
class NamedFile {
 public:
  explicit NamedFile(const Bytes& content) : path_(name_for(getpid())) {
    std::ofstream(path_, std::ios::binary) << content.text();
  }
  ~NamedFile() { std::filesystem::remove(path_); }
  NamedFile(const NamedFile&) = delete;
  NamedFile& operator=(const NamedFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Messages begin with the path; the caller knows another name.
template <class Read>
void by_path(const Bytes& content, const std::string& name, Read&& read) {
  const NamedFile file(content);
  const std::string& path = file.path();
  try {
    read(path);
  } catch (const brain::Error& error) {
    const std::string message = error.what();
    brain::fail(message.compare(0, path.size(), path) == 0 ? name + message.substr(path.size()) : message);
  }
}

void read_hdf5(const Bytes& content, const std::string& name) {
  by_path(content, name, [](const std::string& path) {
    const Hdf5File file(path, {.max_bytes = kMaxBytes, .max_objects = 10'000});
    file.list();
    touch(file.read());
    file.all_attributes();
  });
}

void read_image(const Bytes& content, const std::string& name) {
  if (const ImageInfo info = read_image_info(content, name); info.height * info.width > 1 << 22)
    brain::fail(name, ": larger than this test takes");
  decode_image(content, name);
}

const Reader all[] = {
    {"npy", [](const Bytes& b, const std::string& n) { touch(read_npy(b, n, true)); }, {"checkpoints/*.npy"}},
    {"npz", [](const Bytes& b, const std::string& n) { touch(read_npz(b, n, true, "", kMaxBytes)); }, {"checkpoints/*.npz"}},
    {"numpy_type", [](const Bytes& b, const std::string& n) { numpy_type(b.text(), n); }, {}},
    {"safetensors", [](const Bytes& b, const std::string& n) { touch(read_safetensors(b, n).tensors); },
     {"checkpoints/*.safetensors"}},
    {"pickle", [](const Bytes& b, const std::string& n) { touch(read_pickle(b, n)); }, {"peers/*.pkl"}},
    {"checkpoint",
     [](const Bytes& b, const std::string& n) {
       const Value value = read_checkpoint(b, n, kMaxBytes);
       touch(value);
       module_state(value);
     },
     {"checkpoints/*.pth", "checkpoints/*.pt"}},
    {"archive", [](const Bytes& b, const std::string& n) { file_in_archive(b, n, "", {".pkl"}); },
     {"checkpoints/*.npz", "checkpoints/protocol4.pth", "checkpoints/training.pth"}},
    {"deflate",
     [](const Bytes& b, const std::string& n) {
       if (is_gzip(b)) gunzip(b, n, kMaxBytes);
       else inflate_zlib(b, n, kMaxBytes);
     },
     {"volumes/*.gz", "volumes/*.mgz"}},
    {"hdf5", read_hdf5, {"hdf5/*.h5"}},
    {"matlab", [](const Bytes& b, const std::string& n) { touch(read_matlab(b, n, {"", kMaxBytes})); },
     {"mat/*.mat", "peers/*.mat"}},
    {"matlab73",
     [](const Bytes& b, const std::string& n) {
       by_path(b, n, [](const std::string& path) { touch(read_matlab73(path, "", kMaxBytes)); });
     },
     {"hdf5/target.h5", "mat/version73.mat"}},
    {"nifti", [](const Bytes& b, const std::string& n) { read_nifti(b, n, kMaxBytes).values(); },
     {"volumes/*.nii", "volumes/*.nii.gz"}},
    {"mgh", [](const Bytes& b, const std::string& n) { touch(Value::of(read_mgh(b, n, kMaxBytes).values)); },
     {"volumes/*.mgh", "volumes/*.mgz"}},
    {"gifti", [](const Bytes& b, const std::string& n) { touch(read_gifti(b, n, kMaxBytes)); }, {"volumes/*.gii"}},
    {"cifti", [](const Bytes& b, const std::string& n) { touch(read_cifti(b, n, kMaxBytes)); }, {"volumes/*.dscalar.nii",
     "volumes/*.dlabel.nii", "volumes/*.dtseries.nii"}},
    {"surface", [](const Bytes& b, const std::string& n) { touch(read_surface_geometry(b, n)); }, {"volumes/lh.white"}},
    {"vertex_values", [](const Bytes& b, const std::string& n) { touch(Value::of(read_vertex_values(b, n))); },
     {"volumes/lh.thickness", "volumes/rh.curv"}},
    {"label", [](const Bytes& b, const std::string& n) { touch(read_label(b, n)); }, {"volumes/*.label"}},
    {"annot", [](const Bytes& b, const std::string& n) { touch(read_annot(b, n)); }, {"volumes/*.annot"}},
    {"ctab", [](const Bytes& b, const std::string& n) { touch(read_ctab(b, n)); }, {"volumes/*.ctab"}},
    {"csv", [](const Bytes& b, const std::string& n) { touch(read_csv(b, n)); }, {"images/expected.tsv"}},
    {"json", [](const Bytes& b, const std::string& n) { touch(parse_json(b.text(), n)); }, {"volumes/expected.json"}},
    {"jpeg", read_image, {"images/*.jpg"}},
    {"png", read_image, {"images/*.png"}},
    {"tiff", read_image, {"images/*.tif"}},
    {"webp", read_image, {"images/*.webp"}},
};

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Value numbers(std::int64_t count) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count) * 4);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 37);
  return Value::of(Array{DType::float32, {count / 2, 2}, {2, 1}, 0, Bytes::from(std::move(bytes))});
}

Value list(std::vector<Value> items) { return Value::of(List{std::move(items)}); }

// What no file of tests/data shows: our own HDF5 with everything a tree may hold, and small texts.
std::vector<std::string> made(const std::string& name) {
  if (name == "numpy_type") return {"<f8", ">i2", "|S3", "<U5", "|O", "|b1", "<c16", "<M8[ns]", "<f16", "<\nR\rs]"};
  if (name == "npy") return {std::string("\x93NUMPY\x01\x00\x0b\x00{'a\r\nb': 1}", 21)};  // a message of two lines
  if (name == "annot")  // a table of the form -2^31
    return {std::string("\0\0\0\1\0\0\0\0\0\x19\x05\x19\0\0\0\1\x80\0\0\0", 20)};
  if (name == "csv")
    return {"a,b,c\n1,2.5,x\n2,NA,\"y \"\"z\"\"\n\"\n", "\xef\xbb\xbfn;m\n007,true\r\n\r\n1e400,false\n", "x\n\n", "a,a\n1,2\n", std::string(5000, 'a') + "\n1\n"};
  if (name == "json")
    return {"{\"a\": [1, -2.5e3, true, null, \"\\u00e9\\ud83d\\ude00\"], \"b\": {}}", "[[[[[]]]], 9223372036854775808, 1e400]"};
  if (name == "pickle")
    return {std::string("\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01"
                        "a\x94K\x01s.", 22),
            "(dp0\nS'a'\np1\n(lp2\nI1\naF2.5\nasL5L\nI00\ns.", "\x80\x02}}K\x01s."};  // the last: a dict as key
  if (name != "hdf5" && name != "matlab73") return {};
  Dict tree, group, notes, root, matlab;
  group.put("name", text("na\xc3\xafve"));
  group.put("words", list({text("a"), text("bcd")}));
  group.put("n", Value(0.5));
  group.put("none", Value());
  tree.put("group", Value::of(std::move(group)));
  tree.put("x", numbers(4096));
  tree.put("flag", Value(true));
  root.put("version", Value(std::int64_t{3}));
  matlab.put("MATLAB_class", text("single"));
  notes.put("/", Value::of(std::move(root)));
  notes.put("x", Value::of(std::move(matlab)));
  const std::string path = std::filesystem::temp_directory_path() / ("brain_fuzz_" + std::to_string(getpid()) + ".h5");
  std::vector<std::string> contents;
  for (const int compress : {0, 4}) {
    write_hdf5(path, Value::of(tree), {compress, Value::of(notes), {}, compress > 0});
    contents.push_back(content_of(path));
  }
  std::filesystem::remove(path);
  return contents;
}

}  // namespace

std::span<const Reader> readers() { return all; }

const Reader* find_reader(const std::string& name) {
  const auto found = std::find_if(std::begin(all), std::end(all), [&](const Reader& reader) { return name == reader.name; });
  return found == std::end(all) ? nullptr : found;
}

std::vector<std::string> seeds(const Reader& reader) {
  namespace fs = std::filesystem;
  std::vector<fs::path> paths;
  for (const std::string file : reader.files) {
    const std::size_t star = file.find('*');
    if (star == std::string::npos) paths.push_back("tests/data/" + file);
    else
      for (const auto& entry : fs::directory_iterator("tests/data/" + file.substr(0, star)))
        if (entry.path().native().ends_with(file.substr(star + 1))) paths.push_back(entry.path());
  }
  if (const fs::path kept = fs::path("tests/fuzz/regressions") / reader.name; fs::is_directory(kept))
    for (const auto& entry : fs::directory_iterator(kept)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> contents;
  for (const fs::path& path : paths) contents.push_back(content_of(path));
  try {
    for (std::string& content : made(reader.name)) contents.push_back(std::move(content));
  } catch (const brain::Error&) {  // a build without HDF5
  }
  return contents;
}

void remove_left(int process) { std::filesystem::remove(name_for(process)); }

bool run(const Reader& reader, const void* data, std::size_t size) {
  const auto* first = static_cast<const std::uint8_t*>(data);
  const Bytes content = Bytes::from(std::vector<std::uint8_t>(first, first + size));
  try {
    reader.read(content, "FILE");
    return true;
  } catch (const brain::Error& error) {
    const std::string message = error.what();
    if (message.compare(0, 4, "FILE") == 0 && message.find_first_of("\n\r") == std::string::npos) return false;
    std::cerr << reader.name << ": expected one line that begins with FILE, found: " << message << '\n';
    std::abort();
  }
}

}  // namespace fuzz
