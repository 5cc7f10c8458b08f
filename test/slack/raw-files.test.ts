import { expect, test } from '@jest/globals';
import { personError } from '../../src/errors.js';
import type { HeapFinding, TakenHeap } from '../../src/model/heap-taking.js';
import { evidenceFiles } from '../../src/slack/actions/raw-files.js';
import type { SlackContext } from '../../src/slack/ask.js';
import { commandOf } from '../../src/slack/commands/table.js';
import { parse } from '../../src/slack/parse.js';
import { replica } from '../support/fleet.js';
import { ask, NOW, slackContext } from '../support/slack-context.js';

const fleet = [replica('shop/api-svc'), replica('raw')];
const heapAt = (i: number, over: Partial<TakenHeap> = {}): TakenHeap => ({
  ...{ id: `h-${i}`, service: 'shop/api-svc', replica: 'hv-01 shop/api-svc 1', number: 1, name: 'shop-api-svc-1', host: 'hv-01' },
  ...{ containerId: 'c1', image: 'api-svc:1.42.1', profile: 'heap', startedAtMs: 0, takenAtMs: NOW - (20 - i) * 60_000 },
  ...{ why: 'regular', bytes: 40_000, ...over },
});
const finding: HeapFinding = {
  course: { measure: { name: 'inuse_space', unit: 'bytes' }, sampledEvery: null, totals: [], rows: [], others: 0 },
  ...{ heaps: [heapAt(1), heapAt(2)], files: ['a', 'b'], sooner: false },
};
const untilMs = NOW + 15 * 60_000;
const URL = 'https://leakwatch.example.org/heaps/x.y?a=1&b=2';

function world(over: Partial<SlackContext> = {}) {
  const asked: [string, string][] = [];
  const of = async (name: string, user: string) => {
    asked.push([name, user]);
    return { url: URL, untilMs };
  };
  const heaps = {
    finding: async (key: string) => (key === 'key-1' ? finding : null),
    ofService: async (id: string) => (id === 'shop/api-svc' ? Array.from({ length: 30 }, (_, i) => heapAt(i)) : []),
  };
  const operator = { isOperator: async (user: string) => user === 'U1', operators: ['U1', 'S0OPS'] };
  return { ...slackContext(fleet, { ...operator, heaps, rawLinks: { of }, ...over }), asked };
}
const run = (text: string, { context }: ReturnType<typeof world>, over = {}) => {
  const words = parse(text);
  return commandOf(words).run(words.args, ask(over), context);
};
const textOf = (message: object) => JSON.stringify(message);

test('*Raw files*: links to the heaps of that answer, to the operator who asks alone, and kept nowhere', async () => {
  const { context, asked, said, enqueued } = world();
  const { to, message } = await evidenceFiles('key-1', ask({ via: 'click' }), context);
  expect(to).toBe('person');
  expect(message.text).toMatch(/^2 raw heaps of api-svc, until <!date.*for whoever has the link$/);
  expect(asked).toEqual([
    ['shop/api-svc 1 heap h-1', 'U1'],
    ['shop/api-svc 1 heap h-2', 'U1'],
  ]);
  expect(
    textOf(message).match(/<https:\/\/leakwatch\.example\.org\/heaps\/x\.y\?a=1&amp;b=2\|shop-api-svc-1, heap>/g),
  ).toHaveLength(2);
  expect([said, enqueued]).toEqual([[], []]);
});

test('the files that there are, without an answer: the newest eight, of the kind that is asked for', async () => {
  const there = world();
  expect((await run('heap api-svc raw', there)).to).toBe('person');
  expect(there.asked.map(([name]) => name)).toEqual(Array.from({ length: 8 }, (_, i) => `shop/api-svc 1 heap h-${22 + i}`));
  await expect(run('heap api-svc goroutine raw', there)).rejects.toThrow(/No goroutine of api-svc was kept/);
  expect(there.enqueued).toEqual([]);
  // A service of that name.
  await run('heap raw', there);
  expect(there.enqueued).toEqual([expect.objectContaining({ payload: expect.objectContaining({ serviceId: 'raw' }) })]);
});

test.each([
  [['U1', 'S0OPS'], /Raw heaps are for operators.*Ask <@U1>, <!subteam\^S0OPS>\./],
  [[], /there are none: `LEAKWATCH_OPERATORS` of the bot says who they are/],
  [Array.from({ length: 14 }, (_, i) => `U${i}`), /<@U9> and 4 more\./],
])('others are told who may (%#), and no link is made', async (operators, words) => {
  const there = world({ operators });
  await expect(evidenceFiles('key-1', ask({ via: 'click', user: 'U2' }), there.context)).rejects.toThrow(words);
  await expect(run('heap api-svc raw', there, { user: 'U2' })).rejects.toThrow(words);
  expect(there.asked).toEqual([]);
});

test('what is not there any more, or on another host, is said; what has to be set, too', async () => {
  await expect(evidenceFiles('key-2', ask({ via: 'click' }), world().context)).rejects.toThrow(/older than a day/);
  const gone = world({ rawLinks: { of: async (name) => (name.endsWith('h-2') ? { url: URL, untilMs } : null) } });
  const { message } = await evidenceFiles('key-1', ask({ via: 'click' }), gone.context);
  expect(message.text).toMatch(/^1 raw heap of/);
  expect(textOf(message)).toContain(
    '1 heap not in the archive that the bot reads: removed by now, or in `heaps/` of the agent’s folder on `hv-01`',
  );
  const none = world({ rawLinks: { of: async () => null } });
  expect((await evidenceFiles('key-1', ask({ via: 'click' }), none.context)).message.text).toBe(
    'No raw heap of api-svc can be fetched',
  );
  const unset = world({
    rawLinks: { of: async () => Promise.reject(personError('LEAKWATCH_PUBLIC_URL of the bot is not set')) },
  });
  await expect(evidenceFiles('key-1', ask({ via: 'click' }), unset.context)).rejects.toThrow(/LEAKWATCH_PUBLIC_URL/);
});

test('an archive that does not answer holds up nobody', async () => {
  const { context } = world({ rawLinks: { of: () => new Promise(() => {}) } });
  await expect(evidenceFiles('key-1', ask({ via: 'click' }), context)).rejects.toThrow('The archive: no answer in 1500 ms');
});
