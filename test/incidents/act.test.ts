import { describe, expect, test } from '@jest/globals';
import { act } from '../../src/incidents/act.js';
import { pageWanted } from '../../src/incidents/page.js';
import { step } from '../../src/incidents/step.js';
import type { Act, Incident, Watched } from '../../src/model/incident.js';
import { incident } from '../support/incidents.js';
import { viewOf } from '../support/views.js';

const MIB = 2 ** 20;
const HOUR = 3_600_000;
const NOW = 1_700_000_000_000;
const open = incident('i-1', 'shop/api');
const watched: Watched = {
  state: {
    ...{ lookedMs: NOW, quick: 1, slow: 1 },
    incident: {
      ...{ level: 'message', openedMs: NOW - HOUR, saidMs: NOW - HOUR, lastedMs: 5 * HOUR, images: ['api:1'] },
      said: { growthBytesPerHour: 40 * MIB, limitAtMs: null },
    },
  },
  incidentId: 'i-1',
};
const by = (person: string, atMs = NOW) => ({ by: person, atMs });
const doing = (what: Act, one: Incident = open, kept = watched, who = by('U1')) => act(one, kept, what, who, viewOf(NOW));
const NOT_A_LEAK: Act = { kind: 'not-a-leak', reason: 'fills by design', ceilingBytes: 400 * MIB, bytesPerHour: null };

describe('what a person does', () => {
  test('acknowledge: one has it, the second is told who', () => {
    const done = doing({ kind: 'acknowledge' });
    expect(done.incident.acknowledged).toEqual({ by: 'U1', atMs: NOW });
    expect(done.news).toEqual([{ kind: 'acknowledge', by: 'U1', atMs: NOW }]);
    expect(() => doing({ kind: 'acknowledge' }, done.incident, done.watched, by('U2'))).toThrow('<@U1> has it already.');
  });
  test('a clock that is behind that of who opened it: in hand is in hand, and nobody is woken again', () => {
    const page = { ...open, level: 'page' } as const;
    const early = by('U1', page.openedMs - 40_000);
    for (const what of [{ kind: 'acknowledge' }, { kind: 'snooze', untilMs: NOW }] as const) {
      const { incident: one, news } = doing(what, page, watched, early);
      expect(pageWanted(one)).toBe('acknowledge');
      // It is known by the moment at which it was asked for.
      expect(news[0]).toMatchObject({ atMs: early.atMs });
    }
  });
  test('resolve: closed, and the watch begins anew', () => {
    const { incident: shut, watched: next } = doing({ kind: 'resolve' });
    expect(shut.closed).toEqual({ atMs: NOW, how: 'resolved', by: 'U1' });
    expect(next.state).toEqual({ lookedMs: NOW, quick: 0, slow: 0 });
  });
  test('whatever is done to a closed one is refused, with who closed it', () => {
    const { incident: shut, watched: kept } = doing({ kind: 'resolve' });
    const all: Act[] = [
      { kind: 'acknowledge' },
      { kind: 'resolve' },
      { kind: 'snooze', untilMs: null },
      NOT_A_LEAK,
      { kind: 'split' },
    ];
    for (const what of all) expect(() => doing(what, shut, kept, by('U2'))).toThrow('closed by <@U1> already');
  });
  test('reopen: as it was; an open one is not, and none that a newer one came after', () => {
    const { incident: shut, watched: kept } = doing({ kind: 'resolve' });
    const again = doing({ kind: 'reopen' }, shut, kept, by('U2'));
    expect(again.incident).toEqual(open);
    expect(again.watched.state?.incident).toMatchObject({ level: 'message', images: [], saidMs: NOW });
    expect(() => doing({ kind: 'reopen' })).toThrow('It is open.');
    expect(() => doing({ kind: 'reopen' }, shut, { ...kept, incidentId: 'i-2' })).toThrow('newer incident');
  });
  test('snooze until a time, or until it is faster than now', () => {
    const { incident: hour } = doing({ kind: 'snooze', untilMs: NOW + HOUR });
    expect(hour.snoozed).toMatchObject({ by: 'U1', untilMs: NOW + HOUR });
    const { incident: faster } = doing({ kind: 'snooze', untilMs: null });
    expect(faster.snoozed).toMatchObject({ untilMs: null, bytesPerHour: 40 * MIB });
  });
  test('not a leak: closed, and nothing is said up to the ceiling', () => {
    const { incident: shut, watched: next, news } = doing(NOT_A_LEAK);
    expect(shut.closed).toMatchObject({ how: 'not-a-leak', by: 'U1' });
    expect(news).toMatchObject([{ ...NOT_A_LEAK, by: 'U1' }]);
    let state = next.state;
    const said: string[] = [];
    for (let t = NOW; t < NOW + 6 * HOUR; t += 60_000) {
      const anonMib = 200 + (50 * (t - NOW)) / HOUR;
      const told = step(state, viewOf(t, { anonMib, sinceMs: NOW - 30 * HOUR, leftMs: HOUR }), t);
      state = told.state;
      said.push(
        ...told.events
          .filter(({ event, level }) => event === 'alert' && level !== 'digest')
          .map(() => `at ${Math.round(anonMib)}`),
      );
    }
    expect(said).toHaveLength(1);
    expect(Number(said[0]?.slice(3))).toBeGreaterThan(400);
  });
  test('not a leak, and then opened again: it is one after all, so that the next is said, too', () => {
    const { incident: shut, watched: kept } = doing(NOT_A_LEAK);
    const again = doing({ kind: 'reopen' }, shut, kept, by('U2', NOW + HOUR));
    expect(again.watched.state?.quiet).toBeUndefined();
    const fixed = doing({ kind: 'resolve' }, again.incident, again.watched, by('U2', NOW + 2 * HOUR));
    let state = fixed.watched.state;
    const said: string[] = [];
    for (let t = NOW + 40 * HOUR; t < NOW + 46 * HOUR; t += 60_000) {
      const told = step(state, viewOf(t, { anonMib: 300, sinceMs: NOW + 10 * HOUR, leftMs: HOUR }), t);
      state = told.state;
      said.push(...told.events.flatMap(({ event, level }) => (event === 'alert' && level !== 'digest' ? [level] : [])));
    }
    expect(said).toEqual(['page']);
  });
  test('split: out of the storm, once', () => {
    const { incident: own } = doing({ kind: 'split' }, { ...open, storm: 's-1' });
    expect(own.storm).toBeUndefined();
    expect(() => doing({ kind: 'split' }, own)).toThrow('a message of its own already');
  });
  test('collect: elsewhere from now on, and out of the storm', () => {
    const place = { channel: 'C9', threadTs: '1700000000.000100' };
    const { incident: moved } = doing({ kind: 'collect', place }, { ...open, storm: 's-1' });
    expect(moved).toMatchObject({ place });
    expect(moved.storm).toBeUndefined();
  });
});
