-- Models that were fitted: each fold's conditions are compared with the RDM that was made without them.
local native = require 'brain.rsa.native'
local is_tensor = require('brain.native').is_tensor

local crossvalidated = {}

-- The folds as lists of conditions, and each model with one RDM for every fold or one for all.
function crossvalidated.check(folds, names, list)
  if type(folds) ~= 'table' or is_tensor(folds) or #folds == 0 then
    error('evaluate: crossvalidate: expected a list of folds, each a list of conditions', 0)
  end
  for i, model in ipairs(list) do
    if #model ~= 1 and #model ~= #folds then
      error(("evaluate: models: '%s': expected one RDM for each of %d folds, or one, got %d"):format(names[i], #folds, #model), 0)
    end
  end
end

-- places: list of 0-based numbers by fold. Counts are those of all conditions, so that folds share their draws.
-- -> [draws, models], [draws, models, subjects], [draws, 2], [draws, models, folds]
function crossvalidated.evaluate(list, data, places, conditions, subjects, how)
  local similarity, each, ceiling = {}, {}, {}
  for f, fold in ipairs(places) do
    local models = {}
    for i, model in ipairs(list) do models[i] = (#model == 1 and model or model:select {f - 1}):subset(fold).condensed end
    local control = how.control and native.subset(how.control, fold)
    similarity[f], each[f], ceiling[f] = native.evaluate(torch.cat(models, 0), data:subset(fold).condensed,
      conditions:index_select(1, torch.tensor(fold)), subjects, how.method, control, how.ceilings)
  end
  similarity = torch.stack(similarity, -1)
  return similarity:nanmean(-1), torch.stack(each, -1):nanmean(-1), torch.stack(ceiling, -1):nanmean(-1), similarity
end

return crossvalidated
