import { describe, expect, test } from '@jest/globals';
import type { JobContext } from '../../jobs/context.js';
import { makeDigest } from '../../jobs/digest.js';
import { makePlaceOf } from '../../jobs/place-of.js';
import { makeRounds as makeRoundsJob } from '../../jobs/rounds.js';
import { growerOf, keepGrower } from '../../jobs/slow-growers.js';
import { makeWatch } from '../../jobs/watch.js';
import { notALeak } from '../../src/incidents/quiet.js';
import type { Series } from '../../src/model/assessment.js';
import type { Heartbeat } from '../../src/model/host.js';
import type { Incident } from '../../src/model/incident.js';
import { NO_RULES, type Rules } from '../../src/model/rules.js';
import { makeDigests } from '../../src/store/digests.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeStorms } from '../../src/store/storms.js';
import { contextOf, type Harness } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { fourteenDays, HOUR, life, MIB, MINUTE, NOW, noise, scene } from '../render/scenes.js';
import { beat } from '../support/fleet.js';
import { incident, openIn } from '../support/incidents.js';

/** What is said at 14:00 UTC on 24 November: real incidents, real analysis, real outbox. */
const { slack, start } = await useStage();
const DAY = 24 * HOUR;
const MORNING: Rules = { ...NO_RULES, watch: { pageHours: 4, digestAt: '14:00', timezone: 'UTC' } };

const flat = () =>
  life('web', { upMs: 14 * DAY, everyMs: 5 * MINUTE }, (_age, i) => ({ anon: 80 * MIB + noise(i, 2 * MIB), file: 9 * MIB }));
const orders = () => {
  const [series] = fourteenDays().series;
  if (!series) throw new Error('no series');
  return series;
};
const at = (nowMs: number): JobContext => ({ ...contextOf(), nowMs: () => nowMs });

type Morning = {
  readonly series?: readonly Series[];
  readonly rules?: Rules;
  readonly channel?: string;
  readonly beats?: readonly Heartbeat[];
};

async function morning(harness: Harness, { series = [], rules = MORNING, channel = '#ops', beats = [] }: Morning = {}) {
  const { redis, outbox, enqueue, asked } = harness;
  const [incidents, digests] = [makeIncidents(redis), makeDigests(redis)];
  const of = new Map(series.map((one) => [one.replica.key, one]));
  const inventory = { all: async () => series.map(({ replica }) => replica) };
  const ports = {
    ...{ inventory, incidents, digests, outbox, enqueue },
    rules: { now: () => rules },
    placeOf: makePlaceOf({ now: () => rules }, channel),
    hosts: { all: async () => [...beats] },
    samples: { read: async (key: string) => [...(of.get(key)?.samples ?? [])] },
    runs: { read: async (key: string) => [...(of.get(key)?.runs ?? [])] },
    ledger: { read: async () => [] },
    permalink: async (room: string, ts: string) => `https://slack.example/${room}/${ts}`,
  };
  const digest = makeDigest(ports);
  const round = makeRoundsJob({ ...ports, rounds: makeRounds(redis), unfrozen: async () => [] });
  return {
    ...{ incidents, digests, ports },
    say: (nowMs = NOW) => digest({ v: 1 }, at(nowMs)),
    /** Whether a round would have it said. */
    async due(nowMs = NOW) {
      const before = asked.length;
      await round({ v: 1 }, at(nowMs));
      return asked.slice(before).some(({ name }) => name === 'digest');
    },
    async heard(room = channel) {
      await harness.settle(room);
      return slack.messages.map(({ text, blocks }) => `${text}\n${JSON.stringify(blocks)}`);
    },
  };
}

/** As the watch leaves it: the incident, and its root in Slack where a `ts` is told. */
async function kept(harness: Harness, one: Incident): Promise<void> {
  await openIn(harness.redis, one);
  if (!one.closed) return;
  const incidents = makeIncidents(harness.redis);
  const [found, watched] = [await incidents.incident(one.id), await incidents.watched(one.service.id)];
  if (!found) throw new Error(`${one.id} is not there`);
  await incidents.commit({ serviceId: one.service.id, watched, incident: { ...found, value: one } });
}

describe('the hand-over', () => {
  test('open and closed since yesterday, with a link to each thread, in one message', async () => {
    const harness = await start();
    const { say, heard, due } = await morning(harness);
    const thread = { place: { channel: '#ops', threadTs: '111.5' } };
    await kept(harness, incident('i-1', 'api', { openedMs: NOW - HOUR, ...thread, acknowledged: { by: 'UANA', atMs: NOW } }));
    await kept(
      harness,
      incident('i-2', 'cart', {
        openedMs: NOW - 9 * HOUR,
        place: { channel: '#ops' },
        closed: { atMs: NOW - HOUR, how: 'fixed' },
      }),
    );
    await kept(
      harness,
      incident('i-3', 'old', {
        openedMs: NOW - 90 * HOUR,
        place: { channel: '#ops' },
        closed: { atMs: NOW - 80 * HOUR, how: 'fixed' },
      }),
    );
    expect(await due()).toBe(true);
    await say();
    const [message, ...more] = await heard();
    expect(more).toEqual([]);
    expect(message).toContain('Daily digest: 1 leak open (1 new), 1 closed');
    expect(message).toContain('in hand: <@UANA> · <https://slack.example/#ops/111.5|thread>');
    expect(message).toContain('cart fixed');
    expect(message).not.toContain('old');
    expect(message).not.toMatch(/<!(channel|here|everyone)/);
  });

  test('the thread of its root is linked where the root really is', async () => {
    const harness = await start();
    const { say, heard, ports } = await morning(harness);
    await kept(harness, incident('i-1', 'api', { openedMs: NOW - HOUR, place: { channel: '#ops' } }));
    await harness.outbox.say('i-1', { kind: 'channel', channel: '#ops' }, { text: 'root', blocks: [] });
    await harness.settle('#ops');
    const root = await ports.outbox.get('i-1');
    await say();
    expect(root?.ts).toBeDefined();
    expect((await heard()).at(-1)).toContain(`<https://slack.example/${root?.postedChannel}/${root?.ts}|thread>`);
  });

  test('an incident goes to the digest of its service, and who was taken off the watch is not spoken of', async () => {
    const harness = await start();
    const api = life('api', { upMs: HOUR, everyMs: MINUTE }, () => ({ anon: MIB }));
    const team = { ...api, replica: { ...api.replica, labels: { 'leakwatch.channel': '#team' } } };
    const { say, incidents } = await morning(harness, { series: [team] });
    await kept(harness, incident('i-1', 'api', { openedMs: NOW - HOUR, place: { channel: 'C9', threadTs: '1.2' } }));
    await kept(harness, incident('i-2', 'gone', { openedMs: NOW - HOUR, place: { channel: 'C9' } }));
    await kept(harness, incident('i-3', 'quiet', { openedMs: NOW - HOUR, place: { channel: 'C9' } }));
    const watched = await incidents.watched('quiet');
    await incidents.commit({
      serviceId: 'quiet',
      watched: { ...watched, value: { ...watched.value, unwatched: { by: 'U1', atMs: NOW } } },
    });
    await say();
    await Promise.all(['#team', 'C9', '#ops'].map((room) => harness.settle(room)));
    const said = slack.messages.map(({ channel, blocks }) => [channel, JSON.stringify(blocks)] as const);
    expect(said).toHaveLength(2);
    expect(said.find(([, words]) => words.includes('api open'))?.[1]).not.toContain('gone');
    expect(said.find(([, words]) => words.includes('gone open'))?.[1]).toContain('not on any host now');
    expect(said.join()).not.toContain('quiet');
  });
});

describe('hosts that give no samples', () => {
  const on = (name: string, host: string, labels: Record<string, string> = {}): Series => {
    const one = life(name, { host, upMs: HOUR, everyMs: MINUTE }, () => ({ anon: MIB }));
    return { ...one, replica: { ...one.replica, labels } };
  };
  const series = [on('api', 'hv-01'), on('cart', 'hv-37'), on('mail', 'hv-40', { 'leakwatch.channel': '#mail' })];
  const beats = [beat('hv-01', NOW), ...['hv-37', 'hv-40', 'hv-99'].map((host) => beat(host, NOW - 9 * HOUR))];
  const closed = { atMs: NOW - HOUR, how: 'fixed' } as const;

  test('are named to those whose services run there: all calm is no all-clear', async () => {
    const harness = await start();
    const { say, heard } = await morning(harness, { series, beats });
    await kept(harness, incident('i-1', 'api', { openedMs: NOW - 5 * HOUR, place: { channel: '#ops' }, closed }));
    await say();
    const [message = '', ...more] = await heard();
    expect(more).toEqual([]);
    expect(message).toContain('no leak open, 1 closed, 1 host gives no samples');
    expect(message).toMatch(/\*\\n⚠️ Silent: hv-37 since <!date[^>]*05:00 UTC>: its last list was used\\nHand-over/u);
    expect(message).not.toMatch(/hv-40|hv-99/);
  });

  test('by themselves are no digest: `status` says them, and so do alerts', async () => {
    const harness = await start();
    const { say, heard } = await morning(harness, { series, beats });
    await say();
    expect(await heard()).toEqual([]);
  });
});

describe('the slow growers', () => {
  test('what the watch would wake nobody for is said in the morning', async () => {
    const harness = await start();
    const limit = 16 * 1024 * MIB;
    const series = life('orders', { limit, upMs: 20 * DAY, everyMs: 5 * MINUTE, seenMs: 14 * DAY }, (age, i) => ({
      anon: 300 * MIB + (age / DAY) * 55 * MIB + noise(i, 20 * MIB),
    }));
    const { say, heard, incidents, digests, ports } = await morning(harness, { series: [series] });
    const watched = await incidents.watched('orders');
    const state = { lookedMs: NOW - 5 * MINUTE, quick: 1, slow: 1 };
    await incidents.commit({ serviceId: 'orders', watched: { ...watched, value: { state } } });
    const watch = makeWatch({
      ...ports,
      storms: makeStorms(harness.redis),
      rounds: makeRounds(harness.redis),
      pageMs: () => 4 * HOUR,
      digest: (assessment, _event, atMs) => keepGrower(assessment, atMs, digests),
    });
    await watch({ v: 1, serviceId: 'orders' }, at(NOW));
    expect(await incidents.open()).toEqual([]);
    await say();
    expect((await heard()).join()).toMatch(/1 slow grower.*\\norders \+2\.3 MiB\/h · limit in 2\d\d d/s);
  });

  test('what the watch kept is looked at once more: the numbers are of now, and who is calm now is not there', async () => {
    const harness = await start();
    const { say, heard, digests } = await morning(harness, { series: [orders(), flat()] });
    const seen = { atMs: NOW - 23 * HOUR, verdict: 'suspicious', growthBytesPerHour: 99 * MIB, limitAtMs: null } as const;
    for (const { replica } of [orders(), flat()]) await digests.keep({ ...seen, service: replica.service });
    await digests.keep({ ...seen, service: { id: 'gone', name: 'gone' } });
    await say();
    const [message = '', ...more] = await heard();
    expect(more).toEqual([]);
    expect(message).toContain('no leak open, 1 slow grower');
    expect(message).toMatch(/\\norders \+\d\.\d MiB\/h · limit in \d+ d/);
    expect(message).not.toMatch(/99 MiB|web|gone/);
  });

  test('who cannot be told now stays as it was seen, and that is said', async () => {
    const harness = await start();
    const silent = { ...orders(), samples: [] };
    const { say, heard, digests } = await morning(harness, { series: [silent] });
    await keepGrower(fourteenDays().assessment, NOW - 8 * HOUR, digests);
    await say();
    expect((await heard()).join()).toMatch(/orders \+.* · as of .*can't be told now/);
  });

  test.each(['an open incident', 'taken off the watch', 'no leak by a person’s word', 'ignored'])(
    '%s: not there',
    async (why) => {
      const harness = await start();
      const series =
        why === 'ignored' ? { ...orders(), replica: { ...orders().replica, labels: { 'leakwatch.ignore': 'true' } } } : orders();
      const { say, heard, digests, incidents } = await morning(harness, { series: [series] });
      const { assessment } = fourteenDays();
      const serviceId = assessment.service.id;
      await keepGrower(assessment, NOW - HOUR, digests);
      const watched = await incidents.watched(serviceId);
      const state = { lookedMs: NOW, quick: 1, slow: 1 };
      if (why === 'an open incident')
        await kept(harness, incident('i-1', serviceId, { openedMs: NOW - HOUR, place: { channel: '#ops' } }));
      if (why === 'taken off the watch')
        await incidents.commit({ serviceId, watched: { ...watched, value: { state, unwatched: { by: 'U1', atMs: 0 } } } });
      if (why.startsWith('no leak'))
        await incidents.commit({ serviceId, watched: { ...watched, value: { state: notALeak(state, assessment, 1e12, null) } } });
      await say();
      expect((await heard()).join()).not.toContain('slow grower');
      expect(slack.messages).toHaveLength(why === 'an open incident' ? 1 : 0);
    },
  );

  test('of a verdict that is none nothing is kept', () => {
    expect(growerOf(scene([flat()], DAY).assessment, NOW)).toBeNull();
  });
});

describe('once a day', () => {
  const opened = (id: string) => incident(id, `s-${id}`, { openedMs: NOW - HOUR, place: { channel: '#ops' } });

  test('run by two workers at once, and again, and a minute later: one message', async () => {
    const harness = await start();
    const { say, heard, due } = await morning(harness);
    await kept(harness, opened('i-1'));
    await Promise.all([say(), say()]);
    await say();
    await say(NOW + MINUTE);
    expect(await heard()).toHaveLength(1);
    expect(await due(NOW + MINUTE)).toBe(false);
    expect(await due(NOW + 8 * HOUR)).toBe(false);
    expect(await due(NOW + DAY)).toBe(true);
  });

  test('nothing to say: nothing is said, and what comes later that day waits for the next', async () => {
    const harness = await start();
    const { say, heard, due } = await morning(harness);
    await say();
    await kept(harness, opened('i-1'));
    expect(await due(NOW + HOUR)).toBe(false);
    await say(NOW + HOUR);
    expect(await heard()).toEqual([]);
    await say(NOW + DAY);
    expect(await heard()).toHaveLength(1);
  });

  test('a worker that was away says it when it is back, not in the night; then the next morning has it all', async () => {
    const harness = await start();
    const { say, heard, digests, due } = await morning(harness);
    await digests.settle({ date: '2026-11-22', atMs: NOW - 2 * DAY });
    const closed = { atMs: NOW - 30 * HOUR, how: 'recovered' } as const;
    await kept(harness, incident('i-1', 'cart', { openedMs: NOW - 40 * HOUR, place: { channel: '#ops' }, closed }));
    expect(await due(NOW - MINUTE)).toBe(false);
    expect(await due(NOW + 9 * HOUR)).toBe(false);
    expect(await due(NOW + 9 * HOUR - MINUTE)).toBe(true);
    await say(NOW + 9 * HOUR - MINUTE);
    expect(await heard()).toEqual([expect.stringContaining('cart calm again')]);
  });

  test('a run that broke off between two channels: the other one is said, the first is not said again, and no closing is lost', async () => {
    const harness = await start();
    const { digests, ports } = await morning(harness);
    for (const channel of ['C1', 'C2'])
      await kept(harness, incident(`i-${channel}`, `s-${channel}`, { openedMs: NOW - HOUR, place: { channel } }));
    let left = 1;
    const dying = makeDigest({
      ...ports,
      enqueue: async (name, payload, options) => {
        left -= 1;
        if (left < 0) throw new Error('the worker died');
        await harness.enqueue(name, payload, options);
      },
    });
    await expect(dying({ v: 1 }, at(NOW))).rejects.toThrow('died');
    expect(await digests.last()).toBeNull();
    // Redis' clock is the real one; here it says when the first run was.
    const get = async (key: string) => {
      const entry = await harness.outbox.get(key);
      return entry && { ...entry, createdAtMs: NOW };
    };
    await makeDigest({ ...ports, outbox: { say: harness.outbox.say, get } })({ v: 1 }, at(NOW + 3 * HOUR));
    expect(await digests.last()).toEqual({ date: '2026-11-24', atMs: NOW });
    await Promise.all(['C1', 'C2'].map((room) => harness.settle(room)));
    expect(slack.messages.map(({ channel }) => channel).sort()).toEqual(['C1', 'C2']);
  });
});
