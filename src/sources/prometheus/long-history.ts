import { worldError } from '../../errors.js';
import type { AskedPast, LongHistory, Remembered } from '../../model/history.js';
import type { Replica } from '../../model/replica.js';
import type { PrometheusClient } from './client.js';
import type { Container } from './decode-container.js';
import { joinReads } from './decode-samples.js';
import { decodeSeries, joinLives, keyOf, type Life } from './decode-series.js';
import { readCloseGrid, readContainers, readLives } from './history.js';
import { ANSWER_MS, inTime, partOf } from './in-time.js';
import type { Grid } from './query.js';

const HOUR_MS = 3_600_000;
/** The end of what no agent samples is read as finely as an agent's samples are kept: what leaks since half an hour is six points else. */
const CLOSE_MS = 2 * HOUR_MS;
/** Who there was does not change by the minute, and every service asks. */
const FRESH_MS = 60_000;

type Range = { readonly fromMs: number; readonly toMs: number };
type Found = Awaited<ReturnType<typeof readContainers>>;

/** A Prometheus as long history. The same question is asked once at a time, and who there was once in a minute. */
export function makeLongHistory(client: PrometheusClient, answerMs = ANSWER_MS): LongHistory {
  let last: { readonly fromMs: number; readonly atMs: number; readonly found: Promise<Found> } | undefined;

  function containersSince(fromMs: number, toMs: number): Promise<Found> {
    const roundedMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
    if (last && last.fromMs === roundedMs && toMs - last.atMs < FRESH_MS) return last.found;
    const found = inTime(answerMs, (signal) => readContainers(client, roundedMs, toMs, signal));
    const mine = { fromMs: roundedMs, atMs: toMs, found };
    last = mine;
    found.catch(() => {
      if (last === mine) last = undefined;
    });
    return found;
  }

  async function livesOf(containers: readonly Container[], range: Range, signal: AbortSignal, grid?: Grid) {
    const lives: Life[] = [];
    const warnings = new Set<string>();
    for await (const read of readLives(client, containers, range, signal, false, grid)) {
      lives.push(...read.lives);
      for (const warning of read.warnings) warnings.add(warning);
    }
    return { lives, warnings: [...warnings] };
  }

  return {
    past: (asked, isOthers, fromMs, toMs) =>
      inTime(answerMs, async (signal) => {
        const { containers, contradicted, warnings } = await containersSince(fromMs, toMs);
        const mine = ownContainers(asked, isOthers, containers);
        const all = [...new Set([...mine.values()].flat())];
        const read = await livesOf(all, { fromMs, toMs }, signal);
        const replicas = new Map<string, Remembered>();
        for (const { replica } of asked) {
          const own = mine.get(replica.key) ?? [];
          const lives = read.lives.filter(
            ({ container, remembered }) => own.includes(container) && remembered.samples.length > 0,
          );
          const past = lives.length > 0 ? joinLives(lives, toMs) : { samples: [], runs: [] };
          replicas.set(replica.key, { ...past, ...otherNameOf(replica, own, contradicted) });
        }
        return { replicas, ...partOf([...warnings, ...read.warnings]) };
      }),

    async replicas(nowMs) {
      const { containers, warnings } = await inTime(answerMs, (signal) => readContainers(client, nowMs - HOUR_MS, nowMs, signal));
      const replicas = containers.flatMap((container): Replica[] => {
        const [key, { id, place, name, image, hosts }] = [keyOf(container), container];
        const run = { containerId: id, image, startedAtMs: nowMs };
        const [host = ''] = hosts;
        return key && place
          ? [{ key, host, ...place, containerName: name, limitBytes: null, running: true, run, labels: {} }]
          : [];
      });
      return { replicas, ...partOf(warnings) };
    },

    service: (serviceId, fromMs, toMs) =>
      inTime(answerMs, async (signal) => {
        const { containers, contradicted, warnings } = await containersSince(fromMs, toMs);
        const own = containers.filter(({ place }) => place?.service.id === serviceId);
        const otherName = own.map(({ id }) => contradicted.get(id)).find((name) => name !== undefined && name !== serviceId);
        const [warning] = warnings;
        if (own.length === 0 && warning !== undefined)
          throw worldError(`Prometheus: answered in part, and that has nothing of it: ${warning}`);
        if (own.length === 0) return { series: [] };
        const closeMs = Math.max(fromMs, toMs - CLOSE_MS);
        const late = { fromMs: closeMs, toMs };
        const close = await livesOf(own, late, signal, await readCloseGrid(client, own, late, signal));
        const before = closeMs > fromMs ? await livesOf(own, { fromMs, toMs: closeMs }, signal) : { lives: [], warnings: [] };
        const lives = close.lives.map(({ container, remembered }) => {
          const earlier = before.lives.find((one) => one.container === container)?.remembered;
          return { container, remembered: earlier ? joinReads(earlier, remembered) : remembered };
        });
        return {
          series: decodeSeries(lives, fromMs, toMs),
          ...(otherName === undefined ? {} : { otherName }),
          ...partOf([...warnings, ...close.warnings, ...before.warnings]),
        };
      }),
  };
}

/** What a replica's containers are called there that is not its name. Its id is who it is; a scraper without labels has its own name alone. */
function otherNameOf(
  { service, containerName }: Replica,
  own: readonly Container[],
  contradicted: Found['contradicted'],
): { otherName?: string } {
  for (const { id, place, name } of own) {
    const other = contradicted.get(id);
    if (other !== undefined && other !== service.id) return { otherName: other };
    if (place && place.service.id !== service.id && name !== '' && !name.endsWith(containerName))
      return { otherName: place.service.id };
  }
  return {};
}

/**
 * Which containers a replica was: those whose ids its agent saw, and before them those of the same place on the same host. Two that
 * tell of one host give it two names; a container that both know is how they are told to be one.
 *
 *     agent        hv-03                     c7 c8
 *     Prometheus   10.0.1.9   c3 c4 c5 c6 c7 c8
 */
function ownContainers(
  asked: readonly AskedPast[],
  isOthers: (containerId: string, replica: string) => boolean,
  containers: readonly Container[],
): Map<string, Container[]> {
  const idsOf = ({ replica, runs }: AskedPast) => new Set([replica.run, ...runs].map(({ containerId }) => containerId));
  const theirNames = new Map<string, Set<string>>();
  for (const one of asked) {
    const ids = idsOf(one);
    const names = containers.filter(({ id }) => ids.has(id)).flatMap(({ hosts }) => hosts);
    theirNames.set(one.replica.host, new Set([...(theirNames.get(one.replica.host) ?? []), ...names]));
  }
  const allHosts = new Set(containers.flatMap(({ hosts }) => hosts));
  const isThere = (host: string, theirs: string) => theirNames.get(host)?.has(theirs) || theirs === host || allHosts.size === 1;
  return new Map(
    asked.map((one) => {
      const { replica } = one;
      const ids = idsOf(one);
      const own = containers.filter(({ id, place, hosts }) => {
        if (ids.has(id)) return true;
        const isPlace = place?.service.id === replica.service.id && place.number === replica.number;
        return isPlace && isThere(replica.host, hosts[0] ?? '') && !isOthers(id, replica.key);
      });
      return [replica.key, own];
    }),
  );
}
