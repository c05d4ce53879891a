-- Robustness: what a network says of the test pictures when each is changed a little against it (its own gradient known).
-- Right is what the network said before alignment, as in training.
local conditions, inference = require 'realnet.arms', require 'realnet.inference'

local robustness = {}

-- A measure: network -> right or wrong, float32 [attacks, epsilons, pictures]; epsilon 0 comes first.
function robustness.open(run, data, how)
  local epsilons, attacks = {}, {'fgsm', run.options.attack_steps > 0 and 'pgd' or nil}
  for _, epsilon in ipairs(run.options.attacks) do
    if epsilon > 0 then epsilons[#epsilons + 1] = epsilon / 255 end
  end
  if #epsilons == 0 then return nil end
  local images, labels = data.images.test, data.logits.test:argmax(1):to(how.device)
  local options = {epsilon = epsilons, steps = math.max(run.options.attack_steps, 1), mean = how.transform.mean, std = how.transform.std,
    seed = how.seed}
  local function right(net, x, y) return torch.no_grad(net, x):argmax(1):eq(y):float():cpu() end
  local function attacked(net, x, y)
    return torch.scope(function()
      local list, unchanged = {}, right(net, x, y)
      for _, method in ipairs(attacks) do
        options.method = method
        list[#list + 1] = unchanged
        for _, changed in ipairs(models.attack(net, x, y, options)) do list[#list + 1] = right(net, changed, y) end
      end
      return torch.stack(list):view(#attacks, #epsilons + 1, -1)
    end)
  end
  return {attacks = attacks, epsilons = torch.tensor({0, table.unpack(epsilons)}, {dtype = 'float64'}), of = function(net)
    local parts = {}
    for first = 0, #images - 1, 64 do
      local places = torch.arange(first, math.min(first + 64, #images))
      parts[#parts + 1] = attacked(net, images:rows(places):to(how.device), labels[places:to(how.device)])
    end
    return torch.cat(parts, 2)
  end}
end

-- Accuracy [subjects, attacks, epsilons] of each arm, its gain over the network before, and the lead of the aligned ones, with
-- intervals over resampled subjects and pictures.
function robustness.outcome(base, arms, how, measure)
  local out = {attacks = measure.attacks, epsilons = measure.epsilons, base = base.values:select(1, 0):double():mean(-1), arms = {}}
  local function more(a, b)
    local result = stats.bootstrap(a - b, {second = 3, samples = how.samples, seed = how.seed,
      statistic = function(x) return x:mean {0, 3} end})
    return inference.interval(result.estimate, result.draws)
  end
  local aligned
  for i, arm in ipairs(arms) do
    local right = arm.values:double():mean(1)  -- [subjects, attacks, epsilons, pictures]
    aligned = aligned or right
    out.arms[i] = {name = arm.name, label = arm.label, accuracy = right:mean(-1), gain = more(right, base.values:select(1, 0)),
      lead = i > 1 and more(aligned, right) or nil}
  end
  return out
end

local titles = {fgsm = 'FGSM', pgd = 'PGD'}

local function figure(out)
  local panels = {letters = #out.attacks > 1, width = #out.attacks > 1 and 'double' or 'single', share = 'y', {}}
  for a, attack in ipairs(out.attacks) do
    local curves = {{y = out.base[{0, a - 1}], label = 'before', dashed = true}}
    for _, arm in ipairs(conditions.drawn(out.arms)) do
      local y = arm.accuracy:select(1, a - 1)
      curves[#curves + 1] = {y = y:mean(0), label = arm.label, band = #y > 1 and y:std(0) / math.sqrt(#y) or nil}
    end
    panels[1][a] = plot.lines {x = out.epsilons * 255, y = curves, title = titles[attack], legend = a == 1 and 'top right' or 'none',
      xlabel = 'largest change of a pixel (1/255)', ylabel = 'accuracy kept', ylim = {0, 1}}
  end
  return plot.grid(panels)
end

function robustness.report(run, out)
  run:save('robustness/epsilon', out.epsilons, {attributes = {unit = 'of pixels from 0 to 1'}})
  local axes = {dims = {'subject', 'attack', 'epsilon'}, labels = {attack = out.attacks}}
  run:save('robustness/accuracy_base', out.base, axes)
  for _, arm in ipairs(out.arms) do
    run:save('robustness/accuracy_' .. arm.name, arm.accuracy, axes)
    run:save('robustness/gain_' .. arm.name, arm.gain)
    if arm.lead then run:save('robustness/lead_' .. arm.name, arm.lead) end
  end
  run:figure('robustness', figure(out), 'Test pictures on which a network says what the network before said of the unchanged '
    .. 'picture, when they are changed against it; bands: one standard error over subjects.')
  local last, gain = #out.epsilons - 1, out.arms[1].gain
  return {('Under the largest %s (%.2g/255) aligned networks keep %.0f %% of the labels, the network before %.0f %%: a difference of '
    .. '%s%s.'):format(titles[out.attacks[#out.attacks]], out.epsilons[last]:item() * 255,
    100 * out.arms[1].accuracy[{'...', -1, last}]:mean():item(), 100 * out.base[{0, -1, last}]:item(),
    inference.text(gain, {-1, last}), inference.leads(out.arms, {-1, last}))}
end

return robustness
