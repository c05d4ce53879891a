-- 200 JPEG files of 500 x 375 (quality 90, 4:2:0) to one normalised batch [200, 3, 224, 224]: shorter side 256, centre crop.
-- --data DIR: a folder of the peers' files 0000.jpg ...; otherwise they are made here.
local recipe = require 'brain.bench.recipe'

local function written_files(count)
  local base, paths = os.tmpname(), {}
  for k = 0, count - 1 do
    paths[k + 1] = ('%s-%04d.jpg'):format(base, k)
    file.save(paths[k + 1], recipe.image(k), {quality = 90})
  end
  os.remove(base)
  return paths
end

return function(measure, settings)
  local paths = settings.data and data.image_files(settings.data) or written_files(200)
  local transform = data.transform {resize = 256, crop = 224, mean = {0.485, 0.456, 0.406}, std = {0.229, 0.224, 0.225}}
  local count = torch.arange(#paths, {dtype = 'int64'})
  local column <close> = data.image_column(paths, {transform = transform, threads = settings.threads})
  local batch
  local function check()
    return {mean = batch:double():mean():item(), x0 = batch[{0, 0, 0, 0}]:item(), xlast = batch[{-1, -1, -1, -1}]:item(), n = #batch}
  end
  measure('rows', {run = function() batch = column:rows(count) end, check = check})
  measure('request_take', {run = function()
    column:request(count)
    batch = column:take()
  end, check = check})
  measure('decode_only', {run = function()
    for _, path in ipairs(paths) do torch.scope(function() file.load(path) end) end
  end})
  local cached <close> = data.image_column(paths, {transform = transform, cache = '100MB'})
  measure('rows_cached', {run = function() batch = cached:rows(count) end, check = check})
  if not settings.data then
    for _, path in ipairs(paths) do os.remove(path) end
  end
end
