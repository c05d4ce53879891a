-- What else is measured of every network, before and after alignment: each of these modules gives
--   open(run, data, how)                -> nil where it is not asked for, else a measure: of(network) -> Tensor, and its data
--   outcome(base, arms, how, measure)   of the network before, {values [1, 1, ...]}, and arms {name, label, values [subjects,
--                                       seeds, ...]}: numbers, gains over the network before, lead of the aligned ones
--   report(run, outcome)                -> sentences; results.h5 and figures
local names = {'fmri', 'behaviour', 'objectome', 'robustness'}

local measures = {}

-- data: images and logits with train and test, the network base, and the study things.
function measures.open(run, data, how)
  local list = {}
  for _, name in ipairs(names) do
    local module = require('realnet.' .. name)
    local measure = module.open(run, data, how)
    if measure then
      measure.name, measure.module = name, module
      list[#list + 1] = measure
    end
  end
  return list
end

-- Of one network: name -> Tensor.
function measures.of(list, net)
  local found = {}
  for _, measure in ipairs(list) do found[measure.name] = measure.of(net) end
  return found
end

-- Reports each measure; gives the sentences about them. before: what measures.of gives of the network before; kept: arm ->
-- list by subject, in which measured is a list by seed of what measures.of gives.
function measures.report(run, list, before, kept, chosen, how)
  local words = {}
  for _, measure in ipairs(list) do
    local arms = {}
    for i, arm in ipairs(chosen) do
      local subjects = {}
      for s, each in ipairs(kept[arm.name]) do
        if arm.across and s > 1 then break end  -- the one network of all subjects
        local seeds = {}
        for k, found in ipairs(each.measured) do seeds[k] = found[measure.name] end
        subjects[s] = torch.stack(seeds)
      end
      arms[i] = {name = arm.name, label = arm.label, values = torch.stack(subjects)}
    end
    local base = {name = 'base', label = 'before', values = before[measure.name]:view {1, 1, table.unpack(before[measure.name].shape)}}
    local said = measure.module.report(run, measure.module.outcome(base, arms, how, measure))
    table.move(said, 1, #said, #words + 1, words)
  end
  return words
end

return measures
