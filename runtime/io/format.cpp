#include "io/format.h"

#include <algorithm>
#include <filesystem>

#include "core/atomic_file.h"
#include "core/nearest.h"
#include "io/archive.h"
#include "io/checkpoint.h"
#include "io/cifti.h"
#include "io/csv.h"
#include "io/deflate.h"
#include "io/error.h"
#include "io/freesurfer_surface.h"
#include "io/gifti.h"
#include "io/gifti_write.h"
#include "io/hdf5.h"
#include "io/json.h"
#include "io/matlab.h"
#include "io/matlab_write.h"
#include "io/mgh.h"
#include "io/module_state.h"
#include "io/nifti.h"
#include "io/npy.h"
#include "io/safetensors.h"
#include "io/surface_labels.h"
#include "io/zip.h"

namespace brain::io {
namespace {

struct Extension {
  std::string_view name;
  Format format;
  bool written = false;
};
constexpr Extension extensions[] = {
    {".pt", Format::checkpoint, true}, {".pth", Format::checkpoint, true},
    {".bin", Format::checkpoint},      {".th", Format::checkpoint},
    {".tar", Format::checkpoint},      {".ckpt", Format::checkpoint},
    {".pkl", Format::checkpoint},      {".safetensors", Format::safetensors, true},
    {".npy", Format::npy, true},       {".npz", Format::npz, true},
    {".json", Format::json, true},     {".txt", Format::text, true},
    {".csv", Format::csv, true},       {".tsv", Format::csv, true},
    {".h5", Format::hdf5, true},       {".hdf5", Format::hdf5, true},
    {".nc", Format::hdf5},             {".mat", Format::matlab, true},
    {".jpg", Format::jpeg, true},      {".jpeg", Format::jpeg, true},
    {".png", Format::png, true},       {".tif", Format::tiff},
    {".tiff", Format::tiff},           {".webp", Format::webp},
    {".whl", Format::archive},         {".zip", Format::archive},
    {".nii", Format::nifti, true},     {".nii.gz", Format::nifti, true},
    {".mgh", Format::mgh, true},       {".mgz", Format::mgh, true},
    {".label", Format::label},         {".annot", Format::annot},
    {".ctab", Format::ctab},           {".gii", Format::gifti, true},
    {".white", Format::surface},       {".pial", Format::surface},
    {".inflated", Format::surface},    {".sphere", Format::surface},
    {".curv", Format::vertex_values},  {".sulc", Format::vertex_values},
    {".thickness", Format::vertex_values}};
constexpr Extension of_hemisphere{"", Format::vertex_values};  // lh.area, rh.smoothwm, ...

const Extension& extension_of(const std::string& path, bool written) {
  const std::filesystem::path file(path);
  std::string name = file.extension().native(), all;
  if (name == ".gz") name = file.stem().extension().native() + name;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const Extension& known : extensions) {
    if (written && !known.written) continue;
    if (known.name == name) return known;
    if (known.format == Format::surface || known.format == Format::vertex_values) continue;
    all += (all.empty() ? "" : ", ") + std::string(known.name.substr(1));
  }
  if (!written && (name == ".parquet" || name == ".feather" || name == ".arrow"))
    fail(path, ": ", name.substr(1), " files are not read: export the table as .csv (in pandas: to_csv), or its numbers as .npz");
  if (name == ".fif" || name == ".fif.gz")
    fail(path, ": MNE's .fif files are not read: save epochs.get_data(), epochs.times and epochs.events with h5py (.h5) or NumPy");
  const std::string stem = file.filename().native().substr(0, 3);
  if (!written && (stem == "lh." || stem == "rh.")) return of_hemisphere;
  fail(path, ": expected one of the extensions ", all, ", found ", name.empty() ? "none" : "'" + name + "'");
}

char separator_of(const std::string& path) {
  return path.size() > 4 && path.compare(path.size() - 4, 4, ".tsv") == 0 ? '\t' : ',';
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// What a file is that is no checkpoint, in words, or "".
std::string describe_other(std::string_view content) {
  if (content.empty()) return "it is empty";
  if (starts_with(content, "version https://git-lfs"))
    return "it is a Git LFS pointer: fetch the file itself with git lfs pull";
  const std::size_t start = content.find_first_not_of(" \t\r\n");
  if (start != std::string_view::npos && content[start] == '<')
    return "it is a web page, perhaps an error message of the server";
  if (starts_with(content.substr(std::min<std::size_t>(content.size(), 257)), "ustar"))
    return "it is a tar archive: unpack it first";
  if (starts_with(content, "\x1f\x8b")) return "it is gzip-compressed: unpack it first";
  if (starts_with(content, "PAR1")) return "it is a Parquet file: export the table as .csv (in pandas: to_csv)";
  if (starts_with(content, "CDF")) return "it is a classic NetCDF file: convert it with nccopy -k nc4";
  return "";
}

// HDF5's signature stands at the start, or after 512, 1024, 2048, ... bytes of something else.
bool is_hdf5(std::string_view content) {
  constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  for (std::size_t at = 0; at + signature.size() <= content.size(); at = at ? at * 2 : 512)
    if (content.substr(at, signature.size()) == signature) return true;
  return false;
}

bool holds(const Bytes& content, const std::string& path, std::string_view ending) {
  const ZipReader archive(content, path);
  return std::any_of(archive.entries().begin(), archive.entries().end(),
                     [&](const auto& entry) { return std::string_view(entry.name).ends_with(ending); });
}

bool holds_checkpoint(const Bytes& content, const std::string& path) {
  const ZipReader archive(content, path);
  for (const auto& entry : archive.entries()) {
    if (entry.name.size() >= 4 && entry.name.compare(entry.name.size() - 4, 4, ".npy") == 0) return false;
    if (entry.name.size() >= 8 && entry.name.compare(entry.name.size() - 8, 8, "data.pkl") == 0) return true;
  }
  return true;  // the checkpoint reader says what is missing
}

Format format_of(ImageFormat format) {
  return static_cast<Format>(static_cast<int>(Format::jpeg) + static_cast<int>(format));
}

Value describe_image(const ImageInfo& info) {
  Dict dict;
  dict.put("height", Value(info.height));
  dict.put("width", Value(info.width));
  dict.put("mode", text(info.mode));
  return Value::of(std::move(dict));
}

Bytes encode_image(Format format, const Value& value, const JpegOptions& jpeg, const std::string& path) {
  const auto* pixels = value.as<Array>();
  if (!pixels) fail(path, ": an image is a uint8 tensor [h, w, 3] or [h, w], found a ", value.kind());
  return format == Format::png ? encode_png(*pixels, path) : encode_jpeg(*pixels, jpeg, path);
}

// A map over grayordinates; metadata = {names = a list} names it.
void save_cifti(const std::string& path, const Array& values, const Bytes& like, const SaveOptions& options) {
  if (!path.ends_with(".dscalar.nii")) fail(path, ": maps over grayordinates are written as .dscalar.nii");
  std::vector<std::string> names;
  const auto* dict = options.metadata.as<Dict>();
  const Value* given = dict ? dict->find("names") : nullptr;
  if (const auto* list = given ? sequence(*given) : nullptr)
    for (const Value& name : *list) names.emplace_back(name.as<Text>() ? name.as<Text>()->view() : "");
  write_cifti(path, values, names, like, options.like);
}

void save_volume(const std::string& path, const Value& value, Format format, const SaveOptions& options) {
  const auto* values = value.as<Array>();
  if (!values) fail(path, ": a volume is a tensor, found a ", value.kind());
  if (!options.like.empty()) {
    const File like(options.like);
    if (is_cifti(like.bytes())) return save_cifti(path, *values, like.bytes(), options);
    if (format == Format::nifti) return write_nifti(path, *values, like.bytes(), options.like);
    return write_mgh(path, *values, like.bytes(), options.like);
  }
  const auto* dict = options.metadata.as<Dict>();
  const Value* affine = dict ? dict->find("affine") : nullptr;
  if (format == Format::mgh || !affine || !affine->as<Array>())
    fail(path, ": where the voxels lie is missing: expected like = a ", format_name(format), " file of the same space",
         format == Format::nifti ? ", or metadata = {affine = a 4 x 4 tensor}" : "");
  write_nifti(path, *values, *affine->as<Array>());
}

const Value& entry_of(const Value& value, const std::string& key, const std::string& path) {
  const auto* dict = value.as<Dict>();
  if (!dict) fail(path, ": no entry '", key, "': the file holds a ", value.kind());
  if (const Value* found = dict->find(key)) return *found;
  std::vector<std::string> names;
  for (const auto& [name, item] : dict->items())
    if (name.as<Text>()) names.emplace_back(name.as<Text>()->view());
  const std::string near = nearest(key, names);
  fail(path, ": no entry '", key, "' among ", names.size(),
       near.empty() ? "" : ", did you mean '" + near + "'?");
}

}  // namespace

const char* format_name(Format format) {
  static constexpr const char* names[] = {
      "PyTorch checkpoint", "safetensors", "npy", "npz", "JSON", "text", "HDF5", "CSV", "archive", "MATLAB",
      "NIfTI", "CIFTI", "MGH", "label", "annot", "colour table", "GIFTI",
      "surface", "vertex values", "JPEG", "PNG", "TIFF", "WebP"};
  return names[static_cast<int>(format)];
}

Format detect_format(const std::string& path, const Bytes& content) {
  const Format named = extension_of(path, false).format;
  if (named == Format::text || named == Format::json || named == Format::csv) return named;
  const std::string_view text = content.text();
  if (const auto image = image_format(content)) return format_of(*image);
  if ((named == Format::nifti || named == Format::mgh) && is_gzip(content)) return named;
  if (named == Format::gifti && (starts_with(text, "<?xml") || starts_with(text, "<GIFTI"))) return named;
  if (named == Format::archive && starts_with(text, "PK") && !holds(content, path, "/data.pkl")) return named;
  if (starts_with(text, "PK\x03\x04"))
    return holds_checkpoint(content, path) ? Format::checkpoint : Format::npz;
  if (starts_with(text, "\x93NUMPY")) return Format::npy;
  if (is_hdf5(text)) return Format::hdf5;
  if (is_matlab5(content)) return Format::matlab;
  if (named == Format::nifti && is_cifti(content)) return Format::cifti;
  if (named == Format::surface || named == Format::vertex_values)
    return is_surface_geometry(content) ? Format::surface : Format::vertex_values;
  const std::string other = describe_other(text);
  if (!other.empty()) fail(path, ": not a ", format_name(named), ": ", other);
  if (named == Format::hdf5) fail(path, ": not an HDF5 file: its signature is missing");
  if (named == Format::matlab && !is_matlab4(content)) fail(path, ": not a MATLAB file: expected version 4, 5 to 7, or 7.3");
  if (named >= Format::nifti && named <= Format::gifti) return named;  // their readers say what is wrong
  if (named >= Format::jpeg) fail(path, ": not an image: expected JPEG, PNG, TIFF or WebP");
  if (named != Format::checkpoint) return named;
  const bool pickle = text[0] == '\x80' && text.size() > 1 && text[1] <= 5;
  if (!pickle && text.size() > 9 && text[8] == '{') return Format::safetensors;  // a .bin or .ckpt may be one
  if (!pickle &&
      std::string_view("(]}cI").find(text[0]) == std::string_view::npos)  // pickles without a version
    fail(path, ": not a PyTorch checkpoint: expected a zip archive or a pickle");
  return named;
}

namespace {

Loaded load_content(const std::string& path, const Bytes& content, const LoadOptions& options) {
  Loaded loaded;
  loaded.format = detect_format(path, content);
  bool selected = options.key.empty();
  switch (loaded.format) {
    case Format::checkpoint: {
      loaded.value = read_checkpoint(content, path, options.max_bytes);
      if (!loaded.value.as<Record>()) break;
      Value tensors = module_state(loaded.value);
      if (!tensors.as<Dict>()->items().empty()) loaded.value = std::move(tensors);
      break;
    }
    case Format::safetensors: {
      Safetensors read = read_safetensors(content, path);
      loaded.value = std::move(read.tensors);
      loaded.metadata = std::move(read.metadata);
      break;
    }
    case Format::npy: loaded.value = read_npy(content, path, options.allow_pickle); break;
    case Format::npz:
      loaded.value = read_npz(content, path, options.allow_pickle, options.key, options.max_bytes);
      selected = true;
      break;
    case Format::csv: loaded.value = read_csv(content, path, {separator_of(path), {}, {}}); break;
    case Format::json: loaded.value = parse_json(content.text(), path); break;
    case Format::text: loaded.value = Value::of(Text{content}); break;
    case Format::hdf5: {
      const Hdf5File hdf5(path, {.max_bytes = static_cast<std::int64_t>(options.max_bytes)});
      loaded.value = is_matlab73(content) ? read_matlab73(path, options.key, options.max_bytes) : hdf5.read(options.key);
      if (options.metadata) loaded.metadata = hdf5.all_attributes(options.key);
      selected = true;
      break;
    }
    case Format::matlab:
      loaded.value = read_matlab(content, path, {options.key, options.max_bytes});
      selected = true;
      break;
    case Format::nifti: {
      Nifti nifti = read_nifti(content, path, options.max_bytes);
      loaded.value = Value::of(options.scaled ? nifti.values() : nifti.stored);
      loaded.metadata = std::move(nifti.metadata);
      break;
    }
    case Format::cifti: loaded.value = read_cifti(content, path, options.max_bytes); break;
    case Format::mgh: {
      Mgh mgh = read_mgh(content, path, options.max_bytes);
      loaded.value = Value::of(std::move(mgh.values));
      loaded.metadata = std::move(mgh.metadata);
      break;
    }
    case Format::label: loaded.value = read_label(content, path); break;
    case Format::annot: loaded.value = read_annot(content, path); break;
    case Format::ctab: loaded.value = read_ctab(content, path); break;
    case Format::gifti: loaded.value = read_gifti(content, path, options.max_bytes); break;
    case Format::surface: loaded.value = read_surface_geometry(content, path); break;
    case Format::vertex_values: loaded.value = Value::of(read_vertex_values(content, path)); break;
    case Format::archive: {
      const auto inner = file_in_archive(content, path, options.key, {".pt", ".pth", ".bin", ".th", ".ckpt", ".safetensors"});
      return load_content(path + ":" + inner.name, inner.content, {.allow_pickle = options.allow_pickle});
    }
    case Format::jpeg:
    case Format::png:
    case Format::tiff:
    case Format::webp:
      loaded.metadata = describe_image(read_image_info(content, path));
      loaded.value = Value::of(decode_image(content, path));
      break;
  }
  if (!selected) loaded.value = Value(entry_of(loaded.value, options.key, path));
  return loaded;
}

}  // namespace

Loaded load_file(const std::string& path, const LoadOptions& options) {
  extension_of(path, false);
  const File file(path);
  Loaded loaded = load_content(path, file.bytes(), options);
  file.check();
  return loaded;
}

void save_file(const std::string& path, const Value& value, const SaveOptions& options) {
  const Format format = extension_of(path, true).format;
  const bool hdf5 = format == Format::hdf5;
  const bool volume = format == Format::nifti || format == Format::mgh;
  if (!options.metadata.is_null() && !hdf5 && format != Format::safetensors && format != Format::nifti)
    fail(path, ": metadata and attributes are for safetensors, HDF5 and NIfTI files");
  if (!options.like.empty() && !volume) fail(path, ": like is for NIfTI and MGH files");
  if (options.compress && !hdf5) fail(path, ": compress is for HDF5 files");
  if (options.fixed_texts && !hdf5) fail(path, ": texts is for HDF5 files");
  if (options.allow_pickle && format != Format::npy) fail(path, ": allow_pickle is for npy files");
  if (!options.links.is_null() && !hdf5) fail(path, ": links are for HDF5 files");
  switch (format) {
    case Format::checkpoint: return write_checkpoint(path, value);
    case Format::safetensors: return write_safetensors(path, value, options.metadata);
    case Format::npy: return write_npy(path, value, options.allow_pickle);
    case Format::npz: return write_npz(path, value);
    case Format::json: return write_file_atomically(path, to_json(value));
    case Format::hdf5: return write_hdf5(path, value, {options.compress, options.metadata, options.links, options.fixed_texts});
    case Format::csv: return write_file_atomically(path, to_csv(value, path, separator_of(path)));
    case Format::text: {
      const auto* text = value.as<Text>();
      if (!text) fail(path, ": a text file holds a string, found a ", value.kind());
      return write_file_atomically(path, text->view());
    }
    case Format::nifti:
    case Format::mgh: return save_volume(path, value, format, options);
    case Format::matlab: return write_matlab(path, value);
    case Format::gifti: return write_gifti(path, value);
    case Format::cifti:  // written under the extension of NIfTI
    case Format::archive:
    case Format::label:
    case Format::annot:
    case Format::ctab:
    case Format::surface:
    case Format::vertex_values: break;  // no extension that is written
    case Format::jpeg:
    case Format::png: return write_file_atomically(path, encode_image(format, value, options.jpeg, path).text());
    case Format::tiff:
    case Format::webp: break;  // read only: their extensions are refused above
  }
}

}  // namespace brain::io
