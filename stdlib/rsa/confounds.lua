-- RDMs of what pictures share besides what a model is about: pixels, outlines, categories. To be partialled out, or to be
-- models of their own.
local distance = require 'brain.rsa.distance'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'

local confounds = {}

local function check_pictures(images, owner)
  if not is_tensor(images) or images.ndim ~= 4 or images.dtype ~= 'uint8' then
    error(('%s: images: expected a uint8 Tensor [n, height, width, channels], got %s'):format(owner,
      is_tensor(images) and ('%s %s'):format(images.dtype, images.shape) or type(images)), 0)
  end
end

local function of_rows(x, name, labels) return distance.rdm(x:flatten(1), {distance = name, labels = labels}) end

-- Dissimilarity of the pictures' bytes.
function confounds.pixels(images, options)
  local o = read_options('pixels', options, {distance = 'correlation', labels = false})
  check_pictures(images, 'pixels')
  return of_rows(images:float(), o.distance, o.labels)
end

-- Dissimilarity of the outlines: where a picture differs from its background by more than `tolerance` in any channel.
-- The background is the colour of the first pixel, or the one given.
function confounds.silhouette(images, options)
  local o = read_options('silhouette', options, {distance = 'correlation', tolerance = 0, background = false, labels = false})
  check_pictures(images, 'silhouette')
  local background = o.background and torch.tensor(o.background, {dtype = 'int32'}):view(1, 1, 1, -1)
    or images['0:, 0:1, 0:1']:int()
  local object = (images:int() - background):abs():amax(3):gt(o.tolerance)
  local area = object:flatten(1):double():mean(1)
  local blank = (area:eq(0) | area:eq(1)):nonzero():view(-1)
  if #blank > 0 then
    error(('silhouette: expected pictures of objects on a background of one colour; nothing stands out in picture %d, or everything')
      :format(blank[0]:item()), 0)
  end
  return of_rows(object:float(), o.distance, o.labels)
end

-- 0 within a category, 1 between, for the category of each condition: a list of texts or numbers, or a Tensor [n].
function confounds.categorical(categories, options)
  local o = read_options('categorical', options, {labels = false})
  local list = is_tensor(categories) and categories:tolist() or categories
  if type(list) ~= 'table' or #list < 2 then error('categorical: expected the category of at least 2 conditions', 0) end
  local known, count, codes = {}, 0, {}
  for i, name in ipairs(list) do
    if not known[name] then count, known[name] = count + 1, count + 1 end
    codes[i] = known[name]
  end
  local code = torch.tensor(codes, {dtype = 'int64'})
  return rdms.of(code:unsqueeze(0):ne(code:unsqueeze(1)):double(), 'categorical', o.labels or nil)
end

return confounds
