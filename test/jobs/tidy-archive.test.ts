import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { makeTidyArchive } from '../../jobs/tidy-archive.js';
import { worldError } from '../../src/errors.js';
import type { ArchiveReport } from '../../src/model/archive.js';

const STATE = { entries: 3, bytes: 1_000, mostBytes: 4_000 };

test('each time it is told how the archive is; what is wrong is logged once, and when it is over', async () => {
  const [lines, said]: [string[], ArchiveReport[]] = [[], []];
  const log = pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line).msg) });
  const answers = [STATE, worldError('its disk is full'), worldError('its disk is full'), STATE, new Error('a bug')];
  const tidy = makeTidyArchive({
    archive: {
      async tidy() {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer ?? STATE;
      },
    },
    reports: { say: async (report) => void said.push(report) },
    ...{ worker: 'w-1', log, nowMs: () => 7 },
  });
  for (let i = 0; i < 4; i += 1) await tidy();
  expect(said).toEqual([
    { worker: 'w-1', atMs: 7, state: STATE },
    { worker: 'w-1', atMs: 7, problem: 'its disk is full' },
    { worker: 'w-1', atMs: 7, problem: 'its disk is full' },
    { worker: 'w-1', atMs: 7, state: STATE },
  ]);
  expect(lines).toEqual(['its disk is full', 'the archive can be used again']);
  await expect(tidy()).rejects.toThrow('a bug');
});
