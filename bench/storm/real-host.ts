import { randomUUID } from 'node:crypto';
import Docker from 'dockerode';
import { buildGoImage, removeContainers, runContainer } from '../../test/support/parts/containers.js';
import { startEngine } from '../../test/support/parts/engine.js';
import { MEMORY_IMAGE } from '../../test/support/parts/programs.js';
import { startRecordingProxy } from '../../test/support/parts/recording-proxy.js';

const HELD_MIB = 4;
const LIMIT_MIB = 64;

export type RealHost = Awaited<ReturnType<typeof startRealHost>>;

/** A real Docker Engine with so many small containers that do not leak, each a service; `onAsked` is told what the engine is asked. */
export async function startRealHost(host: string, count: number, onAsked: (path: string) => void) {
  const engine = await startEngine(console.log);
  const docker = new Docker({ socketPath: engine.socket });
  const runId = randomUUID();
  const proxy = await startRecordingProxy(engine.socket, undefined, onAsked);
  async function stop(): Promise<void> {
    await proxy.stop();
    await removeContainers(docker, runId);
    await engine.stop();
  }
  try {
    await buildGoImage(docker, MEMORY_IMAGE, console.log);
    const containers: { id: string; key: string }[] = [];
    for (let n = 1; n <= count; n += 1) {
      const name = `calm-${n}`;
      const labels = {
        ...{ 'com.docker.compose.project': runId, 'com.docker.compose.service': name },
        'com.docker.compose.container-number': '1',
      };
      const limits = { memoryBytes: LIMIT_MIB * 2 ** 20, env: { HOLD_MIB: `${HELD_MIB}` } };
      const { id } = await runContainer(docker, { image: MEMORY_IMAGE.tag, name: `${runId}-${n}`, runId, labels, ...limits });
      containers.push({ id, key: `${host}/${runId}/${name}/1` });
    }
    return { host, dockerHost: proxy.url, containers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
