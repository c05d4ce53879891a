-- Large files: safetensors of 1.7 GB and a zip checkpoint of 400 MB, opened and with every number used, and slices of 2 GB npy
-- and 1 GB HDF5 (as MATLAB 7.3 writes it). With --data FOLDER they are there: weights.safetensors, checkpoint.pth, rows.npy,
-- rows.mat (or rows.h5); otherwise they are made in a temporary folder, and removed.
local core = require 'brain.core'
local file = require 'brain.file'

-- `count` tensors of 10.5 MB.
local function weights(count)
  local all = {}
  for i = 1, count do all[('layers.%d.weight'):format(i)] = torch.rand(2560, 1024) end
  return all
end

local function make(folder)
  torch.manual_seed(0)
  file.save(folder .. '/weights.safetensors', weights(162))
  file.save(folder .. '/checkpoint.pth', weights(38))
  collectgarbage()
  file.save(folder .. '/rows.npy', torch.rand(500000, 1000))
  collectgarbage()
  file.save(folder .. '/rows.h5', {x = torch.rand(250000, 1000)})
  collectgarbage()
end

local function use(tensors)
  local sum = 0
  for _, t in pairs(tensors) do sum = sum + t:sum():item() end
  return sum
end

return function(measure, settings)
  local folder = settings.data
  if not folder then
    folder = os.tmpname()
    os.remove(folder)
    core.make_folders(folder)
    make(folder)
  end
  local matlab = core.exists(folder .. '/rows.mat') and '/rows.mat' or '/rows.h5'
  for _, name in ipairs {'weights.safetensors', 'checkpoint.pth'} do
    local path, kind = folder .. '/' .. name, name:match '%.(%w+)$'
    measure(kind .. '_open', {run = function() return file.load(path) end})
    measure(kind .. '_use_all', {run = function() return use(file.load(path)) end})
  end
  local function slice(path, index)
    return function()
      local h <close> = file.open(path)
      local x = h:get(path:find '%.npy$' and '' or 'x')
      return x[index]:sum():item()
    end
  end
  measure('npy_rows', {run = slice(folder .. '/rows.npy', '1000:21000')})
  measure('npy_columns', {run = slice(folder .. '/rows.npy', {'0:100000', '10:20'})})
  measure('hdf5_rows', {run = slice(folder .. matlab, '1000:21000')})
  measure('hdf5_columns', {run = slice(folder .. matlab, {'0:100000', '10:20'})})
  if not settings.data then
    for _, name in ipairs {'weights.safetensors', 'checkpoint.pth', 'rows.npy', 'rows.h5'} do os.remove(folder .. '/' .. name) end
    os.remove(folder)
  end
end
