import { type FakeContainer, goTime, statusOf } from './container.js';

/** A row of `/containers/json`. */
export function listRow(container: FakeContainer, nowMs: number): object {
  const { id, name, image, imageId, createdAtMs, labels } = container;
  return {
    Id: id,
    Names: [`/${name}`],
    Image: image,
    ImageID: imageId,
    Command: '/app',
    Created: Math.floor(createdAtMs / 1_000),
    Ports: [],
    Labels: labels,
    State: statusOf(container),
    Status: statusInWords(container, nowMs),
    HostConfig: { NetworkMode: 'none' },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  };
}

function statusInWords(container: FakeContainer, nowMs: number): string {
  const sinceMs = container.running ? container.startedAtMs : container.finishedAtMs;
  if (sinceMs === null) return 'Created';
  const minutes = `${Math.round((nowMs - sinceMs) / 60_000)} minutes`;
  return container.running ? `Up ${minutes}` : `Exited (${container.exitCode}) ${minutes} ago`;
}

/** An answer of `/containers/<id>/json`, without the parts that tell of disks and networks. */
export function inspectAnswer(container: FakeContainer): object {
  const { id, name, image, imageId, createdAtMs, labels, env, limitBytes, restart, restartCount } = container;
  return {
    Id: id,
    Created: goTime(createdAtMs),
    Path: '/app',
    Args: [],
    State: {
      Status: statusOf(container),
      Running: container.running,
      Paused: false,
      Restarting: false,
      OOMKilled: container.oomKilled,
      Dead: false,
      Pid: container.running ? 4_242 : 0,
      ExitCode: container.exitCode,
      Error: '',
      StartedAt: goTime(container.startedAtMs),
      FinishedAt: goTime(container.finishedAtMs),
    },
    Image: imageId,
    Name: `/${name}`,
    RestartCount: restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    HostConfig: {
      NetworkMode: 'none',
      RestartPolicy: { Name: restart, MaximumRetryCount: 0 },
      Memory: limitBytes ?? 0,
      MemorySwap: limitBytes ?? 0,
    },
    Mounts: [],
    Config: { Hostname: id.slice(0, 12), Env: env, Cmd: null, Image: image, Entrypoint: ['/app'], Labels: labels },
    NetworkSettings: { Ports: portsOf(container), Networks: {} },
  };
}

function portsOf({ published }: FakeContainer): object {
  const entries = published.map(({ port, hostPort }) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(hostPort) }]]);
  return Object.fromEntries(entries);
}
