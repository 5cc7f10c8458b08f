import type { Redis } from 'ioredis';
import { worldError } from '../errors.js';
import { type Claim, needsPost, type OutboxDrain, PENDING_AT_ONCE } from '../model/delivery.js';
import { drainOf, type OutboxEntry } from '../model/message.js';
import { claimKey } from './claims.js';
import { idOf, key } from './keys.js';
import { parseEntry } from './outbox-entry.js';
import { CHART_DONE, DROP_PICTURE, FAIL, INTEND, NOTE, RECEIPT, REDIRECT, SAY, UNSENT } from './outbox-scripts.js';

/** An entry lives this long after its last change, sent or not (design §8). */
const LIFE_MS = 7 * 24 * 3600 * 1000;
/** What an incident is found and changed by outlives it as a closed one does (design §8). */
const KEPT_MS = 90 * 24 * 3600 * 1000;
export const PENDING_PREFIX = key('outbox-pending', '');
export const CHANNELS = key('outbox-channels');
const SEQUENCE = key('outbox-sequence');
const FAILURES = key('outbox-failures');
const CHANNEL_IDS = key('channel-id', '');
/** As many as are looked through; `status` counts them, and nobody counts further. */
const MAX_FAILURES = 1_000;
const PICTURE_DROPPED = 'Slack did not take the chart.';

/** The outbox on Redis: a hash an entry, a sorted set a channel of what waits, by the order in which it was first said. */
export function makeOutbox(redis: Redis): OutboxDrain {
  const run = (script: string, id: string, ...args: (string | number)[]) =>
    redis.eval(script, 1, entryKey(id), PENDING_PREFIX, CHANNELS, LIFE_MS, id, ...args.map(String));
  const withClaim = (script: string, id: string, claim: Claim, ...more: string[]) =>
    run(script, id, claimKey(claim.channel), claim.token, ...more);

  async function pageOf(channel: string, at: number): Promise<{ entries: readonly OutboxEntry[]; isFull: boolean }> {
    const ids = await redis.zrange(PENDING_PREFIX + channel, String(at), String(at + PENDING_AT_ONCE - 1));
    const found = await Promise.all(ids.map(async (id) => parseEntry(await redis.hgetall(entryKey(id)))));
    const lost = ids.filter((_, i) => !found[i]);
    if (lost.length > 0) await redis.zrem(PENDING_PREFIX + channel, ...lost);
    if (lost.length === ids.length) await forgetWhenEmpty(redis, channel);
    return { entries: found.filter((entry): entry is OutboxEntry => entry !== null), isFull: ids.length === PENDING_AT_ONCE };
  }

  return {
    async say(id, target, message, chart) {
      const [said, drawn] = [JSON.stringify(message), chart ? JSON.stringify(chart) : ''];
      const digest = idOf(`${said}\n${drawn}`);
      const reply = await run(SAY, id, drainOf(target), JSON.stringify(target), said, drawn, digest, SEQUENCE);
      const entry = parseEntry(reply);
      if (!entry) throw worldError('Redis lost a message that was just written');
      return entry;
    },
    async get(id) {
      return parseEntry(await redis.hgetall(entryKey(id)));
    },
    async keep(id) {
      await redis.pexpire(entryKey(id), KEPT_MS);
    },
    async attachChart(id, version, fileId) {
      await run(CHART_DONE, id, version, fileId, '');
    },
    async chartFailed(id, version, note) {
      await run(CHART_DONE, id, version, '', note);
    },
    async failures(sinceMs) {
      const flat = await redis.zrange(
        FAILURES,
        '+inf',
        String(sinceMs),
        'BYSCORE',
        'REV',
        'LIMIT',
        0,
        MAX_FAILURES,
        'WITHSCORES',
      );
      const found = flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, atMs: Number(flat[i + 1]) }] : []));
      const entries = await Promise.all(found.map(({ id }) => redis.hmget(entryKey(id), 'state', 'error', 'drain')));
      return found.flatMap(({ id, atMs }, i) => {
        const [state, error, channel] = entries[i] ?? [];
        return state === 'failed' ? [{ key: id, error: error ?? '', atMs, channel: channel ?? '' }] : [];
      });
    },
    pendingChannels: () => redis.smembers(CHANNELS),

    async pending(channel) {
      const first = await pageOf(channel, 0);
      // Edits wait for a budget that all share, and a new message has none of that: the first ones are looked for behind them.
      let [at, page, posts] = [0, first, first.entries.filter(needsPost)];
      while (posts.length === 0 && page.isFull) {
        at += PENDING_AT_ONCE;
        page = await pageOf(channel, at);
        posts = page.entries.filter(needsPost);
      }
      return at === 0 ? first.entries : [...first.entries, ...posts];
    },
    async intend(id, claim) {
      return parseEntry(await withClaim(INTEND, id, claim));
    },
    async unsent(id, claim) {
      return (await withClaim(UNSENT, id, claim)) === 1;
    },
    async receipt(id, { version, via, ts, channel }) {
      return (await run(RECEIPT, id, version, via, ts ?? '', channel ?? '', CHANNEL_IDS, KEPT_MS)) === 1 ? 'a copy' : 'kept';
    },
    async channelId(channel) {
      return (channel.startsWith('#') && (await redis.get(CHANNEL_IDS + channel))) || channel;
    },
    async fail(id, version, error) {
      await run(FAIL, id, version, error, FAILURES);
    },
    async note(id, note) {
      await run(NOTE, id, ...Object.entries(note).flatMap(([field, value]) => [field, String(value)]));
    },
    async redirect(id, claim, channel, error) {
      return (await withClaim(REDIRECT, id, claim, channel, error)) === 1;
    },
    async dropPicture(id, fileId) {
      await run(DROP_PICTURE, id, fileId, PICTURE_DROPPED);
    },
    async nowMs() {
      const [seconds, micros] = await redis.time();
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    },
  };
}

/** A channel whose entries have all expired is no longer swept. */
async function forgetWhenEmpty(redis: Redis, channel: string): Promise<void> {
  const script = `if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end`;
  await redis.eval(script, 2, PENDING_PREFIX + channel, CHANNELS, channel);
}

export function entryKey(id: string): string {
  return key('outbox', id);
}
