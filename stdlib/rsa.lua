-- Representational similarity analysis.
local native = require 'brain.rsa.native'
local read_options = require 'brain.options'
local public = require('brain.blame').wrap
local rdms = require 'brain.rsa.rdms'

local confounds = require 'brain.rsa.confounds'

local rsa = {evaluate = require 'brain.rsa.evaluate', evaluate_folds = require 'brain.rsa.folds'}
for name, f in pairs(confounds) do rsa[name] = f end

function rsa.rdms(tensor, options)
  local o = read_options('rdms', options, {labels = false})
  return rdms.of(tensor, 'rdms', o.labels or nil)
end

function rsa.rdm(x, options)
  local o = read_options('rdm', options, {distance = 'correlation', labels = false})
  local condensed = native.rdm(x, {distance = o.distance})
  if condensed.ndim == 1 then condensed = condensed:unsqueeze(0) end
  return rdms.of(condensed, 'rdm', o.labels or nil)
end

local partial = {partial = 'pearson', ['partial-pearson'] = 'pearson', ['partial-spearman'] = 'spearman'}

function rsa.compare(a, b, options)
  local o = read_options('compare', options, {method = 'spearman', control = false})
  a, b = rdms.of(a, 'compare: a'), rdms.of(b, 'compare: b')
  b = rdms.aligned(a, b, 'compare')
  if not partial[o.method] then
    if o.control then error("compare: control: expected method 'partial' or 'partial-spearman'", 0) end
    return native.compare(a.condensed, b.condensed, o.method)
  end
  if not o.control then error(('compare: %s: expected control = RDMs'):format(o.method), 0) end
  local control = rdms.aligned(a, rdms.of(o.control, 'compare: control'), 'compare')
  return native.compare_partial(a.condensed, b.condensed, control.condensed, partial[o.method] == 'spearman')
end

function rsa.noise_ceiling(given, options)
  local o = read_options('noise_ceiling', options, {method = 'spearman'})
  local r = rdms.of(given, 'noise_ceiling')
  if #r < 2 then error(('noise_ceiling: expected the RDMs of at least 2 subjects, got %d'):format(#r), 0) end
  local ones = {dtype = 'float64'}
  local _, _, ceiling = native.evaluate(r.condensed:narrow(0, 0, 0), r.condensed, torch.ones({1, r.n}, ones),
    torch.ones({1, #r}, ones), o.method, nil, true, 'noise_ceiling')
  return ceiling[{0, 0}]:item(), ceiling[{0, 1}]:item()
end

function rsa.decoding_rdm(trials, options) return native.decoding_rdm(trials, options) end

function rsa.smooth(x, width) return native.smooth(x, width) end

for name, f in pairs(rsa) do rsa[name] = public(f) end

return rsa
