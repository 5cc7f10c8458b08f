import { describe, expect, test } from '@jest/globals';
import { acknowledge, reopen, resolve, snooze, split } from '../../src/slack/actions/incident.js';
import { openNotALeak, submitNotALeak } from '../../src/slack/actions/not-a-leak.js';
import { acknowledgeStorm } from '../../src/slack/actions/storm.js';
import { snooze as snoozeCommand } from '../../src/slack/commands/incident.js';
import { decodeOrigin } from '../../src/slack/form.js';
import { replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';
import { ask, NOW, slackContext } from '../support/slack-context.js';

const MIB = 2 ** 20;
const fleet = [replica('shop/api-svc', 1), replica('shop/api-svc', 2)];
const click = ask({ via: 'click' });

/** A world with one open incident, `i-1`, of a service that holds 150 MiB of 256. */
function world(over: Parameters<typeof slackContext>[1] = {}) {
  const samples = { read: async () => [{ t: NOW, anon: 40 * MIB, shmem: 105 * MIB, kernel: 5 * MIB, limit: 256 * MIB }] };
  const made = slackContext(fleet, { samples, ...over });
  made.incidents.set('i-1', incident('i-1', 'shop/api-svc'));
  return made;
}

describe('a button of a root', () => {
  test.each([
    ['acknowledge', acknowledge, 'i-1', { kind: 'acknowledge' }],
    ['resolve', resolve, 'i-1', { kind: 'resolve' }],
    ['reopen', reopen, 'i-1', { kind: 'reopen' }],
    ['split', split, 'i-1', { kind: 'split' }],
    ['snooze 4h', snooze, 'i-1 4h', { kind: 'snooze', untilMs: NOW + 4 * 3_600_000 }],
    ['snooze until faster', snooze, 'i-1 faster', { kind: 'snooze', untilMs: null }],
  ] as const)('%s is one job, once a click', async (_, handler, value, act) => {
    const { context, enqueued } = world();
    for (let n = 0; n < 2; n += 1) await handler(value, click, context);
    expect(enqueued[0]).toMatchObject({ name: 'act', payload: { incidentId: 'i-1', act, by: 'U1', atMs: NOW } });
    expect(enqueued[1]?.options.once).toBe(enqueued[0]?.options.once);
    await handler(value, { ...click, once: 'two' }, context);
    expect(enqueued[2]?.options.once).not.toBe(enqueued[0]?.options.once);
  });

  test('a refusal goes to the person alone and never takes the place of the root', async () => {
    const put: { replaces: boolean }[] = [];
    const replies = { put: async (reply: { replaces: boolean }) => `r${put.push(reply)}` };
    const { context, enqueued } = world({ replies });
    await acknowledge('i-1', click, context);
    expect(enqueued[0]?.payload).toMatchObject({ target: { kind: 'person', user: 'U1', channel: 'C1', replyId: 'r1' } });
    expect(put).toEqual([expect.objectContaining({ replaces: false })]);
  });

  test('a time that is none', async () => {
    for (const word of ['', '0h', 'soon', '99d']) await expect(snooze(`i-1 ${word}`, click, world().context)).rejects.toThrow();
  });
});

describe('acknowledge all of a storm', () => {
  test('what it still has, is open, and is in nobody’s hand, each under a name of its own', async () => {
    const { context, enqueued, incidents } = world();
    incidents.clear();
    const by = { by: 'U2', atMs: NOW };
    incidents.set('a', incident('a', 'a', { storm: 's-1' }));
    incidents.set('b', incident('b', 'b', { storm: 's-1' }));
    incidents.set('taken', incident('taken', 'c', { storm: 's-1', acknowledged: by }));
    incidents.set('closed', incident('closed', 'd', { storm: 's-1', closed: { atMs: NOW, how: 'recovered' } }));
    incidents.set('left', incident('left', 'e'));
    await acknowledgeStorm('s-1', click, context);
    expect(enqueued.map(({ payload }) => payload.incidentId)).toEqual(['a', 'b']);
    expect(new Set(enqueued.map(({ payload }) => payload.outboxKey)).size).toBe(2);
    expect(new Set(enqueued.map(({ options }) => options.once)).size).toBe(2);
  });
  test('nothing left to take', async () => {
    const { context, incidents } = world();
    incidents.set('i-1', incident('i-1', 'a', { storm: 's-1', acknowledged: { by: 'U2', atMs: NOW } }));
    await expect(acknowledgeStorm('s-1', click, context)).rejects.toThrow(/in hand/);
  });
});

describe('not a leak', () => {
  const field = (view: Readonly<Record<string, unknown>>, id: string) =>
    (view.blocks as { block_id?: string; element?: Record<string, unknown> }[]).find(({ block_id }) => block_id === id)?.element;

  test('the form proposes half as much again, below the limit', async () => {
    const { view } = await openNotALeak('i-1', click, world().context);
    expect(field(view, 'ceiling')).toMatchObject({ initial_value: '225 MiB' });
    expect(decodeOrigin(String(view.private_metadata))).toEqual({
      ...{ subject: 'i-1', channel: 'C1', usedBytes: 150 * MIB, limitBytes: 256 * MIB },
    });
  });
  test('it opens without a proposal when what is held cannot be said in time', async () => {
    const samples = { read: () => new Promise<never>(() => {}) };
    const { view } = await openNotALeak('i-1', click, world({ samples }).context);
    expect(field(view, 'ceiling')).not.toHaveProperty('initial_value');
  });
  test.each([['unknown'], ['closed']])('of one that is %s there is no form', async (which) => {
    const { context, incidents } = world();
    incidents.set('closed', incident('closed', 'shop/api-svc', { closed: { atMs: NOW, how: 'fixed' } }));
    await expect(openNotALeak(which, click, context)).rejects.toThrow(/old|closed/);
  });

  const origin = { subject: 'i-1', channel: 'C1', usedBytes: 150 * MIB, limitBytes: 256 * MIB };
  test.each([
    [{ why: 'fills', ceiling: 'a lot' }, 'ceiling', /Not a size/],
    [{ why: 'fills', ceiling: '200' }, 'ceiling', /unit/],
    [{ why: 'fills', ceiling: '0 MiB' }, 'ceiling', /Not a size/],
    [{ why: 'fills', ceiling: '150 MiB' }, 'ceiling', /holds 150 MiB already/],
    [{ why: 'fills', ceiling: '1 GiB' }, 'ceiling', /limit is 256 MiB/],
    [{ why: 'other', ceiling: '200 MiB' }, 'words', /why/],
    [{ why: 'fills', ceiling: '200 MiB', rate: 'fast' }, 'rate', /Not a rate/],
  ] as const)('%j is said beside the field %s, and nothing is begun', async (values, name, words) => {
    const { context, enqueued } = world();
    const reply = await submitNotALeak({ origin, values }, click, context);
    expect(reply).toEqual({ to: 'fields', problems: { [name]: expect.stringMatching(words) } });
    expect(enqueued).toEqual([]);
  });
  test('good input is the act, in bytes', async () => {
    const { context, enqueued } = world();
    const values = { why: 'fills', words: 'warms for a day ', ceiling: '0.2 GiB', rate: '60 MiB/h' };
    expect(await submitNotALeak({ origin, values }, click, context)).toEqual({ to: 'closed' });
    expect(enqueued[0]?.payload).toMatchObject({
      incidentId: 'i-1',
      act: {
        ...{ kind: 'not-a-leak', ceilingBytes: Math.round(0.2 * 2 ** 30), bytesPerHour: 60 * MIB },
        reason: 'A cache or pool that fills up once: warms for a day',
      },
    });
  });
});

describe('/leak snooze', () => {
  const said = async (...args: string[]) => {
    const { context, enqueued } = world();
    const text = await snoozeCommand
      .run(args, ask(), context)
      .then(({ message }) => message.text)
      .catch((error: Error) => error.message);
    return enqueued.length > 0 ? enqueued.map(({ payload }) => payload.act) : text;
  };
  test.each([[['api-svc', '4h']], [['4h', 'api-svc']], [['api-svc', 'for', '4h']]])(
    '%j: the time is found where it stands',
    async (args) => {
      expect(await said(...args)).toEqual([{ kind: 'snooze', untilMs: NOW + 4 * 3_600_000 }]);
    },
  );
  test('without a time it is asked for; of two services the time is in what is proposed', async () => {
    expect(await said('api-svc')).toMatch(/^For how long\?/);
    expect(await said('api-svc', 'cart', '4h')).toBe('One service at a time. Try `/leak snooze api-svc 4h`.');
  });
});
