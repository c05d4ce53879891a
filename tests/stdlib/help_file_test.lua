-- Every function of file and data is described, and nothing is described that does not exist.
local test = require 'brain.test'
local help = require 'brain.help'

local modules = {file = file, data = data}

test.case('every function of file and data is described', function()
  for name, module in pairs(modules) do
    for key, value in pairs(module) do
      if type(value) == 'function' then
        local text = help.find(name .. '.' .. key)
        test.truthy(text and not text:find 'defined at' and not text:find 'nothing is written', name .. '.' .. key)
      end
    end
  end
end)

test.case('everything described exists, in lines of 120 columns', function()
  for name, module in pairs(modules) do
    for _, topic in ipairs(help.topics(name)) do
      test.truthy(module[topic:match '%.(.*)'], topic)
      for line in help.find(topic):gmatch '[^\n]+' do test.truthy(#line <= 120, line) end
    end
  end
end)
