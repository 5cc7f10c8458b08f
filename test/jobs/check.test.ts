import { expect, test } from '@jest/globals';
import { type CheckPorts, makeCheck } from '../../jobs/check.js';
import type { Heartbeat } from '../../src/model/host.js';
import { contextOf } from '../delivery/harness.js';
import { beat, replica } from '../support/fleet.js';
import { slackContext } from '../support/slack-context.js';

const target = { kind: 'channel', channel: 'C1' } as const;
const asked = { serviceId: 'shop/api-svc', askedBy: 'U1' };

/** A check of a service that nobody has samples of; gives the hosts that were asked to hurry, with how often. */
async function hurried(beats: Heartbeat[]): Promise<Record<string, number>> {
  const { ports, enqueued } = world(beats);
  await makeCheck(ports)({ v: 1, outboxKey: 'a', target, round: 0, ...asked, askedAtMs: Date.now() }, contextOf());
  const hosts = enqueued.filter(({ name }) => name === 'sample').map(({ options }) => String(options.host));
  return Object.fromEntries([...new Set(hosts)].map((host) => [host, hosts.filter((one) => one === host).length]));
}

function world(beats: Heartbeat[]) {
  const { context, enqueued, entries } = slackContext([]);
  const ports: CheckPorts = {
    inventory: { all: async () => [replica('shop/api-svc', 1), replica('shop/api-svc', 2, { host: 'hv-02' })] },
    hosts: { all: async () => beats },
    samples: { read: async () => [] },
    runs: { read: async () => [] },
    outbox: { ...context.outbox } as CheckPorts['outbox'],
    enqueue: context.enqueue,
  };
  return { ports, enqueued, entries };
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

test('where the bot is no member the edits are few, and kept for the answer', async () => {
  const { ports, enqueued, entries } = world([]);
  const run = (round: number) =>
    makeCheck(ports)({ v: 1, outboxKey: 'a', target, round, ...asked, askedAtMs: Date.now() }, contextOf());
  await run(0);
  const said = await ports.outbox.get('a');
  if (said) entries.set('a', { ...said, via: 'reply' });
  await run(1);
  expect(enqueued.findLast(({ name }) => name === 'check')?.options.delayMs).toBeGreaterThanOrEqual(65_000);
});
