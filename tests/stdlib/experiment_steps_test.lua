-- run:steps: independent steps in processes of their own.
local test = require 'brain.test'
local core = require 'brain.core'
local native = require 'brain.native'
local in_scratch = dofile 'tests/stdlib/in_run_folder.lua'

-- A run with that many threads, which stay those of the computation while f runs.
local function with_run(folder, threads, f, ...)
  local before = torch.get_num_threads()
  local run = experiment.start {name = 'steps', options = {}, arguments = {'--out', folder, '--device', 'cpu', '--threads',
    tostring(threads), ...}}
  local ok, problem = pcall(f, run)
  torch.set_num_threads(before)
  if not ok then error(problem, 0) end
end

-- Trains a small network: matrix products, gradients and random numbers in each process.
local function trained(seed)
  local weight = torch.zeros({8, 1}):requires_grad_(true)
  local x = torch.randn({64, 8}, {generator = torch.Generator():manual_seed(seed)})
  local optimizer = optim.Adam({weight}, {lr = 0.1})
  for _ = 1, 20 do
    local loss = (x:mm(weight) - x:narrow(1, 0, 1)):square():mean() + torch.randn({}) * weight:sum()
    optimizer:zero_grad()
    loss:backward()
    optimizer:step()
  end
  return weight:detach()
end

test.case('steps give the same in order, for any number of threads', function()
  local function all(threads)
    local found
    in_scratch(function(folder)
      with_run(folder, threads, function(run)
        torch.manual_seed(5)
        local list = {}
        for i = 1, 5 do
          list[i] = {('part/%d'):format(i), function()
            run:log {part = i, x = i / 2}
            return {weight = trained(i), index = i}
          end}
        end
        local given = run:steps(list)
        found = {after = torch.randn(2), x = frame.read(folder .. '/metrics.csv').x}
        for i = 1, 5 do
          test.equal(given[i].index, i)
          found[i] = given[i].weight
        end
        local record = file.load(folder .. '/run.json')
        test.equal(#record.steps, 5)
      end)
    end)
    return found
  end
  local one, three = all(1), all(3)
  test.equal(one.x, torch.tensor({0.5, 1, 1.5, 2, 2.5}, {dtype = 'float64'}))
  for name, value in pairs(one) do test.equal(three[name], value, tostring(name)) end
end)

test.case('a failing step says which and ends the others; those that have ended are kept', function()
  in_scratch(function(folder)
    local function script(run, fail)
      return run:steps {
        {'good', function() return 1 end},
        {'bad', function()
          while fail and not core.exists(folder .. '/steps/good.pt') do native.sleep(0.01) end
          return fail and error('no data', 0) or 2
        end},
        {'long', function()
          if fail then native.sleep(600) end
          return 3
        end}}
    end
    local start = native.wall_seconds()
    with_run(folder, 3, function(run) test.raises(function() script(run, true) end, "step 'bad': no data") end)
    test.truthy(native.wall_seconds() - start < 300)
    experiment.close('failed', 'x')
    test.equal(core.exists(folder .. '/steps/good.pt'), 'file')
    with_run(folder, 3, function(run) test.equal(script(run), {1, 2, 3}) end, '--resume')
  end)
end)

test.case('what run:steps refuses', function()
  in_scratch(function(folder)
    with_run(folder, 2, function(run)
      test.raises(function() run:steps(3) end, 'run:steps: expected a list of {name, fn}, got number')
      test.raises(function() run:steps {3} end, 'run:steps: [1]: expected {name, fn}, got number')
      test.raises(function() run:steps {{'a', 3}} end, "run:steps: 'a': expected a function, got number")
      test.raises(function() run:steps {{'b', function() run:save('x', 1) end}, {'c', function() end}} end,
        'run:save: not inside run:steps; give the value back instead')
      test.equal(run:steps {}, {})
      test.equal(#run:steps {{'nothing', function() end}}, 0)
      test.raises(function() run:step('nothing', function() end) end, "run:step: 'nothing' comes twice")
    end)
  end)
end)
