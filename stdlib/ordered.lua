-- Tables whose pairs() follows a given order of names: state dicts, captured activations, file contents.
local function iterate(names)
  local i = 0
  return function(t, _)
    i = i + 1
    local name = names[i]
    while name ~= nil and rawget(t, name) == nil do  -- removed since
      i = i + 1
      name = names[i]
    end
    if name ~= nil then return name, rawget(t, name) end
  end
end

-- ordered(t, names): t with pairs() in the order of names; what is added later comes last.
return function(t, names)
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  return setmetatable(t, {
    __name = 'ordered',
    __pairs = function(self) return iterate(names), self, nil end,
    __newindex = function(self, name, value)
      if not known[name] then
        known[name] = true
        names[#names + 1] = name
      end
      rawset(self, name, value)
    end,
  })
end
