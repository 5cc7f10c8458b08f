import { BlockList, isIP } from 'node:net';
import type { ContainerAddresses } from '../../model/profiler.js';

/** An address of a container, as it is dialled: digits, never a name that somebody could answer for. */
export type Dial = { readonly ip: string; readonly port: number };

/**
 * Where no profile is: link-local (169.254.169.254 and fd00:ec2::254 hand out a cloud's credentials; the others are what further
 * clouds use for it), nobody in particular, groups.
 */
const REFUSED = new BlockList();
for (const [net, bits] of [
  ['169.254.0.0', 16],
  ['0.0.0.0', 8],
  ['192.0.0.0', 24],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['224.0.0.0', 3],
] as const)
  REFUSED.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
  ['ff00::', 8],
  ['::', 96],
  ['64:ff9b::', 96],
  ['2002::', 16],
] as const)
  REFUSED.addSubnet(net, bits, 'ipv6');
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');

/**
 * How a port of a container may be reached, the nearest first: its own addresses, then where it is published. What is no plain
 * address, or one that is refused, is left out; loopback only as a published address: a container's own would be ours.
 */
export function dialsOf({ ips, published }: ContainerAddresses, port: number): Dial[] {
  const own = ips.filter((ip) => isFine(ip) && !isIn(LOOPBACK, ip)).map((ip) => ({ ip, port }));
  const outside = published.filter((one) => one.port === port && isFine(one.ip));
  const dials = [...own, ...outside.map(({ ip, hostPort }) => ({ ip, port: hostPort }))].filter((dial) => isPort(dial.port));
  return [...new Map(dials.map((dial) => [urlOf(dial, ''), dial])).values()];
}

/** Whether an address is one in digits, and none of those that are refused; a v4 address in the clothes of a v6 one is what it is. */
function isFine(ip: string): boolean {
  return isIP(ip) !== 0 && !ip.includes('%') && !isIn(REFUSED, ip);
}

function isIn(list: BlockList, ip: string): boolean {
  return list.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

export function urlOf({ ip, port }: Dial, path: string): string {
  return `http://${isIP(ip) === 6 ? `[${ip}]` : ip}:${port}${path}`;
}
