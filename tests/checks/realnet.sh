#!/bin/sh
# The study of scripts/realnet.lua on a very small simulation, from pictures to the report; cut short and resumed.
set -eu
brainlua=$(realpath "$1")
script=$(realpath scripts/realnet.lua)
fixture=$(realpath tests/checks/behaviour_fixture.lua)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$brainlua" -e 'print(pcall(function() return plot.lines end) and 1 or 0)' | grep -q 1 || exit 0  # a minimal build
"$brainlua" "$fixture" behaviour
study() {
  "$brainlua" "$script" --backbone cornet/cornet_z --weights none --subjects 2 --concepts 16 --pictures 2 --size 64 \
    --samples 20 --rdm correlation --attacks 4 --attack-steps 1 --behaviour behaviour --threads 1 "$@"
}
study --controls shuffled,shuffled_within,read_out,across --out whole >out 2>err || { echo 'realnet: the study failed:'; cat err; exit 1; }
grep -q '^report: ' out || { echo 'realnet: says where the report is, found:'; cat out; exit 1; }
[ -s whole/report.html ] && [ -s whole/figures/similarity.svg ] || { echo 'realnet: no report or figure'; ls -R whole; exit 1; }
"$brainlua" -e '
  local h = file.load "whole/results.h5"
  local shape = {2, 4, 60}
  local function equal(a, b) for i = 1, #b do assert(a[i] == b[i], ("expected %d, found %d"):format(b[i], a[i])) end end
  equal(h.eeg.times.shape, {60})
  equal(h.eeg.similarity_base.shape, shape)
  equal(h.eeg.similarity_aligned.shape, shape)
  for _, name in ipairs {"shuffled", "shuffled_within", "read_out", "across"} do equal(h.control["similarity_" .. name].shape, shape) end
  assert(torch.equal(h.control.similarity_read_out, h.eeg.similarity_base), "a frozen trunk stays as it was")
  assert(not torch.equal(h.eeg.similarity_aligned, h.eeg.similarity_base), "alignment changes the areas")
  assert(torch.equal(h.rdms.across[0], h.rdms.across[1]), "one network for all subjects")
  equal(h.areas.latency.shift.low.shape, {4})
  equal(h.areas.gain.high.shape, {4})
  equal(h.robustness.accuracy_aligned.shape, {2, 2, 2})
  assert(h.robustness.accuracy_base[{0, 0, 0}]:item() == 1, "unchanged pictures")
  assert(torch.equal(h.robustness.accuracy_read_out[0], h.robustness.accuracy_base[0]), "a frozen trunk is as robust")
  equal(h.fmri.similarity_base.shape, {3, 5, 5})
  equal(h.fmri.networks_aligned.shape, {2, 3, 5, 5})
  equal(h.fmri.networks_across.shape, {1, 3, 5, 5})
  assert(torch.allclose(h.fmri.similarity_read_out, h.fmri.similarity_base, 0, 1e-4), "the fMRI of a frozen trunk")
  equal(h.behaviour.error_consistency_aligned.shape, {2, 2})
  assert(torch.equal(h.behaviour.accuracy_read_out[0], h.behaviour.accuracy_base[0]), "decisions of a frozen trunk")
  assert(h.behaviour.ceiling:gt(0.3):all():item(), "people agree")
  equal(h.behaviour.i2n_aligned.shape, {2})
  assert(torch.allclose(h.behaviour.i2n_read_out, h.behaviour.i2n_base:expand(2), 0, 1e-4), "choices of a frozen trunk")
  local rdms = h.rdms.aligned
  local again = rsa.compare(rdms[{0, 0}], rdms[{0, 0}])
  assert(rdms:isfinite():all():item() and (again:diagonal() - 1):abs():max():item() < 1e-9, "RDMs")
' || { echo 'realnet: results.h5'; exit 1; }
rm whole/steps/sub-02/shuffled.pt
study --controls shuffled,shuffled_within,read_out,across --out whole --resume >out 2>err || { echo 'realnet: resuming failed:'; cat err; exit 1; }
study --rdm crossnobis --weights categories --behaviour none --controls none --out trained >out 2>err && grep -q 'trained cornet/cornet_z to name' trained/run.json ||
  { echo 'realnet: a network trained by the run:'; cat err; exit 1; }
study --dry-run >out 2>err && grep -q 'in all' out || { echo 'realnet: --dry-run, found:'; cat out err; exit 1; }
