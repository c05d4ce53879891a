-- Scopes, releasing by hand, what temporaries cost, and running out of memory.
local test = require 'brain.test'
local torch = require 'brain.torch'
local native = require 'brain.native'

local equal, raises, live = test.equal, test.raises, native.live_tensors

local function collect()
  collectgarbage()
  collectgarbage()
end

-- How many more tensors live after fn, without asking the collector.
local function left_by(fn, ...)
  collect()
  local before = live()
  fn(...)
  return live() - before
end

test.case('a scope frees what was made inside', function()
  equal(left_by(torch.scope, function()
    local a = torch.ones(2)
    for _ = 1, 10 do a = a + 1 end
  end), 0)
  equal(left_by(function()
    local _ <close> = torch.scope()
    local a = torch.ones(2) * 2
    equal(a:sum():item(), 4)
  end), 0, 'a block')
end)

test.case('results of a scope survive, also in tables', function()
  local a, t, n
  equal(left_by(function()
    a, t, n = torch.scope(function()
      local made = torch.ones(2)
      return made * 2, {x = made * 3, deep = {list = {made * 4, 'text'}}, [made * 5] = true}, 7
    end)
  end), 4)
  local as_key
  for key in pairs(t) do as_key = torch.is_tensor(key) and key or as_key end
  equal({a[0]:item(), t.x[0]:item(), t.deep.list[1][0]:item(), as_key[0]:item(), n}, {2.0, 3.0, 4.0, 5.0, 7})
end)

test.case('a scope passes arguments and results', function()
  equal({torch.scope(function(_, a, b) return b, a end, 1, 2)}, {2, 1})
  equal({torch.scope(function() return nil, 'x', nil end)}, {nil, 'x'})
  equal(select('#', torch.scope(function() end)), 0)
  raises(function() torch.scope(3) end, 'scope: function: expected function, got integer 3')
end)

test.case('keep lets tensors outlive the scope', function()
  local a, list
  equal(left_by(function()
    local s <close> = torch.scope()
    a, list = s:keep(torch.ones(2) + 1, {torch.zeros(1)})
    torch.ones(5):sum()
  end), 2)
  equal({a:tolist(), list[1]:tolist()}, {{2.0, 2.0}, {0.0}})
  torch.scope(function(s) a = s:keep(torch.ones(1)) end)
  equal(a:item(), 1, 'in a function')
  local s = torch.scope()
  s:close()
  raises(function() s:keep(a) end, 'keep: self: expected open scope')
end)

test.case('scopes nest', function()
  local outer, kept
  equal(left_by(function()
    torch.scope(function(s)
      local inner = torch.scope(function() return torch.ones(1) * 2 end)
      local freed
      torch.scope(function() freed = torch.ones(2) end)
      raises(function() return freed + 1 end, 'released')
      kept = torch.scope(function() return s:keep(torch.ones(1) * 3) end)
      outer = inner:item()
      raises(function() return torch.scope(function() return inner end) + freed end, 'released')
      equal(inner:item(), 2, 'a tensor of the outer scope passes through an inner one')
    end)
  end), 1)
  equal({outer, kept:item()}, {2.0, 3.0})
end)

test.case('an error inside closes the scope', function()
  local a
  equal(left_by(function()
    raises(function() torch.scope(function()
      a = torch.ones(2)
      error 'inside'
    end) end, 'inside')
    pcall(function()
      local _ <close> = torch.scope()
      local _ = torch.ones(2)
      error 'in a block'
    end)
  end), 0)
  raises(function() return a + 1 end, 'released')
end)

test.case('tensors made before the scope and their gradients stay', function()
  local x = torch.ones({2}, {requires_grad = true})
  torch.scope(function()
    x.data:add_(1)
    torch.sum(x * x):backward()
  end)
  equal({x:tolist(), x.grad:tolist()}, {{2.0, 2.0}, {4.0, 4.0}})
  local same = torch.scope(function() return x:detach():zero_() end)
  equal(same:sum():item(), 0)
end)

test.case('a scope in a coroutine closes with it', function()
  local a
  local thread = coroutine.create(function()
    local _ <close> = torch.scope()
    a = torch.ones(1)
    coroutine.yield()
  end)
  coroutine.resume(thread)
  equal(a:item(), 1, 'open while it waits')
  coroutine.close(thread)
  raises(function() return a + 1 end, 'released')
end)

test.case('a scope left open in a coroutine that is given up frees nothing of others', function()
  collect()
  local before = live()
  local thread = coroutine.create(function()
    local _ <close> = torch.scope()
    local made = torch.ones(1)
    coroutine.yield(made)
  end)
  coroutine.resume(thread)
  local later = torch.ones(2)
  thread = nil
  collect()
  equal({live() - before, later:sum():item()}, {1, 2.0}, 'its own tensor is garbage, the later one lives')
  equal(left_by(torch.scope, function() return nil, torch.ones(1):item() end), 0, 'scopes go on working')
end)

test.case('scopes of coroutines that take turns free their own tensors only', function()
  equal(left_by(function()
    local sum = torch.zeros(1)
    for batch in coroutine.wrap(function()
      for i = 1, 3 do
        local _ <close> = torch.scope()
        coroutine.yield(torch.ones(1) * i)
      end
    end) do sum = sum + batch end
    equal(sum:item(), 6.0, 'the consumer keeps its own')
    sum:release()
    collect()
  end), 0)
  local more = coroutine.wrap(function()
    local total = torch.zeros(1)
    while true do
      total = total + 1
      coroutine.yield(total:item())
    end
  end)
  for i = 1, 3 do equal(torch.scope(function() return more() end), i, 'the producer keeps its own') end
end)

test.case('scopes of coroutines that take turns keep apart', function()
  local mine, theirs
  local other = coroutine.wrap(function()
    local s <close> = torch.scope()
    theirs = torch.ones(1)
    coroutine.yield()
    s:keep(mine)
  end)
  other()
  torch.scope(function()
    mine = torch.ones(1)
    other()
    equal(mine:item(), 1, 'open')
  end)
  raises(function() return mine + 1 end, 'released')  -- nobody but its own scope keeps it
  raises(function() return theirs + 1 end, 'released')
end)

test.case('a released tensor says where it was released', function()
  local a
  torch.scope(function() a = torch.ones(2) end)
  local here = debug.getinfo(1, 'Sl')
  local where = ('when its scope ended (opened at %s:%d)'):format(here.short_src, here.currentline - 1)
  for _, use in ipairs {function() return a + 1 end, function() return -a end, function() return #a end,
    function() return a.shape end,
    function() return a[0] end, function() a[0] = 1 end, function() return a:sum() end,
      function() return torch.cat{a} end,
    function() return a < 1 end, function() return a:item() end, function() for _ in pairs(a) do end end,
    function() return torch.tensor{a} end, function() a:backward() end} do
    raises(use, 'this tensor was released ' .. where)
  end
  equal(tostring(a), 'tensor(<released>)')
  equal({a == a, a == torch.ones(1)}, {true, false})
end)

test.case('release and <close> free at once', function()
  local a
  equal(left_by(function()
    a = torch.ones(2)
    a:release()
    a:release()
  end), 0)
  raises(function() return a + 1 end, 'released by :release()')
  equal(left_by(function()
    local b <close> = torch.ones(2)
    a = b
  end), 0)
  raises(function() return a + 1 end, 'released at the end of its block (<close>)')
  local x = torch.ones(2)
  local view = x[0]
  x:release()
  equal(view:item(), 1, 'a view keeps its memory')
end)

-- Peak and growth mean something with the program's own allocator only.
local function own_allocator()
  local maps <close> = io.open('/proc/self/maps')
  return maps and maps:read 'a':find 'libmimalloc' ~= nil
end
local measurable = own_allocator() and not os.getenv 'ASAN_OPTIONS'
local megabyte = 1 << 20

local function measured(name, fn)
  test.case(name, function()
    if measurable then fn() end
  end)
end

local function temporaries(count)
  local x = torch.ones(1024, 1024)
  for _ = 1, count do local _ = (x + 1) * 2 end
end

measured('large temporaries are freed as they fall', function()
  temporaries(20)
  native.reset_peak_memory()
  temporaries(300)
  test.truthy(torch.memory().peak < 300 * megabyte, ('peak %d MB'):format(torch.memory().peak // megabyte))
end)

measured('also beside a million live tables', function()
  local tables = {}
  for i = 1, 1000000 do tables[i] = {} end
  native.reset_peak_memory()
  local before = torch.memory().resident
  local x = torch.ones(1024, 1024)
  for _ = 1, 300 do
    local _ <close> = torch.scope()
    local _ = (x + 1) * 2
  end
  local growth = (torch.memory().peak - before) // megabyte
  test.truthy(growth < 60, ('grown by %d MB'):format(growth))
end)

measured('small temporaries do not pile up', function()
  local x = torch.ones(2)
  for _ = 1, 10000 do local _ = x + 1 end
  collect()
  local before = torch.memory().resident
  for _ = 1, 300000 do local _ = x + 1 end
  local growth = (torch.memory().resident - before) // megabyte
  test.truthy(growth < 40, ('grown by %d MB'):format(growth))
end)

measured('a custom function that saves its result leaves nothing behind', function()
  local exp = torch.custom{
    forward = function(context, x)
      context.result = x:exp()
      return context.result
    end,
    backward = function(context, gradient) return gradient * context.result end}
  local x = torch.ones({1024, 1024}, {requires_grad = true})
  local function once(backward)
    local y = torch.sum(exp(x))
    if backward then y:backward() end
    x.grad = nil
  end
  once(true)
  collect()
  local before = torch.memory().resident
  for i = 1, 30 do once(i % 2 == 0) end
  collect()
  local growth = (torch.memory().resident - before) // megabyte
  test.truthy(growth < 40, ('grown by %d MB'):format(growth))
end)

test.case('torch.memory reports', function()
  local memory = torch.memory()
  for _, field in ipairs {'lua', 'resident', 'peak', 'limit'} do test.truthy(memory[field] > 0, field) end
  equal(memory.tensors, live())
end)

test.case('an allocation above the limit is an error, the next one works', function()
  local before = torch.set_memory_limit(megabyte)
  local ok, message = pcall(torch.zeros, megabyte)
  local small = torch.zeros(1000)
  torch.set_memory_limit(before)
  equal(ok, false)
  equal(message, 'zeros: out of memory: cannot allocate 4194304 bytes: the limit is 1048576')
  equal({small:sum():item(), torch.zeros(megabyte):numel()}, {0.0, megabyte})
  raises(function() torch.zeros(1 << 45) end, 'out of memory: cannot allocate')
  raises(function() torch.zeros(1 << 62) end, 'overflow')
  raises(function() torch.set_memory_limit(0) end,
    'set_memory_limit: bytes: expected a positive number, got 0')
  raises(function() torch.set_memory_limit 'x' end, 'expected integer')
end)

if not os.getenv 'ASAN_OPTIONS' then  -- whose operator new ends the process
  test.case('memory that a kernel asks for itself and does not get is an error', function()
    local wide = torch.zeros(1):expand(1 << 45)  -- its rows are sorted in a std::vector
    raises(function() wide:topk(1) end, 'topk: out of memory')
    raises(function() wide:mode() end, 'mode: out of memory')
  end)
end

-- What this program prints when it runs the code, with its address space limited to so many KiB.
local function output(code, limit)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, 'w'))
  file:write(code)
  file:close()
  local prefix = limit and ('ulimit -v %d; '):format(limit) or ''
  local pipe <close> = assert(io.popen(prefix .. 'exec /proc/$PPID/exe ' .. path .. ' 2>&1'))
  local text = pipe:read 'a'
  os.remove(path)
  return text
end

measured('when memory runs out, garbage is collected and the call tried again', function()
  -- A large Lua heap lets tensors become garbage before a collection is due.
  local ballast = "local numbers = {} for i = 1, 4000000 do numbers[i] = i end collectgarbage() "
  local reserved = require('brain.core').machine().memory // 4 // 1024  -- address space that cannot be had below
  local size = output(ballast .. "print(io.open '/proc/self/status':read 'a':match 'VmSize:%s*(%d+)')", reserved)
  local limit = math.tointeger(tonumber(size)) + 120 * 1024
  local loop = ballast .. "local kept = {} for i = 1, 12 do kept[%s] = torch.empty(8 << 20) end print 'done'"
  equal(output(loop:format '1', limit), 'done\n', 'garbage')
  test.truthy(output(loop:format 'i', limit):find 'empty: out of memory', 'tensors in use')
end)
