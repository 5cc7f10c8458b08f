import { BELOW_THRESHOLD } from '../../model/massif.js';

/** Where memory is asked for. `line` 0: nobody knows. */
export type Site = { readonly function: string; readonly file: string | null; readonly line: number };

/** Versions before 3.11 wrote `01.00%`; some locales write a comma. */
const BELOW = /^in \d+ places?, (?:all )?below massif's threshold \(\d+[.,]\d+%\)$/;
const ADDRESS = /^(0x[0-9A-Fa-f]+): /;
const LINE = /:(\d{1,9})\)$/;

/**
 * Decodes what stands behind a node's bytes:
 *
 *     0x109193: cache_put(Key const&) (leak.c:5)        function, file, line
 *     0x401AB77: std::sort<…>() (in /usr/lib/libx.so)   function, object
 *     0x401AB77: ??? (in /usr/lib/ld-linux.so.2)        the address is all that tells such places apart
 *     in 2 places, all below massif's threshold (1.00%)
 *
 * Anything else is a function's name as it is; `#` belongs to it (`{lambda()#1}`).
 */
export function decodeLabel(label: string): Site {
  if (BELOW.test(label)) return { function: BELOW_THRESHOLD, file: null, line: 0 };
  const [lead = '', address] = ADDRESS.exec(label) ?? [];
  const { place, file, line } = splitPlace(label.slice(lead.length));
  return { function: place === '???' && address ? `??? (${address})` : place, file, line };
}

/** Massif ends every file with a line end, so a last line without one may be cut off: not when it is one of these to its last letter. */
export function isWholeLabel(label: string): boolean {
  return BELOW.test(label) || (ADDRESS.test(label) && splitPlace(label.replace(ADDRESS, '')).file !== null);
}

function splitPlace(text: string): { place: string; file: string | null; line: number } {
  const numbered = LINE.exec(text);
  const open = numbered ? text.lastIndexOf(' (') : text.lastIndexOf(' (in ');
  if (open < 0 || !text.endsWith(')')) return { place: text, file: null, line: 0 };
  if (!numbered) return { place: text.slice(0, open), file: text.slice(open + 5, -1), line: 0 };
  return { place: text.slice(0, open), file: text.slice(open + 2, numbered.index), line: Number(numbered[1]) };
}
