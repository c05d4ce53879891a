"""MATLAB files by scipy and, for the last pages of the format, by hand.

python make_mat.py writes mat/*. Written with scipy 1.17.
"""
import os
import struct

import numpy as np
import scipy.io
import scipy.sparse

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mat")
os.makedirs(folder, exist_ok=True)

variables = {
    "x": np.arange(12, dtype=float).reshape(3, 4),
    "single": np.array([[0.5, -1.5]], dtype=np.float32),
    "integers": np.arange(24, dtype=np.int16).reshape(2, 3, 4),
    "large": np.array([[2**62, -1]], dtype=np.int64),
    "complex": np.array([[1 + 2j, 3 - 1j]]),
    "flags": np.array([[True], [False]]),
    "empty": np.zeros((0, 3)),
    "name": "na\u00efve \u03b1",
    "rows": np.array(["one", "three"]),
    "cell": np.array([["ab", np.eye(2), "c"]], dtype=object),
    "table": np.array([["a", 1.0], ["b", 2.0], ["c", 3.0]], dtype=object),
    "struct": {"name": "subj1", "inner": {"v": np.arange(3.0)}},
    "structs": np.array([("a", 1.0), ("b", 2.0)], dtype=[("name", object), ("n", object)]),
    "sparse": scipy.sparse.csc_matrix(np.array([[1.0, 0, 0], [0, 0, 2.5]])),
}
scipy.io.savemat(os.path.join(folder, "plain.mat"), variables, oned_as="row")
scipy.io.savemat(os.path.join(folder, "packed.mat"), variables, oned_as="row", do_compression=True)
scipy.io.savemat(os.path.join(folder, "version4.mat"),
                 {"x": np.arange(6.0).reshape(2, 3), "n": np.array([[1, 2]], dtype=np.int16), "s": "hi",
                  "c": np.array([[1 + 2j]])}, format="4")

# Big-endian, with numbers stored in a smaller type than their class, as MATLAB does.
def element(kind, data):
    return struct.pack(">II", kind, len(data)) + data + b"\0" * (-len(data) % 8)

body = (element(6, struct.pack(">II", 6, 0)) + element(5, struct.pack(">ii", 2, 2)) + element(1, b"x")
        + element(3, struct.pack(">4h", 1, -2, 300, 4)))
with open(os.path.join(folder, "big_endian.mat"), "wb") as out:
    out.write(b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI" + element(14, body))

# Version 7.3, which is HDF5 with axes in reverse, as MATLAB lays out sparse matrices and arrays of structs.
import h5py

with h5py.File(os.path.join(folder, "version73.mat"), "w", userblock_size=512) as out:
    def annotate(thing, kind, **more):
        thing.attrs["MATLAB_class"] = np.bytes_(kind)
        for key, value in more.items():
            thing.attrs[key] = np.uint64(value)
        return thing

    def sparse(name, matrix, kind="double"):
        group = annotate(out.create_group(name), kind, MATLAB_sparse=matrix.shape[0])
        group["jc"] = matrix.indptr.astype(np.uint64)
        if matrix.nnz:
            group["ir"] = matrix.indices.astype(np.uint64)
            group["data"] = matrix.data

    sparse("numbers", scipy.sparse.csc_matrix(np.array([[1.0, 0, 0], [0, 0, 2.5]])))
    sparse("flags", scipy.sparse.csc_matrix(np.array([[0, 1], [1, 0]], dtype=np.uint8)), "logical")
    sparse("nothing", scipy.sparse.csc_matrix((3, 2)))
    sparse("huge", scipy.sparse.csc_matrix(([1.0], ([0], [0])), shape=(2**40, 3)))
    both = np.array([(1.0, -2.0)], dtype=[("real", "f8"), ("imag", "f8")])
    group = annotate(out.create_group("complex"), "double", MATLAB_sparse=2)
    group["jc"], group["ir"], group["data"] = np.array([0, 1], dtype=np.uint64), np.array([1], dtype=np.uint64), both

    people = annotate(out.create_group("people"), "struct")  # 2 x 3 structs with n = 10 row + column
    refs = out.create_group("#refs#")
    numbers = people.create_dataset("n", (3, 2), dtype=h5py.ref_dtype)
    for row in range(2):
        for column in range(3):
            item = annotate(refs.create_dataset(f"n{row}{column}", data=np.array([[10.0 * row + column]])), "double")
            numbers[column, row] = item.ref
with open(os.path.join(folder, "version73.mat"), "r+b") as out:
    out.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
scipy.io.savemat(os.path.join(folder, "sparse4.mat"), {"s": scipy.sparse.csc_matrix(np.array([[0, 0, 3.5], [1.0, 0, 0]]))}, format="4")
