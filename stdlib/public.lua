-- public(f): f with errors that point at the line that called it, whatever they passed through on the way.
local function finish(ok, ...)
  if ok then return ... end
  local message = ...
  if message == 'interrupted' or type(message) ~= 'string' then error(message, 0) end
  error((message:gsub('^brain/[%w_/]+%.lua:%d+: ', '')), 2)  -- the wrapper's own frame is gone: a tail call
end

return function(f)
  return function(...) return finish(pcall(f, ...)) end
end
