import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { RespondArguments } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { answerClick } from '../../src/slack/answers.js';
import { interactiveOptions } from '../../src/slack/app.js';
import { slackContext } from '../support/slack-context.js';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
});

/** A Slack that opens no form. */
async function shut(answer: (response: ServerResponse) => void) {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(String(request.url));
    request.resume().on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const client = new WebClient('xoxb-1', interactiveOptions(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`));
  return { client, asked };
}

test.each([
  ['the trigger is too old', (response: ServerResponse) => response.end('{"ok":false,"error":"expired_trigger_id"}')],
  ['it is busy', (response: ServerResponse) => response.writeHead(429, { 'retry-after': '30' }).end('{}')],
  ['it is ill', (response: ServerResponse) => response.writeHead(500).end('oh')],
])('a form that Slack does not open (%s): asked for once, and the person is told to press again', async (_, answer) => {
  const { client, asked } = await shut((response) => void answer(response));
  const told: RespondArguments[] = [];
  const acks: true[] = [];
  const click = {
    ack: async () => void acks.push(true),
    respond: async (words: string | RespondArguments) => {
      told.push(words as RespondArguments);
      return new Response();
    },
    open: (view: object) => client.apiCall('views.open', { trigger_id: '1.2.3', view }),
    alone: false,
  };
  await answerClick(click as never, slackContext([]).context, async () => ({ to: 'modal', view: { type: 'modal' } }));
  expect([asked, acks]).toEqual([['/api/views.open'], [true]]);
  expect(told).toEqual([
    expect.objectContaining({
      response_type: 'ephemeral',
      replace_original: false,
      text: expect.stringMatching(/Nothing was changed; press it once more/),
    }),
  ]);
});
