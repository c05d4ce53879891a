#!/bin/sh
# scripts/rsa92.lua on the smallest of the networks, where the shared data are: layers, alignment, report; resumed.
set -eu
brainlua=$(realpath "$1")
script=$(realpath scripts/rsa92.lua)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
data=../shared/data
if [ ! -f $data/rsa92/rsa92.h5 ] || [ ! -f $data/weights/mobilenet_v1_0.25_128_imagenet.safetensors ]; then
  [ "${BRAIN_REQUIRE_SHARED:-0}" != 1 ] || { echo "rsa92: $data is required and not there"; exit 1; }
  echo "note: $data is not there; this check is left out"
  exit 0
fi
data=$(realpath $data)
cd "$scratch"
"$brainlua" -e 'print(pcall(function() return plot.lines end) and pcall(file.save, "x.h5", {}) and 1 or 0)' | grep -q 1 || exit 0  # a minimal build
network=coral/mobilenet_v1_0.25_128
study() { "$brainlua" "$script" --data "$data" --networks $network --align $network --steps 4 --samples 20 --threads 1 "$@"; }
study --out whole >out 2>err || { echo 'rsa92: the study failed:'; cat err; exit 1; }
grep -q '^report: ' out || { echo 'rsa92: says where the report is, found:'; cat out; exit 1; }
for figure in layers partial simple alignment steps rdms pictures; do
  [ -s whole/figures/$figure.svg ] || { echo "rsa92: no figure $figure"; exit 1; }
done
for words in 'silhouette alone reaches 0.51 in Cichy EVC, above every network' 'animacy alone reaches 0.59 in human IT, above every network'; do
  grep -q "$words" whole/report.html || { echo "rsa92: the report does not say: $words"; exit 1; }
done
"$brainlua" -e '
  local golden = file.load(arg[1] .. "/rsa92/golden_rsa.json").models["mobilenet_v1_0.25_128_imagenet"]
  local names = {["monkey IT"] = "mIT", ["human IT"] = "hIT", behaviour = "behav", ["Cichy EVC"] = "cichy_EVC", ["Cichy IT"] = "cichy_IT"}
  local table_, checked = frame.read "whole/tables/layers.csv", 0
  for _, row in table_:each() do
    local recorded = golden[row.layer:gsub("_relu$", ""):gsub("global_pool", "average_pool_2d_27"):gsub("conv_preds", "logits")]
    assert(math.abs(recorded[names[row.set]] - row.to_mean) < 1e-4, row.layer .. " " .. row.set)
    assert(row.low <= row.r and row.r <= row.high, "an interval holds its estimate")
    checked = checked + 1
  end
  assert(checked == 16 * 5, "16 layers and 5 sets")
  local h = file.load "whole/results.h5"
  for _, split in ipairs {"random", "categories"} do
    local rdms = h.alignment[split].rdms_brain
    local folds = split == "random" and 3 or 15
    assert(table.concat(rdms.shape, " ") == ("5 %d 4186"):format(folds), "RDMs before and after steps, by fold")
    assert(rdms:isfinite():all():item(), "RDMs are finite")
    -- Training pulls the layer towards the target on the pictures it sees, in every fold.
    local study = data.rsa92(arg[1] .. "/rsa92")
    local mean = study.rdms["Cichy IT"]:mean()
    local gain = rsa.compare(rdms[4], mean) - rsa.compare(rdms[0], mean)
    assert(gain:gt(0):all():item(), "alignment raises agreement")
  end
' "$data" 2>err || { echo 'rsa92: results:'; cat err; exit 1; }
rm whole/steps/align/random/brain.pt whole/steps/outcome/random.pt
before=$(cat whole/tables/alignment.csv)
study --out whole --resume >out 2>err || { echo 'rsa92: resuming failed:'; cat err; exit 1; }
[ "$before" = "$(cat whole/tables/alignment.csv)" ] || { echo 'rsa92: a resumed study gives other numbers'; exit 1; }
study --dry-run >out 2>err && grep -q 'in all' out || { echo 'rsa92: --dry-run, found:'; cat out err; exit 1; }
"$brainlua" "$script" --data "$data" --networks $network --align $network --set 'monkey IT' --samples 2 >out 2>err && exit 1
grep -q "expected measurements of several subjects, one of human IT, behaviour, Cichy EVC, Cichy IT, got 'monkey IT'" err ||
  { echo 'rsa92: a set without subjects, found:'; cat err; exit 1; }
if "$brainlua" "$script" --data "$scratch" >out 2>err || ! grep -q 'expected checkpoints such as' err; then
  echo 'rsa92: says that checkpoints are missing, found:'
  cat err
  exit 1
fi

# What two trained twins show, to the figures that are known: .152 [.045, .244], .126 [.045, .179], .087 [-.017, .195], and
# [.048, .149] where only subjects are drawn anew (draws are our own: ends within .02).
[ -f "$data"/weights/mobilenet_v2_1.0_224_inat_bird.safetensors ] || exit 0
"$brainlua" "$(dirname "$script")"/rsa92_diet.lua --data "$data" --threads 1 --out diet >out 2>err || { echo 'rsa92_diet:'; cat err; exit 1; }
[ -s diet/figures/difference.svg ] || { echo 'rsa92_diet: no figure'; exit 1; }
"$brainlua" -e '
  local found = file.load("diet/results.h5").difference
  local known = {{{.152, .045, .244}}, {{.126, .045, .179}}, {{.087, -.017, .195}, {.087, .048, .149}}}
  for set, list in ipairs(known) do
    for over, numbers in ipairs(list) do
      for k, number in ipairs(numbers) do
        local value = found[{set - 1, over - 1, k - 1}]:item()
        assert(math.abs(value - number) < (k == 1 and .0006 or .02), ("set %d, over %d: %.3f, expected %.3f"):format(set, over, value, number))
      end
    end
  end
' 2>err || { echo 'rsa92_diet: numbers:'; cat err; exit 1; }
