-- All trainings of the study: a network for each subject and condition. They do not need each other, so several run at once.
local alignment, study = require 'realnet.alignment', require 'realnet.study'

-- records: list of {subject, train and test = {eeg, labels}}. Gives kept: condition -> list by subject of what
-- alignment.subject gives; of a condition with one network for all subjects the same in each place.
return function(run, base, chosen, records, pictures, preset, how)
  local jobs, places = {}, {}
  local function job(name, fn, place)
    jobs[#jobs + 1], places[#jobs + 1] = {name, fn}, place
  end
  local function aligned(arm, record) return alignment.subject(base, arm, record, pictures, preset, how) end
  for _, arm in ipairs(chosen) do
    if arm.across then
      job(arm.name, function()
        local one, list = aligned(arm, study.together(records)), {}
        for s = 1, #records do list[s] = one end
        return list
      end, {arm.name})
    elseif preset.carried then  -- each network begins where the one before ended
      job(arm.name, function()
        local list = {}
        for s, record in ipairs(records) do list[s] = aligned(arm, record) end
        return list
      end, {arm.name})
    end
  end
  for s, record in ipairs(records) do
    for _, arm in ipairs(chosen) do
      if not arm.across and not preset.carried then
        job(('sub-%02d/%s'):format(record.subject, arm.name), function() return aligned(arm, record) end, {arm.name, s})
      end
    end
  end
  local kept = {}
  for i, found in ipairs(run:steps(jobs)) do
    local name, s = table.unpack(places[i])
    if s then
      kept[name] = kept[name] or {}
      kept[name][s] = found
    else
      kept[name] = found
    end
  end
  return kept
end
