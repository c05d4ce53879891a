"""Writes resize_golden.tsv: what Pillow's Image.resize makes of pictures that the test makes too.

Byte i of a picture is the upper byte of state i of Knuth's linear congruential generator. Columns: height, width, new
height, new width, filter, first 16 digits of the SHA-256 of the resized bytes. Written with Pillow 13.0.
"""
import hashlib
import os

import numpy as np
from PIL import Image

FILTERS = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]
SIZES = [(1, 1), (1, 7), (9, 1), (2, 3), (5, 5), (13, 8), (17, 31), (33, 32), (50, 67), (75, 100), (375, 500), (128, 97)]
TARGETS = [(1, 1), (2, 5), (7, 3), (16, 16), (17, 31), (32, 40), (61, 45), (224, 224), (256, 341), (99, 500)]


def picture(height, width):
    n = height * width * 3
    state, multiplier, step = np.uint64(12345 + n), np.uint64(6364136223846793005), np.uint64(1442695040888963407)
    out = np.empty(n, np.uint8)
    with np.errstate(over="ignore"):
        for i in range(n):
            state = state * multiplier + step
            out[i] = int(state >> np.uint64(56))
    return Image.fromarray(out.reshape(height, width, 3))


path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resize_golden.tsv")
with open(path, "w") as f:
    for height, width in SIZES:
        image = picture(height, width)
        for h, w in TARGETS:
            for name in FILTERS:
                resized = image.resize((w, h), getattr(Image.Resampling, name.upper()))
                digest = hashlib.sha256(resized.tobytes()).hexdigest()[:16]
                f.write(f"{height}\t{width}\t{h}\t{w}\t{name}\t{digest}\n")
