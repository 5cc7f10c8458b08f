import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';

/**
 * What one would write first: dockerode as it is, the list and then `stats` of each container, 50 at a time, every 15 s; the
 * figures are added up and nothing is kept. Arguments: port of the engine, seconds between two sweeps.
 */
const [port, seconds] = process.argv.slice(2).map(Number);
const docker = new Docker({ host: '127.0.0.1', port, protocol: 'http' });
const AT_ONCE = 50;

for (;;) {
  const begunMs = performance.now();
  const queue = (await docker.listContainers()).values();
  let usage = 0;
  const work = async () => {
    for (const { Id } of queue) {
      const stats = await docker.getContainer(Id).stats({ stream: false, 'one-shot': true });
      usage += stats.memory_stats.usage;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log(`swept ${usage}`);
  await sleep(1_000 * (seconds ?? 15) - (performance.now() - begunMs));
}
