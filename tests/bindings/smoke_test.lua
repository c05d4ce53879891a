local test = require 'brain.test'
test.case('a matrix product', function()
  test.equal(torch.ones(2, 3):matmul(torch.ones(3, 2)), torch.full({2, 2}, 3.0))
end)
