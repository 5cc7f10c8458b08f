import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { until } from '../support/parts/process.js';
import { type PrometheusPart, startScraper } from '../support/parts/prometheus.js';
import { roleMetrics } from '../support/role-metrics.js';

/**
 * The dashboards, and a real Prometheus that scrapes what each role shows, and cAdvisor's words, once a second, and evaluates the rules that
 * are delivered. What takes hours there takes seconds here: windows are shorter, nothing else of the rules is touched.
 */
const FOLDER = 'deploy/grafana';
type Target = { refId: string; expr: string; datasource: { uid: string }; legendFormat: string };
type Panel = { id: number; type: string; title: string; gridPos: Record<'x' | 'y' | 'w' | 'h', number>; targets: Target[] };
type Variable = { name: string; type: string; query: { query: string }; datasource: { uid: string } };
type Dashboard = {
  uid: string;
  title: string;
  schemaVersion: number;
  templating: { list: Variable[] };
  panels: Panel[];
};
const files = readdirSync(join(FOLDER, 'dashboards'));
const dashboards = files.map((file) => JSON.parse(readFileSync(join(FOLDER, 'dashboards', file), 'utf8')) as Dashboard);
const SHORTER: Readonly<Record<string, string>> = { '[30m]': '[3s]', '[1h]': '[20s]', '[6h]': '[20s]', '1m': '1s', '5m': '1s' };

/** The lines of a container, as they are of one that was started by `docker run --name`. */
function withoutCompose(told: string, name: string, other: string): string {
  return told
    .split('\n')
    .filter((line) => line.includes(`name="${name}"`))
    .map((line) =>
      line.replace(/(container_label_com_docker_compose_\w+)="[^"]*"/g, '$1=""').replace(`name="${name}"`, `name="${other}"`),
    )
    .map((line) => line.replace(/docker-[0-9a-f]{64}/, `docker-${'d'.repeat(64)}`))
    .join('\n');
}

let prometheus: PrometheusPart;
let stop: () => Promise<void>;
beforeAll(async () => {
  const roles = roleMetrics(Date.now);
  const GROWS = /^(container_memory_rss|container_memory_working_set_bytes)(\{.+\}) (\S+)$/gm;
  // Without the times at which it was: now.
  const told = readFileSync('test/golden/prometheus/cadvisor.txt', 'utf8').replace(/ \d{13}$/gm, '');
  const cadvisor = `${told}\n${withoutCompose(told, 'shop-web-1', 'db')}\n`;
  const sinceMs = Date.now();
  // The containers that cAdvisor tells of grow by 64 KiB a second; so does the one of the agent.
  const grown = () => 65_536 * Math.floor((Date.now() - sinceMs) / 1_000);
  const pages: Readonly<Record<string, () => Promise<string>>> = {
    '/bot': () => roles.bot.text(),
    '/worker': () => roles.worker.text(),
    async '/agent'() {
      const sample = { t: Date.now(), usage: 2 ** 27, anon: 2 ** 26 + grown(), inactiveFile: 0, limit: 2 ** 28 };
      roles.agent.swept([{ replica: roles.one.key, sample }], 1);
      return roles.agent.text();
    },
    '/cadvisor': async () => cadvisor.replace(GROWS, (_, name, labels, bytes) => `${name}${labels} ${Number(bytes) + grown()}`),
  };
  const server = createServer(async ({ url = '' }, response) => {
    for (const [job, seconds] of [['check', 0.01] as const, ['watch', 0.2] as const]) {
      roles.worker.jobEnded(job, 'done');
      roles.bot.ackSeconds.observe(seconds);
    }
    response.setHeader('content-type', 'text/plain').end(await pages[url]?.());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const targets = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
  const jobs = Object.keys(pages).map((path) => ({
    ...{ job_name: path.slice(1), metrics_path: path, static_configs: [{ targets }] },
  }));
  const times = { scrape_interval: '1s', evaluation_interval: '1s' };
  const rules = readFileSync('deploy/prometheus/leakwatch.rules.yml', 'utf8');
  prometheus = await startScraper({
    'prometheus.yml': stringify({ global: times, rule_files: ['rules.yml'], scrape_configs: jobs }),
    'rules.yml': rules
      .replace(/\[(30m|1h|6h)\]/g, (window) => SHORTER[window] ?? window)
      .replace(/interval: (1m|5m)$/gm, (_, time) => `interval: ${SHORTER[time]}`),
  });
  stop = async () => {
    await prometheus.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  await until('the last of the rules', 40_000, async () => {
    const left = await values('leakwatch:container_memory_left:seconds');
    return left.length === 2;
  });
}, 60_000);
afterAll(() => stop());

/** What Prometheus answers to a query now. Throws with its own words when it does not understand it. */
async function values(expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { error, data } = (await answer.json()) as { error?: string; data: { result: never[] } };
  if (error) throw new Error(`${error}: ${expr}`);
  return data.result;
}

/** What a variable has to choose from, as Grafana asks for it. */
async function choices({ query: { query } }: Variable): Promise<string[]> {
  const [, metric, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  if (!metric || !label) throw new Error(`not label_values(metric, label): ${query}`);
  const answer = await fetch(`${prometheus.url}/api/v1/label/${label}/values?match[]=${encodeURIComponent(metric)}`);
  return ((await answer.json()) as { data: string[] }).data;
}

const filled = (expr: string, service: string) => expr.replaceAll('$service', service).replaceAll('$__rate_interval', '10s');

describe.each(dashboards)('$title', ({ uid, schemaVersion, templating, panels }) => {
  test.each(panels)('$title: every query has data', async ({ targets }) => {
    for (const { expr } of targets) {
      const found = await values(filled(expr, 'api-svc'));
      const figures = found.filter(({ value }) => value[1] !== 'NaN');
      expect([expr, figures.length > 0]).toEqual([expr, true]);
    }
  });

  test('what can be chosen are services, those of cAdvisor and those of the agents', async () => {
    for (const variable of templating.list) expect(await choices(variable)).toEqual(['api-svc', 'db', 'web']);
  });

  test('is as Grafana wants it: one id a panel, none over another, all asks go to the source that is provisioned', () => {
    const { datasources } = parse(readFileSync(join(FOLDER, 'provisioning/datasources/prometheus.yml'), 'utf8'));
    expect([uid, schemaVersion]).toEqual([expect.stringMatching(/^leakwatch-[a-z]{1,30}$/), 39]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const asked = [...panels.flatMap(({ targets }) => targets), ...templating.list].map(({ datasource }) => datasource.uid);
    expect(new Set(asked)).toEqual(new Set([datasources[0].uid]));
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
    for (const { type, targets } of panels) {
      expect(['stat', 'bargauge', 'timeseries']).toContain(type);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });
});

test.each(['web', 'db'])('a container has an age, by Compose or not: %s', async (service) => {
  const [target] =
    dashboards.flatMap(({ panels }) => panels.filter(({ title }) => title === 'Age of the container'))[0]?.targets ?? [];
  const ages = await values(filled(target?.expr ?? '', service));
  expect(ages).toHaveLength(1);
});

test('a host on which nothing runs is not behind', async () => {
  const panels = dashboards.find(({ uid }) => uid === 'leakwatch-fleet')?.panels ?? [];
  const seconds = async (title: string) => {
    const [target] = panels.find((panel) => panel.title === title)?.targets ?? [];
    const found = await values(target?.expr ?? '');
    return Object.fromEntries(found.map(({ metric, value }) => [metric.host ?? 'all', Number(value[1]) < 60]));
  };
  expect(await seconds('Oldest samples')).toEqual({ all: true });
  expect(await seconds('Age of the samples by host')).toEqual({ 'hv-01': true, 'hv-09': true });
});

test('a name that nobody shows has no data, and what is no query is refused', async () => {
  expect(await values('leakwatch_no_such_metric')).toEqual([]);
  await expect(values('sum by (')).rejects.toThrow(/parse error/);
});

test('how long is left is known of what has a limit, from cAdvisor and from an agent', async () => {
  const seen = await values('count by (service, host) (leakwatch:container_memory_left:seconds)');
  expect(seen.map(({ metric }) => metric).toSorted((a, b) => Object.keys(a).length - Object.keys(b).length)).toEqual([
    { service: 'api-svc' },
    { service: 'api-svc', host: 'hv-01' },
  ]);
});

test('the dashboards lie where Grafana is told to look', () => {
  const { providers } = parse(readFileSync(join(FOLDER, 'provisioning/dashboards/leakwatch.yml'), 'utf8'));
  expect(readFileSync('docker-compose.yml', 'utf8')).toContain(`./deploy/grafana/dashboards:${providers[0].options.path}:ro`);
  expect(files.sort()).toEqual(['bot.json', 'fleet.json', 'service.json']);
});
