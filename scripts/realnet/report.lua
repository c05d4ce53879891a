-- What a reader gets: results.h5, figures, a table and words.
local areas, figures = require 'realnet.areas', require 'realnet.figures'

local report = {}

local function interval(g) return ('%+.3f [%+.3f, %+.3f]'):format(g.estimate, g.low, g.high) end

-- Everything as arrays, with what their axes are.
function report.save(run, out)
  local axes = {dims = {'subject', 'area', 'time'}, labels = {area = out.areas}}
  run:save('eeg/times', out.times, {attributes = {unit = 's'}})
  run:save('eeg/similarity_base', out.base.similarity, axes)
  for i, arm in ipairs(out.arms) do
    run:save(i == 1 and 'eeg/similarity_aligned' or 'control/similarity_' .. arm.name, arm.similarity, axes)
    run:save('rdms/' .. arm.name, torch.stack(arm.rdms), {dims = {'subject', 'seed', 'area', 'pair'}, labels = {area = out.areas}})
  end
  run:save('rdms/base', out.before, {dims = {'area', 'pair'}, labels = {area = out.areas}})
  run:save('eeg/noise_ceiling', torch.stack(out.ceiling), {dims = {'bound', 'time'}, labels = {bound = {'lower', 'upper'}}})
  run:save('eeg/generation', out.generation, {dims = {'subject', 'channel', 'time'}})
  run:save('eeg/generation_ceiling', out.split_half, {dims = {'subject', 'channel', 'time'}})
  if #out.clusters.clusters > 0 then run:save('eeg/clusters', frame.from_rows(out.clusters.clusters)) end
  if out.personal then
    run:save('eeg/personal', out.personal, {dims = {'network', 'subject'}})
    areas.report(run, out)
  end
end

function report.figures(run, out, things)
  local arms = {out.base, table.unpack(out.arms)}
  run:figure('similarity', figures.similarity(out.times, out.areas, arms, out.ceiling, out.clusters.clusters),
    'Agreement of areas with the EEG over time; bands: one standard error over subjects; grey: noise ceiling; bars below: '
    .. 'times at which aligned and unaligned networks differ (cluster permutation over all areas and times, p < .05).')
  run:figure('bars', figures.bars(out.areas, arms), 'Agreement, mean over time; a dot is a subject.')
  run:figure('rdms', figures.rdms(out.areas, out.before, out.after), 'Ranked dissimilarities of the test pictures, first subject.')
  run:figure('rdm_eeg', figures.eeg_rdm(out.eeg), 'The same of the EEG at 50 to 350 ms, mean over subjects.')
  run:figure('training', figures.training(out.histories), 'Loss of the aligned networks, mean over subjects.')
  run:figure('generation', figures.generation(out.generation, out.split_half),
    'Correlation of predicted and recorded EEG over test pictures, mean over channels.')
  if out.personal then run:figure('personal', figures.personal(out.personal), "Agreement of each subject's network with each subject's EEG.") end
  run:figure('pictures', figures.pictures(things.first.test.files), 'Some of the test pictures.')
end

-- A row per condition: gain over the network before, advantage of alignment, both with 95 % intervals.
function report.table(out)
  local rows = {}
  for i, arm in ipairs(out.arms) do
    rows[i] = {condition = arm.label, gain = interval(arm.over_base), ['aligned minus this'] = arm.below_aligned and interval(arm.below_aligned) or '',
      ['top-1 kept'] = ('%.3f'):format(arm.accuracy)}
  end
  return frame.from_rows(rows):select {'condition', 'gain', 'aligned minus this', 'top-1 kept'}
end

-- more: sentences of further measures.
function report.words(out, opt, more)
  local gain, words = out.arms[1].over_base, {}
  local found = gain.low > 0
  for i = 2, #out.arms do found = found and (out.arms[i].variant or out.arms[i].below_aligned.low > 0) end
  words[1] = ('Aligned networks agree with the EEG of pictures they have not seen by %s more than the network before (95 %% interval '
    .. 'over subjects and pictures, p = %.3g).'):format(interval(gain), gain.p)
  words[2] = found and 'The gain exceeds that of every control.' or 'The gain is not beyond zero and every control: alignment has not been shown to help.'
  words[3] = out.beyond and ('With category dissimilarities partialled out the gain is %+.3f (t = %.2f, p = %.3g across subjects).'):format(
    out.beyond.mean, out.beyond.t, out.beyond.p) or nil
  if opt.selection == 'test' then words[#words + 1] = "The epoch was chosen on the test pictures, as published: the agreement is not that of unseen pictures." end
  table.move(more, 1, #more, #words + 1, words)
  return {headline = ('gain %s, p = %.3g; top-1 kept %.3f'):format(interval(gain), gain.p, out.arms[1].accuracy), text = words, table = report.table(out)}
end

-- What will be done: for --dry-run. Seconds are for two cores and EfficientNet-lite0.
function report.plan(opt, preset, chosen, size)
  local subjects = opt.subjects > 0 and opt.subjects or opt.data == 'demo' and 6 or 10
  local pictures = opt.data == 'demo' and opt.concepts * opt.pictures or 16540
  local trainings = subjects * #chosen * opt.seeds
  return {{'networks', note = ('%d subjects x %d conditions x %d seeds, %d epochs of %d pictures'):format(subjects, #chosen, opt.seeds,
    preset.epochs, pictures), bytes = trainings * 4e5, seconds = trainings * preset.epochs * pictures * 0.0025 * (size / 64) ^ 2}}
end

return report
