import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { warnRarely } from '../../jobs/warn-rarely.js';

test('an error at every try is said once a minute', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const warn = warnRarely(pino({}, { write: (line: string) => void lines.push(line) }), 'Redis', () => nowMs);
  for (; nowMs < 150_000; nowMs += 500) warn(new Error('connect ECONNREFUSED'));
  expect(lines).toHaveLength(3);
});
