-- What a reader gets of the agreement with fMRI (Figure 1C of the article).
local arms, inference = require 'realnet.arms', require 'realnet.inference'

local function figure(out)
  local bars, gain = {out.base:amax(-1):mean(0)}, out.arms[1].gain  -- [subjects, regions] each
  local labels = {'before'}
  for a, arm in ipairs(arms.drawn(out.arms)) do bars[a + 1], labels[a + 1] = arm.best:mean(0), arm.label end
  local points = torch.stack(bars, -1):permute {1, 2, 0}
  local ceiling = out.ceiling:isfinite():all():item() and {out.ceiling:select(1, 0), out.ceiling:select(1, 1)} or nil
  return plot.grid {{
    plot.bars {values = points:mean(-1), points = points, groups = out.regions, labels = labels, ceiling = ceiling,
      ylabel = 'Spearman r, best area', legend = 'right'},
    plot.bars {values = gain.estimate, errors = {gain.low, gain.high}, groups = out.regions, hline = 0,
      ylabel = 'gain of aligned networks'}}, letters = true, width = 'double'}
end

-- results.h5, figure, table and a sentence of what fmri.outcome gives.
return function(run, out)
  local axes = {dims = {'subject', 'region', 'area'}, labels = {region = out.regions, area = out.areas}}
  run:save('fmri/similarity_base', out.base[0], axes)
  run:save('fmri/noise_ceiling', out.ceiling, {dims = {'region', 'bound'}, labels = {region = out.regions, bound = {'lower', 'upper'}}})
  for _, arm in ipairs(out.arms) do
    run:save('fmri/similarity_' .. arm.name, arm.similarity:mean(0), axes)
    run:save('fmri/networks_' .. arm.name, arm.similarity, {dims = {'network', table.unpack(axes.dims)}, labels = axes.labels})
    run:save('fmri/gain_' .. arm.name, arm.gain)
    if arm.lead then run:save('fmri/lead_' .. arm.name, arm.lead) end
  end
  run:figure('fmri', figure(out), 'Agreement with fMRI of other pictures: (a) in the best area, as published; dots are people, grey '
    .. 'the noise ceiling; (b) gain of aligned networks, the area chosen on other pictures; 95 % over people, pictures and networks.')
  local rows, arm = {}, out.arms[1]
  for r, region in ipairs(out.regions) do
    local at, published = r - 1, {}
    for s, p in ipairs(arm.published and arm.published.p:select(1, at):tolist() or {}) do published[s] = ('%.2g'):format(p) end
    rows[r] = {region = region, before = ('%.3f'):format(out.nested[at]:item()), aligned = ('%.3f'):format(arm.nested[at]:item()),
      gain = inference.text(arm.gain, at),
      p = ('%.2g'):format(arm.gain.p[at]:item()), ['p as published'] = table.concat(published, ', ')}
  end
  run:table('fmri', frame.from_rows(rows):select {'region', 'before', 'aligned', 'gain', 'p', 'p as published'}, 'Agreement with fMRI, '
    .. 'the area chosen on other pictures. As published: a t-test of the networks against the one before, for each person; '
    .. 'networks compared with one brain are no independent observations, so that these p are too small.')
  local found = {}
  for r, region in ipairs(out.regions) do
    if arm.gain.low[r - 1]:item() > 0 then found[#found + 1] = region end
  end
  return {('Agreement with the fMRI of other people on other pictures rises in %s (95 %% over people, pictures and networks); '
    .. 'mean over regions: %+.3f%s.'):format(#found > 0 and table.concat(found, ', ') or 'no region', arm.gain.estimate:mean():item(),
    inference.leads(out.arms))}
end
