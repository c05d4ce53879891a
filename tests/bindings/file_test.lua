-- file.load and file.save: formats, order, sharing, errors.
local test = require 'brain.test'
local file = require 'brain.file'
local torch = require 'brain.torch'

local folder = 'tests/data/checkpoints/'

local function scratch(name, fn)
  local path = os.tmpname()
  os.remove(path)
  path = path .. name
  local ok, message = pcall(fn, path)
  os.remove(path)
  if not ok then error(message, 0) end
end

local function keys(t)
  local list = {}
  for key in pairs(t) do list[#list + 1] = tostring(key) end
  return table.concat(list, ' ')
end

test.case('a training checkpoint as tables, in the order of the file', function()
  for _, name in ipairs {'training.pth', 'training_legacy.pth'} do
    local checkpoint = file.load(folder .. name)
    test.equal(keys(checkpoint), "state_dict epoch best args views names big array ('a', 1)", name)
    test.equal(keys(checkpoint.state_dict), 'weight bias steps', name)
    test.equal(checkpoint.state_dict.weight:tolist(), {{0.0, 1.0, 2.0}, {3.0, 4.0, 5.0}}, name)
    test.equal(checkpoint.state_dict.bias.dtype, 'float16', name)
    test.equal(checkpoint.args.class, 'argparse.Namespace', name)
    test.equal(checkpoint.args.state.lr, 0.1, name)
    test.equal(checkpoint.args.state.resume, torch.null, name)
    test.equal(checkpoint.big, '1180591620717411303424', name)
    checkpoint.views[1]:zero_()  -- views share their storage, as in the file
    test.equal(checkpoint.views[2]:sum():item(), 0.0, name)
    test.equal(checkpoint.views[3]:sum():item(), 0.0, name)
  end
  local again = file.load(folder .. 'training.pth').views[2]
  test.equal(again:tolist(), {5.0, 6.0, 7.0, 8.0, 9.0}, 'the file is as it was')
end)

test.case('key selects one entry', function()
  test.equal(keys(file.load(folder .. 'training.pth', {key = 'state_dict'})), 'weight bias steps')
  test.equal(file.load(folder .. 'packed.npz', {key = 'y'}):tolist(), {0, 1, 2})
  test.equal(file.load(folder .. 'small.safetensors', {key = 'a'}):item(), 5)
  local function misspelt() file.load(folder .. 'training.pth', {key = 'statedict'}) end
  test.raises(misspelt, "did you mean 'state_dict'?")
end)

test.case('modules saved whole give their state dict', function()
  test.equal(keys(file.load(folder .. 'script.pt')), '0.weight 0.bias')
  test.equal(file.load(folder .. 'module.pth')['1.running_var']:tolist(), {1.0, 1.0})
end)

test.case('safetensors carry metadata', function()
  local tensors, metadata = file.load(folder .. 'small.safetensors', {metadata = true})
  test.equal(keys(tensors), 'b a')
  test.equal(metadata.format, 'pt')
  scratch('.safetensors', function(path)
    file.save(path, tensors, {metadata = {note = 'naïve'}})
    local back, again = file.load(path, {metadata = true})
    test.equal(keys(back), 'b a')
    test.equal(back.b, tensors.b)
    test.equal(again.note, 'naïve')
  end)
end)

test.case('NumPy files; pickled objects only when allowed', function()
  test.equal(file.load(folder .. 'fortran.npy'):tolist(), {{0, 1, 2}, {3, 4, 5}})
  test.equal(file.load(folder .. 'strings.npy'), {{'Pz', 'O1'}, {'é', ''}})
  test.raises(function() file.load(folder .. 'objects.npy') end, 'allow_pickle=true')
  test.equal(file.load(folder .. 'objects.npy', {allow_pickle = true}).names, {'Pz', 'O1'})
  scratch('.npy', function(path)
    local t = torch.randn(3, 4):t()
    file.save(path, t)
    test.equal(file.load(path), t:contiguous())
  end)
end)

test.case('a checkpoint keeps nested tables, numbers, strings and every dtype', function()
  local value = {epoch = 3, rate = 2.0, name = 'naïve', none = torch.null, flags = {true, false},
    state = {w = torch.randn(2, 3), b = torch.ones({2}, {dtype = 'bfloat16'}), n = torch.tensor(7)},
    odd = torch.ones({2}, {dtype = 'uint16'}), c = torch.ones({2}, {dtype = 'complex64'}), empty = {}}
  scratch('.pt', function(path)
    file.save(path, value)
    local back = file.load(path)
    test.equal(keys(back), 'c empty epoch flags name none odd rate state')  -- plain tables are sorted
    test.equal(math.type(back.epoch), 'integer')
    test.equal(math.type(back.rate), 'float')
    test.equal(back.name, value.name)
    test.equal(back.none, torch.null)
    test.equal(back.flags, {true, false})
    for _, name in ipairs {'w', 'b', 'n'} do test.equal(back.state[name], value.state[name]) end
    test.equal(back.c, value.c)
    test.equal(back.odd.dtype, 'uint16')
  end)
end)

test.case('JSON and text', function()
  scratch('.json', function(path)
    file.save(path, {b = {1, 2.5, 'x', torch.null}, a = true, empty = {}})
    local back = file.load(path)
    test.equal(keys(back), 'a b empty')
    test.equal(back.b, {1, 2.5, 'x', torch.null})
    file.save(path, back)  -- what was loaded keeps its order when saved
    test.equal(keys(file.load(path)), 'a b empty')
    test.raises(function() file.save(path, {x = 0 / 0}) end, 'JSON has no NaN')
    test.raises(function() file.save(path, {t = torch.ones(2)}) end, 'make it a list')
    test.equal(file.load(path).a, true, 'the old file stays')
  end)
  scratch('.txt', function(path)
    file.save(path, 'two\nlines\0')
    test.equal(file.load(path), 'two\nlines\0')
  end)
end)

test.case('order is kept when entries are added to what was loaded', function()
  local t = file.load(folder .. 'small.safetensors')
  t.z = torch.ones(1)
  t.c = torch.ones(2)
  t.b = nil
  test.equal(keys(t), 'a z c')
end)

test.case('what cannot be saved or loaded is said on one line', function()
  test.raises(function() file.load 'x.parquet' end, 'parquet files are not read: export the table as .csv (in pandas: to_csv)')
  test.raises(function() file.load 'x.docx' end, 'expected one of the extensions pt, pth')
  test.raises(function() file.load 'none.pt' end, 'none.pt: cannot open: No such file')
  test.raises(function() file.load(folder .. 'training.pth', {kye = 'x'}) end, "did you mean 'key'?")
  test.raises(function() file.save('x.docx', {}) end, 'expected one of the extensions pt, pth, safetensors')
  test.raises(function() file.save('x.pt', {a = {print}}) end, 'value.a[1]: a file cannot hold a function')
  test.raises(function() file.save('x.pt', {[{}] = 1}) end, 'a table as key')
  test.raises(function() file.save('x.safetensors', {a = 1}) end, 'holds tensors only')
  test.raises(function() file.save('x.npy', torch.empty({2}, {device = 'meta'})) end, 'found a meta one')
  local circle = {}
  circle.self = circle
  test.raises(function() file.save('x.pt', circle) end, 'contains itself')
end)

test.case('golden files of the shared data load and hostile ones are refused', function()
  local native = require 'brain.native'
  local root = test.shared 'data/golden_models/hostile/expect.json'
  if not root then return end
  local base = root:match '(.*/)hostile/'
  for _, item in ipairs(file.load(root).files) do
    local ok, message = pcall(file.load, base .. 'hostile/' .. item.file)
    if item.expect == 'error' then test.truthy(not ok, item.file) end
    if not ok then test.truthy(not tostring(message):find '\n', item.file) end
  end
  local loaded = 0
  for _, sub in ipairs {'checkpoints/', 'safetensors/', 'npy_mat/'} do
    for _, name in ipairs(native.list_directory(base .. sub)) do
      if name:find '%.expect%.json$' and not name:find '^v73' then  -- which needs HDF5
        local note = file.load(base .. sub .. name)
        local ok, value = pcall(file.load, base .. sub .. note.file, {allow_pickle = true})
        if note.expect == 'ok' then
          test.truthy(ok, note.file .. ': ' .. tostring(value))
          loaded = loaded + 1
        end
      end
    end
  end
  test.truthy(loaded > 50, 'files loaded')
end)

test.case("Detectron2's weights", function()
  local pickled = file.load 'tests/data/checkpoints/detectron.pkl'
  test.equal(pickled.__author__, 'somebody')
  local layer = nn.Linear(3, 2)
  layer:load_state_dict(pickled.model)
  test.equal(layer:state_dict().weight:tolist(), {{0.0, 1.0, 2.0}, {3.0, 4.0, 5.0}})
  test.equal(layer:state_dict().bias:tolist(), {0.0, 1.0})
end)

-- A zip archive of stored or deflated entries, as bytes; each {name, content, size =, method =, packed =}.
local function zip_of(entries)
  local body, directory = '', ''
  for _, e in ipairs(entries) do
    local packed = e.packed or e[2]
    local sizes = ('<I4I4I4'):pack(0, #packed, e.size or #packed)
    local at = e.at or #body
    body = body .. ('<I4I2I2I2I2I2'):pack(0x04034b50, 20, 0, e.method or 0, 0, 0x21) .. sizes .. ('<I2I2'):pack(#e[1], 0) .. e[1] .. packed
    directory = directory .. ('<I4I2I2I2I2I2I2'):pack(0x02014b50, 20, 20, 0, e.method or 0, 0, 0x21) .. sizes
      .. ('<I2I2I2I2I2I4I4'):pack(#e[1], 0, 0, 0, 0, 0, at) .. e[1]
  end
  return body .. directory .. ('<I4I2I2I2I2I4I4I2'):pack(0x06054b50, 0, 0, #entries, #entries, #directory, #body, 0)
end

test.case('archives that lead elsewhere, overlap, come twice or unpack to too much are one-line errors', function()
  local npy = '\x93NUMPY\1\0\x76\0' .. ("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }"):format() .. (' '):rep(60) .. '\n'
  npy = npy:sub(1, 10) .. npy:sub(11, 127) .. '\n' .. 'abcd'
  local base = os.tmpname()
  os.remove(base)
  local path = base .. '.npz'
  local function refused(entries, text)
    local stream <close> = assert(io.open(path, 'wb'))
    stream:write(zip_of(entries))
    stream:close()
    local ok, message = pcall(file.load, path)
    test.truthy(not ok and message:find(text, 1, true) and not message:find '\n', ('%s: %s'):format(text, tostring(message)))
  end
  refused({{'../a.npy', npy}}, "an entry's name leads elsewhere: '../a.npy'")
  refused({{'/etc/a.npy', npy}}, "an entry's name leads elsewhere")
  refused({{'a.npy', npy}, {'a.npy', npy}}, "entry 'a.npy' comes twice")
  refused({{'a.npy', npy}, {'b.npy', npy, at = 0}}, 'has another name in its own header')
  refused({{'a.npy', npy}, {'a.npy', npy, at = 0}}, "entry 'a.npy' comes twice")
  refused({{'a.npy', npy, size = 1 << 30, method = 8}}, 'cannot unpack to 1073741824')
  refused({{'a.npy', npy, method = 99}}, 'is packed by method 99')
  refused({{'a.npy', npy}, {'a.txt', npy}}, "an .npz archive holds .npy files, found 'a.txt'")
  os.remove(path)
end)

test.case('what is not read says what to do instead', function()
  test.raises(function() file.load 'sub-01-epo.fif' end, "MNE's .fif files are not read: save epochs.get_data(), epochs.times")
end)

test.case('a bomb is found out before it unpacks, and max_bytes limits what may', function()
  local folder = os.tmpname()
  os.remove(folder)
  local path = folder .. '.nii.gz'
  file.save(path, torch.zeros({100, 100, 100}), {metadata = {affine = torch.eye(4):double()}})
  test.equal(file.load(path).shape, {100, 100, 100})
  local ok, message = pcall(file.load, path, {max_bytes = 1 << 20})
  test.truthy(not ok and message:find('holds more than 1048576 bytes when unpacked', 1, true), message)
  test.raises(function() file.load(path, {max_bytes = -1}) end, 'max_bytes: expected at least 0')
  os.remove(path)
end)
