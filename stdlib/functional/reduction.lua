-- How a loss becomes one number: reduction = 'none', 'mean' or 'sum'.
local signature = require 'brain.functional.signature'

local reduction = {codes = {none = 0, mean = 1, sum = 2}}  -- at::Reduction

-- The operators' code of a reduction. The deprecated flags, where one is given, decide as in PyTorch.
function reduction.code(name, text, size_average, reduce)
  if size_average ~= nil or reduce ~= nil then
    text = reduce == false and 'none' or size_average == false and 'sum' or 'mean'
  end
  local code = reduction.codes[text]
  signature.check(code, name, "reduction must be 'none', 'mean' or 'sum', got '%s'", tostring(text))
  return code
end

function reduction.reduce(loss, code)
  if code == reduction.codes.mean then return loss:mean() end
  if code == reduction.codes.sum then return loss:sum() end
  return loss
end

return reduction
