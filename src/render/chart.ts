import type { Assessment, Series, ServiceAssessment } from '../model/assessment.js';
import type { Chart } from '../model/chart.js';
import type { Replica } from '../model/replica.js';
import {
  anonOf,
  CACHE,
  type Curve,
  FAR,
  highest,
  MAX_REPLICAS,
  othersOf,
  partsOf,
  restartsOf,
  type Scene,
  trendOf,
} from './chart-curves.js';
import { drawable, gridOf, labels } from './chart-grid.js';
import { COLOUR, line, options } from './chart-style.js';
import { altText, notesOf, titleLines, titleOf } from './chart-words.js';
import { limitOf } from './memory.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** The trend runs on for a fifth of the time seen, or to the limit if that is nearer. */
const AHEAD = 0.2;

/**
 * The picture of an answer: anon of the replica that matters most, filled; its page cache and other parts beside it, the limit,
 * the trend and where it leads, restarts as marks, the other replicas thin. The limit is drawn when it is at most four times as
 * high as anon, or no higher than half above all that is drawn; else the title and a note say it. Null with fewer than two samples.
 */
export function chartOf(assessment: ServiceAssessment, series: readonly Series[], nowMs: number): Chart | null {
  const scene = sceneOf(assessment, series);
  if (!scene) return null;
  const { subject, samples, grid } = scene;
  const [anon, trend, others] = [anonOf(scene), trendOf(scene), othersOf(scene)];
  const top = highest([anon, ...trend]);
  const parts = partsOf(scene, top);
  const drawn = highest([anon, ...trend, ...parts, ...others]);
  const limit = limitOf(subject);
  const limits = limit !== null && limit <= Math.max(FAR * top, 1.5 * drawn) ? [limitCurve(limit, grid.size)] : [];
  const tallest = highest([{ values: [drawn] }, ...limits]);
  const [size, unit] = tallest >= 1.5 * GIB ? [GIB, 'GiB'] : [MIB, 'MiB'];
  const curves = [...limits, ...trend, anon, ...parts, ...others, ...restartsOf(scene, tallest)];
  const title = titleOf(assessment, subject);
  const cacheDrawn = parts.some(({ label }) => label === CACHE);
  const notes = notesOf(subject, { nowMs, limitDrawn: limits.length > 0, cacheDrawn });
  return {
    title,
    altText: altText(assessment, subject, samples, nowMs),
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

function sceneOf(assessment: ServiceAssessment, series: readonly Series[]): Scene | null {
  const subject = subjectOf(assessment, series);
  const samples = drawable(series.find(({ replica }) => replica.key === subject?.replica.key));
  const [first, last] = [samples[0], samples.at(-1)];
  if (!subject || !first || !last || last.t <= first.t) return null;
  const grid = gridOf(samples, last.t + aheadMs(assessment, subject, last.t, last.t - first.t));
  return { assessment, subject, samples, series, grid };
}

/** The replica that is out of memory first, grows fastest, or has most to show. */
function subjectOf(assessment: ServiceAssessment, series: readonly Series[]): Assessment | undefined {
  const shown = (one: Assessment) => drawable(series.find(({ replica }) => replica.key === one.replica.key)).length;
  const wanted = [assessment.soonest, assessment.fastest].find((one) => one && shown(one) >= 2);
  const counted = assessment.replicas.map((one) => ({ one, size: shown(one) }));
  return wanted ?? counted.sort((a, b) => b.size - a.size)[0]?.one;
}

/** The future is drawn for what leaks only. */
function aheadMs({ verdict }: ServiceAssessment, { limitAtMs }: Assessment, lastMs: number, spanMs: number): number {
  if (verdict !== 'leaking') return 0;
  return Math.max(0, Math.min(spanMs * AHEAD, (limitAtMs?.value ?? Number.POSITIVE_INFINITY) - lastMs));
}

function limitCurve(limit: number, size: number): Curve {
  const values = Array.from({ length: size }, () => limit);
  return { label: 'limit', colour: COLOUR.limit, values, style: { borderWidth: 4, pointRadius: 0 } };
}

function inUnit({ values }: Curve, size: number): (number | null)[] {
  return values.map((value) => (value === null ? null : Math.round((value / size) * 1000) / 1000));
}
