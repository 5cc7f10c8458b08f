import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { makeCheck } from '../../jobs/check.js';
import type { Heartbeat } from '../../src/model/host.js';
import type { Outbox, OutboxEntry } from '../../src/model/message.js';
import type { Enqueue, EnqueueOptions } from '../../src/queue/enqueue.js';
import { beat, replica } from '../support/fleet.js';

const NOW = 1_800_000_000_000;

/** A check of a service without history, on hosts as their agents left them; gives the jobs it asked for. */
async function checked(beats: readonly Heartbeat[], withoutBeat: readonly string[] = []) {
  const jobs: { name: string; options: EnqueueOptions }[] = [];
  const enqueue: Enqueue = async (name, _payload, options = {}) => void jobs.push({ name, options });
  const outbox = { say: async () => ({}) as OutboxEntry, get: async () => null } as Partial<Outbox> as Outbox;
  const names = [...beats.map(({ host }) => host), ...withoutBeat];
  const replicas = names.map((host, i) => replica('shop/api-svc', i + 1, { host }));
  const check = makeCheck({
    inventory: { all: async () => replicas },
    hosts: { all: async () => [...beats] },
    samples: { read: async () => [] },
    runs: { read: async () => [] },
    outbox,
    enqueue,
  });
  const target = { kind: 'channel', channel: 'C1' } as const;
  const asked = { serviceId: 'shop/api-svc', askedBy: 'U1', askedAtMs: NOW, round: 0 };
  const context = { jobId: '1', startedBefore: 0, log: pino({ level: 'silent' }), signal: new AbortController().signal };
  await check({ v: 1, outboxKey: 'k', target, ...asked }, { ...context, nowMs: () => NOW });
  return jobs.filter(({ name }) => name === 'sample');
}

test('without history the hosts are asked to hurry: thirty samples, two seconds apart', async () => {
  const jobs = await checked([beat('hv-01', NOW - 10_000)]);
  expect(jobs).toHaveLength(30);
  expect(new Set(jobs.map(({ options }) => options.once)).size).toBe(30);
  expect(jobs.map(({ options }) => options.delayMs)).toEqual(Array.from({ length: 30 }, (_, i) => i * 2_000 + 1));
});

test('so is a host whose agent has listed its containers and said nothing else yet', async () => {
  const jobs = await checked([], ['hv-new']);
  expect([...new Set(jobs.map(({ options }) => options.host))]).toEqual(['hv-new']);
});

test('a host that is fast by itself is not asked, nor is a silent one, whose jobs nobody would take', async () => {
  const jobs = await checked([
    beat('hv-01', NOW - 10_000),
    beat('hv-fast', NOW - 1_000, { sampleSeconds: 2 }),
    beat('hv-silent', NOW - 61_000),
  ]);
  expect([...new Set(jobs.map(({ options }) => options.host))]).toEqual(['hv-01']);
});
