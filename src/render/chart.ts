import type { Assessment, Series, ServiceAssessment } from '../model/assessment.js';
import type { Chart } from '../model/chart.js';
import type { Replica } from '../model/replica.js';
import { isBytes, usedOf } from '../model/sample.js';
import {
  CACHE,
  type Curve,
  FAR,
  highest,
  type LeakingPart,
  MAX_REPLICAS,
  mainOf,
  othersOf,
  partOf,
  partsOf,
  type Scene,
  samplesOf,
  seriesOf,
} from './chart-curves.js';
import type { Ending } from './chart-ending.js';
import { drawable, gridOf, labels } from './chart-grid.js';
import { beginningOf, fixOf, onsetOf, startsOf } from './chart-marks.js';
import { COLOUR, line, options } from './chart-style.js';
import { trendOf } from './chart-trend.js';
import { altText, notesOf, titleLines, titleOf } from './chart-words.js';
import { limitOf } from './memory.js';
import { visible } from './text.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** The trend runs on for a fifth of the time seen, or to the limit if that is nearer. */
const AHEAD = 0.2;

/**
 * The picture of an answer: the part that leaks (else anon) of the replica that matters most, filled; its page cache and other
 * parts beside it, the limit, the shape that won and where it leads, onset, deploy and restarts as marks, the other replicas thin.
 * With an `ending` it is the last one of an incident: how it grew, what ended it, and the calm after that. The limit is drawn when
 * it is at most four times as high as the main curve, or no higher than half above all that is drawn; else the title and a note say
 * it. Null with fewer than two samples. `said`: a title of the caller's, in place of one about the present.
 */
export function chartOf(
  assessment: ServiceAssessment,
  series: readonly Series[],
  nowMs: number,
  { said, ending }: { readonly said?: string; readonly ending?: Ending | undefined } = {},
): Chart | null {
  const scene = sceneOf(assessment, series, ending);
  if (!scene) return null;
  const { subject, samples, grid, part } = scene;
  const room = roomOf(subject, part);
  const [main, trend, others] = [mainOf(scene), trendOf(scene, room), othersOf(scene)];
  const top = highest([main, ...trend]);
  const parts = partsOf(scene, top);
  const drawn = highest([main, ...trend, ...parts, ...others]);
  const limits = room !== null && room <= Math.max(FAR * top, 1.5 * drawn) ? [limitCurve(room, part, grid.size)] : [];
  const tallest = highest([{ values: [drawn] }, ...limits]);
  const [size, unit] = tallest >= 1.5 * GIB ? [GIB, 'GiB'] : [MIB, 'MiB'];
  const marks = [...onsetOf(scene, tallest), ...fixOf(scene, tallest), ...startsOf(scene, tallest)];
  const curves = [...limits, ...trend, main, ...parts, ...others, ...marks];
  const title = said === undefined ? titleOf(assessment, subject, part, ending) : visible(said);
  const cacheDrawn = parts.some(({ label }) => label === CACHE);
  const beginning = beginningOf(scene);
  const drawnOf = said === undefined ? 1 : assessment.replicas.length;
  const notes = notesOf(subject, beginning, { nowMs, limitDrawn: limits.length > 0, cacheDrawn, ending, drawnOf });
  return {
    title,
    altText: altText({ assessment, subject, part, beginning, ending }, samples, nowMs),
    config: {
      type: 'line',
      data: {
        labels: labels(grid),
        datasets: curves.map((curve) => line(curve.label, inUnit(curve, size), curve.colour, curve.style)),
      },
      options: options(titleLines(title), notes, unit),
    },
  };
}

/**
 * The replicas whose series a chart may be made of: `chartOf` needs no others. All of them while they are few enough to be
 * drawn, else those that may be its subject.
 */
export function chartedReplicas({ replicas, soonest, fastest }: ServiceAssessment): Replica[] {
  if (replicas.length <= MAX_REPLICAS) return replicas.map(({ replica }) => replica);
  const most = replicas.reduce((best, one) => (one.window.samples > best.window.samples ? one : best));
  const wanted = [soonest, fastest, most].flatMap((one) => (one ? [one.replica] : []));
  return [...new Map(wanted.map((replica) => [replica.key, replica])).values()];
}

function sceneOf(assessment: ServiceAssessment, series: readonly Series[], ending: Ending | undefined): Scene | null {
  const subject = ending ? highestOf(assessment, series) : subjectOf(assessment, series);
  if (!subject) return null;
  const part = partOf(assessment, subject);
  const samples = samplesOf(seriesOf(series, subject), part);
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.t <= first.t) return null;
  const ahead = ending ? 0 : aheadMs(assessment, subject, last.t, last.t - first.t);
  const grid = gridOf(samples, last.t + ahead);
  return { assessment, subject, samples, series, grid, part, ...(ending ? { ending } : {}) };
}

/** What is over is shown by the replica that went highest: now all are calm alike. */
function highestOf({ replicas }: ServiceAssessment, series: readonly Series[]): Assessment | undefined {
  const height = (one: Assessment) =>
    drawable(seriesOf(series, one)).reduce((most, { anon = 0 }) => Math.max(most, anon ?? 0), 0);
  return replicas.map((one) => ({ one, at: height(one) })).sort((a, b) => b.at - a.at)[0]?.one;
}

/** The replica that is out of memory first, grows fastest, or has most to show. */
function subjectOf(assessment: ServiceAssessment, series: readonly Series[]): Assessment | undefined {
  const shown = (one: Assessment) => drawable(seriesOf(series, one)).length;
  const wanted = [assessment.soonest, assessment.fastest].find((one) => one && shown(one) >= 2);
  const counted = assessment.replicas.map((one) => ({ one, size: shown(one) }));
  return wanted ?? counted.sort((a, b) => b.size - a.size)[0]?.one;
}

/** The future is drawn for what leaks only; of lives that end alike at no known limit, until the present one would. */
function aheadMs({ verdict }: ServiceAssessment, subject: Assessment, lastMs: number, spanMs: number): number {
  if (verdict !== 'leaking') return 0;
  const { limitAtMs, cycle, replica } = subject;
  const endMs = limitAtMs?.value ?? (cycle ? replica.run.startedAtMs + cycle.usualLifeMs : Number.POSITIVE_INFINITY);
  return Math.max(0, Math.min(spanMs * AHEAD, endMs - lastMs));
}

/**
 * Bytes that the part may reach: the limit, less what the other parts take where it is not anon that leaks. Tmpfs is full long
 * before its own curve would be at the limit, since the heap is in it too.
 */
function roomOf(subject: Assessment, part: LeakingPart): number | null {
  const limit = limitOf(subject);
  const used = usedOf(subject.latest);
  if (limit === null || part === 'anon' || used === undefined) return limit;
  const own = subject.latest?.[part];
  return isBytes(own) ? Math.max(0, limit - (used - own)) : limit;
}

function limitCurve(limit: number, part: LeakingPart, size: number): Curve {
  const values = Array.from({ length: size }, () => limit);
  const label = part === 'anon' ? 'limit' : 'limit less the rest';
  return { label, colour: COLOUR.limit, values, style: { borderWidth: 4, pointRadius: 0 } };
}

function inUnit({ values }: Curve, size: number): (number | null)[] {
  return values.map((value) => (value === null ? null : Math.round((value / size) * 1000) / 1000));
}
