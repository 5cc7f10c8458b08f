import type { Chart } from '../model/chart.js';
import type { Massif, MassifSnapshot } from '../model/massif.js';
import { COLOUR, FILL, line, options } from './chart-style.js';
import { titleLines } from './chart-words.js';
import { MAX_ALT_TEXT } from './limits.js';
import { highestOf, massifTime, totalBytes } from './massif-words.js';
import { clip, visible } from './text.js';
import { bytes } from './units.js';

/** A step for each eight pixels of the picture. */
const STEPS = 200;
const [KIB, MIB, GIB] = [2 ** 10, 2 ** 20, 2 ** 30];

export type MassifPicture = Pick<Massif, 'snapshots' | 'peak' | 'timeUnit'> & {
  readonly name: string;
  /** The first and the last that were compared, by index. */
  readonly from: number | null;
  readonly to: number | null;
};

/**
 * Memory over Massif's own time, with the peak marked and the two snapshots whose trees were compared. Null: fewer than two snapshots.
 *
 *      MiB│          ◆ peak
 *         │     ▁▃▅▇██▇▅▆      what is held between snapshots nobody knows: the step before goes on
 *         │ ▂▄▆█████████●
 *         └──────────────
 */
export function massifChart({ snapshots, peak, timeUnit, name, from, to }: MassifPicture): Chart | null {
  const [first, last] = [snapshots[0], snapshots.at(-1)];
  const high = highestOf(snapshots, peak);
  if (!first || !last || !high || snapshots.length < 2 || last.time <= first.time) return null;
  const most = totalBytes(high);
  const [size, unit] = most >= 1.5 * GIB ? [GIB, 'GiB'] : most >= 1.5 * MIB ? [MIB, 'MiB'] : [KIB, 'KiB'];
  const at = ({ time }: MassifSnapshot) => Math.min(STEPS, Math.round(((time - first.time) / (last.time - first.time)) * STEPS));
  const value = (snapshot: MassifSnapshot) => Math.round((totalBytes(snapshot) / size) * 1_000) / 1_000;
  const compared = snapshots.filter(({ index }) => index === from || index === to);
  const point = (label: string, marked: readonly MassifSnapshot[], colour: string, pointStyle: string) =>
    line(label, placed(marked, at, value), colour, { showLine: false, pointRadius: 9, pointStyle, order: -1 });
  const title = `${clip(visible(name), 60)}: ${bytes(totalBytes(first))} → ${bytes(totalBytes(last))}`;
  const highWords = `${peak === null ? 'highest' : 'peak'} ${bytes(most)} at ${massifTime(high.time, timeUnit)}`;
  const notes = [`${snapshots.length} snapshots of Massif; ${highWords}`];
  return {
    title,
    altText: clip([title, ...notes, `ends at ${massifTime(last.time, timeUnit)}`].join('; '), MAX_ALT_TEXT),
    config: {
      type: 'line',
      data: {
        labels: timeLabels(first.time, last.time, timeUnit),
        datasets: [
          line('heap and allocator', held(snapshots, at, value), COLOUR.anon, {
            ...{ borderWidth: 5, pointRadius: 0, fill: 'origin', backgroundColor: FILL.anon },
          }),
          point(peak === null ? 'highest' : 'peak', [high], COLOUR.limit, 'rectRot'),
          ...(compared.length > 0 ? [point('compared', compared, COLOUR.onset, 'circle')] : []),
        ],
      },
      options: options(titleLines(title), notes, unit),
    },
  };
}

type Place = (snapshot: MassifSnapshot) => number;
type Column = (number | null)[];

/** The highest of each step; where there is no snapshot, what the last one said. */
function held(snapshots: readonly MassifSnapshot[], at: Place, value: Place): Column {
  const cells = placed(snapshots, at, value);
  let last: number | null = null;
  return cells.map((cell) => {
    last = cell ?? last;
    return last;
  });
}

function placed(snapshots: readonly MassifSnapshot[], at: Place, value: Place): Column {
  const cells: Column = Array.from({ length: STEPS + 1 }, () => null);
  for (const snapshot of snapshots) cells[at(snapshot)] = Math.max(cells[at(snapshot)] ?? 0, value(snapshot));
  return cells;
}

/** Beginning, middle and end. */
function timeLabels(from: number, to: number, unit: Massif['timeUnit']): string[] {
  const short = (time: number) => massifTime(time, unit).replace(/ (?:allocated and freed|instructions)$/, '');
  const ends = new Map([0, STEPS / 2, STEPS].map((step) => [step, short(from + ((to - from) * step) / STEPS)]));
  return Array.from({ length: STEPS + 1 }, (_, step) => ends.get(step) ?? '');
}
