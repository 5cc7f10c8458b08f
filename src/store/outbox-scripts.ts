/**
 * The outbox' transitions, each one atomic. The keys of an entry's channel are found through its own `drain` field; all of
 * them are on one Redis (design §8), none of these is meant for a cluster.
 *
 *   KEYS[1] the entry   ARGV[1] prefix of the pending sets   ARGV[2] the set of channels   ARGV[3] life in ms   ARGV[4] key
 */
const HEAD = `
local entry, pendingPrefix, channels, life, key = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local t = redis.call('TIME')
local now = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
local function get(field) return redis.call('HGET', entry, field) end
-- never shorter: what is kept for an incident has to outlive its changes
local function live()
  if redis.call('PTTL', entry) < tonumber(life) then redis.call('PEXPIRE', entry, life) end
end
local function wait()
  local drain = get('drain')
  redis.call('ZADD', pendingPrefix .. drain, get('seq'), key)
  redis.call('PEXPIRE', pendingPrefix .. drain, life)
  redis.call('SADD', channels, drain)
  live()
end
local function leave()
  local drain = get('drain')
  redis.call('ZREM', pendingPrefix .. drain, key)
  if redis.call('EXISTS', pendingPrefix .. drain) == 0 then redis.call('SREM', channels, drain) end
  live()
end
local function change()
  redis.call('HINCRBY', entry, 'version', 1)
  -- what was refused and is said again is new
  if get('state') == 'failed' then redis.call('HSET', entry, 'createdAtMs', now) end
  redis.call('HDEL', entry, 'error', 'plain')
  redis.call('HSET', entry, 'tries', 0)
  if get('state') ~= 'intent' then redis.call('HSET', entry, 'state', 'pending') end
  wait()
end
`;

/** ARGV: 5 drain, 6 target, 7 message, 8 chart or '', 9 digest, 10 the key of the sequence. Gives the entry. */
export const SAY = `${HEAD}
local drain, target, message, chart, digest = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
if not get('drain') then
  redis.call('HSET', entry, 'key', key, 'drain', drain, 'target', target, 'message', message, 'digest', digest, 'said', 1, 'version', 1,
    'sentVersion', 0, 'tries', 0, 'state', 'pending', 'createdAtMs', now, 'seq', redis.call('INCR', ARGV[10]))
  if chart ~= '' then redis.call('HSET', entry, 'chart', chart, 'chartVersion', 1) end
elseif get('digest') ~= digest then
  -- the job of a picture that came while its message was failed is done: one of a later version is another job
  local missed = get('state') == 'failed' and get('chartDrawn') ~= get('chartVersion')
  change()
  redis.call('HSET', entry, 'message', message, 'digest', digest, 'said', get('version'))
  if chart == '' then
    redis.call('HDEL', entry, 'chart', 'chartVersion', 'chartDrawn', 'chartFileId', 'chartAltText', 'chartNote')
  elseif missed or chart ~= get('chart') then
    redis.call('HSET', entry, 'chart', chart, 'chartVersion', get('version'))
    redis.call('HDEL', entry, 'chartNote')
  end
end
local state = get('state')
if state == 'pending' or state == 'intent' then wait() else live() end
return redis.call('HGETALL', entry)
`;

/** ARGV: 5 version, 6 file id or '', 7 note or ''. */
export const CHART_DONE = `${HEAD}
local chartVersion, fileId = get('chartVersion'), ARGV[6]
if not chartVersion or tonumber(chartVersion) > tonumber(ARGV[5]) then return 0 end
if get('state') == 'failed' or get('chartDrawn') == chartVersion then return 0 end
if get('via') == 'reply' and cjson.decode(get('target')).kind == 'channel' then return 0 end
redis.call('HSET', entry, 'chartDrawn', chartVersion)
redis.call('HDEL', entry, 'chartFileId', 'chartAltText', 'chartNote')
if fileId ~= '' then
  redis.call('HSET', entry, 'chartFileId', fileId, 'chartAltText', cjson.decode(get('chart')).altText)
else
  redis.call('HSET', entry, 'chartNote', ARGV[7])
end
change()
return 1
`;

/** ARGV: 5 the claim's key, 6 its token. Gives the entry, or nothing when it is not ours to send. How late it is, is what it was at the first try that may have arrived. */
export const INTEND = `${HEAD}
if redis.call('GET', ARGV[5]) ~= ARGV[6] or get('state') ~= 'pending' then return {} end
redis.call('HSET', entry, 'state', 'intent', 'intentAtMs', now, 'intentVersion', get('version'))
redis.call('HINCRBY', entry, 'tries', 1)
if get('sentVersion') == '0' then redis.call('HSET', entry, 'lateMs', math.max(0, now - get('createdAtMs'))) end
live()
return redis.call('HGETALL', entry)
`;

/** ARGV: 5 the claim's key, 6 its token. */
export const UNSENT = `${HEAD}
if redis.call('GET', ARGV[5]) ~= ARGV[6] or get('state') ~= 'intent' then return 0 end
redis.call('HSET', entry, 'state', 'pending')
redis.call('HDEL', entry, 'intentAtMs', 'unreadable')
wait()
return 1
`;

/**
 * ARGV: 5 version, 6 via, 7 ts or '', 8 channel or '', 9 prefix of the ids of channels that are known by a name, 10 their life. The first place stays: a message never moves. Gives 1 when it is another
 * place than this one: a copy too many, which says nothing of what the first one shows.
 */
export const RECEIPT = `${HEAD}
if not get('drain') then return 0 end
local copy = ARGV[7] ~= '' and (get('ts') or ARGV[7]) ~= ARGV[7]
local drain = get('drain')
if ARGV[8] ~= '' and ARGV[8] ~= drain and string.sub(drain, 1, 1) == '#' then
  redis.call('SET', ARGV[9] .. drain, ARGV[8], 'PX', ARGV[10])
end
if not copy then
  redis.call('HSET', entry, 'via', ARGV[6], 'sentAtMs', now, 'tries', 0)
  if ARGV[7] ~= '' then redis.call('HSET', entry, 'ts', ARGV[7], 'postedChannel', ARGV[8]) end
  if tonumber(ARGV[5]) > tonumber(get('sentVersion')) then redis.call('HSET', entry, 'sentVersion', ARGV[5]) end
end
redis.call('HDEL', entry, 'intentAtMs', 'unreadable')
if tonumber(get('sentVersion')) >= tonumber(get('version')) then
  redis.call('HSET', entry, 'state', 'sent')
  leave()
else
  redis.call('HSET', entry, 'state', 'pending')
  wait()
end
return copy and 1 or 0
`;

/** ARGV: 5 version, 6 error, 7 the set of failures. What has arrived by another hand did not fail. */
export const FAIL = `${HEAD}
if not get('drain') or tonumber(get('sentVersion')) >= tonumber(ARGV[5]) then return 0 end
redis.call('HDEL', entry, 'intentAtMs', 'unreadable')
redis.call('HSET', entry, 'error', ARGV[6])
if tonumber(get('version')) > tonumber(ARGV[5]) then
  redis.call('HSET', entry, 'state', 'pending')
  wait()
else
  redis.call('HSET', entry, 'state', 'failed')
  redis.call('ZADD', ARGV[7], now, key)
  redis.call('PEXPIRE', ARGV[7], life)
  redis.call('ZREMRANGEBYSCORE', ARGV[7], '-inf', now - life)
  leave()
end
return 1
`;

/** ARGV: 5… pairs of field and value. */
export const NOTE = `${HEAD}
if not get('drain') then return 0 end
for i = 5, #ARGV, 2 do redis.call('HSET', entry, ARGV[i], ARGV[i + 1]) end
live()
return 1
`;

/** ARGV: 5 the claim's key, 6 its token, 7 the other channel, 8 error. The whole of an entry's place is in its target and its drain. */
export const REDIRECT = `${HEAD}
if redis.call('GET', ARGV[5]) ~= ARGV[6] then return 0 end
if get('state') ~= 'intent' and not (get('state') == 'pending' and get('ts')) then return 0 end
-- what stood there stays, and is edited no more: what is new begins here
if get('ts') then redis.call('HSET', entry, 'createdAtMs', now, 'sentVersion', 0) end
redis.call('HDEL', entry, 'ts', 'postedChannel')
local target = cjson.decode(get('target'))
leave()
if target.channel ~= ARGV[7] then
  redis.call('HSET', entry, 'meantFor', cjson.encode({ channel = target.channel, error = ARGV[8] }))
end
target.channel = ARGV[7]
redis.call('HSET', entry, 'target', cjson.encode(target), 'drain', ARGV[7], 'state', 'pending', 'tries', 0)
redis.call('HDEL', entry, 'intentAtMs', 'unreadable')
wait()
return 1
`;

/** ARGV: 5 file id, 6 note. */
export const DROP_PICTURE = `${HEAD}
if get('chartFileId') ~= ARGV[5] then return 0 end
redis.call('HDEL', entry, 'chartFileId', 'chartAltText')
redis.call('HSET', entry, 'chartNote', ARGV[6])
live()
return 1
`;
