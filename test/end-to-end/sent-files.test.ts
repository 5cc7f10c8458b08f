import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { incident, openIn } from '../support/incidents.js';
import type { Sent } from '../support/slack/files.js';
import { makeWorld, textOf, type World } from './world.js';

/** People drop heaps into threads: bot and worker as they are built, the files as profilers wrote them. */
let world: World;
let thread: string;
beforeAll(async () => {
  world = await makeWorld({ delivery: 'http', rateLimits: false });
  await world.fill({ services: 3, replicas: 1, historyMs: 2 * 3_600_000 });
  await Promise.all([world.start('bot'), world.start('worker')]);
  const one = incident('i-1', 'service-0', { place: { channel: world.workspace.channels.ops }, openedMs: Date.now() - 60_000 });
  await world.withRedis((redis) => openIn(redis, one));
  thread = (await world.said(world.workspace.channels.ops, '"i-1"')).ts;
}, 120_000);
afterAll(() => world.stop());

const golden = (path: string): Sent => ({
  name: path.split('/').at(-1) ?? '',
  bytes: readFileSync(new URL(`../golden/${path}`, import.meta.url)),
});
const ops = () => world.workspace.channels.ops;
/** Into the thread of the incident, unless another is named; '': none. */
const drop = (files: readonly Sent[], over: { text?: string; threadTs?: string; channel?: string; user?: string } = {}) => {
  const { threadTs = thread, ...more } = over;
  const where = threadTs === '' ? {} : { threadTs };
  return world.workspace.drop({ user: world.workspace.users.ana, channel: ops(), files, ...where, ...more });
};
const answersIn = (threadTs: string, channel: string = ops()) =>
  world.workspace.messages(channel).filter((one) => one.threadTs === threadTs && one.user === world.workspace.botUserId);
const answer = (threadTs: string, ...words: string[]) =>
  world.workspace.waitFor(
    () => answersIn(threadTs).findLast((one) => words.every((word) => textOf(one).includes(word))),
    30_000,
    `${words.join(', ')} in the thread\n${world.workspace.transcript(ops())}`,
  );
/** What came before it is read by then: one that is answered for sure goes the same way behind it. */
async function settled(): Promise<void> {
  settling += 1;
  const { ts } = await drop([{ ...golden('massif/massif.out.tiny'), name: `massif.out.${settling}` }], {
    text: '@leakwatch',
    threadTs: '',
  });
  await answer(ts, `massif.out.${settling}`);
}
let settling = 0;

test('a file of Massif’s, dropped into the thread of an incident: the table and the picture of `/leak massif`', async () => {
  await drop([golden('massif/massif.out.leak_ms')]);
  const said = textOf(await answer(thread, 'massif.out.leak_ms', '"type":"image"'));
  expect(said).toMatch(/massif\.out\.leak_ms: \+[\d.]+ [KM]iB by/);
  expect(said).toMatch(/A file of Massif’s: \d+ snapshots up to/);
  expect(said).not.toContain('The file was not kept');
  expect(answersIn(thread).filter((one) => textOf(one).includes('massif.out.leak_ms'))).toHaveLength(1);
}, 60_000);

test('two heaps in one message: one answer, of what grew from the earlier to the later', async () => {
  await drop([golden('pprof/stdlib.now.pb.gz'), golden('pprof/stdlib.base.pb.gz')]);
  const said = textOf(await answer(thread, 'stdlib.base.pb.gz → stdlib.now.pb.gz'));
  expect(said).toMatch(/stdlib\.base\.pb\.gz → stdlib\.now\.pb\.gz: \+[\d.]+ MiB in/);
  expect(said).toContain('leakwatch heap stdlib.now.pb.gz --base stdlib.base.pb.gz');
  await settled();
  expect(answersIn(thread).filter((one) => textOf(one).includes('stdlib'))).toHaveLength(1);
}, 60_000);

test('an event that is delivered twice is one answer', async () => {
  world.workspace.fault({ delivery: 'event', kind: 'duplicate' });
  await drop([golden('runtimes/native/tcmalloc.now.heap')]);
  const said = textOf(await answer(thread, 'tcmalloc.now.heap'));
  expect(said).toContain('A heap profile of tcmalloc');
  await settled();
  expect(answersIn(thread).filter((one) => textOf(one).includes('tcmalloc.now.heap'))).toHaveLength(1);
  world.workspace.assertFaultsUsed();
}, 60_000);

test('every kind that is read is answered, mentioned in any thread; what is in it is not', async () => {
  const files = [
    golden('runtimes/jvm/class_histogram.1.txt'),
    golden('runtimes/jvm/class_histogram.2.txt'),
    golden('runtimes/node/sampling.1.json'),
    golden('runtimes/native/jemalloc.heap_v2'),
  ];
  const { ts } = await drop(files, { text: '@leakwatch what is that?', threadTs: '' });
  expect(textOf(await answer(ts, 'class_histogram.1.txt → class_histogram.2.txt'))).toContain('Session');
  await answer(ts, 'A sampling profile of V8');
  await answer(ts, 'A heap dump of jemalloc');
  expect(answersIn(ts)).toHaveLength(3);
  // An answer about a heap makes the thread one where they are read without a word.
  await drop([golden('pprof/recursion.now.pb.gz')], { threadTs: ts });
  await answer(ts, 'recursion.now.pb.gz');
}, 60_000);

test('none of these kinds: silence in the thread, an answer to a mention; elsewhere nothing is even fetched', async () => {
  const log = { name: 'app.log', bytes: Buffer.from('03:10 started\n03:11 fine\n') };
  const elsewhere = await drop([golden('massif/massif.out.sites')], { threadTs: '' });
  const silent = await drop([log]);
  const { ts } = await drop([log], { text: '@leakwatch heap', threadTs: '' });
  const said = textOf(await answer(ts, 'app.log'));
  expect(said).toContain('not what I can read');
  await settled();
  expect(answersIn(elsewhere.ts)).toEqual([]);
  expect(world.workspace.callsOf('download').map(({ args }) => args.file)).not.toContain(elsewhere.fileIds[0]);
  expect(answersIn(thread).filter((one) => Number(one.ts) > Number(silent.ts))).toEqual([]);
}, 60_000);

test('a file that was cut off is told by its name, with where', async () => {
  const whole = golden('massif/massif.out.leak');
  await drop([{ name: 'massif.out.cut', bytes: whole.bytes.subarray(0, whole.bytes.length / 2) }]);
  expect(textOf(await answer(thread, 'massif.out.cut'))).toMatch(/`massif\.out\.cut`: line \d+ is cut off/);
  const packed = golden('pprof/stdlib.now.pb.gz');
  await drop([{ name: 'cut.pb.gz', bytes: packed.bytes.subarray(0, 4_000) }]);
  await answer(thread, 'cut.pb.gz');
}, 60_000);

test('somebody of another workspace drops one into a shared channel: nothing; one of ours may have it read', async () => {
  const { shared } = world.workspace.channels;
  const { stranger, ana } = world.workspace.users;
  const shown = golden('massif/massif.out.leak');
  const first = await world.workspace.drop({ user: ana, channel: shared, files: [shown], text: '@leakwatch' });
  const answered = () => answersIn(first.ts, shared).length;
  await world.workspace.waitFor(() => answered() === 1, 30_000, 'the answer to one of ours');
  const theirs = await world.workspace.drop({
    ...{ user: stranger, channel: shared, threadTs: first.ts },
    files: [golden('massif/massif.out.sites')],
    text: '@leakwatch',
  });
  await settled();
  expect(answered()).toBe(1);
  expect(world.workspace.callsOf('download').map(({ args }) => args.file)).not.toContain(theirs.fileIds[0]);
}, 60_000);

test('the file host is ill for a moment: read all the same', async () => {
  world.workspace.fault({ method: 'download', kind: 'http500' });
  await drop([golden('pprof/shrink.now.pb.gz')]);
  await answer(thread, 'shrink.now.pb.gz');
  world.workspace.assertFaultsUsed();
}, 60_000);
