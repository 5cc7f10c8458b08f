import { expect, test } from '@jest/globals';
import type { MassifFinding, MassifPlan } from '../../src/model/massif.js';
import { massifChart } from '../../src/render/massif-chart.js';
import { massifMessage } from '../../src/render/massif-message.js';
import { massifPlanMessage } from '../../src/render/massif-plan.js';
import { FINDING, NOW, PLAN } from './massif-scenes.js';

const said = (over: Partial<MassifFinding> = {}) => {
  const message = massifMessage({ subject: 'worker-c #1', finding: { ...FINDING, ...over }, nowMs: NOW });
  return [message.text, ...message.blocks.map((block) => JSON.stringify(block))].join('\n');
};
const planned = (over: Partial<MassifPlan>) => JSON.stringify(massifPlanMessage({ ...PLAN, ...over }).blocks);

test('who grew between two trees, the peak, the file, what else lay there', () => {
  const message = massifMessage({ subject: 'worker-c #1', finding: FINDING, nowMs: NOW });
  expect(message).toMatchSnapshot();
  // Arguments may be secrets.
  expect(JSON.stringify(message)).not.toContain('--queue');
});

test('asked live; a single tree; no tree yet; only a file from before', () => {
  expect(said({ live: true })).toContain('Massif runs, asked just now');
  const { course } = FINDING;
  const single = course && {
    ...course,
    rows: course.rows.map((row) => ({ ...row, held: row.held.slice(-1) })),
    totals: [412 * 2 ** 20],
  };
  expect(said({ from: null, course: single })).toMatch(/held by.*cache_put.*\(of 394 MiB\)/);
  expect(said({ from: null, to: null, course: null })).toContain('no tree yet');
  expect(said({ liveProblem: 'there is no vgdb in the container' })).toContain('a file from before');
});

test('a single tree, of a peak after which nearly all was let go: held of what there was then', () => {
  const { massif, course } = FINDING;
  const snapshots = massif.snapshots.map((one) => ({ ...one, ...(one.index > 39 ? { heapBytes: 5 * 2 ** 20 } : {}) }));
  const rows = (course?.rows ?? []).map((row) => ({ ...row, held: row.held.slice(1) }));
  const held = { ...FINDING, massif: { ...massif, snapshots }, from: null, to: 39, course: course && { ...course, rows } };
  expect(massifMessage({ subject: 'worker-c #1', finding: held, nowMs: NOW }).text).toContain(
    '380 MiB held by cache_put cache.c:88 (of 395 MiB)',
  );
  const small = { ...held, course: course && { ...course, rows: [] } };
  expect(massifMessage({ subject: 'worker-c #1', finding: small, nowMs: NOW }).text).toBe(
    'worker-c #1: no one place holds more than Massif’s threshold',
  );
});

test('text from the container is neither markup nor a mention, and is bounded', () => {
  const hostile = '<!channel> `*x* \u202e'.repeat(500);
  const text = said({
    massif: { ...FINDING.massif, command: hostile },
    file: { ...FINDING.file, path: hostile },
    others: [{ path: hostile, problem: hostile }],
    kept: hostile,
  });
  expect(text).not.toMatch(/<!channel|\u202e/);
  expect(text.length).toBeLessThan(6_000);
  expect(planned({ program: hostile, container: hostile, image: hostile, rule: hostile })).not.toMatch(/<!channel|\u202e/);
});

test('a picture: all snapshots, the peak and the two that were compared marked; none of a single one', () => {
  const chart = massifChart({ ...FINDING.massif, from: FINDING.from, to: FINDING.to, name: 'worker-c #1 under Massif' });
  expect(chart?.config.data.datasets.map(({ label }) => label)).toEqual(['heap and allocator', 'peak', 'compared']);
  expect({ title: chart?.title, alt: chart?.altText }).toMatchSnapshot();
  expect(
    massifChart({ ...FINDING.massif, snapshots: FINDING.massif.snapshots.slice(0, 1), from: null, to: null, name: 'x' }),
  ).toBeNull();
});

test('no file: a file for Compose, a docker run otherwise, or why not', () => {
  expect(massifPlanMessage(PLAN)).toMatchSnapshot();
  expect(planned({ compose: 'worker-c' })).toMatch(/massif\.yml.*init: true.*entrypoint: \[.*valgrind\.bin.*\/app\/worker/s);
  const elf = { kind: 'elf', loader: '/lib64/ld-linux-x86-64.so.2', isGo: false } as const;
  expect(planned({ binary: { ...elf, loader: null } })).toContain('linked statically');
  expect(planned({ binary: { ...elf, loader: null, isGo: true } })).toContain('Go program');
  expect(planned({ binary: { ...elf, loader: '/lib/ld-musl-x86_64.so.1' } })).toContain('apk add valgrind');
  expect(planned({ binary: { kind: 'script', interpreter: '/bin/sh' } })).toContain('Name the program itself');
  expect(planned({ container: "x'; rm -rf /" })).toContain("docker stop 'x'\\\\''; rm -rf /'");
});
