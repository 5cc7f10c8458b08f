import { expect, test } from '@jest/globals';
import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { gate } from '../../src/slack/gate.js';

const idle: Receiver = { init() {}, start: async () => {}, stop: async () => {} };

/** A Bolt app with one command and one mention listener, and a record of what happened in which order. */
async function appWith(
  listener: () => Promise<void>,
): Promise<{ send(body: object): Promise<void>; happened: unknown[]; seconds: number[] }> {
  const app = new App({
    receiver: idle,
    authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' }),
    deferInitialization: true,
  });
  await app.init();
  const happened: unknown[] = [];
  app.command('/leak', async ({ ack }) => ack('known'));
  app.event('app_mention', async () => {
    await listener();
    happened.push('handled');
  });
  app.error(async (error) => {
    throw error;
  });
  const seconds: number[] = [];
  const { gated } = gate(app, (took) => seconds.push(took));
  return {
    happened,
    seconds,
    send: (body) => gated.processEvent({ body, ack: async (response) => void happened.push(['ack', response]) } as ReceiverEvent),
  };
}

const mention = {
  type: 'event_callback',
  team_id: 'T1',
  event: { type: 'app_mention', user: 'U2', channel: 'C1', ts: '1.1', text: 'x' },
};

test('a mention is acknowledged after it has been handled', async () => {
  const { send, happened } = await appWith(async () => {});
  await send(mention);
  expect(happened).toEqual(['handled', ['ack', undefined]]);
});

test('how long an acknowledgement took is told, the handling of a mention in it; of one that never came, nothing', async () => {
  const { send, seconds } = await appWith(() => new Promise((resolve) => setTimeout(resolve, 30)));
  await send(mention);
  expect(seconds).toEqual([expect.any(Number)]);
  expect(seconds[0]).toBeGreaterThanOrEqual(0.029);
  expect(seconds[0]).toBeLessThan(5);
  const failing = await appWith(async () => Promise.reject(new Error('Redis is away')));
  await failing.send(mention).catch(() => {});
  expect(failing.seconds).toEqual([]);
});

test('a mention that could not be handled is not acknowledged, so that it comes again', async () => {
  const { send, happened } = await appWith(async () => Promise.reject(new Error('Redis is away')));
  await expect(send(mention)).rejects.toThrow();
  expect(happened).toEqual([]);
});

test('a command that nobody takes is answered; one that somebody takes is answered once', async () => {
  const { send, happened } = await appWith(async () => {});
  const command = { user_id: 'U2', team_id: 'T1', channel_id: 'C1', trigger_id: '1.1', response_url: 'http://127.0.0.1/' };
  await send({ ...command, command: '/lek' });
  await send({ ...command, command: '/leak' });
  expect(happened).toEqual([
    ['ack', { text: expect.stringContaining('/leak help') }],
    ['ack', 'known'],
  ]);
});
