import type Docker from 'dockerode';
import { makeInside } from '../../src/sources/docker/inside.js';
import { makeInsideClient } from '../../src/sources/docker/inside-client.js';
import { until } from '../../test/support/parts/process.js';
import type { Workspace } from '../../test/support/slack/workspace.js';
import type { Stack } from './stack.js';

/** From the first sample to a verdict it takes two to three minutes. */
const VERDICT_MS = 8 * 60_000;
const ALERT_MS = 120_000;
/** The only ones that write into their own file system. */
const WRITABLE = ['redis', 'api-svc', 'cache-svc', 'log-svc'];

type Parts = {
  readonly stack: Stack;
  readonly docker: Docker;
  readonly socket: string;
  readonly workspace: Workspace;
  readonly log: (line: string) => void;
};
type Vector = {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: readonly [number, string] }[];
  };
};

/** Everything that docker-compose.yml promises, of a stack that is up; throws at what is not so. */
export async function check(parts: Parts): Promise<void> {
  const { log } = parts;
  log(await isConfined(parts));
  log(await isFiltered(parts));
  log(await isScraped(parts));
  log(await isSaid(parts));
  log(await isPaged(parts));
  log(await isTakenIn(parts));
  log(await followsItsOwnAdvice(parts));
}

/** A limit for each, no privilege, no capability that is not needed, nothing written outside of volumes. */
async function isConfined({ stack, docker }: Parts): Promise<string> {
  const all = await stack.containers();
  for (const { id, service } of all) {
    const { HostConfig } = await docker.getContainer(id).inspect();
    const { Memory = 0, Privileged, ReadonlyRootfs, CapDrop, SecurityOpt } = HostConfig;
    const isClosed =
      service === 'redis' || (CapDrop?.[0] === 'ALL' && SecurityOpt?.some((one: string) => one.startsWith('no-new-privileges')));
    if (Memory <= 0 || Privileged || !isClosed || (!ReadonlyRootfs && !WRITABLE.includes(service)))
      throw new Error(
        `${service} is not confined: ${JSON.stringify({ Memory, Privileged, ReadonlyRootfs, CapDrop, SecurityOpt })}`,
      );
  }
  return `${all.length} containers: each with a memory limit, none privileged`;
}

/** The agent gets from the engine what it needs and nothing else, and nobody but the agent gets anything. */
async function isFiltered({ stack, socket }: Parts): Promise<string> {
  const { id } = await stack.one('api-svc');
  const paths = ['info', `containers/${id}/json`, `containers/${id}/export`, 'images/json'];
  const answers = await Promise.all(paths.map((path) => answerOf(stack, socket, 'agent', `GET docker-filter/v1.41/${path}`)));
  const others = await answerOf(stack, socket, 'worker', 'GET docker-filter/v1.41/info');
  if (!/^200 200 403 403 E\w+$/.test([...answers, others].join(' ')))
    throw new Error(`the filter answers ${answers.join(', ')}, and the worker ${others}`);
  return `the filter answers the agent ${answers.join(', ')}, and the worker does not find it (${others})`;
}

/** What `deploy/exec.compose.yml` adds: commands by a second filter, nothing else by it, and nothing more by the first. */
export async function checkExec({ stack, socket, workspace }: Parts): Promise<string> {
  const { id } = await stack.one('api-svc');
  const asked = [
    ...[`POST exec-filter/v1.41/containers/${id}/exec`, `GET exec-filter/v1.41/containers/${id}/top`],
    ...[
      `POST exec-filter/v1.41/containers/${id}/kill`,
      'GET exec-filter/v1.41/info',
      `POST docker-filter/v1.41/containers/${id}/exec`,
    ],
  ];
  const answers = await Promise.all(asked.map((request) => answerOf(stack, socket, 'agent', request)));
  if (answers.join(' ') !== '201 200 403 403 405') throw new Error(`the filters answer ${answers.join(', ')}`);
  const { ana } = workspace.users;
  const { ops } = workspace.channels;
  await workspace.command({ user: ana, channel: ops, text: 'massif api-svc' });
  const said = await workspace.waitFor(
    () =>
      [...workspace.messages(ops), ...workspace.ephemerals(ana)].find(({ text }) => /^No Massif file of .*api-svc/.test(text)),
    60_000,
    `what Massif would need in\n${workspace.transcript(ops, ana)}`,
  );
  return `with exec.compose.yml the filters answer the agent ${answers.join(', ')}; /leak massif: ${said.text.split('\n')[0]}`;
}

/** The status that a container gets for `<method> <host>/<path>`, or why it gets none. */
async function answerOf(stack: Stack, socket: string, service: string, request: string): Promise<string> {
  const inside = makeInside(makeInsideClient({ dockerHost: `unix://${socket}`, certPath: undefined, tlsVerify: false }));
  const [, method, host, path] = /^(\w+) ([\w-]+)(\/.+)$/.exec(request) ?? [];
  const body = method === 'POST' ? `, headers: { 'content-type': 'application/json' }, body: '{"Cmd":["/no"]}'` : '';
  const script = `fetch('http://${host}:2375${path}', { method: '${method}'${body} }).then((r) => console.log(r.status), (e) => console.log(e.cause.code))`;
  const command = { argv: ['node', '-e', script], mostMs: 10_000, mostBytes: 1_000 };
  const { out, err } = await inside.run((await stack.one(service)).id, command, new AbortController().signal);
  return `${out}${err}`.trim();
}

/** cAdvisor and every role are scraped, and the leak is there by its service. */
async function isScraped({ stack }: Parts): Promise<string> {
  return until('Prometheus to have them all', ALERT_MS, async () => {
    const targets = (await stack.ask('prometheus', 9090, '/api/v1/targets')) as {
      data: { activeTargets: { scrapeUrl: string; health: string; lastError: string }[] };
    };
    const bad = targets.data.activeTargets.filter(({ health }) => health !== 'up');
    if (bad.length > 0 || targets.data.activeTargets.length < 4) throw new Error(JSON.stringify(targets.data.activeTargets));
    const rss = await query(stack, 'container_memory_rss{container_label_com_docker_compose_service="api-svc"} > 0');
    const recorded = await query(stack, '{__name__=~"leakwatch:.+", service="api-svc"}');
    if (rss.length === 0 || recorded.length === 0)
      throw new Error(`${rss.length} series of api-svc, ${recorded.length} recorded ones`);
    return `Prometheus scrapes ${targets.data.activeTargets.length} targets; cAdvisor tells of api-svc, and ${recorded.length} rules record it`;
  });
}

async function query(stack: Stack, promql: string): Promise<Vector['data']['result']> {
  return ((await stack.ask('prometheus', 9090, `/api/v1/query?query=${encodeURIComponent(promql)}`)) as Vector).data.result;
}

const rootOf = (workspace: Workspace) =>
  workspace.messages(workspace.channels.ops).find(({ threadTs, text }) => !threadTs && text.includes('api-svc leaking'));

/** It speaks first: of the one that leaks, with a chart and the functions; of no other. */
async function isSaid({ workspace }: Parts): Promise<string> {
  const root = await workspace.waitFor(
    () => rootOf(workspace),
    VERDICT_MS,
    `api-svc to be said in\n${workspace.transcript(workspace.channels.ops)}`,
  );
  const thread = () => workspace.messages(workspace.channels.ops).filter(({ threadTs }) => threadTs === root.ts);
  const heap = await workspace.waitFor(
    () => thread().find(({ text, blocks }) => `${text}${JSON.stringify(blocks)}`.includes('orders.')),
    120_000,
    `the functions that grew in\n${workspace.transcript(workspace.channels.ops)}`,
  );
  await workspace.waitFor(() => JSON.stringify(rootOf(workspace)?.blocks).includes('slack_file'), 60_000, 'its chart');
  if (!JSON.stringify(rootOf(workspace)).includes('127.0.0.1:3001/d/')) throw new Error('the root has no link to Grafana');
  const others = workspace
    .messages(workspace.channels.ops)
    .filter(({ threadTs, text }) => !threadTs && text.includes('leaking') && !text.includes('api-svc'));
  if (others.length > 0) throw new Error(`said to leak: ${others.map(({ text }) => text).join('; ')}`);
  return `it said by itself: ${root.text.split('\n')[0]}; in its thread: ${heap.text.split('\n')[0]}`;
}

/** What is out of memory within hours is an alert of Alertmanager's. */
async function isPaged({ stack }: Parts): Promise<string> {
  const alert = await until('the page in Alertmanager', ALERT_MS, async () => {
    const alerts = (await stack.ask('alertmanager', 9093, '/api/v2/alerts')) as {
      labels: Record<string, string>;
      annotations: Record<string, string>;
    }[];
    return alerts.find(({ labels }) => labels.leakwatch_incident && labels.service === 'api-svc');
  });
  return `Alertmanager has the page: ${alert.annotations.summary}`;
}

/** What Prometheus would fire goes through Alertmanager to the bot, with the secret, into the incident's thread. */
async function isTakenIn({ stack, workspace }: Parts): Promise<string> {
  const alert = {
    labels: { alertname: 'HighMemory', service: 'api-svc', severity: 'warning' },
    annotations: { summary: 'near its limit' },
  };
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify([alert]) };
  await stack.ask('alertmanager', 9093, '/api/v2/alerts', init);
  const said = await workspace.waitFor(
    () =>
      workspace
        .messages(workspace.channels.ops)
        .find(({ threadTs, text }) => threadTs === rootOf(workspace)?.ts && text.includes('*HighMemory* fires')),
    ALERT_MS,
    `the alert in\n${workspace.transcript(workspace.channels.ops)}`,
  );
  return `an alert came in: ${said.text.split('\n')[0]}`;
}

/** Nobody of the stack, nor of the demo, is without a limit or near it but the one that leaks, and `status` has nothing against it. */
async function followsItsOwnAdvice({ stack, workspace }: Parts): Promise<string> {
  const { ana } = workspace.users;
  const { ops } = workspace.channels;
  const answers = () => [...workspace.messages(ops).filter(({ threadTs }) => !threadTs), ...workspace.ephemerals(ana)];
  const answerTo = async (text: string, word: string) => {
    await workspace.command({ user: ana, channel: ops, text });
    const found = () => answers().find((one) => one.text.includes(word));
    const { blocks } = await workspace.waitFor(found, 30_000, `an answer to ${text} in\n${workspace.transcript(ops, ana)}`);
    return JSON.stringify(blocks);
  };
  const [limits, status] = [await answerTo('limits', 'emory limits:'), await answerTo('status', 'Leakwatch 0.')];
  const names = (await stack.containers()).map(({ service }) => service).filter((name) => name !== 'api-svc');
  const blamed = names.filter((name) => limits.includes(name));
  if (blamed.length > 0 || !status.includes('🟢 Leakwatch')) throw new Error(`${limits}\n${status}`);
  return '`/leak limits` has nothing against the stack, and `/leak status` says that all is well';
}
