import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeProducer, type Producer } from '../../src/queue/enqueue.js';
import { until } from '../support/parts/process.js';
import { type RedisPart, startRedis } from '../support/parts/redis.js';
import type { Message } from '../support/slack/words.js';
import { CLEAN, checkStorm } from './storm-checker.js';
import { makeStormWorld, type StormWorld } from './world.js';

/** What everything stands on goes away and comes back, in the middle of a storm. */
const SETTLE_MS = 120_000;
const TEST_MS = 240_000;
const SERVICES = 8;
/** Ten minutes in the story. Delivery waits up to a minute between two tries then, and half of this here; nothing else differs. */
const AWAY_MS = 12_000;

let folder: string;
let redis: RedisPart;
let world: StormWorld | undefined;
let producer: Producer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leakwatch-break-'));
  redis = await startRedis([], undefined, folder);
  producer = makeProducer(redis.url, () => {});
});
afterEach(async () => {
  await world?.stop();
  await producer.close();
  await redis.stop();
  await rm(folder, { recursive: true });
  world = undefined;
}, 60_000);

async function begin(saidWithinMs: number): Promise<StormWorld> {
  const crew = { bots: 1, workers: 1, hosts: 2, sampleSeconds: 1 };
  world = await makeStormWorld({ redisUrl: redis.url, services: SERVICES, saidWithinMs, ...crew });
  return world;
}

const found = async ({ recorded }: StormWorld) => (await recorded()).flatMap(({ incidents }) => incidents);
const rootOf = ({ messages }: StormWorld, id: string) => messages().find(({ metadata }) => metadata?.event_payload.key === id);
const threadOf = ({ messages }: StormWorld, root: Message | undefined) =>
  messages().flatMap(({ threadTs, text }) => (threadTs && threadTs === root?.ts ? [text] : []));
/** Words for health, in any message. */
const healthy = ({ messages }: StormWorld) => messages().filter(({ text }) => /✅|🟢|calm|fixed|resolved/.test(text));

async function allIsSaid(here: StormWorld): Promise<void> {
  await until('all to be said', SETTLE_MS, here.settled);
  expect(checkStorm(await here.recorded(), here.messages())).toEqual(CLEAN);
  expect(here.crew.ended).toEqual([]);
}

test(
  'Redis is killed while leaks are found, and comes back with what it had',
  async () => {
    const here = await begin(30_000);
    await until('the first root', SETTLE_MS, async () => here.messages().length > 0);
    await redis.kill();
    await sleep(4_000);
    expect(here.crew.ended).toEqual([]);
    redis = await startRedis([], redis.port, folder);
    await allIsSaid(here);
  },
  TEST_MS,
);

test(
  'Slack is away while leaks are found and a person acts: the final states arrive, in order, once',
  async () => {
    const here = await begin(3_000);
    const { workspace } = here;
    const ana = workspace.users.ana;
    let away = true;
    const times = Number.POSITIVE_INFINITY;
    // One that it takes, though it says that it did not; then it breaks connections, and takes no edits.
    workspace.fault({ method: 'chat.postMessage', kind: 'http500', after: true });
    for (const method of ['chat.postMessage', 'chat.update', 'conversations.history'])
      workspace.fault({ method, kind: method === 'chat.postMessage' ? 'reset' : 'http500', times, when: () => away });
    await until('all to be recorded', SETTLE_MS, async () => (await found(here)).length === SERVICES);
    const own = (await found(here)).find(({ storm }) => !storm);
    if (!own) throw new Error('nobody has a root of its own');
    const target = { kind: 'person', channel: here.channel, user: ana } as const;
    for (const [n, kind] of (['acknowledge', 'resolve'] as const).entries()) {
      const act = {
        v: 1,
        incidentId: own.id,
        act: { kind },
        by: ana,
        atMs: Date.now() + n,
        outboxKey: `a-${n}`,
        target,
      } as const;
      await producer.enqueue('act', act);
      const moment = kind === 'resolve' ? 'resolve-by' : kind;
      await until(kind, SETTLE_MS, async () => {
        const now = await here.incidents.incident(own.id);
        return now?.value.moments.some((one) => one.kind === moment);
      });
    }
    await sleep(AWAY_MS);
    expect(here.messages().length).toBeLessThanOrEqual(1);
    away = false;
    await allIsSaid(here);
    const root = rootOf(here, own.id);
    expect(root?.text).toContain('resolved');
    expect(threadOf(here, root)).toEqual([`<@${ana}> has it`, expect.stringContaining(`<@${ana}> resolved it`)]);
  },
  TEST_MS,
);

test(
  'an engine is away: status and answers say so, nothing is said to be well, and what was said stays',
  async () => {
    const here = await begin(3_000);
    const { workspace, engines } = here;
    await allIsSaid(here);
    const before = await found(here);
    const engine = engines[0]?.engine;
    const name = engines[0]?.host ?? '';
    await engine?.vanish();
    const type = async (text: string) =>
      JSON.stringify((await workspace.command({ user: workspace.users.ana, channel: here.channel, text })).body);
    const status = await until('status with the host', 30_000, async () => {
      const said = await type('status');
      return said.includes(name) && said.includes('🟠') && said;
    });
    expect(status).toMatch(new RegExp(`${name}.{0,20}Docker does not answer`));
    const silent = here.services.find(({ host }) => host === name);
    await type(`check ${silent?.id}`);
    const answer = () => here.messages().find(({ blocks }) => JSON.stringify(blocks).includes('Docker does not answer'));
    await until(`an answer that says so:\n${workspace.transcript(here.channel)}`, 60_000, async () => answer());
    await sleep(AWAY_MS);
    expect(healthy(here)).toEqual([]);
    await engine?.comeBack('new');
    await until('a good status', 60_000, async () => !(await type('status')).includes('Docker does not answer'));
    const after = await found(here);
    expect(after.map(({ id }) => id).toSorted()).toEqual(before.map(({ id }) => id).toSorted());
    expect(after.filter(({ closed }) => closed)).toEqual([]);
    expect(healthy(here)).toEqual([]);
  },
  TEST_MS,
);
