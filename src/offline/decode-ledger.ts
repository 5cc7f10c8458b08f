import { z } from 'zod';
import type { LedgerLine } from '../model/ledger.js';
import { TIME } from './decode-samples.js';

const BYTES = z.number('must be a number or null').nonnegative('is below 0').nullish();
const RATE = z.number('must be a number (bytes per hour)');

/** A life that has ended, as it is told: `replica` absent is the line's own, another one a sister's. */
export const LEDGER_LINE = z.object(
  {
    replica: z.string('must be a text').nullish(),
    image: z.string('must be a text').nullish(),
    imageId: z.string('must be a text').nullish(),
    startedAt: TIME,
    endedAt: TIME,
    oomKilled: z.boolean('must be true or false').nullish(),
    ...{ limitBytes: BYTES, baseBytes: BYTES, peakBytes: BYTES },
    slopeBytesPerHour: z.object({ value: RATE, low: RATE, high: RATE }, 'must be {value, low, high} or null').nullish(),
    settledMs: z.number('must be a number or null').nonnegative('is below 0').nullish(),
  },
  'must be an object {startedAt, endedAt, image?, …}',
);
type ToldLine = z.infer<typeof LEDGER_LINE>;

/** The key that the one replica of a line's service has. */
export function keyOf(id: string): string {
  return `offline/${id}/1`;
}

/** Oldest first, as the store gives them. */
export function ledgerOf(told: readonly ToldLine[], id: string): LedgerLine[] {
  return told.map((line) => toLedgerLine(line, id)).sort((a, b) => a.startedAtMs - b.startedAtMs);
}

function toLedgerLine({ replica, image, imageId, startedAt, endedAt, oomKilled, ...rest }: ToldLine, id: string): LedgerLine {
  const { limitBytes, baseBytes, peakBytes, slopeBytesPerHour, settledMs } = rest;
  return {
    ...{ replica: replica ?? keyOf(id), containerId: '', image: image ?? '', startedAtMs: startedAt, endedAtMs: endedAt },
    ...(imageId ? { imageId } : {}),
    ...{ oomKilled: oomKilled ?? false, limitBytes: limitBytes ?? null, baseBytes: baseBytes ?? null },
    ...{ peakBytes: peakBytes ?? null, slopeBytesPerHour: slopeBytesPerHour ?? null, settledMs: settledMs ?? null },
  };
}
