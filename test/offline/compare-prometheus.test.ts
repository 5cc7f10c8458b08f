import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { drawnTold } from '../support/drawn-told.js';
import { openMetrics } from '../support/open-metrics.js';
import { buildOther } from '../support/other-version.js';
import { rows, runCommand } from '../support/parts/command.js';
import { freePort } from '../support/parts/process.js';
import { type PrometheusPart, startPrometheus } from '../support/parts/prometheus.js';

/** `leakwatch replay --prometheus URL --compare FILE`: two builds of the command that differ, and a real Prometheus that remembers two days of a leak. */
const MINUTE = 60_000;
const END = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE;
let prometheus: PrometheusPart;
const SINCE = ['replay', '--prometheus', 'URL', '--since', '2d'];
let other: Awaited<ReturnType<typeof buildOther>>;
let folder: string;
beforeAll(async () => {
  const leak = [`${'_'.repeat(20)}${'/'.repeat(23)}!${'_'.repeat(4)}`, `${'_'.repeat(20)}${'/'.repeat(22)}${'_'.repeat(6)}`];
  const told = [
    ...leak.map((picture, i) => drawnTold('api-svc', i + 1, picture, END)),
    drawnTold('cache-svc', 1, '_'.repeat(48), END),
  ];
  prometheus = await startPrometheus(openMetrics(told));
  // Somebody is woken a day before memory is out, and not four hours.
  other = await buildOther('src/incidents/policy.js', 'pageMs: 4 * HOUR', 'pageMs: 24 * HOUR');
  folder = await mkdtemp(join(tmpdir(), 'leakwatch-compare-'));
}, 60_000);
afterAll(async () => {
  await prometheus.stop();
  await other.remove();
  await rm(folder, { recursive: true });
});
const asked = (args: readonly string[], cli?: string) =>
  runCommand(
    args.map((word) => (word === 'URL' ? prometheus.url : word)),
    '',
    {},
    cli,
  );
const saved = async (output: string) => {
  const path = join(folder, 'before.jsonl');
  await writeFile(path, output);
  return path;
};

test('two versions that differ: what changes, and how often somebody is woken by each', async () => {
  const before = await asked([...SINCE, '--json'], other.cli);
  const { code, output, errors } = await asked([...SINCE, '--compare', await saved(before.output)]);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const AT = /\d{4}-\d\d-\d\d \d\d:\d\d/.source;
  const [head, ...rest] = output.split('\n\n');
  expect(head).toMatch(new RegExp(`^here: leakwatch \\S+; there: \\S+before\\.jsonl; both of ${AT} to ${AT} UTC$`));
  // Ours says in the evening what the other wakes somebody for, and wakes nobody before the morning.
  expect(rest.join('\n\n')).toMatch(
    new RegExp(
      [
        `^shop/api-svc\n  changed     ${AT} UTC  alert    page → message`,
        `  only here   ${AT} UTC  update   becomes a page: leaking \\(steady-growth\\)\n`,
        '\\d+ messages? as there; 1 changed, 1 only here, 0 only there\\.',
        'There → here: 1 → 1 leaks said, 1 → 1 times somebody woken, (\\d+) → \\1 digest lines\\.\n$',
      ].join('\n'),
    ),
  );
  const json = rows((await asked([...SINCE, '--compare', await saved(before.output), '--json'])).output);
  expect(json.map(({ id, here, there }) => [id, here?.level, there?.level])).toEqual([
    ['shop/api-svc', 'message', 'page'],
    ['shop/api-svc', 'page', undefined],
  ]);
}, 120_000);

test('an hour of history more or less is no other version: the time that the other was asked of is asked for again', async () => {
  const before = await asked([...SINCE.slice(0, 3), '--since', '47h', '--json']);
  expect(rows(before.output).length).toBeGreaterThan(1);
  const { output } = await asked([...SINCE, '--compare', await saved(before.output)]);
  expect(output).toMatch(/\n\n[1-9] messages? as there; 0 changed, 0 only here, 0 only there\.$/m);
}, 120_000);

test('a file that does not say its time is compared all the same, and that is said; of half an answer nothing is', async () => {
  const { of: _, ...old } = rows((await asked([...SINCE, '--json'])).output)[0];
  const path = await saved(JSON.stringify(old));
  const told = await asked([...SINCE, '--compare', path]);
  expect(told).toMatchObject({ code: 0, errors: expect.stringContaining('does not say which time it is of') });
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const none = await asked(['replay', '--prometheus', nobody, '--compare', path]);
  expect(none).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('cannot be reached (ECONNREFUSED)') });
  expect(await asked([...SINCE.slice(0, 3), '--since', 'monday', '--compare', path])).toMatchObject({ code: 2, output: '' });
}, 120_000);

test('of one service alone: what the other says of others is no difference', async () => {
  const before = await asked([...SINCE, '--json']);
  const { code, output, errors } = await asked([...SINCE, '--service', 'cache-svc', '--compare', await saved(before.output)]);
  expect(rows(before.output).length).toBeGreaterThan(0);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toMatch(/\n\n0 messages as there; 0 changed, 0 only here, 0 only there\.\n/);
  const same = await asked([...SINCE, '--service', 'api-svc', '--compare', await saved(before.output)]);
  expect(same.output).toMatch(/\n\n[1-9]\d* messages? as there; 0 changed, 0 only here, 0 only there\.\n/);
}, 120_000);
