"""Writes tests/data/peers/: RDMs as rsatoolbox 0.3.2 pickles them, as its dict and as the object itself, and features as a
MATLAB file of thingsvision's. Python with rsatoolbox and scipy: python tests/data/make_peers.py"""
import os
import pickle

import numpy as np
import rsatoolbox
import scipy.io

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
os.makedirs(folder, exist_ok=True)

rdms = rsatoolbox.rdm.RDMs(
    dissimilarities=np.arange(12, dtype=np.float64).reshape(2, 6) / 8,
    dissimilarity_measure="euclidean",
    descriptors={"roi": "V1", "session": 2},
    rdm_descriptors={"subject": np.array(["s1", "s02"])},
    pattern_descriptors={"picture": ["cat", "dog", "ape", "house"], "size": np.array([1.5, 2.0, 2.0, 3.0])},
)
rdms.save(os.path.join(folder, "rdms.pkl"), file_type="pkl", overwrite=True)
with open(os.path.join(folder, "rdms_object.pkl"), "wb") as out:
    pickle.dump(rdms, out)
scipy.io.savemat(os.path.join(folder, "features.mat"), {"features": np.arange(6, dtype=np.float32).reshape(2, 3)})
