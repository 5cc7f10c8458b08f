import { expect, test } from '@jest/globals';
import { type CheckPorts, makeCheck } from '../../jobs/check.js';
import type { Heartbeat } from '../../src/model/host.js';
import { contextOf } from '../delivery/harness.js';
import { beat, replica } from '../support/fleet.js';
import { slackContext } from '../support/slack-context.js';

/** A check of a service that nobody has samples of; gives the hosts that were asked to hurry, with how often. */
async function hurried(beats: Heartbeat[]): Promise<Record<string, number>> {
  const { context, enqueued } = slackContext([]);
  const ports: CheckPorts = {
    inventory: { all: async () => [replica('shop/api-svc', 1), replica('shop/api-svc', 2, { host: 'hv-02' })] },
    hosts: { all: async () => beats },
    samples: { read: async () => [] },
    runs: { read: async () => [] },
    outbox: { ...context.outbox } as CheckPorts['outbox'],
    enqueue: context.enqueue,
  };
  const target = { kind: 'channel', channel: 'C1' } as const;
  const asked = { serviceId: 'shop/api-svc', askedBy: 'U1', askedAtMs: Date.now() };
  await makeCheck(ports)({ v: 1, outboxKey: 'a', target, round: 0, ...asked }, contextOf());
  const hosts = enqueued.filter(({ name }) => name === 'sample').map(({ options }) => String(options.host));
  return Object.fromEntries([...new Set(hosts)].map((host) => [host, hosts.filter((one) => one === host).length]));
}

test('without history each host of the service is asked to hurry, unless it is as fast by itself', async () => {
  const now = Date.now();
  expect(await hurried([beat('hv-01', now), beat('hv-02', now, { sampleSeconds: 2 }), beat('hv-03', now)])).toEqual({
    'hv-01': 30,
  });
});

test('so is the host of an agent that has listed its containers and not yet said anything of itself', async () => {
  expect(await hurried([])).toEqual({ 'hv-01': 30, 'hv-02': 30 });
});

test('a silent host is not asked: nobody would take its jobs', async () => {
  const now = Date.now();
  expect(await hurried([beat('hv-01', now), beat('hv-02', now - 61_000)])).toEqual({ 'hv-01': 30 });
});
