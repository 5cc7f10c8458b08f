import { describe, expect, test } from '@jest/globals';
import type { ServiceAssessment } from '../../src/model/assessment.js';
import type { DockerStats } from '../../src/model/docker-stats.js';
import { topMessage } from '../../src/render/top.js';
import { expectAccepted, textsOf } from './accepted.js';
import { morningRise } from './judged-calm.js';
import * as scenes from './scenes.js';
import { MIB, MINUTE, NOW } from './scenes.js';

const all = [scenes.cacheFill, scenes.noLimit, morningRise, scenes.fourteenDays, scenes.leakWithLimit, scenes.pageCacheOnly];
const services = all.map((make) => make().assessment);

/** Another service of the same curve: its replicas, as many as wanted, have keys and numbers of their own. */
function named(name: string, one: ServiceAssessment, replicas = 1, host = 'hv-01'): ServiceAssessment {
  const [first] = one.replicas;
  if (!first) throw new Error('a service needs a replica');
  const service = { id: name, name };
  const copies = Array.from({ length: replicas }, (_, i) => ({
    ...first,
    replica: { ...first.replica, service, host, number: i + 1, key: `${host}/${name}/${i + 1}` },
  }));
  return { ...one, service, replicas: copies };
}

/** What Docker would have said of every replica: as much as was used, and figures as wide as they get. */
function statsOf(list: readonly ServiceAssessment[], over: Partial<DockerStats> = {}): Map<string, DockerStats> {
  const each = list.flatMap(({ replicas }) => replicas);
  return new Map(
    each.map(({ replica, latest }, i): [string, DockerStats] => {
      const memoryBytes = (latest?.anon ?? 0) + (latest?.kernel ?? 0) + i;
      const counters = { netRxBytes: 1.239e9, netTxBytes: 3.512e6, blkReadBytes: 0, blkWriteBytes: 1.62e9, pids: 12 };
      return [replica.key, { cpuShare: 0.0885, memoryBytes, limitBytes: replica.limitBytes, ...counters, ...over }];
    }),
  );
}

const words = (list: readonly ServiceAssessment[], silent: { host: string; sinceMs: number }[] = [], stats = statsOf(list)) => {
  const message = topMessage(list, stats, silent, NOW);
  expectAccepted(message);
  return String(textsOf(message)[1]);
};
/** The lines between the fences, the table's head left out. */
const lines = (text: string) => String(text.split('```')[1]).split('\n').slice(4, -1);
/** The first of each replica's: the others are indented. */
const names = (text: string) =>
  lines(text)
    .filter((line) => !line.startsWith(' '))
    .map((line) => line.slice(0, 15).trim());

describe('/leak top', () => {
  test('soonest out of memory first, then growing without an end, suspicious, calm by how full', () => {
    const message = topMessage(services, statsOf(services), [], NOW);
    expect(message.text).toBe('Soonest out of memory first: api-svc in 8 min; 3 of 6 services leak');
    expect(names(words(services))).toEqual(['api-svc', 'orders', 'worker', 'web', 'cache-svc', 'log-svc']);
    expect(message).toMatchSnapshot();
  });

  test('who is at its limit is so now, and not in 0 s', () => {
    const words = (ms: number) => topMessage(services, statsOf(services), [], NOW + ms).text;
    expect(words(scenes.HOUR)).toBe('Soonest out of memory first: api-svc now; 3 of 6 services leak');
  });

  test('of two that are at their limit the first line names the one on top', () => {
    const full = (name: string, mib: number) => {
      const one = named(name, scenes.leakWithLimit().assessment);
      const [first] = one.replicas;
      if (!first?.growthBytesPerHour) throw new Error('a service needs a replica');
      const growthBytesPerHour = { ...first.growthBytesPerHour, value: mib * MIB };
      const replicas = [{ ...first, growthBytesPerHour, limitAtMs: { value: NOW, low: NOW, high: NOW } }];
      return { ...one, replicas, soonest: replicas[0] } as ServiceAssessment;
    };
    const list = [full('slow', 10), full('fast', 90)];
    expect(names(words(list))).toEqual(['fast', 'slow']);
    expect(topMessage(list, statsOf(list), [], NOW).text).toBe('Soonest out of memory first: fast now; 2 of 2 services leak');
  });

  test('fits a phone, whatever the figures are', () => {
    const long = named('a-service-with-a-very-long-name', scenes.noLimit().assessment, 12, 'a-host-with-a-very-long-name');
    const huge = { ...long, growthBytesPerHour: { value: 9.9e12, low: 9e12, high: 1e13 } };
    const wide = {
      ...{ cpuShare: 63.99, memoryBytes: 1.919 * 2 ** 30, limitBytes: 1.919 * 2 ** 30, pids: 32_768 },
      ...{ netRxBytes: 1.24e9, netTxBytes: 3.51e9, blkReadBytes: 12.3e9, blkWriteBytes: 1.62e9 },
    };
    const list = [...services, named('b', huge)];
    const text = words(list, [], statsOf(list, wide));
    expect(text).toContain(' 1.919GiB/1.919GiB 100.00% cpu 6399.00%\n net 1.24GB/3.51GB io 12.3GB/1.62GB\n');
    for (const line of lines(text)) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('replicas of one name on two hosts are told apart, and no number is cut off', () => {
    const [a, b] = ['hv-03.example.org', 'hv-04.example.org'].map((host) =>
      named('billing-service', scenes.noLimit().assessment, 1, host),
    ) as [ServiceAssessment, ServiceAssessment];
    const both = { ...a, replicas: [...a.replicas, ...b.replicas] };
    expect(names(words([both]))).toEqual(['bill… #1 hv-04…', 'bill… #1 hv-03…']);
    expect(names(words([named('billing-service', scenes.noLimit().assessment, 12)])).at(-1)).toMatch(/^billing-\w+… #\d+$/);
  });

  test('what Docker does not say is a dash or no line, what is not limited has no share', () => {
    const stats = new Map([[services[1]?.replicas[0]?.replica.key ?? '', { limitBytes: null }]]);
    const text = words([services[1] as ServiceAssessment], [], stats);
    expect(lines(text).slice(1)).toEqual([' –/no limit – cpu –']);
  });

  test('a service of many replicas leaves room for the others, and what is left out is counted', () => {
    const many = named('api', scenes.leakWithLimit().assessment, 30);
    const others = Array.from({ length: 6 }, (_, i) => named(`s-${i}`, scenes.pageCacheOnly().assessment, 2));
    const text = words([...others, many]);
    expect(names(text).map((name) => name.split(' ')[0])).toEqual([
      ...Array(3).fill('api'),
      's-5',
      's-5',
      's-4',
      's-4',
      's-3',
      's-3',
      's-2',
    ]);
    expect(text).toContain('+32 more: api 27, s-2 1, s-1 2, s-0 2');
    expect(names(words([many]))).toHaveLength(10);
  });

  test('what was not judged, does not run, gives no numbers or is silent has its line', () => {
    const young = named('billing-jvm', scenes.fewSamples().assessment);
    const text = words(
      [young, scenes.killed().assessment, named('mute', scenes.noSamples().assessment)],
      [{ host: 'hv-37', sinceMs: NOW - 9 * MINUTE }],
      statsOf([young]),
    );
    expect(text).toContain('Soonest out of memory first: none of 3 services is known to leak');
    expect(text).toContain('Not judged yet: billing-jvm, mute');
    expect(text).toContain('No numbers: api-svc-1');
    expect(text).toContain('Not running: api-svc');
    expect(text).toContain('Silent: hv-37');
    expect(lines(text)[0]).toMatch(/^billing-jvm +12 +\? +–$/);
  });

  test('a fleet of nothing is no crash', () => {
    expect(words([])).toContain('no service is known');
  });

  test('full of names that are all markup it is still one message', () => {
    const list = Array.from({ length: 12 }, (_, i) => named(`&&&&&&&&&&&&&&&&${i}`, scenes.leakWithLimit().assessment, 3));
    const text = words(list);
    expect(text).toContain('Ranges and charts');
    expect(text.length).toBeLessThan(3_000);
  });

  test('memory that is used is what sorts the calm ones, not the order in which they come', () => {
    const calm = ['low', 'high'].map((name) => named(name, scenes.pageCacheOnly().assessment));
    const stats = new Map([
      ['hv-01/low/1', { limitBytes: 100 * MIB, memoryBytes: 10 * MIB }],
      ['hv-01/high/1', { limitBytes: 100 * MIB, memoryBytes: 90 * MIB }],
    ]);
    expect(names(words(calm, [], stats))).toEqual(['high', 'low']);
  });
});
