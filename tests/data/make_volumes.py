"""Volumes and surface files as nibabel writes them, and what nibabel reads from them.

python make_volumes.py writes volumes/* and volumes/expected.json: file -> shape, affine, values in row-major order (of
GIFTI: of each array). Written with nibabel 5.4.
"""
import json
import os

import nibabel as nib
import numpy as np

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "volumes")
os.makedirs(folder, exist_ok=True)
expected = {}


def path(name):
    return os.path.join(folder, name)


def note(name):
    image = nib.load(path(name))
    expected[name] = {"shape": [int(size) for size in image.shape], "affine": image.affine.ravel().tolist(),
                      "values": np.asanyarray(image.dataobj).astype(float).ravel().tolist()}


oblique = np.array([[-2.0, 0.1, 0, 30], [0.2, 2.0, 0.3, -40], [0, -0.4, 2.5, 12], [0, 0, 0, 1]])
counts = np.arange(60, dtype=np.int16).reshape(3, 4, 5) - 20
runs = np.arange(120, dtype=np.float32).reshape(2, 3, 4, 5) / 8

image = nib.Nifti1Image(counts, oblique)
image.header.set_slope_inter(0.25, -3)
image.header["descrip"] = b"counts with a scale"
image.header.set_xyzt_units("mm", "sec")
nib.save(image, path("scaled.nii"))
nib.save(image, path("scaled.nii.gz"))

image = nib.Nifti1Image(runs, oblique)
image.header.set_zooms((2, 2, 2.5, 1.5))
nib.save(image, path("runs.nii.gz"))

# A rotation in the qform alone, turned over by its sign.
turn = np.array([[0, -3.0, 0, 5], [2.0, 0, 0, 6], [0, 0, -4.0, 7], [0, 0, 0, 1]])
image = nib.Nifti1Image(counts.astype(np.uint8), None)
image.set_qform(turn, code=1)
image.set_sform(None, code=0)
nib.save(image, path("qform.nii"))

header = nib.Nifti2Header(endianness=">")
image = nib.Nifti2Image(runs.astype(">f8"), oblique, header)
nib.save(image, path("version2_big_endian.nii"))

image = nib.MGHImage(runs, oblique.astype(np.float32))
nib.save(image, path("runs.mgz"))
nib.save(nib.MGHImage(np.arange(7, dtype=np.int32).reshape(7, 1, 1), np.eye(4)), path("surface.mgh"))
for name in ["scaled.nii", "scaled.nii.gz", "runs.nii.gz", "qform.nii", "version2_big_endian.nii", "runs.mgz", "surface.mgh"]:
    note(name)

labels = np.array([0, 2, 1, -1, 2, 0])
table = np.array([[25, 5, 25, 0, 0], [10, 20, 30, 0, 0], [200, 100, 50, 0, 0]])
nib.freesurfer.write_annot(path("parcels.annot"), labels, table, ["unknown", "V1", "V2"], fill_ctab=True)
with open(path("roi.label"), "w") as out:
    out.write("#!ascii label  , from subject fsaverage vox2ras=TkReg\n3\n")
    out.write("12  -4.125  60.500  7.250 0.0000000000\n7 1.0 2.0 3.0 1.5\n-1  0.0 0.0 0.0 -2.0\n")
with open(path("colours.ctab"), "w") as out:
    out.write("# number name R G B A\n\n  0  Unknown       0   0   0   0\n 17  Left-Hippocampus  220 216  20  0\n")

# FreeSurfer's surface of four vertices, and values of seven (the older version of the format by hand).
nib.freesurfer.write_geometry(path("lh.white"), np.arange(12, dtype=float).reshape(4, 3) / 4, np.array([[0, 1, 2], [1, 2, 3]]),
                              create_stamp="created by nobody")
nib.freesurfer.write_morph_data(path("lh.thickness"), np.arange(7) / 2)
with open(path("rh.curv"), "wb") as out:
    out.write(bytes([0, 0, 3, 0, 0, 1]) + np.array([150, -25, 0], dtype=">i2").tobytes())

arrays = [np.arange(12, dtype=np.float32).reshape(4, 3) / 4, np.array([[0, 1, 2], [1, 2, 3]], dtype=np.int32)]
intents = ["NIFTI_INTENT_POINTSET", "NIFTI_INTENT_TRIANGLE"]
encodings = {"ascii": "GIFTI_ENCODING_ASCII", "base64": "GIFTI_ENCODING_B64BIN", "packed": "GIFTI_ENCODING_B64GZ"}
for name, encoding in encodings.items():
    surface = nib.GiftiImage(meta=nib.gifti.GiftiMetaData({"Name": "a & b"}), darrays=[
        nib.gifti.GiftiDataArray(a, intent=i, encoding=encoding, meta={"Part": "left"}) for a, i in zip(arrays, intents)])
    nib.save(surface, path(f"surface_{name}.surf.gii"))
keys = nib.gifti.GiftiLabelTable()
for key, label, red in [(0, "???", 0.0), (3, "V1", 1.0)]:
    keys.labels.append(nib.gifti.GiftiLabel(key, red, 0.5, 0.0, 1.0))
    keys.labels[-1].label = label
nib.save(nib.GiftiImage(labeltable=keys, darrays=[nib.gifti.GiftiDataArray(
    np.array([0, 3, 3, 0], dtype=np.int32), intent="NIFTI_INTENT_LABEL")]), path("parcels.label.gii"))

# Grayordinates: vertices of two surfaces and voxels; two maps, a time series and a parcellation over them.
cifti = nib.cifti2
inside = np.zeros((3, 4, 5), dtype=bool)
inside[1, 2, 3] = inside[2, 0, 4] = True
models = (cifti.BrainModelAxis.from_surface(np.array([0, 2, 5]), 6, name="CortexLeft")
          + cifti.BrainModelAxis.from_surface(np.array([1, 4]), 5, name="CortexRight")
          + cifti.BrainModelAxis.from_mask(inside, name="ThalamusLeft", affine=oblique))
values = np.arange(14, dtype=np.float32).reshape(2, 7) / 4
for name, axis in {"dscalar": cifti.ScalarAxis(["faces & houses", "places"]),
                   "dtseries": cifti.SeriesAxis(1.5, 0.75, 2),
                   "dlabel": cifti.LabelAxis(["areas", "more"], [{0: ("???", (0, 0, 0, 0)), 2: ("V1", (1, 0.5, 0, 1))}] * 2)}.items():
    image = cifti.Cifti2Image(np.round(values) % 3 if name == "dlabel" else values, header=(axis, models))
    image.nifti_header.set_intent({"dscalar": "ConnDenseScalar", "dtseries": "ConnDenseSeries", "dlabel": "ConnDenseLabel"}[name])
    image.to_filename(path(f"maps.{name}.nii"))

area = cifti.Cifti2Image(np.array([[0, 2, 0, 0, 2, 0, 0]], dtype=np.float32), header=(
    cifti.LabelAxis(["areas"], [{0: ("???", (0, 0, 0, 0)), 2: ("V1", (1, 0.5, 0, 1))}]), models))
area.nifti_header.set_intent("ConnDenseLabel")
area.to_filename(path("area.dlabel.nii"))

with open(path("expected.json"), "w") as out:
    json.dump(expected, out)
