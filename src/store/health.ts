import type { Redis } from 'ioredis';

/** What BullMQ and our scripts need. */
const OLDEST_VERSION = [6, 2] as const;
const FULL_SHARE = 0.8;

/**
 * Whether this Redis may be used (reliability DR6), in sentences for a person, each with what mends it. `refuse`: it may lose
 * or not take what we write. `warn`: it works, and should be otherwise. One `INFO`, because `CONFIG` is closed on managed ones.
 */
export async function checkRedis(redis: Pick<Redis, 'info'>): Promise<{ refuse: string[]; warn: string[] }> {
  const info = parseInfo(await redis.info());
  const refuse: string[] = [];
  const warn: string[] = [];

  const version = info.redis_version ?? '';
  if (version && isOlder(version)) refuse.push(`Redis ${version} is too old: 6.2 or newer is needed.`);
  const policy = info.maxmemory_policy;
  if (policy && policy !== 'noeviction') {
    refuse.push(
      `Redis may throw keys away (maxmemory-policy is ${policy}): set it with \`redis-cli CONFIG SET maxmemory-policy noeviction\`, and in redis.conf.`,
    );
  }
  if (info.role && info.role !== 'master') {
    const master = info.master_host ? `: use its master, ${info.master_host}:${info.master_port}` : '';
    refuse.push(`Redis is a replica and takes no writes (role is ${info.role})${master}.`);
  }

  if (info.aof_enabled === '0') {
    warn.push(
      'Redis keeps nothing over a crash (appendonly is off): set it with `redis-cli CONFIG SET appendonly yes`, and in redis.conf.',
    );
  }
  if (info.aof_enabled === '1' && info.aof_last_write_status === 'err')
    warn.push('Redis could not write its append-only file: is its disk full?');
  const [used, most] = [Number(info.used_memory), Number(info.maxmemory)];
  if (most > 0 && used >= FULL_SHARE * most) {
    const percent = Math.floor((100 * used) / most);
    warn.push(`Redis is ${percent} % full (used_memory of maxmemory): at 100 % it refuses writes. Raise maxmemory.`);
  }
  return { refuse, warn };
}

/** What Redis holds, all keys and its own needs (`used_memory`), bytes; `maxBytes` null: no maxmemory is set. Null: it does not tell. */
export async function redisMemory(redis: Pick<Redis, 'info'>): Promise<{ usedBytes: number; maxBytes: number | null } | null> {
  const info = parseInfo(await redis.info('memory'));
  const [usedBytes, maxBytes] = [Number(info.used_memory), Number(info.maxmemory)];
  return Number.isFinite(usedBytes) ? { usedBytes, maxBytes: maxBytes > 0 ? maxBytes : null } : null;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor < OLDEST_VERSION[1]);
}

/** `INFO`'s lines `name:value`; headings begin with `#`. */
function parseInfo(text: string): Record<string, string | undefined> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
