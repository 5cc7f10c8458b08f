import { expect, test } from '@jest/globals';
import { makeDropped } from '../../jobs/dropped.js';
import { makeReadFiles } from '../../jobs/read-files.js';
import type { SlackFile } from '../../src/model/dropped-file.js';
import type { Payload } from '../../src/queue/catalogue.js';
import { makeDroppedFiles } from '../../src/store/dropped-files.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { contextOf } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { incident, openIn } from '../support/incidents.js';

const { start } = await useStage();
const THREAD = '100.000100';
const FILE: SlackFile = {
  ...{ id: 'F1', name: 'massif.out.7', bytes: 8, mimetype: 'text/plain', team: 'T1', address: 'https://files.slack.com/F1' },
  shares: [{ channel: 'C1', ts: '100.000200', threadTs: THREAD }],
};
const SEEN = { v: 1, channel: 'C1', fileIds: ['F1'], homeTeam: 'T1' } as const;

/** A thread of C1 in which an incident's evidence is collected; `files`: what Slack says of each. */
async function threadOfLeak(files: Record<string, SlackFile>) {
  const harness = await start();
  const [incidents, dropped] = [makeIncidents(harness.redis), makeDroppedFiles(harness.redis)];
  await openIn(harness.redis, incident('i-1', 'service-0', { place: { channel: 'C1', threadTs: THREAD } }));
  const about = async (id: string) => files[id] ?? null;
  const run = makeDropped({ ...harness, incidents, dropped, files: { about } });
  const reads = () =>
    harness.asked.flatMap(({ name, payload }) => (name === 'read-files' ? [payload as Payload<'read-files'>] : []));
  return { harness, dropped, reads, run: (payload: Payload<'dropped'>) => run(payload, contextOf()) };
}

test('in the thread of an incident it is read; the event that comes twice asks for the same', async () => {
  const { run, reads, harness } = await threadOfLeak({ F1: FILE });
  await run(SEEN);
  await run(SEEN);
  expect(reads()).toHaveLength(2);
  const [first, second] = harness.asked.filter(({ name }) => name === 'read-files').map(({ options }) => options?.once);
  expect(first).toBe(second);
  expect(reads()[0]).toMatchObject({ channel: 'C1', ts: '100.000200', threadTs: THREAD, fileIds: ['F1'] });
});

test('also where the channel of leaks is known by its name: Slack says in which one that is', async () => {
  const ts = '400.000100';
  const { run, reads, harness } = await threadOfLeak({
    F1: { ...FILE, shares: [{ channel: 'C7', ts: '400.000200', threadTs: ts }] },
  });
  await openIn(harness.redis, incident('i-named', 'service-1', { place: { channel: '#ops' } }));
  await harness.outbox.say('i-named', { kind: 'channel', channel: '#ops' }, { text: 'root', blocks: [] });
  await harness.outbox.receipt('i-named', { version: 1, via: 'web', ts, channel: 'C7' });
  await run({ ...SEEN, channel: 'C7' });
  expect(reads()).toHaveLength(1);
});

test.each<[string, Partial<SlackFile>, Partial<Payload<'dropped'>>]>([
  ['of somebody of another workspace', { team: 'T2' }, {}],
  ['of nobody knows whom, where others are', { team: undefined as never }, { isShared: true }],
  ['a picture', { mimetype: 'image/png' }, {}],
  ['in another thread', { shares: [{ channel: 'C1', ts: '100.000200', threadTs: '7.7' }] }, {}],
  ['in no thread', { shares: [{ channel: 'C1', ts: '100.000200' }] }, {}],
  [
    'in a thread of that number in another channel',
    { shares: [{ channel: 'C2', ts: '100.000200', threadTs: THREAD }] },
    { channel: 'C2' },
  ],
])('%s it is nobody’s business', async (_, file, payload) => {
  const { run, reads } = await threadOfLeak({ F1: { ...FILE, ...file } });
  await run({ ...SEEN, ...payload });
  expect(reads()).toEqual([]);
});

test('Slack has not said yet where it was shown: tried again', async () => {
  const { run } = await threadOfLeak({ F1: { ...FILE, shares: [] } });
  await expect(run(SEEN)).rejects.toMatchObject({ who: 'world' });
});

test('two files of one message are two events: who is enqueued last reads both, and who was first leaves it to that', async () => {
  const { run, reads, harness, dropped } = await threadOfLeak({ F1: FILE, F2: { ...FILE, id: 'F2' } });
  await run(SEEN);
  await run({ ...SEEN, fileIds: ['F2'] });
  expect(reads().map(({ fileIds }) => fileIds)).toEqual([['F1'], ['F1', 'F2']]);
  const fetched: string[] = [];
  const read = makeReadFiles({
    ...{ ...harness, dropped, kindOf: () => null, reader: { course: never }, massifReader: { read: never } },
    files: {
      about: async (id) => ({ ...FILE, id }),
      async read({ id }) {
        fetched.push(id);
        return Buffer.from('nothing');
      },
    },
  });
  for (const payload of reads()) await read(payload, contextOf());
  expect(fetched).toEqual(['F1', 'F2']);
});

test('a mention that comes after the event has it read again, and answered whatever it is', async () => {
  const { run, reads } = await threadOfLeak({ F1: FILE });
  await run(SEEN);
  await run({ ...SEEN, mention: { ts: '100.000200', threadTs: THREAD, user: 'U1', asked: true } });
  expect(reads().map(({ asked }) => asked)).toEqual([undefined, true]);
});

test('an answer about a heap makes its thread one, whether it stands in it or began it; of another channel’s, no', async () => {
  const elsewhere = { ...FILE, shares: [{ channel: 'C1', ts: '300.000100', threadTs: '200.000100' }] };
  const { run, reads, harness, dropped } = await threadOfLeak({ F1: elsewhere });
  await harness.outbox.say('a-heap', { kind: 'channel', channel: 'C1', threadTs: '200.000100' }, { text: 'a heap', blocks: [] });
  await run(SEEN);
  expect(reads()).toEqual([]);
  await dropped.answered('C1', 'a-heap', Date.now());
  await run(SEEN);
  expect(reads()).toHaveLength(1);
});

async function never(): Promise<never> {
  throw new Error('nothing is decoded here');
}
