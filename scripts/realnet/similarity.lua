-- Representational similarity: RDMs of areas and of the EEG, and how far they agree.
local similarity = {}

-- 1 - Pearson RDMs of a network's areas for a column of pictures: [areas, pairs].
function similarity.areas(net, column, areas, device)
  local features = models.extract(net:to(device), column, {layers = areas, batch = 50})
  local rdms = {}
  for i, area in ipairs(areas) do rdms[i] = rsa.rdm(features[area]:flatten(1)):vectors()[0] end
  return torch.stack(rdms)
end

-- The name of what the last Linear of a network is given, for input {3, h, w}, where the output is a Linear's; else `last`.
function similarity.penultimate(net, input, last)
  local device = net:parameters()[1].device
  local before, found
  for _, row in net:layers(torch.zeros {1, table.unpack(input)}:to(device)):each() do
    if row.class == 'Linear' then found = before end
    before = row.name
  end
  return found or last
end

-- Cross-validated distances between means of four parts of the repetitions, by the noise of single trials: [times, pairs].
local function crossnobis(trials)
  local size, parts = trials:size(1) // 4, {}
  if size == 0 then error(('--rdm crossnobis: expected at least 4 repetitions of each test picture, found %d'):format(trials:size(1)), 0) end
  for part = 1, 4 do parts[part] = trials:narrow(1, (part - 1) * size, size):mean(1) end
  local noise = (trials - trials:mean(1, true)):transpose(2, 3):flatten(0, 2)
  return rsa.movie(torch.stack(parts), {distance = 'crossnobis', noise = rsa.noise_precision(noise)}):vectors()
end

-- A subject's EEG RDMs over time [times, pairs], of trials [pictures, repetitions, channels, times]: pairwise decoding as
-- published, 1 - Pearson over channels, or cross-validated distances.
function similarity.eeg(trials, how)
  if how.rdm == 'crossnobis' then return crossnobis(trials) end
  if how.rdm == 'correlation' then return rsa.rdm(trials:mean(1):permute {2, 0, 1}):vectors() end
  return rsa.decoding_rdm(trials, {classifier = how.rdm, seed = how.seed})
end

-- Spearman correlation of rdms [seeds, areas, pairs] (or [areas, pairs]) with eeg [times, pairs], mean over seeds:
-- [areas, times]. control: an RDM to partial out.
function similarity.agreement(rdms, eeg, control)
  local seeds = rdms:dim() == 3 and rdms:size(0) or 1
  local flat = rdms:reshape(-1, rdms:size(-1))
  local r = rsa.compare(flat, eeg, control and {method = 'partial-spearman', control = control} or {})
  return r:view(seeds, -1, #eeg):mean(0)
end

return similarity
