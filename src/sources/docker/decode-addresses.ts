import type { ContainerAddresses } from '../../model/profiler.js';
import { asInspect, type DockerInspect } from './types.js';

const WILDCARDS = new Set(['', '0.0.0.0', '::']);

/**
 * Where a container can be reached, of an answer of `/containers/<id>/json`; null when it does not run. A port that is published on
 * all of the host's addresses is on the one that the host has in the container's network too: that one leads there from any
 * other container, and from the host.
 */
export function decodeAddresses(answer: unknown): ContainerAddresses | null {
  const { State, Config, HostConfig, NetworkSettings } = asInspect(answer);
  if (State?.Running !== true || State.Restarting === true) return null;
  const networks = Object.values(NetworkSettings?.Networks ?? {}).flatMap((one) => one ?? []);
  const gateways = networks.flatMap(({ Gateway }) => Gateway || []);
  const ports = Object.entries(NetworkSettings?.Ports ?? {});
  return {
    ips: networks.flatMap(({ IPAddress, GlobalIPv6Address }) => [IPAddress, GlobalIPv6Address].flatMap((ip) => ip || [])),
    published: ports.flatMap(([name, bindings]) => publishedOf(name, bindings ?? [], gateways)),
    exposed: [...new Set([...Object.keys(Config?.ExposedPorts ?? {}), ...ports.map(([name]) => name)].flatMap(tcpPort))],
    hostNetwork: HostConfig?.NetworkMode === 'host',
  };
}

type Bindings = NonNullable<NonNullable<NonNullable<DockerInspect['NetworkSettings']>['Ports']>[string]>;

function publishedOf(name: string, bindings: Bindings, gateways: readonly string[]): ContainerAddresses['published'] {
  return tcpPort(name).flatMap((port) =>
    bindings.flatMap((binding) => {
      const hostPort = Number(binding?.HostPort);
      const ips = WILDCARDS.has(binding?.HostIp ?? '') ? gateways : [binding?.HostIp ?? ''];
      return Number.isInteger(hostPort) && hostPort > 0 ? ips.map((ip) => ({ port, ip, hostPort })) : [];
    }),
  );
}

/** `8081/tcp` → 8081; what is no TCP port is none. */
function tcpPort(name: string): number[] {
  const port = Number(/^(\d{1,5})(?:\/tcp)?$/.exec(name)?.[1]);
  return port > 0 && port < 65_536 ? [port] : [];
}
