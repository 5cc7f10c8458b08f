import { expect, test } from '@jest/globals';
import { makeBlockCheck, type Surface } from '../support/slack/block-kit/validate.js';

const check = makeBlockCheck(() => true);
const x = (length: number) => 'x'.repeat(length);
const many = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const button = (more: object) => ({ type: 'button', text: plain('a'), ...more });
const actions = (...elements: unknown[]) => [{ type: 'actions', elements }];
const option = (more: object = {}) => ({ text: plain('a'), value: 'a', ...more });
const menu = (more: object) => actions({ type: 'static_select', ...more });
const input = (element: object, more: object = {}) => [{ type: 'input', label: plain('a'), element, ...more }];
const cells = (length: number) => many(length, () => ({ type: 'raw_text', text: 'a' }));
const line = (series: unknown, axis: object = {}) => [
  { type: 'data_visualization', title: 'a', chart: { type: 'line', series, axis_config: axis } },
];
const card = (more: object) => [{ type: 'card', title: mrkdwn('a'), ...more }];
const container = (more: object) => [{ type: 'container', title: plain('a'), child_blocks: [{ type: 'divider' }], ...more }];
const picture = { type: 'image', image_url: 'https://a.example/a.png', alt_text: 'a' };

/** What fits exactly, as Slack documents it; one more does not. */
const EDGES: readonly [what: string, most: number, make: (size: number) => unknown, surface?: Surface][] = [
  ['blocks of a message', 50, (n) => many(n, () => ({ type: 'divider' }))],
  ['blocks of a home tab', 100, (n) => many(n, () => ({ type: 'divider' })), 'home'],
  [
    'blocks of a modal',
    100,
    (n) => ({ type: 'modal', title: plain('a'), blocks: many(n, () => ({ type: 'divider' })) }),
    'modal',
  ],
  ['title of a modal', 24, (n) => ({ type: 'modal', title: plain(x(n)), blocks: [] }), 'modal'],
  ['metadata of a view', 3_000, (n) => ({ type: 'home', private_metadata: x(n), blocks: [] }), 'home'],
  ['section text', 3_000, (n) => [{ type: 'section', text: mrkdwn(x(n)) }]],
  ['section fields', 10, (n) => [{ type: 'section', fields: many(n, () => plain('a')) }]],
  ['section field', 2_000, (n) => [{ type: 'section', fields: [plain(x(n))] }]],
  ['header', 150, (n) => [{ type: 'header', text: plain(x(n)) }]],
  ['context elements', 10, (n) => [{ type: 'context', elements: many(n, () => plain('a')) }]],
  ['actions elements', 25, (n) => actions(...many(n, () => button({})))],
  ['button text', 75, (n) => actions(button({ text: plain(x(n)) }))],
  ['button value', 2_000, (n) => actions(button({ value: x(n) }))],
  ['button label', 75, (n) => actions(button({ accessibility_label: x(n) }))],
  ['button URL', 3_000, (n) => actions(button({ url: x(n) }))],
  ['action id', 255, (n) => actions(button({ action_id: x(n) }))],
  ['confirm title', 100, (n) => actions(button({ confirm: { title: plain(x(n)), text: plain('a') } }))],
  ['confirm text', 300, (n) => actions(button({ confirm: { text: plain(x(n)) } }))],
  ['confirm button', 30, (n) => actions(button({ confirm: { text: plain('a'), deny: plain(x(n)) } }))],
  ['options', 100, (n) => menu({ options: many(n, () => option()) })],
  ['option text', 75, (n) => menu({ options: [option({ text: plain(x(n)) })] })],
  ['option value', 75, (n) => menu({ options: [option({ value: x(n) })] })],
  ['option description', 75, (n) => menu({ options: [option({ description: plain(x(n)) })] })],
  ['option groups', 100, (n) => menu({ option_groups: many(n, () => ({ label: plain('a'), options: [option()] })) })],
  ['placeholder', 150, (n) => menu({ options: [option()], placeholder: plain(x(n)) })],
  ['overflow options', 5, (n) => actions({ type: 'overflow', options: many(n, () => option()) })],
  ['checkboxes', 10, (n) => actions({ type: 'checkboxes', options: many(n, () => option()) })],
  ['input label', 2_000, (n) => input({ type: 'plain_text_input' }, { label: plain(x(n)) })],
  ['input value', 3_000, (n) => input({ type: 'plain_text_input', initial_value: x(n) })],
  ['input length', 3_000, (n) => input({ type: 'plain_text_input', max_length: n })],
  ['picture text', 2_000, (n) => [{ ...picture, alt_text: x(n) }]],
  ['picture title', 2_000, (n) => [{ ...picture, title: plain(x(n)) }]],
  ['block id', 255, (n) => [{ type: 'divider', block_id: x(n) }]],
  ['markdown', 12_000, (n) => [{ type: 'markdown', text: x(n) }]],
  [
    'context actions',
    5,
    (n) => [{ type: 'context_actions', elements: many(n, () => ({ type: 'icon_button', icon: 'trash', text: plain('a') })) }],
  ],
  ['alert', 200, (n) => [{ type: 'alert', text: plain(x(n)) }], 'modal'],
  ['card title', 150, (n) => card({ title: mrkdwn(x(n)) })],
  ['card subtitle', 150, (n) => card({ subtitle: mrkdwn(x(n)) })],
  ['card body', 200, (n) => card({ body: mrkdwn(x(n)) })],
  ['card actions', 3, (n) => card({ actions: many(n, () => button({})) })],
  ['cards of a carousel', 10, (n) => [{ type: 'carousel', elements: many(n, () => card({})[0]) }]],
  ['container title', 150, (n) => container({ title: plain(x(n)) })],
  ['container blocks', 10, (n) => container({ child_blocks: many(n, () => ({ type: 'divider' })) })],
  ['tables', 1, (n) => many(n, () => ({ type: 'table', rows: [cells(1)] }))],
  ['table rows', 100, (n) => [{ type: 'table', rows: many(n, () => cells(1)) }]],
  ['table cells', 20, (n) => [{ type: 'table', rows: [cells(n)] }]],
  [
    'table characters',
    10_000,
    (n) => [{ type: 'table', rows: many(4, (row) => [{ type: 'raw_text', text: x(row < 3 ? 3_000 : n - 9_000) }]) }],
  ],
  ['charts', 2, (n) => many(n, () => line([{ name: 'a', data: [{ label: 'a', value: 1 }] }])[0])],
  ['chart title', 50, (n) => [{ ...line([{ name: 'a', data: [{ label: 'a', value: 1 }] }])[0], title: x(n) }]],
  ['chart series', 6, (n) => line(many(n, (index) => ({ name: `${index}`, data: [{ label: 'a', value: 1 }] })))],
  ['series name', 20, (n) => line([{ name: x(n), data: [{ label: 'a', value: 1 }] }])],
  ['points', 20, (n) => line([{ name: 'a', data: many(n, (index) => ({ label: `${index}`, value: 1 })) }])],
  ['point label', 20, (n) => line([{ name: 'a', data: [{ label: x(n), value: 1 }] }])],
  ['axis label', 50, (n) => line([{ name: 'a', data: [{ label: 'a', value: 1 }] }], { y_label: x(n) })],
  [
    'pie segments',
    6,
    (n) => [
      { type: 'data_visualization', title: 'a', chart: { type: 'pie', segments: many(n, () => ({ label: 'a', value: 1 })) } },
    ],
  ],
  // {"type":"section","text":{"type":"plain_text","text":"…"}} is 57 characters around the text, and there are commas and brackets.
  [
    'characters of JSON',
    13_200,
    (n) => many(5, (index) => ({ type: 'section', text: plain(x(index < 4 ? 2_500 : n - 10_000 - 5 * 57 - 6)) })),
  ],
];

test.each(EDGES)('%s: %d', (_what, most, make, surface = 'message') => {
  const pointer = surface === 'message' ? '/blocks' : '/view';
  expect(check(make(most), surface, pointer)).toEqual([]);
  expect(check(make(most + 1), surface, pointer)).not.toEqual([]);
});
