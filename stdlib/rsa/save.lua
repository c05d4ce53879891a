-- RDMs and evaluations as HDF5 files of rsatoolbox, which its load_rdm and load_results read, and data.rsatoolbox.
local file = require 'brain.file'
local is_tensor = require('brain.native').is_tensor
local ordered = require 'brain.ordered'
local read_options = require 'brain.options'

local save = {}

local function counted(n) return torch.arange(n) end

-- A group of descriptors: what has one value for each of n things are data sets, a text attributes of the group.
local function descriptors(into, path, name, given, n, attributes)
  local group = ordered({}, {})
  for key, value in pairs(given or {}) do
    if not n and type(value) == 'string' then attributes[path .. '/' .. name] = ordered({[key] = value}, {key})
    else
      if n and #value ~= n then
        error(('save: %s: %s: expected %d values, found %d'):format(name, key, n, #value), 0)
      end
      group[key] = value
    end
  end
  if n and not group.index then group.index = counted(n) end
  into[name] = group
end

local function rdm_group(set, path, o, attributes)
  local group = ordered({}, {})
  group.dissimilarities = set.condensed:double():contiguous()
  if o.measure then attributes[path == '' and '/' or path] = {dissimilarity_measure = o.measure}
  else group.dissimilarity_measure = torch.null end
  local patterns = ordered({}, {})
  if set.labels then patterns.conditions = set.labels end
  for key, value in pairs(o.pattern_descriptors or {}) do patterns[key] = value end
  descriptors(group, path, 'descriptors', o.descriptors, nil, attributes)
  descriptors(group, path, 'rdm_descriptors', o.rdm_descriptors, #set, attributes)
  descriptors(group, path, 'pattern_descriptors', patterns, set.n, attributes)
  return group
end

-- The method RDMs:save.
function save.rdms(set, path, options)
  local o = read_options('save', options, {measure = false, descriptors = {}, rdm_descriptors = {}, pattern_descriptors = {}})
  local attributes = ordered({}, {})
  file.save(path, rdm_group(set, '', o, attributes), {attributes = attributes, texts = 'fixed'})
end

local method_names = {pearson = 'corr', ['tau-b'] = 'kendall'}

-- Draws [samples, models] and [samples, 2] of ceilings -> their covariance; samples with NaN are left out.
local function covariance(draws, ceilings)
  local both = ceilings:isnan():all():item() and draws or torch.cat({draws, ceilings}, 1)
  both = both[both:isnan():any(1):logical_not()]
  if #both < 2 then return torch.null end
  local centred = both - both:mean(0, true)
  return centred.T:matmul(centred) / (#both - 1)
end

-- The method Evaluation:save. What rsatoolbox calls a Result: its evaluations are the draws of the bootstrap, its variances
-- their covariance with the ceilings, or for interval = 'dual' the three covariances of both factors, of subjects, of
-- conditions.
function save.evaluation(e, path)
  local over_subjects, over_conditions = e.over ~= 'conditions', e.over ~= 'subjects'
  local function of_factor(used, n) return used and n or torch.null end
  local content, attributes = ordered({}, {}), ordered({}, {})
  content.evaluations = e.draws:contiguous()
  content.noise_ceiling = e.ceiling_draws.T:contiguous()
  content.variances = e.covariances and torch.stack(e.covariances) or covariance(e.draws, e.ceiling_draws)
  content.dof = (over_subjects and over_conditions and math.min(e.subjects, e.conditions)
    or over_subjects and e.subjects or e.conditions) - 1
  content.n_rdm, content.n_pattern = of_factor(over_subjects, e.subjects), of_factor(over_conditions, e.conditions)
  attributes['/'] = {method = method_names[e.method] or e.method, cv_method = e.cross_validated and 'bootstrap_crossval'
    or e.covariances and 'dual_bootstrap' or e.over == 'both' and 'bootstrap'
    or over_subjects and 'bootstrap_rdm' or 'bootstrap_pattern'}
  local models = ordered({}, {})
  for i, set in ipairs(e.models) do
    local name = ('model_%d'):format(i - 1)
    models[name] = {rdm = rdm_group(set, ('/models/%s/rdm'):format(name), {}, attributes)}
    attributes['/models/' .. name] = {name = e.names[i], type = #set > 1 and 'ModelSelect' or 'ModelFixed'}
  end
  content.models = models
  file.save(path, content, {attributes = attributes, texts = 'fixed'})
end

return save
