-- data.betas: an fMRI study of one's own, single-trial responses with what was shown; help 'data.betas'.
local Grayordinates = require 'brain.data.betas.grayordinates'
local Surfaces = require 'brain.data.betas.surfaces'
local Volumes = require 'brain.data.betas.volumes'
local core = require 'brain.core'
local events = require 'brain.data.betas.events'
local file = require 'brain.file'
local files = require 'brain.data.betas.files'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local regions = require 'brain.data.betas.regions'
local responses = require 'brain.data.responses'

local fail = files.fail

local defaults = {nifti = false, glmsingle = false, surface = false, cifti = false, mask = false, rois = false, roi_names = false,
  roi = false, events = false, label = false, ignore = false, conditions = false, run = false, session = false,
  zscore = read_options.none, residuals = false, like = false, subject = false}

-- GLMsingle's betas [x, y, z, trials], of its .npy (a dict), .mat or .h5 file.
local function glmsingle_space(path, o)
  local how = path:find '%.npy$' and {allow_pickle = true} or {key = 'betasmd'}
  local value = file.load(path, how)
  local array = is_tensor(value) and value or type(value) == 'table' and value.betasmd
  if not is_tensor(array) then fail(path, ": expected GLMsingle's betasmd, such as TYPED_FITHRF_GLMDENOISE_RR.npy has") end
  if array.ndim == 2 then array = array:reshape{array.shape[1], 1, 1, array.shape[2]} end  -- units by trials
  local like = o.like or type(o.mask) == 'string' and o.mask or nil
  return Volumes.of_array(array, path, like)
end

-- The order of trials that GLMsingle has written beside its results: a number for each, and the run of each.
local function glmsingle_design(path)
  local folder = path:match '^(.*/)[^/]*$' or ''
  local where = folder .. 'DESIGNINFO.npy'
  if core.exists(where) ~= 'file' then
    fail(path, ': events = is missing, and there is no ', where, ' that says what was shown')
  end
  local design = file.load(where, {allow_pickle = true})
  local order = type(design) == 'table' and design.stimorder
  if not order then fail(where, ': expected stimorder') end
  local labels = is_tensor(order) and order:long():reshape(-1):tolist() or order
  local run = {}
  local counts = is_tensor(design.numtrialrun) and design.numtrialrun:long():reshape(-1):tolist() or design.numtrialrun or {}
  for r, count in ipairs(counts) do
    for _ = 1, count do run[#run + 1] = r end
  end
  return labels, #run == #labels and run or nil
end

local function space_of(o)
  local given = {}
  for _, name in ipairs {'nifti', 'glmsingle', 'surface', 'cifti'} do
    if o[name] then given[#given + 1] = name end
  end
  if #given ~= 1 then
    fail('expected one of nifti, glmsingle, surface and cifti, which say where the betas are, ',
      #given == 0 and 'found none' or 'found ' .. table.concat(given, ' and '))
  end
  if o.glmsingle then return glmsingle_space(files.list(o.glmsingle, 'glmsingle')[1], o) end
  if o.surface then return Surfaces.open(o.surface) end
  if o.cifti then return Grayordinates.open(files.list(o.cifti, 'cifti')) end
  return Volumes.open(files.list(o.nifti, 'nifti'))
end

-- The places that have a number in every trial, and not the same in all.
local function measured(space)
  local columns = torch.arange(space.units)
  local first, good, varies
  for n = 1, #space.paths do
    local x = space:read(n, columns)
    first = first or x[0]
    good = good or torch.ones(space.units, {dtype = 'bool'})
    varies = varies or torch.zeros(space.units, {dtype = 'bool'})
    good = torch.logical_and(good, x:isfinite():all(0))
    varies = torch.logical_or(varies, x:ne(first):any(0))
  end
  return torch.logical_and(good, varies)
end

-- Columns of a file, those of all files one below the other; `rows`: which of them, or nil.
local function read_all(space, columns, rows)
  local parts = {}
  for n = 1, #space.paths do parts[n] = space:read(n, columns) end
  local all = #parts == 1 and parts[1] or torch.cat(parts)
  return rows and all:index_select(0, rows) or all
end

-- One number for each trial: of an option (a list or a Tensor), of the events, or of the files' names.
local function of_trials(given, name, from_events, of_files, space, kept)
  if given and type(given) ~= 'string' then
    local values = is_tensor(given) and given:long() or torch.tensor(given, {dtype = 'int64'})
    local total = 0
    for _, count in ipairs(space.counts) do total = total + count end
    if values:numel() ~= total then fail(name, (': expected one for each of %d betas, found %d'):format(total, values:numel())) end
    return kept and values:index_select(0, kept) or values
  end
  if from_events then return from_events end
  if not of_files then return nil end
  local list = {}
  for n, count in ipairs(space.counts) do
    for _ = 1, count do list[#list + 1] = of_files[n] end
  end
  local values = torch.tensor(list, {dtype = 'int64'})
  return kept and values:index_select(0, kept) or values
end

-- Keeps the trials of some conditions, in the order of the trials.
local function only(labels, wanted, kept)
  local asked, rows, new = {}, {}, {}
  for _, label in ipairs(wanted) do asked[label] = false end
  for i, label in ipairs(labels) do
    if asked[label] ~= nil then
      asked[label] = true
      rows[#rows + 1], new[#new + 1] = i - 1, label
    end
  end
  for _, label in ipairs(wanted) do
    if not asked[label] then fail(("conditions: no trial has the label '%s'"):format(tostring(label))) end
  end
  local places = torch.tensor(rows, {dtype = 'int64'})
  return new, places, kept and kept:index_select(0, places) or places
end

local function check_finite(trials, space)
  local bad = trials:isfinite():logical_not():any(0)
  local n = bad:sum():item()
  if n > 0 then
    fail(space.like, (': %d of %d voxels in the mask are NaN or infinite in some trial; leave mask out to take the others'):format(n, #bad))
  end
end

-- Residuals [times, units] of the same places and the run of each time point.
local function residuals_of(given, space, columns, runs)
  local paths = files.list(given, 'residuals')
  local other
  if space.kind == 'grayordinates' then other = Grayordinates.open(paths)
  elseif space.kind == 'volume' then other = Volumes.open(paths, space.affine and space)
  else fail('residuals: expected those of volumes or CIFTI files') end
  if other.units ~= space.units then fail('residuals: ', paths[1], ': expected the places of ', space.like) end
  local list = {}
  for n, count in ipairs(other.counts) do
    for _ = 1, count do list[#list + 1] = #paths == #runs and runs[n] or n end
  end
  return read_all(other, columns), torch.tensor(list, {dtype = 'int64'})
end

return function(given)
  local o = read_options('betas', given, defaults)
  local space = space_of(o)
  local design, design_run
  if not o.events and o.glmsingle then design, design_run = glmsingle_design(space.paths[1]) end
  if not (o.events or design) then fail('events: expected what was shown in each trial (help data.betas)') end
  local shown = events.read(o.events or design, space.counts, o)
  local about = files.described(space.paths)
  local labels, kept = shown.labels, shown.kept
  local run = of_trials(o.run or design_run, 'run', shown.run, #space.paths > 1 and about.run, space, kept)
  local session = of_trials(o.session, 'session', shown.session, about.session, space, kept)
  if o.conditions then
    local places
    labels, places, kept = only(labels, o.conditions, kept)
    run, session = run and run:index_select(0, places), session and session:index_select(0, places)
  end

  local flat = o.mask and space:map(o.mask, 'mask'):ne(0) or measured(space)
  local columns = flat:nonzero():squeeze(1)
  if #columns == 0 then fail(o.mask and 'mask: has no voxel' or space.like .. ': no voxel has numbers that differ between trials') end
  local position = torch.full({space.units}, -1, {dtype = 'int64'})
  position[columns] = torch.arange(#columns)
  local rois = {}
  for name, inside in pairs(regions.read(space, o.rois, o.roi_names)) do
    local places = position[inside:to 'bool']
    places = places[places:ge(0)]
    if #places > 0 then rois[name] = places end
  end
  if o.roi then
    local chosen
    chosen, rois = responses.choose(rois, o.roi, 'betas')
    columns = columns[chosen]
    flat = torch.zeros(space.units, {dtype = 'bool'}):index_fill_(0, columns, true)
  end

  local record = responses.new {path = space.like, subject = o.subject or about.subject, labels = labels, run = run,
    session = session, repeats = responses.repeats(labels), rois = rois, space = space, places = columns,
    mask = space:unflatten(flat), affine = space.affine or space.models and space.models.affine, voxel_size = space.voxel_size,
    like = space.like, trials = read_all(space, columns, kept)}
  check_finite(record.trials, space)
  local zscore = o.zscore
  if zscore == nil then zscore = o.run and 'run' or false end
  if zscore then
    local groups = ({run = run, session = session, all = torch.zeros(#labels, {dtype = 'int64'})})[zscore]
    if not groups then
      fail("zscore: expected 'run', 'session', 'all' or false", (zscore == 'run' or zscore == 'session') and
        ', and the ' .. zscore .. ' of each trial, which neither the files nor the events have' or ', got ' .. tostring(zscore))
    end
    responses.standardise(record.trials, groups)
  end
  if o.residuals then
    record.residuals, record.residual_run = residuals_of(o.residuals, space, columns, about.run)
  end
  space.loaded = nil  -- the record keeps where its units are, not the whole volumes
  local once = record.repeats:max():item() == 0
  if not once then record.ncsnr, record.noise_ceiling = record:reliability() end
  return record
end
