-- What a reader gets of behaviour (Figure 1D of the article).
local conditions, inference = require 'realnet.arms', require 'realnet.inference'

local report = {}

-- A bar per group and arm of `field`, [networks] or [networks, groups]; a dot is a network.
local function bars(base, arms, field, options, without_dots)
  local most, points, labels = #arms[1][field], {}, {}
  for a, arm in ipairs {{[field] = base[field], label = 'before'}, table.unpack(conditions.drawn(arms))} do
    local x = arm[field].ndim == 1 and arm[field]:unsqueeze(1) or arm[field]
    local none = torch.full({most - #x, x:size(1)}, 0 / 0, {dtype = 'float64'})
    points[a], labels[a] = torch.cat {x, none}, arm.label
  end
  points = torch.stack(points, -1):permute {1, 2, 0}
  options.values, options.points, options.labels = points:nanmean(-1), not without_dots and points or nil, labels
  return plot.bars(options)
end

local function figure(out)
  local row = {bars(out.base, out.arms, 'share', {groups = {'all sets'}, ylabel = 'error consistency / ceiling', legend = 'right'})}
  if out.base.shape_bias then
    local people = out.human_shape_bias
    row[2] = bars(out.base, out.arms, 'shape_bias', {groups = {'cue conflict'}, ylabel = 'share of shape', legend = 'none',
      ceiling = {people:min():item(), people:max():item()}})
  end
  local sets = bars(out.base, out.arms, 'consistency', {groups = out.sets, ceiling = {out.ceiling, out.ceiling + 0.004},
    ylabel = 'error consistency', legend = 'none'}, true)
  return plot.grid {row, {sets}, letters = true, width = 'double'}
end

function report.consistency(run, out)
  local axes = {dims = {'network', 'set'}, labels = {set = out.sets}}
  run:save('behaviour/ceiling', out.ceiling, {dims = {'set'}, labels = {set = out.sets}})
  for _, arm in ipairs {{name = 'base', found = out.base}, table.unpack(out.arms)} do
    local found = arm.found or arm
    run:save('behaviour/error_consistency_' .. arm.name, found.consistency, axes)
    run:save('behaviour/accuracy_' .. arm.name, found.accuracy, axes)
    if found.shape_bias then run:save('behaviour/shape_bias_' .. arm.name, found.shape_bias, {dims = {'network'}}) end
    if arm.gain then run:save('behaviour/gain_' .. arm.name, arm.gain) end
    if arm.lead then run:save('behaviour/lead_' .. arm.name, arm.lead) end
  end
  run:figure('behaviour', figure(out), 'Do networks and people err on the same distorted pictures? Kappa (a) as a share of what people '
    .. 'reach among themselves, dots are networks, and for each set of pictures with that ceiling (grey lines). Grey in the panel of '
    .. 'shape against texture: people.')
  local gain, share = out.arms[1].gain, out.base.share:item()
  local words = ('Errors of the network before are consistent with those of people at %.2f of the ceiling, of aligned networks by '
    .. '%s more (95 %% over networks and %d sets of pictures)%s.'):format(share, inference.text(gain), #out.sets, inference.leads(out.arms))
  local bias = out.base.shape_bias and torch.cat {out.base.shape_bias, out.arms[1].shape_bias}
  if bias and bias:isfinite():all():item() then
    words = words .. (' They go by shape in %.2f of the conflicts, before in %.2f, people in %.2f.'):format(
      out.arms[1].shape_bias:mean():item(), out.base.shape_bias:mean():item(), out.human_shape_bias:mean():item())
  end
  return {words}
end

function report.i2n(run, out)
  run:save('behaviour/i2n_base', out.base.score, {dims = {'network'}, attributes = {ceiling = out.ceiling}})
  for _, arm in ipairs(out.arms) do
    run:save('behaviour/i2n_' .. arm.name, arm.score, {dims = {'network'}})
    run:save('behaviour/i2n_gain_' .. arm.name, arm.gain)
    if arm.lead then run:save('behaviour/i2n_lead_' .. arm.name, arm.lead) end
  end
  run:figure('objectome', bars(out.base, out.arms, 'score', {groups = {''}, hline = 0, ylabel = 'consistency with people (i2n)',
    legend = 'right'}), "Are objects confused in the images in which people confuse them? Correlation of d' by image and "
    .. "distractor, divided by the root of that of two halves of people's trials; dots are networks.")
  local gain = out.arms[1].gain
  return {('Confusions of objects, image by image, are consistent with those of people at %.2f of what people reach before and %.2f '
    .. 'after alignment: a correlation higher by %s (95 %% over networks and images)%s.'):format(out.base.score:mean():item(),
    out.arms[1].score:mean():item(), inference.text(gain), inference.leads(out.arms))}
end

return report
