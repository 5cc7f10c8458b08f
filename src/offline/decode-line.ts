import { z } from 'zod';
import type { LedgerLine } from '../model/ledger.js';
import type { Run } from '../model/replica.js';
import type { Samples } from '../model/sample.js';
import { LEDGER_LINE, ledgerOf } from './decode-ledger.js';
import { livesOf } from './decode-runs.js';
import { type Decoded, decodeSamples, FIGURE, limitFrom, SAMPLE, TIME } from './decode-samples.js';
import { harmless, isProblem, type Problem } from './problem.js';

/** One memory history: a service with one replica. */
export type History = {
  readonly id: string;
  readonly limitBytes: number | null;
  /** Oldest first, each time once. */
  readonly samples: Samples;
  /** All lives, oldest first, also those that begin after the last sample; never empty. */
  readonly lives: readonly Run[];
  /** Lives that have ended, of this replica and its sisters, oldest first; absent: nothing is known of them. */
  readonly ledger?: readonly LedgerLine[];
  readonly leftOut: Decoded['leftOut'];
};

const RUN = z.object(
  {
    startedAt: TIME,
    image: z.string('must be a text').nullish(),
    imageId: z.string('must be a text').nullish(),
    oomKilled: z.boolean('must be true or false').nullish(),
  },
  'must be an object {startedAt, image?, oomKilled?}',
);
const LINE = z.object(
  {
    id: z.string('must be a text').min(1, 'is empty').max(1_000, 'is longer than 1,000 characters'),
    intervalSec: z.number('must be a number of seconds').positive('must be above 0').nullish(),
    limitBytes: FIGURE,
    samples: z.array(SAMPLE, 'must be a list'),
    restarts: z.array(TIME, 'must be a list of times (Unix ms)').nullish(),
    runs: z.array(RUN, 'must be a list').nullish(),
    ledger: z.array(LEDGER_LINE, 'must be a list').nullish(),
  },
  'must be a JSON object',
);

/** A line of input as a history, or what is wrong with it. Fields that are not known are left alone. */
export function decodeLine(text: string): History | Problem {
  const json = parse(text);
  if (isProblem(json)) return json;
  const { data: line, error } = LINE.safeParse(json.value);
  if (!line) return { problem: problemOf(error.issues[0]) };
  const { samples, leftOut } = decodeSamples(line.samples);
  const starts = line.runs ?? line.restarts?.map((startedAt) => ({ startedAt })) ?? [];
  const limitBytes = limitFrom(line.limitBytes ?? null);
  const noLimit = limitBytes === undefined ? { count: 0, first: `limitBytes: ${line.limitBytes} is not possible` } : null;
  return {
    id: line.id,
    limitBytes: limitBytes ?? null,
    samples,
    lives: livesOf(starts, samples.at(0)?.t ?? null),
    ...(line.ledger ? { ledger: ledgerOf(line.ledger, line.id) } : {}),
    leftOut: noLimit ?? leftOut,
  };
}

function parse(text: string): { value: unknown } | Problem {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // The parser's own words: where, and what is there (`Unexpected token 'N', ..."anon": NaN, "f"... is not valid JSON`).
    return { problem: `is not JSON: ${harmless(error instanceof Error ? error.message : String(error), 200)}` };
  }
}

function problemOf(issue: z.core.$ZodIssue | undefined): string {
  const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${path === '' ? '' : `${path.replace(/^\./, '')}: `}${issue?.message ?? 'is not understood'}`;
}
