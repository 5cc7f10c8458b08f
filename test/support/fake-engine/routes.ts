import type { ServerResponse } from 'node:http';
import { inspectAnswer, listRow } from './answers.js';
import { type FakeContainer, statusOf } from './container.js';
import type { FakeContainers } from './containers.js';
import { type EventHub, hasLabel } from './events.js';
import { allowOnly, EngineRefusal, type Filters, filtersOf, isTrue, nanosOf } from './query.js';
import type { Release } from './release.js';
import { type Machine, statsAnswer } from './stats-answer.js';

export type World = Machine & {
  readonly name: string;
  readonly nowMs: () => number;
  readonly release: Release;
  readonly containers: FakeContainers;
  readonly events: EventHub;
};
type Asked = { readonly method: string; readonly path: string; readonly query: URLSearchParams };

const TICK_MS = 1_000;
const OF_CONTAINER = /^\/containers\/([^/]+)\/(json|stats)$/;

/** All that the fake knows: what Leakwatch asks, and by GET. Anything else of a real engine's API is refused as not done here. */
export async function respond(asked: Asked, response: ServerResponse, world: World): Promise<void> {
  const { method, path, query } = asked;
  const [, word, what] = OF_CONTAINER.exec(path) ?? [];
  const isPing = path === '/_ping';
  if (isPing && method === 'POST') throw new EngineRefusal(404, 'page not found');
  if (method !== 'GET' && !(isPing && method === 'HEAD'))
    throw new EngineRefusal(501, `the fake engine does not ${method} ${path}`);
  if (isPing) void response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end('OK');
  else if (path === '/version') json(response, versionAnswer(world));
  else if (path === '/info') json(response, infoAnswer(world));
  else if (path === '/containers/json') json(response, list(query, world));
  else if (path === '/events') listen(query, response, world);
  else if (word && what === 'json') json(response, inspect(word, query, world));
  else if (word && what === 'stats') json(response, await stats(word, query, world));
  else throw new EngineRefusal(404, 'page not found');
}

function json(response: ServerResponse, answer: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(answer)}\n`);
}

function listen(query: URLSearchParams, response: ServerResponse, { events }: World): void {
  allowOnly(query, '/events', ['since', 'filters']);
  events.listen(response, nanosOf(query, 'since'), filtersOf(query));
}

function list(query: URLSearchParams, { containers, nowMs }: World): object[] {
  allowOnly(query, '/containers/json', ['all', 'filters']);
  const isAsked = listMatcher(filtersOf(query), isTrue(query, 'all'));
  const newestFirst = containers.all().reverse();
  return newestFirst.filter(isAsked).map((one) => listRow(one, nowMs()));
}

/** A filter by status is one for those that do not run, too. */
function listMatcher(filters: Filters, all: boolean): (one: FakeContainer) => boolean {
  for (const name of filters.keys())
    if (!['label', 'status', 'id'].includes(name)) throw new EngineRefusal(400, `Invalid filter '${name}'`);
  const [labels = [], statuses, ids] = [filters.get('label'), filters.get('status'), filters.get('id')];
  return (one) =>
    (all || one.running || statuses !== undefined) &&
    labels.every((label) => hasLabel(one, label)) &&
    (statuses?.includes(statusOf(one)) ?? true) &&
    (ids?.some((id) => one.id.startsWith(id)) ?? true);
}

function known(word: string, { containers }: World): FakeContainer {
  const found = containers.get(decodeURIComponent(word));
  if (!found) throw new EngineRefusal(404, `No such container: ${word}`);
  return found;
}

function inspect(word: string, query: URLSearchParams, world: World): object {
  allowOnly(query, '/containers/<id>/json', []);
  return inspectAnswer(known(word, world));
}

/** One look (`one-shot`), or two a second apart. The stream of looks is not done here: nothing of ours may ask for it. */
async function stats(word: string, query: URLSearchParams, world: World): Promise<object> {
  allowOnly(query, '/containers/<id>/stats', ['stream', 'one-shot']);
  const { ticks } = world.release;
  known(word, world);
  const oneShot = isTrue(query, 'one-shot');
  if (isTrue(query, 'stream', true)) {
    if (oneShot) throw new EngineRefusal(400, 'cannot have stream=true and one-shot=true');
    throw new EngineRefusal(501, 'the fake engine does not stream stats');
  }
  if (ticks) await nextTick(oneShot ? 1 : 2);
  const nowMs = world.nowMs();
  return statsAnswer(known(word, world), world, nowMs, oneShot ? null : nowMs - TICK_MS);
}

/** The collector of an older engine looks at all containers once a second, and whoever asked before gets that look. */
function nextTick(count: number): Promise<void> {
  const nowMs = performance.now();
  const waitMs = TICK_MS * (Math.floor(nowMs / TICK_MS) + count) - nowMs;
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}

function versionAnswer({ release: { version, api, minApi } }: World): object {
  const [os, arch] = ['linux', 'amd64'];
  const details = { ApiVersion: api, Arch: arch, MinAPIVersion: minApi, Os: os };
  return {
    Platform: { Name: '' },
    Components: [{ Name: 'Engine', Version: version, Details: details }],
    ...{ Version: version, ApiVersion: api, MinAPIVersion: minApi, Os: os, Arch: arch, KernelVersion: '6.1.0' },
  };
}

function infoAnswer({ name, cgroup, memTotal, containers, release }: World): object {
  const all = containers.all();
  const running = all.filter((one) => one.running).length;
  return {
    ID: `FAKE:${name}`,
    ...{ Containers: all.length, ContainersRunning: running, ContainersPaused: 0, ContainersStopped: all.length - running },
    ...{ Driver: 'overlay2', MemoryLimit: true, SwapLimit: true, LoggingDriver: 'json-file' },
    ...{ CgroupDriver: cgroup === 'v1' ? 'cgroupfs' : 'systemd', CgroupVersion: cgroup === 'v1' ? '1' : '2' },
    ...{ OSType: 'linux', Architecture: 'x86_64', NCPU: 2, MemTotal: memTotal, Name: name, Labels: [] },
    ...{ ServerVersion: release.version, LiveRestoreEnabled: true },
  };
}
