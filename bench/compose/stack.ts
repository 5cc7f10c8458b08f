import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { until } from '../../test/support/parts/process.js';
import type { Workspace } from '../../test/support/slack/workspace.js';

const PROJECT = 'leakwatch-proof';
export const SECRET = 'a-secret-of-24-characters';

export type Compose = { readonly name: string; readonly command: readonly string[] };
export type Container = { readonly id: string; readonly service: string; readonly name: string; readonly address: string };
export type Stack = Awaited<ReturnType<typeof makeStack>>;

/**
 * What somebody has who cloned the project into `folder` and filled in `.env`: `compose` there, with one file more that says where Slack and this
 * engine's socket are. `network` is the way out, and exists.
 */
export async function makeStack(
  compose: Compose,
  {
    docker,
    folder,
    socket,
    root,
    workspace,
    network,
  }: {
    readonly docker: Docker;
    readonly folder: string;
    readonly socket: string;
    readonly root: string;
    readonly workspace: Workspace;
    readonly network: string;
  },
) {
  const { gid } = await stat(socket);
  await writeFile(join(folder, '.env'), envOf(workspace, gid));
  await writeFile(join(folder, 'here.yml'), overOf(workspace, socket, root, network));
  await writeFile(join(folder, 'here-exec.yml'), JSON.stringify({ services: { 'exec-filter': filterOf(socket) } }));
  const files = ['-p', PROJECT, '-f', 'docker-compose.yml', '-f', 'here.yml'];
  const run = async (...words: readonly string[]) => {
    const [program = '', ...first] = compose.command;
    const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_BUILDKIT: '0' };
    const { stdout, stderr } = await promisify(execFile)(program, [...first, ...files, ...words], {
      ...{ cwd: folder, env, maxBuffer: 2 ** 26 },
    });
    return `${stdout}${stderr}`;
  };
  const containers = async (): Promise<Container[]> => {
    const filters = { label: [`com.docker.compose.project=${PROJECT}`] };
    const found = await docker.listContainers({ all: true, filters });
    return found.map(({ Id, Labels, Names, NetworkSettings }) => ({
      ...{ id: Id, service: Labels['com.docker.compose.service'] ?? '', name: Names[0]?.slice(1) ?? '' },
      address: Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '',
    }));
  };
  const one = async (service: string): Promise<Container> => {
    const found = (await containers()).find((container) => container.service === service);
    if (!found) throw new Error(`${service} is not there`);
    return found;
  };
  return {
    ...{ run, containers, one },
    /** The same with commands in containers. */
    runWithExec: (...words: readonly string[]) => run('-f', 'deploy/exec.compose.yml', '-f', 'here-exec.yml', ...words),
    /** All are up, and those that say how they are are well. */
    async well(): Promise<void> {
      await until('all to be well', 240_000, async () => {
        const states = await Promise.all(
          (await containers()).map(async ({ id, name }) => ({ name, ...(await docker.getContainer(id).inspect()).State })),
        );
        const bad = states.filter(({ Running, Health }) => !Running || (Health && Health.Status !== 'healthy'));
        if (bad.length > 0)
          throw new Error(bad.map(({ name, Status, Health }) => `${name} ${Status} ${Health?.Status ?? ''}`).join(', '));
        return states.length > 0;
      });
    },
    /** JSON of a service's own HTTP, from this host. */
    async ask(service: string, port: number, path: string, init: RequestInit = {}): Promise<unknown> {
      const { address } = await one(service);
      const response = await fetch(`http://${address}:${port}${path}`, init);
      const text = await response.text();
      if (!response.ok) throw new Error(`${service} ${path}: ${response.status} ${text.slice(0, 300)}`);
      return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
    },
  };
}

function envOf(workspace: Workspace, gid: number): string {
  return [
    ...[`SLACK_BOT_TOKEN=${workspace.botToken}`, `SLACK_APP_TOKEN=${workspace.appToken}`, `DOCKER_GID=${gid}`],
    ...[`LEAKWATCH_WEBHOOK_SECRET=${SECRET}`, `LEAKWATCH_CHANNEL=${workspace.channels.ops}`, 'LEAKWATCH_HOST=hv-01'],
    ...[`LEAKWATCH_OPERATORS=${workspace.users.ana}`, 'GRAFANA_URL=http://127.0.0.1:3001', ''],
  ].join('\n');
}

function overOf(workspace: Workspace, socket: string, root: string, network: string): string {
  const slack = { environment: { SLACK_API_URL: workspace.apiUrl } };
  const filter = filterOf(socket);
  // JSON is YAML, too.
  return JSON.stringify({
    services: {
      ...{ bot: slack, worker: slack, 'docker-filter': filter, 'cadvisor-filter': filter },
      cadvisor: { volumes: [`${root}/image:${root}/image:ro`] },
    },
    networks: { outside: { external: true, name: network } },
  });
}

function filterOf(socket: string) {
  return { volumes: [`${socket}:/var/run/docker.sock:ro`] };
}
