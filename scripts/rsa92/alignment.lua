-- Alignment: the last layers of a network learn the RDM of some people's cortex.
local networks = require 'rsa92.networks'

local alignment = {}

local function permutation(n, seed) return torch.randperm(n, {generator = torch.Generator():manual_seed(seed)}) end

-- Half of the subjects of a set to learn from and the others to test on.
function alignment.halves(study, name, seed)
  local set, names = study.rdms[name], {}
  for each, rdms in pairs(study.rdms) do
    if #rdms > 1 then names[#names + 1] = each end
  end
  if not set or #set < 2 then
    error(("--set: expected measurements of several subjects, one of %s, got '%s'"):format(table.concat(names, ', '), name), 0)
  end
  local order = permutation(#set, seed):tolist()
  local half = (#set + 1) // 2
  return {learn = set:select(table.move(order, 1, half, 1, {})), test = set:select(table.move(order, half + 1, #order, 1, {}))}
end

-- What is tested on: the other subjects, and all other sets.
function alignment.sets(study, name, half)
  local sets, names = {}, {}
  for each, set in pairs(study.rdms) do
    names[#names + 1] = each
    sets[each] = each == name and half.test or set
  end
  return {names = names, rdms = sets}
end

-- Same or different category, and same or different animacy, in equal parts.
function alignment.of_categories(confounds)
  return rsa.rdms(confounds.categories:vectors() + confounds.animacy:vectors())
end

-- Two ways of leaving pictures out: parts of a random order, and every two categories.
function alignment.splits(study, parts, seed)
  local random, pairs_of = {}, {}
  local order = permutation(study.n, seed)
  for f = 1, parts do random[f] = order[torch.arange(study.n):remainder(parts):eq(f - 1)]:sort():tolist() end
  local members, names = {}, {}
  for i, name in ipairs(study.groups.categories) do
    if not members[name] then members[name], names[#names + 1] = {}, name end
    table.insert(members[name], i - 1)
  end
  for a = 1, #names do
    for b = a + 1, #names do
      local left_out = table.move(members[names[b]], 1, #members[names[b]], #members[names[a]] + 1, {table.unpack(members[names[a]])})
      pairs_of[#pairs_of + 1] = left_out
    end
  end
  return {{name = 'random', about = ('random split in %d'):format(parts), folds = random},
    {name = 'categories', about = 'two categories left out', folds = pairs_of}}
end

-- The layers of a network in the order in which they run, Sequentials taken apart.
local function chain(list, into)
  for _, layer in ipairs(list) do
    if layer:class_name() == 'Sequential' then chain(layer:stages(), into) else into[#into + 1] = layer end
  end
  return into
end

local function place(net, list, name)
  local layer = net:get(name)
  for i, each in ipairs(list) do
    if each == layer then return i end
  end
end

-- The layers that learn, as a network of their own: copies, so that each fold begins anew. Norms stay as they are: there
-- are too few pictures to estimate them.
local function fresh(net, entry)
  local copy = net:clone()
  local list, learning = chain(copy:stages(), {}), {}
  for i = place(copy, list, entry.learns), place(copy, list, entry.aligned) do learning[#learning + 1] = list[i] end
  local model = nn.Sequential(learning)
  for _, named in ipairs(model:named_modules()) do
    if named.layer:class_name():find 'Norm' then model:freeze(named.name) end
  end
  return model
end

local function run_through(list, x)
  for _, layer in ipairs(list) do x = layer(x) end
  return x
end

-- Trains on the pictures outside of each fold; the loss is 1 - r of the layer's RDM and the target, all pictures in every
-- step. RDMs of all pictures, also after fewer and more steps: {steps = list, rdms [1 + #steps, folds, pairs]}, first before.
function alignment.tune(entry, study, target, folds, opt, device)
  local net = networks.load(entry, opt.data):to(device)
  local list = chain(net:stages(), {})
  local front = table.move(list, 1, place(net, list, entry.learns) - 1, 1, {})
  local pictures = study:column(entry.name, {size = entry.size}):rows(torch.arange(study.n)):to(device)
  local x = torch.no_grad(run_through, front, pictures)
  local square = target:matrices()[0]:float():to(device)
  local steps = {math.max(1, opt.steps // 4), math.max(1, opt.steps // 2), opt.steps, opt.steps * 2}
  local function rdm(model)
    return rsa.rdm(torch.no_grad(function() return model:eval()(x):flatten(1) end)):vectors()[0]:cpu()
  end
  local before = rdm(fresh(net, entry))
  local kept = {{}, {}, {}, {}, {}}
  for f, fold in ipairs(folds) do
    local outside = torch.ones(study.n, {dtype = 'bool'})
    outside[torch.tensor(fold)] = false
    local model, learn = fresh(net, entry), data.tensors({x = x}):subset(outside)
    kept[1][f] = before
    train.fit {model = model, data = learn, batch = #learn, inputs = {'x'}, epochs = steps[#steps], freeze_prefix = false,
      optimizer = optim.Adam(model:named_parameters(), {lr = opt.rate}),
      loss = function(features, batch)
        local rows = batch.index:to(device)
        return losses.rdm(features:flatten(1), square:index_select(0, rows):index_select(1, rows))
      end,
      on_epoch = function(row)
        for k, step in ipairs(steps) do
          if row.epoch == step then kept[k + 1][f] = rdm(model) end
        end
      end}
  end
  for k, rdms in ipairs(kept) do kept[k] = torch.stack(rdms) end
  return {steps = steps, rdms = torch.stack(kept)}
end

-- {estimate, low, high, folds up, folds} of the difference of two models of an evaluation.
local function difference(result, place, a, b)
  local draws = result.draws:select(1, place[a]) - result.draws:select(1, place[b])
  local ends = draws:nanquantile(torch.tensor({0.025, 0.975}, {dtype = 'float64'}))
  local by_fold = result.per_fold[place[a]] - result.per_fold[place[b]]
  return {estimate = (result.mean[place[a]] - result.mean[place[b]]):item(), low = ends[0]:item(), high = ends[1]:item(),
    up = by_fold:gt(0):sum():item(), folds = #by_fold, by_fold = by_fold}
end

-- The layer of a network that agrees best with the subjects learned from: its name and RDM.
function alignment.best_layer(seen, half)
  local place = rsa.compare(seen.rdms, half.learn:mean()):view(-1):argmax():item()
  return {name = seen.layer[place + 1], rdm = seen.rdms[place]}
end

-- Agreement with each set on the pictures left out, of the layer before, aligned, and tuned to categories alone, and of the
-- best layer before; raw and with confounds partialled out, and differences: set -> {raw, partial, curve}. curve [2 targets,
-- 1 + steps]: the agreement after each number of steps.
function alignment.outcome(tuned, folds, best, sets, confounds, opt)
  local control = {}
  for _, set in pairs(confounds) do control[#control + 1] = set:vectors() end
  control = torch.cat(control)
  local main = 3  -- opt.steps, after none, a quarter and a half of it
  local out = {}
  for _, name in ipairs(sets.names) do
    local set = sets.rdms[name]
    local result = rsa.evaluate_folds({base = tuned.brain.rdms[{0, 0}], brain = tuned.brain.rdms[main],
      categories = tuned.categories.rdms[main], best = best.rdm}, set, {folds = folds, control = control, samples = opt.samples, seed = opt.seed, over = #set > 1 and 'both' or 'conditions'})
    local place = {}
    for i, model in ipairs(result.names) do place[model] = i - 1 end
    local function numbers(part)
      return {names = result.names, mean = part.mean, interval = part.interval, per_fold = part.per_fold, ceiling = part.ceiling,
        gain = difference(part, place, 'brain', 'base'), categories = difference(part, place, 'categories', 'base'),
        beyond = difference(part, place, 'brain', 'categories'), over_best = difference(part, place, 'brain', 'best')}
    end
    local curve = {}
    for k, arm in ipairs {'brain', 'categories'} do
      curve[k] = {}
      for step = 0, tuned[arm].rdms:size(0) - 1 do
        local each = rsa.evaluate_folds({model = tuned[arm].rdms[step]}, set, {folds = folds, samples = 1, over = 'conditions'})
        curve[k][step + 1] = each.mean[0]
      end
      curve[k] = torch.stack(curve[k])
    end
    out[name] = {raw = numbers(result), partial = numbers(result.partial), curve = torch.stack(curve)}
  end
  return {names = sets.names, sets = out, steps = tuned.brain.steps}
end

return alignment
