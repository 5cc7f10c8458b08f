/** Figures as Docker writes them, so that they can be held beside `docker stats` and pasted into a command. Every function is total. */
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;
const [MIB, GIB] = [2 ** 20, 2 ** 30];

/** What is more than these is no figure of a container. */
const [MOST_BYTES, MOST_SHARE] = [2 ** 63, 1e4];

/** `38.5MiB`: four digits (docker/go-units `BytesSize`, `%.4g`). */
export function binarySize(bytes: number): string {
  return sizeIn(bytes, 1024, BINARY, 4);
}

/** `4.1kB`: three digits (docker/go-units `HumanSizeWithPrecision(…, 3)`): of traffic. */
export function decimalSize(bytes: number): string {
  return sizeIn(bytes, 1000, DECIMAL, 3);
}

function sizeIn(bytes: number, base: number, units: readonly string[], digits: number): string {
  if (!(bytes >= 0 && bytes < MOST_BYTES)) return '–';
  let [size, unit] = [Math.round(bytes), 0];
  while (size >= base && unit < units.length - 1) {
    size /= base;
    unit += 1;
  }
  return `${Number(size.toPrecision(digits))}${units[unit] ?? ''}`;
}

/** `12.34%`. */
export function percentage(share: number | undefined): string {
  return share !== undefined && share >= 0 && share < MOST_SHARE ? `${(100 * share).toFixed(2)}%` : '–';
}

/** `640m`, `2g`: as `--memory` and `mem_limit` take it. Whole MiB. */
export function limitSize(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  return bytes >= GIB && bytes % GIB === 0 ? `${bytes / GIB}g` : `${Math.ceil(bytes / MIB)}m`;
}

/** What Docker takes as a name of a container; anything else is named by its id, because people paste what we show into a shell. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$/;
const ID = /^[0-9a-f]{12,}$/;

/** Safe in a shell; undefined when neither name nor id is. */
export function containerWord(name: string, id: string): string | undefined {
  if (NAME.test(name)) return name;
  return ID.test(id) ? id.slice(0, 12) : undefined;
}
