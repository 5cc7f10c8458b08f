import type { Assessment, Series, ServiceAssessment } from '../model/assessment.js';
import type { Chart } from '../model/chart.js';
import type { Sample } from '../model/sample.js';
import { type Column, column, drawable, type Grid, gridOf, labels, timeAt } from './chart-grid.js';
import { COLOUR, line, OTHERS, options } from './chart-style.js';
import { altText, subtitleOf, titleOf } from './chart-words.js';
import { limitOf } from './memory.js';
import { clip, visible } from './text.js';

type Dataset = Record<string, unknown>;

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** A limit (or a cache) this many times higher than anon would press the curve flat: it is said in words, not drawn. */
const FAR = 4;
/** More replicas than this are a thicket. */
const MAX_REPLICAS = 8;
/** A small part of memory is drawn when it is this share of the largest. */
const MATTERS = 0.1;
/** The fitted line runs on for a fifth of the time seen, or to the limit if that is nearer. */
const AHEAD = 0.2;

/** Marks of restarts stand this much above the highest curve. */
const MARKS_AT = 1.08;

/** What the curves are made of. */
type Scene = {
  readonly assessment: ServiceAssessment;
  readonly subject: Assessment;
  readonly samples: readonly Sample[];
  readonly series: readonly Series[];
  readonly grid: Grid;
};

/**
 * The picture of an answer: anon of the replica that matters most, filled; its page cache and other parts beside it, the limit,
 * the fitted line and where it leads, restarts as marks, the other replicas thin. Null with fewer than two samples.
 */
export function chartOf(assessment: ServiceAssessment, series: readonly Series[], nowMs: number): Chart | null {
  const subject = subjectOf(assessment, series);
  const own = series.find(({ replica }) => replica.key === subject?.replica.key);
  const samples = drawable(own);
  const last = samples.at(-1);
  if (!subject || !own || !last || samples.length < 2) return null;
  const grid = gridOf(samples, last.t + aheadMs(assessment, subject, last.t - (samples[0]?.t ?? last.t)));
  const scene: Scene = { assessment, subject, samples, series, grid };

  const anon = column(grid, samples, (sample) => sample.anon);
  const top = highest([anon, fitOf(scene)]);
  const limit = limitOf(subject);
  const others = othersOf(scene);
  const parts = partsOf(scene, top);
  const drawn = highest([[top], ...parts.map(({ values }) => values), ...others.map(({ values }) => values)]);
  const limitFits = limit !== null && limit <= Math.max(FAR * top, 1.5 * drawn);
  const tallest = Math.max(drawn, limitFits ? limit : 0);
  const [size, unit] = tallest >= 1.5 * GIB ? [GIB, 'GiB'] : [MIB, 'MiB'];
  const scaled = (values: Column) => values.map((value) => (value === null ? null : Math.round((value / size) * 1000) / 1000));

  const name = assessment.replicas.length > 1 ? `${replicaWords(subject, assessment)} anon` : 'anon';
  const datasets: Dataset[] = [
    ...(limitFits ? [line('limit', scaled(anon.map(() => limit)), COLOUR.limit, { borderWidth: 4, pointRadius: 0 })] : []),
    ...(assessment.verdict === 'leaking' || assessment.verdict === 'suspicious'
      ? [line('trend', scaled(fitOf(scene)), COLOUR.fit, { borderDash: [12, 8], pointRadius: 0 })]
      : []),
    line(name, scaled(anon), COLOUR.anon, { borderWidth: 5, fill: 'origin', backgroundColor: COLOUR.anonFill }),
    ...parts.map(({ label, values, colour, dash }) => line(label, scaled(values), colour, dash ? { borderDash: dash } : {})),
    ...others.map(({ label, values, colour }) => line(label, scaled(values), colour, { borderWidth: 2 })),
    ...restartsOf(scene, (tallest / size) * MARKS_AT),
  ];
  const title = titleOf(assessment, subject);
  const notes = subtitleOf(subject, {
    nowMs,
    limitDrawn: limitFits,
    cacheDrawn: parts.some((part) => part.label === 'page cache'),
  });
  return {
    title,
    altText: altText(assessment, subject, samples, nowMs),
    config: {
      type: 'line',
      data: { labels: labels(grid), datasets },
      options: options([title], notes, unit),
    },
  };
}

/** The replica that is out of memory first, grows fastest, or has most to show. */
function subjectOf(assessment: ServiceAssessment, series: readonly Series[]): Assessment | undefined {
  const withSamples = (one: Assessment | undefined) =>
    one && series.some((s) => s.replica.key === one.replica.key && s.samples.length >= 2) ? one : undefined;
  return (
    withSamples(assessment.soonest) ??
    withSamples(assessment.fastest) ??
    assessment.replicas.reduce<Assessment | undefined>((best, one) => {
      const drawn = withSamples(one);
      return drawn && drawn.window.samples > (best?.window.samples ?? -1) ? drawn : best;
    }, undefined)
  );
}

/** The future is drawn for what grows only. */
function aheadMs({ verdict }: ServiceAssessment, { limitAtMs, window }: Assessment, spanMs: number): number {
  if (verdict !== 'leaking') return 0;
  const mostMs = spanMs * AHEAD;
  return limitAtMs ? Math.max(0, Math.min(mostMs, limitAtMs.value - window.toMs)) : mostMs;
}

/** The fitted line on the grid, from where it was fitted on to the end of the picture; never below zero. */
function fitOf({ subject, grid }: Scene): Column {
  const [a, b] = subject.line ?? [];
  return Array.from({ length: grid.size }, (_, i) => {
    const t = timeAt(grid, i);
    if (!a || !b || b.t <= a.t || t < a.t - grid.stepMs / 2) return null;
    return Math.max(0, a.bytes + ((b.bytes - a.bytes) * (t - a.t)) / (b.t - a.t));
  });
}

/** Page cache always, unless it would press anon flat; shared memory and the kernel's own when they matter. */
function partsOf({ assessment, samples, grid }: Scene, top: number) {
  const part = (label: string, colour: string, value: (sample: Sample) => number | undefined, dash?: number[]) => ({
    label,
    colour,
    dash,
    values: column(grid, samples, value),
  });
  const cache = part(
    'page cache',
    COLOUR.file,
    ({ file, shmem }) => (file === undefined ? undefined : Math.max(0, file - (shmem ?? 0))),
    [4, 4],
  );
  const small = [part('shmem', COLOUR.shmem, ({ shmem }) => shmem), part('kernel', COLOUR.kernel, ({ kernel }) => kernel)];
  const cacheTop = highest([cache.values]);
  const cacheFits = cacheTop > 0 && (cacheTop <= FAR * top || assessment.reason === 'cache');
  return [...(cacheFits ? [cache] : []), ...small.filter(({ values }) => highest([values]) >= MATTERS * top)];
}

/** Anon of the other replicas, while they are few. */
function othersOf({ assessment, subject, series, grid }: Scene) {
  const others = assessment.replicas.filter(({ replica }) => replica.key !== subject.replica.key);
  if (others.length >= MAX_REPLICAS) return [];
  return others.flatMap((one, i) => {
    const samples = drawable(series.find(({ replica }) => replica.key === one.replica.key));
    const values = column(grid, samples, ({ anon }) => anon);
    const label = replicaWords(one, assessment);
    return samples.length > 0 ? [{ label, values, colour: OTHERS[i % OTHERS.length] ?? COLOUR.file }] : [];
  });
}

/** Starts after the first sample: marks above the curves. Lives that the kernel ended are called so. */
function restartsOf({ subject, series, samples, grid }: Scene, height: number): Dataset[] {
  const runs = series.find(({ replica }) => replica.key === subject.replica.key)?.runs ?? [];
  const first = samples[0]?.t ?? 0;
  const starts = new Set([...runs, subject.replica.run].map(({ startedAtMs }) => startedAtMs).filter((at) => at > first));
  const at = new Set([...starts].map((t) => Math.round((t - grid.fromMs) / grid.stepMs)));
  const data = Array.from({ length: grid.size }, (_, i) => (at.has(i) ? height : null));
  if (!data.some((value) => value !== null)) return [];
  const label = runs.some(({ oomKilled }) => oomKilled) ? 'restart (out of memory)' : 'restart';
  return [line(label, data, COLOUR.restart, { showLine: false, pointRadius: 9, pointStyle: 'triangle', clip: false })];
}

/** Short enough for a legend: `#7`, or with its host where numbers alone are not enough. */
function replicaWords({ replica }: Assessment, { replicas }: ServiceAssessment): string {
  const numbers = new Set(replicas.map((one) => one.replica.number));
  if (numbers.size === replicas.length) return `#${replica.number}`;
  return clip(visible(`#${replica.number} ${replica.host}`), 14);
}

function highest(columns: readonly Column[]): number {
  let most = 0;
  for (const values of columns) for (const value of values) if (value !== null && value > most) most = value;
  return most;
}
