import type { Heartbeat } from '../../src/model/host.js';
import type { Replica } from '../../src/model/replica.js';

/** A replica by its service and number, in words that a test can read: `replica('shop/api-svc', 2)`. */
export function replica(serviceId: string, number = 1, over: Partial<Replica> = {}): Replica {
  const [project, name] = serviceId.includes('/') ? serviceId.split('/') : [undefined, serviceId];
  const host = over.host ?? 'hv-01';
  return {
    key: `${host}/${serviceId}/${number}`,
    host,
    service: { id: serviceId, name: String(name), ...(project ? { project } : {}) },
    number,
    containerName: `${serviceId.replace('/', '-')}-${number}`,
    limitBytes: 256 * 2 ** 20,
    running: true,
    run: { containerId: `${number}`.padStart(64, 'ab12'), image: `${name}:1`, startedAtMs: 0 },
    labels: {},
    ...over,
  };
}

export function beat(host: string, seenAtMs: number, over: Partial<Heartbeat> = {}): Heartbeat {
  return { host, agentVersion: '0.1.0', sampleSeconds: 15, containers: 3, overCap: 0, seenAtMs, ...over };
}
