import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { makeSamples } from '../src/store/samples.js';
import { type FakeEngine, startFakeEngine } from '../test/support/fake-engine/engine.js';
import { startLeakwatch } from '../test/support/parts/leakwatch.js';
import { endProcess, launch, until } from '../test/support/parts/process.js';
import { startRedis } from '../test/support/parts/redis.js';
import { type Cost, costOf } from './agent/cost.js';
import { fillEngine } from './agent/fleet.js';
import { leaveHistory } from './agent/history.js';
import { sweepWatch } from './agent/sweeps.js';

/**
 * The agent, a process of its own as it ships, beside 1,000 containers at 15 s: CPU, memory, the time of a sweep, and whether each
 * container has exactly one sample a tick. The engine is the test's fake one behind the real API, the books in Redis are as thick
 * as after some hours. Beside it in the same run: dockerode's `stats`, 50 at a time, which keeps nothing.
 * Target: at most 10 % of a core, 300 MB, a sweep in 5 s. CONTAINERS, TICKS and ENGINE (29 or 20.10, whose stats take up to a
 * second each) are taken from the environment.
 */
const CONTAINERS = Number(process.env.CONTAINERS ?? 1_000);
const TICKS = Number(process.env.TICKS ?? 6);
const RELEASE = process.env.ENGINE === '20.10' ? '20.10' : '29';
const SECONDS = 15;
const PEER_TICKS = 3;
const HOST = 'hv-bench';

const redis = await startRedis();
const client = new Redis(redis.url);
const watch = sweepWatch();
const engine = await startFakeEngine({ name: HOST, release: RELEASE, onAnswer: watch.onAnswer });
try {
  const keys = fillEngine(engine, HOST, CONTAINERS);
  const preparedMs = performance.now();
  await leaveHistory(client, keys, Date.now());
  console.log(`engine ${RELEASE}, ${CONTAINERS} containers; history left in ${seconds(performance.now() - preparedMs)}`);
  const ours = await measureAgent(engine, keys);
  const theirs = await measurePeer(engine);
  console.log(`  ratio: ${(ours / theirs).toFixed(2)} of the CPU that reading alone takes that way`);
} finally {
  await engine.close();
  client.disconnect();
  await redis.stop();
}

async function measureAgent({ url }: FakeEngine, keys: readonly string[]): Promise<number> {
  const sinceMs = Date.now();
  const env = { REDIS_URL: redis.url, DOCKER_HOST: url, LEAKWATCH_HOST: HOST, LEAKWATCH_SAMPLE_SECONDS: `${SECONDS}` };
  const agent = await startLeakwatch(env, 'agent');
  const pid = agent.child.pid ?? 0;
  let used: number;
  try {
    await sweepsDone(1);
    await sleep(1_000);
    const [redisBefore, before, fromMs] = [await redisCost(), costOf(pid), performance.now()];
    await sweepsDone(1 + TICKS);
    await sleep(1_000);
    const [redisAfter, after] = [await redisCost(), costOf(pid)];
    used = report('agent', before, after, performance.now() - fromMs, TICKS);
    const compactions = redisAfter.compactions - redisBefore.compactions;
    console.log(`  Redis ${(redisAfter.cpu - redisBefore.cpu).toFixed(2)} s of CPU; ${compactions} tails put into chunks`);
  } finally {
    await agent.stop();
  }
  await exactlyOne(keys, sinceMs);
  return used;
}

/** Waits for the end of a sweep: nothing has been asked for two seconds. */
async function sweepsDone(count: number): Promise<void> {
  const late = (count + 2) * SECONDS * 1_000;
  await until(`${count} sweeps`, late, async () => {
    const last = watch.sweeps[count - 1];
    return last !== undefined && last.asked.size > 0 && performance.now() - last.toMs > 2_000;
  });
}

/** Seen from both ends: what the engine was asked, and what is in Redis. */
async function exactlyOne(keys: readonly string[], sinceMs: number): Promise<void> {
  const { sweeps } = watch;
  const asked = sweeps.flatMap((sweep) => [...sweep.asked.values()]);
  const wrong = asked.filter((times) => times !== 1).length + sweeps.filter((one) => one.asked.size !== CONTAINERS).length;
  const samples = makeSamples(client);
  const counts = await Promise.all(keys.map(async (key) => (await samples.read(key, sinceMs, Date.now() + 60_000)).length));
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  console.log(`  sweeps: ${sweeps.map(({ fromMs, toMs }) => seconds(toMs - fromMs)).join(', ')}`);
  console.log(`  ${sweeps.length} sweeps; samples a container: ${least} to ${most}; ${wrong} asked other than once a sweep`);
  if (wrong > 0 || least !== sweeps.length || most !== sweeps.length) process.exitCode = 1;
}

async function measurePeer({ url }: FakeEngine): Promise<number> {
  const { child, output } = launch(process.execPath, ['--import', 'tsx', 'bench/agent/peer.ts', new URL(url).port, `${SECONDS}`]);
  const pid = child.pid ?? 0;
  const swept = (count: number) =>
    until(`${count} sweeps of the peer: ${output()}`, (count + 2) * SECONDS * 1_000, async () => {
      return (output().match(/swept/g) ?? []).length >= count;
    });
  try {
    await swept(1);
    const [before, fromMs] = [costOf(pid), performance.now()];
    await swept(1 + PEER_TICKS);
    return report('peer', before, costOf(pid), performance.now() - fromMs, PEER_TICKS);
  } finally {
    await endProcess(child);
  }
}

/** Gives milliseconds of CPU a sweep. */
function report(who: string, before: Cost, after: Cost, wallMs: number, sweeps: number): number {
  const cpuMs = 1_000 * (after.cpuSeconds - before.cpuSeconds);
  const share = (100 * cpuMs) / wallMs;
  const memory = `${after.rssMib.toFixed(0)} MiB (at most ${after.peakRssMib.toFixed(0)})`;
  console.log(`${who}: ${share.toFixed(1)} % of a core, ${(cpuMs / sweeps).toFixed(0)} ms of CPU a sweep, ${memory}`);
  return cpuMs / sweeps;
}

async function redisCost(): Promise<{ cpu: number; compactions: number }> {
  const [cpu, commands] = [await client.info('cpu'), await client.info('commandstats')];
  const figure = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  return {
    cpu: figure(cpu, /used_cpu_user:([\d.]+)/) + figure(cpu, /used_cpu_sys:([\d.]+)/),
    compactions: figure(commands, /cmdstat_ltrim:calls=(\d+)/),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
