-- What to do on a machine whose processors other programs use, too.
local core = require 'brain.core'

-- One line of advice where the machine is busy and this process does not know it, or nil. OpenMP's threads wait in a loop for
-- the next piece of work; on a busy machine the one that they wait for is not running, and the loop takes its processor.
return function()
  local machine = core.machine()
  local told = os.getenv 'OMP_WAIT_POLICY' or os.getenv 'GOMP_SPINCOUNT'
  if told or torch.get_num_threads() == 1 or machine.load < 0.75 * machine.cores then return nil end
  return ('load %.1f on %d cores: with OMP_WAIT_POLICY=passive in the environment threads wait without using a core, which can be '
    .. 'many times faster'):format(machine.load, machine.cores)
end
