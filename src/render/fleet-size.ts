import type { Heartbeat } from '../model/host.js';
import type { Replica } from '../model/replica.js';
import { count } from './units.js';

/** `30 services, 90 replicas on 5 hosts, 2 more not running`: a batch that has ended is still known, and no part of what runs. */
export function fleetSize(replicas: readonly Replica[], beats: readonly Heartbeat[]): string {
  const running = replicas.filter((replica) => replica.running);
  const services = new Set(running.map(({ service }) => service.id)).size;
  const ended = replicas.length - running.length;
  const size = `${count(services, 'service')}, ${count(running.length, 'replica')} on ${count(beats.length, 'host')}`;
  return ended > 0 ? `${size}, ${ended} more not running` : size;
}
