import type { News } from '../model/news.js';
import type { Run } from '../model/replica.js';
import type { LinkOf } from './compare.js';

/** The lives of a replica, oldest first, by the name that people know it by. */
export type Lives = { readonly name: string; readonly runs: readonly Run[] };
/** What was heard: ids, the newest last; kills and restarts counted since the incident opened. */
export type Heard = { readonly heard: readonly string[]; readonly oomKills: number; readonly restarts: number };

/** Of lives that are on no list any more so many are remembered: a host that was away for a while brings its list again. A choice. */
const MAX_GONE = 500;
/** What is listed is remembered, all of it, or it would be told at each look; after so many no further end is told. A choice. */
const MAX_HEARD = 5_000;
/** A crash loop is told at its 1st, 2nd, 3rd, 5th, 10th, 20th, 50th … turn. */
const TOLD = /^([1235]|[125]0+)$/;

/**
 * What happened to a service's runs and was not heard yet: OOM kills (of the container, or of a child in it), restarts, and
 * deploys, each image once however many replicas get it. Events come late and in any order, so that what was heard is remembered
 * by id and not by time; what ended or began before `sinceMs` is heard and not told.
 *
 *     run ──── die (oom) · run ──── (child killed) ──── die · run (another image) ────
 *              ↑ oom-kill           ↑ child-kill        ↑ deploy, once
 */
export function hear(
  lives: readonly Lives[],
  before: Heard,
  sinceMs: number,
  nowMs: number,
  linkOf: LinkOf,
): Heard & { readonly news: News[] } {
  const heard = new Set(before.heard);
  const listed = new Set<string>();
  const count = { 'oom-kill': before.oomKills, restart: before.restarts };
  const news: News[] = [];
  const tell = (id: string, atMs: number, make: () => News | null, most = Number.POSITIVE_INFINITY) => {
    listed.add(id);
    if (heard.has(id) || heard.size >= most) return;
    heard.add(id);
    const told = atMs > sinceMs ? make() : null;
    if (told) news.push(told);
  };
  for (const { name, runs } of lives) {
    runs.forEach((run, i) => {
      const [previous, next] = [runs[i - 1], runs[i + 1]];
      const life = `${run.containerId.slice(0, 12)}@${run.startedAtMs}`;
      const endedMs = run.endedAtMs;
      // What was over when it opened is so at each look: a fleet has thousands of them, and none needs to be remembered.
      if (endedMs !== undefined && endedMs > sinceMs && (run.oomKilled || next))
        tell(`${life}-end`, endedMs, () => ended(run, next, name, count), MAX_HEARD);
      const kills = run.oomKilled ? 0 : (run.oomKills ?? 0);
      if (kills > 0 && endedMs === undefined)
        tell(`${life}-k${kills}`, nowMs, () => ({ kind: 'child-kill', atMs: nowMs, replica: name, count: kills, back: true }));
      if (!previous || isSame(previous, run)) return;
      tell(`deploy-${run.imageId ?? run.image}`, run.startedAtMs, () => {
        const url = linkOf(previous, run);
        const images = { image: run.image, previousImage: previous.image, ...(url ? { compareUrl: url } : {}) };
        return { kind: 'deploy', atMs: run.startedAtMs, ...images };
      });
    });
  }
  news.sort((a, b) => a.atMs - b.atMs);
  return { news, heard: remembered(heard, listed), oomKills: count['oom-kill'], restarts: count.restart };
}

/** Those that are listed, and before them the newest of those that are not. */
function remembered(heard: ReadonlySet<string>, listed: ReadonlySet<string>): string[] {
  const all = [...heard];
  const gone = all.filter((id) => !listed.has(id)).slice(-MAX_GONE);
  return [...gone, ...all.filter((id) => listed.has(id))];
}

function ended(run: Run, next: Run | undefined, replica: string, count: Record<'oom-kill' | 'restart', number>): News | null {
  const kind = run.oomKilled ? 'oom-kill' : 'restart';
  // The end that a deploy brings is told by the deploy.
  if (kind === 'restart' && !(next && isSame(run, next))) return null;
  count[kind] += 1;
  if (!TOLD.test(String(count[kind]))) return null;
  const of = { atMs: run.endedAtMs ?? run.startedAtMs, replica, count: count[kind] };
  if (kind === 'oom-kill') return { kind, ...of, back: next !== undefined };
  return { kind, ...of, ...(run.exitCode === undefined ? {} : { exitCode: run.exitCode }) };
}

function isSame(a: Run, b: Run): boolean {
  return a.imageId !== undefined && b.imageId !== undefined ? a.imageId === b.imageId : a.image === b.image;
}
