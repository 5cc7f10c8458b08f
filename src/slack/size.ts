const UNIT_BYTES: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
/** More than any host has. */
const MAX_BYTES = 2 ** 50;

/**
 * A size as people type it, in bytes: `400 MiB`, `1.5 GiB`, `512m`, `1,023 MB`. As in `docker run --memory` every unit is binary.
 * Null when it is none, has no unit, or is zero. A comma before three digits groups them; any other is a decimal point.
 */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt])(?:i?b)?$/i.exec(
    text
      .trim()
      .replace(/,(?=\d{3}(?!\d))/g, '')
      .replace(',', '.'),
  );
  const bytes = match ? Number(match[1]) * (UNIT_BYTES[String(match[2]).toLowerCase()] ?? Number.NaN) : 0;
  return bytes > 0 && bytes < MAX_BYTES ? Math.round(bytes) : null;
}

/** A rate in bytes per hour: `60 MiB/h`; a bare size is one too. */
export function parseRate(text: string): number | null {
  return parseSize(text.trim().replace(/\s*(?:\/|per|an)\s*h(?:our)?$/i, ''));
}
