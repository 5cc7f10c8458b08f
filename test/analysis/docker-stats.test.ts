import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { dockerStatsOf } from '../../src/analysis/docker-stats.js';
import type { DockerStats } from '../../src/model/docker-stats.js';
import type { Sample } from '../../src/model/sample.js';
import { binarySize, decimalSize, percentage } from '../../src/render/docker-figures.js';
import { decodeStats } from '../../src/sources/docker/decode-stats.js';
import { replica } from '../support/fleet.js';
import { buildGoImage, removeContainers, runContainer } from '../support/parts/containers.js';

const MIB = 2 ** 20;
const GOLDEN = 'test/golden/docker';
const one = replica('shop/api-svc');
const statsOf = (samples: readonly Sample[], startedAtMs = 0) =>
  dockerStatsOf({ samples, replica: { ...one, run: { ...one.run, startedAtMs } } });

/** The columns of `docker stats` behind the name, from figures of ours; `0B / 0B` is what Docker says of what it was not told. */
function columnsOf({ memoryBytes = 0, limitBytes, pids = 0, ...rest }: DockerStats): string[] {
  const { netRxBytes = 0, netTxBytes = 0, blkReadBytes = 0, blkWriteBytes = 0 } = rest;
  const limit = limitBytes ?? 0;
  return [
    `${binarySize(memoryBytes)} / ${binarySize(limit)}`,
    percentage(memoryBytes / limit),
    `${decimalSize(netRxBytes)} / ${decimalSize(netTxBytes)}`,
    `${decimalSize(blkReadBytes)} / ${decimalSize(blkWriteBytes)}`,
    String(pids),
  ];
}

describe('as recorded', () => {
  type Answer = { cpu_stats: Cpu; precpu_stats: Cpu; preread: string; memory_stats: { limit: number } };
  type Cpu = { cpu_usage: { total_usage: number }; system_cpu_usage: number; online_cpus: number };
  const answer = (service: string): Answer =>
    JSON.parse(readFileSync(`${GOLDEN}/v2/shop-${service}-svc-1.two-sample.json`, 'utf8'));
  const printed = readFileSync(`${GOLDEN}/v2/docker-stats.txt`, 'utf8');

  test('what does not move is to the letter what the command line printed', () => {
    const child = answer('child');
    const sample = decodeStats(child, child.memory_stats.limit);
    const line = printed.split('\n').find((row) => row.includes('shop-child-svc-1')) ?? '';
    const [, , , ...columns] = line.split(/ {2,}/);
    expect(columnsOf(statsOf([sample as Sample]) as DockerStats)).toEqual(columns);
  });

  test.each(['child', 'steady', 'log'])(
    '%s: CPU over the time that went by is what Docker makes of the machine’s ticks',
    (service) => {
      const { cpu_stats: now, precpu_stats: before, preread } = answer(service);
      const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
      const docker = (used / (now.system_cpu_usage - before.system_cpu_usage)) * now.online_cpus;
      const sample = decodeStats(answer(service), null) as Sample;
      const earlier = { t: Date.parse(preread), cpuNanos: before.cpu_usage.total_usage };
      const share = statsOf([earlier, sample])?.cpuShare ?? Number.NaN;
      // A second of ticks of 10 ms, of two CPUs, read at another moment than the container's: a tenth.
      expect(Math.abs(share - docker)).toBeLessThan(0.1 * docker + 0.001);
    },
  );
});

describe('what cannot be told is not there', () => {
  const SECOND = 1_000;
  const cpu = (t: number, seconds: number): Sample => ({ t, cpuNanos: seconds * 1e9 });

  test('half of one CPU in 15 s; two CPUs busy', () => {
    expect(statsOf([cpu(0, 3), cpu(15 * SECOND, 10.5)])?.cpuShare).toBe(0.5);
    expect(statsOf([cpu(0, 3), cpu(15 * SECOND, 33)])?.cpuShare).toBe(2);
  });

  test.each([
    ['one sample', [cpu(0, 3)], 0],
    ['a counter that began anew', [cpu(0, 3), cpu(15 * SECOND, 1)], 0],
    ['the one before is of the life before', [cpu(0, 3), cpu(15 * SECOND, 4)], 10 * SECOND],
    ['a gap of an hour', [cpu(0, 3), cpu(3_600 * SECOND, 4)], 0],
    ['a counter that is missing', [{ t: 0 }, cpu(15 * SECOND, 4)], 0],
  ])('%s: no CPU', (_, samples, startedAtMs) => {
    expect(statsOf(samples, startedAtMs)).not.toHaveProperty('cpuShare');
  });

  test('nothing measured in this life: nothing', () => {
    expect(statsOf([cpu(0, 3)], 5 * SECOND)).toBeNull();
    expect(statsOf([])).toBeNull();
  });

  test('all pages of the cache inactive: Docker then counts them', () => {
    expect(statsOf([{ t: 1, usage: 10 * MIB, inactiveFile: 10 * MIB }])?.memoryBytes).toBe(10 * MIB);
    expect(statsOf([{ t: 1, usage: 10 * MIB, inactiveFile: 4 * MIB }])?.memoryBytes).toBe(6 * MIB);
    expect(statsOf([{ t: 1, usage: 10 * MIB }])?.memoryBytes).toBe(10 * MIB);
  });
});

/** Burns all the CPU that it is let have, holds 40 MiB, and otherwise holds still. */
const BURNER = `package main

import "runtime/debug"

var kept = make([]byte, 40<<20)

func main() {
	debug.SetGCPercent(-1)
	for at := 0; at < len(kept); at += 4096 {
		kept[at] = 1
	}
	for {
	}
}
`;
const IMAGE = { tag: 'leakwatch-test/burner:1', files: { 'main.go': BURNER } };

describe('beside the command line, on a real engine', () => {
  const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
  const docker = new Docker({ socketPath, host: undefined, port: undefined });
  const runId = `stats-${randomUUID().slice(0, 8)}`;
  const LIMIT = 96 * MIB;
  beforeAll(async () => {
    if (!socketPath) throw new Error('LEAKWATCH_TEST_DOCKER is not set: run the tests through `npm test`');
    await buildGoImage(docker, IMAGE);
  }, 120_000);
  afterAll(() => removeContainers(docker, runId), 60_000);

  async function printedOf(name: string): Promise<string[]> {
    const format = '{{.CPUPerc}}|{{.MemUsage}}|{{.MemPerc}}|{{.NetIO}}|{{.BlockIO}}|{{.PIDs}}';
    const args = ['-H', `unix://${socketPath}`, 'stats', '--no-stream', '--format', format, name];
    const { stdout } = await promisify(execFile)('docker', args);
    return stdout.trim().split('|');
  }

  // Since Debian 13 the command line is in a package of its own, which nothing else here needs.
  const testWithCli = (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/docker`)) ? test : test.skip;
  testWithCli(
    'the same figures, of a container that may have a quarter of a CPU',
    async () => {
      const spec = { image: IMAGE.tag, name: `${runId}-a`, runId, memoryBytes: LIMIT, cpus: 0.25 };
      const { id, name } = await runContainer(docker, spec);
      const read = async () =>
        decodeStats(await docker.getContainer(id).stats({ stream: false, 'one-shot': true }), LIMIT) as Sample;
      const samples = [await read()];
      const [cpu, memory, share, ...printed] = await printedOf(name);
      samples.push(await read());
      const stats = statsOf(samples) as DockerStats;
      const [ourMemory, ourShare, ...ours] = columnsOf(stats);
      expect(ours).toEqual(printed);
      expect(ourMemory?.split(' / ')[1]).toBe(memory?.split(' / ')[1]);
      // The kernel's own pages come and go between two looks.
      expectNear(ourMemory, memory, 0.5);
      expectNear(ourShare, share, 0.5);
      // Of different seconds, on a machine that does other things too; by half off it would be another unit.
      const printedCpu = Number.parseFloat(String(cpu));
      expect(printedCpu).toBeGreaterThan(1);
      expectNear(percentage(stats.cpuShare), cpu, 0.45 * printedCpu);
    },
    60_000,
  );
});

function expectNear(ours: string | undefined, theirs: string | undefined, by: number): void {
  const away = Math.abs(Number.parseFloat(String(ours)) - Number.parseFloat(String(theirs)));
  expect({ ours, theirs, near: away <= by }).toEqual({ ours, theirs, near: true });
}
