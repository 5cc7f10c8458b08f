import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { startEngine } from '../test/support/parts/engine.js';
import { startWorkspace } from '../test/support/slack/workspace.js';
import { check, checkExec } from './compose/checks.js';
import { buildImages } from './compose/images.js';
import { type Compose, makeStack } from './compose/stack.js';
import { buildModule } from './live/go-module.js';

/**
 * `npm run bench -- compose [v1|v2]`: what a team has that has nothing. A fresh clone of what is committed, `.env` filled in, and `docker compose --profile demo
 * up -d` by Compose 1.29 and by v2, on a real engine; then everything that docker-compose.yml promises is looked at, with Slack's double as the
 * only part that is not in a container. Images are of the same names and of the real programs; the filter and Grafana are stand-ins
 * (`compose/stand-ins.ts`). Ends with 1 when something is not so. Needs root, Go 1.24 and, the first time, ten minutes.
 */
const NETWORK = 'leakwatch-proof-outside';
const run = promisify(execFile);
const log = (line: string) => console.log(`• ${line}`);

const v2 = { module: 'github.com/docker/compose/v2/cmd@v2.40.3', package: 'github.com/docker/compose/v2/cmd' };
const COMPOSES: Readonly<Record<string, () => Promise<Compose>>> = {
  v1: async () => ({ name: 'Compose 1.29', command: ['docker-compose'] }),
  v2: async () => ({ name: 'Compose 2.40', command: [await buildModule({ name: 'compose', ...v2 })] }),
};
const wanted = process.argv.slice(2);
const { socket, stop, root } = await startEngine(log);
const docker = new Docker({ socketPath: socket });
try {
  if (socket === '/var/run/docker.sock')
    throw new Error('This machine has an engine, and its images of those names would be overwritten');
  await buildImages(docker, log);
  for (const [name, find] of Object.entries(COMPOSES))
    if (wanted.length === 0 || wanted.includes(name)) await prove(await find());
} finally {
  await stop();
}

async function prove(compose: Compose): Promise<void> {
  log(`--- ${compose.name}`);
  await removeNetwork();
  await docker.createNetwork({ Name: NETWORK });
  const { IPAM } = await docker.getNetwork(NETWORK).inspect();
  const gateway = IPAM?.Config?.[0]?.Gateway;
  if (!gateway) throw new Error('the network has no address on this host');
  const workspace = await startWorkspace({ delivery: 'socket', host: gateway });
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-compose-'));
  await run('git', ['clone', '--quiet', '.', folder]);
  const stack = await makeStack(compose, { ...{ docker, folder, socket, root, workspace }, network: NETWORK });
  const parts = { stack, docker, socket, workspace, log };
  try {
    const begun = performance.now();
    const seconds = () => `${Math.round((performance.now() - begun) / 1_000)} s`;
    await stack.run('--profile', 'demo', 'build');
    log(`built after ${seconds()}`);
    await stack.run('--profile', 'demo', 'up', '-d');
    await stack.well();
    log(`up and well after ${seconds()}`);
    await check(parts);
    const before = (await stack.containers()).map(({ id }) => id).sort();
    await stack.run('--profile', 'demo', 'up', '-d');
    const after = (await stack.containers()).map(({ id }) => id).sort();
    if (String(before) !== String(after)) throw new Error('a second `up` made containers anew that had not changed');
    log(`all seen after ${seconds()}; a second \`up\` changes nothing`);
    await stack.runWithExec('--profile', 'demo', 'up', '-d');
    await stack.well();
    log(await checkExec(parts));
  } catch (error) {
    console.log(await stack.run('--profile', 'demo', 'logs', '--no-color', '--tail=20'));
    throw error;
  } finally {
    console.log(`\n${workspace.transcript(workspace.channels.ops, workspace.users.ana)}\n`);
    await stack.runWithExec('--profile', 'demo', 'down', '-v', '--remove-orphans');
    await workspace.stop();
    await removeNetwork();
    await rm(folder, { recursive: true });
  }
  const left = await stack.containers();
  if (left.length > 0) throw new Error(`left behind: ${left.map(({ name }) => name).join(', ')}`);
}

async function removeNetwork(): Promise<void> {
  await docker
    .getNetwork(NETWORK)
    .remove()
    .catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 404) throw error;
    });
}
