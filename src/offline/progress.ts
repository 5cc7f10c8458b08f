/** Standard error, or what a test puts in its place. */
export type Terminal = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

/** More often nobody reads it. */
const EVERY_MS = 250;
const CLEAR = '\r\u001b[K';
/** Before this share of the file an estimate of the rest is a guess. */
const EARLIEST = 0.01;

/** What is done one by one, and what all of it is. */
type Counted = { readonly many: string; readonly of: string };
const IN_FILE: Counted = { many: 'series', of: 'the file' };

export type Progress = {
  /** `lines` are done; `share` of all, where that is known. */
  at(lines: number, share: number | null): void;
  /** Said at once, before anything is done: that something is waited for. */
  wait(words: string): void;
  /** Before anything else is written: takes the line off the terminal. */
  clear(): void;
};

/**
 * One line on a terminal that says how far it is, and nothing at all anywhere else:
 *
 *     12 done · 3.4 series/s · 41 % of the file · about 2 min left
 */
export function makeProgress(stream: Terminal, nowMs: () => number, { of, many }: Counted = IN_FILE): Progress {
  if (!stream.isTTY) return { at: () => {}, wait: () => {}, clear: () => {} };
  const startMs = nowMs();
  let [shownMs, shown] = [startMs, false];
  return {
    at(lines, share) {
      const now = nowMs();
      if (now - shownMs < EVERY_MS) return;
      [shownMs, shown] = [now, true];
      stream.write(`${CLEAR}${words(lines, share, now - startMs, { of, many }).slice(0, (stream.columns || 80) - 1)}`);
    },
    wait(said) {
      shown = true;
      stream.write(`${CLEAR}${said.slice(0, (stream.columns || 80) - 1)}`);
    },
    clear() {
      if (shown) stream.write(CLEAR);
      shown = false;
    },
  };
}

function words(lines: number, share: number | null, ms: number, { of, many }: Counted): string {
  const rate = (1_000 * lines) / ms;
  const said = [`${lines} done`, `${Number(rate.toPrecision(2))} ${many}/s`];
  if (share !== null) said.push(`${Math.floor(100 * share)} % of ${of}`);
  if (share !== null && share >= EARLIEST) said.push(`about ${inWords((ms * (1 - share)) / share)} left`);
  return said.join(' · ');
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 100) return `${seconds} s`;
  return seconds < 6_000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
