import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type HomePorts, makeHome } from '../../jobs/home.js';
import { makeClients } from '../../src/delivery/client.js';
import { makeHomeTabs } from '../../src/delivery/home.js';
import type { Unanswered } from '../../src/model/answering.js';
import type { Incident } from '../../src/model/incident.js';
import type { Replica } from '../../src/model/replica.js';
import type { WatchState } from '../../src/model/watch.js';
import { contextOf } from '../delivery/harness.js';
import { beat, replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';
import { slackContext } from '../support/slack-context.js';

const [MINUTE, HOUR] = [60_000, 3_600_000];
let workspace: Workspace;
beforeEach(async () => {
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false });
});
afterEach(() => workspace.stop());

const nowMs = Date.now();
const ending = (id: string, service: string, inMs: number | null, over: Partial<Incident> = {}) =>
  incident(id, service, {
    openedMs: nowMs - 3 * HOUR,
    latest: { growthBytesPerHour: 40 * 2 ** 20, limitAtMs: inMs === null ? null : nowMs + inMs, hosts: ['hv-01'] },
    ...over,
  });

const CALM: WatchState = {
  ...{ lookedMs: nowMs, quick: 0, slow: 0 },
  incident: {
    ...{ level: 'page', openedMs: nowMs - 3 * HOUR, saidMs: nowMs - HOUR, lastedMs: HOUR, images: [] },
    ...{ said: { growthBytesPerHour: 1, limitAtMs: null }, calmSinceMs: nowMs - 20 * MINUTE },
  },
};

type World = {
  open?: Incident[];
  replicas?: Replica[];
  silent?: boolean;
  watched?: boolean;
  unwatched?: string;
  /** The service that has been calm for twenty minutes. */
  calm?: string;
  threads?: string[];
  unanswered?: Unanswered | null;
};

/** The tab as the workspace has it for ana, in words. */
async function homeOf({
  open = [],
  replicas,
  silent,
  watched = true,
  unwatched,
  calm,
  threads = [],
  unanswered = null,
}: World): Promise<string> {
  const { context, entries } = slackContext([]);
  for (const id of threads) {
    await context.outbox.say(id, { kind: 'channel', channel: 'C1' }, { text: 'x', blocks: [] });
    const entry = entries.get(id);
    if (entry) entries.set(id, { ...entry, ts: `${id.slice(1)}.5`, postedChannel: 'C0REAL' });
  }
  const ports: HomePorts = {
    inventory: { all: async () => replicas ?? [replica('shop/api-svc', 1), replica('shop/api-svc', 2), replica('shop/cart')] },
    hosts: { all: async () => [beat('hv-01', nowMs), beat('hv-02', silent ? nowMs - 9 * MINUTE : nowMs)] },
    incidents: {
      open: async () => open,
      watched: async (id) => ({
        version: 0,
        value: { state: id === calm ? CALM : null, ...(id === unwatched ? { unwatched: { by: 'U1', atMs: nowMs } } : {}) },
      }),
    },
    outbox: context.outbox,
    permalink: async (channel, ts) => `https://home.slack.com/archives/${channel}/p${ts.replace('.', '')}?a=1&b=2`,
    placeOf: () => (watched ? { place: { channel: 'C1' } } : null),
    answering: { unanswered: async () => unanswered },
    tabs: makeHomeTabs(makeClients(workspace.botToken, 2_000, workspace.apiUrl)),
  };
  await makeHome(ports)({ v: 1, user: workspace.users.ana }, contextOf());
  const [view, ...more] = workspace.views(workspace.users.ana);
  expect(more).toEqual([]);
  expect(JSON.stringify(view?.view)).not.toMatch(/"(button|actions|accessory|static_select)"/);
  return JSON.stringify(view?.view.blocks);
}

describe('the home tab', () => {
  test('the fleet, what is open with links to its threads, soonest out of memory first', async () => {
    const open = [
      ending('i1', 'shop/late', 9 * HOUR),
      ending('i2', 'shop/never', null, { snoozed: { by: 'U1', atMs: nowMs, untilMs: null, bytesPerHour: 1 } }),
      ending('i3', 'shop/soon', 2 * HOUR, { acknowledged: { by: 'U7', atMs: nowMs }, place: { channel: 'C2', threadTs: '7.5' } }),
      ending('i4', 'shop/stormy', 5 * HOUR, { storm: 's1' }),
    ];
    const replicas = open.map(({ service }) => replica(service.id));
    const text = await homeOf({ open, replicas, threads: ['i1', 's1'] });
    expect(text).toContain('*4 services, 4 replicas on 2 hosts*');
    expect(text).toContain('*4 open incidents*');
    expect(text).toMatch(/Soonest out of memory: soon, in 2 h/);
    expect(text).toMatch(
      /🔴 <https:\/\/home\.slack\.com\/archives\/C2\/p75\?a=1&amp;b=2\|soon> · \+40 MiB\/h per replica · out of memory in 2 h, [^·]+ · open 3 h · <@U7> has it/,
    );
    expect(text).toMatch(
      /p75\?[^|]+\|soon.*archives\/C0REAL\/p15\?[^|]+\|stormy.*archives\/C0REAL\/p15\?[^|]+\|late.*🔴 never · \+40 MiB\/h per replica · open 3 h · snoozed/,
    );
    expect(text).toContain('As of <!date^');
  });

  test('what is calm, and what is gone, is not shown as leaking, nor as what is out of memory first', async () => {
    const open = [
      ending('i1', 'shop/api-svc', 2 * HOUR),
      ending('i2', 'shop/old', HOUR),
      ending('i3', 'shop/cart', 5 * HOUR, { openedMs: nowMs - HOUR }),
    ];
    const text = await homeOf({ open, calm: 'shop/api-svc' });
    expect(text).toContain('Soonest out of memory: cart, in 5 h');
    expect(text).toMatch(/🔴 cart · .*🟡 api-svc · calm since <[^>]*> · open 3 h.*⚫ old · not on any host now · open 3 h/);
  });

  test('nothing open is not all there is to say: silent hosts, what is down, what nobody watches', async () => {
    expect(await homeOf({})).toContain('*No open incident*');
    expect(await homeOf({})).not.toContain('watched');
    expect(await homeOf({ silent: true })).toContain('Silent: hv-02');
    expect(await homeOf({ watched: false })).toContain('No service is watched: set `LEAKWATCH_CHANNEL`');
    expect(await homeOf({ unwatched: 'shop/cart' })).toContain('Not watched: cart');
    expect(await homeOf({ replicas: [replica('a', 1, { running: false })] })).toContain(
      '0 replicas on 2 hosts, 1 more not running',
    );
  });

  test('Prometheus is away: said after two minutes, with what that means', async () => {
    const away = (ms: number) => homeOf({ unanswered: { sinceMs: nowMs - ms, why: 'Prometheus: no answer in 5 s <!here>' } });
    expect(await away(7 * MINUTE)).toContain(
      '🟠 Prometheus has not answered for 7 min: no answer in 5 s &lt;!here&gt;. Verdicts are of our own samples and what it told before; services that it alone knows cannot be checked.',
    );
    expect(await away(MINUTE)).not.toContain('Prometheus');
    expect(await homeOf({})).not.toContain('Prometheus');
  });

  test('a hundred incidents with names that are all markup are still one tab', async () => {
    const open = Array.from({ length: 100 }, (_, i) => ending(`i${i}`, `${'<!channel>&'.repeat(8)}${i}`, i * HOUR));
    const text = await homeOf({ open, threads: open.map(({ id }) => id) });
    expect(text).toContain('+88 more');
    expect(text).not.toContain('<!channel>');
  });

  test('a later one takes the place of the one before', async () => {
    await homeOf({ open: [ending('i1', 'shop/api-svc', HOUR)] });
    expect(await homeOf({})).toContain('*No open incident*');
  });
});

describe('when Slack does not take it', () => {
  const publish = async (user: string) =>
    makeHomeTabs(makeClients(workspace.botToken, 2_000, workspace.apiUrl)).publish(user, [{ type: 'divider' }]);

  test('a person who is not there is refused for good', async () => {
    expect(await publish('U0NOBODY')).toEqual({ refused: 'user_not_found' });
  });

  test('a breakdown is tried again', async () => {
    workspace.fault({ method: 'views.publish', kind: 'word', word: 'fatal_error' });
    await expect(publish(workspace.users.ana)).rejects.toMatchObject({ who: 'world' });
    expect(await publish(workspace.users.ana)).toBe('shown');
    workspace.assertFaultsUsed();
  });
});
