import { describe, expect, test } from '@jest/globals';
import { act } from '../../src/incidents/act.js';
import { openByHand } from '../../src/incidents/by-hand.js';
import { step } from '../../src/incidents/step.js';
import type { Incident } from '../../src/model/incident.js';
import type { Place } from '../../src/model/news.js';
import type { View } from '../../src/model/watch.js';
import { incident } from '../support/incidents.js';

const OPS = { channel: 'C1' };
const [A, B] = [
  { channel: 'C2', threadTs: '1.1' },
  { channel: 'C3', threadTs: '2.2' },
];
const RISING: View = {
  verdict: 'leaking',
  reason: 'steady-growth',
  growthBytesPerHour: { value: 9, low: 8, high: 10 },
  replicas: [],
};
const collected = (from: Incident, place: Place, by = 'U1') =>
  act(from, { state: null }, { kind: 'collect', place, link: 'https://a.example' }, { by, atMs: 5 }, RISING);

describe('collect', () => {
  test('a root that is somewhere stays there, through any number of moves, until evidence comes back to it', () => {
    const first = collected(incident('i-1', 'api', { place: OPS }), A);
    expect(first.incident).toMatchObject({ place: A, collected: { root: OPS, by: 'U1', link: 'https://a.example' } });
    expect(first.news).toEqual([{ kind: 'collect', atMs: 5, by: 'U1', service: 'api', link: 'https://a.example' }]);
    const second = collected(first.incident, B, 'U2');
    expect(second.incident).toMatchObject({ place: B, collected: { root: OPS, by: 'U2' } });
    expect(second.news).toMatchObject([{ from: A }]);
    const back = collected(second.incident, OPS);
    expect(back.incident).toMatchObject({ place: OPS });
    expect(back.incident).not.toHaveProperty('collected');
  });
  test('out of a storm its root goes with it, and the storm is remembered until its message was said anew', () => {
    const { incident: out } = collected(incident('i-1', 'api', { place: OPS, storm: 's-1' }), A);
    expect(out).toMatchObject({ place: A, leftStorm: 's-1' });
    expect([out.storm, out.collected]).toEqual([undefined, undefined]);
    expect(collected(out, B).incident).toMatchObject({ place: B, collected: { root: A } });
  });
  test('where it is already, and when it is closed', () => {
    const moments = [{ atMs: 5, kind: 'collect', by: 'U1', words: '' }] as const;
    expect(() => collected(incident('i-1', 'api', { place: A, moments }), A)).toThrow(/already \(asked by <@U1>\)/);
    expect(() => collected(incident('i-1', 'api', { closed: { atMs: 1, how: 'fixed' } }), A)).toThrow(/closed/);
  });
});

test('begun by a person it is open at once, wakes nobody, and is not said a second time by the watch', () => {
  const { state, events } = openByHand(null, RISING, 1_000);
  expect(events).toEqual([expect.objectContaining({ event: 'alert', level: 'message', growthBytesPerHour: 9 })]);
  let now = state;
  for (let minute = 1; minute < 600; minute += 1) {
    const next = step(now, RISING, 1_000 + minute * 60_000);
    expect(next.events).toEqual([]);
    now = next.state;
  }
});
