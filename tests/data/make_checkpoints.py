"""Writes the small files that the tests of file readers start from, into the folder checkpoints/ beside this one.

Needs torch and numpy. Values count up from 0, so that the tests can say what they are.
"""
import argparse
import collections
import json
import os
import struct

import numpy as np
import torch

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "checkpoints")
os.makedirs(here, exist_ok=True)


def path(name):
    return os.path.join(here, name)


def count(*shape, dtype=torch.float32):
    return torch.arange(int(np.prod(shape))).reshape(shape).to(dtype)


state = collections.OrderedDict(weight=count(2, 3), bias=count(2, dtype=torch.float16), steps=torch.tensor(7))
state._metadata = collections.OrderedDict(version=1)
base = count(4, 5)
training = {
    "state_dict": state,
    "epoch": 3,
    "best": np.float64(0.5),
    "args": argparse.Namespace(lr=0.1, layers=[1, 2], resume=None),
    "views": (base, base[1], base.t()[2:4]),
    "names": {"a", "b"},
    "big": 2**70,
    "array": np.arange(6, dtype=">i4").reshape(2, 3),
    ("a", 1): torch.nn.Parameter(count(2)),
}
torch.save(training, path("training.pth"))
torch.save(training, path("training_legacy.pth"), _use_new_zipfile_serialization=False)
torch.save({"u16": count(3, dtype=torch.uint16), "text": "x" * 300}, path("protocol4.pth"), pickle_protocol=4)
torch.save({"a": count(2)}, path("protocol5_legacy.pth"), pickle_protocol=5, _use_new_zipfile_serialization=False)
torch.save(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2)), path("module.pth"))
torch.jit.save(torch.jit.script(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())), path("script.pt"))

np.save(path("plain.npy"), np.arange(6.0).reshape(2, 3))
np.save(path("fortran.npy"), np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3)))
np.save(path("strings.npy"), np.array([["Pz", "O1"], ["\u00e9", ""]]))
np.save(path("objects.npy"), {"x": np.arange(3), "names": ["Pz", "O1"]}, allow_pickle=True)
np.savez_compressed(path("packed.npz"), x=np.zeros((30, 30)), y=np.arange(3))

header = json.dumps({
    "__metadata__": {"format": "pt"},
    "b": {"dtype": "F32", "shape": [2, 2], "data_offsets": [8, 24]},
    "a": {"dtype": "I64", "shape": [], "data_offsets": [0, 8]},
}).encode()
header += b" " * (-len(header) % 8)
with open(path("small.safetensors"), "wb") as f:
    f.write(struct.pack("<Q", len(header)) + header + struct.pack("<q4f", 5, 0, 1, 2, 3))

# As Detectron2 keeps the weights of its models: NumPy arrays in a pickle, without a zip around them.
import pickle

with open(path("detectron.pkl"), "wb") as out:
    weights = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3), "bias": np.asfortranarray(np.arange(2, dtype=np.float32))}
    pickle.dump({"model": weights, "__author__": "somebody", "matching_heuristics": True}, out)
