local test = require 'brain.test'
local torch = require 'brain.torch'
local golden = dofile 'tests/bindings/golden.lua'

-- Printing is Python's, character for character.
for _, entry in ipairs(dofile 'tests/data/print_golden.lua') do
  test.case(entry.code, function()
    local tensor = assert(load('return ' .. entry.code, '=print', 't', golden.names))()
    test.equal(tostring(tensor), entry.text, entry.code)
  end)
end

test.case('a large tensor is printed from its corners', function()
  local started = os.clock()
  local text = tostring(torch.zeros{4000, 4000})
  test.truthy(#text < 1000, 'summarized')
  test.truthy(os.clock() - started < 5, 'without reading 16 million elements')
end)
