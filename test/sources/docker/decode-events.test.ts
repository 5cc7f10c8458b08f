import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeEvent, eventFilter, eventReader } from '../../../src/sources/docker/decode-events.js';

const recorded = readFileSync('test/golden/docker/v2/events.ndjson');
const lineOf = (id: string, over: Record<string, unknown> = {}) =>
  JSON.stringify({ Type: 'container', Action: 'start', Actor: { ID: id, Attributes: {} }, timeNano: 1, ...over });
const readAll = (chunks: readonly Uint8Array[]) => {
  const read = eventReader();
  return chunks.flatMap((chunk) => read(chunk));
};

describe('the recorded stream', () => {
  const events = readAll([recorded]);
  test('starts, OOM kills and ends, in order, to the nanosecond', () => {
    const api = events.filter(({ containerId }) => containerId.startsWith('3a1b036f3147'));
    expect(api.map(({ action, at, exitCode }) => [action, at, exitCode])).toEqual([
      ['start', 1_795_398_227_335_336_390n, undefined],
      ['oom', 1_795_398_315_444_584_250n, undefined],
      ['die', 1_795_398_316_043_650_280n, 137],
    ]);
  });
  test('a child that was killed: `oom` without `die`', () => {
    const child = events.filter(({ containerId }) => containerId.startsWith('eef13c7a4dcf'));
    expect(child.map(({ action }) => action)).toEqual(['start', 'oom']);
  });

  test('cut anywhere, and one event of many bytes a character', () => {
    const wide = Buffer.from(`${lineOf('ü€𝄞')}\n`);
    const all = Buffer.concat([recorded, wide]);
    const whole = readAll([all]);
    expect(whole.at(-1)?.containerId).toBe('ü€𝄞');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1 }), (sizes) => {
        const chunks: Uint8Array[] = [];
        for (let at = 0, i = 0; at < all.length; i += 1) {
          const size = sizes[i % sizes.length] ?? 1;
          chunks.push(all.subarray(at, at + size));
          at += size;
        }
        expect(readAll(chunks)).toEqual(whole);
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});

describe('what is no event of ours', () => {
  test.each([
    ['no JSON', '{"Type":"container"'],
    ['a network’s', lineOf('a', { Type: 'network' })],
    ['an exec with its command', lineOf('a', { Action: 'exec_create: /bin/sh -c true' })],
    ['without an actor', lineOf('a', { Actor: null })],
    ['the old fields only', '{"status":"die","id":"a","from":"x","time":1,"timeNano":1}'],
    [
      'a label that looks like a time',
      '{"Type":"container","Action":"die","Actor":{"ID":"a","Attributes":{"x":"\\"timeNano\\":5"}}}',
    ],
    ['null', 'null'],
  ])('%s', (_, line) => expect(decodeEvent(line)).toBeNull());

  test('a line without an end does not fill memory, and the next one is read', () => {
    const read = eventReader();
    const endless = lineOf('endless', { pad: 'x'.repeat(3_000_000) });
    for (let at = 0; at < endless.length; at += 100_000) expect(read(Buffer.from(endless.slice(at, at + 100_000)))).toEqual([]);
    expect(read(Buffer.from(`\n${lineOf('a')}\n`)).map(({ containerId }) => containerId)).toEqual(['a']);
  });

  test('an exit code that is none', () => {
    expect(decodeEvent(lineOf('a', { Actor: { ID: 'a', Attributes: { exitCode: 'x' } } }))).not.toHaveProperty('exitCode');
  });
});

test('each event once, however often it is repeated', () => {
  const isNew = eventFilter();
  const events = readAll([recorded]);
  expect(events.filter(isNew)).toEqual(events);
  expect(events.filter(isNew)).toEqual([]);
  for (let i = 0n; i < 5_000n; i += 1n) isNew({ containerId: 'b', action: 'start', at: i });
  expect(events.filter(isNew)).toHaveLength(events.length);
});
