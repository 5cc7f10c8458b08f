import { createCanvas } from '@napi-rs/canvas';
import type { PageMessage, PageState } from '../support/slack/page/contract.js';

/** 24 November 2026, 03:12 in Paris. */
export const NIGHT = 1_795_486_320;

export const OPS = 'C0OPS0001';
export const ANA = 'U0ANA0001';
export const BO = 'U0BO00001';
export const BOT = 'U0LEAK001';

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });
const plain = (text: string) => ({ type: 'plain_text', text, emoji: true });

export const BUTTONS = [
  { type: 'button', action_id: 'heap', text: plain('Take heap'), style: 'primary', value: 'api-svc' },
  {
    type: 'button',
    action_id: 'not-a-leak',
    text: plain('Not a leak'),
    style: 'danger',
    value: 'api-svc',
    confirm: {
      title: plain('Not a leak?'),
      text: mrkdwn('*api-svc* stays quiet until it passes 512 MiB.'),
      confirm: plain('Not a leak'),
      deny: plain('Back'),
    },
  },
  {
    type: 'static_select',
    action_id: 'snooze',
    placeholder: plain('Snooze'),
    options: [
      { text: plain('1 hour'), value: '1h' },
      { text: plain('4 hours'), value: '4h' },
    ],
  },
  {
    type: 'overflow',
    action_id: 'more',
    options: [
      { text: plain('Timeline'), value: 'report' },
      { text: plain('History'), value: 'history' },
    ],
  },
] as const;

export const CARD: readonly Record<string, unknown>[] = [
  {
    type: 'section',
    block_id: 'words',
    text: mrkdwn(
      [
        '🔴 *api-svc leaking: +41 MiB/h per replica* (32–50)',
        'Out of memory in 2 h 50 (2 h 20 – 3 h 40); then all 12 within 80 min',
        'Fastest: #7 hv-03 +44 · slowest: #2 hv-11 +38',
        'anon +225 MiB since 21:40 · file +3 · kernel 0',
        `Already in hand: acknowledged by <@${ANA}> 03:14 → <https://example.com/thread|thread>`,
        'Data: Prometheus 14 d + own 2 h; 12 of 12 replicas; newest 9 s',
      ].join('\n'),
    ),
  },
  {
    type: 'image',
    block_id: 'chart',
    slack_file: { id: 'F0CHART01' },
    alt_text: 'Memory of api-svc since 21:40, rising to its limit',
  },
  {
    type: 'actions',
    block_id: 'buttons',
    elements: BUTTONS,
  },
  { type: 'context', block_id: 'foot', elements: [mrkdwn(`Asked by <@${ANA}> · \`/leak help\``)] },
];

const EVIDENCE = [
  'What grew, #7, 21:45 → 03:12, 3 heaps after GC',
  '```+98 MiB +18.0/h orders.(*Cache).Put cache.go:88\n +7 MiB  +1.3/h json.(*Decoder).Decode\n +3 MiB  +0.6/h http.newBufioReader```',
  'Live heap +108 MiB &lt; RSS; _explains_ 216 of 225 MiB, ~all~ 96 %',
].join('\n');

export const ROOT_TS = `${NIGHT}.000200`;

export function message(part: Partial<PageMessage> & { readonly ts: string }): PageMessage {
  return { channel: OPS, user: BOT, text: '', blocks: [], edited: false, ...part };
}

/** A night in #ops: a question, its card with a thread, a word for one person alone. */
export function sampleState(): PageState {
  const user = { isBot: false, stranger: false };
  const channel = { isPrivate: false, isArchived: false, botIsMember: true };
  return {
    revision: 1,
    team: { id: 'T0HOME001', name: 'Night shift' },
    botUserId: BOT,
    users: [
      { id: BOT, name: 'leakwatch', isBot: true, stranger: false },
      { ...user, id: ANA, name: 'ana' },
      { ...user, id: BO, name: 'bo' },
      { ...user, id: 'U0SAM0001', name: 'sam', stranger: true },
    ],
    channels: [
      { ...channel, id: OPS, name: 'ops' },
      { ...channel, id: 'C0RANDOM1', name: 'random', botIsMember: false },
      { ...channel, id: 'C0SECRET1', name: 'incident-42', isPrivate: true },
      { ...channel, id: 'C0OLD0001', name: 'old-alerts', isArchived: true },
    ],
    messages: [
      message({ ts: `${NIGHT}.000100`, user: ANA, text: `<@${BOT}> check api-svc &amp; tell <#${OPS}>` }),
      message({ ts: ROOT_TS, text: 'api-svc leaking', blocks: CARD, edited: true }),
      message({
        ts: `${NIGHT + 60}.000300`,
        threadTs: ROOT_TS,
        text: 'What grew',
        blocks: [{ type: 'section', block_id: 'grew', text: mrkdwn(EVIDENCE) }],
      }),
      message({ ts: `${NIGHT + 90}.000400`, threadTs: ROOT_TS, user: BO, text: 'cache.go it is' }),
      message({
        ts: `${NIGHT + 120}.000500`,
        ephemeralFor: ANA,
        text: `Answer by <!date^${NIGHT + 2_280}^{date_short} {time}|03:50>; *I will edit* this message`,
      }),
    ],
    views: [],
    shortcuts: [{ name: 'Check this service', callbackId: 'check_message' }],
  };
}

export const MODAL_BLOCKS: readonly Record<string, unknown>[] = [
  { type: 'section', block_id: 'why', text: mrkdwn('Why is *api-svc* not leaking?') },
  {
    type: 'input',
    block_id: 'reason',
    label: plain('Reason'),
    element: {
      type: 'plain_text_input',
      action_id: 'text',
      multiline: true,
      placeholder: plain('cache that fills until Friday'),
    },
  },
  {
    type: 'input',
    block_id: 'ceiling',
    optional: true,
    label: plain('Quiet until'),
    hint: plain('It speaks again above it'),
    element: {
      type: 'static_select',
      action_id: 'limit',
      options: [
        { text: plain('400 MiB'), value: '400' },
        { text: plain('512 MiB'), value: '512' },
      ],
    },
  },
  {
    type: 'input',
    block_id: 'whom',
    label: plain('Tell'),
    element: {
      type: 'radio_buttons',
      action_id: 'who',
      initial_option: { text: plain('the channel'), value: 'channel' },
      options: [
        { text: plain('the channel'), value: 'channel' },
        { text: plain('nobody'), value: 'nobody' },
      ],
    },
  },
];

/** A chart like the ones that the bot draws, 1000×500. */
export async function chartPng(): Promise<Buffer> {
  const canvas = createCanvas(1000, 500);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, 1000, 500);
  pen.strokeStyle = '#d93f0b';
  pen.setLineDash([12, 8]);
  line(pen, [40, 60], [970, 60]);
  pen.setLineDash([]);
  pen.strokeStyle = '#1264a3';
  line(pen, [40, 420], [420, 410], [970, 130]);
  return canvas.encode('png');
}

function line(pen: import('@napi-rs/canvas').SKRSContext2D, ...points: readonly (readonly [number, number])[]) {
  pen.lineWidth = 5;
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}
