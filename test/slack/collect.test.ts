import { describe, expect, test } from '@jest/globals';
import { worldError } from '../../src/errors.js';
import { openAttachEvidence, submitAttachEvidence } from '../../src/slack/actions/attach-evidence.js';
import { collectHere } from '../../src/slack/actions/collect-here.js';
import { encodeChoice } from '../../src/slack/choice.js';
import { decodeOrigin } from '../../src/slack/form.js';
import { incidentAsked } from '../../src/slack/incident-of.js';
import { replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';
import { makeBlockCheck } from '../support/slack/block-kit/validate.js';
import { ask, NOW, slackContext } from '../support/slack-context.js';

const fleet = [replica('shop/api-svc', 1), replica('shop/api-svc', 2), replica('cart'), replica('staging/search')];
const inThread = ask({ via: 'click', threadTs: '1.2' });

describe('Collect here', () => {
  test('one job a click, for the thread it was clicked in; a refusal is for the person alone', async () => {
    const { context, enqueued } = slackContext(fleet);
    for (let n = 0; n < 2; n += 1) await collectHere('shop/api-svc', inThread, context);
    expect(enqueued[0]).toMatchObject({
      name: 'collect',
      payload: {
        serviceId: 'shop/api-svc',
        place: { channel: 'C1', threadTs: '1.2' },
        by: 'U1',
        atMs: NOW,
        target: { kind: 'person' },
      },
    });
    expect(enqueued[1]?.options.once).toBe(enqueued[0]?.options.once);
  });
  test('outside of a thread there is nowhere to collect', async () => {
    const { context, enqueued } = slackContext(fleet);
    await expect(collectHere('cart', ask({ via: 'click' }), context)).rejects.toThrow(/in a thread/);
    expect(enqueued).toEqual([]);
  });
});

describe('Attach leak evidence', () => {
  type Menu = { option_groups: { label: { text: string }; options: { value: string }[] }[]; initial_option?: { value: string } };
  const opened = async (words: string, replicas = fleet, open: string[] = []) => {
    const { context, incidents } = slackContext(replicas);
    for (const id of open) incidents.set(id, incident(id, id));
    const { view } = await openAttachEvidence(words, inThread, context);
    expect(makeBlockCheck(() => true)(view, 'modal', '/view')).toEqual([]);
    const blocks = view.blocks as { block_id?: string; element?: Menu }[];
    const menu = blocks.find(({ block_id }) => block_id === 'service')?.element;
    if (!menu) throw new Error('no menu');
    return { view, menu, fields: blocks.flatMap(({ block_id }) => block_id ?? []) };
  };
  test('asks which service: those with an open incident first', async () => {
    const { view, menu, fields } = await opened('', fleet, ['staging/search']);
    expect(menu.option_groups.map(({ label, options }) => [label.text, options.map(({ value }) => value)])).toEqual([
      ['Open incidents', [encodeChoice({ serviceId: 'staging/search' })]],
      ['Other services', ['shop/api-svc', 'cart'].map((serviceId) => encodeChoice({ serviceId }))],
    ]);
    expect(fields).toEqual(['service']);
    expect(decodeOrigin(String(view.private_metadata))).toEqual({ subject: '', channel: 'C1', threadTs: '1.2' });
  });
  test.each([
    ['is api-svc slow? (again)', 'shop/api-svc'],
    ['memory of API-SVC.', 'shop/api-svc'],
    ['api-svc-worker and scart', undefined],
    ['api-svc or cart?', undefined],
  ])('of "%s" the one that is named is chosen: %s', async (words, serviceId) => {
    const { menu } = await opened(words);
    expect(menu.initial_option?.value).toBe(serviceId && encodeChoice({ serviceId }));
  });
  test('a fleet that no menu holds: the others by name', async () => {
    const many = Array.from({ length: 150 }, (_, i) => replica(`${'x'.repeat(80)}/service-${String(i).padStart(3, '0')}`));
    const { menu, fields } = await opened('service-149', many);
    expect(menu.option_groups[0]?.options).toHaveLength(100);
    expect(menu).not.toHaveProperty('initial_option');
    expect(fields).toEqual(['service', 'name']);
  });
  test('nothing is known yet', async () => {
    await expect(openAttachEvidence('', inThread, slackContext([]).context)).rejects.toThrow(/agent/);
  });

  const origin = { subject: '', channel: 'C1', threadTs: '1.2' };
  const submit = (values: Record<string, string>, world: ReturnType<typeof slackContext>) =>
    submitAttachEvidence({ origin, values }, inThread, world.context);
  const service = encodeChoice({ serviceId: 'shop/api-svc' });

  test.each([[{ service }], [{ name: 'api-svc' }], [{ service: encodeChoice({ serviceId: 'cart' }), name: ' api-svc ' }]])(
    '%j: the answer and the evidence, in the thread, and a word that it has begun',
    async (values) => {
      const world = slackContext(fleet);
      expect(await submit(values, world)).toEqual({ to: 'closed' });
      expect(world.enqueued.map(({ name, payload }) => [name, payload.serviceId])).toEqual([
        ['collect', 'shop/api-svc'],
        ['check', 'shop/api-svc'],
      ]);
      expect(world.enqueued[1]?.payload).toMatchObject({
        collects: true,
        target: { kind: 'channel', channel: 'C1', threadTs: '1.2' },
      });
      expect(world.told).toMatchObject([
        { to: { user: 'U1', threadTs: '1.2' }, message: { text: 'Checking api-svc: 2 replicas on 1 host…' } },
      ]);
    },
  );
  test.each([
    ['not_in_channel', /invite @leakwatch/],
    ['channel_not_found', /invite @leakwatch/],
    ['is_archived', /archived/],
  ])('where nothing can be said (%s), the form says why, and nothing is begun', async (word, words) => {
    const world = slackContext(fleet, { tellAlone: async () => word });
    expect(await submit({ service }, world)).toEqual({ to: 'fields', problems: { service: expect.stringMatching(words) } });
    expect(world.enqueued).toEqual([]);
  });
  test.each([
    [
      'check',
      { to: 'fields', problems: { service: expect.stringMatching(/comes into that thread.*check was not begun.*once more/) } },
    ],
    ['collect', 'Redis is away'],
  ])('Redis is away when the %s is to be begun: what is begun is not said to be nothing', async (fails, told) => {
    const world = slackContext(fleet);
    const { enqueue } = world.context;
    const partly: typeof enqueue = (name, ...rest) =>
      name === fails ? Promise.reject(worldError('Redis is away')) : enqueue(name, ...rest);
    const context = { ...world.context, enqueue: partly };
    const answer = submitAttachEvidence({ origin, values: { service } }, inThread, context).catch(
      ({ message }: Error) => message,
    );
    expect(await answer).toEqual(told);
    expect(world.enqueued.map(({ name }) => name)).toEqual(fails === 'check' ? ['collect'] : []);
  });
  test.each([
    [{}, 'service', /Which/],
    [{ name: 'api-svr' }, 'name', /No such/],
  ])('%j is said beside its field', async (values, field, words) => {
    const world = slackContext(fleet);
    expect(await submit(values, world)).toEqual({ to: 'fields', problems: { [field]: expect.stringMatching(words) } });
    expect([world.enqueued, world.told]).toEqual([[], []]);
  });
});

test('a command without a name is about the incident in both of its threads: where its root is, and where it is collected', async () => {
  const { context, incidents, entries } = slackContext(fleet);
  const place = { channel: 'C2', threadTs: '9.9' };
  incidents.set('i-1', incident('i-1', 'cart', { place, collected: { root: { channel: 'C1' }, by: 'U1', atMs: NOW } }));
  const root = await context.outbox.say('i-1', { kind: 'channel', channel: 'C1' }, { text: '', blocks: [] });
  entries.set('i-1', { ...root, ts: '1.2', postedChannel: 'C1' });
  const asked = (channel: string, threadTs: string) => incidentAsked(undefined, 'ack', ask({ channel, threadTs }), context);
  expect((await asked('C1', '1.2')).id).toBe('i-1');
  expect((await asked('C2', '9.9')).id).toBe('i-1');
  await expect(asked('C1', '9.9')).rejects.toThrow(/No incident/);
});
