import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';
import { clientOf } from './client.js';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false });
});
afterEach(() => workspace.stop());

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });

test("a channel reads like a channel: blocks as text, threads indented, other people's ephemerals left out", async () => {
  const { users, channels } = workspace;
  const { ops: channel } = channels;
  const say = (more: object) =>
    clientOf(workspace).apiCall('chat.postMessage', { channel, ...more }) as Promise<{ ok: boolean; ts: string }>;
  const series = [{ name: 'anon', data: [{ label: '03:00', value: 1 }] }];
  const blocks = [
    { type: 'header', text: plain('api-svc leaking') },
    {
      type: 'section',
      text: mrkdwn('*+41 MiB/h* &lt;fast&gt; <https://a.example|compare> <!date^1^{time}|03:10>'),
      accessory: { type: 'button', text: plain('Open') },
    },
    { type: 'section', fields: [plain('anon'), mrkdwn(`by <@${users.ana}> in <#${channels.random}>`)] },
    { type: 'context', elements: [plain('newest 9 s'), mrkdwn('12 of 12')] },
    { type: 'divider' },
    { type: 'image', image_url: 'https://a.example/a.png', alt_text: 'memory rises' },
    { type: 'data_visualization', title: 'RSS', chart: { type: 'line', series } },
    { type: 'table', rows: [['#7', 'hv-03'].map((text) => ({ type: 'raw_text', text }))] },
    {
      type: 'actions',
      elements: [
        { type: 'button', text: plain('Ack') },
        { type: 'static_select', placeholder: plain('Snooze'), options: [{ text: plain('4 h'), value: '4' }] },
      ],
    },
  ];
  const root = await say({ text: 'notification', blocks });
  await say({ text: 'evidence\nmore', thread_ts: root.ts });
  await clientOf(workspace).chat.postEphemeral({ channel, user: users.bo, text: 'psst' });
  const lines = [
    '#ops',
    'leakwatch:',
    '  api-svc leaking',
    '  *+41 MiB/h* <fast> compare 03:10',
    '  [Open]',
    '  anon',
    '  by @ana in #random',
    '  newest 9 s · 12 of 12',
    '  ———',
    '  [image: memory rises]',
    '  [chart: RSS]',
    '  #7 | hv-03',
    '  [Ack] [Snooze ▾]',
    '    leakwatch:',
    '      evidence',
    '      more',
  ];
  expect(workspace.transcript(channel)).toBe(lines.join('\n'));
  expect(workspace.transcript(channel, users.bo)).toBe([...lines, 'leakwatch (only visible to you):', '  psst'].join('\n'));
});

test('an edit is marked, and rich text read', async () => {
  const { ops: channel } = workspace.channels;
  const slack = clientOf(workspace);
  const { ts } = await slack.chat.postMessage({ channel, text: 'a' });
  const inline = [
    { type: 'text', text: 'seen by ' },
    { type: 'user', user_id: workspace.users.bo },
    { type: 'emoji', name: 'eyes' },
  ];
  const item = { type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] };
  const blocks = [
    {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_section', elements: inline },
        { type: 'rich_text_list', style: 'bullet', elements: [item, item] },
      ],
    },
  ];
  await slack.apiCall('chat.update', { channel, ts, text: 'b', blocks });
  expect(workspace.transcript(channel)).toBe('#ops\nleakwatch (edited):\n  seen by @bo:eyes:\n  one\n  one');
});
