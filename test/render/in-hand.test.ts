import { expect, test } from '@jest/globals';
import { card } from '../../src/render/card.js';
import { movedMessage, newsMessage, newsWords } from '../../src/render/incident-news.js';
import { rootMessage } from '../../src/render/incident-root.js';
import { linked } from '../../src/render/text.js';
import { incident } from '../support/incidents.js';
import { expectAccepted, textsOf } from './accepted.js';
import * as scenes from './scenes.js';
import { HOUR, NOW } from './scenes.js';

const ROOT = 'https://home.slack.com/archives/C1/p1?thread_ts=1.2&cid=C1';
const bare = (text: string) => text.replace(/<!date[^|]*\|([^>]*)>/g, '$1');
const say = (more: object) => card(scenes.sixReplicas().assessment, { nowMs: NOW, windowMs: 6 * HOUR, watching: false, ...more });

test('in hand: by whom and since when, and where; not in hand: since when it is said', () => {
  const acknowledged = { by: 'UANA', atMs: NOW - HOUR };
  const words = (inHand: object) => bare(textsOf(say({ inHand })).join('\n'));
  expect(words({ openedMs: NOW - 2 * HOUR, acknowledged, link: ROOT })).toMatch(
    /Already in hand: acknowledged by <@UANA> \d\d:\d\d UTC → <https:\/\/home\.slack\.com\/archives\/C1\/p1\?thread_ts=1\.2&amp;cid=C1\|thread>/,
  );
  expect(words({ openedMs: NOW - 2 * HOUR })).toMatch(/Already said \d\d:\d\d UTC, nobody has it yet$/m);
});

test('who snoozed it has it, too, for as long as that lasts', () => {
  const words = (more: object) => bare(textsOf(say({ inHand: { openedMs: NOW - 2 * HOUR, ...more } })).join('\n'));
  const snoozed = { by: 'UBO', atMs: NOW - HOUR, untilMs: NOW + 3 * HOUR, bytesPerHour: null };
  expect(words({ snoozed })).toMatch(/Already said 12:00 UTC, snoozed until 17:00 UTC by <@UBO>$/m);
  expect(words({ snoozed: { ...snoozed, untilMs: null } })).toMatch(/, snoozed until it is faster by <@UBO>$/m);
  expect(words({ snoozed: { ...snoozed, untilMs: NOW - 1 } })).toMatch(/, nobody has it yet$/m);
  expect(words({ snoozed, acknowledged: { by: 'UANA', atMs: NOW - HOUR } })).toMatch(
    /acknowledged by <@UANA> 13:00 UTC, snoozed until 17:00 UTC by <@UBO>$/m,
  );
});

test('however full the card, the line is there, in at most 12', () => {
  const message = say({ inHand: { openedMs: NOW }, collectId: 'shop/api-svc' });
  expectAccepted(message);
  expect(bare(textsOf(message).slice(1).join('\n')).split('\n').length).toBeLessThanOrEqual(12);
});

test('one row of buttons; what could not be sent back is not offered', () => {
  const actions = (view: object) => say(view).blocks.filter(({ type }) => type === 'actions');
  expect(actions({ collectId: 'a', shareKey: 'k' })).toHaveLength(1);
  expect(actions({ collectId: 'x'.repeat(2_001) })).toEqual([]);
});

test('a link is an address and nothing else', () => {
  expect(linked('https://a.example/?a=1&b=2', 'thread')).toBe('<https://a.example/?a=1&amp;b=2|thread>');
  for (const wrong of ['javascript:alert(1)', 'https://a|b', 'https://a>b', 'a b'])
    expect(linked(wrong, 'thread')).toBe('thread');
});

test('a hostile name in the lines of a thread', () => {
  const news = { kind: 'collect', atMs: 0, by: 'U1', service: '<!channel>*', link: ROOT } as const;
  for (const text of [newsMessage(news, 0)?.text, movedMessage(news).text]) expect(text).toContain('&lt;!channel&gt;∗');
  expect(newsWords(news, 0)).toContain('|another thread>');
});

test('the root says where evidence went, open and closed, with and without an address', () => {
  const { assessment } = scenes.sixReplicas();
  const collected = { root: { channel: 'C1' }, by: 'U1', atMs: NOW };
  const words = (over: object) =>
    textsOf(
      rootMessage(incident('i', 'api', { place: { channel: 'C2', threadTs: '1.1' }, ...over }), assessment, {
        nowMs: NOW,
        windowMs: HOUR,
      }),
    ).join('\n');
  expect(words({ collected })).toContain('Evidence goes to a thread in <#C2>, asked by <@U1>');
  expect(words({ collected: { ...collected, link: ROOT }, closed: { atMs: NOW, how: 'fixed' } })).toContain(
    '|a thread> in <#C2>',
  );
});
