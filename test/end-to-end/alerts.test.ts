import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeIncidents } from '../../src/store/incidents.js';
import { incident, openIn } from '../support/incidents.js';
import { type PagerDutyDouble, startPagerDuty } from '../support/pagerduty.js';
import { type AlertmanagerPart, type GivenAlert, startAlertmanager } from '../support/parts/alertmanager.js';
import type { LeakwatchPart } from '../support/parts/leakwatch.js';
import { startLinks } from '../support/parts/parted-links.js';
import { freePort, until } from '../support/parts/process.js';
import { type RedisPart, startRedis } from '../support/parts/redis.js';
import { patient } from '../support/patience.js';
import { makeWorld, textOf, type World } from './world.js';

/**
 * A real Alertmanager before and behind Leakwatch as it is built, on a Redis that can be stopped, and a strict PagerDuty. `service-0`
 * leaks, `service-1` does not.
 */
const SECRET = 'a-secret-of-24-characters';
const KEY = '0123456789abcdef0123456789abcdef';
let redis: RedisPart;
let world: World;
let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>;
let pagerDuty: PagerDutyDouble;
let bot: LeakwatchPart;
let worker: LeakwatchPart;
let ops: string;
let workerPort: string;
let folder: string;
/** What it accepted is on the disk: with `everysec` the last second is not. */
const ALWAYS = ['--appendfsync', 'always'];

const startBot = () => world.start('bot', { LEAKWATCH_WEBHOOK_SECRET: SECRET });
const startWorker = () =>
  world.start('worker', {
    LEAKWATCH_CHANNEL: ops,
    ALERTMANAGER_URL: alertmanager.url,
    PAGERDUTY_URL: pagerDuty.url,
    PAGERDUTY_ROUTING_KEY: KEY,
    METRICS_PORT: workerPort,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leakwatch-alerts-'));
  redis = await startRedis(ALWAYS, undefined, folder);
  workerPort = String(await freePort());
  world = await makeWorld({ delivery: 'http', rateLimits: false }, `${redis.url}/0`);
  ops = world.workspace.channels.ops;
  pagerDuty = await startPagerDuty(KEY);
  alertmanager = await startAlertmanager({ url: `${world.url}/alertmanager`, secret: SECRET });
  await world.fill({ services: 2, replicas: 1, historyMs: 2 * 3_600_000 });
  [bot, worker] = await Promise.all([startBot(), startWorker()]);
}, 60_000);
afterAll(async () => {
  await alertmanager.stop();
  await world.stop();
  await pagerDuty.stop();
  await redis.stop();
  await rm(folder, { recursive: true });
});

const kill = async ({ child }: LeakwatchPart) => {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
};
/** Said each time: an end that Alertmanager cannot place within what it has is an alert of its own. */
const SINCE = new Date(Date.now() - 5_000).toISOString();
const over = () => ({ startsAt: SINCE, endsAt: new Date(Date.now() - 1_000).toISOString() });
const labels = (alertname: string, service: string) => ({ alertname, service, severity: 'warning' });
const roots = (...words: string[]) =>
  world.workspace
    .messages(ops)
    .filter(({ threadTs }) => !threadTs)
    .filter((one) => words.every((word) => textOf(one).includes(word)));
const inThreadOf = (ts: string, ...words: string[]) =>
  world.workspace.messages(ops).filter((one) => one.threadTs === ts && words.every((word) => textOf(one).includes(word)));
const appears = <T>(what: string, probe: () => T | undefined | false) =>
  world.workspace.waitFor(probe, 30_000, `${what} in\n${world.workspace.transcript(ops)}\n${worker.output().slice(-3_000)}`);
const post = (body: unknown, authorization = `Bearer ${SECRET}`, url = world.url) =>
  fetch(`${url}/alertmanager`, { method: 'POST', headers: { authorization }, body: JSON.stringify(body) });

describe('in', () => {
  test('an alert about a service that leaks opens its incident; fired again, and over, it is noted in its thread', async () => {
    const alert = { labels: labels('HighMemory', 'service-0'), startsAt: SINCE, annotations: { summary: '92 % of <!channel>' } };
    await alertmanager.fire(alert);
    const root = await appears('the incident', () => roots('service-0 leaking', 'incident_acknowledge')[0]);
    await appears('the alert', () => inThreadOf(root.ts, '🔔 Alertmanager: *HighMemory* fires')[0]);
    expect(inThreadOf(root.ts)[0]?.text).toContain('92 % of &lt;!channel&gt;');
    await alertmanager.fire({ ...alert, ...over() });
    await appears('the end', () => inThreadOf(root.ts, '🔕 Alertmanager: *HighMemory* does not fire any more')[0]);
    await alertmanager.fire({ labels: labels('NearLimit', 'service-0') });
    await appears('the other alert', () => inThreadOf(root.ts, '*NearLimit*')[0]);
    expect(roots('service-0')).toHaveLength(1);
    expect(roots('service-0')[0]?.text).toContain('leaking');
  }, 60_000);

  test('about one that does not: a check answers it, once', async () => {
    const alert = { labels: labels('HighMemory', 'service-1'), startsAt: SINCE };
    await alertmanager.fire(alert);
    const answer = await appears('the answer', () => roots('service-1 stable', '*HighMemory* fires')[0]);
    await alertmanager.fire({ ...alert, ...over() });
    await appears('the end', () => inThreadOf(answer.ts, '🔕')[0]);
    expect(roots('service-1')).toHaveLength(1);
  }, 60_000);

  test('about nobody here: said once, with its labels', async () => {
    await alertmanager.fire({ labels: { alertname: 'DiskFull', instance: '<@U1>:9100', mount: '`/`' } });
    const said = await appears('the alert', () => roots('DiskFull', 'about no service that I know')[0]);
    expect(textOf(said)).toContain('instance=&lt;@U1&gt;:9100 · mount=ˋ/ˋ');
  }, 60_000);

  test('the same a hundred times, at once, to two bots: one effect, and 200 each time', async () => {
    const alert = {
      ...{ status: 'firing', labels: labels('Repeated', 'service-0'), annotations: {}, startsAt: new Date().toISOString() },
      ...{ endsAt: '0001-01-01T00:00:00Z', fingerprint: 'repeated', generatorURL: '' },
    };
    const body = { version: '4', groupKey: 'g', receiver: 'r', truncatedAlerts: 3, alerts: [alert], status: 'firing' };
    const port = String(await freePort());
    const second = await world.start('bot', { LEAKWATCH_WEBHOOK_SECRET: SECRET, PORT: port });
    const urls = [world.url, `http://127.0.0.1:${port}`];
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => post(body, undefined, urls[i % 2])));
    await second.stop();
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
    const [root] = roots('service-0');
    const said = await appears('the alert', () => inThreadOf(root?.ts ?? '', '*Repeated* fires')[0]);
    expect(said.text).toContain('3 more alerts of its group left out by Alertmanager');
    await alertmanager.fire({ labels: labels('Later', 'service-0') });
    await appears('a later one', () => inThreadOf(root?.ts ?? '', '*Later* fires')[0]);
    expect(inThreadOf(root?.ts ?? '', '*Repeated*')).toHaveLength(1);
  }, 60_000);

  test('a wrong secret: 401, and nothing comes of it', async () => {
    for (const authorization of ['', 'Bearer wrong', `Bearer ${SECRET}x`, `Basic ${btoa('x:wrong')}`])
      expect((await post({}, authorization)).status).toBe(401);
    expect((await fetch(`${world.url}/alertmanager?secret=${SECRET}`, { method: 'POST', body: '{}' })).status).toBe(401);
    const metrics = await (await fetch(`${world.url}/metrics`)).text();
    expect(metrics).toContain('leakwatch_webhook_requests_total{code="401"} 5');
    expect(bot.output()).not.toContain(SECRET);
  });

  test('the bot dies, an alert fires meanwhile: Alertmanager sends it when the bot is back', async () => {
    await kill(bot);
    await alertmanager.fire({ labels: labels('WhileDead', 'service-0') });
    await until(
      'Alertmanager to have tried',
      20_000,
      async () => alertmanager.log().includes('WhileDead') && alertmanager.log().includes('refused'),
    );
    bot = await startBot();
    const [root] = roots('service-0');
    await appears('the alert', () => inThreadOf(root?.ts ?? '', '*WhileDead* fires')[0]);
    expect(roots('service-0')).toHaveLength(1);
  }, 90_000);

  test('Redis does not answer: 503 within two seconds, and nothing is lost', async () => {
    redis.freeze();
    const begun = performance.now();
    const answer = await post({ version: '4', alerts: [{ status: 'firing', labels: {}, startsAt: '2026-11-24T00:00:00Z' }] });
    expect([answer.status, performance.now() - begun < patient(2_000)]).toEqual([503, true]);
    await alertmanager.fire({ labels: labels('WhileAway', 'service-0') });
    await until('Alertmanager to be refused', 20_000, async () => alertmanager.log().includes('503'));
    redis.thaw();
    const [root] = roots('service-0');
    await appears('the alert', () => inThreadOf(root?.ts ?? '', '*WhileAway* fires')[0]);
    expect(inThreadOf(root?.ts ?? '', '*WhileAway*')).toHaveLength(1);
    expect(roots('service-0')).toHaveLength(1);
  }, 90_000);

  test('Alertmanager dies and sends all again: no second word of anything', async () => {
    const before = world.workspace.messages(ops).length;
    const { port, dir } = alertmanager;
    await alertmanager.kill();
    alertmanager = await startAlertmanager({ url: `${world.url}/alertmanager`, secret: SECRET }, { port, dir });
    await alertmanager.fire({ labels: labels('Fresh', 'service-1') });
    await appears('the answer', () => roots('service-1', '*Fresh* fires')[0]);
    expect(roots('service-0')).toHaveLength(1);
    expect(world.workspace.messages(ops).length).toBeLessThanOrEqual(before + 2);
  }, 60_000);
});

describe('in, more than ever should come', () => {
  test('a cluster of three Alertmanagers that falls in two, and is one again: one word of each alert', async () => {
    const webhook = { url: `${world.url}/alertmanager`, secret: SECRET };
    const members = await Promise.all(
      Array.from({ length: 3 }, async () => ({ port: await freePort(), through: await freePort() })),
    );
    const links = await startLinks(members);
    const parts: { stop(): Promise<void> | void }[] = [links];
    try {
      const cluster = await Promise.all(
        members.map(async (member) => {
          const peers = members.filter((one) => one !== member).map(({ through }) => through);
          const part = await startAlertmanager(webhook, { cluster: { ...member, peers } });
          parts.unshift(part);
          return part;
        }),
      );
      const seen = (...counts: number[]) =>
        until(`clusters of ${counts}`, 20_000, async () => {
          const found = await Promise.all(cluster.map((one) => one.members()));
          return found.join() === counts.join();
        });
      await seen(3, 3, 3);
      const before = world.workspace.messages(ops).length;
      const alert = { labels: labels('Parted', 'service-1'), startsAt: new Date().toISOString() };
      const fire = (one: GivenAlert) => Promise.all(cluster.map((part) => part.fire(one)));
      links.cutOff(members[2]?.port ?? 0);
      await seen(2, 2, 1);
      await fire(alert);
      const answer = await appears('the answer', () => roots('service-1', '*Parted* fires')[0]);
      // Neither side knows what the other has told: each tells.
      const told = () => cluster.map((one) => /Notify success.*attempts=1/.test(one.log()));
      await until('both sides to have told', 20_000, async () => (told()[0] || told()[1]) && told()[2]);
      links.heal();
      await seen(3, 3, 3);
      await fire(alert);
      await fire({ ...alert, endsAt: new Date(Date.now() - 100).toISOString() });
      await appears('the end', () => inThreadOf(answer.ts, '🔕')[0]);
      await alertmanager.fire({ labels: labels('AfterTheParting', 'service-1') });
      await appears('a later one', () => roots('service-1', '*AfterTheParting* fires')[0]);
      // It is in the one message about that service, which is edited.
      expect(roots('service-1', '*Parted*').flatMap((one) => textOf(one).match(/\*Parted\*/g))).toHaveLength(1);
      expect(inThreadOf(answer.ts, '🔕')).toHaveLength(1);
      expect(world.workspace.messages(ops).length).toBeLessThanOrEqual(before + 3);
    } finally {
      await Promise.all(parts.map((part) => part.stop()));
    }
  }, 90_000);
});

describe('out', () => {
  const ours = async (part: AlertmanagerPart, id: string) =>
    (await part.alerts()).filter((one) => one.labels.leakwatch_incident === id);
  const paged = (id: string) => pagerDuty.alerts.get(id);
  async function open(id: string, service: string) {
    const one = incident(id, service, { level: 'page', place: { channel: ops }, openedMs: Date.now() - 60_000 });
    await world.withRedis((client) => openIn(client, one));
  }
  const root = (id: string) => appears(`the root of ${id}`, () => roots(`"${id}"`)[0]);

  test('a page wakes Alertmanager and PagerDuty once; acknowledged and resolved follow; our own is not taken in again', async () => {
    const { ana } = world.workspace.users;
    await open('i-page', 'service-9');
    const { ts } = await root('i-page');
    const [alert] = await until('the alert', 20_000, async () => {
      const found = await ours(alertmanager, 'i-page');
      return found.length > 0 && found;
    });
    expect(alert?.labels).toEqual({
      alertname: 'MemoryLeak',
      severity: 'page',
      service: 'service-9',
      leakwatch_incident: 'i-page',
    });
    expect(alert?.annotations.summary).toContain('service-9 leaking: +40 MiB/h per replica');
    expect(Date.parse(alert?.endsAt ?? '')).toBeGreaterThan(Date.now() + 20 * 60_000);
    await until('the page', 20_000, async () => paged('i-page')?.state === 'triggered');
    expect(paged('i-page')?.summary).toContain('service-9 leaking');

    await world.workspace.click({ user: ana, channel: ops, messageTs: ts, actionId: 'incident_acknowledge' });
    await until('acknowledged', 20_000, async () => paged('i-page')?.state === 'acknowledged');
    await until('in hand', 20_000, async () => (await ours(alertmanager, 'i-page'))[0]?.annotations.in_hand);
    await world.workspace.click({ user: ana, channel: ops, messageTs: ts, actionId: 'incident_resolve' });
    await until('resolved', 20_000, async () => paged('i-page')?.state === 'resolved');
    await until('over', 20_000, async () => (await ours(alertmanager, 'i-page')).length === 0);

    expect(paged('i-page')).toMatchObject({ woken: 1, events: ['trigger', 'acknowledge', 'resolve'] });
    const metrics = async () => (await fetch(`${world.url}/metrics`)).text();
    await until('our own to come back', 20_000, async () => /webhook_alerts_total\{outcome="own"\} [1-9]/.test(await metrics()));
    expect(roots('MemoryLeak')).toEqual([]);
    expect(pagerDuty.refused).toEqual([]);
  }, 120_000);

  test('the worker dies while PagerDuty does not answer, and Redis too: one page, and it is resolved', async () => {
    pagerDuty.fail('after', 1);
    await open('i-dies', 'service-8');
    await until('the lost answer', 20_000, async () => paged('i-dies'));
    await kill(worker);
    await redis.kill();
    redis = await startRedis(ALWAYS, redis.port, folder);
    worker = await startWorker();
    const { ts } = await root('i-dies');
    // Its job comes back when its lock has run out and was looked for: 20 s.
    await until('sure of it', 60_000, async () => (paged('i-dies')?.events.length ?? 0) >= 2);
    await world.workspace.click({ user: world.workspace.users.ana, channel: ops, messageTs: ts, actionId: 'incident_resolve' });
    await until('resolved', 30_000, async () => paged('i-dies')?.state === 'resolved');
    expect(paged('i-dies')?.woken).toBe(1);
    expect(pagerDuty.unmatched).toEqual([]);
  }, 120_000);

  test('PagerDuty refuses: status says so, and the page goes out when it takes it', async () => {
    pagerDuty.fail(429, 2);
    await open('i-refused', 'service-7');
    await world.workspace.waitFor(() => worker.output().includes('a page was not taken'), 20_000, 'the word in the log');
    await world.workspace.command({ user: world.workspace.users.ana, channel: ops, command: '/leak', text: 'status' });
    const status = await appears('the status', () =>
      world.workspace
        .ephemerals(world.workspace.users.ana)
        .concat(world.workspace.messages(ops))
        .findLast((one) => textOf(one).includes('not taken since')),
    );
    expect(textOf(status)).toMatch(/1 page not taken since .*PagerDuty does not take it: HTTP 429/);
    await until('the page', 40_000, async () => paged('i-refused')?.state === 'triggered');
    const kept = await world.withRedis((client) => makeIncidents(client).incident('i-refused'));
    expect(kept?.value.level).toBe('page');
  }, 120_000);
});

describe('metrics', () => {
  const metricsOf = async (port: string) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

  test('the bot has the fleet, the worker what Slack answered and its jobs, each its own memory', async () => {
    // An alert opened its incident, and the watch looks for itself a minute later; what it then finds depends on how old the samples are.
    const bots = await until('the watch to have looked at both', 90_000, async () => {
      const text = await (await fetch(`${world.url}/metrics`)).text();
      const found = [...text.matchAll(/^leakwatch_services\{verdict="(?:leaking|suspicious|stable|unknown)"\} (\d+)$/gm)];
      return found.reduce((sum, [, value]) => sum + Number(value), 0) === 2 && text;
    });
    expect(bots).toMatch(/leakwatch_open_incidents\{level="page"\} [1-9]/);
    expect(bots).toMatch(/leakwatch_samples_age_seconds\{host="hv-01"\} \d/);
    const workers = await metricsOf(workerPort);
    expect(workers).toMatch(/leakwatch_slack_requests_total\{method="chat.postMessage",outcome="ok"\} [1-9]/);
    expect(workers).toMatch(/leakwatch_jobs_total\{name="deliver",outcome="done"\} [1-9]/);
    for (const text of [bots, workers]) expect(text).toMatch(/process_resident_memory_bytes \d/);
    expect((await fetch(`http://127.0.0.1:${workerPort}/readyz`)).status).toBe(200);
  }, 120_000);

  test('the agent has its sweeps; a port that is taken is said by its name', async () => {
    const port = String(await freePort());
    const env = {
      DOCKER_HOST: `unix://${process.env.LEAKWATCH_TEST_DOCKER}`,
      LEAKWATCH_HOST: 'hv-real',
      LEAKWATCH_SAMPLE_SECONDS: '1',
    };
    await world.start('agent', { ...env, METRICS_PORT: port });
    await until('a sweep', 20_000, async () => /leakwatch_sweeps_total\{host="hv-real"\} [1-9]/.test(await metricsOf(port)));
    const second = await world.startAndEnd('agent', { ...env, METRICS_PORT: port });
    expect([second.code, second.output]).toEqual([78, expect.stringContaining(`METRICS_PORT ${port} is taken`)]);
  }, 60_000);
});

/** Last: what it leaves in the queue nobody takes out. */
describe('in, all at once', () => {
  test('five thousand alerts in one, and fifty webhooks a second: stored or 503, none lost, and the bot stays below 300 MB', async () => {
    await kill(worker);
    const alertsOf = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        ...{ status: 'firing', labels: labels('Flood', `nobody-${from + i}`), annotations: {}, fingerprint: `flood-${from + i}` },
        ...{ startsAt: '2026-11-24T00:00:00Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: '' },
      }));
    const send = (alerts: readonly object[]) => post({ version: '4', groupKey: 'g', receiver: 'r', status: 'firing', alerts });
    /** As Alertmanager does: a 503 is sent again. */
    const sendUntilStored = async (alerts: readonly object[]) => {
      for (;;) {
        const { status } = await send(alerts);
        if (status === 200) return;
        expect(status).toBe(503);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    };
    const residentMib = async () => {
      const text = await (await fetch(`${world.url}/metrics`)).text();
      return Number(/^process_resident_memory_bytes\S* (\S+)$/m.exec(text)?.[1]) / 2 ** 20;
    };
    const jobs = () =>
      world.withRedis(async (client) => {
        const keys = await client.keys('*:work:*');
        const names = await Promise.all(
          keys.map(async (key) => ((await client.type(key)) === 'hash' ? client.hget(key, 'name') : null)),
        );
        return names.filter((name) => name === 'alert').length;
      });
    const before = await jobs();
    const [SECONDS, EACH, A_SECOND] = [4, 10, 50];
    await sendUntilStored(alertsOf(0, 5_000));
    let most = await residentMib();
    const sending: Promise<void>[] = [];
    for (let second = 0; second < SECONDS; second += 1) {
      for (let i = 0; i < A_SECOND; i += 1) sending.push(sendUntilStored(alertsOf(5_000 + EACH * (second * A_SECOND + i), EACH)));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      most = Math.max(most, await residentMib());
    }
    await Promise.all(sending);
    most = Math.max(most, await residentMib());
    expect((await jobs()) - before).toBe(5_000 + SECONDS * A_SECOND * EACH);
    expect(most).toBeLessThan(300);
  }, 120_000);
});
