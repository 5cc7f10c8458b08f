import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { follow } from '../../jobs/follow.js';
import { worldError } from '../../src/errors.js';
import type { EngineEvent } from '../../src/model/engine.js';
import { until } from '../support/parts/process.js';

const log = pino({ level: 'silent' });
const event = (at: bigint): EngineEvent => ({ containerId: 'c1', action: 'start', at });
let running: { stop(): Promise<void> } | undefined;
afterEach(async () => running?.stop());

/** An engine that gives one list of events a connection, then does as its last word says; and what was done, in order. */
function scripted(connections: readonly (readonly bigint[] | 'refused')[]) {
  const done: string[] = [];
  let connection = 0;
  let looks = 0;
  let overlap = 0;
  const look = async (what: string) => {
    looks += 1;
    overlap = Math.max(overlap, looks);
    await new Promise((resolve) => setTimeout(resolve, 5));
    looks -= 1;
    done.push(what);
  };
  running = follow({
    engine: {
      async events(since, signal) {
        const script = connections[connection] ?? [];
        connection += 1;
        done.push(`connect ${since}`);
        if (script === 'refused') throw worldError('Docker does not answer');
        const last = connection >= connections.length;
        return (async function* () {
          for (const at of script) yield event(at);
          if (last) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
        })();
      },
    },
    roster: {
      look: () => look('look'),
      settle: () => look('settle'),
      heard: ({ at }) => void done.push(`heard ${at}`),
    },
    log,
    firstWaitMs: 10,
  });
  return { done, overlap: () => overlap };
}

test('connects first, looks then, hears after that: nothing falls between', async () => {
  const { done } = scripted([[5n]]);
  await until('the event', 2_000, async () => done.includes('settle'));
  expect(done.slice(0, 4)).toEqual(['connect null', 'look', 'heard 5', 'settle']);
});

test('after a break it goes on where it was, and looks again', async () => {
  const { done } = scripted([[5n, 9n, 7n], 'refused', [11n]]);
  await until('the last event', 3_000, async () => done.includes('heard 11'));
  expect(done.filter((what) => what.startsWith('connect'))).toEqual(['connect null', 'connect 9', 'connect 9']);
  expect(done.filter((what) => what === 'look').length).toBeGreaterThanOrEqual(3);
});

test('after a break before which nothing happened it goes on where it first connected', async () => {
  const fromMs = Date.now();
  const { done } = scripted([[], [11n]]);
  await until('the event', 3_000, async () => done.includes('heard 11'));
  const [first, second = ''] = done.filter((what) => what.startsWith('connect'));
  expect(first).toBe('connect null');
  const sinceMs = Number(second.slice('connect '.length)) / 1e6;
  // A minute for clocks that differ.
  expect(Math.abs(sinceMs - (fromMs - 60_000))).toBeLessThan(3_000);
});

test('a flood is acted on together, and looks never overlap', async () => {
  const flood = Array.from({ length: 1_000 }, (_, index) => BigInt(index));
  const { done, overlap } = scripted([flood]);
  await until('the end of the flood', 3_000, async () => done.includes('heard 999'));
  await running?.stop();
  expect(done.filter((what) => what === 'settle').length).toBeLessThanOrEqual(3);
  expect(overlap()).toBe(1);
});

test('when it is stopped it is silent', async () => {
  const { done } = scripted(['refused', 'refused', 'refused', []]);
  await until('the first try', 2_000, async () => done.length > 0);
  await running?.stop();
  const before = done.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(done).toHaveLength(before);
});
