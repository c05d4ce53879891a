-- Experiments: options, run folders, results, metrics, steps and resuming.
local test = require 'brain.test'
local arguments = require 'brain.experiment.arguments'
local core = require 'brain.core'
local in_scratch = dofile 'tests/stdlib/in_run_folder.lua'

local function quiet(f)  -- without what finish prints
  local printed, real = {}, print
  rawset(getmetatable(_G).__index, 'print', function(...) printed[#printed + 1] = table.concat({...}, '\t') end)
  local ok, problem = pcall(f)
  rawset(getmetatable(_G).__index, 'print', real)
  if not ok then error(problem, 0) end
  return table.concat(printed, '\n')
end

local function start(folder, ...)
  return experiment.start {name = 'test', options = {beta = {100, 'weight'}}, arguments = {'--out', folder, ...}}
end

local function content(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read 'a'
  file:close()
  return text
end

local list = arguments.declare {
  beta = {100, 'weight'}, data = {'demo', 'data', choices = {'demo', 'full'}}, fast = {false, 'fast'},
  shuffle = {true, 'shuffle'}, sizes = {{1, 2}, 'sizes'}, names = {{'a'}, 'names'}, kinds = {{'x'}, 'kinds', {'x', 'y'}}, max_epochs = {3, 'epochs'},
  weights = experiment.optional('path', 'weights'), count = experiment.optional('integer', 'count'),
}

test.case('the command line as typed values', function()
  local values, given = arguments.parse(list, {'--beta=2.5', '--fast', '--no-shuffle', '--sizes', '3,4.5', '--names', 'x, y',
    '--max-epochs', '-7', '--seed', '3', '--dry-run'})
  test.equal(values.beta, 2.5)
  test.equal(values.data, 'demo')
  test.equal(values.fast, true)
  test.equal(values.shuffle, false)
  test.equal(values.sizes, {3, 4.5})
  test.equal(values.names, {'x', 'y'})
  test.equal(values.max_epochs, -7)
  test.equal(values.seed, 3)
  test.equal(values.dry_run, true)
  test.equal(values.weights, nil)
  test.equal(given.beta and not given.data, true)
  test.equal(math.type(arguments.parse(list, {'--beta', '2'}).beta), 'integer')
  test.equal(arguments.parse(list, {'--fast=no', '--names='}).names, {})
  test.equal(arguments.parse(list, {'--kinds', 'y,x'}).kinds, {'y', 'x'})
  local values_, message = arguments.parse(list, {'--kinds', 'y,z'})
  test.equal(values_, nil)
  test.equal(message, "--kinds: expected some of x, y, found 'z'")
end)

test.case('what is wrong with the command line', function()
  local function says(text, ...)
    local values, problem = arguments.parse(list, {...})
    test.equal(values, nil)
    test.equal(problem, text)
  end
  says("unknown option '--betta', did you mean '--beta'?", '--betta', '1')
  says("unknown option '--no-beta', did you mean '--beta'?", '--no-beta')
  says("--beta: expected a number, found 'x'", '--beta', 'x')
  says('--beta: expected a number, found nothing', '--beta')
  says('--beta: expected a number, found nothing', '--beta', '--fast')
  says("--data: expected one of demo, full, found 'half'", '--data', 'half')
  says("--count: expected an integer, found '1.5'", '--count', '1.5')
  says("--fast: expected true or false, found 'maybe'", '--fast=maybe')
  says("--weights: expected a file or folder that exists, found 'absent.pt'", '--weights', 'absent.pt')
  says("--sizes: expected numbers separated by commas, found '1,x'", '--sizes', '1,x')
  says("--seed: expected an integer from 0, found '-1'", '--seed', '-1')
  says("expected --option value, found 'extra'", 'extra')
end)

test.case('what is wrong with the declaration', function()
  local function says(text, options) test.raises(function() experiment.start {name = 'x', options = options} end, text) end
  says('options: seed: every script has an option of that name', {seed = {1, 'x'}})
  says("options: w: expected a number, text, boolean or list as default, got nil; experiment.optional", {w = {nil, 'x'}})
  says("expected {default, 'help'}, got number", {w = 3})
  says('expected a name of letters', {['a-b'] = {1, 'x'}})
  test.raises(function() experiment.optional('pathh', 'x') end, "did you mean 'path'?")
  test.raises(function() experiment.start {nmae = 'x'} end, "unknown option 'nmae', did you mean 'name'?")
  test.raises(function() experiment.start {name = 'a/b'} end, 'experiment.start: name: expected letters')
end)

test.case('help lists every option', function()
  local text = arguments.help(list, 'brainlua x.lua', 'About.')
  for _, part in ipairs {'usage: brainlua x.lua\nAbout.\n', '  --beta NUMBER ', 'weight (default 100)', '--max-epochs NUMBER',
    'default on; --no-shuffle', '(default demo; one of demo, full)', '--dry-run', '--weights PATH'} do
    test.truthy(text:find(part, 1, true), part)
  end
end)

test.case('a run folder holds everything', function()
  in_scratch(function(folder)
    local run = start(folder, '--beta', '7', '--seed', '5')
    test.equal(run.options.beta, 7)
    test.equal(run.options.out, folder)
    test.raises(function() return run.options.btea end, "no option 'btea', did you mean 'beta'?")
    test.equal(torch.initial_seed and torch.initial_seed() or 5, 5)
    run:log {epoch = 1, loss = 0.5}
    run:log {epoch = 2, loss = 0.25, note = 'a,b'}
    test.equal(content(folder .. '/metrics.csv'), 'epoch,loss,note\n1,0.5,""\n2,0.25,"a,b"\n')
    run:input 'README.md'
    run:table('scores', frame.new {{'roi', {'V1'}}, {'r', {0.5}}}, 'Scores')
    test.raises(function() experiment.start {name = 'second'} end, 'this script has begun a run already')
    local printed = quiet(function()
      run:finish {headline = 'It works', text = 'Well.', table = frame.new {{'a', {1}}}}
    end)
    test.truthy(printed:find('It works\na\n1\n[1 row x 1 column]\nreport: ' .. folder .. '/report.html', 1, true), printed)
    local record = file.load(folder .. '/run.json')
    test.equal(record.status, 'finished')
    test.equal(record.options.beta, 7)
    test.equal(record.seed, 5)
    test.equal(record.headline, 'It works')
    test.equal(record.command[4], '7')
    test.equal(record.script.sha256, core.sha256_file(record.script.path))
    test.equal(record.inputs[1].fingerprint, core.fingerprint 'README.md')
    test.truthy(content(folder .. '/log.txt'):find 'test finished')
    test.raises(function() run:log {a = 1} end, 'run:log: the run has ended')
  end)
end)

test.case('results.h5 keeps arrays with dims, labels and attributes', function()
  in_scratch(function(folder)
    local run = start(folder)
    if not test.has 'hdf5' then return end
    local x = torch.randn(2, 3)
    run:save('eeg/similarity', x, {dims = {'area', 'time'}, labels = {area = {'V1', 'IT'}, time = torch.arange(3)},
      attributes = {r = 0.5}})
    run:save('scores', frame.new {{'roi', {'V1', 'IT'}}, {'r', {0.5, 0.25}}})
    run:save('eeg/times', torch.arange(3))
    run:save('eeg/similarity', x + 1, {dims = {'area', 'time'}})
    local buffer = torch.ones(2)
    run:save('kept', buffer)
    buffer:zero_()
    run:save('other', 1)
    test.equal(file.load(folder .. '/results.h5').kept, torch.ones(2))
    local tree, attributes = file.load(folder .. '/results.h5', {metadata = true})
    test.equal(tree.eeg.similarity, x + 1)
    test.equal(tree.eeg.times, torch.arange(3))
    test.equal(tree.scores.roi, {'V1', 'IT'})
    test.equal(attributes['/eeg/similarity'].dims, {'area', 'time'})
    test.equal(attributes['/eeg/similarity'].r, nil)
    test.raises(function() run:save('x', x, {dims = {'area'}}) end, "'x': dims: expected 2 names as the Tensor has axes, got 1")
    test.raises(function() run:save('x', x, {dims = {'a', 'b'}, labels = {c = {1}}}) end, "labels: no axis 'c'")
    test.raises(function() run:save('x', x, {dims = {'a', 'b'}, labels = {a = {1}}}) end, 'a: expected 2 as the axis is long')
    test.raises(function() run:save('/x', x) end, "expected a name as 'group/name'")
    test.raises(function() run:save('x', print) end, "expected a Tensor, text, number, list")
    test.raises(function() run:save('x', x:to 'bfloat16') end, "'x': bfloat16 is not kept in HDF5")
    run.results.cost, run.results.written = 1e9, 1e18  -- as if writing took long: it is put off
    run:save('later', x)
    test.equal(file.load(folder .. '/results.h5').later, nil)
    run:step('end', function() end)
    test.equal(file.load(folder .. '/results.h5').later, x)
    test.equal(file.load(folder .. '/results.h5').eeg.similarity, x + 1)
  end)
end)

test.case('large arrays are files of their own', function()
  in_scratch(function(folder)
    local run = start(folder)
    if not test.has 'hdf5' then return end
    local x = torch.arange(17 * 1024 * 1024):float()
    run:save('features/conv1', x, {dims = {'sample'}})
    run:save('small', torch.ones(2))
    local tree = file.load(folder .. '/results.h5')
    test.equal(tree.small, torch.ones(2))
    test.equal(tree.features.conv1, torch.null)
    local apart, attributes = file.load(folder .. '/results/features/conv1.h5', {metadata = true})
    test.truthy(torch.equal(apart.data, x))
    test.equal(attributes['/data'].dims, {'sample'})
    experiment.close('failed', 'x')
    run = start(folder, '--resume')
    run:save('more', torch.ones(1))
    test.equal(file.load(folder .. '/results.h5').small, torch.ones(2))
    test.equal(file.load(folder .. '/run.json').results, {'features/conv1', 'more', 'small'})
  end)
end)

test.case('without HDF5 results are written as .pt', function()
  in_scratch(function(folder)
    local real = file.save
    file.save = function(path, ...)
      if path:find '%.h5$' then error(path .. ': this build has no HDF5', 0) end
      real(path, ...)
    end
    local ok, problem = pcall(function()
      local run = start(folder)
      run:save('eeg/r', torch.ones(2), {dims = {'area'}})
      run:save('eeg/times', torch.arange(3))
      run:save('scores', frame.new {{'roi', {'V1'}}})
      experiment.close('failed', 'x')
      run = start(folder, '--resume')
      run:save('more', 3)
    end)
    file.save = real
    if not ok then error(problem, 0) end
    local tree = file.load(folder .. '/results.pt')
    test.equal(tree.eeg.r, torch.ones(2))
    test.equal(tree.eeg.times, torch.arange(3))
    test.equal(tree.scores.roi, {'V1'})
    test.equal(tree.more, 3)
    test.equal(tree.attributes['eeg/r'].dims, {'area'})
  end)
end)

test.case('a resumed run keeps its steps and cuts its metrics', function()
  in_scratch(function(folder)
    local calls = {}
    local function script(run, fail_in)
      run:log {phase = 'start', x = 0}
      local features, extra = run:step('features', function()
        calls[#calls + 1] = 'features'
        run:log {phase = 'features', x = 1}
        return torch.arange(3), {name = 'x', list = {1, 2.5, 'y'}, scores = frame.new {{'r', {0.5}}, {'t', {'a'}}}}, nil
      end)
      test.equal(features, torch.arange(3))
      test.equal(extra.list, {1, 2.5, 'y'})
      test.equal(extra.scores.columns, {'r', 't'})
      test.equal(extra.scores.t, {'a'})
      run:step('fit', function()
        calls[#calls + 1] = 'fit'
        for epoch = 1, 3 do
          run:log {phase = 'fit', x = epoch}
          if epoch == fail_in then error 'stopped' end
        end
      end)
    end
    test.equal(pcall(script, start(folder, '--beta', '5'), 2), false)
    experiment.close('failed', 'stopped\nhere')
    test.equal(file.load(folder .. '/run.json').status, 'failed')
    test.truthy(content(folder .. '/log.txt'):find 'error stopped\\nhere\n$')
    test.equal(frame.read(folder .. '/metrics.csv').x, torch.tensor {0, 1, 1, 2})

    local run = start(folder, '--resume')
    test.equal(run.options.beta, 5)
    script(run)
    test.equal(frame.read(folder .. '/metrics.csv').x, torch.tensor {0, 1, 1, 2, 3})
    quiet(function() run:finish {} end)
    test.equal(calls, {'features', 'fit', 'fit'})
    test.equal(frame.read(folder .. '/metrics.csv').phase, {'start', 'features', 'fit', 'fit', 'fit'})
    local record = file.load(folder .. '/run.json')
    test.equal(record.status, 'finished')
    test.equal(#record.resumed, 1)
    test.equal(record.command[3], '--beta')
  end)
end)

test.case('random numbers after a kept step are those of a run without a stop', function()
  in_scratch(function(folder)
    local function script(run)
      local a = run:step('draw', function() return torch.randn(3) end)
      return torch.cat {a, torch.randn(3)}
    end
    local whole = script(start(folder, '--seed', '4'))
    experiment.close 'interrupted'
    test.equal(script(start(folder, '--resume')), whole)
  end)
end)

test.case('metrics of a checkpoint are restored, what came after it is cut', function()
  in_scratch(function(folder)
    local run = start(folder)
    for epoch = 1, 5 do run:log {epoch = epoch, loss = 1 / epoch} end
    experiment.close 'interrupted'
    run = start(folder, '--resume')
    run:restore(3)
    test.equal(run:rows(), 3)
    test.close(run:history().loss, torch.tensor({1, 1 / 2, 1 / 3}, {dtype = 'float64'}))
    run:log {epoch = 4, loss = 9}
    test.equal(frame.read(folder .. '/metrics.csv').epoch, torch.tensor {1, 2, 3, 4, 5})
    quiet(function() run:finish {} end)
    test.equal(frame.read(folder .. '/metrics.csv').epoch, torch.tensor {1, 2, 3, 4})
  end)
end)

test.case('steps', function()
  in_scratch(function(folder)
    local run = start(folder)
    run:step('a', function() end)
    test.raises(function() run:step('a', function() end) end, "run:step: 'a' comes twice")
    test.raises(function() run:step('../a', function() end) end, 'run:step: expected a name of letters')
    test.raises(function() run:step('b', 3) end, "run:step: 'b': expected a function, got number")
    test.raises(function() run:step('c', function() return print end) end, "run:step: 'c': its result cannot be kept")
  end)
end)

test.case('a dry run writes nothing and prints its plan', function()
  in_scratch(function(folder)
    local run = start(folder, '--dry-run')
    test.equal(run.dry, true)
    local printed = quiet(function()
      run:plan {{'read images', bytes = 2 ^ 30, seconds = 60}, {'fit', seconds = 3600, note = '8 folds'}}
    end)
    test.truthy(printed:find 'read images +1.0 GiB +1:00\n' and printed:find 'in all', printed)
    run:log {a = 1}
    run:save('x', torch.ones(2))
    test.equal(run:step('s', function() return 3 end), 3)
    test.equal(core.exists(folder), nil)
    test.raises(function() run:plan {{'x', byts = 1}} end, 'byts')
  end)
end)

test.case('every function and method has its help', function()
  local help = require 'brain.help'
  for name in pairs(experiment) do
    if name ~= 'close' then test.truthy(help.find('experiment.' .. name), name) end
  end
  local text = help.find 'experiment.run'
  for name in pairs(require 'brain.experiment.run') do
    local own = name:find '^_' or name == 'new' or name == 'begin' or name == 'close' or name == 'write_record'
    if not own then test.truthy(text:find('run:' .. name, 1, true), name) end
  end
end)
