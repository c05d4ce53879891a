-- A whole process: start, one operator, exit.
return function(measure)
  local program
  for line in io.lines '/proc/self/cmdline' do program = line:match '^[^\0]+' break end
  measure('brainlua_one_op', {run = function()
    assert(os.execute(("'%s' -e 'print(torch.ones(2, 2):add(1):sum():item())' > /dev/null"):format(program)))
  end})
end
