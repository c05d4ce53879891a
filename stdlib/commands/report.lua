-- brainlua report RUN_DIR...: report.html of one run; of several, a page that compares them.
local core = require 'brain.core'

local usage = 'usage: brainlua report RUN_DIR... [--out FILE]   (of several runs: comparison.html)\n'

return function(arguments)
  local folders, out = {}, nil
  local i = 1
  while arguments[i] do
    local word = arguments[i]
    if word == '--out' and arguments[i + 1] then
      out, i = arguments[i + 1], i + 1
    elseif word:find '^%-' then
      io.stderr:write(('brainlua report: %s: unknown option, or no value\n'):format(word), usage)
      return 2
    else
      folders[#folders + 1] = #word > 1 and word:gsub('/+$', '') or word
    end
    i = i + 1
  end
  if #folders == 0 then
    io.stderr:write(usage)
    return 2
  end
  for _, folder in ipairs(folders) do
    if core.exists(folder .. '/run.json') ~= 'file' then
      io.stderr:write(('brainlua report: %s: expected a run folder, one that holds run.json\n'):format(folder))
      return 1
    end
  end
  local report = require 'brain.report'
  local path = out or (#folders == 1 and folders[1] .. '/report.html' or 'comparison.html')
  core.write_file(path, #folders == 1 and report.html(folders[1]) or require 'brain.report.compare'(folders))
  print(path)
  return 0
end
