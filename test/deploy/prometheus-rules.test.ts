import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { OWN_RULE_LABEL } from '../../src/model/alert.js';
import { roleMetrics } from '../support/role-metrics.js';

const FOLDER = 'deploy/prometheus';
const [RULES, TESTS] = ['leakwatch.rules.yml', 'leakwatch.rules.test.yml'];
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The real one (package `prometheus`). Gives what it said, and whether it was content. */
function promtool(args: readonly string[], input?: string): Promise<{ ok: boolean; said: string }> {
  return new Promise((resolve) => {
    const child = execFile('promtool', args, (error, stdout, stderr) => resolve({ ok: error === null, said: stdout + stderr }));
    child.stdin?.end(input);
  });
}

describe('rules for Prometheus', () => {
  test('are rules, none of them twice', async () => {
    const { ok, said } = await promtool(['check', 'rules', join(FOLDER, RULES)]);
    expect({ ok, said }).toEqual({ ok: true, said: expect.stringMatching(/SUCCESS: \d+ rules found/) });
  });

  test('say what leaks and what is near its limit, and nothing of caches, saws, roots and what has no limit', async () => {
    const { ok, said } = await promtool(['test', 'rules', join(FOLDER, TESTS)]);
    expect({ ok, said }).toEqual({ ok: true, said: expect.stringContaining('SUCCESS') });
  });

  test.each([
    ['the slices above containers count', /,id!~"\.\*conmon-\.\*"\}/g, '} or container_memory_rss{id="/docker"}'],
    [
      'a saw is taken for growth',
      'min_over_time(leakwatch:container_memory_anon:bytes[30m])',
      'max_over_time(leakwatch:container_memory_anon:bytes[3m]) + time()',
    ],
    ['what is full is taken for growth', 'and leakwatch:container_memory_growth:bytes_per_second1h > 0.5 *', 'and 1 + 0 *'],
    ['a dead bot is not missed', 'absent(leakwatch_build_info{role="bot"})', 'absent(up)'],
  ])('the test of the rules sees it when %s', async (_, what, instead) => {
    copyFileSync(join(FOLDER, TESTS), join(folder, TESTS));
    const rules = readFileSync(join(FOLDER, RULES), 'utf8');
    const broken = rules.replaceAll(what, instead);
    expect(broken).not.toBe(rules);
    writeFileSync(join(folder, RULES), broken);
    expect(await promtool(['test', 'rules', join(folder, TESTS)])).toEqual({ ok: false, said: expect.stringContaining('got:') });
  });

  test('those over our own metrics have the label by which the bot leaves them out; the others have it not', () => {
    const { groups } = parse(readFileSync(join(FOLDER, RULES), 'utf8')) as {
      groups: { rules: { alert?: string; expr: string; labels?: Record<string, string> }[] }[];
    };
    for (const { alert, expr, labels = {} } of groups.flatMap(({ rules }) => rules)) {
      if (alert) expect([alert, OWN_RULE_LABEL in labels]).toEqual([alert, !expr.includes('leakwatch:container')]);
    }
  });
});

describe('the metrics of each role', () => {
  const NOW = 1_800_000_000_000;
  const { one, bot, worker, agent } = roleMetrics(() => NOW);

  test.each([
    ['bot', bot.text],
    ['worker', worker.text],
    ['agent', agent.text],
  ])('%s: called as Prometheus wants it', async (_, text) => {
    expect(await promtool(['check', 'metrics'], await text())).toEqual({ ok: true, said: '' });
  });

  test('every metric of ours that a rule asks for is there', async () => {
    const there = (await Promise.all([bot.text(), worker.text(), agent.text()])).join('\n');
    const asked = readFileSync(join(FOLDER, RULES), 'utf8').matchAll(/\bleakwatch_(?!rule\b)[a-z_]+\b/g);
    const missing = [...new Set([...asked].map(([name]) => name))].filter((name) => !there.includes(`# TYPE ${name} `));
    expect(missing).toEqual([]);
  });

  test('a container without a limit has no series for one, and an old figure is none', async () => {
    const labels = 'host="hv-01",project="shop",service="api-svc",replica="1",container="shop-api-svc-1",image="api-svc:1"';
    const text = await agent.text();
    expect(text).toContain(`leakwatch_container_memory_anon_bytes{${labels}} 50`);
    expect(text).toContain(`leakwatch_container_memory_working_set_bytes{${labels}} 60`);
    expect(text).toContain('leakwatch_sweep_failures_total{host="hv-01"} 2');
    expect(text).not.toContain('leakwatch_container_memory_limit_bytes{');
    agent.swept([{ replica: one.key, sample: { t: NOW - 61_000, anon: 50 } }], 0);
    expect(await agent.text()).not.toContain('leakwatch_container_memory_anon_bytes{');
  });
});
