import type { Event } from '../model/assessment.js';
import { isDeploy } from '../model/replica.js';
import { type Curve, type Scene, seriesOf } from './chart-curves.js';
import { indexAt } from './chart-grid.js';
import { COLOUR } from './chart-style.js';
import type { Beginning } from './chart-words.js';
import { tagOf } from './images.js';
import { SAME_START_MS } from './onset.js';

/** Moments in the picture: when growth began and what came then, and starts. */

/** Marks of starts stand this much above the highest curve. */
const MARKS_AT = 1.08;

/**
 * A line from top to bottom at the deploy that growth began with, else at the onset. A bar of a few pixels: a line chart has no
 * other upright. Empty unless memory grows (or grew, where it is over) and the moment is in the picture.
 */
export function onsetOf(scene: Scene, tallest: number): Curve[] {
  const deploy = deployOf(scene);
  const label = deploy ? `deploy ${tagOf(deploy.image, 16)}` : 'growth begins';
  return upright(scene, deploy?.atMs ?? beginningOf(scene).onsetMs, label, COLOUR.onset, tallest);
}

/** The same at the deploy that was the last before it was over. */
export function fixOf(scene: Scene, tallest: number): Curve[] {
  const deploy = scene.ending?.deploy;
  return deploy ? upright(scene, deploy.atMs, `deploy ${tagOf(deploy.image, 16)}`, COLOUR.fix, tallest) : [];
}

function upright({ grid }: Scene, atMs: number | undefined, label: string, colour: string, tallest: number): Curve[] {
  const at = indexAt(grid, atMs ?? Number.NaN);
  if (!(at >= 0 && at < grid.size)) return [];
  const values = Array.from({ length: grid.size }, (_, i) => (i === at ? tallest * MARKS_AT : null));
  // On top of the fill, below the curves.
  const style = { type: 'bar', barThickness: 3, borderSkipped: true, order: 1 };
  return [{ label, colour, values, style }];
}

/** When growth began: of the subject itself, else of the service; nothing unless memory grows, or grew. */
export function beginningOf({ subject, assessment, ending }: Scene): Beginning {
  if (ending) return { onsetMs: ending.sinceMs, ...(ending.near ? { onsetNear: ending.near } : {}) };
  if (assessment.verdict !== 'leaking' && assessment.verdict !== 'suspicious') return {};
  return subject.onsetMs === undefined ? assessment : subject;
}

function deployOf(scene: Scene): Event | undefined {
  const { onsetNear } = beginningOf(scene);
  return onsetNear?.kind === 'deploy' ? onsetNear : undefined;
}

/**
 * Starts after the first sample: marks above the curves, of another form where another image was started. Lives that the kernel ended
 * are called so. What begins with a deploy that has a line of its own is marked by that.
 */
export function startsOf(scene: Scene, tallest: number): Curve[] {
  const { subject, series, samples, grid } = scene;
  const runs = seriesOf(series, subject)?.runs ?? [];
  const lives = [...new Map([...runs, subject.replica.run].map((run) => [run.startedAtMs, run])).values()];
  lives.sort((a, b) => a.startedAtMs - b.startedAtMs);
  const first = samples[0]?.t ?? 0;
  const said = [deployOf(scene), scene.ending?.deploy].flatMap((deploy) => deploy ?? []);
  const starts = lives.flatMap((run, i) => {
    const atMs = run.startedAtMs;
    const isSaid = said.some((deploy) => Math.abs(atMs - deploy.atMs) <= SAME_START_MS);
    return atMs > first && !isSaid ? [{ at: indexAt(grid, atMs), deploy: isDeploy(lives[i - 1], run) }] : [];
  });
  const killed = runs.some(({ oomKilled }) => oomKilled);
  return [
    ...marks(
      'deploy',
      COLOUR.onset,
      'rectRot',
      starts.filter(({ deploy }) => deploy),
    ),
    ...marks(
      killed ? 'restart (out of memory)' : 'restart',
      COLOUR.restart,
      'triangle',
      starts.filter(({ deploy }) => !deploy),
    ),
  ];

  function marks(label: string, colour: string, pointStyle: string, those: readonly { readonly at: number }[]): Curve[] {
    const marked = new Set(those.map(({ at }) => at));
    const values = Array.from({ length: grid.size }, (_, i) => (marked.has(i) ? tallest * MARKS_AT : null));
    if (!values.some((value) => value !== null)) return [];
    return [{ label, colour, values, style: { showLine: false, pointRadius: 9, pointStyle, clip: false } }];
  }
}
