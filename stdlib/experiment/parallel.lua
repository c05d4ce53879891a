-- Independent steps of a run, several at a time: each in a forked process that shares the memory of this one as it is and
-- computes on one thread, so that the numbers are the same for any number of them.
local core = require 'brain.core'
local metrics = require 'brain.experiment.metrics'
local native = require 'brain.native'
local steps = require 'brain.experiment.steps'

local parallel = {}

-- Whether steps may run beside each other: a process that has used a GPU cannot be forked.
local function can_fork(run)
  return run.device == 'cpu' and run.threads > 1 and not torch.cuda.is_available()
end

-- What fn gave, the metrics it logged, its seconds: as steps keeps them.
local function computed(run, fn)
  local rows, start = run.metrics, native.wall_seconds()
  run.metrics, run.inside = metrics.new(), true
  local ok, given = pcall(fn)
  local logged = run.metrics.rows
  run.metrics, run.inside = rows, nil
  if not ok then error(given, 0) end
  return {n = 3, given, #logged > 0 and logged or nil, native.wall_seconds() - start}
end

-- Runs job.fn with the random numbers that the caller has, and keeps what it gave.
local function work(run, job, random)
  torch.set_rng_state(random)
  steps.store(run.folder, job.name, computed(run, job.fn), 0)
end

local function one_by_one(run, jobs, random, ended)
  for _, job in ipairs(jobs) do
    work(run, job, random)
    ended(job)
  end
end

local function side_by_side(run, jobs, random, ended)
  local running, begun = {}, 0
  local progress <close> = core.progress('steps', #jobs, 'steps')
  local stop <close> = setmetatable({}, {__close = function()
    for child in pairs(running) do child:stop() end
  end})
  while begun < #jobs or next(running) do
    local count = 0
    for child, job in pairs(running) do
      local problem, printed = child:poll()
      if problem then
        running[child] = nil
        if printed ~= '' then io.stderr:write(printed) end
        if problem ~= '' then error(("step '%s': %s"):format(job.name, problem), 0) end
        ended(job)
        progress:advance()
      else
        count = count + 1
      end
    end
    if begun < #jobs and count < run.threads then
      begun = begun + 1
      local job = jobs[begun]
      running[native.start_child(function()
        torch.set_num_threads(1)
        work(run, job, random)
      end)] = job
    else
      native.sleep(0.02)
      progress:advance(0)
    end
  end
end

-- jobs: list of {name =, fn =} that have not been done; single: whether the whole list had but one, which then may use all
-- threads. ended(job) is called as each has been kept.
function parallel.run(run, jobs, single, ended)
  local random = torch.get_rng_state()
  local how = not single and can_fork(run) and side_by_side or one_by_one
  how(run, jobs, random, ended)
  torch.set_rng_state(random)
end

-- {what a step of parallel.run gave, the metrics it logged (a Frame or nil), its seconds}; nil when it has not ended yet.
function parallel.kept(run, name)
  local random = torch.get_rng_state()
  local kept = steps.load(run.folder, name)
  torch.set_rng_state(random)
  return kept
end

return parallel
