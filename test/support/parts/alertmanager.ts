import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { endProcess, freePort, launch, until } from './process.js';

export type GivenAlert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
};
export type HeldAlert = Required<GivenAlert> & { readonly fingerprint: string };

export type AlertmanagerPart = {
  readonly url: string;
  /** As Prometheus does. */
  fire(...alerts: GivenAlert[]): Promise<void>;
  /** What it holds and takes for firing. */
  alerts(): Promise<HeldAlert[]>;
  /** How many are in its cluster, itself among them. */
  members(): Promise<number>;
  log(): string;
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * A real Alertmanager (package `prometheus-alertmanager`) that sends everything to `webhook`, at once: its own waits are for people.
 * With `dir` and `port` it is one that was there before; with `cluster` it listens there for the others of its cluster, tells
 * them that it is at `through`, and knows `peers`.
 */
export async function startAlertmanager(
  webhook: { readonly url: string; readonly secret: string },
  before: {
    readonly dir?: string;
    readonly port?: number;
    readonly cluster?: Cluster;
  } = {},
): Promise<AlertmanagerPart & { readonly dir: string; readonly port: number }> {
  const dir = before.dir ?? (await mkdtemp(join(tmpdir(), 'leakwatch-alertmanager-')));
  const port = before.port ?? (await freePort());
  const receiver = {
    name: 'leakwatch',
    webhook_configs: [
      { url: webhook.url, send_resolved: true, http_config: { authorization: { type: 'Bearer', credentials: webhook.secret } } },
    ],
  };
  const waits = { group_wait: '100ms', group_interval: '1s', repeat_interval: '1h' };
  const route = { receiver: 'leakwatch', group_by: ['alertname', 'service'], ...waits };
  await writeFile(join(dir, 'alertmanager.yml'), stringify({ route, receivers: [receiver] }));
  const { child, output } = launch(commandOf('prometheus-alertmanager', 'alertmanager'), [
    ...[`--config.file=${join(dir, 'alertmanager.yml')}`, `--storage.path=${join(dir, 'data')}`, '--log.level=debug'],
    `--web.listen-address=127.0.0.1:${port}`,
    ...(before.cluster ? clusterOf(before.cluster) : ['--cluster.listen-address=']),
  ]);
  const url = `http://127.0.0.1:${port}`;
  await until('Alertmanager', 15_000, async () => {
    if (child.exitCode !== null) throw new Error(output());
    return (await fetch(`${url}/-/ready`)).ok;
  });
  return {
    ...{ url, dir, port },
    async fire(...alerts) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) });
      if (!answer.ok) throw new Error(`Alertmanager: ${answer.status} ${await answer.text()}`);
    },
    async alerts() {
      return (await (await fetch(`${url}/api/v2/alerts?active=true`)).json()) as HeldAlert[];
    },
    async members() {
      const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as { cluster: { peers?: readonly unknown[] } };
      return cluster.peers?.length ?? 0;
    },
    log: output,
    async kill() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      await endProcess(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

type Cluster = { readonly port: number; readonly through: number; readonly peers: readonly number[] };

/** Who is gone is known after two seconds, and who is back after one: its own times are for machines that are far away. */
function clusterOf({ port, through, peers }: Cluster): string[] {
  return [
    ...[`--cluster.listen-address=127.0.0.1:${port}`, `--cluster.advertise-address=127.0.0.1:${through}`],
    ...[
      '--cluster.settle-timeout=1s',
      '--cluster.probe-interval=300ms',
      '--cluster.probe-timeout=150ms',
      '--cluster.reconnect-interval=1s',
    ],
    ...[
      '--cluster.gossip-interval=50ms',
      '--cluster.peer-timeout=2s',
      ...peers.map((peer) => `--cluster.peer=127.0.0.1:${peer}`),
    ],
  ];
}

/** Debian calls it otherwise than its makers. */
function commandOf(...names: string[]): string {
  const folders = (process.env.PATH ?? '').split(':');
  const found = names.find((name) => folders.some((folder) => existsSync(join(folder, name))));
  if (!found) throw new Error(`${names.join(' or ')} is not installed (package ${names[0]})`);
  return found;
}
