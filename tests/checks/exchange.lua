-- The brainlua side of exchange.py: reads what Python wrote into the folder, and writes what Python then reads.
local folder = ...

local function at(name) return folder .. '/' .. name end

local function ramp(shape, dtype)
  local count = 1
  for _, n in ipairs(shape) do count = count * n end
  return (torch.arange(count):double() / 8):view(shape):to(dtype or 'float64')
end

local function equal(found, expected, what)
  if torch.is_tensor(expected) then
    local same = torch.is_tensor(found) and found.shape == expected.shape and torch.equal(found:to(expected.dtype), expected)
    if not same then error(('%s: expected %s, found %s'):format(what or '', tostring(expected), tostring(found)), 2) end
  elseif type(expected) == 'table' then
    if type(found) ~= 'table' or #found ~= #expected then error((what or '') .. ': expected a list of ' .. #expected, 2) end
    for i, item in ipairs(expected) do equal(found[i], item, what) end
  elseif found ~= expected then
    error(('%s: expected %s, found %s'):format(what or '', tostring(expected), tostring(found)), 2)
  end
end

local rows = {}

function rows.torch()
  local x = file.load(at 'py.pt')
  equal(x.state_dict['first.weight'], ramp({4, 3}, 'float32'), 'first.weight')
  equal({x.epoch, x.name}, {3, 'né'})
  equal({x.half.dtype, x.bfloat16.dtype, x.complex.dtype, x.mask.dtype}, {'float16', 'bfloat16', 'complex128', 'bool'})
  equal(x.half:double(), ramp {4})
  x.whole[2] = 100
  equal(x.part[0]:item(), 100.0, 'a view of the same storage')
  equal(file.load(at 'py_module.pt')['second.bias'], ramp({2}, 'float32') + 3)
  local whole = ramp({6}, 'float32')
  file.save(at 'lua.pt', {x = ramp({2, 3}, 'float32'), half = ramp({4}, 'float16'), bfloat16 = ramp({4}, 'bfloat16'),
    list = {1, 2.5, 'né'}, tied = {whole, whole}})
  file.save(at 'lua_state.pt', x.state_dict)
end

function rows.safetensors()
  local x, about = file.load(at 'py.safetensors', {metadata = true})
  equal(x.a, ramp {2, 3})
  equal({x['b.c'].dtype, about.made}, {'bfloat16', 'python'})
  file.save(at 'lua.safetensors', {a = ramp {2, 3}, ['b.c'] = ramp({4}, 'bfloat16')}, {metadata = {made = 'lua'}})
end

function rows.numpy()
  equal(file.load(at 'py.npy'), ramp {2, 3})
  equal(file.load(at 'py_big.npy'), ramp({3}, 'float32'))
  equal(file.load(at 'py_words.npy'), {{'a', 'bcé'}, {'', 'd'}})
  local x = file.load(at 'py.npz')
  equal(x.a, ramp {2, 3})
  equal(x.n:item(), 7)
  file.save(at 'lua.npy', ramp {2, 3})
  file.save(at 'lua.npz', {a = ramp({2, 3}, 'float32'), n = torch.tensor(7)})
end

function rows.scipy()
  local x = file.load(at 'py.mat')
  equal(x.x, ramp {2, 3})
  equal({x.name, x.cells[2], x.s.a:item()}, {'hello', 'two', 1.0})
  pcall(file.save, at 'lua.mat', {x = ramp {2, 3}})
end

function rows.h5py()
  local x, about = file.load(at 'py.h5', {metadata = true})
  equal(x.g.x, ramp {20, 3})
  equal(about['/g/x'].unit, 'mV')
  equal({x.words, x.fixed}, {{'a', 'bcé'}, {'ab', 'c'}})
  equal({x.flag, x.complex.dtype}, {true, 'complex128'})
  equal(x.rows.d:tolist(), {2.5, 3.5})
  local h <close> = file.open(at 'py.h5')
  equal(h:get 'g/x'[{'3:9', 1}], ramp {20, 3}[{'3:9', 1}])
  file.save(at 'lua.h5', {g = {x = ramp {20, 3} + torch.zeros({20, 3}, {dtype = 'float64'})}, words = {'a', 'bcé'}, flag = true,
    name = 'né', complex = x.complex, long = torch.zeros(5000)}, {attributes = {['g/x'] = {unit = 'mV'}}, compress = 4})
  file.save(at 'lua_fixed.h5', {words = {'a', 'bcd'}}, {texts = 'fixed'})
end

function rows.nibabel()
  for _, ending in ipairs {'nii.gz', 'mgz'} do
    local x = file.load(at('py.' .. ending))
    equal(x, ramp({3, 4, 5}, 'float32'), ending)
    file.save(at('lua.' .. ending), x + 1, {like = at('py.' .. ending)})
  end
  local surface = file.load(at 'py.func.gii')
  equal(surface.arrays[1].data, ramp({7}, 'float32'))
  pcall(file.save, at 'lua.func.gii', ramp({7}, 'float32') + 1)
end

function rows.pandas()
  local f = frame.read(at 'py.csv')
  equal({f.n:tolist(), f.yes:tolist(), f.word}, {{1, 2, 3}, {true, false, true}, {'a', 'b "c", d', 'é'}})
  equal({f.x[0]:item(), f.x[1]:isnan():item()}, {0.5, true})
  f:write(at 'lua.csv')
end

function rows.rsatoolbox()
  for _, name in ipairs {'py_rdms.h5', 'py_rdms.pkl'} do
    local set, about = data.rsatoolbox(at(name))
    equal(set:vectors(), ramp {2, 6}, name)
    equal({set.labels, about.measure, about.descriptors.roi}, {{'cat', 'dog', 'ape', 'house'}, 'euclidean', 'V1'})
    equal(about.rdm_descriptors.subject, {'s1', 's02'})
  end
  local result = data.rsatoolbox(at 'py_result.h5')
  equal({result.method, #result.models.one, result.n_rdm}, {'corr', 1, 3})
  local measured = data.rsatoolbox(at 'py_dataset.h5')
  equal(measured.measurements, ramp {4, 3})
  equal(measured.obs_descriptors.stim, {'a', 'b', 'a', 'b'})
  rsa.rdms(ramp {2, 6}, {labels = {'cat', 'dog', 'ape', 'house'}}):save(at 'lua_rdms.h5', {measure = 'correlation',
    descriptors = {roi = 'IT'}, rdm_descriptors = {subject = {'s1', 's02'}}})
  torch.manual_seed(0)
  local people = torch.rand({6, 28}, {dtype = 'float64'})
  local e = rsa.evaluate({a = people:mean(0), b = torch.rand({28}, {dtype = 'float64'})}, people, {interval = 'dual', samples = 100})
  e:save(at 'lua_result.h5')
  file.save(at 'lua_result.json', {standard_errors = e.variance:sqrt():tolist()})
end

function rows.peft()
  local adapter, about = file.load(at 'py_adapter/adapter_model.safetensors', {metadata = true})
  local settings = file.load(at 'py_adapter/adapter_config.json')
  equal({settings.r, settings.peft_type}, {2, 'LORA'})
  local name = 'base_model.model.first.lora_B.weight'
  equal(adapter[name], ramp({4, 2}, 'float32'))
  adapter[name] = adapter[name] * 2
  os.execute(("mkdir '%s'"):format(at 'lua_adapter'))
  file.save(at 'lua_adapter/adapter_model.safetensors', adapter, {metadata = about})
  file.save(at 'lua_adapter/adapter_config.json', settings)
end

function rows.pillow()
  local x = file.load(at 'py.png')
  equal(x, (torch.arange(60) * 4):byte():view{4, 5, 3})
  file.save(at 'lua.png', 255 - x)
  file.save(at 'lua.jpg', x)
end

function rows.json()
  local x = file.load(at 'py.json')
  equal({x.a[1], x.a[2], x.a[4], x['é']}, {1, 2.5, true, 'ü'})
  file.save(at 'lua.json', {a = {1, 2.5, true}, ['é'] = 'ü'})
end

for _, name in ipairs {'torch', 'safetensors', 'numpy', 'scipy', 'h5py', 'nibabel', 'pandas', 'rsatoolbox', 'peft', 'pillow', 'json'} do
  local ok, problem = pcall(rows[name])
  print(ok and ('ok    %s -> brainlua'):format(name) or ('FAIL  %s -> brainlua: %s'):format(name, problem))
end
