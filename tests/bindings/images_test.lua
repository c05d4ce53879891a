-- Pictures: files, preprocessing, columns, folders.
local test = require 'brain.test'
local help = require 'brain.help'

local folder = 'tests/data/images/'

local function temporary(extension)
  local base = os.tmpname()
  os.remove(base)
  return base .. extension
end

-- uint8 [h, w, 3] with every value different from its neighbours.
local function waves(height, width)
  return torch.arange(height * width * 3, {dtype = 'int64'}):mul(7):remainder(251):to 'uint8':view(height, width, 3)
end

if not test.has 'pictures' then
  test.case('a build without the libraries says so', function()
    test.raises(function() file.load(folder .. 'rgb.png') end, 'this build has no pictures')
    test.raises(function() file.save('x.png', waves(2, 3)) end, 'this build has no pictures')
  end)
  return
end

test.case('pictures load as uint8 [h, w, 3]', function()
  local picture, about = file.load(folder .. 'cmyk.jpg', {metadata = true})
  test.equal(picture.dtype, 'uint8')
  test.equal({picture:size(0), picture:size(1), picture:size(2)}, {33, 47, 3})
  test.equal(about.mode, 'CMYK')
  test.equal(about.width, 47)
  test.equal(file.format(folder .. 'tiles.tif'), 'TIFF')
  test.equal(file.load(folder .. 'lossy.webp').ndim, 3)
end)

test.case('PNG gives back what was saved; JPEG takes quality and subsampling', function()
  local picture, png, jpg = waves(9, 14), temporary '.png', temporary '.jpg'
  file.save(png, picture)
  test.equal(file.load(png), picture)
  file.save(png, picture['..., 0']:contiguous())
  test.equal(file.load(png), picture['..., 0:1']:expand(9, 14, 3):contiguous())
  local smooth = torch.arange(64, {dtype = 'int64'}):view(1, 64, 1):expand(64, 64, 3):mul(3):to 'uint8'
  file.save(jpg, smooth, {quality = 100, subsampling = '4:4:4'})
  test.truthy((file.load(jpg):int() - smooth:int()):abs():max():item() <= 2)
  test.raises(function() file.save(jpg, picture, {quality = 0}) end, 'quality: expected 1 to 100, found 0')
  test.raises(function() file.save(jpg, picture, {subsampling = 3}) end, 'subsampling')
  test.raises(function() file.save(jpg, picture:float()) end, 'an image is uint8 [h, w, 3] or [h, w], found float32')
  test.raises(function() file.save(jpg, 'words') end, 'an image is a uint8 tensor')
  test.raises(function() file.save(temporary '.webp', picture) end, 'expected one of the extensions')
  os.remove(png)
  os.remove(jpg)
end)

test.case('a transform takes a picture or a path', function()
  local t = data.transform {resize = 20, crop = {16, 18}, mean = {0.5, 0.5, 0.5}, std = {0.25, 0.25, 0.5}}
  test.equal(tostring(t), 'transform: resize 20 (shorter side), bilinear, crop 16 x 18, mean {0.5, 0.5, 0.5}, std {0.25, 0.25, 0.5}')
  local picture = file.load(folder .. '444.jpg')
  local row = t(picture)
  test.equal(row.shape[1] * 10000 + row.shape[2] * 100 + row.shape[3], 31618)
  test.equal(t(folder .. '444.jpg'), row)
  local plain = data.transform {}(picture)
  test.equal(plain, picture:permute(2, 0, 1):float() / 255)
  test.equal(data.transform {scale = 255, colour = 'bgr'}(picture), picture:permute(2, 0, 1):flip(0):float():contiguous())
  test.equal(data.transform(models.transform 'torchvision/resnet18')(picture).shape[2], 224)
end)

test.case('settings that make no sense are refused', function()
  test.raises(function() data.transform {crop = 0} end, 'crop: expected a size of at least 1, got 0')
  test.raises(function() data.transform {resize = {1, 2, 3}} end, 'resize: expected a number or {height, width}')
  test.raises(function() data.transform {interpolation = 'cubic'} end, 'expected nearest, box, bilinear')
  test.raises(function() data.transform {crops = 224} end, "did you mean 'crop'?")
  test.raises(function() data.transform {mean = {1, 2}} end, 'mean: expected three numbers')
  test.raises(function() data.transform {}(torch.zeros(3, 4)) end, 'expected a uint8 image [h, w, 3], found float32')
  test.raises(function() data.transform {} 'none.jpg' end, 'none.jpg: cannot open')
end)

test.case('a column of files: rows, and batches read ahead', function()
  local paths = {folder .. '444.jpg', folder .. 'rgb.png', folder .. 'lzw.tif', folder .. 'lossy.webp'}
  local t = data.transform {resize = 12, crop = 10}
  local column <close> = data.image_column(paths, {transform = t, threads = 2, cache = '1KB'})
  test.equal(#column, 4)
  test.equal({column.shape[1], column.shape[2], column.shape[3]}, {3, 10, 10})
  test.equal(tostring(column), 'image column of 4 pictures, resize 12 (shorter side), bilinear, crop 10 x 10')
  local rows = column:rows {3, 0}
  test.equal(rows[0], t(paths[4]))
  test.equal(rows[1], t(paths[1]))
  test.equal(column:cached(), 2)  -- 300 bytes each
  for i = 0, 3 do column:request(torch.tensor({i, 3 - i}, {dtype = 'int64'})) end
  for i = 0, 3 do test.equal(column:take(), column:rows {i, 3 - i}) end
  column:request {0}
  column:cancel()
  test.raises(function() column:take() end, 'nothing was requested')
  test.raises(function() column:rows {4} end, 'index 4 is outside a column of 4 pictures (0-based)')
  test.raises(function() column:rows(torch.zeros(2)) end, 'indices: expected int64 [n], got Float')
  column:close()
  test.raises(function() column:rows {0} end, 'the image column is closed')
  test.equal(tostring(column), 'image column, closed')
end)

test.case('columns of encoded bytes and of pixels', function()
  local pixels = torch.stack {waves(6, 8), waves(6, 8):flip(0), waves(6, 8):flip(1)}
  local column <close> = data.image_column(pixels, {transform = {}})
  test.equal(column:rows {2, 1}, pixels:index_select(0, torch.tensor({2, 1}, {dtype = 'int64'})):permute(0, 3, 1, 2):float():div(255):contiguous())
  local parts, offsets = {}, {0}
  for i, name in ipairs {'420.jpg', 'grey.png'} do
    local f <close> = assert(io.open(folder .. name, 'rb'))
    local content = f:read 'a'
    local list = {}
    for k = 1, #content do list[k] = content:byte(k) end
    parts[i] = torch.tensor(list, {dtype = 'uint8'})
    offsets[i + 1] = offsets[i] + #content
  end
  local encoded = {bytes = torch.cat(parts), offsets = torch.tensor(offsets, {dtype = 'int64'})}
  local second <close> = data.image_column(encoded, {transform = {resize = {5, 6}}})
  test.equal(second:rows({1})[0], data.transform {resize = {5, 6}}(folder .. 'grey.png'))
  test.raises(function() data.image_column {bytes = encoded.bytes} end, 'expected {bytes =, offsets =}')
end)

test.case('errors of columns', function()
  local t = data.transform {crop = 8}
  local column <close> = data.image_column({folder .. 'rgb.png', 'absent.jpg'}, {transform = t})
  column:request {0, 1}
  test.raises(function() column:take() end, 'absent.jpg: cannot open')
  test.raises(function() data.image_column({'a.jpg'}, {}) end, 'transform: expected what data.transform returns, got none')
  test.raises(function() data.image_column({'a.jpg'}, {transform = data.transform {}}) end, 'pictures of different sizes')
  test.raises(function() data.image_column({'a.jpg'}, {transform = t, cache = 'much'}) end, "as '512MB', '2GiB', got 'much'")
  test.raises(function() data.image_column({'a.jpg'}, {transform = t, thread = 1}) end, "did you mean 'threads'?")
  test.raises(function() data.image_column({1.5}, {transform = t}) end, 'source[1]')
end)

test.case('the pictures of a folder', function()
  local paths, folders = data.image_files 'tests/data'
  test.equal(#paths, #folders)
  test.equal(paths[1], 'tests/data/images/420.jpg')
  test.equal(folders[1], 'images')
  for i = 2, #paths do test.truthy(paths[i - 1] < paths[i]) end
  test.raises(function() data.image_files 'nowhere' end, 'nowhere: expected a folder of images, found nothing')
end)

test.case('every function is described', function()
  for name in pairs(require 'brain.data.images') do
    test.truthy(help.find('data.' .. name) ~= nil, name)
  end
end)
