"""Pictures of every kind the decoders read, by Pillow, and what Pillow makes of them.

python make_images.py writes images/* and images/expected.tsv: file, Pillow's mode, height, width, SHA-256 of the bytes
of Image.open(file).convert('RGB'). Written with Pillow 13.0.
"""
import hashlib
import os
import struct
import zlib

import numpy as np
from PIL import Image

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "images")
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(7)


def picture(height, width, channels, top=255):
    """Waves with grain."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [0.5 + 0.4 * np.sin(0.11 * x * (c + 1) + 0.07 * y + c) for c in range(channels)]
    values = np.stack(planes, -1) + 0.05 * random.standard_normal((height, width, channels))
    return np.clip(np.rint(values * top), 0, top)


def rgb(height, width):
    return Image.fromarray(picture(height, width, 3).astype(np.uint8))


def grey(height, width):
    return Image.fromarray(picture(height, width, 1)[..., 0].astype(np.uint8))


def rgba(height, width, mode="RGBA"):
    return Image.fromarray(picture(height, width, 4).astype(np.uint8), mode)


def grey16(height, width):
    return Image.fromarray(picture(height, width, 1, 600)[..., 0].astype(np.uint16))


def save(image, name, **options):
    image.save(os.path.join(folder, name), **options)


def png(name, height, width, depth, colour, rows, *chunks):
    """A PNG that Pillow does not write: `rows` are the packed bytes of all rows."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    stride = len(rows) // height
    filtered = b"".join(b"\0" + rows[y * stride:(y + 1) * stride] for y in range(height))
    with open(os.path.join(folder, name), "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)))
        for kind, data in chunks:
            f.write(chunk(kind, data))
        f.write(chunk(b"IDAT", zlib.compress(filtered)) + chunk(b"IEND", b""))


for name, subsampling in [("444", 0), ("422", 1), ("420", 2)]:
    save(rgb(37, 53), f"{name}.jpg", quality=90, subsampling=subsampling)
save(rgb(41, 66), "progressive.jpg", quality=80, progressive=True)
save(rgb(35, 31), "restarts.jpg", quality=70, restart_marker_rows=1)
save(grey(29, 43), "grey.jpg", quality=85)
save(rgba(33, 47, "CMYK"), "cmyk.jpg", quality=90)
save(rgb(1, 1), "one.jpg")
save(rgb(17, 200), "wide.jpg", quality=95)
save(rgb(40, 30), "keep_rgb.jpg", quality=90, keep_rgb=True)
exif = Image.Exif()
exif[274] = 6
save(rgb(20, 30), "turned.jpg", exif=exif)
four = bytearray(open(os.path.join(folder, "cmyk.jpg"), "rb").read())
at = four.find(b"Adobe")
four[at + 11] = 2  # the same data read as YCCK
open(os.path.join(folder, "ycck.jpg"), "wb").write(four)

save(rgb(23, 31), "rgb.png")
save(rgba(19, 27), "rgba.png")
save(rgba(19, 27).convert("LA"), "grey_alpha.png")
save(grey(21, 33), "grey.png")
save(grey16(18, 25), "grey16.png")
save(grey(17, 35).convert("1"), "bilevel.png")
save(rgb(24, 26).quantize(60), "palette.png")
save(rgb(24, 27).quantize(9), "palette4.png", bits=4)
save(rgb(24, 26).quantize(30), "palette_alpha.png", transparency=3)
save(grey(12, 15), "grey_transparent.png", transparency=40)
wide = picture(11, 13, 3, 65535).astype(">u2")
png("rgb16.png", 11, 13, 16, 2, wide.tobytes())
png("rgba16.png", 7, 9, 16, 6, picture(7, 9, 4, 65535).astype(">u2").tobytes())
png("grey_alpha16.png", 7, 9, 16, 4, picture(7, 9, 2, 65535).astype(">u2").tobytes())
png("grey2.png", 6, 8, 2, 0, random.integers(0, 256, 12, np.uint8).tobytes())
png("grey4.png", 6, 8, 4, 0, random.integers(0, 256, 24, np.uint8).tobytes())
png("palette_short.png", 4, 6, 8, 3, bytes(range(24)), (b"PLTE", bytes(range(30))))
# Adam7: the seven passes, each with its own rows
small = picture(9, 10, 3).astype(np.uint8)
passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
data = b"".join(b"\0" + row.tobytes() for y, x, dy, dx in passes for row in small[y::dy, x::dx] if row.size)
body = lambda kind, d: struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d))
open(os.path.join(folder, "interlaced.png"), "wb").write(
    b"\x89PNG\r\n\x1a\n" + body(b"IHDR", struct.pack(">IIBBBBB", 10, 9, 8, 2, 0, 0, 1)) +
    body(b"IDAT", zlib.compress(data)) + body(b"IEND", b""))

save(rgb(22, 34), "raw.tif")
save(rgb(61, 34), "lzw.tif", compression="tiff_lzw")
save(rgb(61, 34), "deflate.tif", compression="tiff_adobe_deflate", tiffinfo={317: 2})
save(rgb(40, 48), "jpeg.tif", compression="jpeg", quality=90)
save(grey(25, 37), "grey.tif", compression="packbits")
save(grey16(20, 21), "grey16.tif")
save(grey16(20, 21), "grey16_lzw.tif", compression="tiff_lzw")
save(grey(25, 37).convert("1"), "bilevel.tif", compression="group4")
save(rgb(24, 26).quantize(60), "palette.tif")
save(rgba(19, 27), "rgba.tif", compression="tiff_lzw")
save(rgba(19, 27).convert("LA"), "grey_alpha.tif")
save(rgba(19, 27, "CMYK"), "cmyk.tif")
for orientation in range(2, 9):
    save(rgb(7, 11), f"orientation{orientation}.tif", tiffinfo={274: orientation})


def tiff(name, tags, data):
    """An uncompressed TIFF by hand: tag -> (type, values) with types 3 (short) and 4 (long); tag 0: data offsets."""
    offset = 8 + len(b"".join(data))
    starts, at = [], 8
    for piece in data:
        starts.append(at)
        at += len(piece)
    tags = {tag: (kind, starts if values is None else values) for tag, (kind, values) in tags.items()}
    entries, extra = b"", b""
    after = offset + 2 + 12 * len(tags) + 4
    for tag in sorted(tags):
        kind, values = tags[tag]
        packed = struct.pack("<%d%s" % (len(values), "H" if kind == 3 else "I"), *values)
        if len(packed) > 4:
            place, extra = struct.pack("<I", after + len(extra)), extra + packed
        else:
            place = packed.ljust(4, b"\0")
        entries += struct.pack("<HHI", tag, kind, len(values)) + place
    with open(os.path.join(folder, name), "wb") as f:
        f.write(struct.pack("<2sHI", b"II", 42, offset) + b"".join(data) + struct.pack("<H", len(tags)) + entries +
                struct.pack("<I", 0) + extra)


def header(height, width, bits, photometric, samples=1):
    return {256: (4, [width]), 257: (4, [height]), 258: (3, [bits] * samples), 259: (3, [1]), 262: (3, [photometric]),
            277: (3, [samples])}


tiled = np.zeros((48, 48, 3), np.uint8)
tiled[:41, :37] = picture(41, 37, 3)
tiles = [tiled[y:y + 16, x:x + 16].tobytes() for y in range(0, 48, 16) for x in range(0, 48, 16)]
tiff("tiles.tif", header(41, 37, 8, 2, 3) | {322: (4, [16]), 323: (4, [16]), 324: (4, None), 325: (4, [768] * 9)}, tiles)
planes = picture(13, 18, 3).astype(np.uint8)
tiff("planes.tif", header(13, 18, 8, 2, 3) | {278: (4, [13]), 273: (4, None), 279: (4, [234] * 3), 284: (3, [2])},
     [planes[..., c].tobytes() for c in range(3)])
one = picture(9, 14, 1).astype(np.uint8)
tiff("white_zero.tif", header(9, 14, 8, 0) | {278: (4, [9]), 273: (4, None), 279: (4, [126])}, [one.tobytes()])
deep = picture(9, 14, 3, 65535).astype("<u2")
tiff("rgb16.tif", header(9, 14, 16, 2, 3) | {278: (4, [9]), 273: (4, None), 279: (4, [756])}, [deep.tobytes()])
under = picture(9, 14, 4).astype(np.uint8)
tiff("premultiplied.tif", header(9, 14, 8, 2, 4) | {278: (4, [9]), 273: (4, None), 279: (4, [504]), 338: (3, [1])},
     [under.tobytes()])
nibbles = random.integers(0, 256, (6, 5), np.uint8)
tiff("grey4.tif", header(6, 10, 4, 1) | {278: (4, [6]), 273: (4, None), 279: (4, [30])}, [nibbles.tobytes()])

save(rgb(31, 45), "lossy.webp", quality=80)
save(rgba(31, 45), "lossy_alpha.webp", quality=80)
save(rgb(22, 35), "lossless.webp", lossless=True)
save(rgba(22, 35), "lossless_alpha.webp", lossless=True, exact=True)
save(rgb(24, 28), "animated.webp", save_all=True, append_images=[rgb(24, 28)], lossless=True)

with open(os.path.join(folder, "expected.tsv"), "w") as f:
    for name in sorted(os.listdir(folder)):
        if name.endswith(".tsv"):
            continue
        with Image.open(os.path.join(folder, name)) as image:
            mode, pixels = image.mode, image.convert("RGB")
            digest = hashlib.sha256(pixels.tobytes()).hexdigest()
            f.write(f"{name}\t{mode}\t{pixels.height}\t{pixels.width}\t{digest}\n")
