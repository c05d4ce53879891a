#include "io/format.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "io/checkpoint.h"
#include "io_expect.h"
#include "scratch.h"

using namespace brain::io;
using Catch::Contains;

namespace {

const std::string golden = "data/golden_models/";

// "" when the file behaves as `expect` says (ok, error, error_or_ok, ...), else what went wrong.
std::string behaviour(const std::string& path, const std::string& expect, const Value* content,
                      bool allow_pickle) {
  try {
    const Loaded loaded = load_file(path, {"", allow_pickle});
    if (expect == "error") return "loads, and should be an error";
    return content ? expect::difference(*content, loaded.value) : "";
  } catch (const brain::Error& error) {
    const std::string message = error.what();
    if (message.find('\n') != std::string::npos) return "an error of several lines: " + message;
    if (message.compare(0, path.size(), path) != 0) return "an error that does not name the file: " + message;
    return expect == "ok" ? message : "";
  }
}

int check_folder(const std::string& folder, const std::vector<std::string>& skipped) {
  const std::string root = shared_path(golden + folder);
  int count = 0;
  if (root.empty()) return -1;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    const std::string note = entry.path().native();
    if (note.size() < 12 || note.compare(note.size() - 12, 12, ".expect.json") != 0) continue;
    const std::string path = note.substr(0, note.size() - 12);
    if (std::find(skipped.begin(), skipped.end(), std::filesystem::path(path).extension()) != skipped.end())
      continue;
    const Value description = parse_json(read_text(note), note);
    INFO(path);
    CHECK(behaviour(path, expect::word(description, "expect"), description.as<Dict>()->find("content"),
                    true) == "");
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("golden checkpoints, safetensors and NumPy files load as described") {
  const int checkpoints = check_folder("checkpoints", {});
  const int safetensors = check_folder("safetensors", {});
#ifdef BRAIN_ZLIB
  const int numpy = check_folder("npy_mat", {".mat"});
  if (numpy >= 0) CHECK(numpy == 36);
#else
  check_folder("npy_mat", {".mat", ".npz"});
#endif
  if (checkpoints >= 0) CHECK(checkpoints == 30);
  if (safetensors >= 0) CHECK(safetensors == 3);
}

TEST_CASE("hostile files are errors of one line") {
  const std::string root = shared_path(golden + "hostile");
  if (root.empty()) return;
  const Value list = parse_json(read_text(root + "/expect.json"), "expect.json");
  int count = 0;
  for (const Value& item : *sequence(*list.as<Dict>()->find("files"))) {
    const std::string file = expect::word(item, "file");
    INFO(file << ": " << expect::word(item, "why"));
    for (const bool allow_pickle : {false, true})
      CHECK(behaviour(root + "/" + file, expect::word(item, "expect"), nullptr, allow_pickle) == "");
    ++count;
  }
  CHECK(count >= 52);
}

TEST_CASE("TorchScript archives and whole modules give their tensors by name") {
  const std::string root = shared_path(golden);
  if (root.empty()) return;
  const Value note = parse_json(read_text(root + "torchscript/scripted_control.pt.expect.json"), "note");
  const Loaded loaded = load_file(root + "torchscript/scripted_control.pt");
  const auto& state = loaded.value.as<Dict>()->items();
  const auto& wanted = *sequence(*note.as<Dict>()->find("state_dict"));
  REQUIRE(state.size() == wanted.size());
  for (std::size_t i = 0; i < state.size(); ++i)
    CHECK(state[i].first.as<Text>()->view() == (*sequence(wanted[i]))[0].as<Text>()->view());
  CHECK(load_file(root + "torchscript/traced_mobilenet_v2_w025.pt").value.as<Dict>()->items().size() == 314);
  const Loaded clip =
      load_file(root + "torchscript/openai_style_tiny_fp16.pt", {"positional_embedding", false});
  CHECK(clip.value.as<Array>());
  CHECK(load_file(root + "checkpoints/whole_module.pth").value.as<Dict>()->items().size() == 2);
}

TEST_CASE("published weights load") {
  const std::string root = shared_path("data/weights/");
  if (root.empty()) return;
  const Loaded original = load_file(root + "resnet20-12fca82f.th", {"state_dict", false});
  const Loaded converted = load_file(root + "resnet20_cifar10.safetensors");
  int compared = 0;
  for (const auto& [key, value] : converted.value.as<Dict>()->items()) {
    const Value* other = original.value.as<Dict>()->find("module." + std::string(key.as<Text>()->view()));
    if (!other) continue;
    INFO(key_text(key));
    CHECK(other->as<Array>()->packed().text() == value.as<Array>()->packed().text());
    ++compared;
  }
  CHECK(compared > 60);
  std::int64_t parameters = 0;
  const Loaded squeezenet = load_file(root + "squeezenet1_0_deepcomp_imagenet.safetensors");
  for (const auto& [key, value] : squeezenet.value.as<Dict>()->items())
    parameters += value.as<Array>()->elements();
  CHECK(parameters == 1248424);
}

TEST_CASE("content counts more than the extension, and wrong content is named") {
  Scratch scratch;
  Dict dict;
  dict.put("x", Value(std::int64_t{5}));
  write_checkpoint(scratch.path("a.pt"), Value::of(dict));
  std::filesystem::copy_file(scratch.path("a.pt"), scratch.path("b.safetensors"));
  CHECK(load_file(scratch.path("b.safetensors")).format == Format::checkpoint);
  write_text(scratch.path("page.pth"), "<!DOCTYPE html><html>404</html>");
  CHECK_THROWS_WITH(load_file(scratch.path("page.pth")), Contains("web page"));
  write_text(scratch.path("words.bin"), "no checkpoint at all");
  CHECK_THROWS_WITH(load_file(scratch.path("words.bin")), Contains("expected a zip archive or a pickle"));
  CHECK_THROWS_WITH(load_file(scratch.path("a.docx")),
                    Contains("expected one of the extensions pt, pth, bin"));
  CHECK_THROWS_WITH(load_file(scratch.path("none.pt")), Contains("cannot open: No such file"));
  CHECK_THROWS_WITH(load_file(scratch.path("a.pt"), {"y", false}), Contains("no entry 'y' among 1"));
  CHECK_THROWS_WITH(save_file(scratch.path("a.bin"), Value()),
                    Contains("expected one of the extensions pt, pth, safetensors"));
  save_file(scratch.path("t.txt"), text("words"));
  write_text(scratch.path("t.csv"), "t,n\n\"a,b\",3\n");
  CHECK(load_file(scratch.path("t.txt")).value.as<Text>()->view() == "words");
  const Value table = load_file(scratch.path("t.csv")).value;
  CHECK(table.as<Dict>()->find("n")->as<Array>()->dtype == DType::int64);
  save_file(scratch.path("t.tsv"), table);
  CHECK(read_text(scratch.path("t.tsv")) == "t\tn\na,b\t3\n");
  save_file(scratch.path("j.json"), Value::of(dict));
  CHECK(*load_file(scratch.path("j.json"), {"x", false}).value.integer() == 5);
}

TEST_CASE("damaged files give a value or an error, never a crash") {
  Scratch scratch;
  std::vector<std::pair<std::string, std::string>> corpus;
  for (const auto& entry : std::filesystem::directory_iterator("tests/data/checkpoints"))
    corpus.emplace_back(entry.path().filename().native(), read_text(entry.path()));
  std::sort(corpus.begin(), corpus.end());
  std::uint64_t state = 20240607;
  const auto draw = [&](std::size_t below) {  // Knuth's linear congruential generator
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>((state >> 33) % below);
  };
  int loaded = 0, refused = 0;
  for (int round = 0; round < 2000; ++round) {
    auto [name, content] = corpus[draw(corpus.size())];
    if (draw(8) == 0) content.resize(draw(content.size()));
    for (std::size_t flips = draw(4) + 1; flips-- > 0 && !content.empty();)
      content[draw(content.size())] = static_cast<char>(draw(3) == 0 ? 0xff : draw(256));
    const std::string path = scratch.path(name);
    write_text(path, content);
    try {
      const Loaded file = load_file(path, {"", true});
      check_nesting(file.value, path);
      ++loaded;
    } catch (const brain::Error& error) {
      INFO(name << ", round " << round);
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
      ++refused;
    }
  }
  CHECK(loaded > 200);
  CHECK(refused > 200);
}
