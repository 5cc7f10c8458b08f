import { expect, test } from '@jest/globals';
import { incidentHeap } from '../../src/slack/actions/incident-heap.js';
import { commandOf } from '../../src/slack/commands/table.js';
import { parse } from '../../src/slack/parse.js';
import { replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';
import { ask, slackContext } from '../support/slack-context.js';

const fleet = [replica('shop/api-svc'), replica('shop/cart'), replica('staging/cart'), replica('heap')];
const run = (text: string, world = slackContext(fleet), over = {}) => {
  const words = parse(text);
  return commandOf(words).run(words.args, ask(over), world.context);
};
const wish = async (text: string) => {
  const world = slackContext(fleet);
  await run(text, world);
  const [{ name, payload }] = world.enqueued as [(typeof world.enqueued)[number]];
  return [name, payload.serviceId, payload.profile, payload.since];
};
const usual = { kind: 'usual' };

test.each([
  ['heap api-svc', 'shop/api-svc', 'heap', usual],
  ['heap api-svc goroutine', 'shop/api-svc', 'goroutine', usual],
  ['heap allocs api-svc', 'shop/api-svc', 'allocs', usual],
  ['heap api-svc ALLOCS since 2h', 'shop/api-svc', 'allocs', { kind: 'age', ms: 7_200_000 }],
  ['heap api-svc since 2h goroutineleak', 'shop/api-svc', 'goroutineleak', { kind: 'age', ms: 7_200_000 }],
  ['heap api-svc since deploy', 'shop/api-svc', 'heap', { kind: 'deploy' }],
  ['heap api-svc since Last private', 'shop/api-svc', 'heap', { kind: 'last' }],
  // A service of that name.
  ['heap heap', 'heap', 'heap', usual],
  ['heap heap allocs', 'heap', 'allocs', usual],
])('%s', async (text, ...expected) => {
  expect(await wish(text)).toEqual(['heap', ...expected]);
});

test.each([
  ['heap', /Which service/],
  ['heap cart', /2 services: `\/leak heap shop\/cart`/],
  ['heap api-srv', /Did you mean `\/leak heap api-svc`/],
  ['heap api-svc cart', /One service at a time/],
  ['heap api-svc since', /Since when/],
  ['heap api-svc since yesterday', /Since when/],
  ['heap api-svc since 0h', /Since when/],
  ['heap api-svc since 90d', /14 days/],
])('%s: begins nothing', async (text, words) => {
  const world = slackContext(fleet);
  await expect(run(text, world)).rejects.toThrow(words);
  expect(world.enqueued).toEqual([]);
});

test('where the answer will be is said: in the thread of its incident, where there is one', async () => {
  const world = slackContext(fleet);
  expect((await run('heap api-svc', world)).message.text).toBe('Taking a heap of api-svc…');
  world.incidents.set('i-1', incident('i-1', 'shop/api-svc'));
  expect((await run('heap api-svc', world)).message.text).toContain('thread of its incident');
  expect((await run('heap api-svc private', world)).message.text).toBe('Taking a heap of api-svc…');
});

test('*Take heap*: evidence, whose refusal is for the one who clicked', async () => {
  const world = slackContext(fleet);
  world.incidents.set('i-1', incident('i-1', 'shop/api-svc'));
  await incidentHeap('i-1', ask({ via: 'click' }), world.context);
  expect(world.enqueued).toEqual([
    {
      name: 'heap',
      options: { once: 'one' },
      payload: expect.objectContaining({
        serviceId: 'shop/api-svc',
        incidentId: 'i-1',
        target: expect.objectContaining({ kind: 'person' }),
      }),
    },
  ]);
  await expect(incidentHeap('i-9', ask({ via: 'click' }), world.context)).rejects.toThrow(/too old/);
});

test('*Take heap*, clicked by an operator, may run a command in the container as `/leak heap` may', async () => {
  for (const isOperator of [true, false]) {
    const world = slackContext(fleet, { isOperator: async () => isOperator });
    world.incidents.set('i-1', incident('i-1', 'shop/api-svc'));
    await incidentHeap('i-1', ask({ via: 'click' }), world.context);
    await run('heap api-svc', world);
    expect(world.enqueued.map(({ payload }) => payload.mayExec)).toEqual(isOperator ? [true, true] : [undefined, undefined]);
  }
});
