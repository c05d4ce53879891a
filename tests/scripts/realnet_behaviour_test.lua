-- scripts/realnet/behaviour.lua, objectome.lua and robustness.lua on planted decisions.
local test = require 'brain.test'
package.path = 'scripts/?.lua;' .. package.path
local behaviour, objectome = require 'realnet.behaviour', require 'realnet.objectome'
local robustness = require 'realnet.robustness'

local float64 = {dtype = 'float64'}
local how = {samples = 50, seed = 4}
local names = {'bird', 'cat', 'dog'}

-- A set of 30 pictures and 4 people who err on the pictures that are hard, and on some of their own.
local function planted_set(name)
  local set = {name = name, files = {}, exclude = {}, decided = {category = {}, imagename = {}}, truth = {},
    trials = {subj = {}, condition = {}, category = {}, object_response = {}, imagename = {}}}
  for i = 1, 30 do
    local shape, texture = names[i % 3 + 1], names[(i // 3) % 3 + 1]
    set.files[i], set.truth[i] = 'x', i % 3
    set.decided.category[i], set.decided.imagename[i] = shape, ('%d_c_dnn_0_%s_00_%s%d-%s1.png'):format(i, shape, shape, i, texture)
    for person = 1, 4 do
      local wrong = i % 4 == 0 or (i + person) % 9 == 0
      local row = {subj = 'p' .. person, condition = '0', category = shape, object_response = wrong and texture or shape,
        imagename = ('%d_c_s%d_0_%s_00_%s%d-%s1.png'):format(i, person, shape, shape, i, texture)}
      for column, value in pairs(row) do table.insert(set.trials[column], value) end
    end
  end
  set.truth = torch.tensor(set.truth)
  set.ceiling = stats.error_consistency_ceiling(set.trials)
  return set
end

local can_draw = pcall(function() return plot.lines end)

-- A run that keeps what is saved, and draws the figures.
local function recorder()
  local run = {saved = {}, drawn = {}}
  function run:save(name, value) self.saved[name] = value end
  function run:figure(name, figure) self.drawn[name] = figure:svg() end
  function run:table() end
  return run
end

test.case('error consistency and shape bias of networks', function()
  local measure = {sets = {planted_set 'edge', planted_set 'cue-conflict'}, names = names}
  local truth = torch.cat {measure.sets[1].truth, measure.sets[2].truth}
  local place = torch.arange(60) % 30 + 1
  local people_like = torch.where((place % 4):eq(0), (truth + 1) % 3, truth)   -- errs where people err
  local unlike = torch.where((place % 4):eq(1), (truth + 1) % 3, truth)
  local base = {name = 'base', label = 'before', values = unlike:view(1, 1, 60)}
  local arm = {name = 'aligned', label = 'aligned', values = people_like:view(1, 1, 60):expand(3, 2, 60)}
  local control = {name = 'shuffled', label = 'shuffled', values = unlike:view(1, 1, 60):expand(3, 1, 60)}
  local out = behaviour.outcome(base, {arm, control}, how, measure)
  test.equal(out.arms[2].lead.estimate, out.arms[1].gain.estimate)
  test.equal(out.arms[2].gain.high:item(), 0.0)
  local set = measure.sets[1]
  local right = people_like['0:30']:eq(set.truth):double()
  test.close(out.arms[1].consistency[{2, 0}]:item(), stats.error_consistency_score(right, set.decided, set.trials))
  test.close(out.arms[1].accuracy[{0, 0}]:item(), right:mean():item())
  local expected = ((out.arms[1].consistency - out.base.consistency) / out.ceiling):mean()
  test.close(out.arms[1].gain.estimate:item(), expected:item())
  test.truthy(out.arms[1].gain.low:item() > 0)
  test.equal(out.base.shape_bias.shape, torch.zeros(1).shape)
  if not can_draw then return end
  local run = recorder()
  local words = behaviour.report(run, out)
  test.truthy(words[1]:find 'They go by shape in', words[1])
  test.equal(run.saved['behaviour/error_consistency_aligned'].shape, torch.zeros(3, 2).shape)
  test.truthy(#run.drawn.behaviour > 1000)
end)

test.case('i2n of networks, and its gain', function()
  torch.manual_seed(3)
  local key = {images = {}, truth = {}, objects = {'bird', 'cat', 'dog'}}
  for i = 1, 12 do key.images[i], key.truth[i] = 'i' .. i, key.objects[i % 3 + 1] end
  local own = torch.arange(1, 13) % 3
  local people = torch.rand(12, 3, float64):scatter(1, own:unsqueeze(1), 1)
  key.trials = {image_id = {}, sample_obj = {}, dist_obj = {}, choice = {}}
  local u = torch.rand(12 * 3 * 60):tolist()
  for k = 0, #u - 1 do
    local i, o = k % 12, (k // 12) % 3
    if o ~= own[i]:item() then
      local wrong = people[{i, o}] / (people[{i, o}] + 1)
      local row = {image_id = key.images[i + 1], sample_obj = key.truth[i + 1], dist_obj = key.objects[o + 1]}
      row.choice = u[k + 1] < wrong:item() and row.dist_obj or row.sample_obj
      for column, value in pairs(row) do table.insert(key.trials[column], value) end
    end
  end
  local base = {name = 'base', label = 'before', values = torch.rand(1, 1, 12, 3, float64):scatter(3, own:view(1, 1, 12, 1), 1)}
  local arm = {name = 'aligned', label = 'aligned', values = people:expand(2, 1, 12, 3)}
  local one = {name = 'across', label = 'all subjects', values = base.values}
  local out = objectome.outcome(base, {arm, one}, how, {record = {private = key}})
  test.equal(out.arms[2].lead.estimate, out.arms[1].gain.estimate)
  test.close(out.arms[2].gain.low:item(), 0, {atol = 1e-15})
  test.close(out.arms[1].score[1]:item(), stats.i2n(people, key.trials, key, {seed = 4}).score)
  local measured = stats.i2n_dprimes(key.trials, key)
  local function r(p)
    local d = stats.i2n_dprimes(p, key)
    local both = d:isfinite():logical_and(measured:isfinite())
    return torch.corrcoef(torch.stack {d[both], measured[both]})[{0, 1}]:item()
  end
  test.close(out.arms[1].gain.estimate:item(), r(people) - r(base.values[{0, 0}]), {rtol = 1e-10})
  test.truthy(out.arms[1].gain.low:item() > 0)
  if not can_draw then return end
  local run = recorder()
  test.truthy(objectome.report(run, out)[1]:find 'image by image')
  test.equal(run.saved['behaviour/i2n_aligned'].shape, torch.zeros(2).shape)
end)

test.case('accuracy under attack, and its gain', function()
  torch.manual_seed(5)
  local base = {name = 'base', label = 'before', values = torch.rand(1, 1, 1, 2, 20):lt(0.3):float()}
  local arm = {name = 'aligned', label = 'aligned', values = torch.rand(4, 2, 1, 2, 20):lt(0.8):float()}
  local one = {name = 'across', label = 'all subjects', values = base.values}
  local out = robustness.outcome(base, {arm, one}, how, {attacks = {'fgsm'}, epsilons = torch.tensor({0, 0.01}, float64)})
  test.close(out.arms[2].lead.estimate, out.arms[1].gain.estimate)
  test.equal(out.arms[1].accuracy.shape, torch.zeros(4, 1, 2).shape)
  test.close(out.arms[1].gain.estimate[{0, 1}]:item(),
    (arm.values[':, :, 0, 1']:mean() - base.values[{0, 0, 0, 1}]:mean()):item(), {rtol = 1e-6})
  if not can_draw then return end
  local run = recorder()
  test.truthy(robustness.report(run, out)[1]:find 'largest FGSM')
  test.truthy(#run.drawn.robustness > 1000)
end)
