#!/bin/sh
# The commands inspect and convert, on small files and on damaged ones, and models.
set -eu
brainlua=$(realpath "$1")
files=tests/data/checkpoints
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# expect STATUS TEXT ARGUMENTS...: the command ends with the status and prints the text somewhere.
expect() {
  status=$1 text=$2
  shift 2
  code=0
  "$brainlua" "$@" >"$scratch/output" 2>&1 || code=$?
  if [ "$code" != "$status" ] || { [ -n "$text" ] && ! grep -qF -- "$text" "$scratch/output"; }; then
    echo "files: brainlua $*: expected status $status and '$text', got $code and:"
    cat "$scratch/output"
    failures=1
  fi
}

expect 0 'PyTorch checkpoint, 8 tensors' inspect $files/training.pth
expect 0 'state_dict.weight  2 x 3' inspect $files/training_legacy.pth
expect 0 "'argparse.Namespace'" inspect $files/training.pth
expect 0 "metadata  format = 'pt'" inspect $files/small.safetensors
expect 0 '1.running_var' inspect $files/module.pth
expect 0 'npz, 2 tensors' inspect $files/packed.npz
expect 1 'brainlua inspect: none.pt: cannot open: No such file or directory' inspect none.pt
expect 2 'usage: brainlua inspect FILE' inspect
expect 0 "taking 'state_dict', leaving out the rest" convert $files/training.pth "$scratch/a.safetensors"
expect 0 'safetensors, 3 tensors' inspect "$scratch/a.safetensors"
expect 0 '' convert "$scratch/a.safetensors" "$scratch/a.npz"
expect 0 '' convert "$scratch/a.npz" "$scratch/a.pt"
expect 0 'bias    2       float16' inspect "$scratch/a.pt"
expect 1 'hold tensors, found a dict' convert $files/objects.npy "$scratch/a.npy"
# There and back: a single array through files of named ones, a table through JSON, tables with texts as far as they go.
for format in npz safetensors pt; do
  expect 0 '' convert $files/plain.npy "$scratch/one.$format"
  expect 0 '' convert "$scratch/one.$format" "$scratch/back.npy"
  cmp -s $files/plain.npy "$scratch/back.npy" || { echo "files: $format does not give plain.npy back"; failures=1; }
done
printf 'n,x,word\n1,0.5,a\n2,1.25,b\n' >"$scratch/t.csv"
expect 0 '' convert "$scratch/t.csv" "$scratch/t.json"
expect 0 '' convert "$scratch/t.json" "$scratch/u.csv"
cmp -s "$scratch/t.csv" "$scratch/u.csv" || { echo 'files: CSV through JSON differs'; failures=1; }
expect 0 'leaving out what is no number: word' convert "$scratch/t.csv" "$scratch/t.npz"
expect 0 'x  2  float64  16 B' inspect "$scratch/t.npz"
expect 0 'npy, 1 tensor, 6 elements' inspect $files/plain.npy
expect 2 'usage: brainlua convert IN OUT' convert $files/plain.npy
if "$brainlua" convert "$scratch/a.pt" "$scratch/a.h5" 2>"$scratch/output"; then  # not in a build without HDF5
  expect 0 'HDF5, 3 data sets' inspect "$scratch/a.h5"
  expect 0 'weight  2 x 3   float32' inspect "$scratch/a.h5"
  expect 0 '' convert "$scratch/a.h5" "$scratch/b.safetensors"
  expect 0 'safetensors, 3 tensors' inspect "$scratch/b.safetensors"
  expect 0 'into another file, not followed' inspect tests/data/hdf5/external_link.h5
else
  expect 1 'this build has no HDF5' convert "$scratch/a.pt" "$scratch/a.h5"
fi
expect 0 'MATLAB, 15 tensors' inspect tests/data/mat/plain.mat
expect 0 'metadata  affine = {-2.0, ' inspect tests/data/volumes/scaled.nii
expect 0 'parcels.annot: annot, 3 tensors' inspect tests/data/volumes/parcels.annot
expect 0 'triangles  2 x 3                int32' inspect tests/data/volumes/lh.white
expect 0 'thickness: vertex values, 1 tensor' inspect tests/data/volumes/lh.thickness
expect 0 '' convert tests/data/mat/plain.mat "$scratch/a.mat"
expect 0 'MATLAB, 15 tensors' inspect "$scratch/a.mat"
expect 0 '' convert tests/data/volumes/lh.thickness "$scratch/b.mat"
expect 0 'data  1 x 7  float32' inspect "$scratch/b.mat"
expect 0 '' convert tests/data/volumes/surface.mgh "$scratch/a.nii"
expect 0 '7 x 1 x 1  int32' inspect "$scratch/a.nii"
head -c 1000 $files/training.pth >"$scratch/cut.pth"
expect 1 'no directory at its end: the file is cut short' inspect "$scratch/cut.pth"
expect 0 'torchvision/vit_h_14' models
expect 0 'timm/tf_efficientnet_lite4  ' models '*lite4'
expect 0 'layer1.0.relu#1    ReLU               1 x 16 x 32 x 32' models akamaster/resnet20
expect 0 'resnet18: 11,689,512 parameters, input 3 x 224 x 224' models resnet18
expect 1 "no model 'resnet81', did you mean 'resnet18'?" models resnet81
expect 1 "nothing matches '*nothing*'" models '*nothing*'
expect 2 'usage: brainlua models' models a b
exit $failures
