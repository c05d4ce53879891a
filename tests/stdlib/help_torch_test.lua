-- Every hand-written function, method and property is described, and nothing is described that does not exist.
local test = require 'brain.test'
local native = require 'brain.native'
local help = require 'brain.help'

local function hand_written()
  local names = {}
  for name, value in next, torch do
    if type(value) == 'function' and not native.operator_name(value) then names['torch.' .. name] = true end
  end
  for _, name in ipairs(native.method_names()) do
    if not native.is_operator_method(name) then names['Tensor.' .. name] = true end
  end
  return names
end

test.case('every hand-written name is described', function()
  for name in pairs(hand_written()) do
    local text = help.find(name)
    test.truthy(text and not text:find 'a property or method of tensors', name)
    test.truthy(text and not text:find 'defined at', name)
  end
end)

test.case('everything described exists', function()
  local names = hand_written()
  for _, name in ipairs(help.topics 'torch') do test.truthy(names[name], name) end
  for _, name in ipairs(help.topics 'Tensor') do test.truthy(names[name], name) end
end)
