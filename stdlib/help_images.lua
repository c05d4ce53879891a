-- Help texts of pictures. tests/bindings/images_test.lua fails when a function is missing here.
local help = require 'brain.help'

help.add_all [[
data.transform{resize, interpolation = 'bilinear', antialias = true, crop, scale = 1, colour = 'rgb', mean,
std} -> transform
A network's preprocessing, equal to torchvision's on PIL images; takes what models.transform(name) returns.
t(image) with a uint8 Tensor [h, w, 3] or a path gives float32 [3, h, w]. In this order: resize to a shorter
side of n, or to {h, w} (interpolation: nearest, box, bilinear, hamming, bicubic, lanczos, as Pillow 13; with
antialias = false plain bilinear, as torch's interpolate); crop the centre n x n, or {h, w}; values of 0 to
scale (1 or 255); colour 'rgb' or 'bgr'; (x - mean) / std for each channel of the result.

data.image_column(source, {transform, threads, prefetch = 3, cache}) -> column
Pictures as a column of a data set. source: a list of paths, {bytes = uint8 [n], offsets = int64 [pictures +
1]} of encoded files, or uint8 [n, h, w, 3]. Indices are 0-based, a list or an int64 Tensor:
#column, column.shape      pictures; {3, h, w} of each
column:rows(indices)       float32 [n, 3, h, w], now
column:request(indices)    begins a batch on `threads` loader threads, `prefetch` batches at a time
column:take()              the oldest batch requested, or the error of its first bad picture
column:cancel()            forgets what was requested
column:cached()            pictures kept decoded and resized, up to cache bytes ('2GB', '512MiB' or a number)
column:close()             ends the threads; also local column <close>

data.image_files(folder) -> paths, folders
The pictures (jpg, jpeg, png, tif, tiff, webp) below a folder, sorted by their path in it, and for each the
folder it lies in (its concept, in many data sets).
]]
