"""Writes transform_golden.tsv: evaluation preprocessing of networks by Pillow and NumPy, step by step as torchvision's
Resize, CenterCrop, ToTensor and Normalize do it on PIL images.

The picture is make_resize_golden's. Columns: height, width, resize (n or HxW or -), filter, crop (n or -), normalised
(0 or 1), first 16 digits of the SHA-256 of the float32 planes. Written with Pillow 13.0.
"""
import hashlib
import os

import numpy as np
from PIL import Image

from make_resize_golden import picture

MEAN, STD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
CASES = [
    (375, 500, "256", "bilinear", "224", 1), (100, 75, "64", "bicubic", "56", 1), (75, 100, "48x80", "lanczos", "-", 1),
    (75, 101, "51", "bilinear", "49", 0), (50, 67, "-", "bilinear", "40", 1), (50, 67, "-", "bilinear", "64", 0),
    (33, 32, "40", "hamming", "61", 1), (33, 32, "-", "box", "-", 1), (99, 131, "62", "nearest", "33", 0),
    (640, 427, "224x224", "bilinear", "-", 1), (31, 70, "20", "bicubic", "30", 1),
]


def resized(image, resize, name):
    if resize == "-":
        return image
    w, h = image.size
    if "x" in resize:
        new_h, new_w = map(int, resize.split("x"))
    else:
        n = int(resize)
        new_w, new_h = (n, int(n * h / w)) if w <= h else (int(n * w / h), n)
    return image.resize((new_w, new_h), getattr(Image.Resampling, name.upper()))


def cropped(pixels, crop):
    if crop == "-":
        return pixels
    n = int(crop)
    h, w = pixels.shape[:2]
    pad = [((n - s) // 2 if n > s else 0, (n - s + 1) // 2 if n > s else 0) for s in (h, w)]
    pixels = np.pad(pixels, pad + [(0, 0)])
    top, left = (int(round((s - n) / 2.0)) for s in pixels.shape[:2])
    return pixels[top:top + n, left:left + n]


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "transform_golden.tsv"), "w") as f:
    for height, width, resize, name, crop, normalised in CASES:
        pixels = cropped(np.asarray(resized(picture(height, width), resize, name)), crop)
        planes = pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
        if normalised:
            planes = (planes - MEAN[:, None, None]) / STD[:, None, None]
        assert planes.dtype == np.float32
        digest = hashlib.sha256(np.ascontiguousarray(planes).tobytes()).hexdigest()[:16]
        f.write(f"{height}\t{width}\t{resize}\t{name}\t{crop}\t{normalised}\t{digest}\n")
