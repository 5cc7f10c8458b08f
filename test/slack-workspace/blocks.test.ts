import { describe, expect, test } from '@jest/globals';
import { makeBlockCheck, type Surface } from '../support/slack/block-kit/validate.js';

const check = makeBlockCheck(({ id }) => id === 'F0READY0001');
const problems = (blocks: unknown[], surface: Surface = 'message') => check(blocks, surface, '/blocks');

const x = (length: number) => 'x'.repeat(length);
const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: unknown) => ({ type: 'section', text });
const button = (more: object = {}) => ({ type: 'button', text: plain('Ack'), ...more });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const option = (value: string) => ({ text: plain(value), value });
const menu = (more: object) => actions({ type: 'static_select', ...more });
const chart = (series: unknown, more: object = {}) => ({
  type: 'data_visualization',
  title: 'RSS',
  chart: { type: 'line', series, ...more },
});
const points = (...labels: string[]) => labels.map((label, value) => ({ label, value }));
const image = (more: object) => ({ type: 'image', alt_text: 'memory rises', ...more });
const table = (rows: unknown[][], more: object = {}) => ({ type: 'table', rows, ...more });
const cell = (text: string) => ({ type: 'raw_text', text });

/** What is wrong, how Slack says it, where. Texts as met in public error reports (slack-facts §9). */
const WRONG: readonly [string, unknown[], string, string][] = [
  ['too long a section', [section(plain(x(3_001)))], 'must be less than 3001 characters', '/blocks/0/text/text'],
  ['an empty text', [section(plain(''))], 'must be more than 0 characters', '/blocks/0/text/text'],
  ['a text that is a string', [section('hello')], 'must provide an object', '/blocks/0/text'],
  ['neither text nor fields', [{ type: 'section' }], 'missing required field: text or fields', '/blocks/0'],
  [
    'eleven fields',
    [{ type: 'section', fields: Array(11).fill(plain('a')) }],
    'no more than 10 items allowed',
    '/blocks/0/fields',
  ],
  [
    'too long a field',
    [{ type: 'section', fields: [plain(x(2_001))] }],
    'must be less than 2001 characters',
    '/blocks/0/fields/0/text',
  ],
  ['51 blocks', Array(51).fill({ type: 'divider' }), 'no more than 50 items allowed', '/blocks'],
  ['too long a header', [{ type: 'header', text: plain(x(151)) }], 'must be less than 151 characters', '/blocks/0/text/text'],
  [
    'a header with markup',
    [{ type: 'header', text: { type: 'mrkdwn', text: 'a' } }],
    'unsupported type: mrkdwn',
    '/blocks/0/text/type',
  ],
  [
    '11 in a context',
    [{ type: 'context', elements: Array(11).fill(plain('a')) }],
    'no more than 10 items allowed',
    '/blocks/0/elements',
  ],
  ['an empty context', [{ type: 'context', elements: [] }], 'must provide at least 1 items', '/blocks/0/elements'],
  ['26 buttons', [actions(...Array(26).fill(button()))], 'no more than 25 items allowed', '/blocks/0/elements'],
  [
    'too long a button',
    [actions(button({ text: plain(x(76)) }))],
    'must be less than 76 characters',
    '/blocks/0/elements/0/text/text',
  ],
  ['too long a value', [actions(button({ value: x(2_001) }))], 'must be less than 2001 characters', '/blocks/0/elements/0/value'],
  ['an unknown style', [actions(button({ style: 'warning' }))], 'must be a valid enum value', '/blocks/0/elements/0/style'],
  ['an unknown field', [{ type: 'divider', color: 'red' }], 'invalid additional property: color', '/blocks/0'],
  ['a prototype key', [JSON.parse('{"type":"divider","__proto__":{}}')], 'invalid additional property: __proto__', '/blocks/0'],
  ['an unknown block', [{ type: 'graph' }], 'unsupported type: graph', '/blocks/0/type'],
  ['no type', [{ text: plain('a') }], 'missing required field: type', '/blocks/0'],
  ['an alert in a message', [{ type: 'alert', text: plain('a') }], 'unsupported type: alert', '/blocks/0/type'],
  [
    'an action twice',
    [actions(button({ action_id: 'x' }), button({ action_id: 'x' }))],
    '`action_id` "x" already exists',
    '/blocks/0/elements/1/action_id',
  ],
  [
    'a block id twice',
    [
      { type: 'divider', block_id: 'b' },
      { type: 'divider', block_id: 'b' },
    ],
    '`block_id` "b" already exists',
    '/blocks/1/block_id',
  ],
  ['too long a block id', [{ type: 'divider', block_id: x(256) }], 'must be less than 256 characters', '/blocks/0/block_id'],
  [
    'a picture without words',
    [{ type: 'image', image_url: 'https://a.example/a.png' }],
    'missing required field: alt_text',
    '/blocks/0',
  ],
  ['no picture', [image({})], 'missing required field: image_url or slack_file', '/blocks/0'],
  ['a file that is not ready', [image({ slack_file: { id: 'F0LATER0001' } })], 'invalid slack file', '/blocks/0/slack_file'],
  [
    'a file that is none',
    [image({ slack_file: { id: 'f1' } })],
    'input must match regex pattern: ^[F][A-Z0-9]{8,}$',
    '/blocks/0/slack_file/id',
  ],
  ['a picture at home', [image({ image_url: 'http://127.0.0.1/a.png' })], 'downloading image failed', '/blocks/0/image_url'],
  ['a drawing', [image({ image_url: 'https://a.example/a.svg' })], 'downloading image failed', '/blocks/0/image_url'],
  [
    '101 options',
    [menu({ options: Array.from({ length: 101 }, (_, n) => option(`${n}`)) })],
    'no more than 100 items allowed',
    '/blocks/0/elements/0/options',
  ],
  ['no options', [menu({ options: [] })], 'must provide at least 1 items', '/blocks/0/elements/0/options'],
  [
    'an option without value',
    [menu({ options: [{ text: plain('a') }] })],
    'missing required field: value',
    '/blocks/0/elements/0/options/0',
  ],
  [
    'too long an option',
    [menu({ options: [{ text: plain(x(76)), value: 'a' }] })],
    'must be less than 76 characters',
    '/blocks/0/elements/0/options/0/text/text',
  ],
  [
    'a first that is no option',
    [menu({ options: [option('a')], initial_option: option('b') })],
    'must be one of the provided options',
    '/blocks/0/elements/0/initial_option',
  ],
  [
    'too long a placeholder',
    [menu({ options: [option('a')], placeholder: plain(x(151)) })],
    'must be less than 151 characters',
    '/blocks/0/elements/0/placeholder/text',
  ],
  [
    'six in an overflow',
    [actions({ type: 'overflow', options: 'abcdef'.split('').map(option) })],
    'no more than 5 items allowed',
    '/blocks/0/elements/0/options',
  ],
  [
    'a picture among buttons',
    [actions(image({ image_url: 'https://a.example/a.png' }))],
    'unsupported type: image',
    '/blocks/0/elements/0/type',
  ],
  [
    'too long a question',
    [actions(button({ confirm: { text: plain(x(301)) } }))],
    'must be less than 301 characters',
    '/blocks/0/elements/0/confirm/text/text',
  ],
  ['two tables', [table([[cell('a')]]), table([[cell('b')]])], 'only one table allowed per message', '/blocks/1'],
  ['21 cells', [table([Array(21).fill(cell('a'))])], 'no more than 20 items allowed', '/blocks/0/rows/0'],
  ['101 rows', [table(Array(101).fill([cell('a')]))], 'no more than 100 items allowed', '/blocks/0/rows'],
  ['too much in a table', [table(Array(4).fill([cell(x(2_501))]))], 'must be less than 10001 characters', '/blocks/0/rows'],
  [
    'a data table of a header',
    [{ ...table([[cell('a')]]), type: 'data_table', caption: 'c' }],
    'must provide at least 2 items',
    '/blocks/0/rows',
  ],
  [
    'a ragged data table',
    [{ ...table([[cell('a')], [cell('b'), cell('c')]]), type: 'data_table', caption: 'c' }],
    'all rows must have the same number of cells',
    '/blocks/0/rows',
  ],
  [
    'a data table without caption',
    [{ ...table([[cell('a')], [cell('b')]]), type: 'data_table' }],
    'missing required field: caption',
    '/blocks/0',
  ],
  [
    'three charts',
    Array(3).fill(chart([{ name: 'a', data: points('1') }])),
    'no more than 2 data_visualization blocks allowed',
    '/blocks/2',
  ],
  [
    'seven series',
    [chart(Array.from({ length: 7 }, (_, n) => ({ name: `${n}`, data: points('1') })))],
    'no more than 6 items allowed',
    '/blocks/0/chart/series',
  ],
  [
    '21 points',
    [chart([{ name: 'a', data: points(...Array.from({ length: 21 }, (_, n) => `${n}`)) }])],
    'no more than 20 items allowed',
    '/blocks/0/chart/series/0/data',
  ],
  [
    'a series that lacks a point',
    [
      chart([
        { name: 'a', data: points('1', '2') },
        { name: 'b', data: points('1') },
      ]),
    ],
    'must have exactly one data point for each category',
    '/blocks/0/chart/series/1/data',
  ],
  [
    'two series of one name',
    [
      chart([
        { name: 'a', data: points('1') },
        { name: 'a', data: points('1') },
      ]),
    ],
    'series names must be unique',
    '/blocks/0/chart/series/1/name',
  ],
  [
    'a value that is none',
    [chart([{ name: 'a', data: [{ label: '1', value: Number.NaN }] }])],
    'must provide a number',
    '/blocks/0/chart/series/0/data/0/value',
  ],
  [
    'too long a chart title',
    [{ ...chart([{ name: 'a', data: points('1') }]), title: x(51) }],
    'must be less than 51 characters',
    '/blocks/0/title',
  ],
  [
    'markdown in two parts',
    [
      { type: 'markdown', text: x(6_000) },
      { type: 'markdown', text: x(6_001) },
    ],
    'must be less than 12001 characters',
    '/blocks',
  ],
  [
    'a card in a container',
    [{ type: 'container', title: plain('a'), child_blocks: [{ type: 'card' }] }],
    'unsupported type: card',
    '/blocks/0/child_blocks/0/type',
  ],
  [
    'an input without label',
    [{ type: 'input', element: { type: 'plain_text_input' } }],
    'missing required field: label',
    '/blocks/0',
  ],
];

describe('what Slack refuses', () => {
  test.each(WRONG)('%s', (_what, blocks, message, pointer) => {
    expect(problems(blocks)).toContain(`${message} [json-pointer:${pointer}]`);
  });

  test('more characters than all blocks together may have', () => {
    const blocks = Array.from({ length: 5 }, () => section(plain(x(2_700))));
    expect(problems(blocks)).toEqual(['msg_blocks_too_long']);
    expect(problems(blocks.slice(1))).toEqual([]);
  });

  test('what belongs to messages alone, in a modal and in the home tab', () => {
    for (const type of ['markdown', 'table', 'data_visualization', 'context_actions', 'plan', 'task_card']) {
      expect(problems([{ type }], 'modal')).toContain(`unsupported type: ${type} [json-pointer:/blocks/0/type]`);
      expect(problems([{ type }], 'home')).toContain(`unsupported type: ${type} [json-pointer:/blocks/0/type]`);
    }
    expect(problems([{ type: 'alert', text: plain('a') }], 'modal')).toEqual([]);
    expect(problems(Array(101).fill({ type: 'divider' }), 'home')).toEqual([
      'no more than 100 items allowed [json-pointer:/blocks]',
    ]);
  });

  test('views: titles, what asks without a way to submit, and what a home tab has no', () => {
    const input = { type: 'input', label: plain('Why'), element: { type: 'plain_text_input' } };
    const modal = (more: object) => check({ type: 'modal', title: plain('a'), blocks: [], ...more }, 'modal', '/view');
    expect(modal({ title: plain(x(25)) })).toEqual(['must be less than 25 characters [json-pointer:/view/title/text]']);
    expect(modal({ blocks: [input] })).toEqual(['missing required field: submit [json-pointer:/view]']);
    expect(modal({ blocks: [input], submit: plain('Go') })).toEqual([]);
    expect(check({ type: 'home', title: plain('a'), blocks: [] }, 'home', '/view')).toEqual([
      'invalid additional property: title [json-pointer:/view]',
    ]);
  });
});

test('what Slack takes: one of each', () => {
  const rich = {
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a', style: { bold: true } }] }],
  };
  const all = [
    { type: 'header', text: plain(x(150)) },
    {
      ...section({ type: 'mrkdwn', text: x(3_000), verbatim: true }),
      accessory: button({ action_id: 'a', value: '1', style: 'danger' }),
    },
    { type: 'section', fields: [plain('a'), { type: 'mrkdwn', text: 'b' }], expand: true },
    { type: 'context', elements: [plain('a'), image({ image_url: 'https://a.example/a.png' })] },
    image({ slack_file: { id: 'F0READY0001' }, title: plain('t') }),
    actions(button({ action_id: 'b', url: 'https://a.example' }), {
      type: 'static_select',
      action_id: 'c',
      options: [option('a')],
      initial_option: option('a'),
    }),
    { type: 'divider', block_id: 'd' },
    rich,
    table([[cell(''), { type: 'raw_number', value: 1, text: '1' }, rich]], { column_settings: [{ align: 'right' }] }),
    { ...table([[cell('a')], [cell('b')]]), type: 'data_table', caption: 'c', page_size: 20 },
    chart([{ name: 'a', data: points('1', '2') }], { axis_config: { categories: ['1', '2'], x_label: 'h', y_label: 'MiB' } }),
    { type: 'data_visualization', title: 'share', chart: { type: 'pie', segments: [{ label: 'a', value: 1 }] } },
    { type: 'markdown', text: '*a*' },
    { type: 'container', title: plain('a'), is_collapsible: true, default_collapsed: true, child_blocks: [section(plain('a'))] },
    { type: 'card', title: { type: 'mrkdwn', text: 'a' }, actions: [button({ action_id: 'e' })] },
    { type: 'plan', title: 'a', tasks: [{ type: 'task_card', task_id: '1', title: 'a', status: 'complete' }] },
    { type: 'context_actions', elements: [{ type: 'icon_button', icon: 'trash', text: plain('a') }] },
  ];
  for (const block of all) expect([block.type, problems([block])]).toEqual([block.type, []]);
});
