import type { Incident } from '../model/incident.js';
import type { Paged, PageStep } from '../model/page.js';

/**
 * What the pagers are to know of an incident that is a page.
 *
 *     page ──▶ trigger ── acknowledged or snoozed ──▶ acknowledge ── worse than that ──▶ trigger … ── closed ──▶ resolve
 */
export function pageWanted({ level, closed, acknowledged, snoozed, moments, openedMs }: Incident): PageStep | null {
  if (level !== 'page') return null;
  if (closed) return 'resolve';
  // Who has it took it as it was then: what has become a page since wakes somebody all the same.
  const pageMs = moments.findLast(({ kind }) => kind === 'page')?.atMs ?? openedMs;
  const inHand = [acknowledged, snoozed].some((one) => one !== undefined && one.atMs >= pageMs);
  return inHand ? 'acknowledge' : 'trigger';
}

/**
 * What is to be sent to one pager now; null: nothing. Nobody who was not woken is told that it is over, unless it may be that they
 * were: what was sent without an answer counts as sent when it comes to ending it.
 */
export function nextPage(
  said: Paged | undefined,
  wanted: PageStep | null,
  refreshMs: number | null,
  nowMs: number,
): PageStep | null {
  if (!wanted) return null;
  if (!said) return wanted === 'trigger' ? 'trigger' : null;
  if (said.step !== wanted || !said.sure) return wanted;
  if (refreshMs === null || wanted === 'resolve') return null;
  const agoMs = nowMs - said.atMs;
  // In the future: by a clock that has been set back since.
  return agoMs >= refreshMs || agoMs < 0 ? wanted : null;
}

/**
 * What is to be marked of an incident in graphs: that it is open, and from when to when it was once it is over, also when nobody could
 * mark it before. Null: it is marked so.
 */
export function nextMark(said: Paged | undefined, { closed }: Incident): PageStep | null {
  const wanted = closed ? 'resolve' : 'trigger';
  // Opened again and closed again since, it has another end.
  const isKnown = said?.sure && said.step === wanted && said.atMs >= (closed?.atMs ?? 0);
  return isKnown ? null : wanted;
}
