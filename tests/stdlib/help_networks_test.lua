-- Everything in nn, data, train and file is described, and nothing else is.
local test = require 'brain.test'
local help = require 'brain.help'

for module, names in pairs {nn = nn, data = data, train = train, file = file} do
  test.case(module .. ' is described', function()
    local known = {['nn.layer'] = true, ['data.dataset'] = true}
    for name, value in pairs(names) do
      if name ~= 'functional' then
        test.truthy(help.find(module .. '.' .. name), module .. '.' .. name)
        known[module .. '.' .. name] = true
      end
    end
    for _, topic in ipairs(help.topics(module)) do
      if not topic:find 'functional' then test.truthy(known[topic] or topic:match '%..*%.', topic) end
    end
  end)
end
