const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const TIMES: readonly (readonly [string, number])[] = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
];

/**
 * A value of a heap to read, three digits of it: `2.94 MiB`, `+700`, `-12 KiB`. Bytes and nanoseconds are known; anything else
 * keeps its own unit. Signed: a difference, with a plus where it is one.
 */
export function sizeWords(value: bigint, unit: string, sign: 'plain' | 'signed' = 'plain'): string {
  const size = Math.abs(Number(value));
  const mark = value < 0n ? '-' : sign === 'signed' && value > 0n ? '+' : '';
  return `${mark}${words(size, unit)}`;
}

function words(size: number, unit: string): string {
  if (unit === 'bytes') {
    const step = size < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(size) / 10));
    return `${digits(size / 1024 ** step)} ${SIZES[step]}`;
  }
  if (unit === 'nanoseconds') {
    const [name, scale] = TIMES.find(([, least]) => size >= least) ?? ['ns', 1];
    return `${digits(size / scale)} ${name}`;
  }
  return unit === 'count' ? String(size) : `${size} ${unit}`;
}

function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
