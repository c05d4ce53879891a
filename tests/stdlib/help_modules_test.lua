-- Everything in nn, data, train and file is described in lines of 120 columns, and nothing that is not there.
local test = require 'brain.test'
local help = require 'brain.help'

local pages = {['nn.layer'] = true, ['data.dataset'] = true}  -- about objects, not functions

local function find(module, path)
  for part in path:gmatch '[^.]+' do module = module and module[part] end
  return module
end

for name, module in pairs {nn = nn, data = data, train = train, file = file} do
  test.case(name .. ' is described', function()
    for key, value in pairs(module) do
      if type(value) == 'function' then
        local text = help.find(name .. '.' .. key)
        test.truthy(text and not text:find 'defined at' and not text:find 'nothing is written', name .. '.' .. key)
      end
    end
    for _, topic in ipairs(help.topics(name)) do
      test.truthy(pages[topic] or find(module, topic:match '%.(.*)'), topic)
      for line in help.find(topic):gmatch '[^\n]+' do test.truthy(#line <= 120, line) end
    end
  end)
end
