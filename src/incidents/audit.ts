import { type Audit, type DeployAudit, type ImageFacts, NO_AUDIT } from '../model/audit.js';
import type { LedgerLine } from '../model/ledger.js';
import type { View } from '../model/watch.js';
import { type Found, findOut, ofImage, slopeOf, type Trial } from './audit-compare.js';
import { compareUrl, factsOf } from './compare.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What cannot be told within this is given up. */
const MOST_MS = 7 * DAY_MS;
/** Worse must have been found for as long as the deploy was old when it was found first, within these. Choices. */
const LASTED = { leastMs: HOUR_MS, mostMs: DAY_MS };
const MAX_IMAGES = 4;
const MAX_PAST = 5;

export type Audited = { readonly audit: Audit; readonly told: DeployAudit | null };

/**
 * One more look at a service's images: a new one is noticed, compared with the one before it (`findOut`) until that can be told,
 * and then told once. All of a rolling deploy or a part of it (a canary) is one deploy.
 *
 *     deploy ── 30 min ── worse? ──── worse as long again ── told: worse
 *          what fills or warms up on a new image looks worse until it bends;
 *          when an incident is open (`isOpen`) the watch believes in growth already: told at once, with it
 *
 * Better and the same are told when they are found; when neither could be within a week, or the next deploy comes: unclear.
 */
export function stepAudit(
  before: Audit | undefined,
  view: View,
  ledger: readonly LedgerLine[],
  isOpen: boolean,
  nowMs: number,
): Audited {
  const running = imagesIn(view);
  const last = before ?? NO_AUDIT;
  const [most] = running;
  // Nobody runs: what ran last is still what a deploy is compared with.
  if (!most) return { audit: last, told: null };
  const { trial, past, slope } = noticed(last, running, view, nowMs);
  // Of an image that cannot be judged now, what was found last holds.
  const known = slopeOf(view, most) ?? (last.running[0]?.id === most.id ? slope : undefined);
  const settled = { running, ...(known ? { slope: known } : {}) };
  if (!trial) return { audit: { ...settled, past }, told: null };
  const found = findOut(trial, view, ledger, nowMs);
  const goesOn = heldOn(trial, found, isOpen, nowMs);
  if (goesOn) return { audit: { running, trial: goesOn, past }, told: null };
  const told = toldOf(trial, found, nowMs);
  return { audit: { ...settled, past: keep(past, told) }, told };
}

/** The deploy as it is looked at further; null when it is told now. */
function heldOn(trial: Trial, { result }: Found, isOpen: boolean, nowMs: number): Trial | null {
  const { worseSinceMs = nowMs, ...rest } = trial;
  const sure = isOpen || nowMs - worseSinceMs >= clamp(worseSinceMs - trial.deployedMs, LASTED);
  if (nowMs - trial.deployedMs > MOST_MS) return null;
  if (result === 'not judged') return trial;
  if (result === 'not yet') return rest;
  return result !== 'worse' || sure ? null : { ...rest, worseSinceMs };
}

function clamp(ms: number, { leastMs, mostMs }: typeof LASTED): number {
  return Math.min(mostMs, Math.max(leastMs, ms));
}

function keep(past: readonly DeployAudit[], told: DeployAudit): DeployAudit[] {
  return [...past, told].slice(-MAX_PAST);
}

/** Whether the run ledger is needed for the next step: its lines are a quarter of a megabyte at most, and deploys are rare. */
export function needsLedger(audit: Audit | undefined, view: View): boolean {
  return audit?.trial !== undefined || newIn(audit?.running ?? [], imagesIn(view)) !== undefined;
}

/** An image that did not run at the last look is a deploy, one that ran before too. Before the first look there is nothing to compare with. */
function noticed(last: Audit, running: readonly ImageFacts[], view: View, nowMs: number): Omit<Audit, 'running'> {
  const { trial, slope, past } = last;
  const [image, previous] = [newIn(last.running, running), last.running[0]];
  if (!image || !previous) return last;
  const deployedMs = Math.min(nowMs, ...ofImage(view, image).map(({ replica }) => replica.run.startedAtMs));
  if (!trial) return { past, trial: { image, previous, deployedMs, ...(slope ? { slope } : {}) } };
  const given = keep(past, toldOf(trial, UNTOLD, nowMs));
  const from = trial.slope ? { slope: trial.slope } : {};
  // Back to what was there: nothing is left to be compared.
  if (image.id === trial.previous.id) return { past: given, ...from };
  // The one before it was not judged yet: this one, too, is compared with what was before that.
  return { past: given, trial: { image, previous: trial.previous, deployedMs, ...from } };
}

function newIn(before: readonly ImageFacts[], now: readonly ImageFacts[]): ImageFacts | undefined {
  return before.length === 0 ? undefined : now.find(({ id }) => before.every((one) => one.id !== id));
}

/** What runs, the image of most replicas first. */
function imagesIn({ replicas }: View): ImageFacts[] {
  const counts = new Map<string, { readonly facts: ImageFacts; count: number }>();
  for (const { replica } of replicas) {
    const facts = factsOf(replica);
    if (!replica.running || facts.id === '') continue;
    const known = counts.get(facts.id);
    if (known) known.count += 1;
    else counts.set(facts.id, { facts, count: 1 });
  }
  const all = [...counts.values()].sort((a, b) => b.count - a.count);
  return all.slice(0, MAX_IMAGES).map(({ facts }) => facts);
}

const UNTOLD: Found = { result: 'not judged', before: null, after: null };

function toldOf({ image, previous, deployedMs }: Trial, { result, before, after }: Found, toldMs: number): DeployAudit {
  const url = compareUrl(previous, image);
  return {
    ...{ result: result === 'not yet' || result === 'not judged' ? 'unclear' : result, before, after, deployedMs, toldMs },
    ...{ imageId: image.id, image: image.image, previousImage: previous.image },
    ...(url ? { compareUrl: url } : {}),
  };
}
