import { describe, expect, test } from '@jest/globals';
import { worldError } from '../../src/errors.js';
import type { OutboxEntry } from '../../src/model/message.js';
import { checkService } from '../../src/slack/actions/check-service.js';
import { share } from '../../src/slack/actions/share.js';
import { encodeChoice } from '../../src/slack/choice.js';
import { COMMANDS, commandOf } from '../../src/slack/commands/table.js';
import { answer } from '../../src/slack/edge.js';
import { requireHome } from '../../src/slack/home.js';
import { parse } from '../../src/slack/parse.js';
import { replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';
import { ask, slackContext } from '../support/slack-context.js';

const fleet = [
  replica('shop/api-svc', 1),
  replica('shop/api-svc', 2, { host: 'hv-02' }),
  replica('shop/cart'),
  replica('staging/cart'),
];
const run = (text: string, world: ReturnType<typeof slackContext>, over = {}) => {
  const words = parse(text);
  return commandOf(words).run(words.args, ask(over), world.context);
};

describe('check', () => {
  test('is enqueued, and then acknowledged with how much there is to look at', async () => {
    const world = slackContext(fleet);
    const reply = await run('check api-svc', world);
    expect(reply).toMatchObject({ to: 'ack', message: { text: 'Checking api-svc: 2 replicas on 2 hosts…' } });
    expect(world.enqueued).toEqual([
      {
        name: 'check',
        options: { once: 'one' },
        payload: expect.objectContaining({
          serviceId: 'shop/api-svc',
          target: { kind: 'channel', channel: 'C1', user: 'U1', replyId: 'reply-1' },
          round: 0,
        }),
      },
    ]);
    expect(JSON.stringify(world.enqueued)).not.toContain('hooks.slack.com');
  });
  test('with a window, to one person alone, in any order', async () => {
    const world = slackContext(fleet);
    await run('check private 2h api-svc', world);
    expect(world.enqueued[0]?.payload).toMatchObject({ windowMs: 7_200_000, target: { kind: 'person', user: 'U1' } });
  });
  test('in a thread, answered there', async () => {
    const world = slackContext(fleet);
    await run('check api-svc', world, { via: 'mention', threadTs: '1.2' });
    expect(world.enqueued[0]?.payload).toMatchObject({ target: { threadTs: '1.2' } });
  });
  test.each([
    ['check', 'Which service?', 3],
    ['check cart', '"cart" is 2 services. Which one?', 2],
    ['check api-srv', 'No "api-srv"', 1],
  ])('%s: asks back, and begins nothing', async (text, words, choices) => {
    const world = slackContext(fleet);
    const reply = await run(text, world);
    expect(reply.to).toBe('person');
    expect(reply.message.text).toContain(words);
    const [actions] = reply.message.blocks.filter((block) => block.type === 'actions') as { elements: unknown[] }[];
    expect(actions?.elements).toHaveLength(choices);
    expect(world.enqueued).toEqual([]);
  });
  test('the nearest name comes first', async () => {
    const world = slackContext(['api-1', 'api-2', 'api-3'].map((name) => replica(name)));
    const { message } = await run('check apo-3', world);
    expect(JSON.stringify(message.blocks)).toMatch(/api-3.*api-1/);
  });
  test('what was chosen is what was asked, with the service it should have had', async () => {
    const world = slackContext(fleet);
    const value = encodeChoice({ serviceId: 'staging/cart', windowMs: 3_600_000, private: true, threadTs: '1.2' });
    await checkService(value, ask({ via: 'click' }), world.context);
    expect(world.enqueued[0]?.payload).toMatchObject({
      serviceId: 'staging/cart',
      windowMs: 3_600_000,
      target: { kind: 'person', threadTs: '1.2' },
    });
  });
  test('two services at once', async () => {
    await expect(run('check api-svc cart', slackContext(fleet))).rejects.toThrow(/One service at a time/);
  });
});

describe('the others', () => {
  test('top', async () => {
    const world = slackContext(fleet);
    expect((await run('top', world)).message.text).toBe('Looking at 3 services…');
    expect(world.enqueued[0]?.name).toBe('top');
    await expect(run('top api-svc', slackContext(fleet))).rejects.toThrow(/check &lt;service&gt;/);
  });
  test('limits', async () => {
    const world = slackContext(fleet);
    expect((await run('limits private', world)).message.text).toBe('Looking at the memory limits of 4 containers…');
    expect(world.enqueued[0]).toMatchObject({
      name: 'limits',
      options: { once: 'one' },
      payload: { target: { kind: 'person' } },
    });
    await expect(run('limits api-svc', slackContext(fleet))).rejects.toThrow(/every container/);
  });
  test.each([
    ['trend api-svc 7d', 7],
    ['trend 2d api-svc private', 2],
    ['trend api-svc', 14],
    ['trend api-svc 90d', 90],
    ['trend api-svc 999999d', 366],
  ])('%s', async (text, days) => {
    const world = slackContext(fleet);
    const { message } = await run(text, world);
    expect(message.text).toMatch(/^Drawing api-svc over .*…$/);
    expect(world.enqueued[0]).toMatchObject({
      ...{ name: 'trend', options: { once: 'one' } },
      payload: {
        serviceId: 'shop/api-svc',
        windowMs: days * 86_400_000,
        target: { kind: text.includes('private') ? 'person' : 'channel' },
      },
    });
  });
  test.each([
    ['trend', /Which one service/],
    ['trend 7d', /Which one service/],
    ['trend api-svc cart 7d', /Which one service/],
    ['trend api-svc 7d 2d', /how far back/],
    ['trend api-svc 0h', /no time at all/],
    ['trend cart 7d', /2 services: `\/leak trend shop\/cart`/],
    ['trend api-srv', /Did you mean `\/leak trend api-svc`/],
  ])('%s: begins nothing', async (text, words) => {
    const world = slackContext(fleet);
    await expect(run(text, world)).rejects.toThrow(words);
    expect(world.enqueued).toEqual([]);
  });
  test('help has a line for every command', async () => {
    const { message } = await run('help', slackContext(fleet));
    for (const { name } of COMMANDS.filter((one) => one.name !== 'help'))
      expect(JSON.stringify(message)).toContain(`/leak ${name}`);
  });
  test('status answers where it was asked', async () => {
    expect(await run('status', slackContext(fleet))).toMatchObject({
      to: 'place',
      message: { text: expect.stringContaining('Leakwatch') },
    });
  });
});

describe('report', () => {
  test('of one that is gone by its name alone: nobody says that it had no incident', async () => {
    const world = slackContext(fleet);
    world.incidents.set('i-1', incident('i-1', 'old/billing'));
    await expect(run('report billing', world)).rejects.toThrow(
      /^No service "billing" is there, .*`\/leak report project\/service`/,
    );
    expect(await run('report old/billing', world)).toMatchObject({ message: { text: 'Writing the report of billing…' } });
    await expect(run('report api-svc', world)).rejects.toThrow('api-svc has had no incident in 90 days');
    await expect(run('report old/billing 2', world)).rejects.toThrow('old/billing has 1 incident that I keep');
  });
});

describe('share', () => {
  const entry = (user: string): OutboxEntry => ({
    ...{ key: 'k', message: { text: 't', blocks: [] }, version: 1, sentVersion: 1, state: 'sent', createdAtMs: 0, tries: 0 },
    target: { kind: 'person', channel: 'C1', user, threadTs: '1.2' },
  });
  test('only by the one who was told, once however often it is pressed, in the thread it was about', async () => {
    const world = slackContext(fleet);
    world.entries.set('k', entry('U1'));
    for (const once of ['first', 'second']) await share('k', ask({ via: 'click', once }), world.context);
    const [first, second] = world.enqueued;
    expect(first?.options.once).toBe(second?.options.once);
    expect(first?.payload).toMatchObject({ fromKey: 'k', target: { kind: 'channel', threadTs: '1.2' } });
    expect(first?.payload.outboxKey).toBe(second?.payload.outboxKey);
    world.entries.set('k', entry('U2'));
    await expect(share('k', ask({ via: 'click' }), world.context)).rejects.toThrow(/Only the person/);
  });
  test('an answer that is gone', async () => {
    await expect(share('none', ask({ via: 'click' }), slackContext(fleet).context)).rejects.toThrow(/too old/);
  });
});

describe('a service that no agent has, and Prometheus knows', () => {
  const elsewhere = { all: async () => [replica('old/billing', 1, { host: '10.0.0.3' }), replica('shop/api-svc', 9)] };
  test('is checked by its name, and by a click on it', async () => {
    const world = slackContext(fleet, { elsewhere });
    expect(await run('check billing', world)).toMatchObject({
      to: 'ack',
      message: { text: expect.stringContaining('billing: 1') },
    });
    await checkService(encodeChoice({ serviceId: 'old/billing' }), ask({ once: 'two' }), world.context);
    expect(world.enqueued.map(({ payload }) => payload.serviceId)).toEqual(['old/billing', 'old/billing']);
  });
  test('what agents have goes first', async () => {
    const reply = await run('check api-svc', slackContext(fleet, { elsewhere }));
    expect(reply).toMatchObject({ message: { text: 'Checking api-svc: 2 replicas on 2 hosts…' } });
  });
  test('who is nowhere is told that it was looked for there, too, and what is near', async () => {
    const { message } = (await run('check biling', slackContext(fleet, { elsewhere }))) as {
      message: { text: string; blocks: unknown };
    };
    expect(message.text).toBe('No "biling" among 3 services on 1 host, nor in Prometheus.');
    const near = await run('check api-svx', slackContext(fleet, { elsewhere }));
    // Of what agents have it is theirs to say how many there are.
    expect(JSON.stringify(near.message.blocks)).toContain('"text":"api-svc ·2, shop"');
  });
  test('of two of that name there it asks back, too', async () => {
    const two = { all: async () => [...(await elsewhere.all()), replica('new/billing')] };
    const world = slackContext(fleet, { elsewhere: two });
    const { message } = await run('check billing', world);
    expect(message.text).toBe('"billing" is 2 services. Which one?');
    expect(JSON.stringify(message.blocks).match(/"check_service_\d"/g)).toHaveLength(2);
    expect(world.enqueued).toEqual([]);
    expect(JSON.stringify(message.blocks)).toContain('billing');
  });
});

describe('the edge', () => {
  const { log } = slackContext([]).context;
  test('the person’s error is theirs to read', async () => {
    const { reply, again } = await answer(() => run('check a b', slackContext(fleet)), log);
    expect({ to: reply.to, again, text: reply.message.text }).toEqual({
      to: 'person',
      again: false,
      text: expect.stringContaining('One service'),
    });
  });
  test('the world’s says what does not answer, that nothing was begun, and may be delivered again', async () => {
    const enqueue = () => Promise.reject(worldError('The queue (Redis): no answer in 1500 ms'));
    const { reply, again } = await answer(() => run('check api-svc', slackContext(fleet, { enqueue })), log);
    expect({ again, text: reply.message.text }).toEqual({ again: true, text: expect.stringMatching(/Redis.*Nothing was begun/) });
  });
  test('ours has a reference, and not what went wrong', async () => {
    const { reply } = await answer(() => Promise.reject(new TypeError('undefined is not a function')), log);
    expect(reply.message.text).toMatch(/reference [0-9a-f]{8}/);
    expect(reply.message.text).not.toContain('undefined');
  });
});

describe('the workspace', () => {
  test('the first team that Slack names decides', () => {
    const told: unknown[] = [];
    const log = { warn: (...words: unknown[]) => void told.push(words) };
    expect(() => requireHome([undefined, 'T1'], 'T1', 'U1', log)).not.toThrow();
    expect(told).toEqual([]);
    expect(() => requireHome(['T2', 'T1'], 'T1', 'U2', log)).toThrow(/another|workspace/);
    expect(() => requireHome([undefined, ''], 'T1', 'U3', log)).toThrow();
    // Who was refused is in the log (reliability A06).
    expect(told).toEqual([
      [{ user: 'U2', teams: ['T2', 'T1'] }, expect.any(String)],
      [{ user: 'U3', teams: [''] }, expect.any(String)],
    ]);
  });
});
