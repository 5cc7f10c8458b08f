import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Assessment, Event, Exclusion, Range, Reason, ServiceAssessment, Verdict } from '../../src/model/assessment.js';
import type { SlackMessage } from '../../src/model/message.js';
import { answerMention } from '../../src/render/answer-mention.js';
import { card } from '../../src/render/card.js';
import { chartOf } from '../../src/render/chart.js';
import { checking } from '../../src/render/checking.js';
import { helpMessage } from '../../src/render/help.js';
import { noSuchService } from '../../src/render/no-such-service.js';
import { pickService } from '../../src/render/pick-service.js';
import { statusMessage } from '../../src/render/status.js';
import { topMessage } from '../../src/render/top.js';
import { answersAgainMessage, unansweredMessage } from '../../src/render/unanswered.js';
import { readConfig } from '../../src/sandbox/protocol.js';
import { beat, replica } from '../support/fleet.js';
import { expectAccepted, problemsOf, textsOf } from './accepted.js';
import { HOUR, NOW } from './scenes.js';

/** Names as nobody should have them, in every place a name can be. */
const BITS = [
  '<!channel>',
  '<!here>',
  '<@U1>',
  '<!subteam^S1>',
  '@everyone',
  '<#C1>',
  '<http://evil|click>',
  'https://evil.example',
  '&lt;',
  '&amp',
  '*bold*',
  '_it_',
  '~gone~',
  '`',
  '```',
  '\n🟢 api-svc stable',
  '\r\n> quoted',
  ':white_check_mark:',
  '\u202egnp.exe',
  '\u200b',
  '\u2066x',
  '\ud800',
  '\udc00x',
  'e\u0301\u0301\u0301\u0301\u0301\u0301',
  '\u2028',
  '\u0000',
  '__proto__',
  'constructor',
  'toString',
  '👩‍👩‍👧‍👦',
  '&'.repeat(300),
  '<'.repeat(300),
  '_'.repeat(200),
  'a'.repeat(1_000_000),
  '\u202e'.repeat(100_000),
  'NaΝ',
  '',
  ' ',
  '<!date^1^{time}|x>',
];
const name = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...BITS), { minLength: 1, maxLength: 4 }).map((bits) => bits.join('')) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 300 })
      .map((text) => text.replace(/NaN|Infinity|undefined|null|Invalid/g, 'x')),
  },
);
const size = fc.oneof(
  fc.constantFrom(0, 1, 4095, 2 ** 20, 1.5 * 2 ** 30, 2 ** 53),
  fc.double({ min: 0, max: 2 ** 53, noNaN: true }),
);
const slope = fc.oneof(fc.constantFrom(0, -1, 1e-9, 2 ** 20, 1e15), fc.double({ min: -1e12, max: 1e15, noNaN: true }));
const range: fc.Arbitrary<Range> = fc.tuple(slope, slope, slope).map((three) => {
  const [low = 0, value = 0, high = 0] = [...three].sort((a, b) => a - b);
  return { low, value, high };
});
const time = fc.oneof(fc.constantFrom(0, NOW, NOW + 1, 8e15), fc.integer({ min: 0, max: 2 * NOW }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const verdicts: Verdict[] = ['leaking', 'suspicious', 'stable', 'unknown'];
const reasons: Reason[] = [
  'steady-growth',
  'restart-cycle',
  'cache',
  'load',
  'sawtooth',
  'plateau',
  'flat',
  'warm-up',
  'too-short',
];
/** Mostly short: a megabyte in each would take long to make. */
const image = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...BITS.filter((bit) => bit.length < 1_000)) },
  { weight: 1, arbitrary: name },
);
/** What should not be a number, and times out of any order, where analysis promises none: drawing does not rely on it. */
const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e300, 1e300);
const near: fc.Arbitrary<Event> = fc
  .record({ kind: fc.constantFrom('deploy' as const, 'restart' as const), atMs: time, image, previousImage: maybe(image) })
  .map(({ previousImage, ...raw }) => ({ ...raw, ...given({ previousImage }) }));
const exclusion: fc.Arbitrary<Exclusion> = fc.oneof(
  fc.record({ cause: fc.constant('cache' as const), changeBytes: fc.oneof(slope, odd) }),
  fc.record({
    cause: fc.constant('load' as const),
    of: fc.constantFrom('net' as const, 'cpu' as const),
    change: fc.oneof(slope, odd),
  }),
  fc
    .record({ upMs: time, usual: maybe(time) })
    .map(({ upMs, usual }) => ({ cause: 'warm-up' as const, upMs, ...given({ usualMs: usual }) })),
);
const curve = fc.array(fc.record({ t: fc.oneof(time, odd), bytes: fc.oneof(size, odd) }), { maxLength: 100 });
const endedBy = fc.constantFrom('out-of-memory' as const, 'deploys' as const, 'restarts' as const);
const cycle = fc.record({ lives: fc.nat(), oomKilled: fc.oneof(fc.constant(0), fc.nat()), endedBy, usualLifeMs: time });
/** Fields of a verdict that has more to say. */
const verdictWords = fc.record({
  part: maybe(fc.constantFrom('anon' as const, 'shmem' as const, 'kernel' as const, 'file' as const)),
  onsetNear: maybe(near),
  not: maybe(fc.array(exclusion, { maxLength: 5 })),
  cycle: maybe(cycle),
  evidence: maybe(fc.oneof(slope, odd)),
  wouldHelp: maybe(fc.constantFrom('time' as const, 'a-whole-day' as const, 'cpu-and-net' as const, 'a-limit' as const)),
  presentSinceMs: maybe(time),
  shape: fc.constant('<!channel>'),
  curve: maybe(curve),
});

const assessment: fc.Arbitrary<Assessment> = fc
  .record({
    verdict: fc.constantFrom(...verdicts),
    number: fc.nat(99),
    host: name,
    service: name,
    explanation: name,
    running: fc.boolean(),
    limit: fc.option(size),
    from: time,
    to: time,
    started: time,
    anon: maybe(size),
    file: maybe(size),
    shmem: maybe(size),
    growth: maybe(range),
    ends: maybe(fc.tuple(time, time, maybe(time))),
    onset: maybe(time),
    answer: maybe(time),
    more: verdictWords,
    reason: fc.constantFrom(...reasons),
    peak: maybe(size),
    deltas: fc.record({ anon: slope, file: slope, shmem: slope, kernel: slope }, { requiredKeys: [] }),
    noData: fc.boolean(),
  })
  .map((raw): Assessment => {
    const one = replica('x', raw.number, { host: raw.host, limitBytes: raw.limit, running: raw.running });
    const latest = { t: raw.to, limit: raw.limit, ...given({ anon: raw.anon, file: raw.file, shmem: raw.shmem }) };
    const [low, value, high] = raw.ends ?? [];
    return {
      replica: {
        ...one,
        service: { id: raw.service, name: raw.service },
        run: { ...one.run, startedAtMs: raw.started, oomKills: raw.number, lastOomKillMs: raw.to },
      },
      verdict: raw.verdict,
      reason: raw.noData ? 'no-data' : raw.reason,
      explanation: raw.explanation,
      window: { fromMs: raw.from, toMs: raw.to, samples: raw.noData ? 0 : 9 },
      deltas: raw.deltas,
      latest,
      ...given({ growthBytesPerHour: raw.growth, onsetMs: raw.onset, answerByMs: raw.answer, peakBytes: raw.peak }),
      ...(low !== undefined && value !== undefined ? { limitAtMs: { low, value, ...given({ high }) } } : {}),
      ...given(raw.more),
    };
  });

const service: fc.Arbitrary<ServiceAssessment> = fc
  .record({
    verdict: fc.constantFrom(...verdicts),
    name,
    explanation: name,
    replicas: fc.array(assessment, { maxLength: 12 }),
    onset: maybe(time),
    scope: fc.constantFrom('code' as const, 'host' as const, 'replica' as const, 'none' as const),
    growth: maybe(range),
    silentHosts: fc.array(fc.record({ host: name, sinceMs: time }), { maxLength: 5 }),
    outliers: fc.nat(12),
    missing: fc.nat(12),
    onsetNear: maybe(near),
    reason: fc.constantFrom(...reasons),
  })
  .map(({ name: text, growth, onset, onsetNear, ...raw }) => ({
    ...raw,
    outliers: raw.replicas.slice(raw.outliers),
    missing: raw.replicas.slice(0, raw.missing),
    service: { id: text, name: text, project: text },
    growing: raw.replicas.length,
    ...given({
      growthBytesPerHour: growth,
      onsetMs: onset,
      onsetNear,
      soonest: raw.replicas[0],
      fastest: raw.replicas[0],
      slowest: raw.replicas.at(-1),
    }),
  }));

const prototype = Object.getOwnPropertyNames(Object.prototype).sort();
afterEach(() => expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(prototype));

describe('whatever the names and numbers are', () => {
  test('a card is taken by Slack, mentions nobody, and has no number that is none', () => {
    fc.assert(
      fc.property(service, fc.boolean(), maybe(name.filter((key) => key.length < 5_000)), (one, watching, shareKey) => {
        const message = card(one, { nowMs: NOW, windowMs: 6 * HOUR, watching, ...given({ shareKey }) });
        expectAccepted(message);
        const [, ...lines] = textsOf(message).slice(1).join('\n').split('\n');
        expect(lines.length).toBeLessThan(12);
        // A name cannot begin a line of its own that looks like ours.
        expect(lines.filter((line) => /^[🟢🔴>]/u.test(line))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('so is everything else', () => {
    fc.assert(
      fc.property(
        fc.array(service, { maxLength: 30 }),
        name,
        fc.array(name, { maxLength: 130 }),
        time,
        (services, word, names, sinceMs) => {
          const entries = names.map((one) => ({ name: one, project: one, replicas: 3, value: 'v' }));
          const hosts = names.map((one) => ({ name: one, silentSinceMs: sinceMs }));
          const beats = names.map((one) =>
            beat(one, sinceMs, { problem: one, failed: { count: 1, why: one }, engineVersion: one, agentVersion: one }),
          );
          const calm = names.map((one) =>
            beat(one, NOW, { failed: { count: 1, why: one }, engineVersion: one, agentVersion: one }),
          );
          const replicas = services.flatMap((one) => one.replicas.map((a) => a.replica));
          const stats = new Map(
            replicas.map(({ key, limitBytes }, i) => [
              key,
              { limitBytes, cpuShare: i / 7, memoryBytes: sinceMs, pids: i * 1e6, netRxBytes: 10 ** i, blkReadBytes: 1e300 },
            ]),
          );
          const view = {
            version: word,
            replicas,
            queues: { [word]: 3 },
            workers: 0,
            failed: 1,
            refused: { error: word, atMs: 0, channel: word },
            warnings: names.slice(0, 5),
          };
          const messages: SlackMessage[] = [
            topMessage(
              services,
              stats,
              hosts.map((one) => ({ host: one.name, sinceMs })),
              NOW,
            ),
            noSuchService({ word, nowMs: NOW, suggestions: entries, services: 3, hosts }),
            pickService(`"${word}" is two services. Which one?`, entries),
            checking(word, 3, 1),
            statusMessage({ ...view, beats }, NOW),
            statusMessage({ ...view, beats: calm }, NOW),
            helpMessage([{ usage: 'check <service>', summary: 'leaking?' }]),
            unansweredMessage({ sinceMs, why: word }, NOW),
            answersAgainMessage({ sinceMs, why: word }, NOW),
            ...services.map((one) => answerMention(one, 'U0ASKER')),
          ];
          for (const message of messages) expectAccepted(message);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a chart is JSON of a bounded size, or none', () => {
    const samples = fc.array(fc.record({ t: time, anon: maybe(size), file: maybe(size), kernel: maybe(size) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(service, samples, (one, values) => {
        const series = one.replicas.map((a) => ({
          replica: a.replica,
          fromMs: 0,
          toMs: NOW,
          samples: values.map((v) => ({ t: v.t, ...given(v) })),
          runs: [a.replica.run],
        }));
        const chart = chartOf(one, series, NOW);
        if (!chart) return;
        expect(JSON.parse(JSON.stringify(chart.config))).toEqual(chart.config);
        expect(chart.config.data.labels.length).toBeLessThanOrEqual(720);
        for (const { data } of chart.config.data.datasets) expect(data).toHaveLength(chart.config.data.labels.length);
        expect(chart.altText.length).toBeLessThanOrEqual(2_000);
        readConfig(JSON.stringify(chart.config));
        const { title, subtitle } = (chart.config.options as { plugins: Record<string, { text: string[] }> }).plugins;
        const shown = [
          ...chart.config.data.datasets.map(({ label }) => label),
          ...(title?.text ?? []),
          ...(subtitle?.text ?? []),
        ];
        expect(`${chart.title} ${chart.altText} ${shown.join(' ')}`).not.toMatch(
          /NaN|Infinity|undefined|null|Invalid|[\p{Cf}\p{Cc}\p{Cs}]/u,
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** The guard itself. */
test.each([
  ['a mention', '<!channel>', /live markup/],
  ['a mention of another', '<@U1>', /live markup/],
  ['a link', '<http://x|y>', /live markup/],
  ['a missing number', '+NaN MiB', /not a number/],
  ['an override', '\u202ex', /invisible/],
  ['an open block', '```x', /open code block/],
  ['too much', 'x'.repeat(3_001), /characters/],
])('what is looked for is found: %s', (_what, text, found) => {
  const message = { text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
  expect(problemsOf(message).join()).toMatch(found);
});

/** Without the keys that have no value: absent is absent. */
function given<T extends Record<string, unknown>>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
