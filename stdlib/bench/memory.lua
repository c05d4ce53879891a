-- Two temporaries of 4 MB per iteration: how near collection comes to reference counting.


return function(measure)
  local x = torch.ones(1024, 1024)
  local function loop() for _ = 1, 300 do local y = (x + 1) * 2 end end
  local function scoped() for _ = 1, 300 do torch.scope(function() local y = (x + 1) * 2 end) end end
  measure('temporaries_collected', {calls = 300, run = loop})
  measure('temporaries_scoped', {calls = 300, run = scoped})
  local live = {}
  for i = 1, 1000000 do live[i] = {} end
  measure('temporaries_scoped_million_tables', {calls = 300, run = scoped})
  measure('temporaries_collected_million_tables', {calls = 300, run = loop})
  live[1] = nil
end
