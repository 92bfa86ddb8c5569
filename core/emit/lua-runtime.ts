/**
 * The part of the emitted Lua script that is the same for every schema: Lua 5.2 as Wireshark 4 has it. It reads as
 * core/metadata does (tlv-scan.ts, struct-scan.ts, traits-scan.ts, value.ts). `layout`, `add_layout` and the protocol
 * are made by wireshark.ts in front of and behind it.
 */
export const LUA_RUNTIME = String.raw`
local function number_at(range, little)
  if little then return range:le_uint64() end
  return range:uint64()
end

local function small_at(tvb, at, size, little)
  return number_at(tvb(at, size), little):tonumber()
end

-- A value by its kind; what does not fit its kind is shown as bytes.
local function add_value(tree, tvb, at, size, t, little_framing, add_layout)
  if t.kind == "nested" and size > 0 then
    local item = tree:add(t.field, tvb(at, size), "")
    add_layout(item, tvb, at, size, t.layout)
    return
  end
  if size == 0 then
    tree:add(t.field, tvb(at, 0), t.kind == "flag" and "set" or ""):set_len(0)
    return
  end
  local range = tvb(at, size)
  local little = little_framing
  if t.endian ~= nil then little = t.endian == "little" end
  if t.kind == "ipv4" and size == 4 then
    if t.endian == "little" then tree:add_le(t.field, range) else tree:add(t.field, range) end
  elseif (t.kind == "ipv6" and size == 16) or (t.kind == "mac" and size == 6) then
    tree:add(t.field, range)
  elseif t.kind == "string" then
    tree:add(t.field, range, (range:string():gsub("%z+$", "")))
  elseif t.kind == "bytes" then
    tree:add(t.field, range)
  elseif t.integer and size <= 8 then
    local value = number_at(range, little)
    local bits = 8 * size
    if t.bits ~= nil then
      bits = t.bits.count
      value = value:rshift(t.bits.from)
      if bits < 64 then value = value:band(UInt64(1):lshift(bits) - 1) end
    end
    if t.kind == "uint" then
      local item = tree:add(t.field, range, value)
      if t.unit ~= nil then item:append_text(" " .. t.unit) end
    elseif t.kind == "int" then
      local signed = Int64.fromhex(value:tohex())
      if bits < 64 then signed = signed:lshift(64 - bits):arshift(64 - bits) end
      local item = tree:add(t.field, range, signed)
      if t.unit ~= nil then item:append_text(" " .. t.unit) end
    elseif t.kind == "enum" then
      tree:add(t.field, range, t.names[tostring(value)] or tostring(value))
    elseif t.kind == "flags" then
      local parts, rest = {}, UInt64(0)
      for bit = 0, 63 do
        if value:rshift(bit):band(1) == UInt64(1) then
          local name = t.names[tostring(bit)]
          if name ~= nil then parts[#parts + 1] = name else rest = rest:bor(UInt64(1):lshift(bit)) end
        end
      end
      if rest > UInt64(0) then parts[#parts + 1] = "0x" .. rest:tohex():gsub("^0+", "") end
      tree:add(t.field, range, #parts == 0 and "0" or table.concat(parts, "|"))
    else
      tree:add(t.field, range, value)
    end
  else
    tree:add(misfit_field, range):append_text(" (" .. t.name .. ", not " .. t.kind .. ")")
  end
end

local function add_unknown(tree, tvb, at, size, type)
  local item = tree:add(unknown_field, tvb(at, size))
  item:append_text(string.format(" (type %d)", type))
end

local function fault(tree, tvb, at, what)
  tree:add(fault_field, tvb(math.min(at, tvb:len()), 0), string.format("%s at offset %d", what, at))
end

local MAX_TLVS = 64

local function round_up(at, origin, align, limit)
  local past = (at - origin) % align
  if past ~= 0 then at = at + align - past end
  return math.min(at, limit)
end

local function add_tlvs(tree, tvb, start, length, layout, add_layout)
  local f, limit, at, count = layout, start + length, start + layout.start, 0
  local origin = at
  if at > limit then return fault(tree, tvb, start, "truncated") end
  while at < limit do
    if f.pad ~= nil and tvb(at, 1):uint() == f.pad then
      at = round_up(at + 1, origin, f.align, limit)
    else
      local type_end = f.type_at + f.class_bytes + f.type_bytes
      if at + type_end > limit then return fault(tree, tvb, at, "truncated") end
      local type = small_at(tvb, at + f.type_at + f.class_bytes, f.type_bytes, f.little)
      if f.class_bytes > 0 then
        type = type + small_at(tvb, at + f.type_at, f.class_bytes, f.little) * 256 ^ f.type_bytes
      end
      type = math.floor(bit32.band(type, f.type_mask) / 2 ^ f.type_shift)
      if type == f.terminator then return end
      if at + f.header > limit then return fault(tree, tvb, at, "truncated") end
      local size = small_at(tvb, at + f.length_at, f.length_bytes, f.little)
      size = math.floor(bit32.band(size, f.length_mask) / 2 ^ f.length_shift) * f.unit - f.counted
      if size < 0 then return fault(tree, tvb, at, "length") end
      if at + f.header + size > limit then return fault(tree, tvb, at, "overrun") end
      if count == MAX_TLVS then return fault(tree, tvb, at, "too-many") end
      count = count + 1
      local t = layout.types[type]
      if t ~= nil then add_value(tree, tvb, at + f.header, size, t, f.little, add_layout)
      else add_unknown(tree, tvb, at + f.header, size, type) end
      at = round_up(at + f.header + size, origin, f.align, limit)
    end
  end
end

local function extent(value, left, seen)
  if value == "rest" then return left end
  if type(value) == "number" then return value end
  return (value.field == nil and left or (seen[value.field] or 0)) * (value.unit or 1) + (value.add or 0)
end

local function is_there(only, left, seen)
  if only.room ~= nil then
    local least, most = only.room[1], only.room[2]
    if left < least or (most ~= nil and left > most) then return false end
  end
  if only.field == nil then return true end
  local value = seen[only.field]
  if value == nil then return false end
  if only.mask ~= nil then value = bit32.band(value, only.mask) end
  if only.is == nil then return value ~= 0 end
  for _, wanted in ipairs(only.is) do if value == wanted then return true end end
  return false
end

local function add_fields(tree, tvb, start, length, layout, add_layout, outer)
  local limit = start + length
  local origin = layout.from_end and limit - layout.size or start + layout.start
  if origin < start or origin > limit then return fault(tree, tvb, start, "truncated") end
  local stop = layout.size == nil and limit or math.min(limit, origin + layout.size)
  local seen = setmetatable({}, { __index = outer })
  local cursor, unit = origin, nil
  for _, t in ipairs(layout.fields) do
    local at = cursor
    if t.offset ~= nil then at = t.offset >= 0 and origin + t.offset or stop + t.offset
    elseif t.shares and unit ~= nil then at = unit end
    if t.only == nil or is_there(t.only, stop - at, seen) then
      unit = at
      local each = extent(t.size, stop - at, seen)
      local size = each
      local count = 1
      if t.count ~= nil then
        count = t.count == "rest" and (each > 0 and math.floor((stop - at) / each) or 0) or extent(t.count, stop - at, seen)
        size = each * count
      end
      if at < origin or size < 0 or at + size > stop then return fault(tree, tvb, at, "truncated") end
      for i = 0, count - 1 do add_value(tree, tvb, at + i * each, each, t, layout.little, add_layout) end
      if size > 0 and size <= 4 then
        local little = layout.little
        if t.endian ~= nil then little = t.endian == "little" end
        local value = small_at(tvb, at, size, little)
        if t.bits ~= nil then value = math.floor(value / 2 ^ t.bits.from) % 2 ^ t.bits.count end
        seen[t.name] = value
      end
      cursor = at + size
    elseif not t.shares then unit = nil end
  end
  if layout.size ~= nil and origin + layout.size > limit then fault(tree, tvb, limit, "truncated") end
end

local function add_traits(tree, tvb, start, length, layout, add_layout)
  local limit, header = start + length, start + layout.start
  if header + 16 > limit then return fault(tree, tvb, start, "truncated") end
  local high, low = number_at(tvb(header, 8), layout.little), number_at(tvb(header + 8, 8), layout.little)
  local at = header + 16
  for key = 0, 63 do
    local code = high:rshift(key):band(1):tonumber() * 2 + low:rshift(key):band(1):tonumber()
    if code ~= 0 then
      local size = layout.sizes[code]
      if at + size > limit then return fault(tree, tvb, at, "overrun") end
      local t = layout.types[key]
      if t ~= nil then add_value(tree, tvb, at, size, t, layout.little, add_layout)
      else add_unknown(tree, tvb, at, size, key) end
      at = at + size
    end
  end
end

local function add_layout(tree, tvb, start, length, layout)
  if layout.kind == "tlv" then add_tlvs(tree, tvb, start, length, layout, add_layout)
  elseif layout.kind == "struct" then add_fields(tree, tvb, start, length, layout, add_layout, {})
  else add_traits(tree, tvb, start, length, layout, add_layout) end
end

-- Fields of Wireshark's own; of those that a version does not have, nothing is ever there.
local function field(name)
  local known, extractor = pcall(Field.new, name)
  if known then return extractor end
  return function() end
end

local comment, interface_name, packet_id = field("frame.comment"), field("frame.interface_name"), field("frame.packet_id")
local payloads = {
  ["udp-payload"] = { field("udp.payload"), field("udp.srcport"), field("udp.dstport") },
  ["tcp-payload"] = { field("tcp.payload"), field("tcp.srcport"), field("tcp.dstport") },
}

-- An area belongs to the device at which its journey had it first: by frame, and the latest area of each journey.
local device_of_frame, latest = {}, {}

function proto.init()
  device_of_frame, latest = {}, {}
end

local function device_of(pinfo, area)
  local known = device_of_frame[pinfo.number]
  if known ~= nil then return known end
  local name, id = interface_name(), packet_id()
  local device = name ~= nil and tostring(name.value):match("^[^:]*") or ""
  if id ~= nil then
    local key = tostring(id.value)
    local before = latest[key]
    if before ~= nil and before.area == area then device = before.device
    else latest[key] = { area = area, device = device } end
  end
  device_of_frame[pinfo.number] = device
  return device
end

local function holds(when, tvb, start, length, device)
  if when.devices ~= nil then
    local found = false
    for _, name in ipairs(when.devices) do if name == device then found = true end end
    if not found then return false end
  end
  if when.bytes == nil then return true end
  local value, mask, at = when.bytes.value, when.bytes.mask, when.bytes.at
  if at < 0 then at = length + at end
  if at < 0 or at + #value > length then return false end
  for i = 1, #value do
    local differ = bit32.bxor(tvb(start + at + i - 1, 1):uint(), value[i])
    if bit32.band(differ, mask[i] or 0xff) ~= 0 then return false end
  end
  return true
end

-- The first schema whose condition holds, else the first without one.
local function layout_for(tvb, start, length, device)
  local fallback = nil
  for _, schema in ipairs(area_schemas) do
    if schema.when == nil then fallback = fallback or schema.layout
    elseif holds(schema.when, tvb, start, length, device) then return schema.layout end
  end
  return fallback
end

local function add_area(tree, tvb, start, length, pinfo)
  local item = tree:add(proto, tvb(start, length))
  item:add(area_field, tvb(start, length))
  local device = device_of(pinfo, tostring(tvb(start, length):bytes()))
  local layout = layout_for(tvb, start, length, device)
  if layout ~= nil then add_layout(item, tvb, start, length, layout) end
end

local MAX_SEARCH_BYTES = 2048

-- Where in a packet a schema's bytes begin and how many they are, in which bytes; nil = it is not there.
local function find_in_packet(at, tvb)
  if at.kind == "after-bytes" then
    for start = 0, math.min(tvb:len(), MAX_SEARCH_BYTES) - #at.bytes do
      local same = true
      for i = 1, #at.bytes do
        if tvb(start + i - 1, 1):uint() ~= at.bytes[i] then same = false break end
      end
      if same then return tvb, start + #at.bytes, tvb:len() - start - #at.bytes end
    end
    return nil
  end
  local all = payloads[at.kind]
  local bytes, sources, destinations = { all[1]() }, { all[2]() }, { all[3]() }
  for i, payload in ipairs(bytes) do
    local source, destination = sources[i], destinations[i]
    if payload.len > 0 and ((source ~= nil and source.value == at.port) or (destination ~= nil and destination.value == at.port)) then
      local inside = payload.range:tvb()
      return inside, 0, inside:len()
    end
  end
  return nil
end

local function add_packet(tree, tvb)
  for _, schema in ipairs(packet_schemas) do
    local inside, start, length = find_in_packet(schema.at, tvb)
    if inside ~= nil and length > 0 then
      add_layout(tree:add(proto, inside(start, length)), inside, start, length, schema.layout)
    end
  end
end

-- Wireshark that hands binary custom options to a dissector needs no comment.
local has_table, options = pcall(DissectorTable.get, "pcapng_custom_binary_option")
has_table = has_table and options ~= nil

-- The packet comment of whither export: whither:1 meta=HEX, and more keys in time.
function proto.dissector(tvb, pinfo, tree)
  for _, info in ipairs(has_table and {} or { comment() }) do
    local hex = tostring(info.value):match("^whither:1 .*%f[%w]meta=(%x+)")
    if hex ~= nil and #hex % 2 == 0 then
      local area = ByteArray.new(hex):tvb("Metadata")
      add_area(tree, area, 0, area:len(), pinfo)
    end
  end
  add_packet(tree, tvb)
end

if has_table then
  local option = Proto("whither_option", "Whither event")
  function option.dissector(tvb, pinfo, tree)
    if tvb:len() < event.bytes or tvb(0, 4):le_uint() ~= event.magic then return 0 end
    local header, length = tvb(event.header_len, 2):le_uint(), tvb(event.meta_len, 1):uint()
    if tvb(event.meta_state, 1):uint() == event.present and length > 0 and header + length <= tvb:len() then
      add_area(tree, tvb, header, length, pinfo)
    end
    return tvb:len()
  end
  options:add(event.pen, option)
end
register_postdissector(proto)
`;
