import type { Incident } from '../../src/model/incident.js';
import { endingOf } from '../../src/render/chart-ending.js';
import { incident } from '../support/incidents.js';
import { lives } from './judged.js';
import { HOUR, life, MIB, MINUTE, NOW, noise, type Scene, scene } from './scenes.js';

/** Incidents that are over, as their last picture is made of them. */
export type Over = Scene & { readonly incident: Incident };

const GREW = NOW - 9 * HOUR;
const FIXED = NOW - 3 * HOUR;

/** `____/|____`: v1.42.1 leaks, v1.42.2 does not. */
export function fixed(count = 1): Over {
  const series = Array.from({ length: count }, (_, n) => {
    const runs = lives([NOW - 20 * HOUR, GREW, FIXED + n * MINUTE], { exitCode: 0 }).map((run, i) => ({
      ...run,
      image: `shop/api:v1.42.${i}`,
    }));
    const mibAt = (t: number) => (t < GREW || t > FIXED + n * MINUTE ? 120 : 120 + ((41 + n) * (t - GREW)) / HOUR);
    const shape = { number: n + 1, host: `hv-0${n + 1}`, limit: 512 * MIB, upMs: 20 * HOUR, everyMs: MINUTE, runs };
    return life('shop/api-svc', shape, (age, i) => ({
      anon: mibAt(NOW - 20 * HOUR + age) * MIB + noise(i + n, 5 * MIB),
      file: 60 * MIB,
    }));
  });
  const near = { kind: 'deploy', atMs: GREW, image: 'shop/api:v1.42.1', previousImage: 'shop/api:v1.42.0' } as const;
  const over: Partial<Incident> = {
    openedMs: GREW + 2 * HOUR,
    closed: { atMs: NOW, how: 'fixed' },
    deploy: { atMs: FIXED, image: 'shop/api:v1.42.2', previousImage: 'shop/api:v1.42.1' },
  };
  const one = incident('i-1', 'shop/api-svc', over);
  const opening = { ...one.opening, since: { atMs: GREW + 4 * MINUTE, near } };
  return { ...scene(series, 24 * HOUR), incident: { ...one, opening } };
}

/** `____////`: a person says that it is over; it may not be. */
export function byHand(how: 'resolved' | 'not-a-leak' = 'resolved'): Over {
  const one = life('shop/cart', { limit: 512 * MIB, upMs: 12 * HOUR, everyMs: MINUTE }, (age, i) => ({
    anon: (90 + Math.max(0, age - 6 * HOUR) * (40 / HOUR)) * MIB + noise(i, 4 * MIB),
    file: 30 * MIB,
  }));
  const made = incident('i-2', 'shop/cart', { openedMs: NOW - 2 * HOUR, closed: { atMs: NOW, how, by: 'U1' } });
  return { ...scene([one], 24 * HOUR), incident: { ...made, opening: { ...made.opening, since: { atMs: NOW - 6 * HOUR } } } };
}

export const OVER: Readonly<Record<string, () => Over>> = {
  'over-fixed': () => fixed(),
  'over-fixed-replicas': () => fixed(3),
  'over-resolved-by-hand': () => byHand(),
  'over-not-a-leak': () => byHand('not-a-leak'),
};

export const ending = ({ incident: one }: Over) => endingOf(one);
