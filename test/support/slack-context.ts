import { pino } from 'pino';
import type { Incident } from '../../src/model/incident.js';
import type { OutboxEntry, SlackMessage, Target } from '../../src/model/message.js';
import type { Replica } from '../../src/model/replica.js';
import { NO_RULES } from '../../src/model/rules.js';
import type { EnqueueOptions } from '../../src/queue/enqueue.js';
import type { Ask, SlackContext } from '../../src/slack/ask.js';
import type { TellAlone } from '../../src/slack/tell-alone.js';
import { beat } from './fleet.js';

export const NOW = 1_700_000_000_000;

export type Enqueued = { readonly name: string; readonly payload: Record<string, unknown>; readonly options: EnqueueOptions };

/** What a handler is given, with ports that keep what they were asked. `over` replaces a port, e.g. with one that fails. */
export function slackContext(replicas: readonly Replica[], over: Partial<SlackContext> = {}) {
  const enqueued: Enqueued[] = [];
  const said: { key: string; target: Target; message: SlackMessage }[] = [];
  const told: { to: Parameters<TellAlone>[0]; message: SlackMessage }[] = [];
  const urls: string[] = [];
  const entries = new Map<string, OutboxEntry>();
  const incidents = new Map<string, Incident>();
  const context: SlackContext = {
    inventory: { all: async () => [...replicas] },
    hosts: { all: async () => [beat('hv-01', NOW)] },
    elsewhere: { all: async () => [] },
    replies: {
      put: async ({ url }) => {
        urls.push(url);
        return `reply-${urls.length}`;
      },
    },
    outbox: {
      get: async (key) => entries.get(key) ?? null,
      say: async (key, target, message) => {
        said.push({ key, target, message });
        const entry: OutboxEntry = {
          ...{ key, target, message, version: 1, sentVersion: 0, state: 'pending', createdAtMs: NOW, tries: 0 },
        };
        entries.set(key, entry);
        return entry;
      },
    },
    incidents: {
      incident: async (id) => {
        const value = incidents.get(id);
        return value ? { version: 1, value } : null;
      },
      watched: async () => ({ version: 0, value: { state: null } }),
      commit: async () => true,
      open: async () => [...incidents.values()].filter(({ closed }) => !closed),
      ofService: async (id, most) => [...incidents.values()].filter(({ service }) => service.id === id).slice(0, most),
      since: async () => [...incidents.values()],
    },
    storms: { members: async () => [...incidents.keys()] },
    samples: { read: async () => [] },
    rules: { now: () => NO_RULES },
    isOperator: async () => false,
    operators: [],
    heaps: { finding: async () => null, ofService: async () => [] },
    rawLinks: { of: async () => null },
    permalink: async (channel, ts) => `https://home.slack.com/archives/${channel}/p${ts.replace('.', '')}`,
    tellAlone: async (to, message) => {
      told.push({ to, message });
      return null;
    },
    inbox: { first: async () => true },
    enqueue: async (name, payload, options = {}) => void enqueued.push({ name, payload, options }),
    status: async () => ({ version: '1', beats: [], replicas: [], queues: {}, workers: 1, failed: 0, warnings: [] }),
    log: pino({ level: 'silent' }),
    ...over,
  };
  return { context, enqueued, said, told, urls, entries, incidents };
}

export function ask(over: Partial<Ask> = {}): Ask {
  return {
    via: 'command',
    user: 'U1',
    channel: 'C1',
    responseUrl: 'https://hooks.slack.com/commands/T/1/x',
    once: 'one',
    atMs: NOW,
    ...over,
  };
}
