-- Names of files: BIDS entities, lists and patterns.
local entries = require('brain.data.eeg').entries
local is_tensor = require('brain.native').is_tensor

local files = {}

function files.fail(...) error('betas: ' .. table.concat {...}, 0) end

-- {sub = '01', ses = '02', task = 'nback', run = '3', space = 'T1w', hemi = 'L', ...} of a name such as
-- sub-01_ses-02_task-nback_run-3_space-T1w_betas.nii.gz.
function files.entities(path)
  local found = {}
  for key, value in ('_' .. path:match '[^/]*$'):gmatch '_(%a+)%-([%w+]+)' do found[key] = value end
  return found
end

local function by_session_and_run(a, b)
  local x, y = files.entities(a), files.entities(b)
  for _, key in ipairs {'ses', 'run'} do
    if x[key] ~= y[key] then
      local m, n = tonumber(x[key]), tonumber(y[key])
      if m and n and m ~= n then return m < n end
      return (x[key] or '') < (y[key] or '')
    end
  end
  return a < b
end

-- One path, a list of them, or a pattern whose * stands for anything within the name, as a list of paths; those of a pattern
-- in the order of their sessions and runs.
function files.list(given, option)
  local list = type(given) == 'string' and {given} or given
  if type(list) ~= 'table' or is_tensor(list) or #list == 0 then
    files.fail(option, ': expected a path or a list of paths, got ', is_tensor(given) and 'a Tensor' or type(given))
  end
  local result = {}
  for i, path in ipairs(list) do
    if type(path) ~= 'string' then files.fail(option, (': expected paths, got %s at place %d'):format(type(path), i)) end
    if not path:find('*', 1, true) then
      result[#result + 1] = path
    else
      local folder, name = path:match '^(.*)/([^/]*)$'
      local pattern = '^' .. (name or path):gsub('[%^%$%(%)%%%.%[%]%+%-%?]', '%%%0'):gsub('%*', '.*') .. '$'
      local found = {}
      for _, entry in ipairs(entries(folder or '.') or {}) do
        if entry:find(pattern) then found[#found + 1] = folder and folder .. '/' .. entry or entry end
      end
      if #found == 0 then files.fail(option, ': no file is called ', path) end
      table.sort(found, by_session_and_run)
      table.move(found, 1, #found, #result + 1, result)
    end
  end
  return result
end

-- What the names of files say of the study: {subject =, session = list or nil, run = list}: numbers for each file. The run
-- is that of its name where these differ, else its place in the list (from 1).
function files.described(paths)
  local subject, sessions, runs, different = nil, {}, {}, true
  local seen = {}
  for i, path in ipairs(paths) do
    local e = files.entities(path)
    if e.sub and subject and subject ~= e.sub then
      files.fail(path, (': is of sub-%s, the files before it are of sub-%s'):format(e.sub, subject))
    end
    subject = subject or e.sub
    sessions[i] = tonumber(e.ses)
    runs[i] = tonumber(e.run)
    different = different and runs[i] and not seen[runs[i]]
    if runs[i] then seen[runs[i]] = true end
  end
  if not different then
    for i = 1, #paths do runs[i] = i end
  end
  return {subject = subject and 'sub-' .. subject, session = #sessions == #paths and sessions or nil, run = runs}
end

return files
