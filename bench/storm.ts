import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../test/delivery/kill-loop.js';
import { CLEAN, checkStorm, mostWithin } from '../test/storm/storm-checker.js';
import { makeStormWorld, type StormWorld } from '../test/storm/world.js';
import { startRedis } from '../test/support/parts/redis.js';
import { startRealHost } from './storm/real-host.js';
import { type Asked, noteAsked, ticksInPeace } from './storm/ticks.js';

/**
 * A storm of SERVICES leaks, found one after the other, on two fake engines and beside a real one with CALM containers, while processes of a crew of two bots, two workers and
 * three agents are killed with `kill -9` at random, KILLS times. Then each leak must have one incident in the store, and one place
 * in Slack: a root, or the storm's message; of those on the real engine nothing is said. After that TICKS sweeps in peace: each
 * container has one sample a tick. KILLS, SERVICES, CALM, TICKS and SEED are taken from the environment.
 */
const KILLS = Number(process.env.KILLS ?? 200);
const SERVICES = Number(process.env.SERVICES ?? 100);
const CALM = Number(process.env.CALM ?? 50);
const TICKS = Number(process.env.TICKS ?? 1_000);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const SAMPLE_SECONDS = 1;
/** Between two kills, at most: half of a start. Whoever is killed may not have begun to work. */
const PAUSE_MS = 3_000;
const SETTLE_MS = 5 * 60_000;
const LOGS = '.test/storm';

const random = seeded(SEED);
await mkdir(LOGS, { recursive: true });
const asked: Asked = new Map();
const redis = await startRedis();
const real = await startRealHost('hv-real', CALM, (path) => noteAsked(asked, path));
const world = await makeStormWorld({
  redisUrl: redis.url,
  services: SERVICES,
  saidWithinMs: (KILLS * PAUSE_MS) / 2,
  sampleSeconds: SAMPLE_SECONDS,
  hosts: 2,
  another: real,
  logDir: LOGS,
  onAnswer: (path) => noteAsked(asked, path),
});
const fromMs = Date.now();
try {
  await killThem(world);
  const killedMs = Date.now();
  const settled = await settles(world);
  await tell(world, killedMs - fromMs, settled);
  if (TICKS > 0) await tellTicks(world);
} finally {
  await world.stop();
  await real.stop();
  await redis.stop();
}

async function killThem({ crew }: StormWorld): Promise<void> {
  const killed = new Map<string, number>();
  for (let n = 0; n < KILLS; n += 1) {
    await sleep(random() * PAUSE_MS);
    const names = crew.names();
    const name = names[Math.floor(random() * names.length)] ?? '';
    killed.set(name, (killed.get(name) ?? 0) + 1);
    await crew.kill(name);
  }
  const list = [...killed].sort().map(([name, times]) => `${name} ${times}`);
  console.log(`${KILLS} kills (seed ${SEED}): ${list.join(', ')}`);
}

async function settles(at: StormWorld): Promise<boolean> {
  for (const endMs = Date.now() + SETTLE_MS; Date.now() < endMs; await sleep(1_000)) if (await at.settled()) return true;
  return false;
}

async function tell({ recorded, messages, crew, ...at }: StormWorld, stormMs: number, settled: boolean): Promise<void> {
  const all = messages();
  const faults = checkStorm(await recorded(), all);
  const roots = all.filter(({ threadTs }) => !threadTs).length;
  const edits = at.workspace.callsOf('chat.update').length;
  console.log(`  ${(stormMs / 1_000).toFixed(0)} s of storm, ${((Date.now() - fromMs) / 1_000).toFixed(0)} s until all was said`);
  console.log(`  ${SERVICES} services: ${roots} messages in the channel, ${all.length - roots} in threads, ${edits} edits`);
  console.log(`  most in ten minutes: ${mostWithin(all, 600_000)}; ${crew.ended.length} ended by themselves`);
  console.log(
    `  ${Object.entries(faults)
      .map(([name, ones]) => `${ones.length} ${name}`)
      .join(', ')}`,
  );
  for (const [name, ones] of Object.entries(faults)) if (ones.length > 0) console.log(`  ${name}: ${ones.join(' ')}`);
  for (const line of [...crew.ended, ...new Set(crew.errors)]) console.log(`  ${line}`);
  if (!settled) console.log('  it did not settle');
  console.log(at.workspace.transcript(at.channel).slice(0, 6_000));
  const clean = JSON.stringify(faults) === JSON.stringify(CLEAN);
  if (!clean || !settled || crew.ended.length > 0 || crew.errors.length > 0) process.exitCode = 1;
}

async function tellTicks(at: StormWorld): Promise<void> {
  const hosts = await ticksInPeace(at, real, asked, TICKS * SAMPLE_SECONDS * 1_000);
  console.log(`${TICKS} ticks of ${SAMPLE_SECONDS} s in peace, ${SERVICES + CALM} containers:`);
  for (const { host, sweeps, samples, uneven } of hosts)
    console.log(`  ${host}: ${sweeps} sweeps, ${samples} samples; ${uneven} containers with other than one a sweep`);
  if (hosts.some(({ uneven, sweeps }) => uneven > 0 || sweeps === 0)) process.exitCode = 1;
}
