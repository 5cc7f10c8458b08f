import { codeBlock, columns } from './columns.js';
import { binarySize, decimalSize, percentage } from './docker-figures.js';
import { duration } from './times.js';
import type { TopRow } from './top-order.js';
import { signedRate } from './units.js';

/** With the spaces between them 40 columns: as many monospaced letters as fit a phone held upright. */
const WIDTHS = [15, 4, 9, 9];
export const NAME_WIDTH = 15;
const WIDTH = 40;

/**
 * Three lines a replica, because the columns of `docker stats` beside each other are wider than two phones: what it comes to, its
 * memory and CPU, its traffic where the engine tells of any. A dash stands for what it does not give.
 *
 *     api-svc #7        12    +41M/h    2 h 50
 *      396.2MiB/512MiB 77.38% cpu 8.85%
 *      net 1.24GB/3.51GB io 0B/1.62GB
 */
export function topTable(rows: readonly TopRow[], nowMs: number): string {
  const head = [
    ...columns(WIDTHS, [['service', 'pids', 'grows', 'out in']]),
    ...columns([WIDTH], [[' mem usage/limit, mem %, cpu %']]),
    ...columns([WIDTH], [[' net i/o, block i/o']]),
  ];
  return codeBlock([...head, ...rows.flatMap((row) => lines(row, nowMs))]);
}

function lines({ name, one, stats }: TopRow, nowMs: number): string[] {
  const { cpuShare, memoryBytes, limitBytes = null, pids } = stats ?? {};
  const share = memoryBytes === undefined || limitBytes === null ? undefined : memoryBytes / limitBytes;
  const memory = `${size(memoryBytes, binarySize)}/${limitBytes === null ? 'no limit' : binarySize(limitBytes)}`;
  const net = pair(stats?.netRxBytes, stats?.netTxBytes);
  const block = pair(stats?.blkReadBytes, stats?.blkWriteBytes);
  return [
    ...columns(WIDTHS, [[name, pids === undefined ? '–' : String(pids), growth(one), left(one, nowMs)]]),
    ...columns([WIDTH], [[` ${memory} ${percentage(share)} cpu ${percentage(cpuShare)}`]]),
    ...(net === '–' && block === '–' ? [] : columns([WIDTH], [[` net ${net} io ${block}`]])),
  ];
}

/** `+41M/h`, `?+19M/h` of what has grown but not as a leak does, `0`, `?` of what is not judged. */
function growth({ verdict, growthBytesPerHour: rate }: TopRow['one']): string {
  if (verdict === 'unknown') return '?';
  if (verdict === 'stable' || !rate) return '0';
  const words = signedRate(rate.value).replace('iB/h', '/h').replace(' ', '');
  return verdict === 'suspicious' ? `?${words}` : words;
}

function left({ verdict, limitAtMs }: TopRow['one'], nowMs: number): string {
  if (!limitAtMs || verdict === 'stable' || verdict === 'unknown') return '–';
  return limitAtMs.value <= nowMs ? 'now' : duration(limitAtMs.value - nowMs).replace('over a year', 'years');
}

function pair(one: number | undefined, other: number | undefined): string {
  return one === undefined && other === undefined ? '–' : `${size(one, decimalSize)}/${size(other, decimalSize)}`;
}

function size(bytes: number | undefined, words: (bytes: number) => string): string {
  return bytes === undefined ? '–' : words(bytes);
}
